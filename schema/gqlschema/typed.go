package gqlschema

import (
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// kindInput is what somebody says of an entity of a kind: fields of the names
// that its type has.
func (b *builder) kindInput(k *kind) *graphql.InputObject {
	return b.input("Assert"+k.Name+"Input", "What is said of a "+k.Name+".", func() graphql.InputObjectConfigFieldMap {
		fields := graphql.InputObjectConfigFieldMap{
			"id":      {Type: graphql.ID, Description: "Of one that there is already."},
			"key":     {Type: graphql.String, Description: "scheme:id, by which it is found again. Default: told by its fields, else a new one."},
			"name":    {Type: graphql.String},
			"aliases": {Type: namesArg()},
		}
		for i := range k.Properties {
			p := &k.Properties[i]
			if p.Name == graph.PropertyName || p.Name == graph.PropertyAlias {
				continue
			}
			t, doc := b.inputOf(p), p.Doc
			if p.Type == graph.Reference {
				doc += " By name, id or key."
				if toldByText(b.ontology, p.Targets) {
					doc += " Any other text describes a new one."
				}
			}
			if schema.Several(p) {
				t = graphql.NewList(graphql.NewNonNull(t))
			}
			fields[schema.Field(p)] = &graphql.InputObjectFieldConfig{Type: t, Description: doc}
		}
		return fields
	})
}

func (b *builder) inputOf(p *graph.Property) graphql.Input {
	if p.Type == graph.Reference {
		return graphql.String
	}
	return b.attributeType(p).(graphql.Input)
}

// assertKind records what is said of an entity of a kind.
func (b *builder) assertKind(k *kind) func(*reader) (step, error) {
	return func(r *reader) (step, error) {
		d, prepare, err := r.draft("input")
		if err != nil {
			return nil, err
		}
		given, _ := r.p.Args["input"].(map[string]any)
		fields, err := r.kindFields(k, given)
		if err != nil {
			return nil, err
		}
		if len(fields) == 0 {
			return nil, newFault(codeInput, "input: nothing is said of it", nil)
		}
		subject, key, err := r.subject(k, given)
		if err != nil {
			return nil, err
		}
		complete := func(tx *graph.Tx, d *graph.Draft) error {
			if err := prepare(tx, d); err != nil {
				return err
			}
			return about(tx, d, k, subject, key, fields)
		}
		do := r.asserting(d, complete)
		return func(tx *graph.Tx, o *outcome) error {
			o.of = k.Name
			return do(tx, o)
		}, nil
	}
}

// about makes a draft say the fields of an entity: of one that there is, of one
// told by its key or fields, or of a new one.
func about(tx *graph.Tx, d *graph.Draft, k *kind, subject graph.Ref, key graph.Key, fields []graph.Field) error {
	if subject.IsZero() && (len(k.Identity) > 0 || !key.IsZero()) {
		d.Relation = &graph.Relation{Kind: k.Name, Key: key, Fields: fields}
		return nil
	}
	if subject.IsZero() {
		id, err := tx.Declare(graph.Declaration{Kind: k.Name})
		if err != nil {
			return err
		}
		subject = graph.ByID(id)
	}
	for _, f := range fields {
		for i, v := range f.Values {
			if v.Inline != nil {
				return newFault(codeInput, fmt.Sprintf("input.%s[%d]: to describe a new one in place, give the %s a key", f.Name, i, k.Name), nil)
			}
			d.Links = append(d.Links, graph.Link{Subject: subject, Property: f.Name, Value: v.Value})
		}
	}
	return nil
}

// subject reads which entity is meant: zero where it is told by its fields, or new.
func (r *reader) subject(k *kind, given map[string]any) (ref graph.Ref, key graph.Key, err error) {
	id, _ := given["id"].(string)
	text, _ := given["key"].(string)
	if k.Property("key") != nil {
		text = "" // an attribute of its own: it is told by its fields, or by its id
	}
	switch {
	case id != "" && text != "":
		return ref, key, newFault(codeInput, "input: id and key: give one of them", nil)
	case id != "":
		if ref, err = refIn("input.id", id); err != nil {
			return ref, key, err
		}
		e, err := r.view.Find(r.p.Context, ref)
		if err == nil && e.Kind != k.Name {
			err = newFault(codeInput, fmt.Sprintf("input.id: %s is a %s, not a %s", id, e.Kind, k.Name), nil)
		}
		return ref, key, err
	case text != "":
		if key, err = graph.ParseKey(text); err != nil {
			err = under("input.key", err)
		}
	}
	return ref, key, err
}

// kindFields reads the fields of an entity, in the order of declaration.
func (r *reader) kindFields(k *kind, given map[string]any) (fields []graph.Field, err error) {
	for i := range k.Properties {
		p := &k.Properties[i]
		name := schema.Field(p)
		if p.Name == graph.PropertyName {
			name = "name"
		}
		v, ok := given[name]
		if !ok || v == nil {
			continue
		}
		list, several := v.([]any)
		if !several {
			list = []any{v}
		}
		f := graph.Field{Name: p.Name}
		for j, item := range list {
			path := "input." + name
			if several {
				path = fmt.Sprintf("%s[%d]", path, j)
			}
			filler, err := r.kindValue(p, item, path)
			if err != nil {
				return nil, err
			}
			f.Values = append(f.Values, filler)
		}
		if len(f.Values) > 0 {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

// kindValue reads one value of a field.
func (r *reader) kindValue(p *graph.Property, given any, path string) (graph.Filler, error) {
	text, _ := given.(string)
	if p.Type != graph.Reference {
		word := "text"
		switch given.(type) {
		case int:
			word = "int"
		case float64:
			word = "float"
		case bool:
			word = "boolean"
		}
		return r.filler(map[string]any{word: given}, path, p)
	}
	if toldByText(r.b.ontology, p.Targets) {
		if _, ok := refOf(text); !ok {
			return graph.Filler{Inline: &graph.Relation{Kind: p.Targets[0],
				Fields: []graph.Field{{Name: "text", Values: []graph.Filler{{Value: graph.TextOf(text)}}}}}}, nil
		}
	}
	ref, err := r.entity(path, text, p.Targets)
	return graph.Filler{Value: graph.RefOf(ref)}, err
}
