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
		if text := printed(s.TypeMap()[name]); text != "" {
			out.WriteString(text + "\n")
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// printed is a type as SDL; "" for the scalars of the language.
func printed(t graphql.Type) string {
	doc := comment("", t.Description())
	switch t := t.(type) {
	case *graphql.Object:
		var implements string
		for i, over := range t.Interfaces() {
			implements += []string{" implements ", " & "}[min(i, 1)] + over.Name()
		}
		return fmt.Sprintf("%stype %s%s {\n%s}\n", doc, t.Name(), implements, printedFields(t.Fields()))
	case *graphql.Interface:
		return fmt.Sprintf("%sinterface %s {\n%s}\n", doc, t.Name(), printedFields(t.Fields()))
	case *graphql.Enum:
		return fmt.Sprintf("%senum %s {\n%s}\n", doc, t.Name(), printedValues(t.Values()))
	case *graphql.InputObject:
		return fmt.Sprintf("%sinput %s {\n%s}\n", doc, t.Name(), printedInputs(t.Fields()))
	case *graphql.Scalar:
		if url := SpecifiedBy(t.Name()); url != "" {
			return fmt.Sprintf("%sscalar %s @specifiedBy(url: %q)\n", doc, t.Name(), url)
		}
	}
	return ""
}

func printedValues(values []*graphql.EnumValueDefinition) string {
	lines := map[string]string{}
	for _, v := range values {
		lines[v.Name] = comment("  ", v.Description) + "  " + v.Name + "\n"
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		out.WriteString(lines[name])
	}
	return out.String()
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
		list = append(list, fmt.Sprintf("%s: %s%s", a.PrivateName, a.Type, printedDefault(a.Type, a.DefaultValue)))
	}
	if len(list) == 0 {
		return ""
	}
	slices.Sort(list)
	return "(" + strings.Join(list, ", ") + ")"
}

func printedInputs(fields graphql.InputObjectFieldMap) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		fmt.Fprintf(&out, "%s  %s: %s%s\n", comment("  ", f.PrivateDescription), name, f.Type, printedDefault(f.Type, f.DefaultValue))
	}
	return out.String()
}

// printedDefault is what an argument is where it is not given.
func printedDefault(t graphql.Input, value any) string {
	if value == nil {
		return ""
	}
	if e, ok := t.(*graphql.Enum); ok {
		for _, v := range e.Values() {
			if v.Value == value {
				return " = " + v.Name
			}
		}
	}
	return fmt.Sprintf(" = %v", value)
}

func comment(indent, doc string) string {
	if doc == "" {
		return ""
	}
	return fmt.Sprintf("%s%q\n", indent, doc)
}
