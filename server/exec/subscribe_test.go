package exec

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/graphql-go/graphql"
)

// eventsEngine subscribes to what a function gives.
func eventsEngine(t *testing.T, subscribe graphql.FieldResolveFn) *Engine {
	t.Helper()
	event := graphql.NewObject(graphql.ObjectConfig{Name: "Event", Fields: graphql.Fields{
		"n":    {Type: graphql.Int, Resolve: func(p graphql.ResolveParams) (any, error) { return p.Source, nil }},
		"fail": {Type: graphql.NewNonNull(graphql.Int), Resolve: failing(errors.New("hunter2"))},
	}})
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{"x": {Type: graphql.Int}}}),
		Subscription: graphql.NewObject(graphql.ObjectConfig{Name: "Subscription", Fields: graphql.Fields{
			"events": {Type: event, Args: graphql.FieldConfigArgument{"from": {Type: graphql.Int, DefaultValue: 1}}, Subscribe: subscribe,
				Resolve: func(p graphql.ResolveParams) (any, error) { return p.Source, nil }},
			"never": {Type: event},
		}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(s, &Options{Logger: silent})
}

// counting gives numbers from an argument on, and tells when it is left.
func counting(left *bool, ends error, to int) graphql.FieldResolveFn {
	return func(p graphql.ResolveParams) (any, error) {
		return iter.Seq2[any, error](func(yield func(any, error) bool) {
			defer func() { *left = true }()
			for n := p.Args["from"].(int); n <= to; n++ {
				if !yield(n, nil) {
					return
				}
			}
			if ends != nil {
				yield(nil, ends)
			}
		}), nil
	}
}

// told lists what a subscription answers, and how it ends.
func told(t *testing.T, ctx context.Context, e *Engine, rq Request) []string {
	t.Helper()
	events, err := e.Subscribe(ctx, rq)
	if err != nil {
		return []string{"refused: " + err.(Errors)[0].Code() + ": " + err.Error()}
	}
	var list []string
	for event, err := range events {
		if err != nil {
			return append(list, "ended: "+err.(*Error).Code())
		}
		list = append(list, string(event))
	}
	return list
}

func TestSubscribe(t *testing.T) {
	var left bool
	for _, tt := range []struct {
		subscribe graphql.FieldResolveFn
		query     string
		want      []string
	}{
		{counting(&left, nil, 3), "subscription { events(from: 2) { n } }", []string{`{"data":{"events":{"n":2}}}`, `{"data":{"events":{"n":3}}}`}},
		{counting(&left, errors.New("hunter2"), 1), "subscription { e: events { n } }", []string{`{"data":{"e":{"n":1}}}`, "ended: " + CodeInternal}},
		{counting(&left, Errorf("GONE", "gone"), 0), "subscription { events { n } }", []string{"ended: GONE"}},
		{failing(Errorf("NO", "no")), "subscription { events { n } }", []string{"refused: NO: no"}},
		{func(graphql.ResolveParams) (any, error) { panic("hunter2") }, "subscription { events { n } }", []string{"refused: " + CodeInternal}},
		{constant(5), "subscription { events { n } }", []string{"refused: " + CodeInternal}},
		{constant(nil), "subscription { events { n } }", []string{"refused: " + CodeInternal}},
		{constant(func(yield func(any, error) bool) { yield(1, nil); panic("hunter2") }), "subscription { events { n } }", []string{`{"data":{"events":{"n":1}}}`, "ended: " + CodeInternal}},
		{nil, "subscription { never { n } }", []string{"refused: " + CodeOperation}},
		{nil, "{ x }", []string{"refused: " + CodeOperation}},
		{nil, "subscription { events { nope } }", []string{"refused: " + CodeInvalid}},
		{nil, "subscription { events { n } never { n } }", []string{"refused: " + CodeInvalid}},
		{nil, "subscription { ...F } fragment F on Subscription { events { n } more: events { n } }", []string{"refused: " + CodeInvalid}},
		{nil, "subscription { __typename }", []string{"refused: " + CodeInvalid}},
		{nil, "subscription { events @skip(if: true) { n } }", []string{"refused: " + CodeInvalid}},
	} {
		got := told(t, t.Context(), eventsEngine(t, tt.subscribe), Request{Query: tt.query})
		same := len(got) == len(tt.want)
		for i := 0; same && i < len(got); i++ {
			same = strings.HasPrefix(got[i], tt.want[i]) && !strings.Contains(got[i], "hunter2")
		}
		if !same {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.query, got, tt.want)
		}
	}
}

