package gqlschema

import (
	"context"
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// mutation makes the root type of acts. Each has a document to stand in, where
// it says something, and an act: who, why, and once.
func (b *builder) mutation() *graphql.Object {
	saying := graphql.FieldConfigArgument{
		"relation": {Type: b.relationInput(), Description: "The relation, or entity, that it describes; beside or instead of claims."},
		"claims":   {Type: graphql.NewList(graphql.NewNonNull(b.claimInput()))},
		"valid":    {Type: edtfScalar, Description: "When all of it holds, unless a claim says otherwise."},
		"vouched":  {Type: edtfScalar, Description: "The last day for which it vouches, where it does not say until when."},
		"said":     {Type: b.saidInput()},
	}
	one := graphql.FieldConfigArgument{"assertion": {Type: must(graphql.ID).(graphql.Input)}}
	pair := graphql.FieldConfigArgument{
		"one":   {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
		"other": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
	}
	judging := both(pair, graphql.FieldConfigArgument{"said": {Type: b.saidInput()}, "document": {Type: b.documentInput(), Description: "Default: the curation document of the author."}})
	in := graphql.FieldConfigArgument{"document": {Type: must(b.documentInput()).(graphql.Input), Description: "In which it stands."}}
	inOwn := graphql.FieldConfigArgument{"document": {Type: b.documentInput(), Description: "Default: that of the assertion that is corrected."}}
	claim := graphql.FieldConfigArgument{"claim": {Type: must(graphql.ID).(graphql.Input)}, "said": {Type: b.saidInput()}}
	fields := graphql.Fields{
		"assert":      b.act("Records that somebody affirms, or denies, what is given.", both(saying, in), b.assert(graph.AcceptedStatus)),
		"propose":     b.act("Like assert, as a proposal: it counts once it is accepted.", both(saying, in), b.assert(graph.Proposed)),
		"deny":        b.act("Records that somebody denies a claim.", both(claim, in), b.deny),
		"correct":     b.act("Replaces an assertion by another one: the recorder was wrong, the world did not move.", both(both(saying, one), inOwn), b.correct),
		"retract":     b.act("Records that an assertion is no longer relied on.", one, b.retract),
		"accept":      b.act("Lets a proposal count.", one, b.judge(graph.AcceptedStatus)),
		"dissent":     b.act("Records that the curators do not share an assertion: it no longer counts.", one, b.judge(graph.Dissent)),
		"merge":       b.act("Records the judgement that two entities are one.", judging, b.same((*graph.Tx).Merge)),
		"keepApart":   b.act("Records the judgement that two entities are two, which forbids that they be merged.", judging, b.same((*graph.Tx).KeepApart)),
		"unmerge":     b.act("Takes back that two entities are one.", pair, b.unmerge),
		"addDocument": b.act("Records a document, of which only what is known need be given.", graphql.FieldConfigArgument{"input": {Type: must(b.newDocumentInput()).(graphql.Input)}}, b.addDocument),
	}
	for _, k := range b.kinds {
		if !k.Abstract && k.Name != graph.KindDocument {
			fields["assert"+k.Name] = b.act("Records that somebody says this. "+k.Doc, both(both(in, graphql.FieldConfigArgument{
				"input": {Type: must(b.kindInput(k)).(graphql.Input)}}), without(saying, "relation", "claims")), b.assertKind(k))
		}
	}
	return graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: fields})
}

