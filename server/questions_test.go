package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// asked are questions on the whole example, beside those of cmd/parley that are
// asked in every way: with all that is told, in the order of the query, keys
// without their scheme.
var asked = []struct{ name, on, query, want string }{
	{"what is due", "2025-12-16", `deadlines(ON) { due { instrument { externalIds } date daysLeft status } later { date } passed { instrument { externalIds } date daysLeft } review { instrument { externalIds } kind } }`,
		"o-xmas 2025-12-25 9 DUE o-aid-threat 2025-11-27 -19 o-ua-election WINDOW o-us-guarantee LIMITED_UNSPECIFIED"},
	{"what is planned", "2025-12-16", `contacts(status: ["MOOTED", "READY", "ANNOUNCED", "SCHEDULED"], ON) { contacts { meeting { externalIds } } passed { meeting { externalIds } } }`, "m-moscow-next m-cow-1125 m-brussels-1208"},
	{"do two agree on the army", "2026-01-31", `gap(issues: ["ua25:i-army"], parties: ["Ukraine", "ua25:europeans"], ON) { issues { zone range { from to } spoken } }`, "NONEMPTY 800000 800000 2"},
	{"how did the plan come to Ukraine", "2025-12-31", `travel(from: "United States", to: "Ukraine", carrying: "ua25:o-28-plan", ON) { path { from { externalIds } to { externalIds } contact { meeting { externalIds } } } }`, "us driscoll null driscoll ua m-kyiv-driscoll-trip"},
}

// TestQuestions asks of the whole example.
func TestQuestions(t *testing.T) {
	s := ukraine(t, nil)
	for _, q := range asked {
		t.Run(q.name, func(t *testing.T) {
			if got := told(t, s, q.on, q.query); got != q.want {
				t.Errorf("got\n%s\nwant\n%s", got, q.want)
			}
		})
	}
}

// told asks the negotiation, and gives all values of the answer.
func told(t *testing.T, s *Server, on, query string) string {
	t.Helper()
	query = strings.ReplaceAll(query, "ON", fmt.Sprintf(`on: %q, rank: NORMAL`, on))
	got := ask(t, s, `{ negotiation(key: "ua25:ukraine-peace-2025") { `+query+` } }`, "")
	if len(got.Errors) > 0 {
		t.Fatalf("%s: %s", query, got.Body)
	}
	return valuesOf(t, got.Data)
}

// valuesOf are the values in JSON, in their order, keys without their scheme.
func valuesOf(t *testing.T, text []byte) string {
	t.Helper()
	var words []string
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var inObject []bool
	name := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return strings.Join(words, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				inObject = append(inObject, v == '{')
			} else {
				inObject = inObject[:len(inObject)-1]
			}
			name = len(inObject) > 0 && inObject[len(inObject)-1]
			continue
		case nil:
			words = append(words, "null")
		default:
			if !name && !strings.HasPrefix(fmt.Sprint(v), "wikidata:") {
				words = append(words, strings.TrimPrefix(fmt.Sprint(v), "ua25:"))
			}
		}
		if len(inObject) > 0 && inObject[len(inObject)-1] {
			name = !name
		}
	}
}
