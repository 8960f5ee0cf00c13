package kvtest

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"

	"github.com/parleydb/parley/graph/kv"
)

var concurrentTests = []test{
	{"Writers", testWriters},
	{"Transfers", testTransfers},
}

const (
	writers = 8
	rounds  = 50
)

// add adds n to the number at key, and lets other writers try to come between.
func add(tx kv.Txn, key string, n int) error {
	v, err := tx.Get([]byte(key))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	runtime.Gosched()
	old, _ := strconv.Atoi(string(v))
	return setAll(tx, key, strconv.Itoa(old+n))
}

// together runs fn in as many goroutines as there are writers.
func together(fn func(writer int)) {
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() { fn(w) })
	}
	all.Wait()
}

// testWriters counts up together: no increment is lost, failed ones are not
// counted, and each writer reads its own write at once.
func testWriters(e *env) {
	together(func(w int) {
		for range rounds {
			_, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
				return errors.Join(add(tx, "sum", 1), add(tx, fmt.Sprint(w), 1))
			})
			if err != nil {
				e.Error(err)
			}
			_, err = e.store.Update(e.ctx, func(tx kv.Txn) error { return errors.Join(add(tx, "sum", 1), errFn) })
			if !errors.Is(err, errFn) {
				e.Errorf("update: %v, want %v", err, errFn)
			}
		}
	})
	var want []string
	for w := range writers {
		want = append(want, fmt.Sprint(w), fmt.Sprint(rounds))
	}
	e.has(append(want, "sum", fmt.Sprint(writers*rounds))...)
}

// testTransfers moves amounts between accounts; every view finds the same sum,
// and what a writer was told is written is there.
func testTransfers(e *env) {
	for w := range writers {
		e.set(fmt.Sprint(w), "100")
	}
	together(func(w int) {
		for i := range rounds {
			ts, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
				return errors.Join(add(tx, fmt.Sprint(w), -i), add(tx, fmt.Sprint((w+i)%writers), i))
			})
			if err != nil {
				e.Error(err)
			}
			if closed, err := e.store.Closed(e.ctx); err != nil || closed < ts {
				e.Errorf("closed = %d, %v after %d was acknowledged", closed, err, ts)
			}
			if sum := balance(e); sum != 100*writers {
				e.Errorf("sum %d, want %d", sum, 100*writers)
			}
		}
	})
}

func balance(e *env) int {
	sum := 0
	err := e.store.View(e.ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{Reverse: true}, func(_, v []byte) error {
			n, err := strconv.Atoi(string(v))
			sum += n
			return err
		})
	})
	if err != nil {
		e.Error(err)
	}
	return sum
}
