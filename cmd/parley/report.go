package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
)

// report is an answer as it is printed: tables, and what is said of it as a whole.
type report struct {
	name     string
	title    string
	facts    []fact
	sections []section
	whenever bool // where no day is given, no day is meant
}

// fact is something about an answer: for programs a name and a value, for
// people a sentence; either may be left out.
type fact struct {
	name     string
	value    any
	sentence string
}

// section is one table of an answer.
type section struct {
	name    string // for programs
	title   string
	columns []column
	rows    []row
	none    string // the reason why there are no rows; without one they are left out for people
	picture bool   // for the eye: what it shows is in another section, too
}

type column struct {
	name, title string
	width       int // at most so wide on a terminal; 0: as wide as it is
}

// row has a value for each column: string, int, bool or list of strings; nil is
// what nobody states, and blank what does not apply.
type row struct {
	values  []any
	sources []source
	about   ids            // for programs that ask on
	codes   map[string]any // for programs, of what the values say in words
}

type blank struct{}

// MarshalJSON makes null of it.
func (blank) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// ids name what a row is about.
type ids map[string]graph.EntityID

// add appends a row.
func (s *section) add(about ids, sources []source, values ...any) {
	s.rows = append(s.rows, row{values: values, sources: sources, about: about})
}

// source is who says something, and where.
type source struct {
	Assertion string   `json:"assertion"`
	Key       string   `json:"key,omitempty"` // in its document
	Document  string   `json:"document"`
	Publisher string   `json:"publisher,omitempty"`
	URL       string   `json:"url,omitempty"`
	Published string   `json:"published,omitempty"` // absent: not stated
	Speakers  []string `json:"speakers,omitempty"`  // from the document inwards
	Voice     string   `json:"voice,omitempty"`
	Level     string   `json:"level,omitempty"`
	Modality  string   `json:"modality,omitempty"`
	Denies    bool     `json:"denies,omitempty"`
	Summary   string   `json:"summary,omitempty"`
}

// line writes a source as a footnote does.
func (s *source) line() string {
	words := []string{"“" + s.Document + "”"}
	for _, w := range []string{s.Publisher, s.Published, s.URL} {
		if w != "" {
			words = append(words, w)
		}
	}
	if s.Published == "" {
		words = append(words, "no date")
	}
	line := strings.Join(words, ", ")
	if len(s.Speakers) > 0 {
		line += "; said by " + s.Speakers[len(s.Speakers)-1]
	}
	if s.Level != "" {
		line += " (" + s.Level + ")"
	}
	if s.Denies {
		line += "; denies it"
	}
	return line
}

// sources looks up who says so, each assertion once.
func (q *inquiry) sources(lists ...[]graph.Evidence) []source {
	evidence := slices.Concat(lists...)
	origins, err := q.view.Origins(q.ctx, evidence, q.languages...)
	if err != nil {
		q.failed = err
		return nil
	}
	var list []source
	seen := map[graph.AssertionID]bool{}
	for i := range evidence {
		e := &evidence[i]
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		d := origins.Documents[e.Document]
		s := source{Assertion: e.ID.String(), Key: e.Key, Document: d.Title, Publisher: d.Publisher, URL: d.URL, Published: d.Published.String(),
			Voice: e.Voice.String(), Level: e.Level.String(), Modality: e.Modality.String(), Denies: e.Deny, Summary: e.Summary}
		if s.Document == "" {
			s.Document = d.Key.String()
		}
		for _, id := range e.Chain {
			s.Speakers = append(s.Speakers, origins.Speakers[id].Label)
		}
		list = append(list, s)
	}
	return list
}

// inWords is a value as people read it.
func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return "?"
	case blank:
		return ""
	case []string:
		if len(v) == 0 {
			return "?"
		}
		return strings.Join(v, "; ")
	case bool:
		if v {
			return "yes"
		}
		return ""
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(v)
}

// orUnstated is a text, or nil where nobody states it.
func orUnstated(s string) any {
	if s == "" || s == "UNKNOWN" {
		return nil
	}
	return s
}

// date is the day of a moment in UTC; nil where it is not known.
func date(t graph.Time) any {
	if t == graph.MinTime || t == graph.MaxTime {
		return nil
	}
	return day(t)
}

func day(t graph.Time) string {
	text, _, _ := strings.Cut(t.String(), "T")
	return text
}
