package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// changeFlags say which two points are compared.
type changeFlags struct {
	from, to, axis string
	kinds          []string
}

func (p *program) changes() *cobra.Command {
	var c changeFlags
	cmd, f := p.asks(&cobra.Command{
		Use:   "changes",
		Short: "Show what became different between two points",
		Long: `Changes compares two points. --axis says by which clock they differ:
  on     the world moved: --from and --to are days; both know what --known-on says
  known  we learned: --from and --to are states of knowledge; both are of the day --on
  both   --from and --to are days, and what was known on each of them`,
	}, nil)
	f.scopeFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&c.from, "from", "", "the first point (required)")
	flags.StringVar(&c.to, "to", "", "the second point (default: today, and all that is known)")
	flags.StringVar(&c.axis, "axis", "both", "on, known or both")
	flags.StringSliceVar(&c.kinds, "kind", nil, "only WORLD_CHANGE, LATE_REPORT, CORRECTION, RETRACTION, NEW_SOURCE_SAME_CLAIM, STATE_TRANSITION, CONFIDENCE_ONLY or IDENTITY")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		from, to, axis, err := c.points(f)
		if err != nil {
			return usageError{err}
		}
		return p.respond(cmd.Context(), to, func(q *inquiry) (report, error) { return changesOf(q, from, axis, c.kinds) })
	}
	return cmd
}

// points are the flags of the two points, in which they differ as the axis says.
func (c *changeFlags) points(f *askFlags) (from, to *askFlags, axis negotiation.Axis, err error) {
	if axis, err = negotiation.ParseAxis(c.axis); err != nil {
		return nil, nil, axis, err
	}
	one, two := *f, *f
	switch {
	case c.from == "":
		err = errors.New("--from: say since when, such as --from 2025-12-13")
	case axis != negotiation.KnownAxis && f.on != "":
		err = fmt.Errorf("--axis %s takes its days from --from and --to: leave out --on", strings.ToLower(axis.String()))
	case axis != negotiation.OnAxis && f.knownOn != "":
		err = fmt.Errorf("--axis %s takes its states of knowledge from --from and --to: leave out --known-on", strings.ToLower(axis.String()))
	}
	if axis != negotiation.KnownAxis {
		one.on, two.on = c.from, c.to
	}
	if axis != negotiation.OnAxis {
		one.knownOn, two.knownOn = c.from, c.to
		basis := cmp.Or(f.basis, graph.BasisOf(c.from).String())
		one.basis, two.basis = basis, basis
	}
	return &one, &two, axis, err
}

var changeKinds = []string{string(graph.WorldChange), string(graph.LateReport), string(graph.Correction), string(graph.Retraction), string(graph.NewSource),
	string(graph.StateTransition), string(graph.ConfidenceOnly), string(graph.Identity)}

// changesOf answers parley changes: q is of the second point.
func changesOf(q *inquiry, from *askFlags, axis negotiation.Axis, kinds []string) (report, error) {
	point, err := from.point()
	if err != nil {
		return report{}, usageError{err}
	}
	first := q.db.At(point)
	if first.Day().From > q.view.Day().From {
		return report{}, usageError{fmt.Errorf("--from %s is later than --to: give the earlier one first", from.on)}
	}
	query := &negotiation.ChangesQuery{Negotiation: q.negotiation, Axis: axis, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true}
	for _, k := range kinds {
		if err := knownWord("kind of change", strings.ToUpper(k), changeKinds); err != nil {
			return report{}, usageError{err}
		}
		query.Kinds = append(query.Kinds, graph.ChangeKind(strings.ToUpper(k)))
	}
	c, err := negotiation.ChangesOf(q.ctx, first, q.view, query)
	if err != nil {
		return report{}, wrongWord(err)
	}
	r := report{name: "changes", title: "What changed in " + q.name(q.negotiation), sections: []section{q.changeRows(&c)}}
	r.facts = append(r.facts,
		fact{"from", pointWords(from), "Compared with: " + pointSentence(from, axis)},
		fact{"axis", axis.String(), fmt.Sprintf("Axis: %s.", axis)},
		fact{"documents_seen", c.DocumentsSeen, fmt.Sprintf("%s became known in between.", count(c.DocumentsSeen, "document"))})
	if len(c.Items) == 0 {
		r.sections[0].none = fmt.Sprintf("Nothing changed: %s became known in between, and %s %s no date. %s",
			count(c.DocumentsSeen, "document"), count(c.UndatedDocuments, "document"), have(c.UndatedDocuments), q.mayExist())
	}
	return r, nil
}

func pointWords(f *askFlags) map[string]any {
	return map[string]any{"on": orUnstated(f.on), "known_on": orUnstated(f.knownOn)}
}

func pointSentence(f *askFlags, axis negotiation.Axis) string {
	switch axis {
	case negotiation.OnAxis:
		return fmt.Sprintf("on %s, with the same knowledge.", f.on)
	case negotiation.KnownAxis:
		return fmt.Sprintf("known on %s, of the same day.", f.knownOn)
	}
	return fmt.Sprintf("on %s, known on %s.", f.on, f.knownOn)
}

// mayExist says what there is, for an answer without rows.
func (q *inquiry) mayExist() string {
	words, err := q.exists()
	if err != nil {
		q.failed = err
	}
	return words
}

// changeRows has each change once, by its first issue and party, the newest first.
func (q *inquiry) changeRows(c *negotiation.Changes) section {
	s := section{name: "changes", columns: []column{{"issues", "Issue", 26}, {"parties", "Party", 22}, {"kind", "Kind", 0}, {"summary", "What", 44}, {"before", "Before", 30},
		{"after", "After", 30}, {"said", "Said", 0}, {"undated", "Undated", 0}, {"predicted", "Predicted", 0}, {"roots", "Origins", 0}}}
	items := slices.Clone(c.Items)
	place := func(i *negotiation.Change) string { // what is on no issue comes last
		return cmp.Or(strings.Join(q.sorted(i.Issues), "; "), "\U0010ffff") + "\x00" + strings.Join(q.sorted(i.Parties), "; ")
	}
	slices.SortStableFunc(items, func(a, b negotiation.Change) int { return strings.Compare(place(&a), place(&b)) })
	for i := range items {
		one := &items[i]
		s.add(ids{"subject_id": one.Subject}, q.sources(one.Sources),
			listed(q.sorted(one.Issues)), listed(q.sorted(one.Parties)), string(one.Kind), orUnstated(one.Summary), shown(one.Before), shown(one.After),
			date(one.Said), one.Undated, one.Predicted, len(one.Roots))
		s.rows[i].codes = map[string]any{"before_reason": orUnstated(string(one.Before.Reason)), "after_reason": orUnstated(string(one.After.Reason))}
	}
	return s
}

func (q *inquiry) sorted(ids []graph.EntityID) []string {
	names := q.names(ids)
	slices.Sort(names)
	return names
}

// listed is a list that may be empty.
func listed(list []string) any {
	if len(list) == 0 {
		return blank{}
	}
	return list
}

// shown is what a point shows, else why it shows nothing.
func shown(s negotiation.Shown) string {
	if s.Text != "" {
		return s.Text
	}
	words := reasons[s.Reason]
	if s.Reason != negotiation.Ended && s.Reason != negotiation.OnlyDenied {
		words = "UNKNOWN: " + words
	}
	return words
}
