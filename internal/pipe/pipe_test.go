package pipe_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/parleydb/parley/internal/pipe"
)

var (
	errMake = errors.New("cannot be made")
	errUse  = errors.New("cannot be used")
)

// TestPipe gives five values, of which one may not be made and one not be used:
// those before it are used in order, its error is returned, and when it is,
// neither goroutine is left.
func TestPipe(t *testing.T) {
	for _, c := range []struct {
		name           string
		unmade, unused int // values; 0: none
		want           error
		used           []int
	}{
		{"all", 0, 0, nil, []int{1, 2, 3, 4, 5}},
		{"not made", 4, 0, errMake, []int{1, 2, 3}},
		{"not used", 0, 3, errUse, []int{1, 2}},
		{"not used, and later not made", 5, 2, errUse, []int{1}},
		{"not made, and later not used", 2, 3, errMake, []int{1}},
	} {
		for how, run := range map[string]func(int, func(func(int) bool) error, func(int) error) error{"from": pipe.From[int], "into": pipe.Into[int]} {
			for _, most := range []int{0, 1, 10} {
				t.Run(c.name+" "+how, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var used []int
						err := run(most, func(give func(int) bool) error {
							for n := 1; n <= 5; n++ {
								if n == c.unmade {
									return errMake
								}
								if !give(n) {
									return nil
								}
							}
							return nil
						}, func(n int) error {
							if n == c.unused {
								return errUse
							}
							used = append(used, n)
							return nil
						})
						if !errors.Is(err, c.want) || !slices.Equal(used, c.used) {
							t.Errorf("%v, %v; want %v, %v", used, err, c.used, c.want)
						}
					})
				})
			}
		}
	}
}
