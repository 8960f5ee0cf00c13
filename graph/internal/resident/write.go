package resident

import (
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

// Update makes a function of an update stamp the runs to which it writes, once
// it has returned without an error.
func (im *Image) Update(fn func(kv.Txn) error) func(kv.Txn) error {
	if im == nil {
		return fn
	}
	return func(t kv.Txn) error {
		n := noting{Txn: t, im: im}
		n.places = n.few[:0]
		if err := fn(&n); err != nil {
			return err
		}
		for _, place := range n.places {
			im.put(place, t.TS())
		}
		return nil
	}
}

// put stamps.
func (im *Image) put(place uint64, ts kv.TS) {
	raise(im.stamp(place), ts)
	raise(&im.last, ts)
}

// raise stamps: the newest transaction stays.
func raise(stamp *atomic.Uint64, ts kv.TS) {
	for {
		old := stamp.Load()
		if old >= uint64(ts) || stamp.CompareAndSwap(old, uint64(ts)) {
			return
		}
	}
}

// placeOf is where the run stands to which a key belongs.
func (im *Image) placeOf(key []byte) (uint64, bool) {
	prefix := im.prefix(key)
	if prefix == nil {
		return 0, false
	}
	return im.place(prefix), true
}

// noting notes the runs to which a transaction writes, some of them several times.
type noting struct {
	kv.Txn
	im     *Image
	places []uint64
	few    [8]uint64 // the first of them
}

func (t *noting) note(key []byte) {
	if place, ok := t.im.placeOf(key); ok {
		t.places = append(t.places, place)
	}
}

func (t *noting) Set(key, value []byte) error {
	t.note(key)
	return t.Txn.Set(key, value)
}

func (t *noting) Delete(key []byte) error {
	t.note(key)
	return t.Txn.Delete(key)
}

// Whole is Update for what writes to all runs, about.
func (im *Image) Whole(fn func(kv.BulkTxn) error) func(kv.BulkTxn) error {
	if im == nil {
		return fn
	}
	return func(t kv.BulkTxn) error {
		if err := fn(t); err != nil {
			return err
		}
		for place := range im.stamps {
			im.put(uint64(place), t.TS())
		}
		return nil
	}
}

// Load is Update for what is written in chunks, each of which may be seen
// before the next is made.
func (im *Image) Load(fn func(kv.BulkTxn) error) func(kv.BulkTxn) error {
	if im == nil {
		return fn
	}
	return func(t kv.BulkTxn) error { return fn(&stamping{t, im}) }
}

type stamping struct {
	kv.BulkTxn
	im *Image
}

func (t *stamping) stamp(key []byte) {
	if place, ok := t.im.placeOf(key); ok {
		t.im.put(place, t.TS())
	}
}

func (t *stamping) Set(key, value []byte) error {
	t.stamp(key)
	return t.BulkTxn.Set(key, value)
}

func (t *stamping) Delete(key []byte) error {
	t.stamp(key)
	return t.BulkTxn.Delete(key)
}
