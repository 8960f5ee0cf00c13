package notes

import (
	"context"
	"io"
	"iter"

	"github.com/parleydb/parley/graph"
)

// Source is a file of notes.
type Source struct {
	Name string // in messages
	Text []byte
}

// Read gives the statements of one file, whose names must be those of entities
// that it declares itself; keys of others are left to the load.
func Read(file string, r io.Reader, o *graph.Ontology) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		text, err := io.ReadAll(r)
		if err != nil {
			yield(graph.Statement{}, err)
			return
		}
		Statements(context.Background(), []Source{{file, text}}, o, NewNames(o, nil))(yield)
	}
}

// Statements gives the statements of files that may name each other's entities
// and those of names. The first mistake ends it, before any statement.
func Statements(ctx context.Context, files []Source, o *graph.Ontology, names *Names) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		list, err := statements(ctx, files, o, names)
		if err != nil {
			yield(graph.Statement{}, err)
			return
		}
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func statements(ctx context.Context, files []Source, o *graph.Ontology, names *Names) ([]graph.Statement, error) {
	fs := newForms(o)
	parsedFiles := make([][]parsed, len(files))
	n := 0
	for i, f := range files {
		var err error
		if parsedFiles[i], err = parse(f.Name, f.Text, fs); err != nil {
			return nil, err
		}
		n += len(parsedFiles[i])
		for j := range parsedFiles[i] {
			if s := &parsedFiles[i][j]; !s.bare {
				names.collect(&s.Statement)
			}
		}
	}
	r := resolver{Names: names, forms: fs}
	for i, f := range files {
		r.file = f.Name
		for j := range parsedFiles[i] {
			if err := r.resolve(ctx, &parsedFiles[i][j]); err != nil {
				return nil, err
			}
			names.addSides(&parsedFiles[i][j].Statement)
		}
	}
	list := make([]graph.Statement, 0, n)
	for i := range files {
		var err error
		if list, err = r.finish(ctx, parsedFiles[i], list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// finish finds out the voices, and leaves out headers that only refer to a
// document that is known.
func (r *resolver) finish(ctx context.Context, in []parsed, list []graph.Statement) ([]graph.Statement, error) {
	for i := range in {
		s := &in[i]
		if s.bare {
			if _, known, err := r.kindOf(ctx, s.Document.Key); err != nil || known {
				if err != nil {
					return nil, err
				}
				continue
			}
			r.declare(graph.KindDocument, s.Document.Key)
		}
		if s.Document == nil && s.Declaration == nil && s.Draft == nil && s.Retract == nil {
			continue
		}
		if s.voiceless {
			v, err := r.voice(ctx, s.Draft)
			if err != nil {
				return nil, err
			}
			s.Draft.Voice = v
		}
		list = append(list, s.Statement)
	}
	return list, nil
}
