package edtf

import "strings"

// EndpointKind tells what is stated of one end of an interval. The numbers are
// kept on disk.
type EndpointKind uint8

// The kinds of endpoints.
const (
	Unknown EndpointKind = iota
	Open
	Dated
)

// Endpoint is one end of an interval.
type Endpoint struct {
	Kind EndpointKind
	Date Date // of a Dated one
}

func (e Endpoint) String() string {
	switch e.Kind {
	case Open:
		return ".."
	case Dated:
		return e.Date.String()
	}
	return ""
}

// Interval is a span from one date to another, both included, or a single
// date, which is both. The zero Interval is unknown on both sides.
type Interval struct {
	Start, End Endpoint
	Single     bool // one date was stated
}

// String writes the interval as Parse reads it.
func (i Interval) String() string {
	if i.Single {
		return i.Start.String()
	}
	return i.Start.String() + "/" + i.End.String()
}

// Parse reads a date or an interval.
func Parse(s string) (Interval, error) {
	slash := strings.IndexByte(s, '/')
	if slash < 0 || strings.Count(s, "/") > 1 {
		d, err := ParseDate(s)
		if err != nil {
			return Interval{}, err
		}
		e := Endpoint{Dated, d}
		return Interval{Start: e, End: e, Single: true}, nil
	}
	start, err := endpoint(s, 0, slash)
	if err != nil {
		return Interval{}, err
	}
	end, err := endpoint(s, slash+1, len(s))
	if err != nil {
		return Interval{}, err
	}
	i := Interval{Start: start, End: end}
	if err := i.check(s, slash+1); err != nil {
		return Interval{}, err
	}
	return i, nil
}

// endpoint reads one side; offsets in errors are those of the whole text.
func endpoint(s string, from, to int) (Endpoint, error) {
	switch part := s[from:to]; part {
	case "":
		return Endpoint{}, nil
	case "..":
		return Endpoint{Kind: Open}, nil
	default:
		p := parser{text: part}
		d := p.date()
		if p.err != nil {
			p.err.Offset += from
			return Endpoint{}, p.err
		}
		return Endpoint{Dated, d}, nil
	}
}

// check refuses what no interval is: nothing on both sides, and an end before
// the start.
func (i Interval) check(text string, at int) error {
	if i.Start.Kind != Dated && i.End.Kind != Dated {
		return &Error{Text: text, Reason: "an interval without any date: leave it out", Err: ErrSyntax}
	}
	if i.Start.Kind != Dated || i.End.Kind != Dated {
		return nil
	}
	from, _, ok := i.Start.Date.Bounds()
	_, to, also := i.End.Date.Bounds()
	if before := i.End.Date.year < i.Start.Date.year; (ok && also && to <= from) || (!(ok && also) && before) {
		return &Error{Text: text, Offset: at, Reason: "it ends before it begins", Err: ErrSyntax}
	}
	return nil
}
