package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
)

type eraseFlags struct {
	data, author, reason            string
	assertions, documents, entities []string
}

func (p *program) erase() *cobra.Command {
	var f eraseFlags
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Destroy content for good, for law or secrets",
		Long: `Erase destroys assertions at every point of time: in all rows, in the change log
and in the files. With a document go all assertions in it, with an entity all
that say anything about it or name it. Ids, time, author and reason stay, and
loading the same again is refused. There is no way back but a dump made before.
To say no longer what was wrong, retract it instead: the past then stays.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runErase(cmd.Context(), &f) },
	}
	flags := cmd.Flags()
	dataFlag(cmd, &f.data)
	flags.StringArrayVar(&f.assertions, "assertion", nil, "id of an assertion; may be repeated")
	flags.StringArrayVar(&f.documents, "document", nil, "key of a document, such as source:s009; may be repeated")
	flags.StringArrayVar(&f.entities, "entity", nil, "key or id of an entity; may be repeated")
	flags.StringVar(&f.author, "author", "", "who erases")
	flags.StringVar(&f.reason, "reason", "", "why, such as a court's order; it stays")
	return cmd
}

func (p *program) runErase(ctx context.Context, f *eraseFlags) error {
	switch {
	case f.author == "" || f.reason == "":
		return usageError{errors.New("erase: give --author and --reason: they are what stays")}
	case len(f.assertions)+len(f.documents)+len(f.entities) == 0:
		return usageError{errors.New("erase: give --assertion, --document or --entity")}
	}
	return p.change(ctx, f.data, func(db *graph.DB) error {
		targets, err := f.targets(ctx, db)
		if err != nil {
			return err
		}
		before, err := db.Tombstones(ctx)
		if err != nil {
			return err
		}
		if _, err := db.Erase(ctx, graph.Act{Author: f.author, Reason: f.reason, Clearance: graph.Red}, targets...); err != nil {
			return err
		}
		after, err := db.Tombstones(ctx)
		if err == nil {
			_, err = fmt.Fprintf(p.stdout, "erased: %d tombstones, %d of them new\n", len(after), len(after)-len(before))
		}
		return err
	})
}

// targets finds what the flags name.
func (f *eraseFlags) targets(ctx context.Context, db *graph.DB) (list []graph.Target, err error) {
	for _, s := range f.assertions {
		id, err := graph.ParseAssertionID(s)
		if err != nil {
			return nil, usageError{fmt.Errorf("erase: --assertion %q: want an id: %w", s, err)}
		}
		list = append(list, graph.Target{Assertion: id})
	}
	_, err = db.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		for _, s := range append(f.documents, f.entities...) {
			ref := graph.ByKey(s)
			if id, err := graph.ParseEntityID(s); err == nil {
				ref = graph.ByID(id)
			}
			id, err := tx.Find(ref)
			if err != nil {
				return err
			}
			list = append(list, graph.Target{Entity: id})
		}
		return nil
	})
	return list, err
}
