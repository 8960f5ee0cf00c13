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

// Transition is a step of something from one state to another: of an
// instrument, an issue, a meeting, or whatever else has a machine. Nobody has to
// say so: it is computed from who said what state when.
type Transition struct {
	Subject  graph.EntityID
	Kind     string // of the subject
	Property string
	From, To graph.Claim // From is where its state began
	Odd      Oddity

	EvidenceFrom, EvidenceTo []graph.Evidence

	before []graph.Claim // that said the state before, From among them
}

// Oddity is what is unusual about a step. The world is only partly observed, so
// that an odd step is kept and flagged, never refused.
type Oddity string

// The oddities; the empty one is a usual step.
const (
	// OddGap: the machine leads there through other states, which nobody stated.
	OddGap Oddity = "GAP"
	// OddOrder: the machine does not lead there at all.
	OddOrder Oddity = "ORDER"
)

// TransitionQuery chooses among transitions. The zero query is all of them.
type TransitionQuery struct {
	Negotiation graph.EntityID // what belongs to it; zero: everything
	Kinds       []string       // only subjects of these kinds
	MinRank     graph.Rank     // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Transitions gives the steps up to the view's point, the earliest first;
// without a day, all that are known, planned ones among them.
func Transitions(ctx context.Context, v graph.View, q *TransitionQuery) ([]Transition, error) {
	if q == nil {
		q = &TransitionQuery{}
	}
	a := ask(ctx, v)
	one := *q
	one.Negotiation = a.about(q.Negotiation)
	a.words("kind with states", q.Kinds, withMachines(v.Ontology()))
	if a.err != nil {
		return nil, fmt.Errorf("negotiation: transitions: %w", a.err)
	}
	list, err := transitions(ctx, v, &one)
	if err != nil {
		return nil, fmt.Errorf("negotiation: transitions: %w", err)
	}
	return list, nil
}

// Anomalies gives the steps that the machines do not know.
func Anomalies(ctx context.Context, v graph.View, q *TransitionQuery) ([]Transition, error) {
	list, err := Transitions(ctx, v, q)
	return slices.DeleteFunc(list, func(t Transition) bool { return t.Odd == "" }), err
}

func transitions(ctx context.Context, v graph.View, q *TransitionQuery) ([]Transition, error) {
	s, err := scopeOf(ctx, v, q.Negotiation)
	if err != nil {
		return nil, err
	}
	s.v = v.On(graph.Interval{}) // a state that another took over from is part of a step
	states, err := s.machines(ctx, q)
	if err != nil {
		return nil, err
	}
	list := stepsOf(v.Ontology(), states, upTo(v), q.MinRank, q.Ranked)
	return list, explain(ctx, s.v, list)
}

// upTo is the moment by which something must have begun to count: the end of
// the point's day, and without one any.
func upTo(v graph.View) graph.Time {
	if on := v.Point().On; !on.IsZero() {
		return on.To
	}
	return graph.MaxTime
}

// machines reads, whenever they stand, what has states: the relations of a
// scope, its issues, and what the relations name.
func (s *scope) machines(ctx context.Context, q *TransitionQuery) ([]graph.Standing, error) {
	var list []graph.Standing
	var ids []graph.EntityID
	for _, k := range s.v.Ontology().Kinds {
		if k.Abstract || machineOf(&k) == "" {
			continue
		}
		if k.Relation {
			found, err := s.relations(ctx, graph.RelationQuery{Kind: k.Name, MinRank: q.MinRank, Ranked: q.Ranked})
			if err != nil {
				return nil, err
			}
			list = append(list, found...)
			continue
		}
		if !s.whole {
			continue
		}
		for e, err := range s.v.OfKind(ctx, k.Name) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, e.ID)
		}
	}
	if !s.whole {
		ids = named(s, list)
	}
	states, err := s.v.States(ctx, ids)
	list = append(list, states...)
	return slices.DeleteFunc(list, func(r graph.Standing) bool {
		return len(q.Kinds) > 0 && !slices.Contains(q.Kinds, r.Kind)
	}), err
}

func withMachines(o *graph.Ontology) (list []string) {
	if o == nil {
		return nil
	}
	for i := range o.Kinds {
		if k := &o.Kinds[i]; !k.Abstract && machineOf(k) != "" {
			list = append(list, k.Name)
		}
	}
	return list
}

// machineOf is the property of a kind that has a machine, or "".
func machineOf(k *graph.Kind) string {
	for i := range k.Properties {
		if k.Properties[i].Machine != "" {
			return k.Properties[i].Name
		}
	}
	return ""
}

