package edtf

import (
	"bufio"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// differ lists where this package answers otherwise than edtf.js, and why.
var differ = map[string]string{
	"2025-02-29":                "there is no such day",
	"1900-02-29":                "there is no such day",
	"2025-12-15T24:00:00Z":      "the hour 24 is not in level 0",
	"2025-12-15T10:30Z":         "level 0 wants seconds",
	"2025-12-15T10:30:00Z":      "an instant to the second covers that second",
	"2025-12-15T10:30:00+02:00": "an instant to the second covers that second",
	"2025-12-15T10:30:00":       "an instant to the second covers that second",
	"2025-21":                   "seasons are those of the northern hemisphere, not quarters",
	"2025-22":                   "seasons are those of the northern hemisphere, not quarters",
	"2025-23":                   "seasons are those of the northern hemisphere, not quarters",
	"2025-24":                   "seasons are those of the northern hemisphere, not quarters",
	"Y12345":                    "outside the years that have bounds",
	"Y-12345":                   "outside the years that have bounds",
	"../..":                     "says nothing",
	"/":                         "says nothing",
	"2025-12-15/2025":           "the year ends after that day",
}

func TestAgainstEDTFJS(t *testing.T) {
	f, err := os.Open("testdata/edtf-js.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		col := strings.Split(s.Text(), "\t")
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		n++
		if same := agrees(col); same == (differ[col[0]] != "") {
			t.Errorf("%q: agrees is %v; known difference: %q", col[0], same, differ[col[0]])
		}
	}
	if n < 50 {
		t.Errorf("only %d lines", n)
	}
}

// agrees compares one line of the table.
func agrees(col []string) bool {
	i, err := Parse(col[0])
	if (err == nil) != (col[1] == "ok") {
		return false
	}
	if err != nil {
		return true
	}
	return bound(i.Start, col[3], true) && bound(i.End, col[4], false)
}

func bound(e Endpoint, text string, first bool) bool {
	switch e.Kind {
	case Open:
		return strings.HasSuffix(text, "Infinity")
	case Unknown:
		return text == ""
	}
	want, err := strconv.ParseInt(text, 10, 64)
	from, to, ok := e.Date.Bounds()
	if first {
		return err == nil && ok && from == want
	}
	return err == nil && ok && to-1 == want
}

func TestBounds(t *testing.T) {
	for text, want := range map[string]string{
		"2025":                     "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z",
		"2024-02":                  "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z",
		"2024-02-29":               "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z",
		"2025-12-31":               "2025-12-31T00:00:00Z 2026-01-01T00:00:00Z",
		"2025-12-31T23:59:59Z":     "2025-12-31T23:59:59Z 2026-01-01T00:00:00Z",
		"2025-12-31T23:59:59.5Z":   "2025-12-31T23:59:59.5Z 2025-12-31T23:59:59.6Z",
		"2025-12-31T23:59:59.125Z": "2025-12-31T23:59:59.125Z 2025-12-31T23:59:59.126Z",
		"2025-12-15T01:00:00+02":   "2025-12-14T23:00:00Z 2025-12-14T23:00:01Z",
		"201X":                     "2010-01-01T00:00:00Z 2020-01-01T00:00:00Z",
		"20XX":                     "2000-01-01T00:00:00Z 2100-01-01T00:00:00Z",
		"2025-XX":                  "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z",
		"2025-12-XX":               "2025-12-01T00:00:00Z 2026-01-01T00:00:00Z",
		"2025-21":                  "2025-03-01T00:00:00Z 2025-06-01T00:00:00Z",
		"2025-24~":                 "2025-12-01T00:00:00Z 2026-03-01T00:00:00Z",
	} {
		d, err := ParseDate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		from, to, ok := d.Bounds()
		got := time.UnixMilli(from).UTC().Format(time.RFC3339Nano) + " " + time.UnixMilli(to).UTC().Format(time.RFC3339Nano)
		if !ok || got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"6401", "-2401", "9999-12-31", "Y12345"} {
		d, err := ParseDate(text)
		if _, _, ok := d.Bounds(); err != nil || ok {
			t.Errorf("%s: bounds are %v, error %v", text, ok, err)
		}
	}
}

// Every day from 1600 to 2400 has the bounds that package time gives it.
func TestCivil(t *testing.T) {
	for day := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2400; day = day.AddDate(0, 0, 1) {
		if got := civil(int64(day.Year()), int64(day.Month()), int64(day.Day())); got*86400 != day.Unix() {
			t.Fatalf("%v: day %d", day, got)
		}
	}
}

func TestMarks(t *testing.T) {
	for text, want := range map[string][2]bool{"2025": {}, "2025~": {true, false}, "2025-12?": {false, true}, "2025-12-15%": {true, true}} {
		d, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if d.Approximate() != want[0] || d.Uncertain() != want[1] {
			t.Errorf("%s: approximate %v, uncertain %v", text, d.Approximate(), d.Uncertain())
		}
		if d.Plain().Marks() != "" || d.Plain().WithMarks(want[0], want[1]) != d {
			t.Errorf("%s: marks do not come off and on", text)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"2014-13-01":            `unknown date "2014-13-01": month 13`,
		"2025-02-30":            `unknown date "2025-02-30": day 30`,
		"03/04/2026":            `unknown date "03/04/2026": which is the day and which the month? write YYYY-MM-DD, such as 2026-04-03 or 2026-03-04`,
		"3.4.2026":              `unknown date "3.4.2026": which is the day and which the month? write YYYY-MM-DD, such as 2026-04-03 or 2026-03-04`,
		"":                      `unknown date "": empty: leave it out if it is not known`,
		"yesterday":             `unknown date "yesterday": want a year of four digits`,
		"2025-12-16/2025-12-14": `unknown date "2025-12-16/2025-12-14": it ends before it begins`,
		"2025-12-15 10:30":      `unknown date "2025-12-15 10:30": " 10:30" after the date`,
	} {
		_, err := Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
		if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrOrder) {
			t.Errorf("%q: %v is neither ErrSyntax nor ErrOrder", text, err)
		}
	}
	_, err := Parse("2025-12-14/2025-13-01")
	if e := (*Error)(nil); !errors.As(err, &e) || e.Offset != 16 {
		t.Errorf("offset: %+v", err)
	}
}

// What parses prints, and reads again as the same.
// TestParseCanonical shows that nothing is read but what String writes.
func TestParseCanonical(t *testing.T) {
	for _, text := range []string{"", "2025-02-29", "2025-00-10", "2025-13-01", "2025-12-00", "2025-12-32", "2025-04-31", "2025/12/15", "202x-12-15",
		"2025-12-15 ", "2025-12-15T00:00:00+00:00", "2025-12-15?~", "Y2025", "+025-12-15"} {
		if d, ok := ParseCanonical([]byte(text)); ok {
			t.Errorf("%q reads as %+v", text, d)
		}
	}
	for _, text := range []string{"2024-02-29", "0000-01-01", "9999-12-31", "2025-12-15~", "2025-XX-XX", "-0044-03-15", "2025-12-15T10:30:00.5+02:00"} {
		d, ok := ParseCanonical([]byte(text))
		if want, err := ParseDate(text); !ok || err != nil || d != want {
			t.Errorf("%q reads as %+v, %v, not %+v (%v)", text, d, ok, want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2025", "201X", "20XX~", "2025-XX-XX", "2025-21?", "-0044-03-15", "Y-12345", "2025-12-15T10:30:00.5+02:00",
		"2025-12-15T00:00:00-00:00", "2025-12-14~/..", "/2025-12", "../2025%", "03/04/2026", "2025-02-29", "X", "Y", "-", "2025-12-15T"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := Parse(s)
		if err != nil {
			if e := (*Error)(nil); !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(e.Text) && e.Offset > len(s) {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		again, err := Parse(i.String())
		if err != nil || again != i {
			t.Fatalf("%q: %q reads as %+v, not %+v (%v)", s, i.String(), again, i, err)
		}
		for _, d := range []Date{i.Start.Date, i.End.Date} {
			if from, to, ok := d.Bounds(); ok && from >= to {
				t.Fatalf("%q: empty bounds %d %d", s, from, to)
			}
			if again, ok := ParseCanonical([]byte(d.String())); again != d || ok == d.IsZero() {
				t.Fatalf("%q: %q reads as %+v, %v, not %+v", s, d, again, ok, d)
			}
		}
	})
}

func BenchmarkParseDate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseDate("2025-12-15"); err != nil {
			b.Fatal(err)
		}
	}
}
