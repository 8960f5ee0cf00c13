package gqlschema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// Print writes a schema as SDL, everything sorted by name.
func Print(s graphql.Schema) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.TypeMap())) {
		if strings.HasPrefix(name, "__") {
			continue
		}
		switch t := s.TypeMap()[name].(type) {
		case *graphql.Object:
			var implements string
			for i, over := range t.Interfaces() {
				implements += []string{" implements ", " & "}[min(i, 1)] + over.Name()
			}
			fmt.Fprintf(&out, "%stype %s%s {\n%s}\n\n", comment("", t.Description()), name, implements, printedFields(t.Fields()))
		case *graphql.Interface:
			fmt.Fprintf(&out, "%sinterface %s {\n%s}\n\n", comment("", t.Description()), name, printedFields(t.Fields()))
		case *graphql.Enum:
			fmt.Fprintf(&out, "%senum %s {\n", comment("", t.Description()), name)
			var values []string
			for _, v := range t.Values() {
				values = append(values, v.Name)
			}
			slices.Sort(values)
			fmt.Fprintf(&out, "  %s\n}\n\n", strings.Join(values, "\n  "))
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func printedFields(fields graphql.FieldDefinitionMap) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		fmt.Fprintf(&out, "%s  %s%s: %s\n", comment("  ", f.Description), name, printedArgs(f.Args), f.Type)
	}
	return out.String()
}

func printedArgs(args []*graphql.Argument) string {
	var list []string
	for _, a := range args {
		text := fmt.Sprintf("%s: %s", a.PrivateName, a.Type)
		switch d := a.DefaultValue.(type) {
		case int, bool:
			text += fmt.Sprintf(" = %v", d)
		case fmt.Stringer:
			text += " = " + d.String()
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return ""
	}
	slices.Sort(list)
	return "(" + strings.Join(list, ", ") + ")"
}

func comment(indent, doc string) string {
	if doc == "" {
		return ""
	}
	return fmt.Sprintf("%s%q\n", indent, doc)
}
