package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// ConflictKind is in what statements contradict each other (rule 15).
type ConflictKind string

// The kinds. The first three are computed, and may also be judged.
const (
	Negation     ConflictKind = "NEGATION"
	Value        ConflictKind = "VALUE"
	Temporal     ConflictKind = "TEMPORAL"
	Forum        ConflictKind = "FORUM"
	QuoteVariant ConflictKind = "QUOTE_VARIANT"
	Attribution  ConflictKind = "ATTRIBUTION"
)

// Conflict is statements that contradict each other, each with its sources.
type Conflict struct {
	Kind     ConflictKind
	Subject  graph.EntityID // what it is about; of positions and of judgements, the first one's
	Property string         // the property that differs; a judge may leave it out
	Sides    []Side
	// Judgement is the Contradicts relation by which somebody says so, and Note
	// what it says; zero where the conflict is computed.
	Judgement graph.EntityID
	Note      string
}

// Computed tells whether the claims themselves show the conflict.
func (c *Conflict) Computed() bool { return c.Judgement.IsZero() }

// Side is one of the statements.
type Side struct {
	Relation graph.EntityID // whose statement it is, where sides are relations
	Values   []graph.Claim  // the claims that differ; none where a judge names relations
	Deny     bool           // it is the denial of the other side
	Evidence []graph.Evidence
	Roots    []graph.Root // each once, however many relay it

	standing *graph.Standing
}

// conflictKinds are the words for them.
var conflictKinds = []string{string(Negation), string(Value), string(Temporal), string(Forum), string(QuoteVariant), string(Attribution)}

// ConflictQuery chooses among conflicts. The zero query is all of them.
type ConflictQuery struct {
	Negotiation graph.EntityID // what belongs to it; zero: everything
	Kinds       []ConflictKind
	Issues      []graph.EntityID // those of which the subject or a side is on one of these issues
	Parties     []graph.EntityID // those of which the subject or a side has one of these in a role, or somebody for it (rule 12)
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Conflicts gives what contradicts what at the view's point: on a day, what
// stands then; without a day, whatever stood together at any time. They are
// sorted by subject, property, and kind.
func Conflicts(ctx context.Context, v graph.View, q *ConflictQuery) ([]Conflict, error) {
	if q == nil {
		q = &ConflictQuery{}
	}
	asked, err := q.asked(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("negotiation: conflicts: %w", err)
	}
	list, err := conflicts(ctx, v, asked)
	if err != nil {
		return nil, fmt.Errorf("negotiation: conflicts: %w", err)
	}
	return list, nil
}

// asked is the query as the view reads it.
func (q ConflictQuery) asked(ctx context.Context, v graph.View) (*ConflictQuery, error) {
	a := ask(ctx, v)
	q.Negotiation = a.about(q.Negotiation)
	q.Parties = a.entities("party", kindActor, q.Parties)
	q.Issues = a.entities("issue", kindIssue, q.Issues)
	for _, k := range q.Kinds {
		a.words("kind of conflict", []string{string(k)}, conflictKinds)
	}
	return &q, a.err
}

func conflicts(ctx context.Context, v graph.View, q *ConflictQuery) ([]Conflict, error) {
	g := gathering{ctx: ctx, v: v, q: q}
	var err error
	if g.scope, err = scopeOf(ctx, v, q.Negotiation); err == nil {
		err = g.gather()
	}
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(g.found, func(c Conflict) bool {
		return len(q.Kinds) > 0 && !slices.Contains(q.Kinds, c.Kind)
	})
	slices.SortFunc(list, func(a, b Conflict) int {
		return cmp.Or(bytes.Compare(a.Subject[:], b.Subject[:]), strings.Compare(a.Property, b.Property),
			strings.Compare(string(a.Kind), string(b.Kind)), bytes.Compare(a.Judgement[:], b.Judgement[:]))
	})
	return g.touching(list)
}

// gathering reads what stands, kind by kind, then the evidence of what may
// contradict, then compares.
type gathering struct {
	ctx   context.Context
	v     graph.View
	q     *ConflictQuery
	scope *scope
	ours  map[graph.EntityID]bool // the relations of the scope that stand
	stand []graph.Standing        // on the day, those of which only denials are left among them
	found []Conflict
}

func (g *gathering) gather() error {
	var err error
	if g.stand, err = g.states(); err != nil {
		return err
	}
	if err := g.weigh(opposed(g.v.Ontology(), g.stand, !g.v.Point().On.IsZero())); err != nil {
		return err
	}
	if err := g.positions(); err != nil {
		return err
	}
	return g.judgements()
}

// states reads the relations of the scope, then the entities that matter to it.
func (g *gathering) states() ([]graph.Standing, error) {
	var states []graph.Standing
	for _, k := range g.v.Ontology().Kinds {
		if k.Abstract || !k.Relation || k.Name == graph.KindSameAs || k.Name == kindContradicts {
			continue
		}
		list, err := g.scope.relations(g.ctx, graph.RelationQuery{Kind: k.Name, Denied: true, MinRank: g.q.MinRank, Ranked: g.q.Ranked})
		if err != nil {
			return nil, err
		}
		states = append(states, list...)
	}
	g.ours = make(map[graph.EntityID]bool, len(states))
	for i := range states {
		g.ours[states[i].ID] = true
	}
	ids, err := g.entities(states)
	if err != nil {
		return nil, err
	}
	list, err := g.v.States(g.ctx, ids)
	return append(states, list...), err
}

// entities lists what is no relation: all of it, or, within a negotiation, its
// issues and whatever its relations name, such as deadlines, options, versions.
func (g *gathering) entities(relations []graph.Standing) (ids []graph.EntityID, err error) {
	if !g.scope.whole {
		return named(g.scope, relations), nil
	}
	for _, k := range g.v.Ontology().Kinds {
		if k.Abstract || k.Relation {
			continue
		}
		for e, err := range g.v.OfKind(g.ctx, k.Name) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, e.ID)
		}
	}
	return ids, nil
}

