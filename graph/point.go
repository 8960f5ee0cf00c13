package graph

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// TS is a transaction time, given by the database only.
type TS = kv.TS

// Time is a valid time, given by whoever asserts: milliseconds since 1970, UTC.
// It must not be confused with TS, and cannot be without a conversion.
type Time int64

// The ends of the time line: 48 bits of milliseconds, the years -2489 to 6429.
// They stand for "unbounded" in an Interval and are never stored as dates.
const (
	MinTime Time = -1 << 47
	MaxTime Time = 1<<47 - 1
)

// TimeOf is the valid time of a wall-clock instant.
func TimeOf(t time.Time) Time { return Time(t.UnixMilli()) }

// String is the instant as RFC 3339 in UTC.
func (t Time) String() string {
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// Interval is the half-open span of valid time [From, To).
type Interval struct{ From, To Time }

// Always is the whole time line.
var Always = Interval{MinTime, MaxTime}

// Overlaps tells whether the intervals share an instant.
func (i Interval) Overlaps(j Interval) bool { return i.From < j.To && j.From < i.To }

// Contains tells whether t lies in the interval.
func (i Interval) Contains(t Time) bool { return i.From <= t && t < i.To }

// IsZero tells whether no interval is given.
func (i Interval) IsZero() bool { return i == Interval{} }

// ParseOn reads the "on" coordinate: an EDTF day, instant or interval. A day
// means "at some time of that day, UTC". An open end is unbounded.
func ParseOn(s string) (Interval, error) {
	i, err := edtf.Parse(s)
	if err != nil {
		return Interval{}, fmt.Errorf("on: %w", err)
	}
	return intervalOf(i)
}

// Basis says by which clock a point knows.
type Basis uint8

// The bases. They are never mixed (rule 1).
const (
	// Recorded: as held by this database at that transaction time.
	Recorded Basis = iota
	// Published: as of the newest transaction, restricted to what documents had published by then.
	Published
)

var bases = []string{"RECORDED", "PUBLISHED"}

// ParseBasis reads a basis by its name, in upper or lower case.
func ParseBasis(s string) (Basis, error) {
	if i := slices.Index(bases, strings.ToUpper(s)); i >= 0 {
		return Basis(i), nil
	}
	return 0, notOneOf("basis", bases, s)
}

// BasisOf is the basis by which a state of knowledge is meant where none is
// given with it: PUBLISHED, but RECORDED for a transaction, which has no
// publication date.
func BasisOf(knownOn string) Basis {
	if strings.HasPrefix(knownOn, transaction) {
		return Recorded
	}
	return Published
}

func (b Basis) String() string { return codeName(bases, b) }

// Point binds every read: what held on (valid time), as known on (transaction
// or publication time, by the basis), as far as the clearance sees. The zero
// Point is all that is known, at any time, to a reader without clearance.
type Point struct {
	On        Interval // zero: lists are not filtered; projections show today
	KnownOn   TS       // zero: the newest
	Basis     Basis
	Clearance Marking
	Policy    Policy
	Undated   Undated
}

// transaction is what the name of a transaction begins with.
const transaction = "tx:"

// KnownOn is ParseKnownOn for a point of the basis: PUBLISHED has no transactions.
func (b Basis) KnownOn(s string) (TS, error) {
	if b == Published && BasisOf(s) == Recorded {
		return 0, fmt.Errorf("known on: %w: %q: a transaction has no publication date: use basis RECORDED, or give a day", ErrValue, s)
	}
	return ParseKnownOn(s)
}

// ParseKnownOn reads the "known on" coordinate: an EDTF day, month or year,
// which means its end, an instant, or a transaction as "tx:" and its number.
func ParseKnownOn(s string) (TS, error) {
	if number, ok := strings.CutPrefix(s, transaction); ok {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil || n == 0 || FormatTS(TS(n)) != s {
			return 0, fmt.Errorf("known on: %w: %q: want tx: and the number of a transaction, from 1", ErrValue, s)
		}
		return TS(n), nil
	}
	d, err := edtf.ParseDate(s)
	if err != nil {
		return 0, fmt.Errorf("known on: %w", err)
	}
	i, err := boundsOf(d)
	if err != nil || i.To <= 0 {
		return 0, fmt.Errorf("known on: %w: %q: want a day or an instant after 1970", ErrValue, s)
	}
	last := i.To - 1
	if d.Precision() > edtf.Day {
		last = i.From
	}
	return TS(last)<<kv.Logical | math.MaxUint64>>(64-kv.Logical), nil
}

// FormatTS writes a transaction time as ParseKnownOn reads it: "tx:" and its number.
func FormatTS(ts TS) string { return fmt.Sprintf("%s%d", transaction, uint64(ts)) }

// End is how a claim ends, at a point.
type End struct {
	Kind EndKind
	// Date is the stated end of a Dated one, the last vouched date of an
	// UnknownEnd; with its marks ~ and ?.
	Date edtf.Date
	// Until is the first instant after Date; MaxTime where the end is open.
	Until Time
}

// EndKind tells what is known of an end. The numbers are kept on disk.
type EndKind uint8

// The kinds of ends (rule 4); the higher beats the lower.
const (
	UnknownEnd EndKind = iota
	OpenEnd
	DatedEnd
)

var endKinds = []string{"UNKNOWN", "OPEN", "DATED"}

func (k EndKind) String() string { return codeName(endKinds, k) }
