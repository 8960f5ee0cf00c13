package exec

import "github.com/graphql-go/graphql"

// lengths tells how long the lists of introspection are in this schema, on
// average but rounded up.
type lengths struct{ types, fields, values, possible int64 }

func lengthsOf(all *types) lengths {
	l := lengths{types: int64(len(all.named))}
	var fields, holders, values, enums int64
	for _, t := range all.named {
		switch t := t.(type) {
		case *graphql.Object:
			fields, holders = fields+int64(len(t.Fields())), holders+1
		case *graphql.Interface:
			fields, holders = fields+int64(len(t.Fields())), holders+1
			l.possible = max(l.possible, int64(len(all.possible[t.Name()])))
		case *graphql.Enum:
			values, enums = values+int64(len(t.Values())), enums+1
		}
	}
	l.fields, l.values = fields/max(1, holders)+1, values/max(1, enums)+1
	return l
}

func (l lengths) of(field string) int64 {
	switch field {
	case "types":
		return l.types
	case "fields":
		return l.fields
	case "enumValues":
		return l.values
	case "possibleTypes":
		return l.possible
	case "args", "interfaces", "inputFields", "directives", "locations":
		return 4
	}
	return 1
}

// introspectionBound is how much one operation may ask of the schema, per type
// and field of it. The query that tools send asks for half of that; lists of
// fields within lists of fields, more than three deep, for more.
const introspectionBound = 400

// bound is the limit of a weight's meta.
func (l lengths) bound() int { return int(introspectionBound * l.types * l.fields) }
