package gqlschema_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// TestTalkMomentum holds how gaps moved to what package negotiation gives for
// the same days and parties.
func TestTalkMomentum(t *testing.T) {
	w := open(t, mainFile, seedFile)
	ctx := context.Background()
	id := func(key string) graph.EntityID {
		e, err := w.db.At(graph.Point{}).Find(ctx, graph.ByKey(key))
		if err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	during, err := graph.ParseOn("2025-12-01/2025-12-16")
	if err != nil {
		t.Fatal(err)
	}
	on, err := graph.ParseOn("2025-12-31")
	if err != nil {
		t.Fatal(err)
	}
	want, err := negotiation.MomentumOf(ctx, w.db.At(graph.Point{On: on}), &negotiation.PulseQuery{Negotiation: id("ua25:ukraine-peace-2025"), Parties: []graph.EntityID{id("ua25:ua"), id("ua25:us")}, During: during})
	if err != nil {
		t.Fatal(err)
	}
	got := w.at(`{ pulse(negotiation: "ua25:ukraine-peace-2025", parties: ["Ukraine", "United States"], on: "2025-12-31", during: "2025-12-01/2025-12-16") {
		momentum { from to parties { name } issues { issue { id } turn by before { zone sides { party { name } positions { id stance } } } after { zone sides { sources { who } } } } } } }`, "pulse", "momentum").(map[string]any)
	if got["from"] != "2025-11-30T00:00:00Z" || got["to"] != "2025-12-16T00:00:00Z" || len(got["parties"].([]any)) != 2 {
		t.Errorf("from %v to %v of %v", got["from"], got["to"], got["parties"])
	}
	issues := got["issues"].([]any)
	if len(issues) != len(want.Issues) || len(issues) == 0 {
		t.Fatalf("%d issues, want %d", len(issues), len(want.Issues))
	}
	for i := range want.Issues {
		m, one := &want.Issues[i], issues[i].(map[string]any)
		before, after := one["before"].(map[string]any), one["after"].(map[string]any)
		if one["issue"].(map[string]any)["id"] != m.Issue.String() || one["turn"] != string(m.Turn) || before["zone"] != string(m.Before.Zone) || after["zone"] != string(m.After.Zone) || (one["by"] != nil) != m.Measured {
			t.Errorf("%v, want %+v", one, m)
		}
	}
}

// TestTalkMomentumMeasured measures by how much a gap narrowed, and has the
// positions of both days.
func TestTalkMomentumMeasured(t *testing.T) {
	file := filepath.Join(t.TempDir(), "army.notes")
	err := os.WriteFile(file, []byte(`document d ; published 2025-12-16 ; publisher "Example Times" ; scheme x
state us "US"
state ru "Russia"
negotiation talks "Talks": party US, Russia ; 2025-01-01/..
issue army "Army": negotiation Talks ; INTERVAL
by US
position US on Army: DEMAND ; option (text "a" ; amount 100) ; 2025-12-01
position US on Army: DEMAND ; option (text "b" ; amount 300) ; 2025-12-05
by Russia
position Russia on Army: DEMAND ; option (text "d" ; amount 800) ; 2025-12-01
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, file)
	got := w.at(`{ pulse(negotiation: "Talks", on: "2025-12-06", during: "2025-12-05") { momentum { issues { turn by
		before { apart { amount } sides { positions { stance options } } } after { apart { amount } } } } } }`, "pulse", "momentum", "issues", 0)
	want := map[string]any{"turn": "NARROWED", "by": -200.0, "after": map[string]any{"apart": []any{map[string]any{"amount": 500.0}}}}
	one := got.(map[string]any)
	before := one["before"].(map[string]any)
	delete(one, "before")
	if !reflect.DeepEqual(one, want) {
		t.Errorf("%v, want %v", one, want)
	}
	if apart := before["apart"].([]any); len(apart) != 1 || apart[0].(map[string]any)["amount"] != 700.0 || len(before["sides"].([]any)) != 2 {
		t.Errorf("before: %v", before)
	}
}
