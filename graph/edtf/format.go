package edtf

import "strconv"

// String writes the date in its canonical form, which ParseDate reads as the
// same date: a zone of +00:00 as Z, one of full hours with its minutes. The
// zero Date is the empty string.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.Append(make([]byte, 0, 32)))
}

// Append appends the text of String to b.
func (d Date) Append(b []byte) []byte {
	if d.IsZero() {
		return b
	}
	b = d.appendYear(b)
	if d.month != 0 {
		b = appendPart(append(b, '-'), d.month)
	}
	if d.day != 0 {
		b = appendPart(append(b, '-'), d.day)
	}
	if d.prec >= Second {
		b = d.appendTime(b)
	}
	return append(b, d.Marks()...)
}

func (d Date) appendYear(b []byte) []byte {
	if d.long {
		return strconv.AppendInt(append(b, 'Y'), d.year, 10)
	}
	y := d.year
	if y < 0 {
		b, y = append(b, '-'), -y
	}
	b = append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
	switch d.prec {
	case Century:
		b[len(b)-2], b[len(b)-1] = 'X', 'X'
	case Decade:
		b[len(b)-1] = 'X'
	}
	return b
}

func appendPart(b []byte, n uint8) []byte {
	if n == x {
		return append(b, "XX"...)
	}
	return append(b, '0'+n/10, '0'+n%10)
}

func (d Date) appendTime(b []byte) []byte {
	seconds := d.clock / 1000
	b = appendPart(append(b, 'T'), uint8(seconds/3600))
	b = appendPart(append(b, ':'), uint8(seconds/60%60))
	b = appendPart(append(b, ':'), uint8(seconds%60))
	if d.digits > 0 {
		ms := d.clock % 1000
		fraction := [...]byte{'.', byte('0' + ms/100), byte('0' + ms/10%10), byte('0' + ms%10)}
		b = append(b, fraction[:d.digits+1]...)
	}
	return d.appendZone(b)
}

func (d Date) appendZone(b []byte) []byte {
	z := d.zone
	switch {
	case z == noZone:
		return b
	case z == 0:
		return append(b, 'Z')
	case z < 0:
		b, z = append(b, '-'), -z
	default:
		b = append(b, '+')
	}
	return appendPart(append(appendPart(b, uint8(z/60)), ':'), uint8(z%60))
}
