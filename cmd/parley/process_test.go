package main

import (
	"bufio"
	"bytes"
	"encoding/json"
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
// before it stays; run again, it is as if nothing had happened.
func TestKilledLoad(t *testing.T) {
	const facts = 20_000
	dir := t.TempDir()
	small, large := quads(t, dir, "small.tsv", 100, 1), quads(t, dir, "large.tsv", facts, 2)
	for _, after := range []time.Duration{20, 150, 300, 450, 600, 900} {
		data := filepath.Join(dir, fmt.Sprint("db", int(after)))
		output(t, "load", "--data", data, "--format", "icews", small)
		before := output(t, "check", "--data", data)
		load := child(t, "load", "--data", data, "--format", "icews", large)
		if err := load.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(after*time.Millisecond, func() { _ = load.Process.Kill() })
		finished := load.Wait() == nil
		kill.Stop()
		got := output(t, "check", "--data", data)
		if !finished && got != before {
			// The process may have been killed behind its commit, before it said so.
			if !strings.Contains(got, "2 transactions") {
				t.Errorf("killed after %d ms:\n%sbefore:\n%s", after, got, before)
			}
		}
		output(t, "load", "--data", data, "--format", "icews", large)
		if again := output(t, "load", "--data", data, "--format", "icews", large); !strings.Contains(again, fmt.Sprintf("new 0, known %d", facts)) {
			t.Errorf("killed after %d ms, then loaded twice: %s", after, again)
		}
		if after := output(t, "check", "--data", data); !strings.Contains(after, "2 assertions, 2 documents, 2 transactions") {
			t.Errorf("in the end: %s", after)
		}
	}
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
