//go:build unix

package exec

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mostMemory is how many bytes a request that is refused may allocate in all.
const mostMemory = 24 << 20

// mostCPU is how long it may compute; the race detector, under which tests are
// short, is allowed more.
func mostCPU() time.Duration {
	if testing.Short() {
		return 500 * time.Millisecond
	}
	return 50 * time.Millisecond
}

// cpu is the time that this thread, or where that is not known this process,
// has computed.
func cpu(t *testing.T) time.Duration {
	who := 0
	if runtime.GOOS == "linux" {
		who = 1 // RUSAGE_THREAD
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cost is the least that three runs took.
func cost(t *testing.T, run func()) (least time.Duration, memory uint64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		started := cpu(t)
		run()
		took := cpu(t) - started
		runtime.ReadMemStats(&after)
		if least == 0 || took < least {
			least, memory = took, after.TotalAlloc-before.TotalAlloc
		}
	}
	return least, memory
}

// What is written to stall or fill a server costs it little.
func TestHostileRequestsAreCheap(t *testing.T) {
	e := testEngine(t, Options{})
	requests := map[string]Request{}
	for _, h := range hostile {
		requests[h.name] = Request{Query: h.query}
	}
	for name, variables := range wrongVariables() {
		requests[name] = Request{Query: allVariables, Variables: variables}
	}
	var slowest, largest string
	var most time.Duration
	var memory uint64
	for name, rq := range requests {
		took, bytes := cost(t, func() {
			if answer := e.Do(t.Context(), rq); answer.Executed {
				t.Errorf("%s: executed: %.200s", name, answer.Body)
			}
		})
		if took > mostCPU() || bytes > mostMemory {
			t.Errorf("%s: %s, %d bytes", name, took, bytes)
		}
		if took > most {
			most, slowest = took, name
		}
		if bytes > memory {
			memory, largest = bytes, name
		}
	}
	t.Logf("%d requests; at most %s (%s) and %d KB (%s)", len(requests), most, slowest, memory>>10, largest)
}

// The largest documents that pass every check are compiled and run in bounded
// time and memory too.
func TestLargestRequests(t *testing.T) {
	e := testEngine(t, Options{})
	for name, rq := range map[string]Request{
		"fields":                    {Query: "{ " + strings.Repeat("...F ", 900) + "} fragment F on Query { node { id name must __typename } }"},
		"names":                     {Query: "{ node { " + strings.Repeat("id name must ", 1300) + "} }"},
		"lists":                     {Query: "{ list(first: 600) { list(first: 300) { id } } }"},
		"fragments":                 {Query: manyFragments(400)},
		"literals":                  {Query: "{ echo(l: [" + strings.Repeat("1 ", 3900) + "]) }"},
		"introspect":                {Query: introspectionNow},
		"operations over fragments": {Query: numbered("query Q%d { node { ...F0 } } ", 40) + strings.TrimPrefix(manyFragments(250), "{ node { ...F0 } } "), Operation: "Q0"},
		"operations over variables": {Query: numbered("query Q%d($v: Int) { ...F } ", 100) + "fragment F on Query { " + strings.Repeat("a: echo(n: $v) ", 90) + "}", Operation: "Q0"},
	} {
		took, bytes := cost(t, func() {
			if answer := e.Do(t.Context(), rq); !answer.Executed {
				t.Errorf("%s: refused: %.300s", name, answer.Body)
			}
			e.cache = newCache(1000)
		})
		t.Logf("%s: %s, %d KB", name, took, bytes>>10)
		if took > 10*mostCPU() || bytes > 4*mostMemory {
			t.Errorf("%s: %s, %d bytes", name, took, bytes)
		}
	}
}

// manyFragments is a chain of fragments, each within the one before.
func manyFragments(n int) string {
	var b strings.Builder
	b.WriteString("{ node { ...F0 } } ")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Node { id ...F%d } ", i, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Node { name }", n)
	return b.String()
}

// What the cache keeps is at most 500 bytes for each unit of its bound.
func TestCacheHoldsLittle(t *testing.T) {
	const bound = 40_000
	e := testEngine(t, Options{Cache: bound})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 60 {
		shape := []string{"id name next { id ... on Node { must } } ", "... on Node { node(x: 1) { list(first: 2) { name } } } "}[i%2]
		query := fmt.Sprintf("{ a%d: thing { ", i) + strings.Repeat(shape, 180) + "} }"
		if answer := e.Do(t.Context(), Request{Query: query}); !answer.Executed {
			t.Fatalf("%.200s", answer.Body)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d operations, %d bytes for each unit", e.cache.len(), kept/bound)
	if kept > 500*bound || e.cache.len() == 0 || e.cache.len() == 60 {
		t.Errorf("%d operations take %d bytes", e.cache.len(), kept)
	}
}
