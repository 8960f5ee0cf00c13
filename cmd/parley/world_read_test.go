package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/parleydb/parley/graph"
)

// read turns what GraphQL answered to a question into rows.
func (q *question) read(answer any) (rows [][]cell) {
	switch a := answer.(type) {
	case nil:
		return nil
	case []any:
		for _, item := range a {
			rows = append(rows, q.row(item.(map[string]any)))
		}
		return rows
	case map[string]any:
		if q.verb == "matrix" {
			return q.matrixRows(a)
		}
		if q.verb != "changes" {
			return [][]cell{q.row(a)}
		}
		rows = [][]cell{{{fmt.Sprintf("documents seen: %v", a["documentsSeen"])}}}
		for _, item := range a["items"].([]any) {
			rows = append(rows, q.row(item.(map[string]any)))
		}
		return rows
	}
	return [][]cell{{{fmt.Sprint(answer)}}}
}

func (q *question) row(item map[string]any) (row []cell) {
	for i, field := range q.fields {
		c := cellOf(field, item[fmt.Sprintf("f%d", i)])
		if q.verb == "history" && (field == "from" || field == "to") {
			c = daysOf(c)
		}
		row = append(row, c)
	}
	return row
}

// daysOf gives the days of transactions, which GraphQL numbers.
func daysOf(transactions cell) (c cell) {
	for _, tx := range transactions {
		if ts, err := graph.Recorded.KnownOn(tx); err == nil {
			tx = ts.Time().UTC().Format(time.DateOnly)
		}
		c = append(c, tx)
	}
	return c
}

// cellOf writes what stands in a field.
func cellOf(field string, value any) cell {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var c cell
		for _, item := range v {
			c = slices.Concat(c, cellOf(field, item))
		}
		return c
	case map[string]any:
		for _, inner := range []string{"entity", "claims"} {
			if further, ok := v[inner]; ok {
				return cellOf(field, further)
			}
		}
		return cell{objectWritten(field, v)}
	}
	return cell{fmt.Sprint(value)}
}

func objectWritten(field string, o map[string]any) string {
	text := func(name string) string {
		s, _ := o[name].(string)
		return s
	}
	switch field {
	case "sides":
		return sideWritten(o["values"], o["denies"] == true, o["roots"], o["relation"])
	case "positions", "predictions":
		return text("stance") + "/" + text("voice")
	case "flags":
		return text("kind") + " " + text("property")
	case "names":
		return nameWritten(text("text"), text("language"), text("script"), text("scope"), o["alias"] == true)
	case "sources":
		var via []string
		for _, v := range o["via"].([]any) {
			via = append(via, v.(string))
		}
		return sourceWritten(text("who"), via, text("level"), o["denies"] == true)
	}
	for _, name := range []string{"label", "value", "name", "key"} {
		if s := text(name); s != "" {
			return s
		}
	}
	return ""
}
