package ukraine2025_test

import (
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
)

// held lists the meetings that were held, outliers left out, in which a party
// took part itself, through others, or at all where none is given.
func held(t *testing.T, v graph.View, party string, rollUp bool) []graph.Standing {
	t.Helper()
	q := graph.RelationQuery{Kind: "Meeting", RollUp: rollUp, MinRank: graph.Normal, Ranked: true}
	if party != "" {
		e, err := v.Entity(ctx, graph.ByKey(party))
		if err != nil {
			t.Fatal(err)
		}
		q.Fillers = map[string][]graph.EntityID{"participant": {e.ID}}
	}
	list, err := v.Relations(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(s graph.Standing) bool {
		c, _ := s.Head("status")
		return c.Value.String() != "HELD"
	})
}

func both(a, b []graph.Standing) (list []graph.Standing) {
	for _, s := range a {
		if slices.ContainsFunc(b, func(o graph.Standing) bool { return o.ID == s.ID }) {
			list = append(list, s)
		}
	}
	return list
}

// The curator's tables have 36 meetings held, 20 of them between the United
// States and Ukraine, by whoever stood for them on the day. Two of the 36 are
// only in the seed's file, which has one more of its own, of Americans alone.
func TestMeetingsRollUp(t *testing.T) {
	for _, c := range []struct {
		files         []string
		held, between int
	}{{[]string{mainFile}, 34, 20}, {[]string{mainFile, seedFile}, 36 + 1, 20}} {
		db, _ := load(t, c.files...)
		v := db.At(graph.Point{})
		if all := held(t, v, "", false); len(all) != c.held {
			t.Errorf("%v: %d meetings held, want %d", c.files, len(all), c.held)
		}
		between := both(held(t, v, "ua25:us", true), held(t, v, "ua25:ua", true))
		if len(between) != c.between {
			t.Errorf("%v: %d meetings held between the United States and Ukraine, want %d", c.files, len(between), c.between)
		}
		if alone := both(held(t, v, "ua25:us", false), held(t, v, "ua25:ua", false)); len(alone) >= len(between) {
			t.Errorf("%v: %d of them without rolling up", c.files, len(alone))
		}
	}
}

// Each is shown with the person, and by what the person stands for the party;
// nobody stands for the Europeans.
func TestRollUpNamesThePerson(t *testing.T) {
	db, _ := load(t, mainFile)
	v := db.At(graph.Point{})
	for _, s := range held(t, v, "ua25:us", true) {
		for _, f := range s.Through {
			last := f.Path[len(f.Path)-1]
			if f.Role != "participant" || f.Path[0].Agent != f.Entity || last.Principal != f.For || f.During.From >= f.During.To {
				t.Errorf("%s: %+v", s.ID, f)
			}
		}
		if !slices.ContainsFunc(s.All("participant"), func(c graph.Claim) bool {
			return slices.ContainsFunc(s.Through, func(f graph.Filling) bool { return f.Entity == c.Value.Entity() })
		}) && len(s.Through) > 0 {
			t.Errorf("%s: none of those named takes part", s.ID)
		}
	}
	e, err := v.Entity(ctx, graph.ByKey("ua25:europeans"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := v.StandsFor(ctx, e.ID); err != nil || len(list) > 0 {
		t.Errorf("for the Europeans: %v (%v)", list, err)
	}
	if own, rolled := held(t, v, "ua25:europeans", false), held(t, v, "ua25:europeans", true); len(own) != len(rolled) {
		t.Errorf("the Europeans: %d meetings of their own, %d rolled up", len(own), len(rolled))
	}
}
