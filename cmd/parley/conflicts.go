package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) conflicts() *cobra.Command {
	var kinds []string
	cmd, f := p.asks(&cobra.Command{
		Use:   "conflicts",
		Short: "Show what contradicts what, each side with its sources",
		Long: `Conflicts lists statements that contradict each other, a line for each side: on a
day (--on) what stands then, without one whatever stood together at any time.
Those of NEGATION, VALUE and TEMPORAL are computed or judged, the others judged by
somebody. The same origin counts once, however many relay it. --issue and --party
leave those of which a side is on the issue, and in which the party or somebody
who stood for it takes part.`,
	}, func(q *inquiry) (report, error) { return conflictsOf(q, kinds) })
	f.scopeFlags(cmd)
	cmd.Flags().StringSliceVar(&kinds, "kind", nil, "only NEGATION, VALUE, TEMPORAL, FORUM, QUOTE_VARIANT or ATTRIBUTION; may be repeated")
	return cmd
}

var conflictKinds = []string{string(negotiation.Negation), string(negotiation.Value), string(negotiation.Temporal), string(negotiation.Forum),
	string(negotiation.QuoteVariant), string(negotiation.Attribution)}

// conflictsOf answers parley conflicts.
func conflictsOf(q *inquiry, kinds []string) (report, error) {
	query := &negotiation.ConflictQuery{Negotiation: q.negotiation, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true}
	for _, k := range kinds {
		k = strings.ToUpper(k)
		if err := knownWord("kind of conflict", k, conflictKinds); err != nil {
			return report{}, usageError{err}
		}
		query.Kinds = append(query.Kinds, negotiation.ConflictKind(k))
	}
	list, err := negotiation.Conflicts(q.ctx, q.view, query)
	if err != nil {
		return report{}, err
	}
	things, err := q.things(list)
	if err != nil {
		return report{}, err
	}
	r := report{name: "conflicts", title: "What contradicts what in " + q.name(q.negotiation), whenever: true, sections: []section{q.conflictSides(list, things)}}
	computed := 0
	for i := range list {
		if list[i].Computed() {
			computed++
		}
	}
	if len(list) == 0 {
		if r.sections[0].none, err = q.noConflicts(*query); err != nil {
			return r, err
		}
	}
	r.facts = append(r.facts, fact{"counts", map[string]int{"conflicts": len(list), "computed": computed},
		fmt.Sprintf("%s: %d computed, %d judged by somebody.", count(len(list), "conflict"), computed, len(list)-computed)})
	return r, nil
}

// noConflicts says why there is none, and how many the whole negotiation has.
func (q *inquiry) noConflicts(query negotiation.ConflictQuery) (string, error) {
	query.Issues, query.Parties = nil, nil
	all, err := negotiation.Conflicts(q.ctx, q.view, &query)
	return q.empty("Conflicts", "") + fmt.Sprintf(" The negotiation has %s of this kind at this point.", count(len(all), "conflict")), err
}

// things reads what conflicts are about, and what their sides name, whenever it stands.
func (q *inquiry) things(list []negotiation.Conflict) (map[graph.EntityID]*graph.Standing, error) {
	var ids []graph.EntityID
	for i := range list {
		ids = append(ids, list[i].Subject)
		for j := range list[i].Sides {
			s := &list[i].Sides[j]
			ids = append(ids, s.Relation)
			for _, c := range s.Values {
				ids = append(ids, c.Value.Entity())
			}
		}
	}
	ids = slices.DeleteFunc(ids, graph.EntityID.IsZero)
	states, err := q.view.On(graph.Interval{}).States(q.ctx, ids)
	by := map[graph.EntityID]*graph.Standing{}
	for i := range states {
		by[states[i].ID] = &states[i]
	}
	return by, err
}

// conflictSides has a row for each side.
func (q *inquiry) conflictSides(list []negotiation.Conflict, things map[graph.EntityID]*graph.Standing) section {
	s := section{name: "conflicts", columns: []column{{"conflict", "No.", 0}, {"kind", "Kind", 0}, {"about", "About", 30}, {"property", "Property", 0}, {"how", "How", 0},
		{"side", "A side says", 50}, {"denies", "Denies", 0}, {"roots", "Origins", 0}, {"note", "Note", 36}}}
	for i := range list {
		c := &list[i]
		how := "judged"
		if c.Computed() {
			how = "computed"
		}
		for j := range c.Sides {
			side := &c.Sides[j]
			s.add(ids{"about_id": c.Subject}, q.sources(side.Evidence),
				i+1, string(c.Kind), q.called(c.Subject, things), orBlank(c.Property), how, q.sideSays(side, things), side.Deny, len(side.Roots), orBlank(c.Note))
		}
	}
	return s
}

// called is what a thing is called, or, of one that has no name, what it is.
func (q *inquiry) called(id graph.EntityID, things map[graph.EntityID]*graph.Standing) string {
	s := things[id]
	if s == nil {
		return q.name(id)
	}
	word := func(property string) string { return inWords(texts(s.All(property))) }
	switch s.Kind {
	case "Position":
		return fmt.Sprintf("%s on %s", strings.Join(q.fillers(s, "holder"), ", "), strings.Join(q.fillers(s, "issue"), ", "))
	case "Deadline":
		return fmt.Sprintf("%s %s", word("kind"), word("date"))
	}
	return q.name(id)
}

func orBlank(s string) any {
	if s == "" {
		return blank{}
	}
	return s
}

// sideSays is what a side says: its values, else how its source is summed up,
// else what the relation is called.
func (q *inquiry) sideSays(s *negotiation.Side, things map[graph.EntityID]*graph.Standing) any {
	var words []string
	for _, c := range s.Values {
		words = append(words, q.value(&c, things))
	}
	if len(words) > 0 {
		return words
	}
	for i := range s.Evidence {
		if text := s.Evidence[i].Summary; text != "" {
			return text
		}
	}
	return orUnstated(q.name(s.Relation))
}

// value is what a claim says, with the end that is stated for it.
func (q *inquiry) value(c *graph.Claim, things map[graph.EntityID]*graph.Standing) string {
	text := c.Value.String()
	if id := c.Value.Entity(); !id.IsZero() {
		text = q.called(id, things)
	}
	if c.Conflict && c.End.Kind == graph.DatedEnd {
		text += " until " + c.End.Date.String()
	}
	return text
}
