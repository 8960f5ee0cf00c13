package notes_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/notes"
)

// The examples of FORMAT.md make up one file, which loads and is in order.
func TestFormatExamples(t *testing.T) {
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, m := range regexp.MustCompile("(?s)```notes\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		parts = append(parts, m[1])
	}
	text := strings.Join(parts, "\n")
	w := open(t)
	r := loadFiles(t, w, write(t, "page.notes", text))
	if r.Loaded.Read != 23 || r.Loaded.New != 23 {
		t.Errorf("%s, want 23 assertions", r)
	}
	formatted, err := notes.Format("page.notes", []byte(text))
	if err != nil || string(formatted) != text {
		t.Errorf("not in order: %v\n%s", err, formatted)
	}
	s, err := w.At(graph.Point{}).Stats(ctx)
	if want := (graph.Stats{Entities: 16, Relations: 6, Claims: 56, Assertions: 23, Documents: 2, Transactions: 1}); s != want || err != nil {
		t.Errorf("%+v, want %+v (%v)", s, want, err)
	}
}
