package main

import (
	"os"
	"syscall"
)

// syncData brings what a file holds to the disk.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
