package negotiation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// disputes writes the open disputes as their keys and states.
func (w *world) disputes(v graph.View, q *negotiation.DisputeQuery) string {
	w.Helper()
	list, err := negotiation.Disputes(ctx, v, q)
	if err != nil {
		w.Fatal(err)
	}
	var words []string
	for _, d := range list {
		word := d.Keys[0].ID + " " + codes(d.States)
		if len(d.Roots) == 0 || len(d.Evidence) == 0 {
			word += " without a source"
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

const contended = post + `by narrator
state de "Germany"
facility plant "Plant"
negotiation elsewhere "Elsewhere": party Germany ; 2025-01-01/..
issue theirs "Theirs": negotiation Elsewhere
@0 represents Analyst > US: 2025-12-01/..
@1 dispute d-issue: Germany, The wire ; over Land ; OPEN ; 2025-12-10
@2 dispute d-theirs: US, Russia ; over Theirs ; OPEN ; 2025-12-10
@3 dispute d-parties: US, Russia ; over Plant ; OPEN ; 2025-12-10
@4 dispute d-envoy: Analyst, Russia ; over Ukraine ; NARROWED ; 2025-12-10
@5 dispute d-one: US, Germany ; over US ; OPEN ; 2025-12-10
@6 dispute d-nobody: over Germany ; OPEN ; 2025-12-10
@7 dispute d-over: US, Russia ; over Russia ; OPEN ; 2025-12-10
@8 claim d-over: state SETTLED ; 2025-12-12
`

// A dispute belongs to a negotiation through the issue that it is about, else
// through its claimants and those who stand for them; one of which no claimant
// is stated is shown. One that is settled is over from then on.
func TestDisputes(t *testing.T) {
	w := newWorld(t, contended)
	v := w.at("2025-12-16")
	talks, elsewhere := w.id("talks"), w.id("elsewhere")
	for _, c := range []struct {
		name string
		v    graph.View
		q    *negotiation.DisputeQuery
		want string
	}{
		{"of all", v, nil, "d-envoy NARROWED, d-issue OPEN, d-nobody OPEN, d-one OPEN, d-parties OPEN, d-theirs OPEN"},
		{"of the talks", v, &negotiation.DisputeQuery{Negotiation: talks}, "d-envoy NARROWED, d-issue OPEN, d-nobody OPEN, d-parties OPEN"},
		{"of other talks", v, &negotiation.DisputeQuery{Negotiation: elsewhere}, "d-nobody OPEN, d-theirs OPEN"},
		{"before one was settled", w.at("2025-12-11"), &negotiation.DisputeQuery{Negotiation: talks}, "d-envoy NARROWED, d-issue OPEN, d-nobody OPEN, d-over OPEN, d-parties OPEN"},
		{"before they began", w.at("2025-12-09"), &negotiation.DisputeQuery{Negotiation: talks}, ""},
		{"of a party and its envoy", v, &negotiation.DisputeQuery{Negotiation: talks, Parties: []graph.EntityID{w.id("us")}}, "d-envoy NARROWED, d-parties OPEN"},
		{"about an issue", v, &negotiation.DisputeQuery{Issues: []graph.EntityID{w.id("land")}}, "d-issue OPEN"},
	} {
		want(t, c.name, w.disputes(c.v, c.q), c.want)
	}
	if _, err := negotiation.Disputes(ctx, v, &negotiation.DisputeQuery{Negotiation: w.id("us")}); !errors.Is(err, graph.ErrRefused) || !contains(err.Error(), "there are Elsewhere, Talks") {
		t.Errorf("of a party: %v", err)
	}
}
