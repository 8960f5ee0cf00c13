package place

import (
	"fmt"
	"testing"
)

func TestSuggest(t *testing.T) {
	few := []string{"holder", "issue", "option", "stance", "scheduledFor"}
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf("property%d", i))
	}
	for _, c := range []struct {
		word  string
		words []string
		want  string
	}{
		{"holdr", few, `did you mean "holder"?`},
		{"ISSUE", few, `did you mean "issue"?`},
		{"options", few, `did you mean "option"?`},
		{"scheduled", few, `did you mean "scheduledFor"?`}, // far off, but its beginning
		{"beneficiary", few, "want one of holder, issue, option, stance, scheduledFor"},
		{"property", many, `did you mean "property0" or "property1" or "property2"?`},
		{"voice", many, ""},
		{"voice", nil, ""},
	} {
		if got := Suggest(c.word, c.words); got != c.want {
			t.Errorf("%q: got %s, want %s", c.word, got, c.want)
		}
	}
}

func TestError(t *testing.T) {
	e := &Error{File: "quads.tsv", Line: 17, Column: 42, What: `unknown date "2014-13-01"`, Detail: "month 13"}
	if got, want := e.Error(), `quads.tsv:17:42: unknown date "2014-13-01": month 13`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
