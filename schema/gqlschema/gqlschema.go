package gqlschema

import (
	"errors"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// Options of a schema; nil works.
type Options struct {
	// Now is the clock by which ages are counted where a question names no day;
	// nil: time.Now.
	Now func() time.Time
}

// New makes the schema over a database. The database must have an ontology.
// The schema is complete when it is returned, and may be used by several
// goroutines at once.
func New(db *graph.DB, opts *Options) (graphql.Schema, error) {
	b := &builder{db: db, now: time.Now, ontology: db.At(graph.Point{}).Ontology(), objects: map[string]*graphql.Object{}, enums: map[string]*graphql.Enum{}}
	if opts != nil && opts.Now != nil {
		b.now = opts.Now
	}
	if b.ontology == nil {
		return graphql.Schema{}, errors.New("gqlschema: the database has no ontology: open it with one (graph.Options.Ontology)")
	}
	b.kinds = b.declared(kinds())
	b.define()
	config := graphql.SchemaConfig{Query: b.query()}
	for _, k := range b.kinds {
		config.Types = append(config.Types, b.objects[k.name])
	}
	config.Types = append(config.Types, b.objects[typeOther])
	s, err := graphql.NewSchema(config)
	if err == nil {
		complete(&s)
	}
	return s, err
}

// complete makes the library build now what it would build when it is first
// asked for, without a lock: the tables of enumerations, and which types
// implement an interface.
func complete(s *graphql.Schema) {
	for _, t := range s.TypeMap() {
		switch t := t.(type) {
		case *graphql.Object:
			t.Fields()
			t.Interfaces()
		case *graphql.Interface:
			t.Fields()
			for _, o := range s.PossibleTypes(t) {
				s.IsPossibleType(t, o)
			}
		case *graphql.Enum:
			t.ParseValue("")
			t.Serialize("")
		}
	}
}

// builder makes the types of a schema. Resolvers read it, and nothing writes
// to it once the schema is made.
type builder struct {
	db       *graph.DB
	ontology *graph.Ontology
	now      func() time.Time
	kinds    []kind

	basis, direction                            *graphql.Enum
	entity, relation                            *graphql.Interface
	objects                                     map[string]*graphql.Object
	enums                                       map[string]*graphql.Enum // of the ontology, and of roles
	claim, source, assertion, document, speaker *graphql.Object
	name, flag                                  *graphql.Object
}

// declared leaves out of the table what the ontology does not have.
func (b *builder) declared(all []kind) []kind {
	var kept []kind
	for _, k := range all {
		if b.ontology.Kind(k.name) == nil {
			continue
		}
		k.by = keep(k.by, func(property string) bool { return b.ontology.Property(k.name, property) != nil })
		k.rows = keep(k.rows, func(r row) bool { return b.property(k.name, r.property) != nil })
		k.parts = keep(k.parts, func(p part) bool { return b.ontology.Kind(p.kind) != nil })
		for i := range k.parts {
			p := &k.parts[i]
			p.roles = keep(p.roles, func(role string) bool { return b.ontology.Property(p.kind, role) != nil })
		}
		k.parts = keep(k.parts, func(p part) bool { return len(p.roles) > 0 })
		kept = append(kept, k)
	}
	return kept
}

func keep[T any](list []T, fn func(T) bool) (kept []T) {
	for _, x := range list {
		if fn(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// property finds the declaration of a property for a kind; for an abstract one
// the first of its kinds that has it says what it is.
func (b *builder) property(kind, name string) *graph.Property {
	if p := b.ontology.Property(kind, name); p != nil {
		return p
	}
	for _, k := range b.ontology.Concrete(kind) {
		if p := b.ontology.Property(k, name); p != nil {
			return p
		}
	}
	return nil
}

// kindOf finds the row of the table with a name.
func (b *builder) kindOf(name string) *kind {
	for i := range b.kinds {
		if b.kinds[i].name == name {
			return &b.kinds[i]
		}
	}
	return nil
}

// typeOf is the type that shows entities of a kind where any kind may stand.
func (b *builder) typeOf(kind string) *graphql.Object {
	for _, k := range b.kinds {
		if k.name != typeDeadline && b.ontology.IsA(kind, k.name) {
			return b.objects[k.name]
		}
	}
	return b.objects[typeOther]
}

// output is the type that a row leads to.
func (b *builder) output(name string) graphql.Type {
	if o := b.objects[name]; o != nil {
		return o
	}
	return b.entity
}
