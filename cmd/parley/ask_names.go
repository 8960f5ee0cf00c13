package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// The kinds whose names the commands take.
const (
	kindNegotiation = "Negotiation"
	kindIssue       = "Issue"
	kindActor       = "Actor"
)

// nearNames is how many names a message lists that may have been meant.
const nearNames = 5

// theNegotiation is the one that is named, else the only one there is.
func (q *inquiry) theNegotiation(name string) (graph.EntityID, error) {
	if name != "" {
		list, err := q.find("negotiation", kindNegotiation, []string{name})
		if err != nil {
			return graph.EntityID{}, err
		}
		return list[0], nil
	}
	ids, err := q.known(kindNegotiation)
	switch {
	case err != nil:
		return graph.EntityID{}, err
	case len(ids) == 0:
		return graph.EntityID{}, errors.New("this database knows no negotiation: load one with parley load --data DIR FILE")
	case len(ids) > 1:
		return graph.EntityID{}, usageError{fmt.Errorf("there are %d negotiations: say which with --negotiation: %s", len(ids), strings.Join(q.names(ids), ", "))}
	}
	return ids[0], nil
}

// known lists the entities of a kind that the point shows, else those that are
// known by now: what is not known yet at a point is asked about, too.
func (q *inquiry) known(kind string) (ids []graph.EntityID, err error) {
	for _, v := range []graph.View{q.view, q.newest()} {
		for e, err := range v.OfKind(q.ctx, kind) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, e.ID)
		}
		if len(ids) > 0 {
			break
		}
	}
	return ids, nil
}

// newest is all that is known by now.
func (q *inquiry) newest() graph.View {
	return q.db.At(graph.Point{Clearance: q.view.Point().Clearance})
}

// find resolves names, keys or ids. What is unknown or ambiguous stops with
// what may have been meant.
func (q *inquiry) find(what, kind string, names []string) ([]graph.EntityID, error) {
	var list []graph.EntityID
	for _, name := range names {
		e, err := q.findOne(q.view, what, kind, name)
		if errors.Is(err, graph.ErrNotFound) {
			e, err = q.findOne(q.newest(), what, kind, name)
		}
		if errors.Is(err, graph.ErrNotFound) {
			err = q.unknown(what, kind, name)
		}
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, e.ID) {
			return nil, usageError{fmt.Errorf("%s %q is named twice", what, name)}
		}
		list = append(list, e.ID)
	}
	return list, nil
}

func (q *inquiry) findOne(v graph.View, what, kind, name string) (e graph.Entity, err error) {
	if ref, ok := refOf(name); ok {
		e, err = v.Entity(q.ctx, ref)
		if err == nil && !v.Ontology().IsA(e.Kind, kind) {
			return e, usageError{fmt.Errorf("%s: %s is of kind %s, want %s", what, name, e.Kind, kind)}
		}
		if err == nil || !errors.Is(err, graph.ErrNotFound) {
			return e, err
		}
	}
	list, err := v.Lookup(q.ctx, graph.NameQuery{Name: name, Kinds: []string{kind}})
	if err != nil {
		return e, err
	}
	if len(list) > 1 {
		return e, q.ambiguous(what, name, list)
	}
	return list[0].Entity, nil
}

// refOf reads an id or a key; what looks like a key may still be a name.
func refOf(s string) (graph.Ref, bool) {
	if id, err := graph.ParseEntityID(s); err == nil {
		return graph.ByID(id), true
	}
	key, err := graph.ParseKey(s)
	return graph.Ref{Key: key}, err == nil
}

func (q *inquiry) ambiguous(what, name string, list []graph.Match) error {
	var words []string
	for _, m := range list {
		words = append(words, fmt.Sprintf("%s (%s, id %s)", q.name(m.ID), m.Kind, m.ID))
	}
	return usageError{fmt.Errorf("%s: %d are called %q: give the id of one: %s", what, len(list), name, strings.Join(words, "; "))}
}

// unknown says what is called nearly so, else what there is.
func (q *inquiry) unknown(what, kind, name string) error {
	near, err := q.newest().Suggest(q.ctx, graph.NameQuery{Name: name, Kinds: []string{kind}}, nearNames)
	if err != nil {
		return err
	}
	if len(near) > 0 {
		return usageError{fmt.Errorf("no %s is called %q: did you mean %s?", what, name, strings.Join(near, ", "))}
	}
	there, err := q.there(kind)
	if err != nil {
		return err
	}
	return usageError{fmt.Errorf("no %s is called %q: there are %s", what, name, there)}
}

// there lists what could have been named.
func (q *inquiry) there(kind string) (string, error) {
	ids, err := q.known(kind)
	if kind == kindActor {
		ids, err = q.declared()
	}
	names := q.names(ids)
	slices.Sort(names)
	if len(names) == 0 {
		return "none", err
	}
	return strings.Join(names, ", "), err
}

// declared are the parties that the negotiation declares.
func (q *inquiry) declared() (list []graph.EntityID, err error) {
	states, err := q.newest().States(q.ctx, []graph.EntityID{q.negotiation})
	for i := range states {
		for _, c := range states[i].All("party") {
			list = append(list, c.Value.Entity())
		}
	}
	return list, err
}

// name is what an entity is called at the point; of one that the point does not
// know yet, and that was asked about all the same, by now.
func (q *inquiry) name(id graph.EntityID) string {
	if id.IsZero() || q.failed != nil {
		return ""
	}
	label, ok := q.labels[id]
	for _, v := range []graph.View{q.view, q.newest()} {
		if ok {
			break
		}
		var list []string
		if list, q.failed = v.Labels(q.ctx, []graph.EntityID{id}, q.languages...); q.failed != nil {
			return ""
		}
		label, ok = list[0], list[0] != id.String()
	}
	q.labels[id] = label
	return label
}

func (q *inquiry) names(ids []graph.EntityID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = q.name(id)
	}
	return list
}
