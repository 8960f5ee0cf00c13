package server

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/server/exec"
)

func TestFieldsKeepTheirOrder(t *testing.T) {
	s := testServer(t, Options{})
	const query = `{ z: node { name id ...F } a: echo list(first: 2) { must __typename id } } fragment F on Node { x: must id name }`
	const want = `{"data":{"z":{"name":"Ada","id":"7","x":"x"},"a":"{\"must\":1}","list":[{"must":"x","__typename":"Node","id":"7"},{"must":"x","__typename":"Node","id":"7"}]}}`
	for range 20 {
		if got := ask(t, s, query, ""); got.Body != want {
			t.Fatalf("got  %s\nwant %s", got.Body, want)
		}
	}
}

func TestErrorsOfResolvers(t *testing.T) {
	var log bytes.Buffer
	s := testServer(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for field, code := range map[string]string{"missing": codeNotFound, "secret": exec.CodeInternal, "panics": exec.CodeInternal, "thunk": exec.CodeInternal, "scalar": exec.CodeInternal} {
		log.Reset()
		got := ask(t, s, "{ node { id } "+field+" }", "")
		if got.Status != 200 || got.code() != code || !strings.Contains(string(got.Data), `"node":{"id":"7"},"`+field+`":null`) {
			t.Errorf("%s: %s", field, got.Body)
		}
		if e := got.Errors[0]; len(e.Path) != 1 || e.Path[0] != field || e.Locations[0] != (exec.Location{Line: 1, Column: 15}) {
			t.Errorf("%s: %+v", field, e)
		}
		if code != exec.CodeInternal {
			continue
		}
		id, _ := got.Errors[0].Extensions["id"].(string)
		if strings.Contains(got.Body, "hunter2") || !strings.Contains(log.String(), "hunter2") || id == "" || !strings.Contains(log.String(), id) {
			t.Errorf("%s: answer %s, log %s", field, got.Body, log.String())
		}
	}
}

// An object that must not be null takes its parent with it, here all data.
func TestNonNull(t *testing.T) {
	s := testServer(t, Options{})
	got := ask(t, s, "{ node { id } null }", "")
	if got.Status != 200 || got.code() != exec.CodeInternal || string(got.Data) != "null" || len(got.Errors) != 1 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestPanicsOutsideOfResolvers(t *testing.T) {
	s := testServer(t, Options{})
	s.begin = func(context.Context, []string) (context.Context, func() map[string]any) { panic("hunter2") }
	got := ask(t, s, "{ node { id } }", "")
	if got.Status != 500 || got.code() != exec.CodeInternal || strings.Contains(got.Body, "hunter2") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := ask(t, testServer(t, Options{}), "{ node { id } }", ""); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestErrorsAreCapped(t *testing.T) {
	s := testServer(t, Options{Limits: Limits{Errors: 5}})
	got := ask(t, s, "{ "+numbered("a%d: missing ", 50)+"}", "")
	if n := len(got.Errors); n != 6 || got.Errors[5].Message != "45 more errors" {
		t.Errorf("%d errors: %s", n, got.Body)
	}
	if got := ask(t, s, "{ "+numbered("f%d ", 50)+"}", ""); len(got.Errors) != 6 {
		t.Errorf("%d errors: %s", len(got.Errors), got.Body)
	}
}

func TestErrorsKeepTheirOrder(t *testing.T) {
	s := testServer(t, Options{})
	first := ask(t, s, "{ c: missing a: missing b: missing }", "")
	for range 20 {
		if again := ask(t, s, "{ c: missing a: missing b: missing }", ""); again.Body != first.Body {
			t.Fatalf("%s\n%s", first.Body, again.Body)
		}
	}
	if first.Errors[0].Path[0] != "c" || first.Errors[2].Path[0] != "b" {
		t.Error(first.Body)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	s := testServer(t, Options{Limits: Limits{Values: 50, Response: 1500}})
	got := ask(t, s, "{ list(first: 30) { id name must } }", "")
	if got.Status != 200 || got.code() != exec.CodeLimit || string(got.Data) != "null" || len(got.Errors) != 1 {
		t.Errorf("values: %s", got.Body)
	}
	got = ask(t, s, "{ list(first: 40) { a_rather_long_name_for_a_field: id } }", "")
	if got.Status != 200 || got.code() != exec.CodeLimit || string(got.Data) != "null" {
		t.Errorf("bytes: %s", got.Body)
	}
}

// After the time is over no resolver runs any more: the answer comes when the
// last one has returned.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		schema := testSchema(t)
		var running, after atomic.Int64
		node := schema.Type("Query").(*graphql.Object).Fields()["node"]
		resolve := node.Resolve
		node.Resolve = func(p graphql.ResolveParams) (any, error) {
			running.Add(1)
			defer running.Add(-1)
			return resolve(p)
		}
		s := serverOf(t, schema, Options{Limits: Limits{Time: 3 * time.Second}})
		started := time.Now()
		got := ask(t, s, "{ wait a: wait b: wait node { id } }", "")
		after.Store(running.Load())
		if got.code() != exec.CodeTime || len(got.Errors) != 1 || string(got.Data) != "null" {
			t.Error(got.Body)
		}
		if took := time.Since(started); took != 3*time.Second || after.Load() != 0 {
			t.Errorf("took %s; %d resolvers still ran", took, after.Load())
		}
	})
}

func TestClientGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := testServer(t, Options{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan *reply)
		go func() { done <- send(t, s, post(`{"query":"{ wait }"}`).WithContext(ctx)) }()
		synctest.Wait()
		cancel()
		if got := <-done; got.code() != exec.CodeTime {
			t.Error(got.Body)
		}
	})
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := testServer(t, Options{Limits: Limits{Operations: 1, Time: 4 * time.Second}})
		first := make(chan *reply)
		go func() { first <- send(t, s, post(`{"query":"{ wait }"}`)) }()
		synctest.Wait()
		time.Sleep(time.Second)
		second := make(chan *reply)
		go func() { second <- send(t, s, post(simple)) }()
		if got := <-first; got.code() != exec.CodeTime {
			t.Error(got.Body)
		}
		if got := <-second; got.Status != http.StatusOK || got.code() != "" {
			t.Errorf("its turn came, but: %d %s", got.Status, got.Body)
		}
		s.turns <- struct{}{}
		if got := send(t, s, post(simple)); got.Status != http.StatusServiceUnavailable || got.code() != codeBusy || got.Header.Get("Retry-After") == "" {
			t.Errorf("%d %s", got.Status, got.Body)
		}
		<-s.turns
	})
}

// numbered writes a pattern n times, with the numbers from 0.
func numbered(pattern string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}
