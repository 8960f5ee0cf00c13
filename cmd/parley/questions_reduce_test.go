package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reduction turns an answer in JSON into lines, so that the answers of several
// ways can be held against each other. It is written
//
//	PATH if [not] FIELD [= WORD]: TEXT {FIELD} TEXT
//
// of which the condition may be left out. PATH leads to objects, through lists to
// each of their members; FIELD is looked up in the object, else in those around
// it, and of several with commas the first that is stated counts. Of a list the values stand sorted, each once; with > behind them in their
// own order; .# counts them, and .-1 is the last one. |key writes an id as the
// key that the dataset gives it, |head is a text up to its first colon, |from the
// beginning of an interval.
type reduction struct {
	path, guard, word string
	not               bool
	text              string
}

var (
	reductionLine  = regexp.MustCompile(`^(\S+?)(?: if (not )?(\S+?)(?: = (\S+))?)?: (.+)$`)
	reductionField = regexp.MustCompile(`\{[^}]+\}`)
	midnight       = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)T00:00:00Z$`)
)

func reductions(text string) (list []reduction, err error) {
	for line := range strings.Lines(text) {
		m := reductionLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			return nil, fmt.Errorf("not a reduction: %s", line)
		}
		list = append(list, reduction{path: m[1], not: m[2] != "", guard: m[3], word: m[4], text: m[5]})
	}
	return list, nil
}

// reduce gives the lines of an answer, in the order of the alphabet, each once.
func reduce(answer any, list []reduction, keys map[string]string) []string {
	var lines []string
	for _, r := range list {
		scope{answer}.each(steps(r.path), func(s scope) {
			if values := s.values(r.guard); r.guard == "" || r.met(values) != r.not {
				lines = append(lines, s.fill(r.text, keys))
			}
		})
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func (r *reduction) met(values []string) bool {
	if r.word != "" {
		return slices.Contains(values, r.word)
	}
	return len(values) > 0 && values[0] != "false"
}

// scope is an object and those around it, the innermost last.
type scope []any

func steps(path string) []string {
	if path == "." {
		return nil
	}
	return strings.Split(path, ".")
}

// each calls fn for all to which a path leads.
func (s scope) each(path []string, fn func(scope)) {
	at := s[len(s)-1]
	if list, ok := at.([]any); ok && (len(path) == 0 || !isIndex(path[0])) {
		for _, one := range list {
			append(slices.Clone(s[:len(s)-1]), one).each(path, fn)
		}
		return
	}
	if object, ok := at.(map[string]any); ok && len(path) > 0 && path[0] == "*" {
		for _, name := range slices.Sorted(maps.Keys(object)) {
			append(slices.Clone(s), object[name]).each(path[1:], fn)
		}
		return
	}
	if len(path) == 0 {
		fn(s)
	} else if next := inside(at, path[0]); next != nil {
		append(slices.Clone(s), next).each(path[1:], fn)
	}
}

func isIndex(step string) bool {
	_, err := strconv.Atoi(step)
	return err == nil
}

// inside is a field of an object, or an element of a list, from its end where
// the number is negative.
func inside(v any, step string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[step]
	case []any:
		i, err := strconv.Atoi(step)
		if i < 0 {
			i += len(v)
		}
		if err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// values are those of a field: of the innermost object that has it.
func (s scope) values(field string) (values []string) {
	path := steps(field)
	for i := len(s) - 1; i >= 0; i-- {
		if object, ok := s[i].(map[string]any); len(path) > 0 && (!ok || !has(object, path[0])) {
			continue
		}
		scope{s[i]}.each(path, func(found scope) {
			if text := printed(found[len(found)-1]); text != "" {
				values = append(values, text)
			}
		})
		return values
	}
	return nil
}

func has(object map[string]any, name string) bool {
	_, ok := object[name]
	return ok
}

// printed is a value as it is written: a midnight as its day.
func printed(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return midnight.ReplaceAllString(v, "$1")
	case json.Number, bool:
		return fmt.Sprint(v)
	}
	return "?"
}

func (s scope) fill(text string, keys map[string]string) string {
	return reductionField.ReplaceAllStringFunc(text, func(field string) string {
		field, how, _ := strings.Cut(strings.Trim(field, "{}"), "|")
		field, ordered := strings.CutSuffix(field, ">")
		field, counted := strings.CutSuffix(field, ".#")
		var values []string
		for _, one := range strings.Split(field, ",") {
			if values = s.values(one); len(values) > 0 {
				break
			}
		}
		for i, v := range values {
			switch how {
			case "key":
				values[i] = keys[v]
			case "head":
				values[i], _, _ = strings.Cut(v, ": ")
			case "from":
				v, _, _ = strings.Cut(v, "/")
				values[i] = printed(strings.TrimRight(v, "~"))
			}
		}
		if counted {
			return strconv.Itoa(len(values))
		}
		return joined(values, ordered)
	})
}

// joined writes values side by side; nothing is UNKNOWN, as the program writes it.
func joined(values []string, ordered bool) string {
	switch {
	case len(values) == 0:
		return "?"
	case ordered:
		return strings.Join(values, " > ")
	}
	slices.Sort(values)
	return strings.Join(slices.Compact(values), ", ")
}

// A reduction shows what an answer has, and nothing that it does not have.
func TestReduce(t *testing.T) {
	const answer = `{"known":2,"rows":[{"issue":"b","cells":[{"stance":"OPEN","keys":["F2","F1","F2"],"since":"2025-12-15T00:00:00Z"},{"stance":null}]},{"issue":"a","cells":[]}],
		"who":[{"chain":["x","y"]},{"chain":["z"]}],"id":"7"}`
	for reduction, want := range map[string]string{
		`.: {known}`:                                  "2",
		`who.*: {.}`:                                  "x\ny\nz",
		`rows.cells: {issue} {stance}`:                "b ?\nb OPEN",
		`rows.cells if stance: {issue}`:               "b",
		`rows.cells if not stance: {stance}`:          "?",
		`rows.cells if stance = OPEN: {keys} {since}`: "F1, F2 2025-12-15",
		`rows.cells if stance = SHUT: {issue}`:        "",
		`rows: {issue} {cells.stance.#}`:              "a 0\nb 1",
		`who: {chain>}`:                               "x > y\nz",
		`.: {who.chain.-1}`:                           "y, z",
		`who.chain: {.}`:                              "x\ny\nz",
		`.: {id|key} {missing} {missing,known}`:       "seven ? 2",
	} {
		list, err := reductions(reduction)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(reduce(decode(t, []byte(answer)), list, map[string]string{"7": "seven"}), "\n"); got != want {
			t.Errorf("%s: %q, want %q", reduction, got, want)
		}
	}
}

// decode reads JSON, numbers as they are written.
func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}
