package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/notes"
)

type exportFlags struct{ data, format, document, on, knownOn, basis, clearance string }

func (p *program) export() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write what a point shows, as notes",
		Long: `Export writes the assertions that are live at a point, one document after the
other, to standard output. Loaded into an empty directory they give the same
answers. With --on, assertions are left out of which nothing holds on that day.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runExport(cmd.Context(), &f) },
	}
	dataFlag(cmd, &f.data)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "notes", "notes")
	flags.StringVar(&f.document, "document", "", "only the document with this key")
	flags.StringVar(&f.on, "on", "", "day or interval in the world (EDTF)")
	flags.StringVar(&f.knownOn, "known-on", "", "state of knowledge: a day, an instant or tx:NUMBER")
	flags.StringVar(&f.basis, "basis", "", "RECORDED or PUBLISHED; for a past state of knowledge PUBLISHED unless given")
	flags.StringVar(&f.clearance, "clearance", "", "also what is marked up to this TLP label")
	return cmd
}

func (p *program) runExport(ctx context.Context, f *exportFlags) error {
	if f.format != "notes" {
		return usageError{fmt.Errorf("unknown format %q: want notes", f.format)}
	}
	point, err := pointOf(f.on, f.knownOn, f.basis)
	if err == nil {
		point.Clearance, err = graph.ParseMarking(f.clearance)
	}
	opts := notes.ExportOptions{}
	if err == nil && f.document != "" {
		opts.Document.Key, err = graph.ParseKey(f.document)
	}
	if err != nil {
		return usageError{err}
	}
	return p.with(ctx, f.data, func(db *graph.DB) error {
		w := bufio.NewWriter(p.stdout)
		err := notes.Export(ctx, w, db.At(point), &opts)
		return errors.Join(err, w.Flush())
	})
}
