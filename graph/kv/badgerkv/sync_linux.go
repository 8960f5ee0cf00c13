package badgerkv

import (
	"errors"
	"os"
	"syscall"
)

// syncsLog: what is written into a mapped file is brought to the disk by way of
// any descriptor of it.
const syncsLog = true

// dataSync waits until what was written to a file is on the disk.
func dataSync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EINTR) {
			return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
		}
	}
}
