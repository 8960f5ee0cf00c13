package rows

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
)

// Reader is a kv.Reader of a tree that lies over nothing.
type Reader struct {
	Call *guard.Call
	Rows *Tree
}

// Get implements kv.Reader.
func (r *Reader) Get(key []byte) ([]byte, error) {
	if err := r.Call.Check(); err != nil {
		return nil, err
	}
	if err := guard.Key(key); err != nil {
		return nil, err
	}
	row, ok := r.Rows.Get(key)
	if !ok {
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return bytes.Clone(row.Value), nil
}

// GetMany implements kv.Reader.
func (r *Reader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if err := r.Call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		if err := guard.Key(key); err != nil {
			return err
		}
		if err := r.Call.Step(); err != nil {
			return err
		}
		row, ok := r.Rows.Get(key)
		if !ok {
			continue
		}
		if err := fn(i, row.Value); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

// Scan implements kv.Reader.
func (r *Reader) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if err := r.Call.Check(); err != nil {
		return err
	}
	n := 0
	for c := r.Rows.Scan(rg); c.Valid(); c.Next() {
		if err := r.Call.Step(); err != nil {
			return err
		}
		row := c.Row()
		if rg.KeysOnly {
			row.Value = nil
		}
		if err := fn(row.Key, row.Value); err != nil {
			return unlessStop(err)
		}
		if n++; n == rg.Limit {
			return nil
		}
	}
	return nil
}

func unlessStop(err error) error {
	if errors.Is(err, kv.Stop) {
		return nil
	}
	return err
}
