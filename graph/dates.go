package graph

import (
	"fmt"

	"github.com/parleydb/parley/graph/edtf"
)

// boundsOf is the span of one date; dates that no row can hold are refused.
func boundsOf(d edtf.Date) (Interval, error) {
	from, to, ok := d.Bounds()
	if !ok {
		return Interval{}, fmt.Errorf("%w: date %q is outside the years -2400 to 6400; write .. for an open end", ErrValue, d.String())
	}
	return Interval{Time(from), Time(to)}, nil
}

// intervalOf is the span of a stated interval; open and unknown ends are unbounded.
func intervalOf(i edtf.Interval) (Interval, error) {
	span := Always
	if i.Start.Kind == edtf.Dated {
		b, err := boundsOf(i.Start.Date)
		if err != nil {
			return Interval{}, err
		}
		span.From = b.From
	}
	if i.End.Kind == edtf.Dated {
		b, err := boundsOf(i.End.Date)
		if err != nil {
			return Interval{}, err
		}
		span.To = b.To
	}
	return span, nil
}
