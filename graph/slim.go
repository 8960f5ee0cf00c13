package graph

import (
	"math"
	"slices"
)

// wideRow is a row of a block as it is read.
type wideRow struct {
	from            Time
	claim, one, two num
	prop            uint16
	like            uint8
}

// slimRow is a row of a block in 16 bytes.
type slimRow struct {
	before uint32 // units before the newest start, or unstated
	one    uint32
	claim  uint32 // its low bits
	prop   uint16
	above  uint8 // the bits of claim above these
	like   uint8
}

// unstated stands for MinTime.
const unstated = math.MaxUint32

// units in which starts may lie apart are tried in this order.
var units = [...]Time{24 * 60 * 60 * 1000, 1000, 1}

// scale tells starts as how many units they lie before the newest.
type scale struct{ newest, unit Time }

// scaleOf is that of rows which can be slim.
func scaleOf(rows []wideRow) (s scale, ok bool) {
	s.newest = MinTime
	for i := range rows {
		s.newest = max(s.newest, rows[i].from)
		if rows[i].one > math.MaxUint32 || rows[i].two > math.MaxUint32 {
			return s, false
		}
	}
	for _, s.unit = range units {
		if !slices.ContainsFunc(rows, s.uneven) {
			return s, true
		}
	}
	return s, false
}

// uneven tells whether the unit does not do for a row.
func (s scale) uneven(r wideRow) bool {
	before := s.newest - r.from
	return r.from != MinTime && (before%s.unit != 0 || before/s.unit >= unstated)
}

func (s scale) slim(r *wideRow) slimRow {
	slim := slimRow{unstated, uint32(r.one), uint32(r.claim), r.prop, uint8(r.claim >> 32), r.like}
	if r.from != MinTime {
		slim.before = uint32((s.newest - r.from) / s.unit)
	}
	return slim
}

// start is that of a slim row.
func (s *scale) start(before uint32) Time {
	if before == unstated {
		return MinTime
	}
	return s.newest - Time(before)*s.unit
}
