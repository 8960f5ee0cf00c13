package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// draftText is what the type DraftText resolves from; the others are its parts.
type draftText struct {
	*opposed
	negotiation.DraftText
	provisions *page
}

type draftVersion struct {
	*draftText
	*negotiation.Version
}

type draftRow struct {
	*draftText
	*negotiation.DraftRow
}

type draftCell struct {
	*draftText
	version graph.EntityID
	*negotiation.DraftCell
}

type draftStep struct {
	*draftText
	*negotiation.DraftStep
}

type textChange struct {
	*draftText
	*negotiation.TextChange
}

func (b *builder) draftAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"issues":   b.issuesArg(),
		"versions": {Type: namesArg(), Description: "Only these versions, in this order, each by name, id or key. Default: all, in the order of their numbers, else of their starts."},
	})
	return answer{name: "draftText", doc: "What versions of a text say, side by side. Sources show parts of texts: what is not seen is not known, and not absent.",
		typ: must(b.draftTextType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.DraftQuery{Negotiation: t.negotiation, Issues: t.several("issues", kindIssue), Versions: t.several("versions", "DraftVersion")}
			q.MinRank, q.Ranked = t.rank()
			if t.err != nil {
				return nil, t.err
			}
			text, err := negotiation.DraftTextOf(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.draftText(text), nil
		}}
}

func (b *builder) draftTextType() *graphql.Object {
	return b.answerType("DraftText", "What versions of a text say, side by side.", func() graphql.Fields {
		return graphql.Fields{
			"versions": field(listOf(b.versionType()), "The columns.", plain((*draftText).columns)),
			"rows":     field(listOf(b.draftRowType()), "By issue, then by point.", plain((*draftText).lines)),
			"reason":   field(b.reasonEnum(), "Why there is none.", plain(func(d *draftText) any { return word(d.Reason) })),
		}
	})
}

func (b *builder) versionType() *graphql.Object {
	return b.answerType("DraftVersionAnswer", "A version of a text, and what it is worth.", func() graphql.Fields {
		return graphql.Fields{
			"version":      field(must(b.typeNamed("DraftVersion")), "", plain(func(v draftVersion) any { return v.node(v.ID) })),
			"draft":        field(b.typeNamed("Draft"), "", plain(func(v draftVersion) any { return v.node(v.Draft) })),
			"number":       field(graphql.Int, "", plain(draftVersion.number)),
			"start":        field(dateTime, "When the first of its provisions starts.", plain(func(v draftVersion) any { return instant(v.Start) })),
			"authenticity": field(listOf(graphql.String), "Of the version, else of its draft.", plain(func(v draftVersion) any { return claimWords(v.Authenticity) })),
			"counts":       field(listOf(graphql.String), "How many points somebody says that it has.", plain(func(v draftVersion) any { return claimWords(v.Counts) })),
			"seen":         field(must(graphql.Int), "How many numbered points are shown here.", plain(func(v draftVersion) any { return v.Seen })),
			"sources":      b.sourcesField(fetch(func(v draftVersion, ctx context.Context) (any, error) { return v.sources(ctx, v.Evidence) })),
		}
	})
}

func (b *builder) draftRowType() *graphql.Object {
	return b.answerType("DraftRow", "One point, or what no version divides further, on one issue.", func() graphql.Fields {
		return graphql.Fields{
			"issue": field(b.typeNamed(kindIssue), "", plain(func(r draftRow) any { return r.node(r.Issue) })),
			"point": field(graphql.String, "The number that its provisions bear.", plain(func(r draftRow) any { return stated(r.Point) })),
			"cells": field(listOf(b.draftCellType()), "One for each version, in their order.", plain(draftRow.cells)),
			"steps": field(listOf(b.draftStepType()), "From version to version.", plain(draftRow.steps)),
		}
	})
}

func (b *builder) draftCellType() *graphql.Object {
	return b.answerType("DraftCell", "What one version says in a row.", func() graphql.Fields {
		return graphql.Fields{
			"version":    field(must(b.typeNamed("DraftVersion")), "", plain(func(c draftCell) any { return c.node(c.version) })),
			"provisions": field(listOf(b.typeNamed("Provision")), "None: not seen. What a source says is gone is there, DELETED.", plain(draftCell.those)),
			"sides":      field(listOf(b.sideType()), "Where sources give it differently: who says what.", plain(func(c draftCell) any { return c.sides(c.Sides) })),
			"sources":    b.sourcesField(fetch(draftCell.sources)),
		}
	})
}

