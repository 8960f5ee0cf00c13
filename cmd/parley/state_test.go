package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// The cells of parley state are those of the Go API, on several days and under
// each policy, and every one of them has its sources.
func TestStateIsTheMatrix(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "db")
	answerOf(t, "demo", "--no-serve", "--data", dir)
	for _, c := range []struct {
		on, policy string
		known      int
	}{{"2025-12-15", "ALL_SIDES", 37}, {"2025-12-16", "ALL_SIDES", 40}, {"2025-12-16", "SELF_ONLY", 0}, {"2025-12-16", "LATEST", 0}, {"2026-03-31", "ALL_SIDES", 0}} {
		told := toldCells(t, answerOf(t, "state", "--data", dir, "--on", c.on, "--policy", c.policy, "--format", "json"))
		want := matrixCells(t, dir, c.on, c.policy)
		if !maps.Equal(told, want) || len(told) == 0 || (c.known > 0 && len(told) != c.known) {
			t.Errorf("%s %s: %d cells, the Go API has %d, want %d:\n%v\n%v", c.on, c.policy, len(told), len(want), c.known, told, want)
		}
	}
}

func toldCells(t *testing.T, out string) map[string]string {
	t.Helper()
	var answer struct {
		Cells []struct {
			Issue   string `json:"issue_id"`
			Party   string `json:"party_id"`
			Stance  string
			Status  string
			Roots   int
			Sources []struct{ Assertion, Document string }
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	by := map[string]string{}
	for _, c := range answer.Cells {
		by[c.Issue+" "+c.Party] = fmt.Sprint(c.Stance, c.Status, c.Roots)
		if len(c.Sources) == 0 || c.Sources[0].Assertion == "" || c.Sources[0].Document == "" {
			t.Errorf("%s × %s has no sources", c.Issue, c.Party)
		}
	}
	return by
}

func matrixCells(t *testing.T, dir, on, policy string) map[string]string {
	t.Helper()
	by := map[string]string{}
	f := askFlags{data: dir, on: on, policy: policy}
	p := &program{}
	err := p.with(context.Background(), dir, func(db *graph.DB) error {
		point, err := f.point()
		if err != nil {
			return err
		}
		id, err := db.At(point).Find(context.Background(), graph.ByKey("ua25:ukraine-peace-2025"))
		if err != nil {
			return err
		}
		m, err := negotiation.MatrixOf(context.Background(), db.At(point), &negotiation.MatrixQuery{Negotiation: id.ID, MinRank: graph.Normal, Ranked: true})
		for i := range m.Cells {
			if c := &m.Cells[i]; c.Headline() != nil {
				by[c.Issue.String()+" "+c.Party.String()] = fmt.Sprint(c.Headline().Stance, c.Status, len(c.Roots))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return by
}
