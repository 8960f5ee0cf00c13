//go:build unix

package graphtest

import (
	"syscall"
	"testing"
	"time"
)

// CPU makes a benchmark report the time that the process has computed, user and
// system, for each operation: unlike the time on the clock, it does not grow
// where others use the machine. Call it last before the loop, and what it
// returns behind it.
func CPU(b *testing.B) (done func()) {
	b.Helper()
	begun := computed(b)
	return func() {
		b.ReportMetric(float64(computed(b)-begun)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	}
}

func computed(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
