package notes

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// Names finds the entities that notes name: among what the files of a load
// declare, given to Add, and in a database. It belongs to one load and one
// goroutine.
type Names struct {
	ontology *graph.Ontology
	view     *graph.View // nil: only what was added
	declared map[graph.Key]*declared
	labels   map[string][]called // by folded name
	curation map[graph.Key]bool  // documents
	sides    sides

	stored map[graph.Key]stored   // what the database has by key
	found  map[question]found     // names that were looked up
	stands map[string]storedSides // whom entities of the database stand for
}

// declared is an entity that the files declare.
type declared struct {
	kind string
	keys []graph.Key
}

// called is a name of a declared entity.
type called struct {
	text, scope string
	order       int // 0 a name, 1 an alias, 2 a name with a scope
	key         graph.Key
}

type stored struct {
	entity graph.Entity
	ok     bool
}

type question struct {
	key         graph.Key
	name, scope string
	kinds       string
}

type found struct {
	ref  graph.Ref
	err  error
	what string // of an error for the reader
	why  string
}

// NewNames is empty; with a view it also knows what the database has.
func NewNames(o *graph.Ontology, view *graph.View) *Names {
	return &Names{ontology: o, view: view, declared: map[graph.Key]*declared{}, labels: map[string][]called{}, curation: map[graph.Key]bool{},
		stored: map[graph.Key]stored{}, found: map[question]found{}, stands: map[string]storedSides{}}
}

// Add takes up what a statement of another file declares, how it names it, and
// who stands for whom.
func (n *Names) Add(s graph.Statement) {
	n.collect(&s)
	n.addSides(&s)
}

// collect takes up what a statement declares and how it names it.
func (n *Names) collect(s *graph.Statement) {
	switch {
	case s.Document != nil:
		n.declare(graph.KindDocument, s.Document.Key)
		n.curation[s.Document.Key] = s.Document.Curation
	case s.Declaration != nil:
		n.declare(s.Declaration.Kind, s.Declaration.Keys...)
	case s.Draft != nil:
		n.relation(s.Draft.Relation)
		for i := range s.Draft.Links {
			l := &s.Draft.Links[i]
			n.name(l.Subject.Key, l.Property, l.Value, l.Deny)
		}
	}
}

func (n *Names) declare(kind string, keys ...graph.Key) *declared {
	var d *declared
	for _, k := range keys {
		d = cmp.Or(d, n.declared[k])
	}
	if d == nil {
		d = &declared{}
	}
	d.kind = cmp.Or(d.kind, kind)
	for _, k := range keys {
		if n.declared[k] == nil {
			n.declared[k] = d
			d.keys = append(d.keys, k)
		}
	}
	return d
}

// relation takes up a relation that has a key, and those in place of its fillers.
func (n *Names) relation(r *graph.Relation) {
	if r == nil {
		return
	}
	if !r.Key.IsZero() {
		n.declare(r.Kind, r.Key)
	}
	for _, f := range r.Fields {
		for _, v := range f.Values {
			n.relation(v.Inline)
			if v.Inline == nil && !r.Key.IsZero() {
				n.name(r.Key, f.Name, v.Value, r.Deny)
			}
		}
	}
}

func (n *Names) name(key graph.Key, property string, v graph.Value, denied bool) {
	if property != graph.PropertyName && property != graph.PropertyAlias || v.Type() != graph.Text || key.Scheme == "" || denied {
		return
	}
	l := called{text: v.String(), scope: v.Scope(), key: key}
	switch {
	case l.scope != "":
		l.order = 2
	case property == graph.PropertyAlias:
		l.order = 1
	}
	folded := graph.FoldName(l.text)
	n.labels[folded] = append(n.labels[folded], l)
}

// kindOf is the kind of the entity that goes by a key.
func (n *Names) kindOf(ctx context.Context, k graph.Key) (kind string, ok bool, err error) {
	if d := n.declared[k]; d != nil {
		return d.kind, true, nil
	}
	s, err := n.store(ctx, k)
	return s.entity.Kind, s.ok, err
}

