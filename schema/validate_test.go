package schema

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// Each draft breaks one rule of the ontology; the error names the link.
func TestValidate(t *testing.T) {
	id := func(n byte) graph.EntityID { return graph.EntityID{n} }
	kinds := map[graph.EntityID]string{id(1): "Position", id(2): "State", id(3): "State", id(4): "Place", id(5): "Issue", id(6): "Meeting"}
	kindOf := func(id graph.EntityID) string { return kinds[id] }
	link := func(subject byte, property string, v graph.Value) graph.Link {
		return graph.Link{Subject: graph.ByID(id(subject)), Property: property, Value: v}
	}
	denied := func(l graph.Link) graph.Link {
		l.Deny = true
		return l
	}
	on := func(day string, l graph.Link) graph.Link {
		v, err := graph.ParseValid(day, "")
		if err != nil {
			t.Fatal(err)
		}
		l.Valid = &v
		return l
	}
	ref := func(n byte) graph.Value { return graph.EntityOf(id(n)) }
	for name, c := range map[string]struct {
		links []graph.Link
		want  string // of the error; "": accepted
		at    int
	}{
		"good":            {[]graph.Link{link(1, "holder", ref(2)), link(1, "issue", ref(5)), link(1, "stance", graph.CodeOf("OPEN"))}, "", 0},
		"too few":         {[]graph.Link{link(6, "participant", ref(2))}, "", 0},
		"several":         {[]graph.Link{link(6, "participant", ref(2)), link(6, "participant", ref(3))}, "", 0},
		"the same twice":  {[]graph.Link{link(1, "holder", ref(2)), link(1, "holder", ref(2))}, "", 0},
		"a name":          {[]graph.Link{link(4, "name", graph.TextOf("Berlin"))}, "", 0},
		"a code link":     {[]graph.Link{link(2, "cameo:040", ref(3))}, "", 0},
		"property":        {[]graph.Link{link(1, "holdr", ref(2))}, `a Position has no property "holdr": did you mean holder?`, 0},
		"kind":            {[]graph.Link{link(1, "issue", ref(5)), link(1, "holder", ref(4))}, "Position.holder wants an Actor, not a Place", 1},
		"too many":        {[]graph.Link{link(1, "holder", ref(2)), link(1, "holder", ref(3))}, "Position.holder takes at most 1, not 2", 1},
		"type":            {[]graph.Link{link(1, "stance", graph.TextOf("open"))}, "Position.stance is a CODE, not a TEXT", 0},
		"code":            {[]graph.Link{link(1, "stance", graph.CodeOf("OPNE"))}, `Position.stance: Stance has no value "OPNE": did you mean OPEN?`, 0},
		"two values":      {[]graph.Link{link(1, "stance", graph.CodeOf("OPEN")), link(1, "stance", graph.CodeOf("REJECT"))}, "Position.stance takes at most 1, not 2", 1},
		"denied, too":     {[]graph.Link{link(1, "stance", graph.CodeOf("OPEN")), denied(link(1, "stance", graph.CodeOf("REJECT")))}, "", 0},
		"denied typo":     {[]graph.Link{denied(link(1, "stance", graph.CodeOf("OPNE")))}, `did you mean OPEN?`, 0},
		"two days":        {[]graph.Link{on("2025-12-01", link(1, "stance", graph.CodeOf("OPEN"))), on("2025-12-02", link(1, "stance", graph.CodeOf("REJECT")))}, "", 0},
		"two in a role":   {[]graph.Link{on("2025-12-01", link(1, "holder", ref(2))), on("2025-12-02", link(1, "holder", ref(3)))}, "Position.holder takes at most 1, not 2", 1},
		"no actor's link": {[]graph.Link{link(4, "cameo:040", ref(3))}, `a Place has no property "cameo:040"`, 0},
	} {
		err := Validate(Negotiation(), &graph.Draft{Links: c.links}, kindOf)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		at := (*graph.LinkError)(nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, graph.ErrRefused) || !errors.As(err, &at) || at.Link != c.at {
			t.Errorf("%s:\n got %v at %+v\nwant %s at %d", name, err, at, c.want, c.at)
		}
	}
}
