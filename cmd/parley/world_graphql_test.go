package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

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
	case "matrix":
		return fmt.Sprintf("%s: matrix(%s) { rows { cells { %s } } }", alias, strings.Join(append(args, "all: true"), ", "), cellFields(q.fields)), nil
	case "conflicts":
		if len(args) > 0 {
			root += "(" + strings.Join(args, ", ") + ")"
		}
		return fmt.Sprintf("%s: %s { %s }", alias, root, conflictFields(q.fields)), nil
	case "changes":
		return fmt.Sprintf("%s: changes(from: %q, to: %q, basis: %s, undated: %s) { documentsSeen items { %s } }",
			alias, q.args[0], q.args[1], q.basis, cmp.Or(q.undated, "FROM_RECORDED"), ts.selection("Change", q.fields)), nil
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
	if q.policy != "" {
		args = append(args, "policy: "+q.policy)
	}
	if q.undated != "" {
		args = append(args, "undated: "+q.undated)
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
	if link, further, ok := strings.Cut(field, "*."); ok {
		return fmt.Sprintf("claims(property: %q) { entity { claims(property: %q) { value } } }", link, further)
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
