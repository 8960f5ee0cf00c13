package exec

import (
	"cmp"
	"maps"
	"slices"

	"github.com/graphql-go/graphql"
)

// Traits say of a schema what the library's types have no room for. Keys are
// names, or schema coordinates: Type.field, Type.field(argument:),
// @directive(argument:). All of it is optional.
type Traits struct {
	Description string              // of the schema
	SpecifiedBy map[string]string   // addresses, by scalar
	OneOf       map[string]bool     // objects of input of which one field is given
	Repeatable  map[string]bool     // directives
	Interfaces  map[string][]string // that an interface implements
	Deprecated  map[string]string   // reasons, by the coordinate of an argument or field of input
	// Order lists names in the order in which introspection gives them: the
	// fields of a type or values of an enum by its name, arguments by the
	// coordinate of their field or @directive. What it does not list comes
	// behind, by name.
	Order map[string][]string
}

// ordered sorts names as a coordinate has them.
func (t *Traits) ordered(coordinate string, names []string) []string {
	order := t.Order[coordinate]
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return names
}

func (t *Traits) fields(typ graphql.Type) []string {
	return t.ordered(typ.Name(), slices.Collect(maps.Keys(fieldsOf(typ))))
}

func (t *Traits) inputs(typ *graphql.InputObject) []string {
	return t.ordered(typ.Name(), slices.Collect(maps.Keys(typ.Fields())))
}

func (t *Traits) values(typ *graphql.Enum) []*graphql.EnumValueDefinition {
	byName := map[string]*graphql.EnumValueDefinition{}
	for _, v := range typ.Values() {
		byName[v.Name] = v
	}
	return pick(byName, t.ordered(typ.Name(), slices.Collect(maps.Keys(byName))))
}

func (t *Traits) arguments(coordinate string, list []*graphql.Argument) []*graphql.Argument {
	byName := map[string]*graphql.Argument{}
	for _, a := range list {
		byName[a.PrivateName] = a
	}
	return pick(byName, t.ordered(coordinate, slices.Collect(maps.Keys(byName))))
}

func pick[T any](byName map[string]T, names []string) []T {
	list := make([]T, len(names))
	for i, name := range names {
		list[i] = byName[name]
	}
	return list
}
