//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody runs the program as a user who may not write what the test makes: as
// another user if this one may write everything.
func nobody(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := child(t, args...)
	if os.Geteuid() != 0 {
		return cmd
	}
	cmd.Path = filepath.Join(dir, "program") // the test's own may lie where only root may go
	copyFile(t, os.Args[0], cmd.Path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// shared is a directory that everybody may enter.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "parley")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(filepath.Join(dir, "db"), 0o755)
		_ = os.RemoveAll(dir)
	})
	return dir
}

// modes gives a database and its files modes.
func modes(t *testing.T, data string, dir, files os.FileMode) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(data, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range list {
		if err := os.Chmod(file, files); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(data, dir); err != nil {
		t.Fatal(err)
	}
}

// A database that may only be read is read; loading says what is not allowed,
// and so does reading where that is not allowed either.
func TestReadOnlyDirectory(t *testing.T) {
	dir := shared(t)
	data := filepath.Join(dir, "db")
	output(t, "load", "--data", data, "../../examples/ukraine-2025/seed.jsonl")
	modes(t, data, 0o555, 0o444)
	for want, args := range map[string][]string{"289 claims": {"check"}, " 289 claims": {"stats"}, "LIMITED_UNSPECIFIED": {"deadlines"}, ": 289": {"query", "{ stats { claims } }"}} {
		out, err := nobody(t, dir, append(args, "--data", data)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
	}
	load := nobody(t, dir, "load", "--data", data, "-")
	load.Stdin = strings.NewReader("")
	refuses(t, load, "LOCK: permission denied", "must be allowed to")
	modes(t, data, 0o555, 0)
	refuses(t, nobody(t, dir, "check", "--data", data), "permission denied", "must be allowed to read")
}

func refuses(t *testing.T, cmd *exec.Cmd, want ...string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	for _, text := range append(want, "permission") {
		if err == nil || !strings.Contains(string(out), text) || strings.Contains(string(out), "damaged") {
			t.Errorf("%v\n%s\nwant %s", err, out, text)
		}
	}
}
