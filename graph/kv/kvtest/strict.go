package kvtest

import (
	"bytes"
	"context"
	"errors"

	"github.com/parleydb/parley/graph/kv"
)

// Strict is a store that keeps the contract and nothing beyond it. It runs the
// function of every Update twice, and overwrites what it handed to a callback
// once the callback has returned. Tests of code that keeps a slice, or cannot
// bear to be run again, fail on it.
type Strict struct{ BulkStore }

// errAgain rolls the first run of a function back.
var errAgain = errors.New("kvtest: run again")

// View implements kv.Store.
func (s Strict) View(ctx context.Context, fn func(kv.Reader) error) error {
	return s.BulkStore.View(ctx, func(r kv.Reader) error { return fn(strictReader{r}) })
}

// Update implements kv.Store.
func (s Strict) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	run := func(tx kv.Txn) error { return fn(strictTxn{tx}) }
	ts, err := s.BulkStore.Update(ctx, func(tx kv.Txn) error {
		if err := run(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return ts, err
	}
	return s.BulkStore.Update(ctx, run)
}

// Load implements kv.Bulk.
func (s Strict) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	return s.BulkStore.Load(ctx, func(tx kv.BulkTxn) error { return fn(strictBulkTxn{tx}) })
}

type strictReader struct{ kv.Reader }

func (r strictReader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	return r.Reader.GetMany(keys, func(i int, value []byte) error {
		value = bytes.Clone(value)
		defer spoil(value)
		return fn(i, value)
	})
}

func (r strictReader) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	return r.Reader.Scan(rg, func(key, value []byte) error {
		key, value = bytes.Clone(key), bytes.Clone(value)
		defer spoil(key)
		defer spoil(value)
		return fn(key, value)
	})
}

func spoil(b []byte) {
	for i := range b {
		b[i] = 0xdb
	}
}

type strictTxn struct{ kv.Txn }

func (t strictTxn) After() kv.TS { return after(t.Txn) }

// after is what a transaction follows, if it can tell.
func after(tx kv.Txn) kv.TS {
	if f, ok := tx.(kv.Following); ok {
		return f.After()
	}
	return 0
}

func (t strictTxn) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	return strictReader{t.Txn}.GetMany(keys, fn)
}

func (t strictTxn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	return strictReader{t.Txn}.Scan(rg, fn)
}

type strictBulkTxn struct{ kv.BulkTxn }

func (t strictBulkTxn) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	return strictReader{t.BulkTxn}.GetMany(keys, fn)
}

func (t strictBulkTxn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	return strictReader{t.BulkTxn}.Scan(rg, fn)
}
