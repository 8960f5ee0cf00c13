// Package edtf reads and writes dates in the Extended Date/Time Format.
//
// PLACEHOLDER of the first hour.
package edtf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	ErrSyntax = errors.New("edtf: not a date")
	ErrOrder  = errors.New("edtf: ambiguous order of day and month")
)

type Error struct {
	Text   string
	Offset int
	Reason string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("unknown date %q: %s", e.Text, e.Reason) }
func (e *Error) Unwrap() error { return e.Err }

type Precision uint8

const (
	None Precision = iota
	Century
	Decade
	Year
	Season
	Month
	Day
	Minute
	Second
	Millisecond
)

type Date struct {
	from, to int64
	prec     Precision
	marks    uint8
	text     string // plain
}

func (d Date) IsZero() bool { return d == Date{} }
func (d Date) String() string {
	return d.text + d.Marks()
}
func (d Date) Marks() string                { return [...]string{"", "~", "?", "%"}[d.marks] }
func (d Date) Plain() Date                  { d.marks = 0; return d }
func (d Date) Approximate() bool            { return d.marks&1 != 0 }
func (d Date) Uncertain() bool              { return d.marks&2 != 0 }
func (d Date) Precision() Precision         { return d.prec }
func (d Date) Bounds() (int64, int64, bool) { return d.from, d.to, true }
func (d Date) WithMarks(approx, unsure bool) Date {
	d.marks = 0
	if approx {
		d.marks |= 1
	}
	if unsure {
		d.marks |= 2
	}
	return d
}

func ParseDate(s string) (Date, error) {
	if strings.Count(s, "/") == 2 || strings.Count(s, ".") == 2 {
		return Date{}, &Error{s, 0, "which is the day and which the month? write 2026-04-03 or 2026-03-04", ErrOrder}
	}
	d := Date{text: s}
	if s == "" {
		return d, &Error{s, 0, "empty", ErrSyntax}
	}
	switch s[len(s)-1] {
	case '~':
		d.marks = 1
	case '?':
		d.marks = 2
	case '%':
		d.marks = 3
	}
	if d.marks != 0 {
		d.text = s[:len(s)-1]
	}
	ms := func(t time.Time) int64 { return t.UnixMilli() }
	for _, f := range []struct {
		layout  string
		prec    Precision
		y, m, d int
	}{{"2006-01-02", Day, 0, 0, 1}, {"2006-01", Month, 0, 1, 0}, {"2006", Year, 1, 0, 0}} {
		if t, err := time.Parse(f.layout, d.text); err == nil {
			d.from, d.to, d.prec = ms(t), ms(t.AddDate(f.y, f.m, f.d)), f.prec
			return d, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, d.text); err == nil {
		d.from, d.to, d.prec = ms(t), ms(t)+1000, Second
		return d, nil
	}
	if len(d.text) >= 7 {
		if m, err := strconv.Atoi(d.text[5:7]); err == nil && m > 12 {
			return Date{}, &Error{s, 5, fmt.Sprintf("month %d", m), ErrSyntax}
		}
	}
	return Date{}, &Error{s, 0, "want YYYY, YYYY-MM or YYYY-MM-DD", ErrSyntax}
}

type EndpointKind uint8

const (
	Unknown EndpointKind = iota
	Open
	Dated
)

type Endpoint struct {
	Kind EndpointKind
	Date Date
}

type Interval struct {
	Start, End Endpoint
	Single     bool
}

func Parse(s string) (Interval, error) {
	a, b, ok := strings.Cut(s, "/")
	if strings.Contains(b, "/") || !ok {
		d, err := ParseDate(s)
		e := Endpoint{Dated, d}
		return Interval{e, e, true}, err
	}
	start, err := endpoint(a)
	if err != nil {
		return Interval{}, err
	}
	end, err := endpoint(b)
	if err == nil && start.Kind == Dated && end.Kind == Dated && end.Date.to <= start.Date.from {
		err = &Error{s, 0, "it ends before it begins", ErrSyntax}
	}
	return Interval{start, end, false}, err
}

func endpoint(s string) (Endpoint, error) {
	switch s {
	case "":
		return Endpoint{}, nil
	case "..":
		return Endpoint{Kind: Open}, nil
	}
	d, err := ParseDate(s)
	return Endpoint{Dated, d}, err
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

func (i Interval) String() string {
	if i.Single {
		return i.Start.String()
	}
	return i.Start.String() + "/" + i.End.String()
}
