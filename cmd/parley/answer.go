package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// member is a field of an answer. Answers keep the order in which they were
// asked, so that columns stand as the query has them.
type member struct {
	name  string
	value any // nil, bool, json.Number, string, []any or members
}

type members []member

func (m members) get(name string) any {
	for _, f := range m {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// ordered reads JSON, and keeps the order of fields.
func ordered(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return orderedValue(d)
}

func orderedValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := orderedValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		fields := members{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := orderedValue(d)
			if err != nil {
				return nil, err
			}
			fields = append(fields, member{fmt.Sprint(name), v})
		}
		_, err := d.Token()
		return fields, err
	}
	return token, nil
}

// sheet is an answer, or one field of it, as a table.
type sheet struct {
	name    string
	columns []string
	rows    []map[string]string
}

// sheets makes a table of each field of an answer. A list, or the nodes of a
// connection, has a row for each of its items, anything else is one row.
func sheets(data members) (list []sheet) {
	for _, f := range data {
		s := sheet{name: f.name}
		for _, item := range items(f.value) {
			row := map[string]string{}
			s.fill(row, "", item)
			s.rows = append(s.rows, row)
		}
		s.dropMissing()
		list = append(list, s)
	}
	return list
}

// dropMissing drops the column of an object that some rows lack: its fields
// have columns.
func (s *sheet) dropMissing() {
	s.columns = slices.DeleteFunc(s.columns, func(c string) bool {
		return slices.ContainsFunc(s.columns, func(o string) bool { return strings.HasPrefix(o, c+".") })
	})
}

func items(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case members:
		if nodes, ok := v.get("nodes").([]any); ok {
			return nodes
		}
		if edges, ok := v.get("edges").([]any); ok {
			return edges
		}
	}
	return []any{v}
}

// fill writes a value into a row: fields of objects get columns of their own,
// lists are joined in one.
func (s *sheet) fill(row map[string]string, column string, v any) {
	fields, ok := v.(members)
	if !ok {
		if column == "" {
			column = s.name
		}
		s.set(row, column, inLine(v))
		return
	}
	for _, f := range fields {
		name := f.name
		if column != "" {
			name = column + "." + f.name
		}
		s.fill(row, name, f.value)
	}
}

func (s *sheet) set(row map[string]string, column, text string) {
	if !slices.Contains(s.columns, column) {
		s.columns = append(s.columns, column)
	}
	row[column] = text
}

// inLine is a value in a line: of an object its values, of a list its items.
func inLine(v any) string {
	var words []string
	between := "; "
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		for _, item := range v {
			words = append(words, inLine(item))
		}
	case members:
		between = " "
		for _, f := range v {
			if text := inLine(f.value); text != "" {
				words = append(words, text)
			}
		}
	default:
		return fmt.Sprint(v)
	}
	return strings.Join(words, between)
}

// queryErrors are the errors of an answer, each with its place in the query.
func queryErrors(source string, list []any) error {
	var all []error
	for _, e := range list {
		fields, _ := e.(members)
		message := fmt.Sprint(fields.get("message"))
		where := source
		if places, _ := fields.get("locations").([]any); len(places) > 0 {
			at, _ := places[0].(members)
			where = fmt.Sprintf("%s:%v:%v", source, at.get("line"), at.get("column"))
		}
		all = append(all, fmt.Errorf("%s: %s", where, message))
	}
	return errors.Join(all...)
}
