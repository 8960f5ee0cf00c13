package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
)

// briefingFlags are those of parley briefing, with those of every answer.
type briefingFlags struct {
	*askFlags
	since, again string
}

func (p *program) briefing() *cobra.Command {
	f := briefingFlags{askFlags: &askFlags{}}
	cmd := &cobra.Command{
		Use:   "briefing",
		Short: "Write two pages of Markdown on where a negotiation stands, with sources",
		Long: `Briefing writes where the parties stand on a day (--on, default: today), what is on
the table and until when, who met in the last 14 days, what changed since --since
(default: 7 days before), what is in conflict and who is silent.

A briefing carries its point and a digest of its answer in a comment. --again FILE
computes an earlier one anew at its own point, and says what of it no longer holds:
because more is known of that day, or because the world moved.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runBriefing(cmd, &f) },
	}
	f.pointFlags(cmd)
	cmd.Flags().StringVar(&f.since, "since", "", "the day from which changes are told")
	cmd.Flags().StringVar(&f.again, "again", "", "an earlier briefing, to say what of it no longer holds")
	return cmd
}

func (p *program) runBriefing(cmd *cobra.Command, f *briefingFlags) error {
	if f.again != "" && f.since != "" {
		return usageError{fmt.Errorf("--again takes --since from the earlier briefing: leave it out")}
	}
	if f.on == "" {
		f.on = day(graph.TimeOf(p.now()))
	}
	if i, err := graph.ParseOn(f.on); err == nil && i.To-i.From > aDay {
		return usageError{fmt.Errorf("--on %s: a briefing is of one day", f.on)}
	}
	if f.again != "" {
		return p.runAgain(cmd.Context(), f)
	}
	return p.inquire(cmd.Context(), f.askFlags, func(q *inquiry) error {
		since, err := briefedSince(f.since, q.view)
		if err != nil {
			return usageError{err}
		}
		b, err := q.brief(since, q.lastDays(contactDays), pages)
		if err != nil {
			return err
		}
		text, err := b.markdown(q, since)
		if err == nil {
			_, err = fmt.Fprint(p.stdout, text)
		}
		return err
	})
}

// contactDays is of how many days a briefing tells contacts, changeDays of how
// many changes, unless it is told since when.
const (
	contactDays = 14
	changeDays  = 7
)

const aDay graph.Time = 24 * 60 * 60 * 1000

// lastDays is an interval that ends with the day that is asked of.
func (q *inquiry) lastDays(n int) graph.Interval {
	to := q.view.Point().On.To
	return graph.Interval{From: to - graph.Time(n)*aDay, To: to}
}

// briefedSince is the day from which changes are told.
func briefedSince(since string, v graph.View) (string, error) {
	on := v.Point().On
	if since == "" {
		return day(on.To - 1 - changeDays*aDay), nil
	}
	_, err := sinceOf(since, on)
	return since, err
}

// pages is how many items each part of a briefing prints at most, so that all of
// it fits on two pages; whole leaves out none.
var (
	pages = map[string]int{"table": 8, "contacts": 8, "changes": 8, "conflicts": 5}
	whole = map[string]int{}
)

// brief is a briefing: parts of items.
type brief struct {
	title string
	notes []string // of the point
	parts []part
}

type part struct {
	name, title string
	items       []item
	more        int    // items that are not printed
	see         string // the command that prints them
	none        string // the reason why there are no items
}

// item is one statement of a briefing, by which it can be compared with another.
type item struct {
	key     string // what it is about
	group   string // under which it is printed
	label   string
	says    string
	aside   string   // printed, and never compared: it differs from day to day
	sources []source // that are cited: the newest of each account
}

// cut keeps so many items as there is room for.
func (p *part) cut(room map[string]int) {
	if n, ok := room[p.name]; ok && len(p.items) > n {
		p.more, p.items = len(p.items)-n, p.items[:n]
	}
}

// brief puts together what stands at the point.
func (q *inquiry) brief(since string, contacts graph.Interval, room map[string]int) (brief, error) {
	b := brief{title: fmt.Sprintf("%s: briefing of %s", q.name(q.negotiation), q.flags.on)}
	for _, fn := range []func() (part, error){
		q.briefCells, q.briefTable,
		func() (part, error) { return q.briefContacts(contacts) },
		func() (part, error) { return q.briefChanges(since) },
		q.briefConflicts, q.briefSilences,
	} {
		p, err := fn()
		if err != nil {
			return b, err
		}
		p.cut(room)
		b.parts = append(b.parts, p)
	}
	var r report
	if err := q.told(&r); err != nil {
		return b, err
	}
	for _, f := range r.facts {
		if f.sentence != "" {
			b.notes = append(b.notes, f.sentence)
		}
	}
	return b, q.failed
}

// items are all that a briefing says, by what it is about.
func (b *brief) items() map[string]*item {
	by := map[string]*item{}
	for i := range b.parts {
		for j := range b.parts[i].items {
			one := &b.parts[i].items[j]
			by[one.key] = one
		}
	}
	return by
}

// body prints the parts, then the sources as footnotes.
func (b *brief) body() string {
	var w strings.Builder
	notes := footnotes{numbers: map[string]int{}}
	fmt.Fprintf(&w, "# %s\n\n%s\n", markup(b.title), markup(strings.Join(b.notes, " ")))
	for i := range b.parts {
		b.parts[i].print(&w, &notes)
	}
	fmt.Fprintf(&w, "\n%s", notes.String())
	return w.String()
}

func (p *part) print(w *strings.Builder, notes *footnotes) {
	fmt.Fprintf(w, "\n## %s\n\n", markup(p.title))
	if len(p.items) == 0 {
		fmt.Fprintf(w, "%s\n", markup(p.none))
	}
	for i := range p.items {
		one := &p.items[i]
		switch {
		case one.group == "":
			fmt.Fprintf(w, "- %s\n", one.line(notes))
		case i == 0 || p.items[i-1].group != one.group:
			fmt.Fprintf(w, "- **%s** – %s", markup(one.group), one.line(notes))
		default:
			fmt.Fprintf(w, "; %s", one.line(notes))
		}
		if one.group != "" && (i == len(p.items)-1 || p.items[i+1].group != one.group) {
			fmt.Fprintln(w)
		}
	}
	if p.more > 0 {
		fmt.Fprintf(w, "- and %d more: `%s`\n", p.more, p.see)
	}
}

// newestOf is the newest source of each of several accounts.
func (q *inquiry) newestOf(accounts ...[]graph.Evidence) []source {
	var list []graph.Evidence
	for _, evidence := range accounts {
		list = append(list, evidence[:min(1, len(evidence))]...)
	}
	return q.sources(list)
}

func (i *item) line(notes *footnotes) string {
	words := []string{markup(i.label), markup(i.says), markup(i.aside)}
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	return strings.Join(words, " ") + notes.refer(i.sources)
}
