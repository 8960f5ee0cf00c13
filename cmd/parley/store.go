package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// extendFlag adds --extend to every command.
func (p *program) extendFlag(root *cobra.Command) {
	var fallback []string
	if list := os.Getenv("PARLEY_EXTEND"); list != "" {
		fallback = filepath.SplitList(list)
	}
	root.PersistentFlags().StringArrayVar(&p.extend, "extend", fallback,
		"SDL file with kinds of your own, beside those that are shipped; may be repeated (environment: PARLEY_EXTEND)")
}

// options are those of every database: the ontology that is shipped, with the
// kinds of one's own.
func (p *program) options(readOnly bool) (*graph.Options, error) {
	o, err := p.ontology()
	return &graph.Options{Ontology: o, Validate: schema.Validate, Evolve: schema.Evolve, Now: p.now, ReadOnly: readOnly, Memory: p.memory, Blocks: p.blocks}, err
}

func (p *program) ontology() (*graph.Ontology, error) {
	if len(p.extend) == 0 {
		return schema.Negotiation(), nil
	}
	own, err := p.extensions()
	if err != nil {
		return nil, err
	}
	return schema.Parse(schema.Name, schema.Version, append(schema.Shipped(), own...)...)
}

// extensions are the files of one's own.
func (p *program) extensions() ([]schema.Source, error) {
	var list []schema.Source
	for _, file := range p.extend {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--extend: %w", err)
		}
		list = append(list, schema.Source{Name: file, Text: string(text)})
	}
	return list, nil
}

// open opens the database in a directory, which must hold one. To read, one
// that may only be read is opened, too.
func (p *program) open(ctx context.Context, dir string, write bool) (*graph.DB, error) {
	if dir == "" {
		return nil, errNoData
	}
	if !badgerkv.Exists(dir) {
		return nil, fmt.Errorf("no database at %s: make one with parley load --data %s FILE", dir, dir)
	}
	db, err := p.openStore(ctx, dir, false)
	if mayNotWrite(err) && !write {
		db, err = p.openStore(ctx, dir, true)
	}
	return db, advise(err)
}

var errNoData = usageError{errors.New("no database: give --data DIR, or set PARLEY_DATA")}

func (p *program) openStore(ctx context.Context, dir string, readOnly bool) (*graph.DB, error) {
	opts, err := p.options(readOnly)
	if err != nil {
		return nil, err
	}
	store, err := badgerkv.Open(dir, &badgerkv.Options{Now: p.now, ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	db, err := graph.Open(ctx, store, opts)
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
	case errors.Is(err, graph.ErrRefused):
		return fmt.Errorf("%w; if the database has kinds of your own, give their files with --extend", err)
	case errors.Is(err, kv.ErrInUse):
		return fmt.Errorf("%w; if it is parley serve, ask it with parley query --url http://ADDRESS/graphql", err)
	case mayNotWrite(err):
		return fmt.Errorf("%w; the user who runs parley must be allowed to read the directory and its files, and to write them for whatever changes the database", err)
	}
	return err
}

// openMemory opens an empty database that is forgotten when it is closed.
func (p *program) openMemory(ctx context.Context) (*graph.DB, error) {
	opts, err := p.options(false)
	if err != nil {
		return nil, err
	}
	return graph.Open(ctx, memkv.New(&memkv.Options{Now: p.now}), opts)
}

// with runs fn, which reads, on the database in a directory and closes it.
func (p *program) with(ctx context.Context, dir string, fn func(*graph.DB) error) error {
	return p.opened(ctx, dir, false, fn)
}

// change runs fn, which writes, on the database in a directory and closes it.
func (p *program) change(ctx context.Context, dir string, fn func(*graph.DB) error) error {
	return p.opened(ctx, dir, true, fn)
}

func (p *program) opened(ctx context.Context, dir string, write bool, fn func(*graph.DB) error) error {
	db, err := p.open(ctx, dir, write)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// into runs fn on the database in a directory, and makes one where there is
// none. One that was made for nothing is removed again.
func (p *program) into(ctx context.Context, dir string, fn func(*graph.DB) error) error {
	if dir == "" {
		return errNoData
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: --data takes a directory", dir)
	}
	if badgerkv.Exists(dir) {
		return p.change(ctx, dir, fn)
	}
	if err := vacant(dir); err != nil {
		return err
	}
	_, missing := os.Stat(dir)
	db, err := p.openStore(ctx, dir, false)
	if err != nil {
		return advise(err)
	}
	failed := fn(db)
	err = errors.Join(failed, db.Close())
	if failed == nil {
		return err
	}
	err = errors.Join(err, badgerkv.Remove(dir))
	if missing != nil {
		err = errors.Join(err, os.Remove(dir))
	}
	return err
}

// vacant refuses a directory that holds something else than a database.
func vacant(dir string) error {
	files, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && len(files) > 0:
		return fmt.Errorf("%s holds other files, such as %s, and no database: give an empty or a new directory", dir, files[0].Name())
	}
	return err
}
