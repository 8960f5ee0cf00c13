package notes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

// rebuild turns an assertion's claims back into the draft that makes them: a
// relation with what is described in place of its fillers, and single claims.
type rebuild struct {
	*exporter
	account *graph.Account
	root    graph.EntityID
	valid   graph.Valid
	deny    bool
	taken   map[int]bool // claims that the relation says
	within  []graph.EntityID
}

func (r *rebuild) draft(doc graph.Ref) *graph.Draft {
	a := r.account
	d := &graph.Draft{Document: doc, Key: givenKey(a), Span: a.Span, Voice: a.Voice, Level: a.Level, Quote: a.Quote, Modality: a.Modality,
		Wording: a.Wording, Factuality: a.Factuality, Asserted: a.Asserted, Summary: a.Summary, Coder: a.Coder, Judgement: a.Judgement}
	for _, id := range a.Chain {
		d.Chain = append(d.Chain, r.known(id))
	}
	r.taken = map[int]bool{}
	if r.choose() {
		d.Relation = r.relation(r.root, nil)
		d.Relation.Deny, d.Valid = r.deny, r.valid
		if !r.described(r.root) && !r.inOrder() {
			d.Relation, d.Valid, r.taken = nil, graph.Valid{}, map[int]bool{}
		}
	}
	for i := range a.Claims {
		if !r.taken[i] {
			d.Links = append(d.Links, r.link(&a.Claims[i], d.Valid))
		}
	}
	return d
}

// givenKey is the assertion's key, or nothing where the key was derived and
// will be derived again (rule 3).
func givenKey(a *graph.Account) string {
	if a.Key == fmt.Sprintf("@%d+%d", a.Span.Offset, a.Span.Length) || len(a.Key) == 39 && strings.HasPrefix(a.Key, "sha256:") {
		return ""
	}
	return a.Key
}

// inOrder tells whether the relation says the first claims: what it says comes
// before single claims when it is recorded.
func (r *rebuild) inOrder() bool {
	for i := range len(r.taken) {
		if !r.taken[i] {
			return false
		}
	}
	return true
}

// choose finds the entity that the relation is about: one that is told by its
// fields and stands in no other's place, else the first one that has a key and
// either a described entity in its place or the first claim.
func (r *rebuild) choose() bool {
	claims := r.account.Claims
	held := map[graph.EntityID]bool{} // described here, as a filler
	subject := map[graph.EntityID]bool{}
	for i := range claims {
		subject[claims[i].Subject] = true
	}
	holds := graph.EntityID{}
	for i := range claims {
		if c := &claims[i]; c.Value.Type() == graph.Reference && c.Value.Entity() != c.Subject {
			if id := c.Value.Entity(); subject[id] && r.described(id) {
				held[id] = true
				if !r.described(c.Subject) && holds.IsZero() {
					holds = c.Subject
				}
			}
		}
	}
	for i := range claims {
		r.root = claims[i].Subject
		if r.described(r.root) && !held[r.root] {
			if r.settle(); r.makes(r.root, r.deny) {
				return true
			}
		}
	}
	if r.root = holds; holds.IsZero() {
		r.root = claims[0].Subject
	}
	r.settle()
	f := r.kinds[r.entities[r.root].Kind]
	return f != nil && !f.identified() && len(r.entities[r.root].Keys) > 0
}

// makes tells whether the claims that a relation can say of an entity are those
// that it is told by.
func (r *rebuild) makes(id graph.EntityID, deny bool) bool {
	fields := map[string][]graph.Value{}
	for i := range r.account.Claims {
		if c := &r.account.Claims[i]; c.Subject == id && r.says(c, deny) {
			fields[c.Property] = append(fields[c.Property], c.Value)
		}
	}
	made, ok := r.ontology.Identify(r.entities[id].Kind, fields, r.valid)
	return ok && made == id
}

// settle finds the validity and the polarity that most of the root's claims have.
func (r *rebuild) settle() {
	claims := r.account.Claims
	r.valid, r.deny = graph.Valid{}, false
	count := -1
	for i := range claims {
		c := &claims[i]
		if c.Subject != r.root || c.Occurrence != "" {
			continue
		}
		v := graph.Valid{}
		if c.Class != graph.Timeless {
			v = validOf(c)
		}
		n := 0
		for j := range claims {
			if o := &claims[j]; o.Subject == r.root && o.Deny == c.Deny && o.Class != graph.Timeless && says(v, o) {
				n++
			}
		}
		if n > count {
			count, r.valid, r.deny = n, v, c.Deny
		}
	}
}

// says tells whether the relation can say a claim.
func (r *rebuild) says(c *graph.Saying, deny bool) bool {
	return c.Occurrence == "" && c.Deny == deny && (c.Class == graph.Timeless || says(r.valid, c))
}

// relation builds the relation about an entity from the claims that fit it.
func (r *rebuild) relation(id graph.EntityID, outer *graph.Relation) *graph.Relation {
	r.within = append(r.within, id)
	defer func() { r.within = r.within[:len(r.within)-1] }()
	found := r.entities[id]
	rel := &graph.Relation{Kind: found.Kind}
	f := r.kinds[found.Kind]
	if len(found.Keys) > 0 {
		rel.Key = found.Keys[0]
		r.needed = append(r.needed, id)
	}
	for i := range r.account.Claims {
		c := &r.account.Claims[i]
		if c.Subject != id || !r.says(c, r.deny && outer == nil) {
			continue
		}
		r.taken[i] = true
		if c.Property == "voice" && f.voice && r.account.Voice != graph.VoiceNone && c.Value == graph.CodeOf(r.account.Voice.String()) {
			continue
		}
		add(rel, c.Property, r.filler(c, rel))
	}
	if outer != nil {
		r.lean(rel, f, outer)
	}
	return rel
}

