package badgerkv

import (
	"os"
	"syscall"
)

// syncsLog: what is written into a mapped file is brought to the disk by way of
// any descriptor of it.
const syncsLog = true

// dataSync waits until what was written to a file is on the disk.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
