package edtf

import (
	"fmt"
	"strings"
)

// parser reads one text from left to right.
type parser struct {
	text string
	at   int
	err  *Error
}

// ParseDate reads a single date. Texts of other conventions are refused with
// what to write instead.
func ParseDate(s string) (Date, error) {
	p := parser{text: s}
	d := p.date()
	if p.err != nil {
		return Date{}, p.err
	}
	return d, nil
}

// ParseCanonical reads what String writes of a date, and nothing else.
func ParseCanonical(text []byte) (d Date, ok bool) {
	if d, ok = plainDay(text); ok {
		return d, true
	}
	d, err := ParseDate(string(text))
	var room [32]byte
	return d, err == nil && string(d.Append(room[:0])) == string(text)
}

// plainDay reads YYYY-MM-DD, which most dates are.
func plainDay(text []byte) (d Date, ok bool) {
	if len(text) != len("2006-01-02") || text[4] != '-' || text[7] != '-' {
		return d, false
	}
	n := 0
	for i, c := range text {
		switch {
		case i == 4 || i == 7:
		case c < '0' || c > '9':
			return d, false
		default:
			n = 10*n + int(c-'0')
		}
	}
	y, m, day := int64(n/10000), int64(n/100%100), int64(n%100)
	if m < 1 || m > 12 || day < 1 || day > 28 && day > lastDay(y, m) {
		return d, false
	}
	return Date{year: y, month: uint8(m), day: uint8(day), prec: Day, zone: noZone}, true
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Text: p.text, Offset: p.at, Reason: fmt.Sprintf(format, args...), Err: ErrSyntax}
	}
}

func (p *parser) rest() string { return p.text[p.at:] }

func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// date reads the whole of the text as a date.
func (p *parser) date() Date {
	if p.otherConvention() {
		return Date{}
	}
	d := Date{zone: noZone}
	p.year(&d)
	if p.err == nil && p.peek() == '-' && !d.long {
		p.at++
		p.month(&d)
	}
	if p.err == nil && p.peek() == '-' && d.month != 0 && d.prec != Season && !d.long {
		p.at++
		p.day(&d)
	}
	if p.err == nil && p.peek() == 'T' && d.prec == Day {
		p.at++
		p.time(&d)
	} else if p.err == nil {
		p.mark(&d)
	}
	if p.err == nil && p.at < len(p.text) {
		p.fail("%q after the date", p.rest())
	}
	return d
}

// otherConvention refuses dates like 03/04/2026 and 3.4.2026, whose order of
// day and month is anybody's guess.
func (p *parser) otherConvention() bool {
	if p.text == "" {
		p.fail("empty: leave it out if it is not known")
		return true
	}
	sep := strings.IndexAny(p.text, "/.")
	if sep < 1 || sep > 2 || strings.Trim(p.text, "0123456789/.") != "" || strings.Count(p.text, p.text[sep:sep+1]) != 2 {
		return false
	}
	p.fail("which is the day and which the month? write YYYY-MM-DD, such as %s", iso(p.text, p.text[sep:sep+1]))
	p.err.Err = ErrOrder
	return true
}

// iso writes a date like 3/4/2026 both ways.
func iso(text, sep string) string {
	f := strings.Split(text, sep)
	if len(f[2]) != 4 {
		return "2026-04-03"
	}
	return fmt.Sprintf("%s-%02s-%02s or %s-%02s-%02s", f[2], f[1], f[0], f[2], f[0], f[1])
}

// year reads -YYYY, YYYY, YYYX, YYXX or a long year.
func (p *parser) year(d *Date) {
	if p.peek() == 'Y' {
		p.longYear(d)
		return
	}
	negative := p.peek() == '-'
	if negative {
		p.at++
	}
	if len(p.rest()) < 4 {
		p.fail("want a year of four digits")
		return
	}
	d.prec = Year
	for i := range 4 {
		c := p.text[p.at+i]
		switch {
		case c == 'X' && i >= 2:
			d.year *= 10
			d.prec = min(d.prec, [...]Precision{2: Century, 3: Decade}[i])
		case c >= '0' && c <= '9' && d.prec == Year:
			d.year = d.year*10 + int64(c-'0')
		default:
			p.at += i
			p.fail("want a year of four digits")
			return
		}
	}
	p.at += 4
	if negative {
		p.negate(d)
	}
}

