package schema

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The compiled ontology is a golden file, so that a change of what rows are
// checked against is a visible diff.
func TestNegotiationGolden(t *testing.T) {
	o := *Negotiation()
	o.Links = nil // TestCAMEO
	got, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/negotiation.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || strings.TrimSpace(string(want)) != string(got) {
		t.Errorf("the ontology differs from %s (%v); run go test ./schema -update and read the diff", golden, err)
	}
}

// What the model asks of roles: kind.role, fewest, most (0: any number).
func TestCardinalities(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
HoldsOffice.person 1 1
HoldsOffice.office 1 1
Represents.agent 1 1
Represents.principal 1 1
Represents.mandate 0 1
Meeting.participant 2 0
Meeting.host 0 0
Meeting.mediator 0 0
Meeting.observer 0 0
Meeting.place 0 1
Meeting.topic 0 0
Meeting.document 0 0
Position.holder 1 1
Position.issue 1 1
Position.option 0 0
Position.condition 0 0
Offer.offeror 1 0
Offer.addressee 1 0
Offer.beneficiary 0 0
Offer.issue 1 0
Offer.condition 0 0
Offer.deadline 0 1
Demand.offeror 1 0
Demand.addressee 1 0
Guarantee.guarantor 1 0
Guarantee.beneficiary 1 0
Guarantee.against 0 0
Guarantee.issue 0 0
Guarantee.trigger 0 1
Guarantee.mechanism 0 0
Guarantee.monitor 0 0
Guarantee.condition 0 0
Guarantee.deadline 0 1
Response.responder 1 1
Response.to 1 1
Commitment.agent 1 0
Commitment.target 0 0
Concession.agent 1 0
Threat.agent 1 0
Threat.deadline 0 1
Dispute.claimant 2 0
Dispute.about 1 1
RedLine.holder 1 1
RedLine.issue 1 1
RedLine.option 1 0
Utterance.speaker 0 1
Utterance.addressee 0 0
Utterance.issue 0 0
Utterance.about 0 0
LinkedTo.issue 2 0
Supports.party 1 1
Opposes.party 1 1`), "\n") {
		var name string
		var least, most int
		if _, err := fmt.Sscan(line, &name, &least, &most); err != nil {
			t.Fatal(err)
		}
		kind, role, _ := strings.Cut(name, ".")
		p := Negotiation().Property(kind, role)
		if p == nil || !p.Role || p.Min != least || p.Max != most {
			t.Errorf("%s: %+v, want a role of %d to %d", name, p, least, most)
		}
	}
}

// The classes, keys and plurals that the rules lean on.
func TestRules(t *testing.T) {
	o := Negotiation()
	for kind, class := range map[string]graph.Class{"Meeting": graph.Event, "Utterance": graph.Event, "Position": graph.State,
		"Offer": graph.State, "Guarantee": graph.State, "Dispute": graph.State, "HoldsOffice": graph.State, "Contradicts": graph.Timeless} {
		if k := o.Kind(kind); k == nil || k.Class != class || !k.Relation {
			t.Errorf("%s: %+v, want a relation of class %s", kind, k, class)
		}
	}
	key := o.Kind("Position").Key
	if fmt.Sprint(key.Fields) != "[holder issue voice]" || !key.PerSpeaker {
		t.Errorf("key of Position: %+v", key)
	}
	for property, plural := range map[string]string{"Meeting.participant": "participants", "Guarantee.beneficiary": "beneficiaries", "Position.holder": ""} {
		kind, name, _ := strings.Cut(property, ".")
		if p := o.Property(kind, name); p.Plural != plural {
			t.Errorf("plural of %s: %q, want %q", property, p.Plural, plural)
		}
	}
	if m := o.Machine("Instrument"); !m.Leads("TABLED", "SIGNED") || m.Leads("SIGNED", "TABLED") {
		t.Error("the machine of instruments leads elsewhere")
	}
	stands := map[string]string{"HoldsOffice": "[{person office}]", "Represents": "[{agent principal}]", "Affiliated": "[{member party}]",
		"PartOf": "[{part whole}]", "Office": "[{ body}]", "Delegation": "[{ party} {head party} {member party}]", "MemberOf": "[]"}
	for kind, rules := range stands {
		if got := fmt.Sprint(o.Kind(kind).StandsFor); got != rules {
			t.Errorf("%s stands for: %s, want %s", kind, got, rules)
		}
	}
	if !o.Kind("Bloc").Fuzzy || fmt.Sprint(o.Kind("AnonymousSource").MayBe) != "[Actor]" {
		t.Error("what a bloc is, and what a source without a name may be")
	}
	for property, word := range map[string]string{"Position.issue": "on", "Position.condition": "if", "Meeting.place": "at", "Dispute.about": "over", "Meeting.host": ""} {
		kind, name, _ := strings.Cut(property, ".")
		if p := o.Property(kind, name); p.Word != word {
			t.Errorf("word of %s: %q, want %q", property, p.Word, word)
		}
	}
	if !o.IsA("Person", "Actor") || o.IsA("Place", "Actor") || !o.IsA("Delegation", "Actor") {
		t.Error("who is an actor")
	}
}

func TestCAMEO(t *testing.T) {
	o := Negotiation()
	if n := len(o.Links); n != 312 {
		t.Errorf("%d codes, want 312", n)
	}
	l := o.Property("State", "cameo:040")
	if l == nil || l.Label != "Consult" || l.Class != graph.Event || o.Property("Place", "cameo:040") != nil {
		t.Errorf("cameo:040: %+v", l)
	}
}

// An ontology that extends the shipped one needs no Go.
func TestExtend(t *testing.T) {
	o, err := Parse("mine", "1", append(Shipped(), Source{"mine.graphql", `
"A ceasefire line."
type Line @entity { length: Float @attribute }
extend union Asset = Line
extend enum DisputeKind { WATER }
type Deputises @relation @standsFor(agent: "deputy", principal: "actor") { deputy: Person @role(min: 1) actor: Person @role(min: 1) }
type Patrol @relation(class: EVENT) { patroller: Actor @role(min: 1) along: Line @role(min: 1, max: 1, plural: "along") }
`})...)
	if err != nil {
		t.Fatal(err)
	}
	if !o.IsA("Line", "Asset") || o.Property("Patrol", "patroller").Plural != "patrollers" {
		t.Error("the extension is not in force")
	}
	if got := fmt.Sprint(o.Kind("Deputises").StandsFor); got != "[{deputy actor}]" {
		t.Errorf("who stands for whom: %s", got)
	}
}

// Mistakes are reported with file, line and column, all at once.
func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"syntax":      {"type A @entity {", "x.graphql:1:17: Expected Name, found <EOF>"},
		"type":        {"type Actor @entity\ntype A @relation { who: Actr @role }", `x.graphql:2:25: unknown type "Actr": did you mean Actor?`},
		"member":      {"type A @entity\nunion U = A | Bee", `x.graphql:2:15: unknown kind "Bee"`},
		"cardinality": {"type A @entity\ntype R @relation { a: A @role(min: 3, max: 2) }", "x.graphql:2:26: R.a: min 3 is more than max 2"},
		"max":         {"type A @entity\ntype R @relation { a: A @role(max: 0) }", "x.graphql:2:26: R.a: min must be 0 or more, max 1 or more"},
		"word":        {"type A @entity\ntype R @relation { a: A @role(word: \"on it\") }", `x.graphql:2:26: R.a: word "on it": want one word of letters`},
		"word twice":  {"type A @entity\ntype R @relation { a: A @role(word: \"on\") b: A @role(word: \"on\") }", `x.graphql:2:43: R.b: the word "on" stands for a, too`},
		"directive":   {"type A @entiti", "x.graphql:1:9: unknown directive @entiti: did you mean entity?"},
		"argument":    {"type A @entity(klass: STATE)", `x.graphql:1:16: @entity has no argument "klass"`},
		"class":       {"type A @entity(class: SOMETIMES)", "x.graphql:1:16: @entity(class:): want Class"},
		"neither":     {"type A { b: String }", "x.graphql:1:6: A: say either @entity or @relation"},
		"two members": {"type A @entity\nunion U = A | A", `x.graphql:2:15: A is in U twice`},
		"twice":       {"type A @entity\ntype A @entity", "x.graphql:2:6: A is declared twice"},
		"field":       {"type A @entity { b: String b: String }", "x.graphql:1:28: A.b is declared twice"},
		"one type":    {"type A @entity { b: String }\ntype C @entity { b: Int }", "x.graphql:2:18: C.b is INTEGER, but A.b is TEXT: a property has one type in the whole ontology"},
		"reserved":    {"type A @entity { id: String }", "x.graphql:1:18: A.id: the API has a field or an argument id: choose another name, such as aId"},
		"identity":    {"type A @entity @identity(fields: [\"b\"])", `x.graphql:1:6: A: @identity names the field "b", which it does not have`},
		"machine":     {"enum S @machine(name: \"m\", steps: [\"A -> C\"]) { A B }", `x.graphql:1:9: step "A -> C": S has no value "C"`},
		"no machine":  {"enum S { A }\ntype T @entity { s: S @attribute(machine: \"m\") }", `x.graphql:2:24: T.s: S has no machine "m"`},
		"event":       {"type A @entity(class: EVENT)", "x.graphql:1:9: A: an entity is no event: say @relation"},
		"ends":        {"type A @relation @ends(kind: \"B\", fields: [\"c\"])", `x.graphql:1:6: A: @ends: an event ends a kind of states, not "B"`},
		"may be":      {"type A @entity @mayBe(kinds: [\"B\"])", `x.graphql:1:6: A: @mayBe: unknown kind "B"`},
		"stands for":  {"type A @relation @standsFor(agent: \"b\", principal: \"c\") { b: A }", `x.graphql:1:6: A: @standsFor names the role "c", which it does not have`},
		"stands as":   {"type A @relation @standsFor(agent: \"n\", principal: \"b\") { b: A n: String }", `x.graphql:1:6: A: @standsFor names the role "n", which it does not have`},
		"same as":     {"type A @entity\ntype SameAs @relation { one: A judgement: String }", `x.graphql:2:6: SameAs: merging needs the roles one and other and the attribute judgement, whose values are names`},
		"interface":   {"interface A { b: String }", "x.graphql:1:11: A: use an object type for a kind, a union for a group of kinds"},
		"non null":    {"type A @entity { b: String! }", "x.graphql:1:18: A.b: give the bare type; cardinality stands in the directive"},
		"extension":   {"extend type A { b: String }", `x.graphql:1:13: extends an unknown type "A"`},
	} {
		_, err := Parse("x", "1", Source{"x.graphql", c.text})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
		if e := (*Error)(nil); !errors.As(err, &e) {
			t.Errorf("%s: %T is no *Error", name, err)
		}
	}
}

// Several mistakes come at once.
func TestParseErrorsJoined(t *testing.T) {
	_, err := Parse("x", "1", Source{"x.graphql", "type A @entity { b: Nothing c: Nowhere }"})
	if n := strings.Count(fmt.Sprint(err), "x.graphql:1:"); n != 2 {
		t.Errorf("%d mistakes, want 2: %v", n, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("type A @entity { b: String @attribute(machine: \"m\") }")
	f.Add("enum S @machine(name: \"m\", steps: [\"A -> B\"]) { A B }\nunion U @concrete = A")
	f.Add(`type R @relation(class: EVENT) @key(fields: ["a"]) @identity(fields: ["a", "start"]) @ends(kind: "R", fields: []) { a: R @role(min: 1) }`)
	f.Add(`type L @links(from: "A", to: "A", scheme: "s") { _1: A @code(name: "n", code: "1") }`)
	f.Fuzz(func(t *testing.T, text string) {
		o, err := Parse("fuzz", "1", Source{"fuzz.graphql", text})
		if (o == nil) == (err == nil) {
			t.Fatalf("ontology %v and error %v", o, err)
		}
		if err != nil && !strings.Contains(err.Error(), "fuzz.graphql:") {
			t.Fatalf("an error without a place: %v", err)
		}
	})
}
