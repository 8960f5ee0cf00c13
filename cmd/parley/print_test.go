package main

import (
	"bytes"
	"strings"
	"testing"
)

// What sources say is printed as text, whatever it would be to a terminal, to a
// spreadsheet or to Markdown.
func TestTextsOfOthers(t *testing.T) {
	for _, c := range []struct{ what, got, want string }{
		{"terminal", plain("a\x1b[2Jb\u009bc\u202ed\te"), "a [2Jb c d e"},
		{"formula", field("=1+1"), "'=1+1"},
		{"sum", field("+1"), "'+1"},
		{"name", field("@x"), "'@x"},
		{"minus", field("-x"), "'-x"},
		{"tab", field("\tx"), "'\tx"},
		{"list", field([]string{"=a", "b"}), "'=a; b"},
		{"number", field(-19), "-19"},
		{"not stated", field(nil), ""},
		{"plain", field("a=b"), "a=b"},
		{"comment", markup("<!-- parley briefing 1 -->"), "&lt;!-- parley briefing 1 -->"},
		{"link", markup("[x](http://x) `y` *z*\nw"), "\\[x\\](http://x) \\`y\\` \\*z\\* w"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

// A source is one footnote, however many rows it stands for.
func TestFootnotesOnce(t *testing.T) {
	one, other := source{Document: "A page", Published: "2025-12-15", Speakers: []string{"Wire", "Russia"}}, source{Document: "Another", Denies: true}
	r := report{title: "T", sections: []section{{columns: []column{{"a", "A", 0}}, rows: []row{
		{values: []any{"x"}, sources: []source{one, other, one}}, {values: []any{nil}, sources: []source{other}}}}}}
	var w bytes.Buffer
	if err := r.markdown(&w); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| x[^1][^2] |\n", "| ?[^2] |\n", "[^1]: “A page”, 2025-12-15; said by Russia\n[^2]: “Another”, no date; denies it\n"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %q in\n%s", want, w.String())
		}
	}
}

// Cyrillic and Chinese letters are as wide as they are.
func TestTableWidths(t *testing.T) {
	r := report{title: "T", sections: []section{{columns: []column{{"a", "Сторона", 0}, {"b", "B", 4}}, rows: []row{
		{values: []any{"Україна", "一二三"}}, {values: []any{"US", blank{}}}}}}}
	var w bytes.Buffer
	if err := r.table(&w); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"│ Сторона │ B    │\n", "│ Україна │ 一二 │\n", "│ US      │      │\n"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %q in\n%s", want, w.String())
		}
	}
}
