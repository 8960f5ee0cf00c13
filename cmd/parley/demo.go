package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	ukraine "github.com/parleydb/parley/examples/ukraine-2025"
	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders"
)

func (p *program) demo() *cobra.Command {
	var f serveFlags
	var noServe bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Load the example on the talks of 2025 about Ukraine, show its matrix, and serve it",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runDemo(cmd.Context(), &f, noServe)
		},
	}
	cmd.Flags().StringVar(&f.data, "data", "", "directory to keep the example in (default: memory)")
	addrFlag(cmd, &f.addr)
	cmd.Flags().BoolVar(&noServe, "no-serve", false, "load, show the matrix, and end")
	return cmd
}

func (p *program) runDemo(ctx context.Context, f *serveFlags, noServe bool) error {
	if err := f.checkAddr("use 127.0.0.1, or serve a directory with parley serve --insecure"); err != nil {
		return err
	}
	return p.inDemo(ctx, f.data, func(db *graph.DB) error {
		err := p.loadDemo(ctx, db)
		if err == nil {
			err = p.demoState(ctx, db)
		}
		if err == nil && !noServe {
			err = p.serveDB(ctx, db, f, func(addr string) { p.invite(addr) })
		}
		return err
	})
}

// inDemo runs fn on the database for the example.
func (p *program) inDemo(ctx context.Context, dir string, fn func(*graph.DB) error) error {
	if dir != "" {
		return p.into(ctx, dir, fn)
	}
	db, err := p.openMemory(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// loadDemo unpacks the example's files, since loaders read files, and loads them.
func (p *program) loadDemo(ctx context.Context, db *graph.DB) error {
	dir, err := os.MkdirTemp("", "parley-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{ukraine.Main, ukraine.Seed} {
		text, err := fs.ReadFile(ukraine.Files, name)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
		report, err := loaders.Run(ctx, db, graph.Act{Author: "parley demo", Clearance: graph.Red}, []string{file}, &loaders.Options{Now: p.now})
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, report)
	}
	s, err := db.At(graph.Point{}).Stats(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, counts(s))
	return err
}

// demoState shows the matrix of the day that the example knows best.
func (p *program) demoState(ctx context.Context, db *graph.DB) error {
	f := askFlags{negotiation: "ua25:ukraine-peace-2025", on: "2025-12-16", format: formats[0], section: "matrix"}
	q, err := f.of(ctx, db)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	return p.reply(q, func(q *inquiry) (report, error) { return stateOf(q, &onlyFlags{}, false) })
}

// invite prints a first query to copy.
func (p *program) invite(addr string) {
	fmt.Fprintf(p.stdout, `ask: curl -s http://%s/graphql -H 'Content-Type: application/json' \
  -d '{"query":"{ disputes(about: \"Zaporizhzhia\") { about { name } state claimants { name } notStated since } }"}'
`, addr)
}
