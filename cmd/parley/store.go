package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
)

// dataFlag adds --data, whose default is the environment's PARLEY_DATA.
func dataFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data", os.Getenv("PARLEY_DATA"), "directory of the database (environment: PARLEY_DATA)")
}

// open opens the database in a directory. With create, a missing one is made;
// without, one that may only be read is opened for reading.
func (p *program) open(ctx context.Context, dir string, create bool) (*graph.DB, error) {
	if dir == "" {
		return nil, usageError{errors.New("no database: give --data DIR, or set PARLEY_DATA")}
	}
	if !create && !badgerkv.Exists(dir) {
		return nil, fmt.Errorf("no database at %s: make one with parley load --data %s FILE", dir, dir)
	}
	db, err := p.openStore(ctx, dir, false)
	if mayNotWrite(err) && !create {
		db, err = p.openStore(ctx, dir, true)
	}
	return db, advise(err)
}

func (p *program) openStore(ctx context.Context, dir string, readOnly bool) (*graph.DB, error) {
	store, err := badgerkv.Open(dir, &badgerkv.Options{Now: p.now, ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: p.now, ReadOnly: readOnly})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return db, nil
}

func mayNotWrite(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// advise adds what the command offers as a way out.
func advise(err error) error {
	switch {
	case errors.Is(err, kv.ErrInUse):
		return fmt.Errorf("%w; if it is parley serve, ask it with parley query --url http://ADDRESS/graphql", err)
	case mayNotWrite(err):
		return fmt.Errorf("%w; the user who runs parley must be allowed to read the directory and its files, and to write them for anything but check, stats and query", err)
	}
	return err
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
