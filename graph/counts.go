package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parleydb/parley/graph/edtf"
)

// Count is how many edges an entity has of one property in one direction.
type Count struct {
	Property string
	Out      bool
	Edges    int
}

// Counts counts the edges of an entity at the view's point, by property, then
// outwards before inwards.
func (v View) Counts(ctx context.Context, entity Ref, h Hops) (list []Count, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(entity)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var counts []int // by property and direction
		around := rd.hopper("counts", h, 1)
		defer around.leave()
		err = around.each(n, func(e hop) {
			i := 2*int(e.prop) + boolBit(e.out)
			if i >= len(counts) {
				counts = append(counts, make([]int, 2*i+64-len(counts))...)
			}
			counts[i]++
		})
		if err != nil {
			return err
		}
		for i, n := range counts {
			if n == 0 {
				continue
			}
			property, err := rd.nameOf(uint16(i / 2))
			if err != nil {
				return err
			}
			list = append(list, Count{property, i%2 == 1, n})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Property, b.Property), boolBit(b.Out)-boolBit(a.Out))
	})
	return list, err
}

// MonthQuery asks how many links of a property, or relations of a kind, began
// in each month.
type MonthQuery struct {
	Property string
	Kind     string   // instead of Property; may be abstract
	In       Interval // only what starts in it; zero: whenever
}

// Months is an answer by month, the earliest first; what is not listed is 0.
// A start that is not stated counts nowhere.
type Months struct {
	Months []Month
	Coarse int // start in the interval, but no month of it is stated
}

// Month is a calendar month, UTC.
type Month struct {
	From  Time
	Count int
}

// Date is the month as EDTF.
func (m Month) Date() string { return time.UnixMilli(int64(m.From)).UTC().Format("2006-01") }

// ByMonth counts links by their starts, and relations by the earliest start of
// what is known of them. The interval takes the place of the point's day; the
// rest of the point is bound as everywhere.
func (v View) ByMonth(ctx context.Context, q MonthQuery) (m Months, err error) {
	if (q.Property == "") == (q.Kind == "") {
		return m, fmt.Errorf("%w: by month: give a property or a kind, and not both", ErrRefused)
	}
	if q.In.IsZero() {
		q.In = Always
	}
	err = v.read(ctx, func(rd *reading) error {
		c := calendar{rd: rd, in: q.In, counts: map[Time]int{}}
		count := c.links
		name := q.Property
		if q.Kind != "" {
			count, name = c.relations, q.Kind
		}
		if err := count(name); err != nil {
			return err
		}
		m = Months{c.months(), c.coarse}
		return nil
	})
	return m, err
}

// calendar counts what starts by month.
type calendar struct {
	rd     *reading
	in     Interval
	counts map[Time]int
	coarse int
}

func (c *calendar) months() (list []Month) {
	for from, n := range c.counts {
		list = append(list, Month{from, n})
	}
	slices.SortFunc(list, func(a, b Month) int { return cmp.Compare(a.From, b.From) })
	return list
}

func (c *calendar) add(from Time, coarse bool) {
	switch {
	case from == MinTime || !c.in.Contains(from):
	case coarse:
		c.coarse++
	default:
		c.counts[monthOf(from)]++
	}
}

// monthOf is the first instant of the month.
func monthOf(t Time) Time {
	year, month, _ := time.UnixMilli(int64(t)).UTC().Date()
	return TimeOf(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC))
}

// coarser tells whether a date does not say its month.
func coarser(d edtf.Date) bool { return d.Precision() < edtf.Month }

// links counts the links of a property. Only what seems to start with a month
// may be stated less closely: its claim tells.
func (c *calendar) links(property string) error {
	w, err := c.rd.edgesOf(property, c.in)
	if err != nil || w == nil {
		return err
	}
	var failed error
	err = w.run(func(e Edge, _ error) bool {
		coarse := false
		if e.From != MinTime && e.From == monthOf(e.From) {
			var row *claimRow
			claim, _ := e.shown()
			if row, _, failed = c.rd.claimRow(claim); failed != nil {
				return false
			}
			coarse = coarser(row.start.Date)
		}
		c.add(e.From, coarse)
		return true
	})
	return errors.Join(err, failed)
}

// relations counts the relations of a kind.
func (c *calendar) relations(kind string) error {
	for _, name := range c.rd.db.ontology.Concrete(kind) {
		in := *c.rd
		in.point.On = c.in // those that may begin in the interval
		list, err := in.candidates(c.rd.db.ontology.Kind(name), &relationQuery{})
		if err != nil {
			return err
		}
		whenever := *c.rd
		whenever.point.On = Interval{}
		for _, n := range list {
			s, err := whenever.begun(n, Deprecated)
			if err != nil {
				return err
			}
			if s.visible && !s.Since.IsZero() {
				from, _, _ := s.Since.Bounds()
				c.add(Time(from), coarser(s.Since))
			}
		}
	}
	return nil
}
