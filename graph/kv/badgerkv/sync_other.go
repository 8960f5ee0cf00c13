//go:build !linux

package badgerkv

import "os"

// syncsLog: whether a mapped file is brought to the disk by way of a descriptor
// depends on the system, so the engine does it.
const syncsLog = false

// dataSync waits until what was written to a file is on the disk.
func dataSync(f *os.File) error { return f.Sync() }
