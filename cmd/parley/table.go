package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// writeTables writes each field of an answer as a table for people; where there
// are several, each under its name.
func writeTables(w io.Writer, data members) error {
	list := sheets(data)
	for i, s := range list {
		title := ""
		if len(list) > 1 {
			title = s.name + "\n"
		}
		if i > 0 {
			title = "\n" + title
		}
		if _, err := fmt.Fprint(w, title, s.table(), "\n"); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) table() string {
	if len(s.rows) == 0 {
		return "(nothing)"
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0 // names of fields stand as they are
	t.AppendHeader(tableRow(s.columns))
	for _, row := range s.rows {
		t.AppendRow(tableRow(s.cells(row)))
	}
	return t.Render()
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}

func (s *sheet) cells(row map[string]string) []string {
	cells := make([]string, len(s.columns))
	for i, c := range s.columns {
		cells[i] = row[c]
	}
	return cells
}

// writeCSV writes the one field of an answer as CSV (RFC 4180). Where it has no
// rows, its columns are those that the query asks for.
func writeCSV(w io.Writer, data members, asked []string) error {
	list := sheets(data)
	if len(list) != 1 {
		return usageError{fmt.Errorf("--format csv: one table, and the query asks for %d fields: ask for one at a time", len(list))}
	}
	s := &list[0]
	if len(s.rows) == 0 {
		s.columns = asked
	}
	if len(s.columns) == 0 {
		return nil
	}
	out := csv.NewWriter(w)
	err := out.Write(s.columns)
	for _, row := range s.rows {
		cells := s.cells(row)
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		err = errors.Join(err, out.Write(cells))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// harmless keeps a spreadsheet from taking a cell for a formula: a ' stands
// before what begins with = + - or @ and is no number.
func harmless(cell string) string {
	if cell == "" || !strings.Contains("=+-@\t\r", cell[:1]) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}