func add(rel *graph.Relation, name string, v graph.Filler) {
	i := slices.IndexFunc(rel.Fields, func(f graph.Field) bool { return f.Name == name })
	if i < 0 {
		i = len(rel.Fields)
		rel.Fields = append(rel.Fields, graph.Field{Name: name})
	}
	rel.Fields[i].Values = append(rel.Fields[i].Values, v)
}

// filler is a value, or the description of the entity that it refers to where
// the assertion gives one.
func (r *rebuild) filler(c *graph.Saying, rel *graph.Relation) graph.Filler {
	if c.Value.Type() != graph.Reference {
		return graph.Filler{Value: c.Value}
	}
	if id := c.Value.Entity(); !slices.Contains(r.within, id) && r.described(id) && r.makes(id, false) {
		return graph.Filler{Inline: r.relation(id, rel)}
	}
	return graph.Filler{Value: graph.RefOf(r.known(c.Value.Entity()))}
}

// lean leaves out what an entity that is described in place takes from the
// relation around it, where it comes to the same.
func (r *rebuild) lean(rel *graph.Relation, f *form, outer *graph.Relation) {
	given := func(p *graph.Property) []graph.Filler { return r.given(p, outer) }
	short := graph.Relation{Fields: slices.DeleteFunc(slices.Clone(rel.Fields), func(field graph.Field) bool {
		p := f.Property(field.Name)
		return p != nil && p.Type == graph.Reference && slices.Equal(field.Values, given(p))
	})}
	again := graph.Relation{Fields: slices.Clone(short.Fields)}
	for _, fields := range f.Identity {
		for _, name := range fields {
			if p := f.Property(name); p != nil && p.Type == graph.Reference && !has(&again, name) && len(given(p)) > 0 {
				again.Fields = append(again.Fields, graph.Field{Name: name, Values: given(p)})
			}
		}
		if !slices.ContainsFunc(fields, func(name string) bool { return name != "start" && !has(&again, name) }) {
			break
		}
	}
	if sameFields(&again, rel) && len(short.Fields) > 0 {
		rel.Fields = short.Fields
	}
}

// given is what the relation around it gives for a field: itself where its kind
// fits and it has a key, else its field of the same name.
func (r *rebuild) given(p *graph.Property, outer *graph.Relation) []graph.Filler {
	if f := r.kinds[outer.Kind]; !f.identified() && len(p.Targets) > 0 && r.ontology.IsAny(outer.Kind, p.Targets) {
		return []graph.Filler{{Value: graph.RefOf(graph.Ref{Key: outer.Key})}}
	}
	for _, field := range outer.Fields {
		if field.Name == p.Name {
			return field.Values
		}
	}
	return nil
}

func has(r *graph.Relation, name string) bool {
	return slices.ContainsFunc(r.Fields, func(f graph.Field) bool { return f.Name == name })
}

func sameFields(a, b *graph.Relation) bool {
	return len(a.Fields) == len(b.Fields) && !slices.ContainsFunc(a.Fields, func(f graph.Field) bool {
		i := slices.IndexFunc(b.Fields, func(g graph.Field) bool { return g.Name == f.Name })
		return i < 0 || !slices.Equal(f.Values, b.Fields[i].Values)
	})
}

// link is a single claim.
func (r *rebuild) link(c *graph.Saying, whole graph.Valid) graph.Link {
	l := graph.Link{Subject: r.known(c.Subject), Property: c.Property, Value: c.Value, Occurrence: c.Occurrence, Deny: c.Deny}
	if c.Value.Type() == graph.Reference {
		l.Value = graph.RefOf(r.known(c.Value.Entity()))
	}
	if c.Class != graph.Timeless && !says(whole, c) {
		v := validOf(c)
		l.Valid = &v
	}
	return l
}

// validOf is when a claim holds, as a source would state it.
func validOf(c *graph.Saying) graph.Valid {
	i := edtf.Interval{Start: c.Start}
	v := graph.Valid{}
	switch {
	case c.End == graph.OpenEnd:
		i.End.Kind = edtf.Open
	case c.End == graph.DatedEnd:
		i.End = edtf.Endpoint{Kind: edtf.Dated, Date: c.EndDate}
		i.Single = c.Class == graph.Event && c.Start == i.End
	case c.Start.Kind == edtf.Dated && c.EndDate == c.Start.Date:
		if c.Class != graph.Event {
			i.End, i.Single = c.Start, true
		}
	default:
		v.Vouched = c.EndDate
	}
	v.Interval = i
	return v
}

// says tells whether a stated validity comes to a claim's.
func says(v graph.Valid, c *graph.Saying) bool {
	if v.Interval.Start != c.Start {
		return false
	}
	switch end := v.Interval.End; {
	case end.Kind == edtf.Open:
		return c.End == graph.OpenEnd
	case end.Kind == edtf.Dated && (c.Class == graph.Event || !v.Interval.Single):
		return c.End == graph.DatedEnd && c.EndDate == end.Date
	}
	last := v.Vouched
	if last.IsZero() {
		last = v.Interval.Start.Date
	}
	return c.End == graph.UnknownEnd && c.EndDate == last
}
