package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A pack that breaks off, or is none, leaves the file that was there before as
// it was, and nothing beside it.
func TestPackBrokenOff(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"broken off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"parleyEvidence":1,"answer":{"data":{}}}`+"\n")
		}, "the evidence pack broke off, and is not written"},
		"something else": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "answers with something else than an evidence pack"},
		"no answer":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "the answer is not JSON"},
		"an answer that is no pack": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, `{"data":{}}`)
		}, "202 Accepted, without an evidence pack"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(c.answer)
			defer s.Close()
			dir := t.TempDir()
			file := filepath.Join(dir, "a.pack")
			if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, now: time.Now}
			code := p.run(t.Context(), []string{"query", "--url", s.URL + "/graphql", "--pack", file, "{ stats { claims } }"})
			if code != exitFailed || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("exit %d: %s, want %s", code, stderr.String(), c.want)
			}
			text, err := os.ReadFile(file)
			list, _ := os.ReadDir(dir)
			if err != nil || string(text) != "before" || len(list) != 1 {
				t.Errorf("%v: the file holds %q, and there are %d", err, text, len(list))
			}
		})
	}
}

// A file is written anew with the rights that it had; a new one has those that
// the umask leaves, as any file of this process.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file, other := filepath.Join(dir, "a.pack"), filepath.Join(dir, "other")
	f, err := os.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	made, err := f.Stat()
	if err = errors.Join(err, f.Close(), replace(file, nil)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != made.Mode() {
		t.Errorf("%v: a new file has %v, want %v", err, info.Mode(), made.Mode())
	}
	for i, text := range []string{"one", "two, which is longer", "3"} {
		if err := replace(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := os.Chmod(file, 0o640); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		info, statErr := os.Stat(file)
		if err != nil || statErr != nil || string(got) != text || info.Mode().Perm() != 0o640 {
			t.Errorf("%v %v: %q, %v", err, statErr, got, info.Mode())
		}
	}
}
