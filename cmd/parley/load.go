package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders"
)

type loadFlags struct {
	data, format, codes, author, reason string
	dryRun, json, quiet                 bool
}

func (p *program) load() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load FILE...",
		Short: "Load datasets, all or nothing",
		Long: `Load reads notes, datasets in JSON lines, or ICEWS quads (subject, predicate,
object, date), and records them in one transaction: all of them or nothing. Loading the
same file again changes nothing and says so. "-" is standard input; gzip is
unpacked. What is wrong in a file is reported with its line and column.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runLoad(cmd, args, &f) },
	}
	flags := cmd.Flags()
	dataFlag(cmd, &f.data)
	flags.StringVar(&f.format, "format", "auto", "auto, jsonl, icews or notes")
	flags.StringVar(&f.codes, "codes", "", "file of further spellings of ICEWS predicates: predicate, tab, CAMEO code")
	flags.StringVar(&f.author, "author", os.Getenv("USER"), "who loads, for the change log")
	flags.StringVar(&f.reason, "reason", "", "why, for the change log")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check everything, write nothing")
	flags.BoolVar(&f.json, "json", false, "report as JSON")
	flags.BoolVar(&f.quiet, "quiet", false, "no report")
	return cmd
}

func (p *program) runLoad(cmd *cobra.Command, files []string, f *loadFlags) error {
	format, err := loaders.ParseFormat(f.format)
	if err != nil {
		return usageError{err}
	}
	return p.with(cmd.Context(), f.data, true, func(db *graph.DB) error {
		report, err := loaders.Run(cmd.Context(), db, graph.Act{Author: f.author, Reason: f.reason}, files,
			&loaders.Options{Format: format, DryRun: f.dryRun, Codes: f.codes, Stdin: p.stdin, Now: p.now})
		if err != nil || f.quiet {
			return err
		}
		return p.report(report, f.json)
	})
}

// report prints a load's report.
func (p *program) report(r loaders.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(r)
	}
	_, err := fmt.Fprintln(p.stdout, r)
	return err
}
