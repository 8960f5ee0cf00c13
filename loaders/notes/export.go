package notes

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/parleydb/parley/graph"
)

// ExportOptions of an export; nil works.
type ExportOptions struct {
	Document graph.Ref // only this one; zero: all
}

// Export writes the live assertions of a view as notes, one document after the
// other. Loaded into an empty database they give the same answers.
func Export(ctx context.Context, w io.Writer, v graph.View, opts *ExportOptions) error {
	if opts == nil {
		opts = &ExportOptions{}
	}
	return Print(w, v.Ontology(), Exported(ctx, v, opts))
}

// Exported gives the statements that Export writes: of each document itself,
// what it needs to be declared, and its assertions.
func Exported(ctx context.Context, v graph.View, opts *ExportOptions) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		e := exporter{view: v, forms: newForms(v.Ontology()), entities: map[graph.EntityID]graph.Entity{},
			declared: map[graph.EntityID]bool{}, documents: map[graph.EntityID]bool{}}
		if err := e.run(ctx, opts, yield); err != nil {
			yield(graph.Statement{}, err)
		}
	}
}

type exporter struct {
	*forms
	view      graph.View
	entities  map[graph.EntityID]graph.Entity
	declared  map[graph.EntityID]bool
	documents map[graph.EntityID]bool // true: its header has been given
	needed    []graph.EntityID        // by what is in hand, in order
}

func (e *exporter) run(ctx context.Context, opts *ExportOptions, yield func(graph.Statement, error) bool) error {
	list, err := e.chosen(ctx, opts)
	if err != nil {
		return err
	}
	for _, d := range list {
		e.documents[d.ID] = false
	}
	for i := range list {
		statements, err := e.document(ctx, &list[i])
		if err != nil {
			return err
		}
		for _, s := range statements {
			if !yield(s, nil) {
				return nil
			}
		}
	}
	return nil
}