// An event that cannot be resolved is an answer with errors, and the next one
// comes.
func TestEventsFailAlone(t *testing.T) {
	var left bool
	got := told(t, t.Context(), eventsEngine(t, counting(&left, nil, 2)), Request{Query: "subscription { events { n fail } }"})
	if len(got) != 2 || !strings.Contains(got[0], `"data":{"events":null}`) || !strings.Contains(got[1], `"path":["events","fail"]`) {
		t.Errorf("%q", got)
	}
}

// What is around an event gives it a context, knows when it is resolved, and may
// end the subscription.
func TestAroundEvents(t *testing.T) {
	var left bool
	open, begun := 0, 0
	e := eventsEngine(t, counting(&left, nil, 5))
	events, err := e.Subscribe(t.Context(), Request{Query: "subscription { events { n } }", Around: func(ctx context.Context) (context.Context, func(), error) {
		if begun++; begun == 3 {
			return nil, nil, Errorf("BUSY", "busy")
		}
		if begun == 2 {
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			ctx = cancelled
		}
		open++
		return ctx, func() { open-- }, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for body, err := range events {
		if open != 0 {
			t.Error("not done when the answer is handed out")
		}
		if err != nil {
			body = []byte("ended: " + err.(*Error).Code())
		}
		got = append(got, string(body))
	}
	if len(got) != 3 || got[0] != `{"data":{"events":{"n":1}}}` || !strings.Contains(got[1], CodeTime) || got[2] != "ended: BUSY" || !left {
		t.Errorf("%q, left: %v", got, left)
	}
}

func TestLeavingASubscription(t *testing.T) {
	var left bool
	before := runtime.NumGoroutine()
	events, err := eventsEngine(t, counting(&left, nil, 1000)).Subscribe(t.Context(), Request{Query: "subscription { events { n } }"})
	if err != nil {
		t.Fatal(err)
	}
	for range events {
		break
	}
	if !left || runtime.NumGoroutine() > before {
		t.Errorf("left: %v; %d goroutines, before %d", left, runtime.NumGoroutine(), before)
	}
	func() {
		defer func() {
			if p := recover(); p != "mine" {
				t.Errorf("a panic of the loop became %v", p)
			}
		}()
		for range events {
			panic("mine")
		}
	}()
}

// A subscription ends with its context, also between events that never pause.
func TestSubscriptionsEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		ticks := func(graphql.ResolveParams) (any, error) {
			return iter.Seq2[any, error](func(yield func(any, error) bool) {
				for n := 1; yield(n, nil); n++ {
					time.Sleep(time.Second)
				}
			}), nil
		}
		got := told(t, ctx, eventsEngine(t, ticks), Request{Query: "subscription { events { n } }"})
		if len(got) != 5 || got[4] != "ended: "+CodeTime {
			t.Errorf("%q", got)
		}
	})
}

func ExampleEngine_Subscribe() {
	ticks := iter.Seq2[any, error](func(yield func(any, error) bool) {
		_ = yield(map[string]any{"tick": 1}, nil) && yield(map[string]any{"tick": 2}, nil)
	})
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{"x": {Type: graphql.Int}}}),
		Subscription: graphql.NewObject(graphql.ObjectConfig{Name: "Subscription", Fields: graphql.Fields{
			"tick": {Type: graphql.Int, Subscribe: func(graphql.ResolveParams) (any, error) { return ticks, nil }},
		}}),
	})
	if err != nil {
		panic(err)
	}
	events, err := New(s, nil).Subscribe(context.Background(), Request{Query: "subscription { tick }"})
	if err != nil {
		panic(err)
	}
	for event, err := range events {
		fmt.Println(string(event), err)
	}
	// Output:
	// {"data":{"tick":1}} <nil>
	// {"data":{"tick":2}} <nil>
}