// store is what the database has by a key.
func (n *Names) store(ctx context.Context, k graph.Key) (stored, error) {
	if s, ok := n.stored[k]; ok || n.view == nil {
		return s, nil
	}
	e, err := n.view.Find(ctx, graph.Ref{Key: k})
	if err != nil && !errors.Is(err, graph.ErrNotFound) {
		return stored{}, err
	}
	s := stored{e, err == nil}
	n.stored[k] = s
	return s, nil
}

// candidate is an entity that a name may mean.
type candidate struct {
	ref   graph.Ref
	id    string // the same for the same entity
	kind  string
	text  string
	order int
}

// candidates are the entities that a name means best: by name before alias,
// without a scope before with one, spelled just so before spelled alike.
func (n *Names) candidates(ctx context.Context, name, scope string, kinds []string) ([]candidate, error) {
	var list []candidate
	for _, l := range n.labels[graph.FoldName(name)] {
		kind, ok, err := n.kindOf(ctx, l.key)
		if err != nil {
			return nil, err
		}
		if !ok || scope != "" && l.scope != scope || !n.ontology.IsAny(kind, kinds) {
			continue
		}
		id, err := n.identity(ctx, graph.Ref{Key: l.key})
		if err != nil {
			return nil, err
		}
		order := l.order
		if scope != "" {
			order = 0
		}
		list = append(list, candidate{graph.Ref{Key: l.key}, id, kind, l.text, order})
	}
	more, err := n.inStore(ctx, name, scope, kinds)
	return best(append(list, more...), name), err
}

func (n *Names) inStore(ctx context.Context, name, scope string, kinds []string) ([]candidate, error) {
	if n.view == nil {
		return nil, nil
	}
	matches, err := n.view.Lookup(ctx, graph.NameQuery{Name: name, Kinds: kinds, Scope: scope})
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	var list []candidate
	for _, m := range matches {
		c := candidate{ref: reference(m.Entity), id: m.ID.String(), kind: m.Kind, text: m.Name.Text}
		switch {
		case scope != "":
		case m.Name.Scope != "":
			c.order = 2
		case m.Name.Alias:
			c.order = 1
		}
		list = append(list, c)
	}
	return list, err
}

// reference is how an entity of the database is referred to.
func reference(e graph.Entity) graph.Ref {
	if len(e.Keys) > 0 {
		return graph.Ref{Key: e.Keys[0]}
	}
	return graph.ByID(e.ID)
}

func best(list []candidate, name string) []candidate {
	rank := func(c candidate) int {
		if c.text == name {
			return 2 * c.order
		}
		return 2*c.order + 1
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(rank(a), rank(b)) })
	var out []candidate
	for _, c := range list {
		if rank(c) == rank(list[0]) && !slices.ContainsFunc(out, func(o candidate) bool { return o.id == c.id }) {
			out = append(out, c)
		}
	}
	return out
}

// identity is the same text for references to the same entity.
func (n *Names) identity(ctx context.Context, r graph.Ref) (string, error) {
	if !r.ID.IsZero() {
		return r.ID.String(), nil
	}
	keys := []graph.Key{r.Key}
	if d := n.declared[r.Key]; d != nil {
		keys = d.keys
	}
	for _, k := range keys {
		if s, err := n.store(ctx, k); err != nil || s.ok {
			return s.entity.ID.String(), err
		}
	}
	return keys[0].String(), nil
}

// near lists what may have been meant by a name or key that is not there: names,
// and keys of a scheme without it; for a key, keys.
func (n *Names) near(ctx context.Context, name, scheme string, kinds []string) ([]string, error) {
	var list []string
	for _, labels := range n.labels {
		for _, l := range labels {
			if kind, _, err := n.kindOf(ctx, l.key); err == nil && n.ontology.IsAny(kind, kinds) {
				list = append(list, l.text)
			}
		}
	}
	for k, d := range n.declared {
		if n.ontology.IsAny(d.kind, kinds) {
			switch {
			case strings.Contains(name, ":"):
				list = append(list, k.String())
			case k.Scheme == scheme:
				list = append(list, k.ID)
			}
		}
	}
	if n.view != nil {
		more, err := n.view.Suggest(ctx, graph.NameQuery{Name: name, Kinds: kinds}, 3)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
