package gqlschema

// The types that fields lead to, beside those of the kinds.
const (
	typeActor    = "Actor"
	typeIssue    = "Issue"
	typeDeadline = "Deadline"
	typeEntity   = "Entity"   // the interface: whatever it is
	typeRelation = "Relation" // the interface: a relation, or of a kind without a type
	typeOther    = "OtherEntity"
)

// kind is a type of entities: a row of the table below.
type kind struct {
	name     string // in GraphQL and in the ontology, where it may be abstract
	one      string // root field that gives one
	list     string // root field that gives many
	named    bool   // whether one is found by name
	relation bool   // whether the list is of relations, projected to the point
	doc      string
	by       []string // arguments of lists: roles and attributes
	rows     []row
	parts    []part
}

// row is a field that shows a role or an attribute.
type row struct {
	name     string // in GraphQL
	property string // in the ontology
	of       string // the type of what fills a role; "" an attribute
	show     show
}

// show is how a row shows what it finds.
type show uint8

const (
	value   show = iota // an attribute's headline
	single              // what fills a role: the headline
	several             // all that fills a role
	texts               // what those who fill a role say: their texts
	textOne             // the same of the headline
	textOr              // an attribute's headline, else the texts of the options
)

// part is a list of the relations in which an entity takes part.
type part struct {
	name  string   // of the field
	kind  string   // of the relations
	roles []string // in which it takes part, in any of them
}

func attributes(names ...string) []row {
	rows := make([]row, len(names))
	for i, name := range names {
		rows[i] = row{name: name, property: name}
	}
	return rows
}

func rows(attributes []row, more ...row) []row { return append(more, attributes...) }

// kinds is the table of types.
func kinds() []kind {
	return []kind{actor(), issue(), meeting(), position(), guarantee(), offer(), dispute(), deadline()}
}

func actor() kind {
	return kind{name: typeActor, one: "actor", list: "actors", named: true,
		doc: "Whoever can hold a position, meet, offer or speak: a state, an organisation, a person, an unnamed source.",
		rows: rows(attributes("title", "description"),
			row{"party", "party", typeActor, single}, row{"side", "side", typeActor, single}),
		parts: []part{
			{"meetings", "Meeting", []string{"participant", "host", "mediator", "observer"}},
			{"positions", "Position", []string{"holder"}},
			{"guarantees", "Guarantee", []string{"guarantor", "beneficiary"}},
			{"disputes", "Dispute", []string{"claimant", "about"}},
			{"offers", "Offer", []string{"offeror", "addressee", "beneficiary"}},
		}}
}

func issue() kind {
	return kind{name: typeIssue, one: "issue", list: "issues", named: true,
		doc: "A question that is negotiated.",
		by:  []string{"negotiation", "parent", "state"},
		rows: rows(attributes("category", "scale", "halfLife", "state"),
			row{"negotiation", "negotiation", typeEntity, single}, row{"parent", "parent", typeIssue, single}),
		parts: []part{
			{"meetings", "Meeting", []string{"topic"}},
			{"positions", "Position", []string{"issue"}},
			{"guarantees", "Guarantee", []string{"issue"}},
			{"disputes", "Dispute", []string{"about"}},
			{"offers", "Offer", []string{"issue"}},
		}}
}

func meeting() kind {
	return kind{name: "Meeting", one: "meeting", list: "meetings", relation: true,
		doc: "Any contact: a meeting, call, visit or letter, planned, held or denied.",
		by:  []string{"place", "participant", "host", "mediator", "observer", "topic", "status", "mode", "format"},
		rows: rows(attributes("status", "mode", "format", "level", "scheduledFor", "duration", "minutes", "outcome", "purpose"),
			row{"participants", "participant", typeActor, several}, row{"hosts", "host", typeActor, several},
			row{"mediators", "mediator", typeActor, several}, row{"observers", "observer", typeActor, several},
			row{"place", "place", typeEntity, single}, row{"topics", "topic", typeIssue, several},
			row{"documents", "document", typeEntity, several})}
}

func position() kind {
	return kind{name: "Position", one: "position", list: "positions", relation: true,
		doc: "Where a party stands on an issue, and in whose voice.",
		by:  []string{"holder", "issue", "stance", "voice", "firmness"},
		rows: rows(attributes("stance", "voice", "firmness"),
			row{"holder", "holder", typeActor, single}, row{"issue", "issue", typeIssue, single},
			row{"text", "text", "", textOr}, row{"options", "option", "", texts}, row{"conditions", "condition", "", texts})}
}

func guarantee() kind {
	return kind{name: "Guarantee", one: "guarantee", list: "guarantees", relation: true,
		doc: "A promise to stand up for somebody's security.",
		by:  []string{"beneficiary", "guarantor", "against", "monitor", "issue", "state"},
		rows: rows(attributes("text", "state", "legalForm", "years"),
			row{"guarantors", "guarantor", typeActor, several}, row{"beneficiaries", "beneficiary", typeActor, several},
			row{"against", "against", typeActor, several}, row{"monitors", "monitor", typeActor, several},
			row{"issues", "issue", typeIssue, several}, row{"mechanisms", "mechanism", typeEntity, several},
			row{"trigger", "trigger", "", textOne}, row{"conditions", "condition", "", texts},
			row{"deadline", "deadline", typeDeadline, single})}
}

func offer() kind {
	return kind{name: "Offer", one: "offer", list: "offers", relation: true,
		doc: "Something offered or proposed, or countered with.",
		by:  []string{"offeror", "addressee", "beneficiary", "issue", "form", "state"},
		rows: rows(attributes("text", "form", "state"),
			row{"offerors", "offeror", typeActor, several}, row{"addressees", "addressee", typeActor, several},
			row{"beneficiaries", "beneficiary", typeActor, several}, row{"issues", "issue", typeIssue, several},
			row{"conditions", "condition", "", texts}, row{"deadline", "deadline", typeDeadline, single})}
}

func dispute() kind {
	return kind{name: "Dispute", one: "dispute", list: "disputes", relation: true,
		doc: "Something that parties do not agree about.",
		by:  []string{"about", "claimant", "state"},
		rows: rows(attributes("state", "basis"),
			row{"disputeKind", "kind", "", value},
			row{"about", "about", typeEntity, single}, row{"claimants", "claimant", typeActor, several})}
}

// deadline has no list and is no Entity: its kind is an attribute of its own.
func deadline() kind {
	return kind{name: typeDeadline, doc: "Until when something stands.", rows: attributes("kind", "date", "text", "state")}
}
