package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// formats are the ways to print an answer, the default first.
var formats = []string{"table", "json", "csv", "markdown"}

// print writes a report in a format: all of it, or one section. What a format
// has no place for goes to standard error.
func (p *program) print(r *report, format, only string) error {
	if err := r.keep(only); err != nil {
		return usageError{err}
	}
	switch format {
	case "json":
		return r.json(p.stdout)
	case "csv":
		r.say(p.stderr)
		return r.csv(p.stdout, p.stderr)
	case "markdown":
		return r.markdown(p.stdout)
	}
	return r.table(p.stdout)
}

// keep leaves out all sections but the one that is named.
func (r *report) keep(only string) error {
	if only == "" {
		return nil
	}
	var names []string
	for _, s := range r.sections {
		names = append(names, s.name)
	}
	if err := knownWord("section of this answer", only, names); err != nil {
		return err
	}
	r.sections = slices.DeleteFunc(r.sections, func(s section) bool { return s.name != only })
	return nil
}

// data are the sections for programs: no pictures, unless there is nothing else.
func (r *report) data() []section {
	if len(r.sections) == 1 {
		return r.sections
	}
	return slices.DeleteFunc(slices.Clone(r.sections), func(s section) bool { return s.picture })
}

// shown are the sections for people: none that is empty without a reason.
func (r *report) shown() []section {
	return slices.DeleteFunc(slices.Clone(r.sections), func(s section) bool { return len(s.rows) == 0 && s.none == "" })
}

// say writes the sentences.
func (r *report) say(w io.Writer) {
	for _, f := range r.facts {
		if f.sentence != "" {
			fmt.Fprintln(w, f.sentence)
		}
	}
}

// table draws for a terminal. The sentences stand below.
func (r *report) table(w io.Writer) error {
	fmt.Fprintf(w, "%s\n\n", r.title)
	for _, s := range r.shown() {
		if s.title != "" {
			fmt.Fprintf(w, "%s\n", s.title)
		}
		if len(s.rows) == 0 {
			fmt.Fprintf(w, "%s\n\n", s.none)
			continue
		}
		fmt.Fprintf(w, "%s\n\n", s.draw().Render())
	}
	r.say(w)
	return nil
}

func (s *section) draw() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options.SeparateRows = s.picture
	var head table.Row
	var configs []table.ColumnConfig
	for i, c := range s.columns {
		head = append(head, c.title)
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMax: c.width, WidthMaxEnforcer: wrap})
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for _, r := range s.rows {
		t.AppendRow(r.line(plain))
	}
	return t
}

// wrap breaks lines between words, and leaves breaks that are there.
func wrap(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = text.WrapSoft(line, width)
	}
	return strings.Join(lines, "\n")
}

// line writes the values of a row.
func (r *row) line(escape func(string) string) table.Row {
	line := make(table.Row, len(r.values))
	for i, v := range r.values {
		line[i] = escape(inWords(v))
	}
	return line
}

// plain takes out what would move the cursor of a terminal, or turn what is read.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if (unicode.IsControl(r) && r != '\n') || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}

// csv writes the first section that is no picture, each row with its sources.
func (r *report) csv(w, others io.Writer) error {
	list := r.data()
	out := csv.NewWriter(w)
	s := &list[0]
	head := make([]string, 0, len(s.columns)+1)
	for _, c := range s.columns {
		head = append(head, c.name)
	}
	lines := [][]string{append(head, "sources")}
	for _, r := range s.rows {
		lines = append(lines, r.record())
	}
	if len(s.rows) == 0 {
		fmt.Fprintln(others, s.none)
	}
	for _, s := range list[1:] {
		fmt.Fprintf(others, "not printed: %d rows of --section %s\n", len(s.rows), s.name)
	}
	return out.WriteAll(lines)
}

func (r *row) record() []string {
	var record, sources []string
	for _, v := range r.values {
		record = append(record, field(v))
	}
	for i := range r.sources {
		sources = append(sources, r.sources[i].line())
	}
	return append(record, safe(strings.Join(sources, " | ")))
}

// field is a value in CSV: empty where nobody states it.
func field(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case int, bool:
		return fmt.Sprint(v)
	case []string:
		return safe(strings.Join(v, "; "))
	}
	return safe(inWords(v))
}

// safe keeps a spreadsheet from taking a text for a formula. Numbers are left
// as they are.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// json writes facts and sections by their names, each row by its columns' names.
func (r *report) json(w io.Writer) error {
	answer, reasons := map[string]any{"answer": r.name}, map[string]string{}
	for _, f := range r.facts {
		if f.name != "" {
			answer[f.name] = f.value
		}
	}
	for _, s := range r.data() {
		rows := make([]map[string]any, 0, len(s.rows))
		for _, r := range s.rows {
			object := map[string]any{"sources": append([]source{}, r.sources...)}
			for name, id := range r.about {
				object[name] = id.String()
			}
			maps.Copy(object, r.codes)
			for i, c := range s.columns {
				object[c.name] = r.values[i]
			}
			rows = append(rows, object)
		}
		answer[s.name] = rows
		if len(rows) == 0 && s.none != "" {
			reasons[s.name] = s.none
		}
	}
	if len(reasons) > 0 {
		answer["empty"] = reasons
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(answer)
}
