// Package kvtest holds a store to the contract of package kv.
//
// The test file of a store is one call of Run with a Harness, plus its own
// worries:
//
//	func TestContract(t *testing.T) {
//		kvtest.Run(t, kvtest.Harness{Open: open})
//	}
//
// Run covers the order of keys, bounds, snapshots, roll-back, transaction
// times, limits, the end of functions, contexts and stores, loads, concurrent
// writers, and random histories against a sorted map.
//
// Two stores wrap another one for the tests of whoever uses a store. Faulty,
// made by FailAt, fails at one step, and so shows what is left behind when any
// step fails. Strict punishes code that relies on more than the contract: it
// runs functions twice and overwrites byte slices once they are no longer valid.
package kvtest
