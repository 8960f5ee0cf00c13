package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

// defineEvidence makes the types of what claims rest on.
func (b *builder) defineEvidence() {
	b.defineSource()
	b.defineSpeaker()
	b.defineAssertion()
}

func (b *builder) defineSource() {
	b.source = object("Source", "Where something comes from, in a line.", func() graphql.Fields {
		return graphql.Fields{
			"who":        field(must(graphql.String), "The innermost speaker, else the publisher.", fetch(func(s source, ctx context.Context) (any, error) { return s.who(ctx) })),
			"via":        field(listOf(graphql.String), "Through whom, from the speaker outwards; the publisher comes last.", fetch(func(s source, ctx context.Context) (any, error) { return s.via(ctx) })),
			"said":       field(edtfScalar, "When it was said (EDTF).", plain(func(s source) any { return dateText(s.Asserted) })),
			"published":  field(edtfScalar, "When the document came out (EDTF).", plain(func(s source) any { return dateText(s.document().Published) })),
			"level":      field(graphql.String, "Under which level of attribution the speaker spoke.", plain(func(s source) any { return stated(s.Level.String()) })),
			"url":        field(graphql.String, "", plain(func(s source) any { return stated(s.document().URL) })),
			"quote":      field(graphql.String, "How close the document's words are to the speaker's.", plain(func(s source) any { return stated(s.Quote.String()) })),
			"denies":     field(must(graphql.Boolean), "Whether it denies what it is a source of.", plain(func(s source) any { return s.Deny })),
			"assertions": field(listOf(b.assertion), "Those of which this is the line: of one document, several may read the same.", plain(source.assertions)),
		}
	})
}

func (b *builder) defineSpeaker() {
	b.speaker = object("Speaker", "Who says something: somebody, or a publisher of whom no more is known.", func() graphql.Fields {
		return graphql.Fields{
			"name": field(must(graphql.String), "", fetch(func(s speaker, ctx context.Context) (any, error) {
				if s.node == nil {
					return s.name, nil
				}
				return s.node.label(ctx)
			})),
			"id": field(graphql.ID, "", plain(func(s speaker) any {
				if s.node == nil {
					return nil
				}
				return s.node.id.String()
			})),
			"entity": field(b.entity, "", plain(func(s speaker) any {
				if s.node == nil {
					return nil
				}
				return *s.node
			})),
		}
	})
}

func (b *builder) defineAssertion() {
	b.assertion = object("Assertion", "Somebody's act of affirming or denying a claim, as it is recorded.", func() graphql.Fields {
		fields := graphql.Fields{
			"id":           field(must(graphql.ID), "", plain(func(s source) any { return s.Assertion.ID.String() })),
			"claims":       field(listOf(graphql.ID), "What it is about: in the history of a subject, all those of the subject's claims.", plain(source.claims)),
			"claim":        field(must(graphql.ID), "What it is about; where that is several claims, the first.", plain(func(s source) any { return s.Claim.String() })),
			"denies":       field(must(graphql.Boolean), "Whether it denies the claim.", plain(func(s source) any { return s.Deny })),
			"document":     field(must(b.typeNamed(graph.KindDocument)), "", plain(func(s source) any { return node{s.said.papers, s.Document} })),
			"key":          field(graphql.String, "Its key in the document.", plain(func(s source) any { return stated(s.Key) })),
			"chain":        field(listOf(b.speaker), "Through whom, from the document outwards to the root speaker.", plain(source.chain)),
			"end":          field(must(graphql.String), "What it says of the claim's end: UNKNOWN, OPEN or DATED.", plain(func(s source) any { return s.End.Kind.String() })),
			"endDate":      field(edtfScalar, "That end, or the last day it vouches for (EDTF).", plain(func(s source) any { return dateText(s.End.Date) })),
			"asserted":     field(edtfScalar, "When it was said (EDTF).", plain(func(s source) any { return dateText(s.Asserted) })),
			"recordedFrom": field(must(graphql.String), "The transaction that recorded it.", plain(func(s source) any { return graph.FormatTS(s.Recorded.From) })),
			"recordedTo":   field(graphql.String, "The transaction that closed the record: a retraction, a correction or another judgement.", plain(source.closed)),
		}
		for name, get := range codes {
			fields[name] = field(graphql.String, "", plain(func(s source) any { return stated(get(&s.Assertion)) }))
		}
		return fields
	}, b.node)
}

// codes are the fields of an assertion that are a word or a text, or nothing.
var codes = map[string]func(*graph.Assertion) string{
	"voice":       func(a *graph.Assertion) string { return a.Voice.String() },
	"level":       func(a *graph.Assertion) string { return a.Level.String() },
	"quote":       func(a *graph.Assertion) string { return a.Quote.String() },
	"modality":    func(a *graph.Assertion) string { return a.Modality.String() },
	"wording":     func(a *graph.Assertion) string { return a.Wording.String() },
	"factuality":  func(a *graph.Assertion) string { return a.Factuality.String() },
	"summary":     func(a *graph.Assertion) string { return a.Summary },
	"coder":       func(a *graph.Assertion) string { return a.Coder },
	"rank":        func(a *graph.Assertion) string { return a.Judgement.Rank.String() },
	"reason":      func(a *graph.Assertion) string { return a.Judgement.Reason },
	"status":      func(a *graph.Assertion) string { return a.Judgement.Status.String() },
	"marking":     func(a *graph.Assertion) string { return a.Judgement.Marking.String() },
	"reliability": func(a *graph.Assertion) string { return a.Judgement.Grade.Reliability.String() },
}

func (s source) chain() any {
	list := make([]speaker, len(s.Chain))
	for i, id := range s.Chain {
		list[i] = speaker{node: &node{s.said.speakers, id}}
	}
	return list
}

func (s source) claims() any {
	ids := s.about
	if ids == nil {
		ids = []graph.ClaimID{s.Claim}
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}

func (s source) closed() any {
	if s.Recorded.To == 0 {
		return nil
	}
	return graph.FormatTS(s.Recorded.To)
}

func dateText(d edtf.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}
