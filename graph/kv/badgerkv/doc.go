// Package badgerkv is the store for one machine: rows lie in a directory, kept
// by the Badger engine, which nothing else in Parley imports.
//
// Open opens a directory and gives a Store, which implements kv.Store and
// kv.Bulk. What it promises is the contract of package kv; Run of package
// kvtest holds it to that. On top of it, keys that begin with "!badger!" are
// the engine's own and are refused with kv.ErrKey, as keys are that begin with
// a zero byte: under one of those, the store keeps the highest transaction time.
//
// # Reading
//
// Views of the same state share one engine transaction, a snapshot, and take
// turns with its iterators, since opening those costs more than most views read.
// Each commit opens the next snapshot; the one before is closed with its last
// view, so that an idle store holds nothing back that the engine could tidy
// away.
//
// # Writing
//
// Writers take turns, so that transaction times are the order of commits and
// nothing can conflict. The engine makes each of its transactions durable by
// itself, which would cost every update its own wait for the disk; so updates
// that wait at the same time become one group. Each runs its function in its
// caller's goroutine, on top of what those before it in the group wrote. The
// first of them then queues again, behind all that are waiting by now, and
// commits the group when its turn comes; the others wait for that. Since no
// goroutine of the store runs anybody's function, a panic lands where it
// belongs and can take nothing down with it.
//
// When the engine fails to commit, it is open what will be found after the next
// Open. The store then refuses further writes, with the first failure in each
// error, and goes on reading.
//
// # Damage
//
// Open looks at what the engine would not survive, and reports kv.ErrDamaged
// before the engine sees it. Reading reports it where the engine stumbles over
// what it reads, but it does not compare checksums, which would cost a tenth of
// the time of every read; Verify does, for everything. What a killed process
// leaves behind ends, for the engine, at the first entry of its log that is not
// whole.
//
// # Care
//
// Compact makes reading faster after much has been loaded.
package badgerkv