// chosen lists the documents to write.
func (e *exporter) chosen(ctx context.Context, opts *ExportOptions) (list []graph.Document, err error) {
	if !opts.Document.IsZero() {
		found, err := e.view.Find(ctx, opts.Document)
		if err != nil {
			return nil, err
		}
		return e.view.Documents(ctx, []graph.EntityID{found.ID})
	}
	for d, err := range e.view.Sources(ctx) {
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// document gives the statements of one document.
func (e *exporter) document(ctx context.Context, d *graph.Document) ([]graph.Statement, error) {
	e.needed = nil
	var drafts []graph.Statement
	for a, err := range e.view.Assertions(ctx, d.ID) {
		if err != nil {
			return nil, err
		}
		if err := e.fetch(ctx, &a); err != nil {
			return nil, err
		}
		r := rebuild{exporter: e, account: &a}
		drafts = append(drafts, graph.Statement{Draft: r.draft(graph.Ref{Key: d.Key})})
	}
	before, err := e.header(ctx, d)
	if err != nil {
		return nil, err
	}
	more, own := e.declarations(drafts)
	list := slices.Concat(before, more)
	for _, s := range drafts {
		if r := s.Draft.Relation; r != nil && own[r.Key] != nil {
			list = append(list, graph.Statement{Declaration: own[r.Key]})
			delete(own, r.Key)
		}
		list = append(list, s)
	}
	return list, nil
}

// header gives the document, behind those that it refers to and that are not
// written themselves.
func (e *exporter) header(ctx context.Context, d *graph.Document) ([]graph.Statement, error) {
	e.documents[d.ID] = true
	out := *d
	out.ID = graph.EntityID{}
	out.Origins = slices.Clone(d.Origins)
	var list []graph.Statement
	for i, o := range d.Origins {
		ref, err := e.ref(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		out.Origins[i] = ref
	}
	if !d.VersionOf.IsZero() {
		ref, err := e.ref(ctx, d.VersionOf.ID)
		if err != nil {
			return nil, err
		}
		out.VersionOf = ref
	}
	for _, id := range e.needed {
		if _, written := e.documents[id]; written || e.entities[id].Kind != graph.KindDocument {
			continue
		}
		more, err := e.view.Documents(ctx, []graph.EntityID{id})
		if errors.Is(err, graph.ErrNotFound) { // the view tells nothing of it
			hide(&out, e.entities[id].Keys)
			continue
		}
		if err != nil {
			return nil, err
		}
		before, err := e.header(ctx, &more[0])
		if err != nil {
			return nil, err
		}
		list = append(list, before...)
	}
	return append(list, graph.Statement{Document: &out}), nil
}

// hide leaves out references to what goes by the keys.
func hide(d *graph.Document, keys []graph.Key) {
	gone := func(r graph.Ref) bool { return slices.Contains(keys, r.Key) }
	d.Origins = slices.DeleteFunc(d.Origins, gone)
	if gone(d.VersionOf) {
		d.VersionOf = graph.Ref{}
	}
}

// ref is how an entity is referred to, and notes that it is needed.
func (e *exporter) ref(ctx context.Context, id graph.EntityID) (graph.Ref, error) {
	if err := e.find(ctx, id); err != nil {
		return graph.Ref{}, err
	}
	return e.known(id), nil
}

func (e *exporter) find(ctx context.Context, id graph.EntityID) error {
	if _, ok := e.entities[id]; ok {
		return nil
	}
	found, err := e.view.Find(ctx, graph.ByID(id))
	e.entities[id] = found
	return err
}

// known refers to an entity that was fetched: by its key, else by the id that
// its fields give it again, else by a key that is made of its id.
func (e *exporter) known(id graph.EntityID) graph.Ref {
	e.needed = append(e.needed, id)
	found := e.entities[id]
	switch {
	case len(found.Keys) > 0:
		return graph.Ref{Key: found.Keys[0]}
	case e.described(id):
		return graph.ByID(id)
	}
	return graph.Ref{Key: graph.Key{Scheme: "id", ID: id.String()}}
}

// described tells whether an entity is told by its fields.
func (e *exporter) described(id graph.EntityID) bool {
	found := e.entities[id]
	f := e.kinds[found.Kind]
	return f != nil && f.identified() && !found.Keyed()
}

// fetch reads the entities that an assertion refers to.
func (e *exporter) fetch(ctx context.Context, a *graph.Account) error {
	for _, id := range a.Chain {
		if err := e.find(ctx, id); err != nil {
			return err
		}
	}
	for i := range a.Claims {
		c := &a.Claims[i]
		if err := e.find(ctx, c.Subject); err != nil {
			return err
		}
		if c.Value.Type() == graph.Reference {
			if err := e.find(ctx, c.Value.Entity()); err != nil {
				return err
			}
		}
	}
	return nil
}

// declarations states the kinds and keys of what is needed, once: those that
// have a line of their own, and those that the line of a draft declares, by key.
// Relations that drafts state with their only key need none.
func (e *exporter) declarations(drafts []graph.Statement) (list []graph.Statement, own map[graph.Key]*graph.Declaration) {
	stated := map[graph.Key]bool{}
	for _, s := range drafts {
		if r := s.Draft.Relation; r != nil {
			stated[r.Key] = true
		}
	}
	own = map[graph.Key]*graph.Declaration{}
	for _, id := range e.needed {
		found := e.entities[id]
		if e.declared[id] || found.Kind == graph.KindDocument || e.described(id) {
			continue
		}
		e.declared[id] = true
		d := &graph.Declaration{Kind: found.Kind, Keys: found.Keys}
		if len(d.Keys) == 0 {
			d.Keys = []graph.Key{e.known(id).Key}
		}
		switch f := e.kinds[found.Kind]; {
		case !stated[d.Keys[0]] || f == nil || f.identified():
			list = append(list, graph.Statement{Declaration: d})
		case !f.Relation || len(d.Keys) > 1:
			own[d.Keys[0]] = d
		}
	}
	return list, own
}
