package server

import (
	"context"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema/gqlschema"
	"github.com/parleydb/parley/server/exec"
)

// New makes a server of a database. Closing the database is left to its owner,
// after Shutdown or Close has returned.
func New(db *graph.DB, opts *Options) (*Server, error) {
	if opts == nil {
		opts = &Options{}
	}
	if opts.Now == nil {
		withClock := *opts
		withClock.Now = time.Now
		opts = &withClock
	}
	schema, err := gqlschema.New(db, &gqlschema.Options{Now: opts.Now, Mutations: opts.Mutations})
	if err != nil {
		return nil, err
	}
	begin := func(ctx context.Context, languages []string) (context.Context, func() map[string]any) {
		return beginRequest(ctx, &gqlschema.Request{Clearance: opts.Clearance, Languages: languages})
	}
	traits := &exec.Traits{SpecifiedBy: gqlschema.Specifications(), Order: gqlschema.Order(db.Ontology())}
	s, err := serve(schema, traits, begin, *opts)
	if err == nil && opts.Scratch != nil {
		s.packer = s.packing(db, opts)
	}
	return s, err
}

// beginRequest gives an operation what the schema's resolvers read and leave
// behind: the extensions echo which entities names were taken for.
func beginRequest(ctx context.Context, r *gqlschema.Request) (context.Context, func() map[string]any) {
	return gqlschema.WithRequest(ctx, r), func() map[string]any {
		resolved := r.Resolved()
		if len(resolved) == 0 {
			return nil
		}
		return map[string]any{"resolved": resolved}
	}
}
