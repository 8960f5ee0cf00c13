package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// floors is what the engine and the disk need by themselves, on this machine:
// goals are multiples of these.
type floors struct {
	Key      float64  `json:"r1_us"` // of iterating keys alone, per key
	Seek     float64  `json:"r2_us"` // on an iterator that is shared
	Families []family `json:"families"`
}

// family is how many rows there are of one sort, and what they hold.
type family struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	Keys   int64  `json:"key_bytes"`
	Values int64  `json:"value_bytes"`
}

// edges is the family of the rows that questions read most.
const edges = 'n'

// readFloors opens the engine's files below a store that is closed.
func readFloors(dir string) (f floors, err error) {
	raw, err := badger.Open(badger.DefaultOptions(dir).WithReadOnly(true).WithLogger(nil).WithMetricsEnabled(false).
		WithCompression(options.None).WithBlockCacheSize(0).WithExternalMagic(1))
	if err != nil {
		return f, err
	}
	defer ending(&err, raw.Close)
	txn := raw.NewTransaction(false)
	defer txn.Discard()
	f.Families = families(txn)
	o := badger.DefaultIteratorOptions
	o.PrefetchValues, o.Prefix = false, []byte{edges}
	it := txn.NewIterator(o)
	defer it.Close()
	var keys [][]byte
	if f.Key, keys = keyFloor(it); len(keys) > 0 {
		f.Seek = seekFloor(it, keys)
	}
	return f, nil
}

func families(txn *badger.Txn) []family {
	o := badger.DefaultIteratorOptions
	o.PrefetchValues = false
	it := txn.NewIterator(o)
	defer it.Close()
	var list []family
	for it.Rewind(); it.Valid(); it.Next() {
		item := it.Item()
		key := item.Key()
		if key[0] == 0 { // the store's own
			continue
		}
		if name := string(key[:1]); len(list) == 0 || list[len(list)-1].Name != name {
			list = append(list, family{Name: name})
		}
		f := &list[len(list)-1]
		f.Rows++
		f.Keys += int64(len(key))
		f.Values += item.ValueSize()
	}
	return list
}

// floorPasses is how often the floors are taken. The median of short spells
// counts, so that what else the machine does spoils few of them.
const floorPasses = 5

// keyFloor iterates all keys, and picks some of them for seeks.
func keyFloor(it *badger.Iterator) (us float64, keys [][]byte) {
	r := rand.New(rand.NewPCG(5, 5))
	var samples []float64
	n := 0
	for range floorPasses {
		n = 0
		start := time.Now()
		for it.Rewind(); it.Valid(); it.Next() {
			if n++; n%batchOfKeys == 0 {
				samples = append(samples, micro(time.Since(start))/batchOfKeys)
				start = time.Now()
			}
		}
	}
	for it.Rewind(); it.Valid(); it.Next() {
		if r.IntN(1+n/seeks) == 0 {
			keys = append(keys, it.Item().KeyCopy(nil))
		}
	}
	return median(samples), keys
}

const (
	batchOfKeys = 500
	seeks       = 5000
)

func seekFloor(it *badger.Iterator, keys [][]byte) float64 {
	r := rand.New(rand.NewPCG(5, 6))
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var samples []float64
	for range floorPasses {
		for _, k := range keys {
			start := time.Now()
			it.Seek(k)
			samples = append(samples, micro(time.Since(start)))
		}
	}
	return median(samples)
}

// syncFloor is R3: to append a kibibyte to a file and bring it to the disk, in
// microseconds.
func syncFloor(dir string) (us float64, err error) {
	name := filepath.Join(dir, "append")
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer ending(&err, func() error { return os.Remove(name) })
	defer f.Close()
	var took []float64
	text := make([]byte, 1024)
	for range durableWrites {
		start := time.Now()
		if _, err := f.Write(text); err != nil {
			return 0, err
		}
		if err := syncData(f); err != nil {
			return 0, err
		}
		took = append(took, micro(time.Since(start)))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
