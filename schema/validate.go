package schema

import (
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// Validate holds a draft against an ontology: every property is declared for
// the kind of its subject, every value has the type, code or kind that is
// declared, and no role has more fillers than it may. Too few fillers are no
// mistake (rule 9). Errors wrap graph.ErrRefused and are graph.LinkErrors.
//
// The draft's references are resolved and its relation is spread out, as
// graph.Options.Validate gives them.
func Validate(o *graph.Ontology, d *graph.Draft, kindOf func(graph.EntityID) string) error {
	v := validator{o: o, kindOf: kindOf, fillers: map[place][]graph.Value{}}
	for i := range d.Links {
		if err := v.link(&d.Links[i]); err != nil {
			return &graph.LinkError{Link: i, Err: err}
		}
	}
	return nil
}

type validator struct {
	o       *graph.Ontology
	kindOf  func(graph.EntityID) string
	fillers map[place][]graph.Value
}

// place is where fillers are counted.
type place struct {
	subject  graph.EntityID
	property string
}

func (v *validator) link(l *graph.Link) error {
	kind := v.kindOf(l.Subject.ID)
	p := v.o.Property(kind, l.Property)
	if p == nil {
		return fmt.Errorf("%w: a %s has no property %q%s", graph.ErrRefused, kind, l.Property, nearest(l.Property, v.known(kind)))
	}
	if l.Value.Type() != p.Type {
		return fmt.Errorf("%w: %s.%s is a %s, not a %s", graph.ErrRefused, kind, p.Name, p.Type, l.Value.Type())
	}
	if e := v.o.Enum(p.Enum); e != nil && !slices.Contains(e.Values, l.Value.String()) {
		return fmt.Errorf("%w: %s.%s: %s has no value %q%s", graph.ErrRefused, kind, p.Name, e.Name, l.Value.String(), nearest(l.Value.String(), e.Values))
	}
	if p.Type == graph.Reference {
		if got := v.kindOf(l.Value.Entity()); !v.o.IsAny(got, p.Targets) {
			return fmt.Errorf("%w: %s.%s wants %s, not %s", graph.ErrRefused, kind, p.Name, article(p.Targets[0]), article(got))
		}
	}
	return v.count(l, kind, p)
}

// count refuses too many fillers of a role, and two values of a single-valued
// attribute, within one draft.
func (v *validator) count(l *graph.Link, kind string, p *graph.Property) error {
	most, ever := p.Max, p.Max > 0 || p.Single && !p.Role
	if p.Single && !p.Role && l.Valid == nil {
		most = 1
	}
	at := place{l.Subject.ID, l.Property}
	if l.Deny || !ever || slices.Contains(v.fillers[at], l.Value) {
		return nil
	}
	v.fillers[at] = append(v.fillers[at], l.Value)
	if n := len(v.fillers[at]); most > 0 && n > most {
		return fmt.Errorf("%w: %s.%s takes at most %d, not %d", graph.ErrRefused, kind, p.Name, most, n)
	}
	return nil
}

// known lists the properties that a kind may have.
func (v *validator) known(kind string) []string {
	var names []string
	if k := v.o.Kind(kind); k != nil {
		for _, p := range k.Properties {
			names = append(names, p.Name)
		}
	}
	return names
}

func article(noun string) string {
	if noun != "" && slices.Contains([]byte("AEIOU"), noun[0]) {
		return "an " + noun
	}
	return "a " + noun
}
