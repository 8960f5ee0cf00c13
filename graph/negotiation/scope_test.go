package negotiation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/negotiation"
)

// A relation belongs to a negotiation through its issue, else its topics, else
// its parties: two of them, or those who stand for them.
func TestScope(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 meeting m-topic: Analyst, The wire ; on Land ; HELD ; minutes 1 ; 2025-12-10
@2 meeting m-other: US, Russia ; on Other ; HELD ; minutes 1 ; 2025-12-10
@3 meeting m-parties: US, Russia ; HELD ; minutes 1 ; 2025-12-10
@4 meeting m-one: US, The wire ; HELD ; minutes 1 ; 2025-12-10
@5 meeting m-agent: Analyst, Russia ; HELD ; minutes 1 ; 2025-12-10
@6 represents Analyst > US: 2025-12-01/..
`, `document source:e "Other figures" ; published 2025-12-16 ; publisher "Example Times" ; scheme x
by narrator
@1 meeting m-topic: minutes 2 ; 2025-12-10
  + m-other: minutes 2
  + m-parties: minutes 2
  + m-one: minutes 2
  + m-agent: minutes 2
`)
	list, err := negotiation.Conflicts(ctx, w.at("2025-12-10"), &negotiation.ConflictQuery{Negotiation: w.id("talks")})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, key := range []string{"m-topic", "m-other", "m-parties", "m-one", "m-agent"} {
		if slices.ContainsFunc(list, func(c negotiation.Conflict) bool { return c.Subject == w.id(key) }) {
			found = append(found, key)
		}
	}
	want(t, "of the negotiation", strings.Join(found, " "), "m-topic m-parties m-agent")
}
