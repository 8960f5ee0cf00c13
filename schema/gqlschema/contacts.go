package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// contacts is what the type Contacts resolves from; the others are its parts.
type contacts struct {
	*found
	negotiation.ContactsAnswer
	meetings *page
}

type contact struct {
	*found
	meetings *page
	*negotiation.Contact
}

type schedule struct {
	*found
	*negotiation.Schedule
}

type attendance struct {
	*found
	*negotiation.Attendance
}

func (b *builder) contactsAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"between": {Type: namesArg(), Description: "Only those in which each of these takes part, or somebody for it; each by name, id or key."},
		"status":  {Type: namesArg(), Description: "Only those of which one of these statuses stands, such as HELD or SCHEDULED; DISPUTED and UNKNOWN are two of them."},
	})
	return answer{name: "contacts", doc: "Who meets whom. That none is recorded is never “no”. Without a day, all that are known.",
		typ: must(b.contactsType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.ContactQuery{Negotiation: t.negotiation, Between: t.several("between", kindActor), Statuses: t.texts("status")}
			q.MinRank, q.Ranked = t.rank()
			if t.err != nil {
				return nil, t.err
			}
			a, err := negotiation.Contacts(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			c := &contacts{found: t.found(), ContactsAnswer: a}
			c.meetings = c.meet(a.Contacts, a.Undated, a.Internal, a.Passed)
			return c, nil
		}}
}

func (b *builder) contactsType() *graphql.Object {
	return b.answerType("Contacts", "Who meets whom in an interval.", func() graphql.Fields {
		part := func(doc string, of func(*contacts) []negotiation.Contact) *graphql.Field {
			return field(listOf(b.contactType()), doc, plain(func(c *contacts) any { return c.contacts(c.meetings, of(c)) }))
		}
		return graphql.Fields{
			"contacts":  part("Those of the interval, the earliest first, and what is planned or denied then; without a date last.", func(c *contacts) []negotiation.Contact { return c.Contacts }),
			"undated":   part("That took place, nobody says when.", func(c *contacts) []negotiation.Contact { return c.Undated }),
			"internal":  part("In which all take part for one party.", func(c *contacts) []negotiation.Contact { return c.Internal }),
			"passed":    part("Planned or denied for a day before the interval; what came of it nobody says.", func(c *contacts) []negotiation.Contact { return c.Passed }),
			"status":    field(b.cellStatusEnum(), "UNKNOWN where none at all is recorded.", plain(func(c *contacts) any { return word(c.Status) })),
			"reason":    field(b.reasonEnum(), "Why it is UNKNOWN.", plain(func(c *contacts) any { return word(c.Reason) })),
			"documents": field(must(graphql.Int), "The documents that are known, curation left out.", plain(func(c *contacts) any { return c.Documents })),
		}
	})
}

func (b *builder) contactType() *graphql.Object {
	return b.answerType("Contact", "A meeting, call, visit or letter: held, planned, or denied.", func() graphql.Fields {
		return graphql.Fields{
			"meeting":   field(must(b.typeNamed("Meeting")), "The meeting itself, with who takes part, where and on what.", plain(func(c contact) any { return node{c.meetings, c.ID} })),
			"name":      field(must(graphql.String), "", fetch(func(c contact, ctx context.Context) (any, error) { return c.meetings.label(ctx, c.ID) })),
			"statuses":  field(listOf(graphql.String), "Those that stand. DISPUTED is computed; UNKNOWN is what nobody states.", plain(func(c contact) any { return c.Statuses })),
			"date":      field(edtfScalar, "When it takes place; nothing where that is not stated.", plain(func(c contact) any { return onText(c.During) })),
			"scheduled": field(listOf(b.scheduleType()), "For when it was planned, the last plan first.", plain(contact.plans)),
			"sides":     field(listOf(b.attendanceType()), "How those who were asked for take part, else the parties of the negotiation.", plain(contact.sides)),
			"internal":  field(must(graphql.Boolean), "Whether all who take part are of one party.", plain(func(c contact) any { return c.Internal })),
			"disputes":  field(listOf(b.disagreementType()), "Why it is DISPUTED.", plain(func(c contact) any { return c.disagreements(c.Disputes) })),
			"roots":     b.rootsField(fetch(func(c contact, ctx context.Context) (any, error) { return c.roots(ctx, c.Roots) })),
			"sources":   b.sourcesField(fetch(func(c contact, ctx context.Context) (any, error) { return c.sources(ctx, c.Evidence) })),
		}
	})
}

func (b *builder) scheduleType() *graphql.Object {
	return b.answerType("Schedule", "The day for which a contact was planned.", func() graphql.Fields {
		return graphql.Fields{
			"date":    field(edtfScalar, "", plain(func(s schedule) any { return stated(s.For) })),
			"since":   field(edtfScalar, "Since when it was planned so; nothing where that is not stated.", plain(func(s schedule) any { return stated(s.Since) })),
			"sources": b.sourcesField(fetch(func(s schedule, ctx context.Context) (any, error) { return s.sources(ctx, s.Evidence) })),
		}
	})
}

func (b *builder) attendanceType() *graphql.Object {
	return b.answerType("Attendance", "How a party takes part: itself, or through persons.", func() graphql.Fields {
		return graphql.Fields{
			"party":   field(must(b.entity), "", plain(func(a attendance) any { return a.node(a.Party) })),
			"itself":  field(must(graphql.Boolean), "", plain(func(a attendance) any { return a.Itself })),
			"persons": field(listOf(b.filling), "", plain(attendance.persons)),
		}
	})
}

// meet notes what contacts name and rest on, and gives the page of them.
func (f *found) meet(lists ...[]negotiation.Contact) *page {
	var meetings []graph.Standing
	for _, list := range lists {
		for i := range list {
			c := &list[i]
			meetings = append(meetings, c.Standing)
			f.hear(c.Evidence, c.Roots)
			f.disagree(c.Disputes)
			for _, s := range c.Scheduled {
				f.hear(s.Evidence, nil)
			}
			for _, s := range c.Sides {
				f.name(s.Party)
				for _, p := range s.Persons {
					f.name(p.Entity, p.For)
					f.tie(p.Path)
				}
			}
		}
	}
	return f.b.pageOf(f.view, meetings)
}

// tie notes whom ties name.
func (f *found) tie(path []graph.Tie) {
	for _, t := range path {
		f.name(t.Agent, t.Principal, t.Relation)
	}
}

func (f *found) contacts(meetings *page, list []negotiation.Contact) []contact {
	all := make([]contact, len(list))
	for i := range list {
		all[i] = contact{f, meetings, &list[i]}
	}
	return all
}

func (c contact) plans() any {
	list := make([]schedule, len(c.Scheduled))
	for i := range list {
		list[i] = schedule{c.found, &c.Scheduled[i]}
	}
	return list
}

func (c contact) sides() any {
	list := make([]attendance, len(c.Sides))
	for i := range list {
		list[i] = attendance{c.found, &c.Sides[i]}
	}
	return list
}

func (a attendance) persons() any {
	list := make([]standIn, len(a.Persons))
	for i := range list {
		p := &a.Persons[i]
		list[i] = standIn{a.named(), p.Role, &p.Representative}
	}
	return list
}
