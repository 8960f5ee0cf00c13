package negotiation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// asking checks what a query names, and gives the ids by which the view shows
// it. What nobody has heard of is refused with a sentence that says what there
// is instead; what is only not known yet at the point is not.
type asking struct {
	ctx         context.Context
	v           graph.View
	negotiation graph.EntityID
	err         error
}

func ask(ctx context.Context, v graph.View) *asking {
	return &asking{ctx: ctx, v: v, err: declared(v)}
}

// declared refuses a store without an ontology, in which nothing tells what is
// a position, an issue or a party, nor what takes over from what.
func declared(v graph.View) error {
	if v.Ontology() != nil {
		return nil
	}
	return fmt.Errorf("%w: there is no ontology that tells what a negotiation is made of: open the database with one (graph.Options.Ontology)", graph.ErrRefused)
}

// entities gives ids as the view shows them; each must be of a kind.
func (a *asking) entities(what, kind string, ids []graph.EntityID) []graph.EntityID {
	if a.err != nil || len(ids) == 0 {
		return nil
	}
	list, err := a.v.Named(a.ctx, ids)
	if err != nil {
		a.err = err
		return nil
	}
	shown := slices.Clone(ids)
	for i, e := range list {
		if e.Shown {
			shown[i] = e.ID
		} else if e.Entity, a.err = a.v.Find(a.ctx, graph.ByID(ids[i])); a.err != nil {
			a.err = fmt.Errorf("%s %s: %w; %s", what, ids[i], a.err, a.instead(kind))
			return nil
		}
		if kind != "" && !a.v.Ontology().IsA(e.Kind, kind) {
			a.err = fmt.Errorf("%w: %s %s is of kind %s; %s", graph.ErrRefused, what, e.Label, e.Kind, a.instead(kind))
			return nil
		}
	}
	return shown
}

// entity is entities for one, which may be left out.
func (a *asking) entity(what, kind string, id graph.EntityID) graph.EntityID {
	if id.IsZero() {
		return id
	}
	for _, shown := range a.entities(what, kind, []graph.EntityID{id}) {
		id = shown
	}
	return id
}

// about is entity for the negotiation, of which the rest of a query is asked.
func (a *asking) about(id graph.EntityID) graph.EntityID {
	a.negotiation = a.entity("negotiation", kindNegotiation, id)
	return a.negotiation
}

// part checks what an answer is limited to: a negotiation, and issues and
// parties of it.
func (a *asking) part(negotiation *graph.EntityID, issues, parties *[]graph.EntityID) error {
	*negotiation = a.about(*negotiation)
	*issues = a.entities("issue", kindIssue, *issues)
	*parties = a.entities("party", kindActor, *parties)
	return a.err
}

// instead says what could have been named: the parties and issues of the
// negotiation, or all negotiations, or versions.
func (a *asking) instead(kind string) string {
	s, err := scopeOf(a.ctx, a.v, a.negotiation)
	if err != nil {
		return ""
	}
	var ids []graph.EntityID
	switch kind {
	case kindActor:
		if ids, err = s.table(a.ctx); err != nil {
			return ""
		}
	case kindIssue:
		ids = s.issues
	}
	if kind == kindNegotiation || kind == kindVersion || (kind == kindIssue && s.whole) {
		for e, err := range a.v.OfKind(a.ctx, kind) {
			if err != nil {
				return ""
			}
			ids = append(ids, e.ID)
		}
	}
	labels, err := a.v.Labels(a.ctx, sorted(ids), "en")
	if err != nil || len(labels) == 0 {
		return "none is known at this point"
	}
	slices.Sort(labels)
	return "there are " + strings.Join(labels, ", ")
}

// words checks codes against those that exist.
func (a *asking) words(what string, given, known []string) {
	for _, w := range given {
		if a.err == nil && !slices.Contains(known, w) {
			a.err = fmt.Errorf("%w: unknown %s %q: want one of %s", graph.ErrValue, what, w, strings.Join(known, ", "))
		}
	}
}

// codes lists the values that a property of some kinds may have, each once.
func codes(o *graph.Ontology, kinds []string, property string) (list []string) {
	for _, kind := range kinds {
		p := o.Property(kind, property)
		if p == nil || o.Enum(p.Enum) == nil {
			continue
		}
		for _, w := range o.Enum(p.Enum).Values {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}
