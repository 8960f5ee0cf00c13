// Package sample is a small ontology for the tests of the readers. It declares
// a property of every type, kinds that are told by their fields, and a few
// links with labels.
package sample

import "github.com/parleydb/parley/graph"

// Header is the first line of a dataset of the ontology.
const Header = `{"dataset":"sample","scheme":"x","ontology":"sample"}` + "\n"

// Ontology returns the ontology.
func Ontology() *graph.Ontology {
	kinds := []graph.Kind{actor(), issue(), meeting(), option(), place(), position(), state()}
	for i := range kinds {
		kinds[i].Properties = append(kinds[i].Properties, name(graph.PropertyName), name(graph.PropertyAlias))
	}
	return &graph.Ontology{
		Name:  "sample",
		Kinds: kinds,
		Enums: []graph.Enum{
			{Name: "Stance", Values: []string{"SUPPORT", "OPEN", "OPPOSE"}},
			{Name: "Voice", Values: []string{"SELF", "OWN_SIDE", "OTHER_PARTY", "THIRD_PARTY", "NARRATOR", "ANALYST"}},
		},
		Links: []graph.Property{
			link("cameo:010", "Make statement"),
			link("cameo:036", "Express intent to meet or negotiate"),
			link("cameo:04", "Consult"),
			link("cameo:040", "Consult"),
			link("cameo:042", "Make a visit"),
		},
	}
}

func link(name, label string) graph.Property {
	return graph.Property{Name: name, Label: label, Type: graph.Reference, Class: graph.Event, Sources: []string{"Actor"}, Targets: []string{"Actor"}}
}

func name(property string) graph.Property {
	return graph.Property{Name: property, Type: graph.Text, Class: graph.Timeless}
}

func role(name string, targets ...string) graph.Property {
	return graph.Property{Name: name, Type: graph.Reference, Role: true, Targets: targets}
}

func literal(name string, typ graph.ValueType, enum string) graph.Property {
	return graph.Property{Name: name, Type: typ, Enum: enum}
}

func actor() graph.Kind { return graph.Kind{Name: "Actor"} }

func state() graph.Kind {
	return graph.Kind{Name: "State", Is: []string{"Actor"}, Properties: []graph.Property{literal("capital", graph.Text, "")}}
}

func place() graph.Kind { return graph.Kind{Name: "Place"} }

func issue() graph.Kind { return graph.Kind{Name: "Issue"} }

func option() graph.Kind {
	return graph.Kind{Name: "Option", Identity: [][]string{{"issue", "text"}},
		Properties: []graph.Property{role("issue", "Issue"), literal("text", graph.Text, ""), literal("kind", graph.Code, "")}}
}

func position() graph.Kind {
	return graph.Kind{Name: "Position", Relation: true, Identity: [][]string{{"holder", "issue", "voice", "stance", "option", "start"}},
		Properties: []graph.Property{
			{Name: "holder", Type: graph.Reference, Role: true, Targets: []string{"Actor"}, Max: 1}, role("issue", "Issue"), role("option", "Option"), role("about", "Issue", "Option"),
			literal("stance", graph.Code, "Stance"), literal("voice", graph.Code, "Voice"),
		}}
}

func meeting() graph.Kind {
	return graph.Kind{Name: "Meeting", Relation: true, Class: graph.Event,
		Properties: []graph.Property{
			role("participant", "Actor"), role("place", "Place"),
			literal("seats", graph.Integer, ""), literal("hours", graph.Number, ""), literal("public", graph.Boolean, ""),
			literal("scheduledFor", graph.Date, ""), literal("title", graph.Text, ""),
		}}
}