// named lists the issues of a scope and the entities that its relations name,
// the parties and the relations themselves left out.
func named(s *scope, relations []graph.Standing) []graph.EntityID {
	skip := map[graph.EntityID]bool{{}: true}
	for _, id := range s.parties {
		skip[id] = true
	}
	for i := range relations {
		skip[relations[i].ID] = true
	}
	ids := slices.Clone(s.issues)
	for i := range relations {
		for _, c := range relations[i].Claims {
			if id := c.Value.Entity(); !skip[id] {
				ids = append(ids, id)
			}
		}
	}
	return sorted(ids)
}

// weigh reads the evidence of opposed claims, and keeps the conflicts among them.
func (g *gathering) weigh(list []opposition) error {
	var claims []graph.Claim
	for i := range list {
		claims = append(claims, list[i].claims...)
	}
	evidence, err := evidenceOf(g.ctx, g.v, claims)
	if err != nil {
		return err
	}
	for i := range list {
		if c, ok := list[i].conflict(evidence); ok {
			g.found = append(g.found, c)
		}
	}
	return nil
}

// positions finds those of a party on an issue that favour and oppose one option.
func (g *gathering) positions() error {
	r, err := read(g.ctx, g.v, &MatrixQuery{Negotiation: g.q.Negotiation, MinRank: g.q.MinRank, Ranked: g.q.Ranked})
	if err != nil {
		return err
	}
	slices.SortFunc(r.positions, func(a, b Position) int { return newest(&a, &b) })
	by := map[pair][]*Position{}
	for i := range r.positions {
		p := &r.positions[i]
		key := pair{p.Issue, p.Holder}
		by[key] = append(by[key], p)
	}
	onDay := !g.v.Point().On.IsZero()
	for i := range r.positions {
		p := &r.positions[i]
		for _, q := range by[pair{p.Issue, p.Holder}] {
			if p.against(q) && (onDay || p.Start == q.Start) && !p.Predicted && !q.Predicted {
				g.found = append(g.found, Conflict{Kind: Value, Subject: p.ID, Property: fieldStance, Sides: []Side{p.side(), q.side()}})
			}
		}
	}
	return nil
}

