package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

//go:embed ontology.graphql
var sdl string

// ontology is what the facts are stated in: actors, and the CAMEO codes that
// are shipped. It is compiled once.
var ontology = sync.OnceValues(func() (*graph.Ontology, error) {
	list := []schema.Source{{Name: "ontology.graphql", Text: sdl}}
	for _, s := range schema.Shipped() {
		if s.Name == "cameo.graphql" {
			list = append(list, s)
		}
	}
	return schema.Parse("bench", "1", list...)
})

// relationNames are the codes of events.
func relationNames(o *graph.Ontology) []string { return linksOf(o, graph.Event) }

// tieNames are the links that last.
func tieNames(o *graph.Ontology) []string { return linksOf(o, graph.State) }

func linksOf(o *graph.Ontology, c graph.Class) (names []string) {
	for _, l := range o.Links {
		if l.Class == c {
			names = append(names, l.Name)
		}
	}
	return names
}

// openParley opens a store as it is for writing and for a short visit.
func openParley(ctx context.Context, dir string) (*graph.DB, error) { return openSized(ctx, dir, 0) }

// openWarm opens a store with so many bytes of memory for rows, and fills them.
func openWarm(ctx context.Context, dir string, memory int64) (*graph.DB, error) {
	db, err := openSized(ctx, dir, memory)
	if err != nil {
		return nil, err
	}
	if err := db.Warm(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openSized(ctx context.Context, dir string, memory int64) (*graph.DB, error) {
	o, err := ontology()
	if err != nil {
		return nil, err
	}
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		return nil, err
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: o, Validate: schema.Validate, Memory: memory})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return db, nil
}

// loadParley loads the files into a new store.
func loadParley(ctx context.Context, data, dir string) error {
	db, err := openParley(ctx, dir)
	if err != nil {
		return err
	}
	files := []string{filepath.Join(data, entitiesFile), filepath.Join(data, quadsFile)}
	_, err = loaders.Run(ctx, db, graph.Act{Author: "bench"}, files, nil)
	return errors.Join(err, db.Close())
}

// parleyPeer asks through the public API of package graph.
type parleyPeer struct {
	db     *graph.DB
	world  *names
	places map[graph.EntityID]int32
	past   graph.TS // of the questions about the past

	// What was answered last.
	match  graph.Match
	claims []graph.Claim
	edges  []graph.Edge
	labels []string
	counts []graph.Count
	hops   graph.TwoHops
}

func newParleyPeer(ctx context.Context, dir string, w *names) (*parleyPeer, error) {
	db, err := openWarm(ctx, dir, readCache)
	if err != nil {
		return nil, err
	}
	p := &parleyPeer{db: db, world: w, places: map[graph.EntityID]int32{}}
	v := db.At(graph.Point{})
	for i, name := range w.actors {
		e, err := v.Find(ctx, keyOf(name))
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		p.places[e.ID] = int32(i)
	}
	return p, nil
}

func (p *parleyPeer) close() error { return p.db.Close() }

func keyOf(name string) graph.Ref { return graph.Ref{Key: graph.Key{Scheme: "icews", ID: name}} }

func (q *query) window() graph.Interval {
	return graph.Interval{From: timeOf(q.from), To: timeOf(q.to + 1)}
}

// ask asks one question; finding X by its key is part of it.
func (p *parleyPeer) ask(ctx context.Context, k kind, q *query) (err error) {
	v := p.db.At(graph.Point{})
	switch k {
	case lookup, byName:
		return p.name(ctx, k, v, q)
	case pastKnown:
		v = p.db.At(graph.Point{KnownOn: p.past})
	case onDay:
		v = v.On(q.window())
	case onDayPast:
		v = p.db.At(graph.Point{KnownOn: p.past, On: q.window()})
	}
	x := keyOf(p.world.actors[q.x])
	switch k {
	case newest, hub, hubKnown, nowKnown, pastKnown:
		return p.neighbors(ctx, v, graph.EdgeQuery{Entity: x, Starts: q.window(), First: firstNewest})
	case onDay, onDayPast:
		return p.neighbors(ctx, v, graph.EdgeQuery{Entity: x, First: firstNewest})
	case named:
		return p.named(ctx, v, graph.EdgeQuery{Entity: x, Starts: q.window(), First: firstNewest})
	case twoHops:
		p.hops, err = v.TwoHops(ctx, graph.TwoHopsQuery{Entity: x, Hops: graph.Hops{Starts: q.window()}, Most: 1, MaxExpansions: 1 << 30})
		return err
	case counts:
		p.counts, err = v.Counts(ctx, x, graph.Hops{Starts: graph.Interval{From: graph.MinTime, To: timeOf(q.to + 1)}})
		return err
	}
	y := keyOf(p.world.actors[q.y])
	if k == timeline {
		return p.neighbors(ctx, v, graph.EdgeQuery{Entity: x, Other: y, First: firstTimeline})
	}
	p.edges, err = v.Path(ctx, graph.PathQuery{From: x, To: y, Hops: graph.Hops{Starts: q.window()}, MaxHops: mostHops, MaxExpansions: 1 << 30})
	if errors.Is(err, graph.ErrNotFound) { // then there are no edges
		return nil
	}
	return err
}

var attributes = []string{"country", "sector", "founded"}

func (p *parleyPeer) name(ctx context.Context, k kind, v graph.View, q *query) error {
	list, err := v.Lookup(ctx, graph.NameQuery{Name: p.world.actors[q.x]})
	if err != nil {
		return err
	}
	p.match, p.claims = list[0], p.claims[:0]
	if k == lookup {
		return nil
	}
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(p.match.ID), Properties: attributes}) {
		if err != nil {
			return err
		}
		p.claims = append(p.claims, c)
	}
	return nil
}

func (p *parleyPeer) neighbors(ctx context.Context, v graph.View, q graph.EdgeQuery) error {
	p.edges = p.edges[:0]
	for e, err := range v.Neighbors(ctx, q) {
		if err != nil {
			return err
		}
		p.edges = append(p.edges, e)
	}
	return nil
}

func (p *parleyPeer) named(ctx context.Context, v graph.View, q graph.EdgeQuery) error {
	if err := p.neighbors(ctx, v, q); err != nil {
		return err
	}
	ids := make([]graph.EntityID, len(p.edges))
	for i := range p.edges {
		ids[i] = p.edges[i].Other
	}
	var err error
	p.labels, err = v.Labels(ctx, ids)
	return err
}

// answer puts what was answered last in words.
func (p *parleyPeer) answer(k kind) (lines []string) {
	switch k {
	case lookup:
		return []string{p.match.Name.Text}
	case byName:
		lines = append(lines, p.match.Name.Text)
		for i := range p.claims {
			lines = append(lines, p.claims[i].Property+" "+p.claims[i].Value.String())
		}
		slices.Sort(lines[1:])
		return lines
	case twoHops:
		return []string{fmt.Sprint(p.hops.One + p.hops.Two)}
	case counts:
		sums := map[string]int{}
		for _, c := range p.counts {
			sums[c.Property] += c.Edges
		}
		return sumLines(sums)
	case path:
		return []string{pathLine(len(p.edges))}
	}
	rows := make([]row, len(p.edges))
	for i := range p.edges {
		e := &p.edges[i]
		rows[i] = row{day: dayOf(e.From), relation: e.Property, other: p.places[e.Other], out: e.Out, contested: e.Truth == graph.Contested}
		if k == named {
			rows[i].name = p.labels[i]
		}
	}
	return rowLines(k, rows)
}