// stepsOf finds the steps of all: pure.
func stepsOf(o *graph.Ontology, states []graph.Standing, until graph.Time, least graph.Rank, ranked bool) (list []Transition) {
	for i := range states {
		s := &states[i]
		k := o.Kind(s.Kind)
		if k == nil || machineOf(k) == "" {
			continue
		}
		property := machineOf(k)
		claims := slices.DeleteFunc(slices.Clone(s.All(property)), func(c graph.Claim) bool {
			return c.From >= until || (ranked && !c.Rank.AtLeast(least))
		})
		for _, t := range steps(o.Machine(k.Property(property).Machine), claims) {
			t.Subject, t.Kind, t.Property = s.ID, s.Kind, property
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(a.To.From, b.To.From), bytes.Compare(a.Subject[:], b.Subject[:]),
			strings.Compare(a.From.Value.String(), b.From.Value.String()), strings.Compare(a.To.Value.String(), b.To.Value.String()))
	})
	return list
}

// run is a state that stands from one moment on, and the claims that say so,
// the first one first.
type run []graph.Claim

func (r run) word() string { return r[0].Value.String() }

// steps finds the steps among claims about one property. Those with one start
// stand side by side, but where the machine leads from one to the other, it is
// a step of that day (rule 7).
func steps(m *graph.Machine, claims []graph.Claim) (list []Transition) {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, func(a, b graph.Claim) int {
		return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.Value.String(), b.Value.String()))
	})
	var before []run
	for rest := claims; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].From == rest[0].From {
			n++
		}
		group := runs(before, rest[:n])
		rest = rest[n:]
		for _, to := range group {
			if said(before, to.word()) {
				continue
			}
			from := within(m, group, to)
			if len(from) == 0 {
				from = before
			}
			for _, f := range from {
				list = append(list, stepTo(m, f, to))
			}
		}
		before = slices.DeleteFunc(group, func(r run) bool { return overtaken(m, group, r.word()) })
	}
	return list
}

// runs groups claims with one start by their values; a state that stood before goes on.
func runs(before []run, claims []graph.Claim) (list []run) {
	for _, c := range claims {
		i := slices.IndexFunc(list, func(r run) bool { return r.word() == c.Value.String() })
		if i >= 0 {
			list[i] = append(list[i], c)
			continue
		}
		var r run
		if j := slices.IndexFunc(before, func(r run) bool { return r.word() == c.Value.String() }); j >= 0 {
			r = slices.Clone(before[j])
		}
		list = append(list, append(r, c))
	}
	return list
}

func said(list []run, word string) bool {
	return slices.ContainsFunc(list, func(r run) bool { return r.word() == word })
}

// within lists those of a group from which the machine leads to a state, the
// nearest only.
func within(m *graph.Machine, group []run, to run) (list []run) {
	for _, from := range group {
		if !ahead(m, from.word(), to.word()) {
			continue
		}
		between := slices.ContainsFunc(group, func(r run) bool {
			return ahead(m, from.word(), r.word()) && ahead(m, r.word(), to.word())
		})
		if !between {
			list = append(list, from)
		}
	}
	return list
}

// ahead tells whether a machine leads from one state to the other and not back.
func ahead(m *graph.Machine, from, to string) bool {
	return m != nil && m.Leads(from, to) && !m.Leads(to, from)
}

// overtaken tells whether a later step of the same day took over from a state.
func overtaken(m *graph.Machine, group []run, word string) bool {
	return slices.ContainsFunc(group, func(r run) bool { return ahead(m, word, r.word()) })
}

func stepTo(m *graph.Machine, from, to run) Transition {
	t := Transition{From: from[0], To: to[0], before: from}
	switch {
	case m == nil || slices.Contains(m.Steps[from.word()], to.word()):
	case m.Leads(from.word(), to.word()):
		t.Odd = OddGap
	default:
		t.Odd = OddOrder
	}
	return t
}

// explain reads who says so of both states of each step, in one call.
func explain(ctx context.Context, v graph.View, list []Transition) error {
	var claims []graph.Claim
	for i := range list {
		claims = append(append(claims, list[i].before...), list[i].To)
	}
	evidence, err := evidenceOf(ctx, v, claims)
	if err != nil {
		return err
	}
	for i := range list {
		t := &list[i]
		for _, c := range t.before {
			t.EvidenceFrom = append(t.EvidenceFrom, evidence[c.ID]...)
		}
		t.EvidenceTo = evidence[t.To.ID]
	}
	return nil
}
