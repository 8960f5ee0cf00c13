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
	begun := Computed(b)
	return func() {
		b.ReportMetric(float64(Computed(b)-begun)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	}
}

// Computed is the time that the process has computed, user and system; 0 where
// that is not known.
func Computed(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
