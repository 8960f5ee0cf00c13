package negotiation

import (
	"errors"
	"slices"

	"github.com/parleydb/parley/graph"
)

// sideField is whose side an unnamed source is on.
const sideField = "side"

// readRedLines reads what the parties exclude by their own word.
func (r *gapReading) readRedLines() error {
	r.redLines = map[pair][]RedLine{}
	if len(r.matrix.Issues) == 0 || len(r.matrix.Parties) == 0 {
		return nil
	}
	list, err := r.v.Relations(r.ctx, graph.RelationQuery{Kind: redLineKind, RollUp: r.q.RollUp, MinRank: r.q.MinRank, Ranked: r.q.Ranked,
		Fillers: map[string][]graph.EntityID{fieldIssue: r.matrix.Issues, fieldHolder: r.matrix.Parties}})
	if err != nil || len(list) == 0 {
		return err
	}
	evidence, err := evidenceOf(r.ctx, r.v, firstClaims(list))
	if err != nil {
		return err
	}
	mouths, err := r.mouths(evidence)
	for i := range list {
		r.draw(&list[i], evidence[list[i].Claims[0].ID], mouths)
	}
	return err
}

// draw files a red line under its issue and parties if it is in their own voice.
func (r *gapReading) draw(s *graph.Standing, evidence []graph.Evidence, mouths map[pair]bool) {
	p := Position{Standing: *s, Holder: filler(s, fieldHolder)}
	for holder := range p.holders {
		l := RedLine{Standing: *s, Start: startOf(s)}
		for _, e := range evidence {
			own := e.Voice.Own() || e.Voice == graph.VoiceNone && mouths[pair{e.Root.Entity, holder}]
			if own && !e.Deny && e.Modality != graph.Predicted {
				l.Evidence = append(l.Evidence, e)
			}
		}
		if len(l.Evidence) == 0 {
			continue // somebody else says so
		}
		for _, c := range s.All(fieldOption) {
			l.Options = append(l.Options, c.Value.Entity())
		}
		l.Options, l.Roots = sorted(l.Options), rootsOf(l.Evidence)
		key := pair{filler(s, fieldIssue), holder}
		r.redLines[key] = append(r.redLines[key], l)
	}
}

// mouths tells who speaks for which party, where an assertion does not tell its
// voice: the party, those who stand for it, and unnamed sources on its side.
func (r *gapReading) mouths(evidence map[graph.ClaimID][]graph.Evidence) (map[pair]bool, error) {
	by := map[pair]bool{}
	for _, party := range r.matrix.Parties {
		by[pair{party, party}] = true
		agents, err := r.v.StandsFor(r.ctx, party)
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			return nil, err
		}
		for _, a := range agents {
			by[pair{a.Entity, party}] = true
		}
	}
	var roots []graph.EntityID
	for _, list := range evidence {
		for i := range list {
			roots = append(roots, list[i].Root.Entity)
		}
	}
	states, err := r.v.States(r.ctx, slices.DeleteFunc(sorted(roots), graph.EntityID.IsZero))
	for i := range states {
		for _, c := range states[i].All(sideField) {
			by[pair{states[i].ID, c.Value.Entity()}] = true
		}
	}
	return by, err
}
