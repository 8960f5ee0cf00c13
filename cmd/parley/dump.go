package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

func (p *program) dump() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "dump",
		Short: "Write all transactions to standard output",
		Long: `Dump writes every transaction, from which parley restore makes the same database
again: the format for archives and for moving to another store. It tells the
head, the hash of the last record, on standard error: who keeps it elsewhere can
prove with parley verify that nothing was altered.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), data, func(db *graph.DB) error {
				done, err := db.Dump(cmd.Context(), p.stdout)
				if err == nil {
					fmt.Fprintf(p.stderr, "dumped %s\n", held(done))
				}
				return err
			})
		},
	}
	dataFlag(cmd, &data)
	return cmd
}

// held is the line that tells what a dump holds.
func held(d graph.Dumped) string {
	return fmt.Sprintf("%d transactions, newest %s, head %s", d.Transactions, graph.FormatTS(d.Newest), d.Head)
}

func (p *program) restore() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Make a database from a dump on standard input",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.runRestore(cmd.Context(), data) },
	}
	dataFlag(cmd, &data)
	return cmd
}

func (p *program) runRestore(ctx context.Context, dir string) error {
	if dir == "" {
		return usageError{errors.New("no database: give --data DIR, or set PARLEY_DATA")}
	}
	list, err := os.ReadDir(dir)
	if err == nil && len(list) > 0 {
		return fmt.Errorf("%s is not empty: restore into a new directory", dir)
	}
	made := errors.Is(err, fs.ErrNotExist)
	store, err := badgerkv.Open(dir, &badgerkv.Options{Now: p.now})
	if err != nil {
		return err
	}
	done, err := graph.Restore(ctx, store, p.stdin)
	if err = errors.Join(err, store.Close()); err != nil {
		return errors.Join(err, removeRestored(dir, made))
	}
	_, err = fmt.Fprintf(p.stdout, "restored %s\n", held(done))
	return err
}

// removeRestored removes what a dump was restored into that proved to be
// wrong; the directory stays where it was there before.
func removeRestored(dir string, made bool) error {
	if made {
		return os.RemoveAll(dir)
	}
	list, err := os.ReadDir(dir)
	for _, f := range list {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, f.Name())))
	}
	return err
}
