package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
)

// dataFlag adds --data, whose default is the environment's PARLEY_DATA.
func dataFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data", os.Getenv("PARLEY_DATA"), "directory of the database (environment: PARLEY_DATA)")
}

// open opens the database in a directory. With create, a missing one is made.
func (p *program) open(ctx context.Context, dir string, create bool) (*graph.DB, error) {
	if dir == "" {
		return nil, usageError{errors.New("no database: give --data DIR, or set PARLEY_DATA")}
	}
	if !create && !badgerkv.Exists(dir) {
		return nil, fmt.Errorf("no database at %s: make one with parley load --data %s FILE", dir, dir)
	}
	store, err := badgerkv.Open(dir, &badgerkv.Options{Now: p.now})
	if err != nil {
		return nil, err
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: p.now})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return db, nil
}

// openMemory opens an empty database that is forgotten when it is closed.
func (p *program) openMemory(ctx context.Context) (*graph.DB, error) {
	return graph.Open(ctx, memkv.New(&memkv.Options{Now: p.now}), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: p.now})
}

// with runs fn on the database in a directory and closes it.
func (p *program) with(ctx context.Context, dir string, create bool, fn func(*graph.DB) error) error {
	db, err := p.open(ctx, dir, create)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}
