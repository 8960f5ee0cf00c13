package exec

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// different are the cases in which this engine differs from graphql-js on
// purpose.
var different = map[string]string{
	"float huge":           "a literal beyond all numbers is an error at once, and not Infinity, of which JSON has none",
	"op name empty string": "clients send an empty name where they mean none",
}

// casesAlike is how many of the cases must be answered as graphql-js does.
const casesAlike = 184

// outcome is what an answer and the reference are compared by: the data as
// text, which shows the order of fields, and where errors are. Messages are our
// own.
type outcome struct {
	Data   json.RawMessage
	Errors []struct {
		Path       []any
		Locations  []Location
		Extensions map[string]any
	}
}

func TestCases(t *testing.T) {
	var cases []struct {
		Name, Query, Op string
		Variables       map[string]any
	}
	var expected []struct {
		Name, Raw string
		R         outcome
	}
	read(t, "testdata/cases/cases.json", &cases)
	read(t, "testdata/cases/expected.json", &expected)
	limits := Limits{Depth: 100}
	e := testEngine(t, Options{Traits: casesTraits(t), Limits: limits})
	e = New(casesSchema(t), &Options{Traits: casesTraits(t), Limits: limits, Logger: e.log})
	alike := 0
	for i, c := range cases {
		count := 0
		body := answerCase(t, e, Request{Query: c.Query, Operation: c.Op, Variables: c.Variables, Root: &count})
		why := differs(t, body, expected[i].Raw, &expected[i].R)
		reason, known := different[c.Name]
		switch {
		case why == "" && known:
			t.Errorf("%s: alike, so it is no difference: %s", c.Name, reason)
		case why == "":
			alike++
		case !known:
			t.Errorf("%s: %s\n%s\n%s", c.Name, why, c.Query, body)
		}
	}
	t.Logf("%d of %d cases alike", alike, len(cases))
	if alike < casesAlike || len(cases) != 188 || alike+len(different) != len(cases) {
		t.Errorf("%d of %d cases are alike, and %d differ for a reason", alike, len(cases), len(different))
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		err = d.Decode(into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answerCase gives the answer, or the first event of a subscription.
func answerCase(t *testing.T, e *Engine, rq Request) []byte {
	answer := e.Do(t.Context(), rq)
	if answer.Operation != "subscription" || answer.Errors[0].Code() != CodeOperation {
		return answer.Body
	}
	events, err := e.Subscribe(t.Context(), rq)
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		return event
	}
	t.Fatal("a subscription without an event")
	return nil
}

// differs tells how an answer is not what graphql-js gives.
func differs(t *testing.T, body []byte, raw string, want *outcome) string {
	t.Helper()
	var got outcome
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if string(got.Data) != raw {
		return "data: want " + raw
	}
	if len(got.Errors) != len(want.Errors) {
		return "the number of errors"
	}
	for i := range got.Errors {
		g, w := got.Errors[i], want.Errors[i]
		if !slices.Equal(g.Path, w.Path) {
			return "the path of an error"
		}
		if !slices.Equal(g.Locations, w.Locations) {
			b, _ := json.Marshal(w.Locations)
			return "the place of an error: want " + string(b)
		}
		if w.Extensions != nil && g.Extensions["code"] != w.Extensions["code"] {
			return "the code of an error"
		}
	}
	return ""
}
