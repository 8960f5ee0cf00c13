package gqlschema

import (
	"errors"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// Options of a schema; nil works.
type Options struct {
	// Now is the clock by which ages are counted where a question names no day;
	// nil: time.Now.
	Now func() time.Time
	// Mutations adds the type Mutation: whoever may ask may then also write.
	Mutations bool
}

// New makes the schema over a database. The database must have an ontology
// whose names leave room for those of the API (schema.Clashes). The schema is
// complete when it is returned, and may be used by several goroutines at once.
func New(db *graph.DB, opts *Options) (graphql.Schema, error) {
	b := &builder{db: db, now: time.Now, ontology: db.Ontology(), objects: map[string]*graphql.Object{}, interfaces: map[string]*graphql.Interface{},
		enums: map[string]*graphql.Enum{}, made: map[string]graphql.Type{}, conditions: map[string][]condition{}}
	if opts == nil {
		opts = &Options{}
	}
	if opts.Now != nil {
		b.now = opts.Now
	}
	if b.ontology == nil {
		return graphql.Schema{}, errors.New("gqlschema: the database has no ontology: open it with one (graph.Options.Ontology)")
	}
	if err := schema.CheckNames(b.ontology); err != nil {
		return graphql.Schema{}, err
	}
	b.kinds = kindsOf(b.ontology)
	b.define()
	config := graphql.SchemaConfig{Query: b.query(), Subscription: b.subscription(), Types: b.types()}
	if opts.Mutations {
		config.Mutation = b.mutation()
	}
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
		case *graphql.InputObject:
			t.Fields()
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
	kinds    []*kind // by name

	basis, direction, policy, undated *graphql.Enum
	node, entity, relation            *graphql.Interface
	objects                           map[string]*graphql.Object    // by the kind that they show, and OtherEntity
	interfaces                        map[string]*graphql.Interface // of groups of kinds
	enums                             map[string]*graphql.Enum      // of the ontology, and of roles
	made                              map[string]graphql.Type       // what goes with kinds: connections, filters, orders
	conditions                        map[string][]condition        // the words of filters, by kind
	claim, source, assertion, speaker *graphql.Object
	name, flag, point, representative *graphql.Object
	answers                           []answer // about negotiations
	filling, tie, pageInfo, neighbor  *graphql.Object
}

// kindOf finds a kind by its name.
func (b *builder) kindOf(name string) *kind { return byName(b.kinds, name) }

// typeOf is the type that shows entities of a kind where any kind may stand.
func (b *builder) typeOf(name string) *graphql.Object {
	if k := b.kindOf(name); k != nil && !k.apart && b.objects[name] != nil {
		return b.objects[name]
	}
	return b.objects[typeOther]
}

// output is the type of what fills a role.
func (b *builder) output(p *graph.Property) graphql.Output {
	if len(p.Targets) == 1 {
		return b.typeNamed(p.Targets[0])
	}
	return b.entity
}

// typeNamed is the type of a kind: an interface, where it is a group.
func (b *builder) typeNamed(name string) graphql.Output {
	if i := b.interfaces[name]; i != nil {
		return i
	}
	if o := b.objects[name]; o != nil {
		return o
	}
	return b.entity
}

// types are all types that show kinds, so that what no field leads to is there, too.
func (b *builder) types() []graphql.Type {
	var list []graphql.Type
	for _, k := range b.kinds {
		if i := b.interfaces[k.Name]; i != nil {
			list = append(list, i)
		}
		if o := b.objects[k.Name]; o != nil {
			list = append(list, o)
		}
	}
	return append(list, b.objects[typeOther])
}