// negate turns the year read into one before the year 0. The span of an
// unspecified one runs up to the year stated with zeros.
func (p *parser) negate(d *Date) {
	if d.year == 0 && d.prec == Year {
		p.fail("there is no year -0000")
	}
	if d.prec != Year {
		p.fail("unspecified digits in a year before 0000")
	}
	d.year = -d.year
}

// longYear reads Y and at least five digits.
func (p *parser) longYear(d *Date) {
	p.at++
	d.long, d.prec = true, Year
	negative := p.peek() == '-'
	if negative {
		p.at++
	}
	digits := 0
	for ; p.peek() >= '0' && p.peek() <= '9'; p.at++ {
		if d.year = d.year*10 + int64(p.peek()-'0'); digits >= 17 {
			p.fail("a year of more than 17 digits")
			return
		}
		digits++
	}
	if digits < 5 || d.year < 10_000 {
		p.fail("Y is for years of more than four digits")
	}
	if negative {
		d.year = -d.year
	}
}

// two reads two digits or XX.
func (p *parser) two(what string) uint8 {
	s := p.rest()
	switch {
	case strings.HasPrefix(s, "XX") && what != "time":
		p.at += 2
		return x
	case len(s) >= 2 && isDigit(s[0]) && isDigit(s[1]):
		p.at += 2
		return (s[0]-'0')*10 + s[1] - '0'
	}
	p.fail("want a %s of two digits", what)
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (p *parser) month(d *Date) {
	at := p.at
	m := p.two("month")
	if p.err != nil {
		return
	}
	switch {
	case d.prec != Year && m != x:
		p.at = at
		p.fail("a month in a year that is not specified")
	case m == x:
	case m >= 1 && m <= 12:
		d.prec = Month
	case m >= firstSeason && m < firstSeason+4:
		d.prec = Season
	default:
		p.at = at
		p.fail("month %d", m)
	}
	d.month = m
}

func (p *parser) day(d *Date) {
	at := p.at
	day := p.two("day")
	if p.err != nil {
		return
	}
	switch {
	case day == x:
	case d.month == x:
		p.at = at
		p.fail("a day in a month that is not specified")
	case day < 1 || int64(day) > lastDay(d.year, int64(d.month)):
		p.at = at
		p.fail("day %d", day)
	default:
		d.prec = Day
	}
	d.day = day
}

// time reads hh:mm:ss, a fraction and a zone.
func (p *parser) time(d *Date) {
	h := p.part("hour", 23)
	p.expect(':')
	m := p.part("minute", 59)
	p.expect(':')
	s := p.part("second", 59)
	d.prec = Second
	d.clock = ((h*60+m)*60 + s) * 1000
	if p.err == nil && p.peek() == '.' {
		p.at++
		p.fraction(d)
	}
	if p.err == nil {
		p.zone(d)
	}
}

func (p *parser) part(what string, most uint8) int32 {
	if p.err != nil {
		return 0
	}
	at := p.at
	n := p.two("time")
	if p.err == nil && n > most {
		p.at = at
		p.fail("%s %d", what, n)
	}
	return int32(n)
}

func (p *parser) expect(c byte) {
	if p.err != nil {
		return
	}
	if p.peek() != c {
		p.fail("want a time as hh:mm:ss")
		return
	}
	p.at++
}

func (p *parser) fraction(d *Date) {
	scale := int32(100)
	for ; isDigit(p.peek()); p.at++ {
		if d.digits == 3 {
			p.fail("a second has at most three digits behind the point")
			return
		}
		d.clock += int32(p.peek()-'0') * scale
		scale /= 10
		d.digits++
	}
	if d.digits == 0 {
		p.fail("want digits behind the point")
	}
	d.prec = Millisecond
}

// zone reads Z, ±hh or ±hh:mm, or nothing.
func (p *parser) zone(d *Date) {
	sign := int16(1)
	switch p.peek() {
	case 0:
		return
	case 'Z':
		p.at++
		d.zone = 0
		return
	case '-':
		sign = -1
	case '+':
	default:
		return
	}
	p.at++
	hours := p.part("hours of a zone", 23)
	minutes := int32(0)
	if p.err == nil && p.peek() == ':' {
		p.at++
		minutes = p.part("minutes of a zone", 59)
	}
	d.zone = sign * int16(hours*60+minutes)
}

func (p *parser) mark(d *Date) {
	switch p.peek() {
	case '~':
		d.marks = approximate
	case '?':
		d.marks = uncertain
	case '%':
		d.marks = approximate | uncertain
	default:
		return
	}
	p.at++
}
