package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "damage": damage, "listen": listen, "words": wordsOf, "append": appendTo,
			"newer": rowOf("Mformat", "\x02"), "foreign": rowOf("hello", "world")},
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

// listen takes a free port of this machine, and puts its address into a variable.
func listen(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
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
