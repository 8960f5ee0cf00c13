package negotiation

import (
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// keep leaves out the positions that do not fit.
func (o *Only) keep(ctx context.Context, v graph.View, list []Position) ([]Position, error) {
	var unnamed map[graph.EntityID]bool
	if o.Anonymous {
		var err error
		if unnamed, err = anonymous(ctx, v, list); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(list, func(p Position) bool { return !o.fits(&p, unnamed) }), nil
}

func (o *Only) fits(p *Position, unnamed map[graph.EntityID]bool) bool {
	if len(o.Voices) > 0 && !slices.Contains(o.Voices, p.Voice) {
		return false
	}
	named := func(r graph.Root) bool { return !unnamed[r.Entity] }
	if o.Anonymous && (len(p.Roots) == 0 || slices.ContainsFunc(p.Roots, named)) {
		return false
	}
	return o.Reliability == 0 || slices.ContainsFunc(p.Evidence, func(e graph.Evidence) bool {
		return !e.Deny && atLeast(e.Judgement.Grade.Reliability, o.Reliability)
	})
}

// atLeast compares reliabilities: A to E are ordered, F is apart (STANAG 2511).
func atLeast(given, wanted graph.Reliability) bool {
	const cannotBeJudged = 'F'
	if given == 0 || given == cannotBeJudged || wanted == cannotBeJudged {
		return given == wanted
	}
	return given <= wanted
}

// anonymous finds which root origins are sources that nobody named.
func anonymous(ctx context.Context, v graph.View, list []Position) (map[graph.EntityID]bool, error) {
	var ids []graph.EntityID
	for i := range list {
		for _, r := range list[i].Roots {
			if !r.Entity.IsZero() {
				ids = append(ids, r.Entity)
			}
		}
	}
	entities, err := v.Entities(ctx, sorted(ids))
	by := make(map[graph.EntityID]bool, len(entities))
	for _, e := range entities {
		by[e.ID] = v.Ontology().IsA(e.Kind, kindAnonymous)
	}
	return by, err
}
