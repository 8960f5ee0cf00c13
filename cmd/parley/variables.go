package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/parleydb/parley/graph"
)

// given gathers what a query is asked with: the object of the file of --vars,
// that of --variables, and the single ones of --var, of which the later win.
func (f *queryFlags) given(query string) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if f.vars != "" {
		text, err := os.ReadFile(f.vars)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &all); err != nil || all == nil {
			return nil, fmt.Errorf(`%s: want a JSON object, such as {"name":"Ukraine"}`, f.vars)
		}
	}
	if f.variables != "" {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(f.variables), &object); err != nil || object == nil {
			return nil, usageError{fmt.Errorf(`--variables: want a JSON object, such as {"name":"Ukraine"}`)}
		}
		for name, value := range object {
			all[name] = value
		}
	}
	for _, v := range f.single {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, usageError{fmt.Errorf("--var %s: want NAME=VALUE", v)}
		}
		text, err := variable(query, strings.TrimPrefix(name, "$"), value)
		if err != nil {
			return nil, usageError{fmt.Errorf("--var %s: %w", name, err)}
		}
		all[strings.TrimPrefix(name, "$")] = text
	}
	if len(all) == 0 {
		return nil, nil
	}
	return json.Marshal(all)
}

// variable writes a value as the query declares it: numbers, truths, lists and
// objects are JSON, anything else is text as it stands. What is wrong with the
// query itself the answer says.
func variable(query, name, value string) (json.RawMessage, error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return json.Marshal(value)
	}
	var declared []string
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			if v.Variable == name {
				return declaredAs(v.Type, value)
			}
			declared = append(declared, v.Variable)
		}
	}
	slices.Sort(declared)
	hint := ""
	if near := graph.Nearest(name, declared, 1); len(near) > 0 {
		hint = ": did you mean " + near[0] + "?"
	}
	return nil, fmt.Errorf("the query declares no variable $%s%s", name, hint)
}

func declaredAs(t *ast.Type, value string) (json.RawMessage, error) {
	asJSON := t.Elem != nil || slices.Contains([]string{"Int", "Float", "Boolean"}, t.NamedType) || strings.HasPrefix(value, "{")
	if !asJSON {
		return json.Marshal(value)
	}
	if !json.Valid([]byte(value)) {
		return nil, fmt.Errorf("%q is no %s, as JSON", value, t)
	}
	return json.RawMessage(value), nil
}
