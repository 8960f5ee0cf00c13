package gqlschema

import (
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// valueInput is what somebody says of a property: one of these.
func (b *builder) valueInput() *graphql.InputObject {
	return b.input("ValueInput", "A value: one of these.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"text":     {Type: graphql.String, Description: "A text, a word of an enumeration, or a date in EDTF."},
			"int":      {Type: graphql.Int},
			"float":    {Type: graphql.Float},
			"boolean":  {Type: graphql.Boolean},
			"entity":   {Type: graphql.String, Description: "By name, id or key."},
			"relation": {Type: b.relationInput(), Description: "An entity that is described in place, such as a condition by its text."},
			"language": {Type: locale, Description: "Of a name."},
			"scope":    {Type: graphql.String, Description: "Of a name: the use that it is limited to."},
		}
	})
}

func (b *builder) relationInput() *graphql.InputObject {
	return b.input("RelationInput", "A relation, or another entity, by its fields.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"kind":   {Type: graphql.String, Description: "A kind of the ontology; where the role that it fills allows only one, that."},
			"key":    {Type: graphql.String, Description: "scheme:id; needed where its kind is not told by its fields."},
			"fields": {Type: must(graphql.NewList(must(b.fieldInput()))).(graphql.Input)},
		}
	})
}

func (b *builder) fieldInput() *graphql.InputObject {
	return b.input("FieldInput", "A role, link or attribute with its values.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"name":   {Type: must(graphql.String).(graphql.Input), Description: "Of the property, in the singular."},
			"values": {Type: must(graphql.NewList(must(b.valueInput()))).(graphql.Input)},
		}
	})
}

func (b *builder) claimInput() *graphql.InputObject {
	return b.input("ClaimInput", "One claim: a subject, a property, a value.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"subject":    {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
			"property":   {Type: must(graphql.String).(graphql.Input)},
			"value":      {Type: must(b.valueInput()).(graphql.Input)},
			"valid":      {Type: edtfScalar},
			"vouched":    {Type: edtfScalar},
			"occurrence": {Type: graphql.String, Description: "Its number, where a source numbers its events."},
			"deny":       {Type: graphql.Boolean, DefaultValue: false},
		}
	})
}

// relation reads a relation.
func (r *reader) relation(given map[string]any, path string) (*graph.Relation, error) {
	out := &graph.Relation{}
	out.Kind, _ = given["kind"].(string)
	if out.Kind != "" {
		if err := r.b.kindIn(path+".kind", out.Kind, ""); err != nil {
			return nil, err
		}
	}
	if key, ok := given["key"].(string); ok {
		var err error
		if out.Key, err = graph.ParseKey(key); err != nil {
			return nil, under(path+".key", err)
		}
	}
	list, _ := given["fields"].([]any)
	for i, item := range list {
		m, _ := item.(map[string]any)
		at := fmt.Sprintf("%s.fields[%d]", path, i)
		f := graph.Field{}
		f.Name, _ = m["name"].(string)
		if err := r.b.propertyIn(at+".name", f.Name); err != nil {
			return nil, err
		}
		values, _ := m["values"].([]any)
		for j, v := range values {
			v, _ := v.(map[string]any)
			filler, err := r.filler(v, fmt.Sprintf("%s.values[%d]", at, j), r.b.ontology.Property(out.Kind, f.Name))
			if err != nil {
				return nil, err
			}
			f.Values = append(f.Values, filler)
		}
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}

// filler reads what fills a field.
func (r *reader) filler(given map[string]any, path string, p *graph.Property) (graph.Filler, error) {
	if inner, ok := given["relation"].(map[string]any); ok {
		relation, err := r.relation(inner, path+".relation")
		return graph.Filler{Inline: relation}, err
	}
	v, err := r.value(given, path, p)
	return graph.Filler{Value: v}, err
}

// value reads a value.
func (r *reader) value(given map[string]any, path string, p *graph.Property) (graph.Value, error) {
	text := func(name string) string { s, _ := given[name].(string); return s }
	set := 0
	for _, name := range []string{"text", "int", "float", "boolean", "entity", "relation"} {
		if given[name] != nil {
			set++
		}
	}
	if set != 1 {
		return graph.Value{}, newFault(codeInput, path+": give one of text, int, float, boolean, entity, relation", nil)
	}
	switch v := firstGiven(given, "text", "int", "float", "boolean", "entity").(type) {
	case int:
		return graph.IntegerOf(int64(v)), nil
	case float64:
		return graph.NumberOf(v), nil
	case bool:
		return graph.BooleanOf(v), nil
	case string:
		if given["entity"] == nil {
			return graph.NameOf(v, text("language"), "", text("scope")), nil
		}
		var kinds []string
		if p != nil {
			kinds = p.Targets
		}
		ref, err := r.entity(path+".entity", v, kinds)
		return graph.RefOf(ref), err
	}
	return graph.Value{}, newFault(codeInput, path+": a claim's value is described in a claim of its own", nil)
}

func firstGiven(given map[string]any, names ...string) any {
	for _, name := range names {
		if v := given[name]; v != nil {
			return v
		}
	}
	return nil
}

// claims reads the argument claims.
func (r *reader) claims() (links []graph.Link, err error) {
	list, _ := r.p.Args["claims"].([]any)
	for i, item := range list {
		m, _ := item.(map[string]any)
		l, err := r.claim(m, fmt.Sprintf("claims[%d]", i))
		if err != nil {
			return nil, err
		}
		links = append(links, l)
	}
	return links, nil
}

func (r *reader) claim(given map[string]any, path string) (l graph.Link, err error) {
	text := func(name string) string { s, _ := given[name].(string); return s }
	if l.Subject, err = r.entity(path+".subject", text("subject"), nil); err != nil {
		return l, err
	}
	l.Property, l.Occurrence = text("property"), text("occurrence")
	if err := r.b.propertyIn(path+".property", l.Property); err != nil {
		return l, err
	}
	l.Deny, _ = given["deny"].(bool)
	if text("valid") != "" || text("vouched") != "" {
		v, err := graph.ParseValid(text("valid"), text("vouched"))
		if err != nil {
			return l, under(path+".valid", err)
		}
		l.Valid = &v
	}
	value, _ := given["value"].(map[string]any)
	l.Value, err = r.value(value, path+".value", nil)
	return l, err
}
