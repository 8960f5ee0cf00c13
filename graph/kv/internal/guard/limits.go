package guard

import (
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// Key reports whether a store may hold the key.
func Key(key []byte) error {
	switch {
	case len(key) == 0:
		return fmt.Errorf("%w: it is empty", kv.ErrKey)
	case key[0] == 0:
		return fmt.Errorf("%w: %.20q begins with a zero byte", kv.ErrKey, key)
	case len(key) > kv.MaxKey:
		return fmt.Errorf("%w: key of %d bytes, limit %d", kv.ErrTooLarge, len(key), kv.MaxKey)
	}
	return nil
}

// Chunk counts the writes of an update, or of a part of a load that is made
// durable as one.
type Chunk struct{ Keys, Bytes int }

// Add counts one write, or refuses it and counts nothing. A delete has no value.
func (c *Chunk) Add(key, value []byte) error {
	if err := Key(key); err != nil {
		return err
	}
	if len(value) > kv.MaxValue {
		return fmt.Errorf("%w: value of %d bytes, limit %d, at key %.20q", kv.ErrTooLarge, len(value), kv.MaxValue, key)
	}
	if c.Keys == kv.MaxUpdateKeys {
		return fmt.Errorf("%w: one update may have %d writes", kv.ErrTooLarge, kv.MaxUpdateKeys)
	}
	n := c.Bytes + len(key) + len(value)
	if n > kv.MaxUpdateBytes {
		return fmt.Errorf("%w: update of %d bytes, limit %d", kv.ErrTooLarge, n, kv.MaxUpdateBytes)
	}
	c.Keys, c.Bytes = c.Keys+1, n
	return nil
}
