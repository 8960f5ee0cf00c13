package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) provisions() *cobra.Command {
	var versions []string
	cmd, f := p.asks(&cobra.Command{
		Use:   "provisions",
		Short: "Set versions of a draft text side by side",
		Long: `Provisions shows what each version of a text says on each point, by its sources,
and what became of the point since the version before: in words, [-removed-] and
{+added+}. What no source shows of a version is not seen, which is UNKNOWN and not
absent; what a source says is gone is DELETED.`,
	}, func(q *inquiry) (report, error) { return provisionsOf(q, versions) })
	cmd.Flags().StringArrayVar(&f.issues, "issue", nil, "only this issue: name, key or id; may be repeated")
	cmd.Flags().StringArrayVar(&versions, "version", nil, "only this version, in the order given: name, key or id; may be repeated")
	return cmd
}

// provisionsOf answers parley provisions.
func provisionsOf(q *inquiry, versions []string) (report, error) {
	chosen, err := q.find("version", "DraftVersion", versions)
	if err != nil {
		return report{}, err
	}
	query := &negotiation.DraftQuery{Negotiation: q.negotiation, Issues: q.issues, Versions: chosen, MinRank: q.rank, Ranked: true}
	d, err := negotiation.DraftTextOf(q.ctx, q.view, query)
	if err != nil {
		return report{}, wrongWord(err)
	}
	r := report{name: "provisions", title: "Draft texts of " + q.name(q.negotiation), sections: []section{q.sideBySide(&d), q.provisionRows(&d), q.versionRows(&d)}}
	if len(d.Rows) == 0 {
		r.sections[1].none = q.empty("Provisions", d.Reason)
	}
	return r, nil
}

// sideBySide is a picture: a column for each version.
func (q *inquiry) sideBySide(d *negotiation.DraftText) section {
	s := section{name: "side_by_side", title: "Side by side", picture: true, columns: []column{{"issue", "Issue", 22}, {"point", "Point", 0}}}
	for i := range d.Versions {
		s.columns = append(s.columns, column{d.Versions[i].ID.String(), q.name(d.Versions[i].ID), 26})
	}
	for i := range d.Rows {
		row := &d.Rows[i]
		values := []any{orUnstated(q.name(row.Issue)), orBlank(row.Point)}
		for j := range row.Cells {
			values = append(values, draftWords(&row.Cells[j]))
		}
		s.add(nil, nil, values...)
	}
	return s
}

func draftWords(c *negotiation.DraftCell) any {
	var lines []string
	for i := range c.Provisions {
		p := &c.Provisions[i]
		lines = append(lines, strings.TrimSpace(p.Status+": "+p.Text))
	}
	if len(lines) == 0 {
		return "not seen"
	}
	return strings.Join(lines, "\n")
}

// provisionRows lists what each version says on each point.
func (q *inquiry) provisionRows(d *negotiation.DraftText) section {
	s := section{name: "provisions", title: "Provision by provision", columns: []column{{"issue", "Issue", 26}, {"point", "Point", 0}, {"version", "Version", 28}, {"status", "Status", 0},
		{"text", "Text", 40}, {"change", "Since the version before", 0}, {"words", "Word by word", 44}, {"denied", "Denied", 0}, {"contested", "Contested", 0}, {"roots", "Origins", 0}}}
	for i := range d.Rows {
		row := &d.Rows[i]
		for j := range row.Cells {
			cell := &row.Cells[j]
			change, words := stepTo(row, d.Versions[j].ID)
			if change == nil && len(cell.Provisions) == 0 {
				continue
			}
			if len(cell.Provisions) == 0 {
				s.add(ids{"version_id": d.Versions[j].ID}, nil, orUnstated(q.name(row.Issue)), orBlank(row.Point), q.name(d.Versions[j].ID), nil, nil, change, blank{}, false, false, 0)
			}
			for k := range cell.Provisions {
				p := &cell.Provisions[k]
				s.add(ids{"id": p.ID, "version_id": p.Version}, q.sources(p.Evidence), orUnstated(q.name(row.Issue)), orBlank(p.Point), q.name(p.Version), orUnstated(p.Status), orUnstated(p.Text), change,
					words(p.ID), p.Denied, len(cell.Sides) > 1, len(p.Roots))
			}
		}
	}
	return s
}

// stepTo is what became of a point on the way to a version, and, of each of its
// provisions, by which words.
func stepTo(row *negotiation.DraftRow, version graph.EntityID) (change any, words func(provision graph.EntityID) any) {
	words = func(graph.EntityID) any { return blank{} }
	for i := range row.Steps {
		step := &row.Steps[i]
		if step.To != version {
			continue
		}
		return string(step.Change), func(provision graph.EntityID) any {
			for _, t := range step.Texts {
				if t.To == provision {
					return marked(t.Words)
				}
			}
			return blank{}
		}
	}
	return nil, words
}

// marked writes a difference as people do by hand.
func marked(list []negotiation.Words) any {
	var parts []string
	for _, w := range list {
		text := strings.TrimSpace(w.Text)
		switch w.Change {
		case negotiation.Removed:
			text = "[-" + text + "-]"
		case negotiation.Added:
			text = "{+" + text + "+}"
		}
		parts = append(parts, text)
	}
	return orBlank(strings.Join(parts, " "))
}

func (q *inquiry) versionRows(d *negotiation.DraftText) section {
	s := section{name: "versions", title: "Versions", columns: []column{{"version", "Version", 40}, {"draft", "Of", 36}, {"number", "Number", 0}, {"since", "Since", 0},
		{"points_seen", "Points seen", 0}, {"points_said", "Points that it is said to have", 0}, {"authenticity", "Authenticity", 0}}}
	for i := range d.Versions {
		v := &d.Versions[i]
		number := any(nil)
		if v.Number != 0 {
			number = int(v.Number)
		}
		s.add(ids{"id": v.ID}, q.sources(v.Evidence), q.name(v.ID), orUnstated(q.name(v.Draft)), number, date(v.Start), v.Seen, texts(v.Counts), texts(v.Authenticity))
	}
	if len(d.Versions) == 0 {
		s.none = fmt.Sprintf("No version of a text is recorded on %s.", q.name(q.negotiation))
	}
	return s
}
