package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/loaders"
)

type loadFlags struct {
	data, format, codes, author, reason string
	memory                              string
	dryRun, force, again, json, quiet   bool
}

func (p *program) load() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load FILE...",
		Short: "Load datasets, all or nothing",
		Long: `Load reads notes, datasets in JSON lines, or ICEWS quads (subject, predicate,
object, date), and records them in one transaction: all of them or nothing. Loading the
same file again changes nothing and says so; what somebody has retracted since
stays so, unless --again is given. "-" is standard input; gzip is
unpacked. What is wrong in a file is reported with its line and column.

What is new and may be the same as something else, by its name in any script or
by its participants within three days, is listed on standard error in lines that
begin with "same?". Nothing is joined by itself.

How far it is, it tells on standard error: with a bar on a terminal, else with a
line every five seconds.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runLoad(cmd, args, &f) },
	}
	flags := cmd.Flags()
	dataFlag(cmd, &f.data)
	flags.StringVar(&f.format, "format", "auto", "auto, jsonl, icews or notes")
	flags.StringVar(&f.codes, "codes", "", "file of further spellings of ICEWS predicates: predicate, tab, CAMEO code")
	flags.StringVar(&f.author, "author", os.Getenv("USER"), "who loads, for the change log")
	flags.StringVar(&f.reason, "reason", "", "why, for the change log")
	flags.StringVar(&f.memory, "memory", "128MiB", "about how much memory sorts the rows of a load into an empty database, such as 64MiB or 1GiB; the rest goes into temporary files")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check everything, write nothing")
	flags.BoolVar(&f.force, "force", false, "record again what was erased")
	flags.BoolVar(&f.again, "again", false, "assert again what was retracted")
	flags.BoolVar(&f.json, "json", false, "report as JSON")
	flags.BoolVar(&f.quiet, "quiet", false, "no report and no progress")
	return cmd
}

func (p *program) runLoad(cmd *cobra.Command, files []string, f *loadFlags) error {
	format, err := loaders.ParseFormat(f.format)
	if err != nil {
		return usageError{err}
	}
	opts := &loaders.Options{Format: format, DryRun: f.dryRun, Force: f.force, Again: f.again, Codes: f.codes, Proposals: proposals, Stdin: p.stdin, Now: p.now}
	if opts.Memory, err = parseSize(f.memory); err != nil {
		return usageError{fmt.Errorf("--memory: %w", err)}
	}
	bar := newProgress(p.stderr, p.now)
	if opts.Progress = bar.show; f.quiet {
		opts.Proposals, opts.Progress = 0, nil
	}
	return p.loadInto(cmd.Context(), f, func(db *graph.DB) error {
		report, err := loaders.Run(cmd.Context(), db, graph.Act{Author: f.author, Reason: f.reason, Clearance: graph.Red}, files, opts)
		bar.done()
		if err != nil || f.quiet {
			return err
		}
		p.propose(&report.Loaded)
		return p.report(report, f.json)
	})
}

// loadInto runs a load on the database that it is meant for. A dry run makes none.
func (p *program) loadInto(ctx context.Context, f *loadFlags, fn func(*graph.DB) error) error {
	if !f.dryRun || f.data == "" || badgerkv.Exists(f.data) {
		return p.into(ctx, f.data, fn)
	}
	if err := vacant(f.data); err != nil {
		return err
	}
	db, err := p.openMemory(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// proposals is how many likely matches a load lists.
const proposals = 20

// propose lists what a load brought and may be there already.
func (p *program) propose(l *graph.Loaded) {
	for _, m := range l.Proposals {
		fmt.Fprintf(p.stderr, "same? %s\n", m)
	}
	if len(l.Proposals) == proposals {
		fmt.Fprintf(p.stderr, "same? only the first %d are listed\n", proposals)
	}
	if l.Unmatched > 0 {
		fmt.Fprintf(p.stderr, "same? %d new relations were not looked at\n", l.Unmatched)
	}
}

// report prints a load's report.
func (p *program) report(r loaders.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(r)
	}
	_, err := fmt.Fprintln(p.stdout, r)
	return err
}

// parseSize reads a number of bytes, such as 64MiB.
func parseSize(text string) (int64, error) {
	number, shift := strings.TrimSpace(text), 0
	for unit, by := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = strings.TrimSpace(rest), by
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is no size: give bytes, or a number with KiB, MiB or GiB, such as 256MiB", text)
	}
	return n << shift, nil
}
