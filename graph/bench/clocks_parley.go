package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"

	"github.com/parleydb/parley/graph"
)

// pastFile keeps the transaction time of the last load of pastRound.
const pastFile = "past"

// wires is how many sources the facts with assertions of their own are from.
const wires = 300

// loadParley loads the first versions, and then what changed, each round in a
// transaction. The folder gets a store and the file past.
func (h *history) loadParley(ctx context.Context, dir string) error {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return err
	}
	db, err := openParley(ctx, filepath.Join(dir, "store"))
	if err != nil {
		return err
	}
	return errors.Join(h.loadRounds(ctx, db, dir), db.Close())
}

func (h *history) loadRounds(ctx context.Context, db *graph.DB, dir string) error {
	for round := range rounds + 1 {
		src := h.changed(round)
		if round == 0 {
			src = h.first()
		}
		done, err := db.Load(ctx, graph.Act{Author: "bench"}, src, &graph.LoadOptions{Again: true})
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if round == pastRound {
			if err := os.WriteFile(filepath.Join(dir, pastFile), []byte(strconv.FormatUint(uint64(done.TS), 10)), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func wireOf(id int32) graph.Key { return graph.Key{Scheme: "wire", ID: strconv.Itoa(int(id) % wires)} }

func (h *history) actor(i int32) graph.Ref { return keyOf(h.actors[i].name) }

// link is what a version says.
func (h *history) link(v *version) (graph.Link, error) {
	date := dateOf(int(v.day))
	if v.long() {
		date += "/" + dateOf(int(v.until)-1)
	}
	valid, err := graph.ParseValid(date, "")
	return graph.Link{Subject: h.actor(v.subject), Property: h.relations[v.relation], Value: graph.RefOf(h.actor(v.object)), Valid: &valid}, err
}

// draft is an assertion of one version.
func (h *history) draft(v *version, deny bool) (graph.Draft, error) {
	l, err := h.link(v)
	l.Deny = deny
	d := graph.Draft{Document: graph.Ref{Key: wireOf(v.id)}, Key: "f" + strconv.Itoa(int(v.id)), Links: []graph.Link{l}}
	if deny {
		d.Document, d.Key = graph.Ref{Key: wireOf(v.id + 1)}, "d"+strconv.Itoa(int(v.id))
	}
	return d, err
}

// first states all first versions: most in one assertion, as a file of quads does.
func (h *history) first() iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		all := graph.Draft{Document: graph.Ref{Key: quadsKey}, Key: "all"}
		for _, s := range h.introduced(&all) {
			if !yield(s, nil) {
				return
			}
		}
		for i := range h.versions {
			v := &h.versions[i]
			if v.known != 0 {
				continue
			}
			d, err := h.draft(v, false)
			if err != nil {
				yield(graph.Statement{}, err)
				return
			}
			if !h.alone[v.id] {
				all.Links = append(all.Links, d.Links...)
			} else if !yield(graph.Statement{Draft: &d}, nil) {
				return
			}
		}
		yield(graph.Statement{Draft: &all, Facts: len(all.Links) - len(h.actors)}, nil)
	}
}

var quadsKey = graph.Key{Scheme: "file", ID: "quads"}

// introduced are the documents and the actors, whose names become part of an
// assertion.
func (h *history) introduced(all *graph.Draft) []graph.Statement {
	list := []graph.Statement{{Document: &graph.Document{Key: quadsKey}}}
	for i := range int32(wires) {
		list = append(list, graph.Statement{Document: &graph.Document{Key: wireOf(i)}})
	}
	for i := range h.actors {
		a := h.actor(int32(i))
		list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "Actor", Keys: []graph.Key{a.Key}}})
		all.Links = append(all.Links, graph.Link{Subject: a, Property: graph.PropertyName, Value: graph.TextOf(h.actors[i].name)})
	}
	return list
}

// changed states what happens in a round.
func (h *history) changed(round int) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		for i := range h.changes[round] {
			c := &h.changes[round][i]
			d, err := h.draft(&c.now, c.what == denied)
			s := graph.Statement{Draft: &d, Correct: c.what == corrected}
			if c.what == retracted {
				s = graph.Statement{Retract: &graph.AssertionKey{Document: d.Document, Key: d.Key}}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// newClockPeer opens what loadParley has loaded.
func newClockPeer(ctx context.Context, dir string, w *names) (*parleyPeer, error) {
	text, err := os.ReadFile(filepath.Join(dir, pastFile))
	if err != nil {
		return nil, err
	}
	past, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return nil, err
	}
	p, err := newParleyPeer(ctx, filepath.Join(dir, "store"), w)
	if err == nil {
		p.past = graph.TS(past)
	}
	return p, err
}