func (b *builder) draftStepType() *graphql.Object {
	words := wordsOf(b, "WordChange", "What becomes of words.", negotiation.Kept, negotiation.Removed, negotiation.Added)
	run := b.answerType("Words", "Words that share their fate.", func() graphql.Fields {
		return graphql.Fields{
			"text":   field(must(graphql.String), "", plain(func(w negotiation.Words) any { return w.Text })),
			"change": field(must(words), "", plain(func(w negotiation.Words) any { return word(w.Change) })),
		}
	})
	texts := b.answerType("TextChange", "The difference between two provisions in words.", func() graphql.Fields {
		return graphql.Fields{
			"from":  field(b.typeNamed("Provision"), "Nothing was there.", plain(func(c textChange) any { return c.provision(c.From) })),
			"to":    field(b.typeNamed("Provision"), "Nothing is there.", plain(func(c textChange) any { return c.provision(c.To) })),
			"words": field(listOf(run), "", plain(func(c textChange) any { return c.Words })),
		}
	})
	return b.answerType("DraftStep", "From one version that was seen to have a point to the next.", func() graphql.Fields {
		return graphql.Fields{
			"from":   field(b.typeNamed("DraftVersion"), "", plain(func(s draftStep) any { return s.node(s.From) })),
			"to":     field(b.typeNamed("DraftVersion"), "", plain(func(s draftStep) any { return s.node(s.To) })),
			"change": field(must(b.pointChangeEnum()), "", plain(func(s draftStep) any { return word(s.Change) })),
			"texts":  field(listOf(texts), "Provision by provision.", plain(draftStep.texts)),
		}
	})
}

// draftText gathers what an answer names and rests on.
func (t *talk) draftText(text negotiation.DraftText) *draftText {
	d := &draftText{opposed: &opposed{found: t.found()}, DraftText: text}
	for i := range text.Versions {
		v := &text.Versions[i]
		d.name(v.ID, v.Draft)
		d.hear(v.Evidence, nil)
	}
	var provisions []graph.Standing
	var claims []graph.Claim
	for i := range text.Rows {
		d.name(text.Rows[i].Issue)
		for j := range text.Rows[i].Cells {
			c := &text.Rows[i].Cells[j]
			claims = append(claims, d.oppose(c.Sides)...)
			for k := range c.Provisions {
				provisions = append(provisions, c.Provisions[k].Standing)
				d.hear(c.Provisions[k].Evidence, c.Provisions[k].Roots)
			}
		}
	}
	d.provisions, d.claims = t.b.pageOf(t.view, provisions), t.b.claimList(t.view, claims)
	return d
}

func (d *draftText) provision(id graph.EntityID) any {
	if id.IsZero() {
		return nil
	}
	return node{d.provisions, id}
}

func (d *draftText) columns() any {
	all := make([]draftVersion, len(d.Versions))
	for i := range all {
		all[i] = draftVersion{d, &d.Versions[i]}
	}
	return all
}

func (d *draftText) lines() any {
	all := make([]draftRow, len(d.Rows))
	for i := range all {
		all[i] = draftRow{d, &d.Rows[i]}
	}
	return all
}

func (v draftVersion) number() any {
	if v.Number == 0 {
		return nil
	}
	return int(v.Number)
}

func (r draftRow) cells() any {
	all := make([]draftCell, len(r.Cells))
	for i := range all {
		all[i] = draftCell{r.draftText, r.Versions[i].ID, &r.Cells[i]}
	}
	return all
}

func (r draftRow) steps() any {
	all := make([]draftStep, len(r.Steps))
	for i := range all {
		all[i] = draftStep{r.draftText, &r.Steps[i]}
	}
	return all
}

func (c draftCell) those() any {
	all := make([]any, len(c.Provisions))
	for i := range all {
		all[i] = c.provision(c.Provisions[i].ID)
	}
	return all
}

func (c draftCell) sources(ctx context.Context) (any, error) {
	parts := make([][]graph.Evidence, len(c.Provisions))
	for i := range parts {
		parts[i] = c.Provisions[i].Evidence
	}
	return c.found.sources(ctx, parts...)
}

func (s draftStep) texts() any {
	all := make([]textChange, len(s.Texts))
	for i := range all {
		all[i] = textChange{s.draftText, &s.Texts[i]}
	}
	return all
}
