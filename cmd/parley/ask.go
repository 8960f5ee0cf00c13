package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/parleydb/parley/graph"
)

// askFlags are those of every command that answers on a negotiation. They mean
// the same everywhere.
type askFlags struct {
	data, negotiation, on, knownOn, basis, policy, undated, clearance, rank, format, section string
	issues, parties, languages                                                               []string
}

// asks makes a command that answers on a negotiation.
func (p *program) asks(cmd *cobra.Command, answer func(*inquiry) (report, error)) (*cobra.Command, *askFlags) {
	f := &askFlags{}
	cmd.Args = noArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.respond(cmd.Context(), f, answer) }
	f.pointFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", formats[0], "how to print: "+strings.Join(formats, ", "))
	flags.StringVar(&f.section, "section", "", "only this part of the answer; csv prints the first unless told")
	return cmd, f
}

// pointFlags adds the flags that say what is asked of, and at which point.
func (f *askFlags) pointFlags(cmd *cobra.Command) {
	dataFlag(cmd, &f.data)
	flags := cmd.Flags()
	flags.StringVar(&f.negotiation, "negotiation", "", "name, key or id (default: the only one)")
	flags.StringVar(&f.on, "on", "", "day or interval in the world (EDTF)")
	flags.StringVar(&f.knownOn, "known-on", "", "state of knowledge: a day, an instant or tx:NUMBER")
	flags.StringVar(&f.basis, "basis", "", "RECORDED or PUBLISHED; for a past state of knowledge PUBLISHED unless given, for a transaction RECORDED")
	flags.StringVar(&f.policy, "policy", graph.AllSides.String(), "ALL_SIDES, SELF_ONLY or LATEST")
	flags.StringVar(&f.undated, "undated", graph.FromRecorded.String(), "FROM_RECORDED, or FROM_ASSERTED: with PUBLISHED, undated documents count from when their speakers spoke")
	flags.StringVar(&f.rank, "rank", graph.Normal.String(), "only what is ranked so or better: PREFERRED, NORMAL, or DEPRECATED, which lets outliers in")
	flags.StringVar(&f.clearance, "clearance", "", "also what is marked up to this TLP label")
	flags.StringSliceVar(&f.languages, "language", nil, "names in this language, where there are such; may be repeated")
}

// scopeFlags adds the flags that choose issues and parties.
func (f *askFlags) scopeFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.issues, "issue", nil, "only this issue: name, key or id; may be repeated")
	flags.StringArrayVar(&f.parties, "party", nil, "only this party: name, key or id; may be repeated")
}

// inquiry is what a command is asked, with the names resolved.
type inquiry struct {
	ctx         context.Context
	db          *graph.DB
	view        graph.View
	negotiation graph.EntityID
	issues      []graph.EntityID
	parties     []graph.EntityID
	rank        graph.Rank
	flags       *askFlags
	languages   []string
	labels      map[graph.EntityID]string
	failed      error // of the labels
}

// respond answers one command line.
func (p *program) respond(ctx context.Context, f *askFlags, answer func(*inquiry) (report, error)) error {
	if err := knownWord("format", f.format, formats); err != nil {
		return usageError{err}
	}
	return p.inquire(ctx, f, func(q *inquiry) error { return p.reply(q, answer) })
}

// inquire runs fn on the question that flags put.
func (p *program) inquire(ctx context.Context, f *askFlags, fn func(*inquiry) error) error {
	if _, err := f.point(); err != nil {
		return usageError{err}
	}
	return p.with(ctx, f.data, func(db *graph.DB) error {
		q, err := f.of(ctx, db)
		if err != nil {
			return err
		}
		return fn(q)
	})
}

// reply prints an answer.
func (p *program) reply(q *inquiry, answer func(*inquiry) (report, error)) error {
	r, err := answer(q)
	if err = errors.Join(err, q.failed); err != nil {
		return err
	}
	if err := q.told(&r); err != nil {
		return err
	}
	return p.print(&r, q.flags.format, q.flags.section)
}

// of puts the question to a database.
func (f *askFlags) of(ctx context.Context, db *graph.DB) (*inquiry, error) {
	point, err := f.point()
	if err != nil {
		return nil, err
	}
	return f.inquiry(ctx, db, db.At(point))
}

// point reads the coordinates; the rest of what can be told to be wrong without
// a database is told, too.
func (f *askFlags) point() (point graph.Point, err error) {
	if point, err = pointOf(f.on, f.knownOn, f.basis); err != nil {
		return point, err
	}
	if point.Policy, err = graph.ParsePolicy(strings.ToUpper(cmp.Or(f.policy, graph.AllSides.String()))); err != nil {
		return point, err
	}
	if point.Undated, err = graph.ParseUndated(strings.ToUpper(cmp.Or(f.undated, graph.FromRecorded.String()))); err != nil {
		return point, err
	}
	if point.Clearance, err = graph.ParseMarking(f.clearance); err != nil {
		return point, err
	}
	if _, err = graph.ParseRank(strings.ToUpper(f.rank)); err != nil {
		return point, err
	}
	for _, l := range f.languages {
		if _, err = language.Parse(l); err != nil {
			return point, fmt.Errorf("language %q: want a code such as en, uk or ru", l)
		}
	}
	return point, nil
}

func (f *askFlags) inquiry(ctx context.Context, db *graph.DB, view graph.View) (*inquiry, error) {
	rank, err := graph.ParseRank(strings.ToUpper(f.rank))
	q := &inquiry{ctx: ctx, db: db, view: view, rank: rank, flags: f, languages: f.languages, labels: map[graph.EntityID]string{}}
	if err == nil {
		q.negotiation, err = q.theNegotiation(f.negotiation)
	}
	if err == nil {
		q.issues, err = q.find("issue", kindIssue, f.issues)
	}
	if err == nil {
		q.parties, err = q.find("party", kindActor, f.parties)
	}
	return q, err
}

// knownWord refuses a word that is none of those there are.
func knownWord(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	message := fmt.Sprintf("unknown %s %q: want %s", what, word, strings.Join(known, ", "))
	if near := graph.Nearest(word, known, 1); len(near) > 0 {
		message += "; did you mean " + near[0] + "?"
	}
	return errors.New(message)
}
