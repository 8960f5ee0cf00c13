package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// world is a file of testdata/worlds: documents, what is done with them at
// which time, and questions with their answers.
type world struct {
	archive *txtar.Archive
	lines   []line
}

// line is a line of a world's script, with the lines of its answer below it.
type line struct {
	text   string // as it is written; of a comment or an empty line, that is all
	number int
	act    *act
	ask    *question
	answer []string
}

// act changes what a database holds, or only sets the clock.
type act struct {
	at   time.Time
	verb string
	args []string
}

// question is one question at a point.
type question struct {
	onlyGo                     bool // nothing but the Go API can answer it
	on, knownOn, basis, marked string
	policy, undated            string
	verb                       string
	args                       []string
	with                       [][2]string // name=value
	fields                     []string
}

const indent = "    "

func readWorld(t *testing.T, file string) *world {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{archive: a}
	if err := w.parse(w.script()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return w
}

func (w *world) script() string {
	for _, f := range w.archive.Files {
		if f.Name == "script" {
			return string(f.Data)
		}
	}
	return ""
}

func (w *world) parse(script string) error {
	for i, text := range strings.Split(strings.TrimSuffix(script, "\n"), "\n") {
		if answer, ok := strings.CutPrefix(text, indent); ok && len(w.lines) > 0 {
			last := &w.lines[len(w.lines)-1]
			last.answer = append(last.answer, answer)
			continue
		}
		l := line{text: text, number: i + 1}
		var err error
		switch word, rest, _ := strings.Cut(text, " "); word {
		case "at":
			l.act, err = parseAct(rest)
		case "ask":
			l.ask, err = parseQuestion(rest)
		case "", "#":
		default:
			err = fmt.Errorf("%q: want at, ask, a comment or an answer", word)
		}
		if err != nil {
			return fmt.Errorf("script:%d: %w", i+1, err)
		}
		w.lines = append(w.lines, l)
	}
	return nil
}

// format writes the script with the answers that its lines hold.
func (w *world) format() []byte {
	var b strings.Builder
	for _, l := range w.lines {
		b.WriteString(l.text + "\n")
		for _, answer := range l.answer {
			b.WriteString(indent + answer + "\n")
		}
	}
	for i := range w.archive.Files {
		if f := &w.archive.Files[i]; f.Name == "script" {
			f.Data = []byte(b.String())
		}
	}
	return txtar.Format(w.archive)
}

// acts are the verbs of what is done, with how many arguments each takes at least.
var acts = map[string]int{"": 0, "load": 1, "retract": 2, "merge": 2, "unmerge": 2, "apart": 2, "erase": 1}

func parseAct(text string) (*act, error) {
	words, err := split(text)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, errors.New("want at DAY, or at DAY and what is done")
	}
	a := &act{}
	if a.at, err = time.Parse(time.RFC3339, words[0]); err != nil {
		if a.at, err = time.Parse(time.DateOnly, words[0]); err != nil {
			return nil, err
		}
		a.at = a.at.Add(9 * time.Hour)
	}
	if len(words) > 1 {
		a.verb, a.args = words[1], words[2:]
	}
	if least, ok := acts[a.verb]; !ok || len(a.args) < least {
		return nil, fmt.Errorf("%q with %d arguments", a.verb, len(a.args))
	}
	return a, nil
}

// parseQuestion reads [go] [on X] [known on X] [BASIS] [policy POLICY] [undated WAY] [cleared MARKING]: VERB ARG… NAME=VALUE… : FIELD…
func parseQuestion(text string) (*question, error) {
	head, rest, ok := strings.Cut(text, ": ")
	if strings.HasPrefix(text, ": ") {
		head, rest, ok = "", text[2:], true
	}
	if !ok {
		return nil, errors.New("want ask POINT: QUESTION: FIELDS")
	}
	q := &question{}
	if err := q.point(strings.Fields(head)); err != nil {
		return nil, err
	}
	what, fields, ok := strings.Cut(rest, ": ")
	if !ok {
		return nil, fmt.Errorf("%s: say behind a colon which fields", rest)
	}
	q.fields = strings.Fields(fields)
	words, err := split(what)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("%s: no question", rest)
	}
	q.verb = words[0]
	for _, word := range words[1:] {
		if name, value, ok := strings.Cut(word, "="); ok {
			q.with = append(q.with, [2]string{name, value})
		} else {
			q.args = append(q.args, word)
		}
	}
	return q, nil
}

func (q *question) point(words []string) error {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "go":
			q.onlyGo = true
		case word == "RECORDED" || word == "PUBLISHED":
			q.basis = word
		case word == "policy" && len(words) > 0:
			q.policy, words = words[0], words[1:]
		case word == "undated" && len(words) > 0:
			q.undated, words = words[0], words[1:]
		case word == "on" && len(words) > 0:
			q.on, words = words[0], words[1:]
		case word == "known" && len(words) > 1 && words[0] == "on":
			q.knownOn, words = words[1], words[2:]
		case word == "cleared" && len(words) > 0:
			q.marked, words = words[0], words[1:]
		default:
			return fmt.Errorf("%q is no part of a point", word)
		}
	}
	if q.knownOn != "" && q.basis == "" {
		q.basis = "RECORDED"
	}
	return nil
}

// flag tells whether a word stands among the arguments.
func (q *question) flag(word string) bool { return slices.Contains(q.args, word) }

// split parts words at spaces; what stands in quotes is one word.
func split(text string) (words []string, err error) {
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			begun = false
			word.Reset()
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	if begun {
		words = append(words, word.String())
	}
	if quoted {
		err = fmt.Errorf("%s: a quote is not closed", text)
	}
	return words, err
}

// What is wrong in a script is said with its line.
func TestWorldScript(t *testing.T) {
	for script, want := range map[string]string{
		"at yesterday load a.notes\n":                            "script:1",
		"at 2025-12-01 lode a.notes\n":                           "lode",
		"at 2025-12-01 load\n":                                   "load",
		"# a comment\nask relations Meeting\n":                   "script:2",
		"ask : relations Meeting\n":                              "which fields",
		"ask in 2025-12-01: relations Meeting: key\n":            "in",
		"ask : entity \"Moscow: key\n":                           "quote",
		"question : relations Meeting: key\n":                    "question",
		"at 2025-12-01\nask on 2025-12-01: stats: entities\n":    "",
		"at 2025-12-01T09:00:00Z load a.notes\n    refused: x\n": "",
	} {
		err := (&world{}).parse(script)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", script, err, want)
		}
	}
}
