package gqlschema_test

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/schema/gqlschema"
)

// follow subscribes to changes.
func follow(ctx context.Context, t *testing.T, w *world, clearance graph.Marking, args map[string]any) iter.Seq2[any, error] {
	t.Helper()
	f := w.schema.SubscriptionType().Fields()["changes"]
	events, err := f.Subscribe(graphql.ResolveParams{Args: args, Context: gqlschema.WithRequest(ctx, &gqlschema.Request{Clearance: clearance})})
	if err != nil {
		t.Fatal(err)
	}
	return events.(iter.Seq2[any, error])
}

// shown runs the selection of a subscription on one of its events.
func (w *world) shown(event any) string {
	w.Helper()
	fields := w.schema.TypeMap()["Transaction"].(*graphql.Object).Fields()
	list, err := fields["claims"].Resolve(graphql.ResolveParams{Source: event, Context: context.Background(), Info: graphql.ResolveInfo{FieldName: "claims"}})
	if err != nil {
		w.Fatal(err)
	}
	claim := w.schema.TypeMap()["Claim"].(*graphql.Object).Fields()
	var out []string
	for _, c := range anys(list) {
		var line []string
		for _, name := range []string{"property", "value"} {
			v, err := claim[name].Resolve(graphql.ResolveParams{Source: c, Context: context.Background()})
			if err != nil {
				w.Fatal(err)
			}
			line = append(line, fmt.Sprint(v))
		}
		out = append(out, strings.Join(line, " "))
	}
	author, err := fields["author"].Resolve(graphql.ResolveParams{Source: event, Context: context.Background()})
	if err != nil {
		w.Fatal(err)
	}
	return fmt.Sprint(author, ": ", strings.Join(out, ", "))
}

// TestChangesFollowed gives each transaction after the one last seen, once, to
// those who may see it, and stops when the reader does or goes.
func TestChangesFollowed(t *testing.T) {
	g := graphtest.Open(t, nil)
	w := over(t, g.DB)
	g.Document("source:d1", "2025-12-01")
	g.Declare("State x:ua", "State x:ru")
	call := func(key, subject, name string, marking graph.Marking) {
		g.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Judgement: graph.Judgement{Marking: marking},
			Links: []graph.Link{graphtest.Say(subject, "name", graph.TextOf(name))}})
	}
	call("1", "x:ua", "Ukraine", graph.Clear)
	seen := graph.FormatTS(g.At(graph.Point{}).TS())
	call("2", "x:ua", "Ukraina", graph.Amber)
	call("3", "x:ru", "Russia", graph.Clear)
	call("4", "x:ru", "Rossiya", graph.Clear)
	for _, c := range []struct {
		clearance graph.Marking
		args      map[string]any
		want      []string
	}{
		{graph.Clear, map[string]any{"after": seen}, []string{"name Russia", "name Rossiya"}},
		{graph.Amber, map[string]any{"after": seen}, []string{"name Ukraina", "name Russia", "name Rossiya"}},
		{graph.Amber, map[string]any{"after": seen, "filter": map[string]any{"about": []any{"x:ua"}}}, []string{"name Ukraina"}},
		{graph.Clear, map[string]any{"after": "tx:1", "filter": map[string]any{"kinds": []any{"Actor"}, "properties": []any{"name"}, "document": "source:d1"}}, []string{"name Ukraine"}},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var got []string
		for event, err := range follow(ctx, t, w, c.clearance, c.args) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, w.shown(event))
			if len(got) == len(c.want) {
				break
			}
		}
		cancel()
		for i := range c.want {
			if i >= len(got) || !strings.HasSuffix(got[i], c.want[i]) {
				t.Errorf("%s %v: got %q, want %q", c.clearance, c.args, got, c.want)
				break
			}
		}
	}
}

// TestChangesWaited waits for what is not there yet, and ends with its context.
func TestChangesWaited(t *testing.T) {
	g := table(t)
	w := over(t, g.DB)
	ctx, cancel := context.WithCancel(context.Background())
	events := follow(ctx, t, w, graph.Clear, map[string]any{})
	next, stop := iter.Pull2(events)
	defer stop()
	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		g.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "new", Links: []graph.Link{graphtest.Say("x:ua", "name", graph.TextOf("Ukraine"))}})
	}()
	event, err, ok := next()
	<-recorded
	if !ok || err != nil || !strings.HasSuffix(w.shown(event), "name Ukraine") {
		t.Fatalf("%v %v %v", event, err, ok)
	}
	cancel()
	if event, err, ok := next(); ok {
		t.Errorf("after its end: %v %v", event, err)
	}
}

// TestChangesMistakes refuses a subscription that asks for what there is not.
func TestChangesMistakes(t *testing.T) {
	w := open(t, seedFile)
	f := w.schema.SubscriptionType().Fields()["changes"]
	for want, args := range map[string]map[string]any{
		"tx: and the number":                   {"after": "tx:0"},
		`filter.about: no entity is called`:    {"filter": map[string]any{"about": []any{"Rusia"}}},
		`filter.kinds: "Stat" is no kind`:      {"filter": map[string]any{"kinds": []any{"Stat"}}},
		`filter.properties: "nam" is no prop`:  {"filter": map[string]any{"properties": []any{"nam"}}},
		`filter.document: want an id or a key`: {"filter": map[string]any{"document": "that one"}},
	} {
		_, err := f.Subscribe(graphql.ResolveParams{Args: args, Context: context.Background()})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}

// anys is a list of whatever type.
func anys(list any) (out []any) {
	v := reflect.ValueOf(list)
	for i := range v.Len() {
		out = append(out, v.Index(i).Interface())
	}
	return out
}
