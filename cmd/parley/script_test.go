package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// The scripts run the command as a program of its own.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if clock := os.Getenv(programClock); clock != "" {
			os.Exit(standingClock(clock))
		}
		main()
	}
	testscript.Main(m, map[string]func(){"parley": main})
}

// asProgram makes the test binary behave as the program.
const asProgram = "PARLEY_TEST_AS_PROGRAM"

// programClock makes it do so at a time of its own, which stands still.
const programClock = "PARLEY_TEST_CLOCK"

// standingClock is main, at a time.
func standingClock(clock string) int {
	now, err := time.Parse(time.RFC3339Nano, clock)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: func() time.Time { return now }}
	return p.run(context.Background(), os.Args[1:])
}

// TestScripts runs every file of testdata/script, one behaviour each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SEED", root(t)+"/examples/ukraine-2025/seed.jsonl")
			env.Setenv("EXAMPLE", root(t)+"/examples/ukraine-2025")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "damage": damage, "listen": listen, "unused": unused, "words": wordsOf, "append": appendTo, "edit": edit, "forge": forge, "flipped": flipped, "headof": headOf, "answering": answering,
			"newer": rowOf("Mformat", "\x03"), "foreign": rowOf("hello", "world")},
	})
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir + "/../.."
}

// exits runs the rest of the line and wants its first argument as exit code:
// exits 2 parley lod
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = err.Error()
		if n := len("exit status "); len(code) > n {
			code = code[n:]
		}
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// rowOf is a command that writes a row into a store, past the program.
func rowOf(key, value string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		store, err := badgerkv.Open(ts.MkAbs(args[0]), nil)
		ts.Check(err)
		_, err = store.Update(context.Background(), func(t kv.Txn) error { return t.Set([]byte(key), []byte(value)) })
		ts.Check(errors.Join(err, store.Close()))
	}
}

// wordsOf wants at most so many words in a file, comments and footnotes left out:
// words b.md 1200
func wordsOf(ts *testscript.TestScript, neg bool, args []string) {
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	n := 0
	for _, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
		if !strings.HasPrefix(line, "<!--") && !strings.HasPrefix(line, "[^") {
			n += len(strings.Fields(line))
		}
	}
	if n > most || n < most/2 || neg {
		ts.Fatalf("%d words, want at most %d and half of it", n, most)
	}
}

// appendTo writes a line at the end of a file.
func appendTo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+args[1]+"\n"), 0o600))
}

// edit replaces a text that stands in a file: edit from.pack to.pack OLD NEW
func edit(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[2]) || neg {
		ts.Fatalf("%s does not hold %s", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Replace(text, args[2], args[3], 1)), 0o600))
}

// forge makes the hash with which the first line of a pack ends fit what stands
// before it.
func forge(ts *testscript.TestScript, _ bool, args []string) {
	line, rest, _ := strings.Cut(ts.ReadFile(args[0]), "\n")
	const mark = `,"sum":"`
	line = line[:strings.LastIndex(line, mark)]
	text := fmt.Sprintf("%s%s%x\"}\n%s", line, mark, sha256.Sum256([]byte(line)), rest)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// flipped runs parley verify on copies of a file, in each of which another byte
// is another one, and wants exit code 1 and a sentence of each: flipped a.pack 20
func flipped(ts *testscript.TestScript, neg bool, args []string) {
	text := []byte(ts.ReadFile(args[0]))
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	for i := range n {
		at := i * (len(text) - 2) / (n - 1)
		altered := bytes.Clone(text)
		altered[at] ^= 1
		ts.Check(os.WriteFile(ts.MkAbs("flipped"), altered, 0o600))
		exits(ts, neg, []string{"1", "parley", "verify", "flipped"})
		if said := ts.ReadFile("stderr"); !strings.HasPrefix(said, "parley: ") || ts.ReadFile("stdout") != "" {
			ts.Fatalf("byte %d: %s", at, said)
		}
	}
}

// listen takes a free port of this machine, and puts its address into a variable.
func listen(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// headOf puts the hash of the last record of a dump into a variable: headof HEAD dump
func headOf(ts *testscript.TestScript, _ bool, args []string) {
	done, err := graph.VerifyDump(strings.NewReader(ts.ReadFile(args[1])), "")
	ts.Check(err)
	ts.Setenv(args[0], done.Head)
}

// answering waits until a server that is about to start answers at an address.
func answering(ts *testscript.TestScript, _ bool, args []string) {
	client := http.Client{Timeout: time.Second}
	for range 500 {
		r, err := client.Get("http://" + args[0])
		if err == nil {
			_ = r.Body.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("nobody answers at %s", args[0])
}

// unused puts an address into a variable at which nobody listens.
func unused(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(l.Close())
	ts.Setenv(args[0], l.Addr().String())
}

// damage overwrites the middle of every table file of a database.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	n := 0
	for _, e := range entries {
		name := ts.MkAbs(args[0] + "/" + e.Name())
		if len(name) < 4 || name[len(name)-4:] != ".sst" {
			continue
		}
		b, err := os.ReadFile(name)
		ts.Check(err)
		for i := len(b) / 4; i < len(b)/4+512 && i < len(b); i++ {
			b[i] ^= 0xff
		}
		ts.Check(os.WriteFile(name, b, 0o600))
		n++
	}
	if n == 0 || neg {
		ts.Fatalf("no table files in %s", args[0])
	}
}
