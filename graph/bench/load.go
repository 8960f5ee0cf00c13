package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// loaded is what a load cost: L.
type loaded struct {
	Peer    string  `json:"peer"`
	Facts   int     `json:"facts"`
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`       // on disk, when all is closed
	CPU     float64 `json:"cpu_seconds"` // of processor time; 0: not known on this system, or not of this process
	Peak    int64   `json:"peak_rss"`    // bytes; 0: not known on this system
	Reused  bool    `json:"reused"`      // by an earlier run: not timed
	PerFact float64 `json:"per_fact"`    // bytes
	Rate    float64 `json:"per_s"`       // facts
}

// loadFunc loads the files in a folder into a store in another one, and returns
// when all is on the disk and can be asked.
type loadFunc func(ctx context.Context, data, dir string) error

// asChild tells in the environment what a child process is to do: a verb and
// its arguments, one a line.
const asChild = "PARLEY_BENCH_CHILD"

// spawn is a process of this program that does something.
func spawn(ctx context.Context, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), asChild+"="+strings.Join(args, "\n"))
	return cmd, nil
}

// load runs a load in a process of its own, so that its memory can be told
// from that of everything else.
func load(ctx context.Context, peer, data, dir string, facts int) (loaded, error) {
	l := loaded{Peer: peer, Facts: facts}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return l, err
	}
	cmd, err := spawn(ctx, "load", peer, data, dir)
	if err != nil {
		return l, err
	}
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		return l, fmt.Errorf("load of %s: %w\n%s", peer, err, bad.String())
	}
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		return l, fmt.Errorf("load of %s said %q: %w", peer, out.String(), err)
	}
	l.Facts = facts
	return l.sized(dir)
}

// sized adds what the store takes on the disk.
func (l loaded) sized(dir string) (loaded, error) {
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			l.Bytes += info.Size()
		}
		return err
	})
	l.PerFact = float64(l.Bytes) / float64(l.Facts)
	if l.Seconds > 0 {
		l.Rate = float64(l.Facts) / l.Seconds
	}
	return l, err
}

// child does what the environment asks of a child process, and tells whether
// it asked for anything.
func child(ctx context.Context) (asked bool, err error) {
	what, asked := os.LookupEnv(asChild)
	if !asked {
		return false, nil
	}
	switch args := strings.Split(what, "\n"); {
	case args[0] == "load" && len(args) == 4 && loads()[args[1]] != nil:
		return true, loadAsChild(ctx, args[1], args[2], args[3])
	case args[0] == "open" && len(args) == 2:
		return true, openAsChild(ctx, args[1])
	case args[0] == "die" && len(args) == 2:
		return true, writeAndDie(ctx, args[1])
	}
	return true, fmt.Errorf("%s=%q: want load, a peer, the folder of the data and that of the store, or open or die and a store", asChild, what)
}

func loadAsChild(ctx context.Context, peer, data, dir string) error {
	start := time.Now()
	if err := loads()[peer](ctx, data, dir); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(loaded{Peer: peer, Seconds: time.Since(start).Seconds(), CPU: cpu().Seconds(), Peak: peak()})
}

// loads are the loads of all peers that keep data.
func loads() map[string]loadFunc {
	list := map[string]loadFunc{"parley": loadParley}
	for _, l := range libraries() {
		list[l.name] = l.load
	}
	return list
}

// peak is the largest resident memory that the process has had, where Linux
// tells it.
func peak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// exists tells whether an earlier run left something.
func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}
