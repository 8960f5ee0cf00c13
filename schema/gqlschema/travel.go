package gqlschema

import (
	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph/negotiation"
)

// travel is what the type Travel resolves from; the others are its parts.
type travel struct {
	*found
	negotiation.Travel
	meetings *page
}

type hop struct {
	*travel
	*negotiation.Hop
}

type reach struct {
	*travel
	*negotiation.Reach
}

func (b *builder) travelAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"from":     {Type: must(graphql.String).(graphql.Input), Description: "From whom, by name, id or key."},
		"to":       {Type: graphql.String, Description: "To whom. Default: whoever was reached."},
		"carrying": {Type: graphql.String, Description: "An instrument or a text, by id or key: only contacts on its issues, or that had it on the table, carry it. Default: any contact does."},
	})
	return answer{name: "travel", doc: "By which way something may have come from somebody to somebody. Only contacts that were held carry it.",
		typ: must(b.travelType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.TravelQuery{Negotiation: t.negotiation, From: t.one("from", kindActor), To: t.one("to", kindActor), Carrying: t.one("carrying", "")}
			q.MinRank, q.Ranked = t.rank()
			if t.err != nil {
				return nil, t.err
			}
			found, err := negotiation.TravelOf(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.travel(found), nil
		}}
}

func (b *builder) travelType() *graphql.Object {
	return b.answerType("Travel", "How far something came.", func() graphql.Fields {
		return graphql.Fields{
			"path":      field(listOf(b.hopType()), "To whom it was asked for, the earliest way; none where it is not recorded.", plain(func(t *travel) any { return t.hops(t.Path) })),
			"reached":   field(listOf(b.reachType()), "Whom it may have reached, the earliest first.", plain((*travel).reached)),
			"beyond":    field(listOf(b.contactType()), "Contacts, planned or denied, in which somebody whom it reached is to meet the one asked for, or nobody who is stated.", plain(func(t *travel) any { return t.contacts(t.meetings, t.Beyond) })),
			"status":    field(b.cellStatusEnum(), "UNKNOWN where no way is recorded: it may have come there all the same.", plain(func(t *travel) any { return word(t.Status) })),
			"reason":    field(b.reasonEnum(), "Why it is UNKNOWN.", plain(func(t *travel) any { return word(t.Reason) })),
			"documents": field(must(graphql.Int), "The documents that are known.", plain(func(t *travel) any { return t.Documents })),
		}
	})
}

func (b *builder) hopType() *graphql.Object {
	return b.answerType("Hop", "One step of a way: by a contact, or from a party to who stands for it, or back.", func() graphql.Fields {
		return graphql.Fields{
			"from":    field(must(b.entity), "", plain(func(h hop) any { return h.node(h.Hop.From) })),
			"to":      field(must(b.entity), "", plain(func(h hop) any { return h.node(h.Hop.To) })),
			"contact": field(b.contactType(), "", plain(hop.contact)),
			"ties":    field(listOf(b.tie), "Who stands for whom by what, from the agent up to the party.", plain(hop.ties)),
			"during":  field(edtfScalar, "Of the contact, or while the ties are in force.", plain(func(h hop) any { return onText(h.During) })),
			"at":      field(dateTime, "The earliest moment by which it may have arrived.", plain(func(h hop) any { return instant(h.At) })),
		}
	})
}

func (b *builder) reachType() *graphql.Object {
	return b.answerType("Reach", "Somebody whom something may have reached.", func() graphql.Fields {
		return graphql.Fields{
			"entity": field(must(b.entity), "", plain(func(r reach) any { return r.node(r.Entity) })),
			"at":     field(dateTime, "The earliest moment.", plain(func(r reach) any { return instant(r.At) })),
			"hops":   field(listOf(b.hopType()), "By which way; none where it began.", plain(func(r reach) any { return r.hops(r.Hops) })),
		}
	})
}

// travel gathers what an answer names and rests on.
func (t *talk) travel(found negotiation.Travel) *travel {
	a := &travel{found: t.found(), Travel: found}
	met := [][]negotiation.Contact{found.Beyond}
	note := func(hops []negotiation.Hop) {
		for i := range hops {
			h := &hops[i]
			a.name(h.From, h.To)
			a.tie(h.Ties)
			if h.Contact != nil {
				met = append(met, []negotiation.Contact{*h.Contact})
			}
		}
	}
	note(found.Path)
	for _, r := range found.Reached {
		a.name(r.Entity)
		note(r.Hops)
	}
	a.meetings = a.meet(met...)
	return a
}

func (t *travel) hops(list []negotiation.Hop) []hop {
	all := make([]hop, len(list))
	for i := range list {
		all[i] = hop{t, &list[i]}
	}
	return all
}

func (t *travel) reached() any {
	all := make([]reach, len(t.Reached))
	for i := range all {
		all[i] = reach{t, &t.Reached[i]}
	}
	return all
}

func (h hop) contact() any {
	if h.Contact == nil {
		return nil
	}
	return contact{h.found, h.meetings, h.Contact}
}

func (h hop) ties() any {
	all := make([]link, len(h.Ties))
	for i := range all {
		all[i] = link{h.named(), &h.Ties[i]}
	}
	return all
}
