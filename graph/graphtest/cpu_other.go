//go:build !unix

package graphtest

import (
	"testing"
	"time"
)

// CPU reports nothing where the time that a process has computed is not known.
func CPU(*testing.B) (done func()) { return func() {} }

// Computed is not known.
func Computed(testing.TB) time.Duration { return 0 }
