package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/server/exec"
)

func scratch() kv.Store { return memkv.New(nil) }

func packServer(t *testing.T, db *graph.DB, opts Options) *Server {
	t.Helper()
	if opts.Scratch == nil {
		opts.Scratch = scratch
	}
	s, err := New(db, &opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func postPack(body string) *http.Request {
	r := post(body)
	r.URL.Path = "/graphql/pack"
	return r
}

// fetch sends a request for a pack through the handler: the text of a pack, or errors.
func fetch(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const whoQuery = `{"query":"query A { stats { claims } } query B($who: String) { actor(name: $who) { name names { text } } }","operationName":"B","variables":{"who":"Russia"}}`

// A pack that is fetched proves its own answer, to whoever asks, in the words
// that he prefers, by POST and by an address.
func TestPackOverHTTP(t *testing.T) {
	s := packServer(t, packed(t), Options{Clearance: graph.Amber})
	server := httptest.NewServer(s)
	defer server.Close()
	byAddress := server.URL + "/graphql/pack?query=" + url.QueryEscape(`query B($who: String) { actor(name: $who) { name } }`) + "&variables=" + url.QueryEscape(`{"who":"Russia"}`)
	byPost, err := http.NewRequest(http.MethodPost, server.URL+"/graphql/pack", strings.NewReader(whoQuery))
	if err != nil {
		t.Fatal(err)
	}
	byPost.Header.Set("Content-Type", mediaJSON)
	byGet, err := http.NewRequest(http.MethodGet, byAddress, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{byPost, byGet} {
		r.Header.Set("Accept-Language", "uk, en;q=0.5")
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(w.Body)
		_ = w.Body.Close()
		if err != nil || w.StatusCode != http.StatusOK || w.Header.Get("Content-Type") != mediaPack+"; charset=utf-8" ||
			!strings.HasPrefix(w.Header.Get("Content-Disposition"), "attachment") || w.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %v %d %v", r.Method, err, w.StatusCode, w.Header)
		}
		p, err := VerifyPack(t.Context(), memkv.New(nil), bytes.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if p.Clearance != graph.Amber || strings.Join(p.Languages, " ") != "uk en" || p.Variables["who"] != "Russia" || !bytes.Contains(p.Answer, []byte(`{"data":{"actor":{"name":"`)) {
			t.Errorf("%s: %+v %s", r.Method, p.Question, p.Answer)
		}
		if (p.Operation == "B") != (r.Method == http.MethodPost) {
			t.Errorf("%s: operation %q", r.Method, p.Operation)
		}
	}
}

// What is no answer is no pack: a status that says so, and the errors as
// GraphQL has them, never 200.
func TestPackOverHTTPRefused(t *testing.T) {
	db := packed(t)
	open := packServer(t, db, Options{})
	closed := packServer(t, db, Options{NoIntrospection: true})
	small := packServer(t, db, Options{Limits: Limits{Pack: 10_000}})
	hasty := packServer(t, db, Options{Limits: Limits{PackTime: time.Nanosecond}})
	unable := packServer(t, db, Options{Logger: slog.New(slog.DiscardHandler), Scratch: func() kv.Store { return full(t) }})
	other := httptest.NewRequest(http.MethodDelete, "/graphql/pack", nil)
	foreign := postPack(whoQuery)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	for name, tt := range map[string]struct {
		s      *Server
		r      *http.Request
		status int
		want   string
	}{
		"unknown name":  {open, postPack(`{"query":"{ actor(name: \"Rusia\") { name } }"}`), 400, "did you mean"},
		"unknown field": {open, postPack(`{"query":"{ nothing }"}`), 400, exec.CodeInvalid},
		"partly":        {open, postPack(`{"query":"{ stats { claims } actor(name: \"Rusia\") { name } }"}`), 400, "did you mean"},
		"a mutation":    {open, postPack(`{"query":"mutation { forget }"}`), 400, "only queries"},
		"no JSON":       {open, postPack(`{`), 400, exec.CodeRequest},
		"no query":      {open, postPack(`{}`), 400, exec.CodeRequest},
		"DELETE":        {open, other, 405, "use GET or POST"},
		"another site":  {open, foreign, 403, "other sites' pages"},
		"the schema":    {closed, postPack(`{"query":"{ __schema { types { name } } }"}`), 400, "introspection"},
		"too large":     {small, postPack(whoQuery), 400, "more than 10000 bytes"},
		"too slow":      {hasty, postPack(whoQuery), 503, codeBusy},
		"not proven":    {unable, postPack(whoQuery), 500, exec.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, tt.s, tt.r)
			if got.Status != tt.status || !strings.Contains(got.Body, tt.want) || len(got.Errors) == 0 || got.Header.Get("Content-Disposition") != "" {
				t.Errorf("%d %v %s, want %d with %s", got.Status, got.Header, got.Body, tt.status, tt.want)
			}
		})
	}
}

// full is a store in which nothing can be proven.
func full(t *testing.T) kv.Store {
	store := memkv.New(nil)
	_, err := store.Update(t.Context(), func(x kv.Txn) error { return x.Set([]byte("hello"), []byte("world")) })
	if err != nil {
		t.Error(err)
	}
	return store
}

// So many packs are made at once; a server that is told of no place to prove
// them makes none.
func TestPackPlaces(t *testing.T) {
	db := packed(t)
	started, proceed := make(chan struct{}), make(chan struct{})
	s := packServer(t, db, Options{Limits: Limits{Packs: 1}, Scratch: func() kv.Store {
		close(started)
		<-proceed
		return memkv.New(nil)
	}})
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- fetch(s, postPack(whoQuery)) }()
	<-started
	if got := send(t, s, postPack(whoQuery)); got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || got.code() != codeBusy {
		t.Errorf("while one is made: %d %s", got.Status, got.Body)
	}
	close(proceed)
	if got := <-first; got.Code != http.StatusOK {
		t.Errorf("the one that is made: %d", got.Code)
	}
	none, err := New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	if got := fetch(none, postPack(whoQuery)); got.Code != http.StatusNotFound {
		t.Errorf("without a place: %d", got.Code)
	}
}

// A reader below a marking gets no pack that tells of it.
func TestPackOverHTTPKeepsSecrets(t *testing.T) {
	db := packed(t)
	_, err := db.Update(t.Context(), graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("curation:main"), Key: "secret", Judgement: graph.Judgement{Marking: graph.Red},
			Links: []graph.Link{{Subject: graph.ByKey("ua25:ru"), Property: graph.PropertyAlias, Value: graph.NameOf("SECRETALIAS", "en", "", "")}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for clearance, told := range map[graph.Marking]bool{graph.Clear: false, graph.Red: true} {
		got := fetch(packServer(t, db, Options{Clearance: clearance}), postPack(whoQuery))
		if got.Code != http.StatusOK || strings.Contains(got.Body.String(), "SECRETALIAS") != told {
			t.Errorf("with clearance %s: %d, told %v", clearance, got.Code, !told)
		}
	}
}
