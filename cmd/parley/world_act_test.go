package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders"
)

// do does an act on all three databases: it succeeds on all of them, or is
// refused by all of them for the reason that the file gives.
func (r *running) do(l *line) {
	r.Helper()
	program := r.command(l.act) // before the act: what is erased has no key any more
	var said []string
	for _, db := range r.dbs {
		said = append(said, r.message(r.byGo(db, l.act)))
	}
	_, stderr, err := r.program(program.stdin, program.args...)
	if err != nil {
		err = errors.New(strings.TrimPrefix(strings.TrimSpace(stderr), "parley: "))
	}
	said = append(said, r.message(err))
	if *update {
		l.answer = nil
		if said[0] != "" {
			l.answer = []string{"refused: " + said[0]}
			r.Logf("script:%d: %s\n%s", l.number, l.text, l.answer[0])
		}
	}
	want := strings.TrimPrefix(strings.Join(l.answer, "\n"), "refused: ")
	for i, got := range said {
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			r.Errorf("script:%d: %s\n%s says %q\nwant %q", l.number, l.text, ways[i], got, want)
		}
	}
}

var ways = []string{"Go in memory", "Go in a directory", "the program", "GraphQL in memory", "GraphQL in a directory"}

// message is what an error says, without the world's directory.
func (r *running) message(err error) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(graph.Message(err), r.dir+"/", "")
}

// byGo does an act by the Go API.
func (r *running) byGo(db *graph.DB, a *act) error {
	who := graph.Act{Author: "world", Reason: "as the world says", Clearance: graph.Red}
	switch a.verb {
	case "load":
		_, err := loaders.Run(r.Context(), db, who, r.paths(a.args), nil)
		return err
	case "erase":
		target, err := targetOf(r.Context(), db, a.args)
		if err != nil {
			return err
		}
		_, err = db.Erase(r.Context(), who, target)
		return err
	}
	_, err := db.Update(r.Context(), who, func(tx *graph.Tx) error { return a.in(r.Context(), db, tx) })
	return err
}

// in does an act within a transaction.
func (a *act) in(ctx context.Context, db *graph.DB, tx *graph.Tx) (err error) {
	one, other := graph.ByKey(a.args[0]), graph.ByKey(a.args[1])
	d := &graph.Draft{Document: graph.ByKey(curation), Key: a.judgement()}
	if a.verb == "merge" || a.verb == "apart" {
		if _, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "curation", ID: "world"}, Title: "By hand", Curation: true}); err != nil {
			return err
		}
	}
	switch a.verb {
	case "merge":
		_, _, err = tx.Merge(one, other, d)
	case "apart":
		_, _, err = tx.KeepApart(one, other, d)
	case "unmerge":
		err = tx.Unmerge(one, other)
	case "retract":
		var target graph.Target
		if target, err = targetOf(ctx, db, a.args); err == nil {
			err = tx.Retract(target.Assertion)
		}
	}
	return err
}

// curation is the document of a world's judgements on sameness.
const curation = "curation:world"

// judgement is a key of its own for each judgement: what was taken back is not
// given again by loading the same.
func (a *act) judgement() string { return a.verb + "/" + a.at.Format(time.RFC3339) }

// targetOf is what erase and retract name: a key, or a document and a key in it.
func targetOf(ctx context.Context, db *graph.DB, args []string) (target graph.Target, err error) {
	v := db.At(graph.Point{Clearance: graph.Red})
	e, err := v.Find(ctx, graph.ByKey(args[0]))
	if err != nil || len(args) == 1 {
		return graph.Target{Entity: e.ID}, err
	}
	for a, err := range v.Assertions(ctx, e.ID) {
		if err != nil {
			return target, err
		}
		if a.Key == args[1] {
			return graph.Target{Assertion: a.ID}, nil
		}
	}
	return target, fmt.Errorf("%w: %s in %s", graph.ErrNotFound, args[1], args[0])
}

// command is a call of the program.
type command struct {
	args  []string
	stdin string
}

// command is the call that does an act. What has no command is a document that
// says the same.
func (r *running) command(a *act) (c command) {
	r.Helper()
	who := []string{"--data", r.data, "--author", "world", "--reason", "as the world says"}
	switch a.verb {
	case "load":
		c.args = append([]string{"load", "--quiet"}, r.paths(a.args)...)
	case "erase":
		c.args = []string{"erase", "--entity", a.args[0]}
		if len(a.args) > 1 {
			target, err := targetOf(r.Context(), r.dbs[0], a.args)
			if err != nil {
				r.Fatal(err)
			}
			c.args = []string{"erase", "--assertion", target.Assertion.String()}
		}
	default:
		if a.verb == "merge" {
			r.merged = a
		}
		if a.verb == "unmerge" && r.merged == nil {
			r.Fatalf("unmerge %s: nothing was merged before", a.args)
		}
		c = command{[]string{"load", "--quiet", "--format", "notes", "-"}, a.document(r.merged)}
	}
	c.args = append(c.args, who...)
	return c
}

// document says in notes what an act does; merged is the last merge before it.
func (a *act) document(merged *act) string {
	switch a.verb {
	case "retract":
		return fmt.Sprintf("document %s\nretract %s\n", a.args[0], a.args[1])
	case "unmerge":
		return fmt.Sprintf("document %s\nretract %s\n", curation, merged.judgement())
	}
	word := map[string]string{"merge": "POSITIVE", "apart": "NEGATIVE"}[a.verb]
	return fmt.Sprintf("document %s \"By hand\" ; curation\n@%s sameAs <%s> > <%s>: %s\n", curation, a.judgement(), a.args[0], a.args[1], word)
}
