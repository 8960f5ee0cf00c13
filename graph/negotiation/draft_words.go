package negotiation

import (
	"slices"
	"strings"
)

// WordChange is what becomes of words.
type WordChange string

// The changes of words.
const (
	Kept    WordChange = "KEPT"
	Removed WordChange = "REMOVED"
	Added   WordChange = "ADDED"
)

// Words is a run of words that share their fate.
type Words struct {
	Text   string
	Change WordChange
}

// maxTable bounds the work of a comparison; what is left of longer texts is
// shown as removed and added as a whole.
const maxTable = 1 << 22

// WordsBetween gives the difference between two texts in words, by their longest
// common subsequence: what is removed stands before what is added in its place.
// Spaces do not count, and a bracket is a word by itself, so that brackets which
// come or go show.
func WordsBetween(before, after string) []Words {
	a, b := split(before), split(after)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var w writer
	w.write(Kept, a[:head]...)
	w.differ(a[head:len(a)-tail], b[head:len(b)-tail])
	w.write(Kept, a[len(a)-tail:]...)
	return w.runs
}

// split cuts a text into words and brackets.
func split(text string) []string {
	for _, bracket := range []string{"[", "]"} {
		text = strings.ReplaceAll(text, bracket, " "+bracket+" ")
	}
	return strings.Fields(text)
}

// writer gathers runs.
type writer struct{ runs []Words }

func (w *writer) write(change WordChange, words ...string) {
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, " ")
	if n := len(w.runs); n > 0 && w.runs[n-1].Change == change {
		w.runs[n-1].Text += " " + text
		return
	}
	w.runs = append(w.runs, Words{text, change})
}

// differ writes the difference of what has neither beginning nor end in common.
func (w *writer) differ(a, b []string) {
	if len(a) == 0 || len(b) == 0 || (len(a)+1)*(len(b)+1) > maxTable {
		w.write(Removed, a...)
		w.write(Added, b...)
		return
	}
	common := longest(a, b)
	i, j := 0, 0
	for _, word := range common {
		m, n := i+slices.Index(a[i:], word), j+slices.Index(b[j:], word)
		w.write(Removed, a[i:m]...)
		w.write(Added, b[j:n]...)
		w.write(Kept, word)
		i, j = m+1, n+1
	}
	w.write(Removed, a[i:]...)
	w.write(Added, b[j:]...)
}

// longest is the longest common subsequence of two texts.
func longest(a, b []string) (common []string) {
	width := len(b) + 1
	table := make([]int32, (len(a)+1)*width) // of what remains from i and j on
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common = append(common, a[i])
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return common
}
