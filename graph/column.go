package graph

import (
	"math"
	"slices"
)

// nums is a column of numbers: of each its low 32 bits and, once a store has so
// many that one needs more, what is above them.
type nums struct {
	low  []uint32
	high []uint8
}

func makeNums(rows int) nums { return nums{low: make([]uint32, 0, rows)} }

func (c *nums) add(n num) {
	if high := uint8(n >> 32); high != 0 || c.high != nil {
		for len(c.high) < len(c.low) {
			c.high = append(c.high, 0)
		}
		c.high = append(c.high, high)
	}
	c.low = append(c.low, uint32(n))
}

func (c *nums) at(i int) num {
	n := num(c.low[i])
	if c.high != nil {
		n |= num(c.high[i]) << 32
	}
	return n
}

func (c *nums) size() int { return 4*cap(c.low) + cap(c.high) }

// starts is a column of instants: as they are, or, once narrow has seen all of
// them, how many units each lies before the newest.
type starts struct {
	wide   []Time
	low    []uint32
	newest Time
	unit   Time
}

// unstated in low is MinTime.
const unstated = math.MaxUint32

// units are tried in this order.
var units = [...]Time{24 * 60 * 60 * 1000, 1000, 1}

func (c *starts) add(t Time) { c.wide = append(c.wide, t) }

func (c *starts) at(i int) Time {
	if c.wide != nil {
		return c.wide[i]
	}
	if n := c.low[i]; n != unstated {
		return c.newest - Time(n)*c.unit
	}
	return MinTime
}

// narrow takes half the memory, where some unit allows.
func (c *starts) narrow() {
	if len(c.wide) == 0 {
		return
	}
	c.newest = slices.Max(c.wide)
	for _, c.unit = range units {
		if c.low = c.in(c.unit); c.low != nil {
			c.wide = nil
			return
		}
	}
}

// in gives all starts in a unit; nil: it does not allow that.
func (c *starts) in(unit Time) []uint32 {
	for _, t := range c.wide {
		if before := c.newest - t; t != MinTime && (before%unit != 0 || before/unit >= unstated) {
			return nil
		}
	}
	low := make([]uint32, len(c.wide))
	for i, t := range c.wide {
		if low[i] = unstated; t != MinTime {
			low[i] = uint32((c.newest - t) / unit)
		}
	}
	return low
}

func (c *starts) size() int { return 8*cap(c.wide) + 4*cap(c.low) }

// after is how many of the rows in from:to, the latest first, are later than an
// instant.
func (c *starts) after(from, to int, t Time) int {
	begin := from
	for from < to {
		if mid := int(uint(from+to) / 2); c.at(mid) > t {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from - begin
}
