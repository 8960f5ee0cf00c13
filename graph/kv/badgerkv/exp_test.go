package badgerkv

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/parleydb/parley/graph/kv"
)

func rss() string {
	b, _ := os.ReadFile("/proc/self/status")
	out := ""
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmHWM") || strings.HasPrefix(l, "RssAnon") {
			out += strings.Join(strings.Fields(l), " ") + "; "
		}
	}
	return out
}

func TestExp(t *testing.T) {
	n := uint32(100_000)
	if os.Getenv("N") != "" {
		fmt.Sscan(os.Getenv("N"), &n)
	}
	variants := map[string]func(badger.Options) badger.Options{
		"base":     func(o badger.Options) badger.Options { return o },
		"verify":   func(o badger.Options) badger.Options { return o.WithChecksumVerificationMode(options.OnBlockRead) },
		"zstd256":  func(o badger.Options) badger.Options { return o.WithCompression(options.ZSTD).WithZSTDCompressionLevel(1).WithBlockCacheSize(256 << 20) },
		"snappy256":  func(o badger.Options) badger.Options { return o.WithCompression(options.Snappy).WithBlockCacheSize(256 << 20) },
		"mem1":     func(o badger.Options) badger.Options { return o.WithNumMemtables(1) },
		"mem3":     func(o badger.Options) badger.Options { return o.WithNumMemtables(3) },
		"comp2":    func(o badger.Options) badger.Options { return o.WithNumCompactors(2) },
		"b8": func(o badger.Options) badger.Options { return o.WithBaseTableSize(8<<20) },
		"b8c2": func(o badger.Options) badger.Options { return o.WithBaseTableSize(8<<20).WithNumCompactors(2) },
		"b8c2m1": func(o badger.Options) badger.Options { return o.WithBaseTableSize(8<<20).WithNumCompactors(2).WithNumMemtables(1) },
		"b4c2m1": func(o badger.Options) badger.Options { return o.WithBaseTableSize(4<<20).WithNumCompactors(2).WithNumMemtables(1) },
		"c2m1": func(o badger.Options) badger.Options { return o.WithNumCompactors(2).WithNumMemtables(1) },
		"c2m1l2": func(o badger.Options) badger.Options { return o.WithNumCompactors(2).WithNumMemtables(1).WithCompactL0OnClose(true).WithNumLevelZeroTables(2) },
		"b8c2m1l3": func(o badger.Options) badger.Options { return o.WithBaseTableSize(8<<20).WithNumCompactors(2).WithNumMemtables(1).WithCompactL0OnClose(true).WithNumLevelZeroTables(3) },
		"l0_1": func(o badger.Options) badger.Options { return o.WithNumMemtables(1).WithNumLevelZeroTables(1) },
		"l0_2": func(o badger.Options) badger.Options { return o.WithNumMemtables(1).WithNumLevelZeroTables(2) },
		"l0_2c": func(o badger.Options) badger.Options { return o.WithNumMemtables(1).WithNumLevelZeroTables(2).WithCompactL0OnClose(true) },
		"l0_2c2": func(o badger.Options) badger.Options { return o.WithNumMemtables(1).WithNumLevelZeroTables(2).WithCompactL0OnClose(true).WithNumCompactors(2) },
		"l0close":    func(o badger.Options) badger.Options { return o.WithCompactL0OnClose(true) },
	}
	v := variants[os.Getenv("V")]
	dir := t.TempDir()
	o := &Options{NoSync: os.Getenv("SYNC") == ""}
	mk := func() *Store {
		db, err := badger.Open(v(o.engine(dir)))
		if err != nil {
			t.Fatal(err)
		}
		return newStore(db, o)
	}
	s := mk()
	peak := 0
	go func() {
		for {
			b, _ := os.ReadFile("/proc/self/status")
			_, r, _ := strings.Cut(string(b), "RssAnon:")
			n := 0
			fmt.Sscan(r, &n)
			peak = max(peak, n)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	t0 := time.Now()
	fill(t, s, n)
	load := time.Since(t0)
	t0 = t0.Add(2*time.Second)
	time.Sleep(2*time.Second)
	for _, l := range s.db.Levels() {
		if l.NumTables > 0 {
			fmt.Printf("L%d:%d ", l.Level, l.NumTables)
		}
	}
	fmt.Println("levels 2 s after load")
	s.Close()
	closed := time.Since(t0)
	r := rss()
	t0 = time.Now()
	s = mk()
	opened := time.Since(t0)
	lv := ""
	for _, l := range s.db.Levels() {
		if l.NumTables > 0 {
			lv += fmt.Sprintf("L%d:%d ", l.Level, l.NumTables)
		}
	}
	fmt.Printf("peak anon %d MB ", peak>>10)
	fmt.Printf("%s n=%d load %v with close %v, open %v %s %s\n", os.Getenv("V"), n, load, closed, opened, r, lv)
	du := int64(0)
	es, _ := os.ReadDir(dir)
	for _, e := range es {
		if i, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), ".sst") {
			du += i.Size()
		}
	}
	fmt.Println("sst bytes/row", float64(du)/float64(7*n))
	if os.Getenv("WAIT") != "" { time.Sleep(2*time.Second) }
	raw := s.db.NewTransaction(false)
	defer raw.Discard()
	it := raw.NewIterator(badger.IteratorOptions{Prefix: []byte("d")})
	defer it.Close()
	for range 3 {
		m := 100000
		t0 = time.Now()
		for range m {
			it.Seek(rowKey('d', rand.Uint32N(n/perNode), rand.Uint32N(perNode)))
		}
		seek := time.Since(t0) / time.Duration(m)
		t0 = time.Now()
		for range m {
			rawScan(it, rand.Uint32N(n/perNode))
		}
		scan50 := time.Since(t0) / time.Duration(m)
		t0 = time.Now()
		for range m {
			rg := kv.Range{Start: rowKey('d', rand.Uint32N(n/perNode), perNode), Limit: 50, End: []byte("e")}
			s.View(t.Context(), func(tx kv.Reader) error { return tx.Scan(rg, func(_, _ []byte) error { return nil }) })
		}
		view := time.Since(t0) / time.Duration(m)
		t0 = time.Now()
		for range m {
			raw.Get(rowKey('d', rand.Uint32N(n/perNode), rand.Uint32N(perNode)))
		}
		get := time.Since(t0) / time.Duration(m)
		fmt.Println("seek", seek, "scan50", scan50, "view", view, "get", get)
	}
	s.Close()
}