func (p *Position) side() Side {
	return Side{Relation: p.ID, Values: p.All(fieldStance), Evidence: p.Evidence, Roots: p.Roots}
}

// judgements reads what somebody judged to contradict.
func (g *gathering) judgements() error {
	list, err := g.v.Relations(g.ctx, graph.RelationQuery{Kind: kindContradicts, MinRank: g.q.MinRank, Ranked: g.q.Ranked})
	if err != nil {
		return err
	}
	var ids []graph.EntityID
	for i := range list {
		ids = append(ids, filler(&list[i], fieldOne), filler(&list[i], fieldOther))
	}
	sides, err := g.sides(ids)
	if err != nil {
		return err
	}
	for i := range list {
		s := &list[i]
		if !g.judged(sides, s) {
			continue
		}
		c := Conflict{Subject: filler(s, fieldOne), Judgement: s.ID}
		for _, role := range []string{fieldOne, fieldOther} {
			c.Sides = append(c.Sides, sides[filler(s, role)])
		}
		c.Kind = ConflictKind(word(s, fieldConflict))
		c.Property, c.Note = word(s, fieldProperty), word(s, fieldNote)
		if c.Sides[0].Relation == c.Sides[1].Relation {
			if c.Sides, err = g.accountsOf(c.Sides[0], c.Property); err != nil {
				return err
			}
		}
		g.found = append(g.found, c)
	}
	return nil
}

// accountsOf are the sides of a judgement that names one relation twice: what
// its assertions say of a property; without one, it is one side.
func (g *gathering) accountsOf(one Side, property string) ([]Side, error) {
	evidence, err := evidenceOf(g.ctx, g.v, one.standing.All(property))
	if err != nil {
		return nil, err
	}
	if sides := accounts(one.standing, property, evidence); len(sides) > 0 {
		return sides, nil
	}
	return []Side{one}, nil
}

func word(s *graph.Standing, property string) string {
	c, _ := s.Head(property)
	return c.Value.String()
}

// sides reads relations, whenever they stand, as sides of a judgement.
func (g *gathering) sides(ids []graph.EntityID) (map[graph.EntityID]Side, error) {
	states, err := g.v.On(graph.Interval{}).States(g.ctx, ids)
	if err != nil {
		return nil, err
	}
	said := make([]graph.Claim, len(states))
	for i := range states {
		said[i] = *leading(&states[i])
	}
	evidence, err := evidenceOf(g.ctx, g.v, said)
	if err != nil {
		return nil, err
	}
	by := make(map[graph.EntityID]Side, len(states))
	for i := range states {
		e := evidence[said[i].ID]
		by[states[i].ID] = Side{Relation: states[i].ID, Evidence: e, Roots: rootsOf(e), standing: &states[i]}
	}
	return by, nil
}

// judged tells whether one of the relations that a judge names belongs to the
// scope, and whether all are known, and, on a day, have begun by then.
func (g *gathering) judged(sides map[graph.EntityID]Side, s *graph.Standing) (belongs bool) {
	for _, role := range []string{fieldOne, fieldOther} {
		side, ok := sides[filler(s, role)]
		if !ok {
			return false
		}
		if on := g.v.Point().On; !on.IsZero() && startOf(side.standing) >= on.To {
			return false
		}
		k := g.v.Ontology().Kind(side.standing.Kind)
		belongs = belongs || g.ours[side.Relation] || (k != nil && g.scope.has(k, side.standing))
	}
	return belongs
}
