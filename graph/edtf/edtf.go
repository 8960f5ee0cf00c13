// Package edtf reads and writes dates in the Extended Date/Time Format, levels
// 0 and 1 (ISO 8601-2:2019; Library of Congress, EDTF Specification, 2019).
//
// A Date is a year, month or day, or an instant to the second; a season
// (2025-21 to 2025-24); a date with unspecified digits (201X, 2025-XX,
// 2025-12-XX); a year of more than four digits (Y12345, Y-12345); each with an
// optional mark: uncertain ?, approximate ~, or both %. Beyond the
// specification, an instant may have one to three digits of a second's
// fraction. An Interval is two dates, either of which may be open (..) or
// unknown (nothing), or a single date.
//
// Every date covers a half-open span of milliseconds, its Bounds. Times
// without a zone are UTC. Seasons are those of the northern hemisphere: spring
// is March to May, and winter is December to the next February.
package edtf

import (
	"errors"
	"fmt"
)

// The kinds of mistakes; every error is an *Error that unwraps to one of them.
var (
	ErrSyntax = errors.New("edtf: not a date")
	ErrOrder  = errors.New("edtf: ambiguous order of day and month")
)

// Error tells what is wrong with a text, and from which byte on.
type Error struct {
	Text   string
	Offset int
	Reason string
	Err    error // ErrSyntax or ErrOrder
}

func (e *Error) Error() string { return fmt.Sprintf("unknown date %q: %s", e.Text, e.Reason) }

// Unwrap returns ErrSyntax or ErrOrder.
func (e *Error) Unwrap() error { return e.Err }

// Precision is how closely a date is stated; the later ones are the finer.
type Precision uint8

// The precisions.
const (
	None    Precision = iota
	Century           // 20XX
	Decade            // 202X
	Year
	Season
	Month
	Day
	Second
	Millisecond
)

// The marks of a date.
const (
	approximate = 1 << iota
	uncertain
)

// Date is one date as it is stated. The zero Date is unknown. Dates are
// compared with ==: two of the same text are equal.
type Date struct {
	year   int64
	month  uint8 // 1–12, 21–24 for seasons, 0: none, x: unspecified
	day    uint8 // 1–31, 0: none, x: unspecified
	prec   Precision
	marks  uint8
	long   bool  // written with Y
	digits uint8 // of a second's fraction
	zone   int16 // minutes east of UTC; noZone: not stated
	clock  int32 // milliseconds since midnight
}

const (
	x           = 99 // an unspecified month or day
	noZone      = 1 << 14
	minYear     = -2400
	maxYear     = 6400
	dayMillis   = 24 * 60 * 60 * 1000
	firstSeason = 21
)

// IsZero tells whether the date is unknown.
func (d Date) IsZero() bool { return d.prec == None }

// Precision tells how closely the date is stated. A month or day that is not
// specified leaves it at the year or month.
func (d Date) Precision() Precision { return d.prec }

// Approximate tells whether the date is marked ~ or %.
func (d Date) Approximate() bool { return d.marks&approximate != 0 }

// Uncertain tells whether the date is marked ? or %.
func (d Date) Uncertain() bool { return d.marks&uncertain != 0 }

// Marks returns "", "~", "?" or "%".
func (d Date) Marks() string { return [...]string{"", "~", "?", "%"}[d.marks] }

// Plain returns the date without its marks.
func (d Date) Plain() Date {
	d.marks = 0
	return d
}

// WithMarks returns the date with these marks and no others.
func (d Date) WithMarks(approx, unsure bool) Date {
	d.marks = 0
	if approx {
		d.marks |= approximate
	}
	if unsure {
		d.marks |= uncertain
	}
	return d
}

// Bounds returns the half-open span that the date covers, in milliseconds
// since 1970-01-01T00:00:00Z. ok is false for an unknown date and for years
// outside -2400 to 6400.
func (d Date) Bounds() (from, to int64, ok bool) {
	if d.IsZero() || d.year < minYear || d.year > maxYear {
		return 0, 0, false
	}
	from, to = d.days()
	from, to = from*dayMillis, to*dayMillis
	if d.prec < Second {
		return from, to, true
	}
	from += int64(d.clock)
	if d.zone != noZone {
		from -= int64(d.zone) * 60_000
	}
	return from, from + [...]int64{1000, 100, 10, 1}[d.digits], true
}

// days are the bounds in days since 1970.
func (d Date) days() (from, to int64) {
	switch {
	case d.prec == Century:
		return civil(d.year, 1, 1), civil(d.year+100, 1, 1)
	case d.prec == Decade:
		return civil(d.year, 1, 1), civil(d.year+10, 1, 1)
	case d.prec == Year:
		return civil(d.year, 1, 1), civil(d.year+1, 1, 1)
	case d.prec == Season:
		m := int64(d.month-firstSeason)*3 + 3
		return civil(d.year, m, 1), civil(d.year, m+3, 1)
	case d.prec == Month:
		return civil(d.year, int64(d.month), 1), civil(d.year, int64(d.month)+1, 1)
	}
	day := civil(d.year, int64(d.month), int64(d.day))
	return day, day + 1
}

// civil is the number of days from 1970-01-01 to a day of the proleptic
// Gregorian calendar; month 13 and later lie in the next year. (Howard Hinnant,
// chrono-compatible low-level date algorithms, days_from_civil.)
func civil(y, m, day int64) int64 {
	y, m = y+(m-1)/12, (m-1)%12+1
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

// lastDay is the number of days of a month.
func lastDay(y, m int64) int64 { return civil(y, m+1, 1) - civil(y, m, 1) }
