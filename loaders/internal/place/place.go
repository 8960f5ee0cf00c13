// Package place says where in a file something is wrong, and what may have
// been meant instead.
package place

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/antzucaro/matchr"

	"github.com/parleydb/parley/graph/edtf"
)

// Error is something wrong at a place of a file. It reads
// file:line:column: what: detail.
type Error struct {
	File   string
	Line   int // from 1
	Column int // in bytes, from 1
	What   string
	Detail string // may be empty
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%s: %s", At(e.File, e.Line, e.Column), e.What)
	}
	return fmt.Sprintf("%s: %s: %s", At(e.File, e.Line, e.Column), e.What, e.Detail)
}

// At writes a place as file:line:column.
func At(file string, line, column int) string { return fmt.Sprintf("%s:%d:%d", file, line, column) }

// Date takes an error of package edtf apart into what is wrong and the detail.
func Date(err error) (what, detail string) {
	if e, ok := errors.AsType[*edtf.Error](err); ok {
		return fmt.Sprintf("unknown date %q", e.Text), e.Reason
	}
	return err.Error(), ""
}

// Suggest says what may have been meant by a word that is none of the
// candidates: the nearest of them, at most three, else all of them if they are
// few, else nothing.
func Suggest(word string, candidates []string) string {
	switch near := nearest(word, candidates); {
	case len(near) > 0:
		return "did you mean " + quoted(near) + "?"
	case len(candidates) > 0 && len(candidates) <= 20:
		return "want one of " + strings.Join(candidates, ", ")
	}
	return ""
}

// nearest gives the candidates that differ from the word by at most a third of
// its letters, or contain it, nearest first.
func nearest(word string, candidates []string) []string {
	type match struct {
		name     string
		distance int
	}
	var matches []match
	word = strings.ToLower(word)
	limit := 1 + len(word)/3
	for _, c := range candidates {
		folded := strings.ToLower(c)
		d := matchr.OSA(word, folded)
		if len(word) > 3 && strings.Contains(folded, word) {
			d = min(d, limit)
		}
		if d <= limit {
			matches = append(matches, match{c, d})
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, m := range matches[:min(3, len(matches))] {
		names = append(names, m.name)
	}
	return names
}

func quoted(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(list, " or ")
}
