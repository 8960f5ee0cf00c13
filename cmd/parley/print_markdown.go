package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// markdown writes tables whose sources are footnotes.
func (r *report) markdown(w io.Writer) error {
	notes := footnotes{numbers: map[string]int{}}
	fmt.Fprintf(w, "# %s\n", markup(r.title))
	for _, s := range r.shown() {
		if s.title != "" {
			fmt.Fprintf(w, "\n## %s\n", markup(s.title))
		}
		if len(s.rows) == 0 {
			fmt.Fprintf(w, "\n%s\n", markup(s.none))
			continue
		}
		fmt.Fprintf(w, "\n%s\n", s.grid(&notes))
	}
	fmt.Fprintln(w)
	for _, f := range r.facts {
		if f.sentence != "" {
			fmt.Fprintf(w, "- %s\n", markup(f.sentence))
		}
	}
	fmt.Fprintln(w)
	_, err := io.WriteString(w, notes.String())
	return err
}

func (s *section) grid(notes *footnotes) string {
	t := table.NewWriter()
	var head table.Row
	for _, c := range s.columns {
		head = append(head, markup(c.title))
	}
	t.AppendHeader(head)
	for _, r := range s.rows {
		line := r.line(markup)
		line[len(line)-1] = line[len(line)-1].(string) + notes.refer(r.sources)
		t.AppendRow(line)
	}
	return t.RenderMarkdown()
}

// markup keeps a text from being taken for Markdown or HTML. Bars are left to
// the table.
func markup(s string) string {
	s = strings.Join(strings.Fields(plain(s)), " ")
	return strings.NewReplacer(`\`, `\\`, "<", "&lt;", "*", `\*`, "`", "\\`", "[", `\[`, "]", `\]`).Replace(s)
}

// footnotes numbers sources, each once.
type footnotes struct {
	numbers map[string]int
	lines   []string
}

func (f *footnotes) refer(sources []source) (marks string) {
	var used []int
	for i := range sources {
		line := sources[i].line()
		if f.numbers[line] == 0 {
			f.lines = append(f.lines, line)
			f.numbers[line] = len(f.lines)
		}
		if n := f.numbers[line]; !slices.Contains(used, n) {
			used = append(used, n)
			marks += fmt.Sprintf("[^%d]", n)
		}
	}
	return marks
}

func (f *footnotes) String() string {
	var b strings.Builder
	for i, line := range f.lines {
		fmt.Fprintf(&b, "[^%d]: %s\n", i+1, markup(line))
	}
	return b.String()
}
