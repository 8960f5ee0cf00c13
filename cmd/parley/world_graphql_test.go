package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// types are the types of the GraphQL schema, as it tells them itself: type →
// field → what the field is.
type types map[string]map[string]typed

// typed is the type of a field or argument, without what is wrapped around it.
type typed struct {
	name      string
	list      bool
	composite bool
	args      map[string]typed
}

const introspection = `{ __schema { types { name kind fields { name type { ...T } args { name type { ...T } } } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

type introspected struct {
	Kind, Name string
	OfType     *introspected
}

func (i *introspected) typed() (t typed) {
	for ; i.OfType != nil; i = i.OfType {
		t.list = t.list || i.Kind == "LIST"
	}
	t.name, t.composite = i.Name, i.Kind == "OBJECT" || i.Kind == "INTERFACE"
	if i.Kind == "ENUM" {
		t.name = "enum " + i.Name
	}
	return t
}

func readTypes(t *testing.T, ask func(query string) []byte) types {
	t.Helper()
	type input struct {
		Name string
		Type introspected
	}
	var answer struct {
		Data struct {
			Schema struct {
				Types []struct {
					Name   string
					Fields []struct {
						input
						Args []input
					}
				}
			} `json:"__schema"`
		}
	}
	if err := json.Unmarshal(ask(introspection), &answer); err != nil {
		t.Fatal(err)
	}
	all := types{}
	for _, typ := range answer.Data.Schema.Types {
		all[typ.Name] = map[string]typed{}
		for _, f := range typ.Fields {
			field := f.Type.typed()
			field.args = map[string]typed{}
			for _, a := range f.Args {
				field.args[a.Name] = a.Type.typed()
			}
			all[typ.Name][f.Name] = field
		}
	}
	return all
}

// list is the root field that lists the relations of a kind.
func (ts types) list(kind string) string {
	for name, f := range ts["Query"] {
		if f.list && f.name == kind && kind != "Entity" {
			return name
		}
	}
	return ""
}

// asked writes a question as a field of a query, under an alias.
func (ts types) asked(alias string, q *question) (string, error) {
	root, typ, args := q.verb, "Entity", q.pointArgs()
	switch q.verb {
	case "relations":
		root, typ = ts.list(q.args[0]), q.args[0]
		if root == "" {
			return "", fmt.Errorf("GraphQL lists no %s: ask for entities", q.args[0])
		}
		args = append(args, ts.filters(root, q)...)
	case "entities":
		args = append(args, "kind: "+strconv.Quote(q.args[0]))
	case "entity":
		arg := "name"
		if _, err := graph.ParseKey(q.args[0]); err == nil {
			arg = "key"
		}
		args = append(args, arg+": "+strconv.Quote(q.args[0]))
	case "claims", "history":
		typ = map[string]string{"claims": "Claim", "history": "Assertion"}[q.verb]
		args = append(args, "subject: "+strconv.Quote(q.args[0]))
		if len(q.args) > 1 && q.args[1] != "denied" {
			args = append(args, "property: "+strconv.Quote(q.args[1]))
		}
		if q.flag("denied") {
			args = append(args, "denied: true")
		}
	case "neighbors":
		typ = "Neighbor"
		args = append(args, "of: "+strconv.Quote(q.args[0]))
		if len(q.args) > 1 {
			args = append(args, "property: ["+strings.Join(quoted(q.args[1:]), ", ")+"]")
		}
		args = append(args, ts.filters(root, q)...)
	case "stats":
		typ = "Stats"
	case "changes":
		return fmt.Sprintf("%s: changes(from: %q, to: %q, basis: %s) { documentsSeen items { %s } }",
			alias, q.args[0], q.args[1], q.basis, ts.selection("Change", q.fields)), nil
	}
	if len(args) > 0 {
		root += "(" + strings.Join(args, ", ") + ")"
	}
	return fmt.Sprintf("%s: %s { %s }", alias, root, ts.selection(typ, q.fields)), nil
}

func quoted(words []string) (list []string) {
	for _, w := range words {
		list = append(list, strconv.Quote(w))
	}
	return list
}

func (q *question) pointArgs() (args []string) {
	if q.on != "" {
		args = append(args, "on: "+strconv.Quote(q.on))
	}
	if q.knownOn != "" {
		args = append(args, "knownOn: "+strconv.Quote(q.knownOn), "basis: "+q.basis)
	}
	return args
}

func (ts types) filters(root string, q *question) (args []string) {
	for _, w := range q.with {
		value := w[1]
		if !strings.HasPrefix(ts["Query"][root].args[w[0]].name, "enum ") {
			value = strconv.Quote(value)
		}
		args = append(args, w[0]+": "+value)
	}
	return args
}

// spelled are the fields that are called otherwise in questions: those of
// entities and claims, and those of the other types.
var spelled = map[string]map[string]string{
	"": {"key": "externalIds", "missing": "notStated", "flags": "flags { kind property }", "saidBy": "saidBy { name }",
		"sources": "sources { who via level denies }", "names": "names { text language script scope alias }"},
	"Neighbor":  {"other": "entity { label }"},
	"Change":    {"subject": "subject { label }"},
	"Assertion": {"from": "recordedFrom", "to": "recordedTo", "document": "document { key }", "key": "key"},
}

func (ts types) selection(typ string, fields []string) string {
	list := make([]string, len(fields))
	for i, field := range fields {
		list[i] = fmt.Sprintf("f%d: %s", i, ts.field(typ, field))
	}
	return strings.Join(list, " ")
}

// field is how a field is asked for: of a type that has it, as its own; else among the claims.
func (ts types) field(typ, field string) string {
	if s := cmp.Or(spelled[typ][field], spelled[""][field]); s != "" {
		return s
	}
	name, all := strings.CutSuffix(field, "*")
	if all {
		return fmt.Sprintf("claims(property: %q) { value }", name)
	}
	plural := name + "s"
	if p := schema.Negotiation().Property(typ, name); p != nil && p.Plural != "" {
		plural = p.Plural
	}
	for _, n := range []string{name, plural} {
		if f, ok := ts[typ][n]; ok && f.composite {
			return n + " { label }"
		} else if ok {
			return n
		}
	}
	return fmt.Sprintf("claims(property: %q) { value }", name)
}

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
