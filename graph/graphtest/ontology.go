package graphtest

import (
	"cmp"
	"slices"

	"github.com/parleydb/parley/graph"
)

// Ontology is a small ontology with one kind of each sort, so that tests of the
// graph do not depend on the negotiation ontology.
func Ontology() *graph.Ontology {
	o := &graph.Ontology{
		Name: "test", Version: "1",
		Enums: []graph.Enum{{Name: "Voice", Values: []string{"SELF", "OWN_SIDE", "OTHER_PARTY", "THIRD_PARTY", "NARRATOR", "ANALYST"}}},
		Machines: []graph.Machine{{Name: "Offer", Steps: map[string][]string{
			"MOOTED": {"TABLED"}, "TABLED": {"REVISED", "ACCEPTED", "REJECTED"}, "REVISED": {"TABLED"}, "ACCEPTED": {"SIGNED"}}}},
		Kinds: []graph.Kind{
			{Name: "Actor", Abstract: true},
			{Name: "Person", Is: []string{"Actor"}},
			{Name: "State", Is: []string{"Actor"}},
			{Name: "Unnamed", Is: []string{"Actor"}, MayBe: []string{"Actor"}},
			{Name: "Bloc", Is: []string{"Actor"}, Fuzzy: true},
			{Name: "Place"}, {Name: "Issue"},
			{Name: "Office", Is: []string{"Actor"}, Properties: []graph.Property{reference("body", "Actor")}, StandsFor: []graph.StandRule{{Principal: "body"}}},
			{Name: "Option", Identity: [][]string{{"issue", "text"}}, Properties: []graph.Property{reference("issue", "Issue"), text("text", graph.Timeless)}},
			{Name: "Condition", Identity: [][]string{{"instrument", "text"}, {"issue", "text"}},
				Properties: []graph.Property{reference("instrument", "Offer"), reference("issue", "Issue"), text("text", graph.Timeless)}},
			meeting(), position(), offer(), holdsOffice(), leftOffice(), represents(), memberOf(), contradicts(),
		},
	}
	for _, link := range []string{"calls", "knows", "meets", "near", "visits"} {
		o.Links = append(o.Links, graph.Property{Name: link, Type: graph.Reference})
	}
	slices.SortFunc(o.Kinds, func(a, b graph.Kind) int { return cmp.Compare(a.Name, b.Name) })
	return o
}

func meeting() graph.Kind {
	return graph.Kind{Name: "Meeting", Relation: true, Class: graph.Event, Properties: []graph.Property{
		role("participant", 2, 0, graph.Event, "Actor"), role("place", 0, 1, graph.Event, "Place"),
		code("status", graph.State, ""), text("note", graph.Event)}}
}

func position() graph.Kind {
	return graph.Kind{Name: "Position", Relation: true,
		Identity: [][]string{{"holder", "issue", "voice", "stance", "option", "condition", "start"}},
		Key:      &graph.KeyRule{Fields: []string{"holder", "issue", "voice"}, PerSpeaker: true},
		Properties: []graph.Property{
			role("holder", 1, 1, graph.State, "Actor"), role("issue", 1, 1, graph.State, "Issue"),
			role("option", 0, 0, graph.State, "Option"), role("condition", 0, 0, graph.State, "Condition"),
			code("stance", graph.State, ""), {Name: "voice", Type: graph.Code, Enum: "Voice", Single: true, Max: 1}}}
}

func offer() graph.Kind {
	return graph.Kind{Name: "Offer", Relation: true, Properties: []graph.Property{
		role("offeror", 1, 0, graph.State, "Actor"), role("addressee", 1, 0, graph.State, "Actor"),
		role("condition", 0, 0, graph.State, "Condition"), code("state", graph.State, "Offer")}}
}

func holdsOffice() graph.Kind {
	return graph.Kind{Name: "HoldsOffice", Relation: true, StandsFor: []graph.StandRule{{Agent: "person", Principal: "office"}}, Properties: []graph.Property{
		role("person", 1, 1, graph.State, "Person"), role("office", 1, 1, graph.State, "Office")}}
}

func contradicts() graph.Kind {
	return graph.Kind{Name: "Contradicts", Relation: true, Class: graph.Timeless, Properties: []graph.Property{
		role("one", 1, 1, graph.Timeless, "Offer"), role("other", 1, 1, graph.Timeless, "Offer")}}
}

func represents() graph.Kind {
	return graph.Kind{Name: "Represents", Relation: true, Identity: [][]string{{"agent", "principal", "start"}},
		StandsFor: []graph.StandRule{{Agent: "agent", Principal: "principal"}}, Properties: []graph.Property{
			role("agent", 1, 1, graph.State, "Actor"), role("principal", 1, 1, graph.State, "Actor")}}
}

func memberOf() graph.Kind {
	return graph.Kind{Name: "MemberOf", Relation: true, Identity: [][]string{{"member", "group", "start"}}, Properties: []graph.Property{
		role("member", 1, 1, graph.State, "Actor"), role("group", 1, 1, graph.State, "Actor")}}
}

func leftOffice() graph.Kind {
	return graph.Kind{Name: "LeftOffice", Relation: true, Class: graph.Event,
		Ends: []graph.EndRule{{Kind: "HoldsOffice", Fields: []string{"person", "office"}}},
		Properties: []graph.Property{
			role("person", 1, 1, graph.Event, "Person"), role("office", 1, 1, graph.Event, "Office")}}
}

func role(name string, least, most int, class graph.Class, target string) graph.Property {
	return graph.Property{Name: name, Type: graph.Reference, Role: true, Min: least, Max: most, Class: class, Targets: []string{target}}
}

func reference(name, target string) graph.Property {
	return graph.Property{Name: name, Type: graph.Reference, Class: graph.Timeless, Single: true, Targets: []string{target}}
}

func text(name string, class graph.Class) graph.Property {
	return graph.Property{Name: name, Type: graph.Text, Class: class, Single: true}
}

func code(name string, class graph.Class, machine string) graph.Property {
	return graph.Property{Name: name, Type: graph.Code, Class: class, Single: true, Machine: machine}
}
