package negotiation

import (
	"encoding/binary"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// BenchmarkProject10000 makes a matrix of 10,000 positions that are read
// already, with an assertion each: 100 issues × 20 parties, five to a cell.
func BenchmarkProject10000(b *testing.B) {
	standing, evidence, r := readAlready(10_000)
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		r.positions = positionsOf(standing, evidence)
		if m := r.matrix(1000 * day); m.Known() != len(m.Cells) {
			b.Fatal(m.Known(), len(m.Cells))
		}
	}
}

func readAlready(n int) (standing []graph.Standing, evidence map[graph.ClaimID][]graph.Evidence, r reading) {
	id := func(kind byte, i int) (id graph.EntityID) {
		id[0] = kind
		binary.BigEndian.PutUint32(id[12:], uint32(i))
		return id
	}
	for i := range 100 {
		r.issues = append(r.issues, id('i', i))
	}
	for i := range 20 {
		r.parties = append(r.parties, id('p', i))
	}
	stances := []string{"ACCEPT", "OPEN", "REJECT", "UNDECIDED"}
	evidence = make(map[graph.ClaimID][]graph.Evidence, n)
	for i := range n {
		claim := func(property string, v graph.Value) graph.Claim {
			from := graph.Time(i%900) * day
			return graph.Claim{ID: graph.ClaimID(id(property[0], i)), Property: property, Value: v, Class: graph.State, From: from, End: graph.End{Until: from}}
		}
		s := graph.Standing{Entity: graph.Entity{ID: id('x', i), Kind: kindPosition}, Claims: []graph.Claim{
			claim(fieldHolder, graph.EntityOf(r.parties[i%20])), claim(fieldIssue, graph.EntityOf(r.issues[i/20%100])),
			claim(fieldStance, graph.CodeOf(stances[i%4])), claim(fieldVoice, graph.CodeOf([]string{"SELF", "NARRATOR"}[i/7%2]))}}
		said := graph.Evidence{Claim: s.Claims[2].ID, Said: s.Claims[2].From}
		said.Root = graph.Root{Entity: id('r', i%300)}
		standing, evidence[said.Claim] = append(standing, s), []graph.Evidence{said}
	}
	return standing, evidence, r
}
