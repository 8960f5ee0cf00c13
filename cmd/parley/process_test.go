package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// child prepares the program as a process of its own.
func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// output runs the program to its end.
func output(t *testing.T, args ...string) string {
	t.Helper()
	out, err := child(t, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("parley %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// A load that is killed leaves nothing half-visible, and what was acknowledged
// before it stays; run again, it is as if nothing had happened. The moments are
// parts of what a whole load takes; they go on until one has met a half-written load.
func TestKilledLoad(t *testing.T) {
	const facts, least, most = 20_000, 6, 30
	dir := t.TempDir()
	small, large := quads(t, dir, "small.tsv", 100, 1), quads(t, dir, "large.tsv", facts, 2)
	start := time.Now()
	output(t, "load", "--data", filepath.Join(dir, "whole"), "--format", "icews", large)
	whole := time.Since(start)
	half := 0
	for n := range most {
		if n >= least && half > 0 {
			return
		}
		after := whole * time.Duration(1+n*5%16) / 16
		k := killed{t: t, data: filepath.Join(dir, fmt.Sprint("db", n)), after: after, facts: facts}
		half += k.run(small, large)
	}
	if half == 0 {
		t.Errorf("none of %d kills within %v met a half-written load", most, whole)
	}
}

// killed is one load that is killed after some time.
type killed struct {
	t     *testing.T
	data  string
	after time.Duration
	facts int
}

// run returns 1 where the kill met a half-written load.
func (k *killed) run(small, large string) (half int) {
	t, load := k.t, []string{"load", "--data", k.data, "--format", "icews"}
	t.Helper()
	output(t, append(load, small)...)
	before := output(t, "check", "--data", k.data)
	finished := k.kill(append(load, large)...)
	half = unfinished(t, k.data)
	// Without a load in hand the process may have been killed behind its commit, before it said so.
	if got := output(t, "check", "--data", k.data); !finished && got != before && (half == 1 || !strings.Contains(got, "2 transactions")) {
		t.Errorf("killed after %v:\n%sbefore:\n%s", k.after, got, before)
	}
	output(t, append(load, large)...)
	if again := output(t, append(load, large)...); !strings.Contains(again, fmt.Sprintf("new 0, known %d", k.facts)) {
		t.Errorf("killed after %v, then loaded twice: %s", k.after, again)
	}
	if after := output(t, "check", "--data", k.data); !strings.Contains(after, "2 assertions, 2 documents, 2 transactions") {
		t.Errorf("in the end: %s", after)
	}
	return half
}

// kill starts the program, kills it after a while, and tells whether it was too late.
func (k *killed) kill(args ...string) (finished bool) {
	cmd := child(k.t, args...)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(k.after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait() == nil
}

// unfinished returns 1 where a store holds a part of a load: the row "Mload" is
// there from a load's first chunk to its last (graph/FORMAT.md).
func unfinished(t *testing.T, dir string) (n int) {
	t.Helper()
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.View(t.Context(), func(r kv.Reader) error {
		_, err := r.Get([]byte("Mload"))
		if err == nil {
			n = 1
		}
		return err
	})
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		t.Fatal(err)
	}
	return n
}

// quads writes a file of events, each on a day of its own pair of actors.
func quads(t *testing.T, dir, name string, n, seed int) string {
	t.Helper()
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "actor %d\tConsult\tactor %d\t20%02d-%02d-%02d\n", i*seed%997, (i*7+seed)%991, i%30, i/30%12+1, i/360%28+1)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, unique(b.Bytes()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// unique pads repeated lines away, so that every line is a fact of its own.
func unique(text []byte) []byte {
	seen := map[string]bool{}
	var out bytes.Buffer
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if seen[line] {
			line = fmt.Sprintf("extra %d%s", i, line[strings.Index(line, "\t"):])
		}
		seen[line] = true
		out.WriteString(line + "\n")
	}
	return out.Bytes()
}

// The server answers, is ready, and ends in order when it is told to.
func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "db")
	output(t, "load", "--data", data, "../../examples/ukraine-2025/seed.jsonl")
	serve := child(t, "serve", "--data", data, "--addr", "127.0.0.1:0")
	stderr, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serve.Process.Kill() }()
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(strings.TrimPrefix(line, "serving "))
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := get(t, strings.TrimSuffix(url, "/graphql")+path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	rebound, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(url, "/graphql")+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	rebound.Host = "evil.example"
	refused, err := http.DefaultClient.Do(rebound)
	if err != nil {
		t.Fatal(err)
	}
	refused.Body.Close()
	if refused.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("asked as evil.example: status %d, want 421", refused.StatusCode)
	}
	var answer struct {
		Data struct{ Stats struct{ Assertions int } }
	}
	if err := json.Unmarshal([]byte(output(t, "query", "--url", url, "{ stats { assertions } }")), &answer); err != nil || answer.Data.Stats.Assertions != 85 {
		t.Errorf("answer: %+v (%v)", answer, err)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(rest), "draining") {
		t.Errorf("on the way out: %q (%v)", rest, err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	output(t, "check", "--data", data)
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Two processes do not share a directory; the second is told so.
func TestInUse(t *testing.T) {
	data := filepath.Join(t.TempDir(), "db")
	output(t, "load", "--data", data, "../../examples/ukraine-2025/seed.jsonl")
	serve := child(t, "serve", "--data", data, "--addr", "127.0.0.1:0")
	stderr, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serve.Process.Kill() }() // of no effect once it has ended
	if _, err := bufio.NewReader(stderr).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	out, err := child(t, "check", "--data", data).CombinedOutput()
	want := fmt.Sprintf("open elsewhere, in process %d: end that process first; if it is parley serve, ask it with parley query --url", serve.Process.Pid)
	if err == nil || !strings.Contains(string(out), want) {
		t.Errorf("check beside a server: %v\n%s\nwant %s", err, out, want)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Error(err)
	}
}
