package server

import (
	"bytes"
	"context"
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
	Variables map[string]any
	// The point at which it is asked, where the query does not say another one.
	On        string // EDTF; "": any time
	Policy    graph.Policy
	Clearance graph.Marking
	Languages []string
	Limits    Limits
}

// packHead is the first line of a pack.
type packHead struct {
	Version   int             `json:"parleyEvidence"`
	Query     string          `json:"query"`
	Variables map[string]any  `json:"variables"`
	On        string          `json:"on,omitempty"`
	KnownOn   string          `json:"knownOn"`
	Basis     string          `json:"basis"`
	Policy    string          `json:"policy"`
	Clearance string          `json:"clearance"`
	Languages []string        `json:"languages,omitempty"`
	Made      time.Time       `json:"made"`
	Answer    json.RawMessage `json:"answer"`
}

// packVersion is that of the packs that are made here.
const packVersion = 1

// Pack writes an answer together with what proves it: one line of JSON, then the
// excerpt of the change log on which the answer rests. Before anything is
// written, the pack is proven in an empty store, which is left to its owner.
func Pack(ctx context.Context, db *graph.DB, empty kv.Store, w io.Writer, q *Question) error {
	text, err := pack(ctx, db, q)
	if err != nil {
		return fmt.Errorf("server: evidence pack: %w", err)
	}
	if _, err := VerifyPack(ctx, empty, bytes.NewReader(text), &VerifyOptions{Limits: q.Limits}); err != nil {
		return fmt.Errorf("the pack does not prove its own answer, and is not written: %w", err)
	}
	_, err = w.Write(text)
	return err
}

func pack(ctx context.Context, db *graph.DB, q *Question) ([]byte, error) {
	point := graph.Point{Policy: q.Policy, Clearance: q.Clearance}
	var err error
	if q.On != "" {
		if point.On, err = graph.ParseOn(q.On); err != nil {
			return nil, err
		}
	}
	whole := db.At(graph.Point{Clearance: q.Clearance})
	head := packHead{Version: packVersion, Query: q.Query, Variables: q.Variables, On: q.On, KnownOn: graph.FormatTS(whole.TS()), Basis: point.Basis.String(),
		Policy: q.Policy.String(), Clearance: q.Clearance.String(), Languages: q.Languages, Made: momentOf(whole)}
	var excerpt bytes.Buffer
	_, err = whole.Excerpt(ctx, &excerpt, func(v graph.View) error {
		head.Answer, err = head.ask(ctx, db, v.At(point), q.Limits)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(head); err != nil {
		return nil, err
	}
	out.Write(excerpt.Bytes())
	return out.Bytes(), nil
}

// momentOf is when a view was made.
func momentOf(v graph.View) time.Time {
	return time.UnixMilli(int64(v.On(graph.Interval{}).Day().From)).UTC()
}

// ask has a query answered by what a view shows.
func (h *packHead) ask(ctx context.Context, db *graph.DB, v graph.View, limits Limits) ([]byte, error) {
	schema, err := gqlschema.New(db, &gqlschema.Options{Now: func() time.Time { return h.Made }})
	if err != nil {
		return nil, err
	}
	s := Server{limits: limits.orDefaults(), log: slog.New(slog.DiscardHandler)}
	engine := exec.New(schema, &exec.Options{Limits: s.limits.ofRuns(), Explain: s.explain, Logger: s.log})
	ctx, extensions := beginRequest(ctx, &gqlschema.Request{Clearance: v.Point().Clearance, Languages: h.Languages, From: &v})
	answer := engine.Do(ctx, exec.Request{Query: h.Query, Variables: h.Variables, ReadOnly: true, Extensions: extensions})
	if len(answer.Errors) > 0 {
		return nil, fmt.Errorf("%w: the query is not answered: %w", graph.ErrRefused, errors.Join(errorsOf(answer.Errors)...))
	}
	return answer.Body, nil
}

func errorsOf(list exec.Errors) (all []error) {
	for _, e := range list {
		all = append(all, e)
	}
	return all
}
