package memkv_test

import (
	"context"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func Example() {
	ctx := context.Background()
	store := memkv.New(nil)
	defer store.Close()

	_, err := store.Update(ctx, func(tx kv.Txn) error {
		return tx.Set([]byte("capital/CH"), []byte("Bern"))
	})
	if err != nil {
		fmt.Println(err)
	}
	err = store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{Start: []byte("capital/")}, func(key, value []byte) error {
			fmt.Printf("%s = %s\n", key, value)
			return nil
		})
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: capital/CH = Bern
}