func without(args graphql.FieldConfigArgument, names ...string) graphql.FieldConfigArgument {
	rest := maps.Clone(args)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// outcome is what an act did.
type outcome struct {
	did       string // NEW, KNOWN, CORRECTED or DONE
	assertion graph.AssertionID
	document  graph.EntityID
	of        string // the kind that was asked for
}

// step is what an act does in its transaction. It may be run again.
type step func(tx *graph.Tx, o *outcome) error

// act makes the field of an act: prepare reads the arguments and looks up what
// they name, before the transaction.
func (b *builder) act(doc string, args graphql.FieldConfigArgument, prepare func(*reader) (step, error)) *graphql.Field {
	args = both(args, graphql.FieldConfigArgument{"act": {Type: must(b.actInput()).(graphql.Input), Description: "Who does it, and why."}})
	return with(field(must(b.resultType()), doc, func(p graphql.ResolveParams) (any, error) {
		if err := p.Context.Err(); err != nil {
			return nil, err
		}
		clearance := requestOf(p.Context).Clearance
		act, err := actOf(p.Args, clearance)
		if err != nil {
			return nil, err
		}
		do, err := prepare(&reader{b: b, p: p, view: b.db.At(graph.Point{Clearance: clearance})})
		if err != nil {
			return nil, err
		}
		return b.perform(p.Context, act, do)
	}), args)
}

// perform runs a step in a transaction of its own, and tells what came of it.
func (b *builder) perform(ctx context.Context, act graph.Act, do step) (any, error) {
	o := outcome{did: "REPEATED"} // unless it is run
	ts, err := b.db.Update(ctx, act, func(tx *graph.Tx) error {
		o = outcome{did: "DONE"}
		return do(tx, &o)
	})
	if err != nil {
		return nil, err
	}
	return b.result(ctx, ts, act.Clearance, o)
}

// assert records a draft under a status.
func (b *builder) assert(status graph.Status) func(*reader) (step, error) {
	return func(r *reader) (step, error) {
		d, prepare, err := r.draft("relation")
		if err != nil {
			return nil, err
		}
		d.Judgement.Status = status
		return r.asserting(d, prepare), nil
	}
}

// asserting is the step that records a draft. prepare finds or makes its
// document and what else it needs.
func (r *reader) asserting(d graph.Draft, prepare func(*graph.Tx, *graph.Draft) error) step {
	return func(tx *graph.Tx, o *outcome) error {
		own := d
		err := prepare(tx, &own)
		if err != nil {
			return err
		}
		var did graph.Outcome
		if o.assertion, did, err = tx.Assert(own); err != nil {
			return r.placed(err)
		}
		o.did = []string{"NEW", "KNOWN", "CORRECTED"}[did]
		return nil
	}
}

func (b *builder) deny(r *reader) (step, error) {
	given, _ := r.p.Args["claim"].(string)
	id, err := graph.ParseClaimID(given)
	if err != nil {
		return nil, newFault(codeInput, "claim: not an id", nil)
	}
	c, err := r.view.Claim(r.p.Context, id)
	if err != nil {
		return nil, under("claim", err)
	}
	d, prepare, err := r.draft("relation")
	if err != nil {
		return nil, err
	}
	if d.Valid, err = graph.ParseValid(c.Date(), ""); err != nil {
		return nil, err
	}
	d.Links = []graph.Link{{Subject: graph.ByID(c.Subject), Property: c.Property, Value: c.Value, Occurrence: c.Occurrence, Deny: true}}
	return r.asserting(d, prepare), nil
}

// assertionArg reads the assertion that an act is about, which the author must see.
func (r *reader) assertionArg() (graph.Assertion, error) {
	given, _ := r.p.Args["assertion"].(string)
	id, err := graph.ParseAssertionID(given)
	if err != nil {
		return graph.Assertion{}, newFault(codeInput, "assertion: not an id", nil)
	}
	a, err := r.view.Assertion(r.p.Context, id)
	if err != nil {
		err = under("assertion", err)
	}
	return a, err
}

// correct replaces an assertion, by default under its own key in its own document.
func (b *builder) correct(r *reader) (step, error) {
	a, err := r.assertionArg()
	if err != nil {
		return nil, err
	}
	d, prepare, err := r.draft("relation")
	if err != nil {
		return nil, err
	}
	if d.Key == "" {
		d.Key = a.Key
	}
	if r.p.Args["document"] == nil {
		d.Document = graph.ByID(a.Document)
	}
	return func(tx *graph.Tx, o *outcome) error {
		own := d
		err := prepare(tx, &own)
		if err != nil {
			return err
		}
		o.did = "CORRECTED"
		o.assertion, err = tx.Correct(a.ID, own)
		return r.placed(err)
	}, nil
}

func (b *builder) retract(r *reader) (step, error) {
	a, err := r.assertionArg()
	return func(tx *graph.Tx, o *outcome) error {
		o.assertion = a.ID
		return tx.Retract(a.ID)
	}, err
}

// judge changes the status of an assertion.
func (b *builder) judge(status graph.Status) func(*reader) (step, error) {
	return func(r *reader) (step, error) {
		a, err := r.assertionArg()
		return func(tx *graph.Tx, o *outcome) error {
			o.assertion = a.ID
			return tx.Judge(a.ID, func(j *graph.Judgement) { j.Status = status })
		}, err
	}
}

// pair finds the two entities of a judgement on sameness. An id or key means
// the entity that has it, not what that is merged with.
func (r *reader) pair() (one, other graph.Ref, err error) {
	if one, err = r.itself("one"); err != nil {
		return one, other, err
	}
	other, err = r.itself("other")
	return one, other, err
}

func (r *reader) itself(arg string) (graph.Ref, error) {
	given, _ := r.p.Args[arg].(string)
	if ref, ok := refOf(given); ok {
		if _, err := r.view.Find(r.p.Context, ref); err == nil {
			return ref, nil
		}
	}
	id, err := r.b.find(r.p, r.view, arg, nil)
	return graph.ByID(id), err
}

func (b *builder) same(judge func(*graph.Tx, graph.Ref, graph.Ref, *graph.Draft) (graph.AssertionID, graph.Outcome, error)) func(*reader) (step, error) {
	return func(r *reader) (step, error) {
		one, other, err := r.pair()
		if err != nil {
			return nil, err
		}
		d, prepare, err := r.draft("relation")
		if err != nil {
			return nil, err
		}
		return func(tx *graph.Tx, o *outcome) error {
			own := d
			err := prepare(tx, &own)
			if err != nil {
				return err
			}
			var did graph.Outcome
			o.assertion, did, err = judge(tx, one, other, &own)
			o.did = []string{"NEW", "KNOWN", "CORRECTED"}[did]
			return err
		}, nil
	}
}

func (b *builder) unmerge(r *reader) (step, error) {
	one, other, err := r.pair()
	return func(tx *graph.Tx, _ *outcome) error { return tx.Unmerge(one, other) }, err
}

func (b *builder) addDocument(r *reader) (step, error) {
	d, err := r.newDocument()
	return func(tx *graph.Tx, o *outcome) (err error) {
		o.document, err = tx.Document(d)
		return err
	}, err
}
