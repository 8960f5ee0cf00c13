package gqlschema

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// The kinds of the ontology that answers about negotiations name.
const (
	kindNegotiation = "Negotiation"
	kindIssue       = "Issue"
	kindPosition    = "Position"
	kindActor       = "Actor"
)

// answer is a question about a negotiation that package negotiation answers: a
// field of Negotiation and a root field.
type answer struct {
	name    string
	root    string // what the root field is called, where the name is taken
	undated bool   // its arguments have the points
	doc     string
	typ     graphql.Output
	args    graphql.FieldConfigArgument
	resolve func(*talk) (any, error)
}

// defineAnswers makes the answers, if the ontology knows negotiations.
func (b *builder) defineAnswers() {
	for _, kind := range []string{kindNegotiation, kindIssue, kindPosition, kindActor} {
		if b.ontology.Kind(kind) == nil {
			return
		}
	}
	cell := b.cellType()
	b.answers = []answer{b.matrixAnswer(cell), b.cellAnswer(cell), b.instrumentsAnswer(), b.deadlinesAnswer(), b.conditionsAnswer(), b.contactsAnswer(),
		b.conflictsAnswer(), b.changesAnswer(), b.gapAnswer(), b.pulseAnswer(), b.draftAnswer(), b.travelAnswer(), b.transitionsAnswer(), b.anomaliesAnswer()}
}

// answerFields are the answers as fields of a negotiation.
func (b *builder) answerFields(fields graphql.Fields) {
	for _, a := range b.answers {
		args := a.args
		if !a.undated {
			args = both(a.args, graphql.FieldConfigArgument{"on": {Type: edtfScalar, Description: onDoc + " Here: that of the field around it."}})
		}
		fields[a.name] = with(field(a.typ, a.doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
			v, err := below(n.page.view, p.Args)
			if err != nil {
				return nil, err
			}
			return a.resolve(&talk{b: b, p: p, view: v, negotiation: n.id})
		})), args)
	}
}

// answerRoots are the answers as root fields.
func (b *builder) answerRoots(fields graphql.Fields) {
	for _, a := range b.answers {
		name := a.name
		if a.root != "" {
			name = a.root
		}
		args := both(a.args, graphql.FieldConfigArgument{
			"negotiation": {Type: graphql.String, Description: "Of which negotiation, by name, id or key. Default: of all that is known."}})
		f := b.root(a.typ, a.doc, args, func(p graphql.ResolveParams, v graph.View) (any, error) {
			t := &talk{b: b, p: p, view: v}
			t.negotiation = t.one("negotiation", kindNegotiation)
			if t.err != nil {
				return nil, t.err
			}
			return a.resolve(t)
		})
		if a.undated {
			for _, arg := range []string{"on", "knownOn", "at"} {
				if a.args[arg] == nil {
					delete(f.Args, arg)
				}
			}
		}
		fields[name] = f
	}
}

// talk is a question that is being answered. It keeps the first mistake in its
// arguments; what is read after one is zero.
type talk struct {
	b           *builder
	p           graphql.ResolveParams
	view        graph.View
	negotiation graph.EntityID // zero: everything
	err         error
}

func (t *talk) ctx() context.Context { return t.p.Context }

// one is the entity that an argument names; zero where it is not given.
func (t *talk) one(arg, kind string) (id graph.EntityID) {
	if given, ok := t.p.Args[arg].(string); ok {
		id = t.named(arg, kind, given, arg)
	}
	return id
}

// several are the entities that an argument names.
func (t *talk) several(arg, kind string) (ids []graph.EntityID) {
	given, _ := t.p.Args[arg].([]any)
	for i, name := range given {
		text, _ := name.(string)
		ids = append(ids, t.named(fmt.Sprintf("%s[%d]", arg, i), kind, text, arg, i))
	}
	return ids
}

func (t *talk) named(where, kind, given string, steps ...any) graph.EntityID {
	if t.err != nil {
		return graph.EntityID{}
	}
	var kinds []string
	if kind != "" {
		kinds = []string{kind}
	}
	id, err := t.b.resolve(t.p, t.view, where, given, kinds, steps...)
	if isUnknown(err) { // it may only not be known yet: then the answer says so
		now := t.b.at(t.ctx(), graph.Point{Clearance: t.view.Point().Clearance})
		if later, lost := t.b.resolve(t.p, now, where, given, kinds, steps...); lost == nil {
			return later
		}
	}
	if err != nil {
		t.err = t.instead(kind, err)
	}
	return id
}

func isUnknown(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.facts["code"] == codeUnknown
}

// instead adds to an error about a name like which there is none what there is.
func (t *talk) instead(kind string, err error) error {
	var f *fault
	if !isUnknown(err) || !errors.As(err, &f) {
		return err
	}
	if near, _ := f.facts["suggestions"].([]string); len(near) > 0 {
		return err
	}
	labels, err := t.labelsOf(kind)
	switch {
	case err != nil:
		return err
	case len(labels) == 0:
		return &fault{f.message + ": none is known at this point", f.facts}
	}
	return &fault{f.message + ": there are " + strings.Join(labels, ", "), f.facts}
}

// labelsOf are the parties of the negotiation that is asked about, or all that
// there is of a kind.
func (t *talk) labelsOf(kind string) ([]string, error) {
	var ids []graph.EntityID
	if kind == kindActor && !t.negotiation.IsZero() {
		states, err := t.view.States(t.ctx(), []graph.EntityID{t.negotiation})
		if err != nil {
			return nil, err
		}
		for i := range states {
			ids = append(ids, fillersOf(&states[i], "party")...)
		}
	} else {
		var err error
		if ids, err = ofKind(t.ctx(), t.view, kind, firstDefault); err != nil {
			return nil, err
		}
	}
	labels, err := t.view.Labels(t.ctx(), ids, requestOf(t.ctx()).Languages...)
	slices.Sort(labels)
	return labels, err
}

// texts and flag read arguments that name nothing.
func (t *talk) texts(arg string) (list []string) {
	given, _ := t.p.Args[arg].([]any)
	for _, v := range given {
		if s, ok := v.(string); ok {
			list = append(list, s)
		}
	}
	return list
}

func (t *talk) flag(arg string) bool {
	on, _ := t.p.Args[arg].(bool)
	return on
}

// answerType is a type of an answer, of which several may have a part.
func (b *builder) answerType(name, doc string, fields func() graphql.Fields) *graphql.Object {
	if made := b.made[name]; made != nil {
		return made.(*graphql.Object)
	}
	made := object(name, doc, fields)
	b.made[name] = made
	return made
}

// rank is the least rank of the claims that count, and whether one is asked for.
func (t *talk) rank() (graph.Rank, bool) {
	least, ok := t.p.Args["rank"].(graph.Rank)
	return least, ok
}

// talkArgs are arguments together with the rank, which every answer has.
func (b *builder) talkArgs(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	all := graphql.FieldConfigArgument{"rank": {Type: b.rankEnum(), Description: "Only claims of this rank or better; NORMAL leaves out what is DEPRECATED. Default: all."}}
	maps.Copy(all, args)
	return all
}

func (b *builder) issuesArg() *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: namesArg(), Description: "Only these issues, each by name, id or key."}
}

func (b *builder) partiesArg() *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: namesArg(), Description: "Only these parties, each by name, id or key."}
}

func rollUpArg() *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: graphql.Boolean, DefaultValue: false, Description: "What those say who stand for a party counts as the party's own."}
}
