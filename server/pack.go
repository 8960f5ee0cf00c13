package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/schema/gqlschema"
	"github.com/parleydb/parley/server/exec"
)

// Question is a query whose answer is to be proven.
type Question struct {
	Query     string
	Operation string // which one, of a document with several; "": the only one
	Variables map[string]any
	// The point at which it is asked, where the query does not say another one.
	On        string // EDTF; "": any time
	Policy    graph.Policy
	Undated   graph.Undated
	Clearance graph.Marking
	Languages []string
	Limits    Limits
}

// packHead is the first line of a pack.
type packHead struct {
	Version   int             `json:"parleyEvidence"`
	Query     string          `json:"query"`
	Operation string          `json:"operation,omitempty"`
	Variables map[string]any  `json:"variables"`
	On        string          `json:"on,omitempty"`
	KnownOn   string          `json:"knownOn"`
	Basis     string          `json:"basis"`
	Policy    string          `json:"policy"`
	Undated   string          `json:"undated,omitempty"` // if not as usual
	Clearance string          `json:"clearance"`
	Languages []string        `json:"languages,omitempty"`
	Made      time.Time       `json:"made"`
	Answer    json.RawMessage `json:"answer"`
	Sum       string          `json:"sum,omitempty"` // of the line up to here
}

// packVersion is that of the packs that are made here.
const packVersion = 1

// Pack writes an answer together with what proves it: one line of JSON, then the
// excerpt of the change log on which the answer rests. Before anything is
// written, the pack is proven in an empty store, which is left to its owner.
func Pack(ctx context.Context, db *graph.DB, empty kv.Store, w io.Writer, q *Question) error {
	text, err := asker(q.Limits).pack(ctx, db, empty, q)
	if wrong := (*PackError)(nil); err != nil && !errors.As(err, &wrong) {
		err = fmt.Errorf("server: evidence pack: %w", err)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// asker asks for packs, without a network.
func asker(limits Limits) *Server {
	return &Server{limits: limits.orDefaults(), log: slog.New(slog.DiscardHandler)}
}

// pack makes a pack and proves it.
func (s *Server) pack(ctx context.Context, db *graph.DB, empty kv.Store, q *Question) ([]byte, error) {
	text, err := s.unproven(ctx, db, q)
	if err != nil {
		return nil, err
	}
	if _, err := s.prove(ctx, empty, bytes.NewReader(text), ""); err != nil {
		return nil, &PackError{"it does not prove its own answer, and is not given away: " + graph.Message(err)}
	}
	return text, nil
}

func (s *Server) unproven(ctx context.Context, db *graph.DB, q *Question) ([]byte, error) {
	point := graph.Point{Policy: q.Policy, Undated: q.Undated, Clearance: q.Clearance}
	var err error
	if q.On != "" {
		if point.On, err = graph.ParseOn(q.On); err != nil {
			return nil, err
		}
	}
	whole := db.At(graph.Point{Clearance: q.Clearance})
	head := packHead{Version: packVersion, Query: q.Query, Operation: q.Operation, Variables: q.Variables, On: q.On, KnownOn: graph.FormatTS(whole.TS()), Basis: point.Basis.String(),
		Policy: q.Policy.String(), Clearance: q.Clearance.String(), Languages: q.Languages, Made: momentOf(whole)}
	if q.Undated != graph.FromRecorded {
		head.Undated = q.Undated.String()
	}
	excerpt := packText{most: s.limits.Pack}
	_, err = whole.Excerpt(ctx, &excerpt, func(v graph.View) error {
		head.Answer, err = s.askAt(ctx, db, v.At(point), &head)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := packText{most: s.limits.Pack}
	line, err := head.line()
	if err == nil {
		_, err = out.Write(line)
	}
	if err == nil {
		_, err = out.Write(excerpt.Bytes())
	}
	return out.Bytes(), err
}

// line is the first line of a pack, which ends with the hash of what stands
// before it.
func (h *packHead) line() ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(h)
	return summed(bytes.TrimSuffix(text.Bytes(), []byte("}\n"))), err
}

// beforeSum stands between a first line and its hash.
const beforeSum = `,"sum":"`

func summed(text []byte) []byte {
	return fmt.Appendf(nil, "%s%s%x\"}\n", text, beforeSum, sha256.Sum256(text))
}

// packText is a pack that is made, as long as it may be.
type packText struct {
	bytes.Buffer
	most int64
}

func (t *packText) Write(p []byte) (int, error) {
	if int64(t.Len()+len(p)) > t.most {
		return 0, faultf(exec.CodeLimit, "the evidence pack has more than %d bytes: ask for less at a time", t.most)
	}
	return t.Buffer.Write(p)
}

// momentOf is when a view was made.
func momentOf(v graph.View) time.Time {
	return time.UnixMilli(int64(v.On(graph.Interval{}).Day().From)).UTC()
}

// askAt has a query answered by what a view shows.
func (s *Server) askAt(ctx context.Context, db *graph.DB, v graph.View, h *packHead) ([]byte, error) {
	schema, err := gqlschema.New(db, &gqlschema.Options{Now: func() time.Time { return h.Made }})
	if err != nil {
		return nil, err
	}
	engine := exec.New(schema, &exec.Options{Limits: s.limits.ofRuns(), NoIntrospection: s.noIntrospection, Explain: s.explain, Logger: s.log})
	ctx, extensions := beginRequest(ctx, &gqlschema.Request{Clearance: v.Point().Clearance, Languages: h.Languages, From: &v})
	answer := engine.Do(ctx, exec.Request{Query: h.Query, Operation: h.Operation, Variables: h.Variables, ReadOnly: true, Extensions: extensions})
	if len(answer.Errors) > 0 {
		return nil, &unanswered{answer.Errors}
	}
	return answer.Body, nil
}

// unanswered is a query that has errors, with or without an answer besides.
type unanswered struct{ list exec.Errors }

func (u *unanswered) Error() string {
	all := make([]error, len(u.list))
	for i, e := range u.list {
		all[i] = e
	}
	return fmt.Sprintf("the query is not answered: %s", errors.Join(all...))
}

func (u *unanswered) Unwrap() error { return graph.ErrRefused }
