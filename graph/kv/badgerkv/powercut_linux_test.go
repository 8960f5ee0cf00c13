package badgerkv_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// TestPowerCut takes a file system away from a process that writes to a store on
// it, as if the machine had gone down: what was not brought to the disk is lost.
// What the process reported is there, and nothing in part, also when the store was
// about to be opened again. It needs the right to mount, and tools of ext4.
func TestPowerCut(t *testing.T) {
	for _, on := range []struct {
		options string // of the file system
		size    int    // of values; with large ones, journal and logs go round
	}{{"has_journal", 20 << 10}, {"^has_journal", 10}} {
		t.Run(on.options, func(t *testing.T) {
			d := makeDisk(t, on.options)
			if d == nil {
				return
			}
			d.size = on.size
			store := filepath.Join(d.dir, "store")
			reported := map[[2]int]bool{}
			for _, c := range []struct {
				lines int           // that the process reports
				after time.Duration // it has begun
			}{{lines: 300}, {lines: 3000}, {after: 5 * time.Millisecond}, {after: 25 * time.Millisecond}, {lines: 1}, {lines: 2000}} {
				for _, l := range d.writeAndCut(t, store, c.lines, c.after) {
					reported[[2]int{l.writer, l.n}] = true
				}
			}
			s := open(t, store, nil)
			defer s.Close()
			found := writesIn(t, s)
			for w := range reported {
				if found[w] == 0 {
					t.Errorf("write %v was reported and is lost", w)
				}
			}
			for w, rows := range found {
				if rows != rowsPerWrite {
					t.Errorf("write %v has %d rows, want %d", w, rows, rowsPerWrite)
				}
			}
		})
	}
}

// disk is a file system in a file.
type disk struct {
	image, dir string
	size       int // of the values that are written
}

// makeDisk mounts a new one, or says why it does not.
func makeDisk(t *testing.T, options string) *disk {
	t.Helper()
	d := &disk{image: filepath.Join(t.TempDir(), "image"), dir: t.TempDir()}
	err := os.WriteFile(d.image, nil, 0o600)
	if err == nil {
		err = os.Truncate(d.image, 1<<30)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err = run("mkfs.ext4", "-q", "-F", "-O", options, d.image); err == nil {
		err = run("mount", "-o", "loop", d.image, d.dir)
	}
	if err != nil {
		t.Logf("NOT TESTED: no file system can be made to take away: %v", err)
		return nil
	}
	t.Cleanup(func() {
		if err := run("umount", d.dir); err != nil {
			t.Error(err)
		}
	})
	return d
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// writeAndCut cuts the child off from the file system when it has reported some
// writes, or after a while, and mounts what is left of it.
func (d *disk) writeAndCut(t *testing.T, store string, lines int, after time.Duration) (reported []reportLine) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+store, childUpdates+"="+strconv.Itoa(d.size))
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if lines == 0 {
		time.Sleep(after)
		d.cut(t)
	}
	for in := bufio.NewScanner(out); in.Scan(); {
		var l reportLine
		if _, err := fmt.Sscan(in.Text(), &l.writer, &l.n, &l.ts); err != nil {
			break // it was cut off
		}
		if reported = append(reported, l); len(reported) == lines {
			d.cut(t)
		}
	}
	child.Process.Kill()
	child.Wait()
	if len(reported) < lines {
		t.Fatalf("the child reported %d writes", len(reported))
	}
	d.mountAgain(t)
	return reported
}

// cut drops all that the file system has in memory, and refuses everything.
func (d *disk) cut(t *testing.T) {
	t.Helper()
	const shutdown, withoutLog = 0x8004587d, 2
	f, err := os.Open(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	how := uint32(withoutLog)
	if _, _, err := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); err != 0 {
		t.Fatal(err)
	}
}

func (d *disk) mountAgain(t *testing.T) {
	t.Helper()
	if err := run("umount", d.dir); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("e2fsck", "-f", "-y", d.image).Run(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() > 1 { // 1: something was mended
			t.Fatal(err)
		}
	}
	if err := run("mount", "-o", "loop", d.image, d.dir); err != nil {
		t.Fatal(err)
	}
}
