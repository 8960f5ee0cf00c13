package gqlschema

import (
	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// waiting is what the type Waiting resolves from; the others are its parts.
type waiting struct {
	*found
	*negotiation.Waiting
	negotiation graph.EntityID
	waiters     *page
	parts       *page // of the conditions
	awaited     *page
}

type wait struct {
	*waiting
	*negotiation.Wait
}

type awaited struct {
	*waiting
	*negotiation.Awaited
}

type circle struct {
	*waiting
	*negotiation.Circle
}

type unlocking struct {
	*waiting
	negotiation.Unlocking
}

func (b *builder) conditionsAnswer() answer {
	return answer{name: "conditions", root: "conditionsOf", doc: "Who waits for whom: what depends on which condition, and what waits in circles.",
		typ: must(b.waitingType()), args: b.talkArgs(nil), resolve: func(t *talk) (any, error) {
			q := negotiation.ConditionQuery{Negotiation: t.negotiation}
			q.MinRank, q.Ranked = t.rank()
			t.view = t.view.On(t.view.Day())
			w, err := negotiation.Conditions(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.waiting(w), nil
		}}
}

func (b *builder) waitingType() *graphql.Object {
	return b.answerType("Waiting", "What depends on what at one point.", func() graphql.Fields {
		return graphql.Fields{
			"waits":   field(listOf(b.waitType()), "", plain((*waiting).list)),
			"circles": field(listOf(b.circleType()), "Things that wait for each other.", plain((*waiting).rounds)),
			"unlock": with(field(must(b.unlockingType()), "What would leave nothing recorded in the way of something.", fetchWith(unlock)),
				graphql.FieldConfigArgument{"thing": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."}}),
		}
	})
}

func (b *builder) waitType() *graphql.Object {
	return b.answerType("Wait", "Something that depends on a condition.", func() graphql.Fields {
		return graphql.Fields{
			"waiter":    field(must(b.entity), "An instrument, a position.", plain(func(w wait) any { return node{w.waiters, w.Waiter.ID} })),
			"parties":   field(listOf(b.entity), "Whose it is.", plain(func(w wait) any { return w.nodes(w.Parties) })),
			"condition": field(must(b.conditionType()), "", plain(func(w wait) any { return term{w.found, w.parts, &w.Condition} })),
			"awaits":    field(listOf(b.awaitedType()), "What the condition waits for; none: it is told in words only.", plain(wait.awaits)),
		}
	})
}

func (b *builder) awaitedType() *graphql.Object {
	return b.answerType("AwaitedAnswer", "What a condition waits for.", func() graphql.Fields {
		return graphql.Fields{
			"thing":   field(must(b.entity), "", plain(func(a awaited) any { return node{a.waiting.awaited, a.ID} })),
			"parties": field(listOf(b.entity), "Whose it is; none of an issue.", plain(func(a awaited) any { return a.nodes(a.Parties) })),
			"states":  field(listOf(graphql.String), "How far it has come.", plain(func(a awaited) any { return claimWords(a.States) })),
		}
	})
}

func (b *builder) circleType() *graphql.Object {
	return b.answerType("WaitingCircle", "Things of which each waits for the next one, and the last one for the first.", func() graphql.Fields {
		return graphql.Fields{
			"things":     field(listOf(b.entity), "", plain(func(c circle) any { return c.nodes(c.Things) })),
			"conditions": field(listOf(b.typeNamed("Condition")), "Of each thing, but of an issue none.", plain(func(c circle) any { return c.nodes(c.Conditions) })),
		}
	})
}

func (b *builder) unlockingType() *graphql.Object {
	return b.answerType("Unlocking", "Conditions that, once they are met, leave none that holds something up.", func() graphql.Fields {
		return graphql.Fields{
			"conditions": field(listOf(b.typeNamed("Condition")), "", plain(func(u unlocking) any { return u.nodes(u.Conditions) })),
			"smallest":   field(must(graphql.Boolean), "Whether no smaller set does.", plain(func(u unlocking) any { return u.Smallest })),
		}
	})
}

// waiting gathers what an answer names and rests on.
func (t *talk) waiting(w *negotiation.Waiting) *waiting {
	a := &waiting{found: t.found(), Waiting: w, negotiation: t.negotiation}
	var waiters, parts, things []graph.Standing
	for i := range w.Waits {
		one := &w.Waits[i]
		waiters, parts = append(waiters, one.Waiter), append(parts, one.Condition.Standing)
		a.name(one.Parties...)
		a.name(one.Condition.ID)
		a.hear(one.Condition.Evidence, one.Condition.Roots)
		for j := range one.Awaits {
			things = append(things, one.Awaits[j].Standing)
			a.name(one.Awaits[j].Parties...)
		}
	}
	for _, c := range w.Circles {
		a.name(c.Things...)
	}
	a.waiters, a.parts, a.awaited = t.b.pageOf(t.view, waiters), t.b.pageOf(t.view, parts), t.b.pageOf(t.view, things)
	return a
}

func (w *waiting) list() any {
	all := make([]wait, len(w.Waits))
	for i := range all {
		all[i] = wait{w, &w.Waits[i]}
	}
	return all
}

func (w *waiting) rounds() any {
	all := make([]circle, len(w.Circles))
	for i := range all {
		all[i] = circle{w, &w.Circles[i]}
	}
	return all
}

func (w wait) awaits() any {
	all := make([]awaited, len(w.Awaits))
	for i := range all {
		all[i] = awaited{w.waiting, &w.Awaits[i]}
	}
	return all
}

func unlock(p graphql.ResolveParams, w *waiting) (any, error) {
	t := &talk{b: w.b, p: p, view: w.view, negotiation: w.negotiation}
	id := t.one("thing", "")
	if t.err != nil {
		return nil, t.err
	}
	return unlocking{w, w.Unlock(id)}, nil
}
