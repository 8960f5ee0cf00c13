package negotiation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// momentum writes how the gap on an issue moved between two days.
func (w *world) momentum(on, during, issue string) string {
	w.Helper()
	q := &negotiation.PulseQuery{Negotiation: w.id("talks"), Issues: []graph.EntityID{w.id(issue)}, Parties: []graph.EntityID{w.id("us"), w.id("ru")}}
	if during != "" {
		i, err := graph.ParseOn(during)
		if err != nil {
			w.Fatal(err)
		}
		q.During = i
	}
	m, err := negotiation.MomentumOf(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	if len(m.Issues) != 1 || m.Issues[0].Issue != w.id(issue) {
		w.Fatalf("%+v", m.Issues)
	}
	one := &m.Issues[0]
	line := fmt.Sprintf("%s %s > %s %s > %s", m.From.From.String()[:10], m.To.From.String()[:10], one.Before.Zone, one.After.Zone, one.Turn)
	if one.Measured {
		line += fmt.Sprintf(" %+g", one.By)
	}
	return line
}

const bargained = post + `by US
@A position US on Army: DEMAND ; option (text "a" ; amount 100) ; 2025-10-01
@B position US on Army: DEMAND ; option (text "b" ; amount 300) ; 2025-12-05
@C position US on Army: DEMAND ; option (text "c" ; amount 200) ; 2025-12-10
@D position US on Army: DEMAND ; option (text "d" ; amount 800) ; 2025-12-12
@E position US on Army: DEMAND ; option (text "e" ; amount 50) ; 2025-12-14
by Russia
@F position Russia on Army: DEMAND ; option (text "d" ; amount 800) ; 2025-10-01
@G position Russia on Land: REJECT ; 2025-10-01
`

// The gap of the closest pair at the day is held against that of the day before
// the interval; without one, against that of thirty days before.
func TestMomentum(t *testing.T) {
	w := newWorld(t, scaled, bargained)
	for _, c := range []struct{ name, on, during, issue, want string }{
		{"narrower", "2025-12-05", "", "army", "2025-11-05 2025-12-05 > EMPTY EMPTY > NARROWED -200"},
		{"wider", "2025-12-10", "2025-12-10", "army", "2025-12-09 2025-12-10 > EMPTY EMPTY > WIDENED +100"},
		{"closed", "2025-12-12", "2025-12-11/2025-12-12", "army", "2025-12-10 2025-12-12 > EMPTY NONEMPTY > CLOSED"},
		{"reopened", "2025-12-14", "2025-12-14", "army", "2025-12-13 2025-12-14 > NONEMPTY EMPTY > REOPENED"},
		{"as it was", "2025-12-09", "2025-12-06/2025-12-09", "army", "2025-12-05 2025-12-09 > EMPTY EMPTY > UNMOVED +0"},
		{"still closed", "2025-12-13", "2025-12-13", "army", "2025-12-12 2025-12-13 > NONEMPTY NONEMPTY > UNMOVED"},
		{"an interval that is over", "2025-12-14", "2025-12-05/2025-12-06", "army", "2025-12-04 2025-12-06 > EMPTY EMPTY > NARROWED -200"},
		{"an interval that goes on", "2025-12-05", "2025-12-05/2025-12-31", "army", "2025-12-04 2025-12-05 > EMPTY EMPTY > NARROWED -200"},
		{"since before anybody spoke", "2025-12-05", "2025-09-01/2025-12-05", "army", "2025-08-31 2025-12-05 > UNDETERMINED EMPTY > UNKNOWN"},
		{"without a measure", "2025-12-05", "", "land", "2025-11-05 2025-12-05 > UNDETERMINED UNDETERMINED > UNKNOWN"},
	} {
		want(t, c.name, w.momentum(c.on, c.during, c.issue), c.want)
	}
}

// The parties are those that the negotiation declares; of neither a beginning
// nor parties there is a sentence.
func TestMomentumAsked(t *testing.T) {
	w := newWorld(t, scaled, bargained)
	m, err := negotiation.MomentumOf(ctx, w.at("2025-12-10"), &negotiation.PulseQuery{Negotiation: w.id("talks")})
	if err != nil || len(m.After.Parties) != 3 || len(m.Before.Parties) != 3 || len(m.Issues) < 3 {
		t.Errorf("%v: parties %d, %d, issues %d", err, len(m.After.Parties), len(m.Before.Parties), len(m.Issues))
	}
	for during, sentence := range map[string]string{"../2025-12-01": "the interval has no beginning", "2025-12-11/2025-12-20": "behind the day that is asked about"} {
		i, err := graph.ParseOn(during)
		if err != nil {
			t.Fatal(err)
		}
		_, err = negotiation.MomentumOf(ctx, w.at("2025-12-10"), &negotiation.PulseQuery{Negotiation: w.id("talks"), During: i})
		if !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", during, err)
		}
	}
	if _, err := negotiation.MomentumOf(ctx, w.at("2025-12-10"), nil); !errors.Is(err, graph.ErrRefused) {
		t.Errorf("of nobody: %v", err)
	}
}
