package gqlschema

import (
	"errors"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// saidInput is how something was said.
func (b *builder) saidInput() *graphql.InputObject {
	return b.input("SaidInput", "How something is said: by whom, when, in whose voice, and how sure that is.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"key":         {Type: graphql.String, Description: "Of the assertion in its document; what has the same key there is corrected. Default: made from what it says."},
			"chain":       {Type: namesArg(), Description: "Through whom, from the document outwards to the root speaker, each by name, id or key."},
			"asserted":    {Type: edtfScalar, Description: "When it was said."},
			"summary":     {Type: graphql.String, Description: "In the recorder's own words."},
			"coder":       {Type: graphql.String},
			"voice":       {Type: b.words("AssertionVoice", 6, func(i int) fmt.Stringer { return graph.Voice(i) }), Description: "Whose mouth, relative to the holder."},
			"level":       {Type: b.words("Level", 5, func(i int) fmt.Stringer { return graph.Level(i) }), Description: "Under which level of attribution the speaker spoke."},
			"quote":       {Type: b.words("Quote", 5, func(i int) fmt.Stringer { return graph.Quote(i) }), Description: "How close the document's words are to the speaker's."},
			"modality":    {Type: b.words("Modality", 13, func(i int) fmt.Stringer { return graph.Modality(i) })},
			"wording":     {Type: b.words("Wording", 7, func(i int) fmt.Stringer { return graph.Wording(i) })},
			"factuality":  {Type: b.words("Factuality", 4, func(i int) fmt.Stringer { return graph.Factuality(i) })},
			"reliability": {Type: b.reliabilityEnum(), Description: "The recorder's grade of the source."},
			"rank":        {Type: b.rankEnum()},
			"rankReason":  {Type: graphql.String, Description: "Why it is DEPRECATED."},
			"marking":     {Type: b.markingEnum(), Description: "Who may see it (TLP)."},
		}
	})
}

// words is the enumeration of a type of the graph, whose words begin at 1.
func (b *builder) words(name string, last int, at func(int) fmt.Stringer) *graphql.Enum {
	if b.enums[name] == nil {
		var values []enumValue
		for i := 1; i <= last; i++ {
			values = append(values, enumValue{at(i).String(), i, ""})
		}
		b.enums[name] = enumOf(name, "", values...)
	}
	return b.enums[name]
}

func (b *builder) markingEnum() *graphql.Enum {
	if b.enums["Marking"] == nil {
		b.enums["Marking"] = enumOf("Marking", "Who may see it (TLP 2.0).", enumValue{"CLEAR", graph.Clear, ""}, enumValue{"GREEN", graph.Green, ""},
			enumValue{"AMBER", graph.Amber, ""}, enumValue{"AMBER_STRICT", graph.AmberStrict, ""}, enumValue{"RED", graph.Red, ""})
	}
	return b.enums["Marking"]
}

// draft reads what an act says, and how. Its second result completes the draft
// in the transaction: the document is found there, or made. Errors tell where
// the relation stands by the name given.
func (r *reader) draft(relation string) (graph.Draft, func(*graph.Tx, *graph.Draft) error, error) {
	var d graph.Draft
	document, err := r.documentArg()
	if err != nil {
		return d, nil, err
	}
	if err := r.said(&d); err != nil {
		return d, nil, err
	}
	text := func(name string) string { s, _ := r.p.Args[name].(string); return s }
	if d.Valid, err = graph.ParseValid(text("valid"), text("vouched")); err != nil {
		return d, nil, under("valid", err)
	}
	if given, ok := r.p.Args["relation"].(map[string]any); ok {
		if d.Relation, err = r.relation(given, relation); err != nil {
			return d, nil, err
		}
	}
	if d.Links, err = r.claims(); err != nil {
		return d, nil, err
	}
	return d, func(tx *graph.Tx, d *graph.Draft) error {
		ref, err := document(tx)
		if !ref.IsZero() {
			d.Document = ref
		}
		return err
	}, nil
}

// said reads the argument said.
func (r *reader) said(d *graph.Draft) (err error) {
	given, ok := r.p.Args["said"].(map[string]any)
	if !ok {
		return nil
	}
	text := func(name string) string { s, _ := given[name].(string); return s }
	number := func(name string) int { n, _ := given[name].(int); return n }
	d.Key, d.Summary, d.Coder = text("key"), text("summary"), text("coder")
	d.Voice, d.Level, d.Quote = graph.Voice(number("voice")), graph.Level(number("level")), graph.Quote(number("quote"))
	d.Modality, d.Wording, d.Factuality = graph.Modality(number("modality")), graph.Wording(number("wording")), graph.Factuality(number("factuality"))
	d.Judgement.Rank, _ = given["rank"].(graph.Rank)
	d.Judgement.Reason = text("rankReason")
	d.Judgement.Marking, _ = given["marking"].(graph.Marking)
	if clearance := r.view.Point().Clearance; d.Judgement.Marking > clearance {
		return newFault(codeInput, fmt.Sprintf("said.marking: %s is beyond your clearance, %s: you would not see what you write", d.Judgement.Marking, clearance), nil)
	}
	if d.Judgement.Grade.Reliability, err = graph.ParseReliability(text("reliability")); err != nil {
		return under("said.reliability", err)
	}
	if d.Asserted, err = dateIn("said.asserted", text("asserted")); err != nil {
		return err
	}
	for i, name := range words(given["chain"]) {
		ref, err := r.entity(fmt.Sprintf("said.chain[%d]", i), name, nil)
		if err != nil {
			return err
		}
		d.Chain = append(d.Chain, ref)
	}
	return nil
}

// entity finds what is named by name, id or key.
func (r *reader) entity(path, given string, kinds []string) (graph.Ref, error) {
	e, err := r.b.lookup(r.p.Context, r.view, path, given, kinds)
	return graph.ByID(e.ID), err
}

// placed says in which argument the mistake is that an error is about.
func (r *reader) placed(err error) error {
	var at *graph.PartError
	if err == nil || !errors.As(err, &at) {
		return err
	}
	path := at.Part.Name
	switch at.Part.Name {
	case "chain":
		path = fmt.Sprintf("said.chain[%d]", at.Part.Index)
	case "asserted":
		path = "said.asserted"
	case "relation":
		path = "relation.fields." + at.Part.Field
		if r.p.Args["input"] != nil {
			path = "input." + at.Part.Field
		}
		path = fmt.Sprintf("%s[%d]", path, at.Part.Index)
	case "claims":
		path = fmt.Sprintf("claims[%d].%s", at.Part.Index, at.Part.Field)
	}
	return under(path, err)
}
