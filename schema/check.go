package schema

import (
	"cmp"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/parleydb/parley/graph"
)

// unique refuses a property whose name is taken: within its kind, by what every
// kind has, or by a property of another type anywhere in the ontology.
func (c *compiler) unique(k *graph.Kind, f *ast.FieldDefinition, p *graph.Property) bool {
	if p.Name == graph.PropertyName || p.Name == graph.PropertyAlias {
		c.fail(f.Position, "%s.%s: every kind has a property of that name: choose another, such as %s%s", k.Name, f.Name, f.Name, k.Name)
		return false
	}
	for _, q := range k.Properties {
		if stands(p.Word, q) || stands(q.Word, *p) {
			c.fail(f.Position, "%s.%s: the word %q stands for %s, too", k.Name, f.Name, cmp.Or(p.Word, q.Word), q.Name)
			return false
		}
		if q.Name == p.Name || shown(q) == shown(*p) {
			c.fail(f.Position, "%s.%s is declared twice, or has the plural of %s", k.Name, f.Name, q.Name)
			return false
		}
	}
	old, ok := c.props[p.Name]
	if ok && old.typ != p.Type {
		c.fail(f.Position, "%s.%s is %s, but %s.%s is %s: a property has one type in the whole ontology",
			k.Name, f.Name, p.Type, old.kind, f.Name, old.typ)
		return false
	}
	if !ok {
		c.props[p.Name] = declared{p.Type, k.Name}
	}
	return true
}

// stands tells whether a word of notes would stand for the property.
func stands(word string, p graph.Property) bool {
	return word != "" && (word == p.Word || word == p.Name || word == shown(p))
}

// shown is the name by which the API shows a property.
func shown(p graph.Property) string {
	if p.Plural != "" {
		return p.Plural
	}
	return p.Name
}

// checkRules holds identity, key and end rules against the fields that there are.
func (c *compiler) checkRules() {
	for i := range c.o.Kinds {
		k := &c.o.Kinds[i]
		def := c.types[k.Name]
		if def == nil {
			continue
		}
		at := def.Position
		for _, fields := range k.Identity {
			c.haveFields(at, k, "@identity", fields, true)
		}
		if k.Key != nil {
			c.haveFields(at, k, "@key", k.Key.Fields, false)
		}
		for _, e := range k.Ends {
			c.checkEnd(at, k, e)
		}
		c.checkActors(at, k)
		c.checkSameAs(at, k)
	}
}

// checkNames holds the names of kinds and properties against those of the API.
func (c *compiler) checkNames() {
	for _, clash := range Clashes(c.o) {
		def := c.types[clash.Kind]
		if def == nil {
			continue
		}
		at := def.Position
		if f := def.Fields.ForName(clash.Property); f != nil {
			at = f.Position
		}
		c.fail(at, "%s", clash.Msg)
	}
}

// checkSameAs holds a SameAs of the ontology's own against what merging needs.
func (c *compiler) checkSameAs(at *ast.Position, k *graph.Kind) {
	for name, typ := range map[string]graph.ValueType{"one": graph.Reference, "other": graph.Reference, "judgement": graph.Code} {
		if p := k.Property(name); k.Name == graph.KindSameAs && (p == nil || p.Type != typ) {
			c.fail(at, "%s: merging needs the roles one and other and the attribute judgement, whose values are names", k.Name)
			return
		}
	}
}

// checkActors holds what a kind may turn out to be, and whom it stands for,
// against the kinds and fields that there are.
func (c *compiler) checkActors(at *ast.Position, k *graph.Kind) {
	for _, into := range k.MayBe {
		if c.o.Kind(into) == nil {
			c.fail(at, "%s: @mayBe: unknown kind %q%s", k.Name, into, c.near(into))
		}
	}
	for _, rule := range k.StandsFor {
		for _, f := range []string{rule.Agent, rule.Principal} {
			if p := k.Property(f); f != "" && (p == nil || p.Type != graph.Reference) {
				c.fail(at, "%s: @standsFor names the role %q, which it does not have", k.Name, f)
			}
		}
	}
}

func (c *compiler) haveFields(at *ast.Position, k *graph.Kind, what string, fields []string, start bool) {
	if len(fields) == 0 {
		c.fail(at, "%s: %s without fields", k.Name, what)
	}
	for _, f := range fields {
		if k.Property(f) == nil && (!start || f != "start") {
			c.fail(at, "%s: %s names the field %q, which it does not have", k.Name, what, f)
		}
	}
}

func (c *compiler) checkEnd(at *ast.Position, k *graph.Kind, e graph.EndRule) {
	ended := c.o.Kind(e.Kind)
	if ended == nil || ended.Class != graph.State || k.Class != graph.Event {
		c.fail(at, "%s: @ends: an event ends a kind of states, not %q", k.Name, e.Kind)
		return
	}
	c.haveFields(at, k, "@ends", e.Fields, false)
	c.haveFields(at, ended, "@ends of "+k.Name, e.Fields, false)
}
