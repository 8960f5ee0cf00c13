package gqlschema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/schema/gqlschema"
)

// writing is an empty database whose schema has mutations.
func writing(t *testing.T) *world {
	t.Helper()
	db, err := graph.Open(context.Background(), memkv.New(&memkv.Options{Now: today}), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, problems, err := db.Check(context.Background()); err != nil || len(problems) > 0 {
			t.Error(problems, err)
		}
		db.Close()
	})
	s, err := gqlschema.New(db, &gqlschema.Options{Now: today, Mutations: true})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, db, s}
}

const (
	byDesk   = `act: {author: "desk", reason: "test"}`
	inTheirs = `document: {key: "source:d1"}`
)

// begin records a document and two states.
func (w *world) begin() {
	w.Helper()
	w.ask(`mutation {
		d: addDocument(` + byDesk + `, input: {key: "source:d1", publisher: "Wire", published: "2025-12-01", url: "https://example.org/1"}) { document }
		ua: assertState(` + byDesk + `, ` + inTheirs + `, input: {key: "x:ua", name: "Ukraine", aliases: ["Ukraina"]}) { outcome }
		ru: assertState(` + byDesk + `, ` + inTheirs + `, input: {key: "x:ru", name: "Russia"}) { outcome }
		land: assertIssue(` + byDesk + `, ` + inTheirs + `, input: {key: "x:land", name: "territory", category: "land"}) { outcome } }`)
}

// TestAssertTyped says something of a meeting and of a position, by the names of
// the fields that they have when they are read.
func TestAssertTyped(t *testing.T) {
	w := writing(t)
	w.begin()
	got := w.at(`mutation { assertMeeting(`+byDesk+`, `+inTheirs+`, valid: "2025-11-30", said: {key: "m", chain: ["Ukraine"], asserted: "2025-12-01", voice: SELF, level: ON_RECORD, reliability: B},
		input: {key: "x:talks", name: "the talks", participants: ["Ukraine", "x:ru"], topics: ["territory"], status: HELD, minutes: 90, scheduledFor: "2025-11-29"}) {
			outcome entity { __typename name ... on Meeting { date participants { name } minutes status scheduledFor sources { who via published level } } }
			claims { property value truth live } transaction { id at author reason cause documents { publisher } entities { name } opened closed { why } } } }`, "assertMeeting").(item)
	if got["outcome"] != "NEW" || one(got, "transaction", "author") != "desk" || one(got, "transaction", "reason") != "test" || len(one(got, "transaction", "opened").([]any)) != 1 {
		t.Errorf("%v", got)
	}
	want := "map[__typename:Meeting date:2025-11-30 minutes:90 name:the talks participants:[map[name:Russia] map[name:Ukraine]] scheduledFor:2025-11-29 " +
		"sources:[map[level:ON_RECORD published:2025-12-01 via:[Wire] who:Ukraine]] status:HELD]"
	if e := fmt.Sprint(got["entity"]); e != want && e != strings.Replace(want, "[map[name:Russia] map[name:Ukraine]]", "[map[name:Ukraine] map[name:Russia]]", 1) {
		t.Errorf("got %s, want %s", e, want)
	}
	if n := len(got["claims"].([]any)); n != 7 {
		t.Errorf("%d claims: %v", n, got["claims"])
	}
	got = w.at(`mutation { assertPosition(`+byDesk+`, `+inTheirs+`, valid: "2025-12-01/", said: {voice: SELF, chain: ["Ukraine"]},
		input: {holder: "Ukraine", issue: "territory", stance: REJECT, options: ["no withdrawal"], conditions: ["a ceasefire"]}) {
			entity { ... on Position { holder { name } stance voice text options conditions inItsOwnWords conditionsConnection { nodes { text issue { name } } } } } } }`, "assertPosition", "entity").(item)
	if s := fmt.Sprint(got); s != "map[conditions:[a ceasefire] conditionsConnection:map[nodes:[map[issue:map[name:territory] text:a ceasefire]]] holder:map[name:Ukraine] inItsOwnWords:true options:[no withdrawal] stance:REJECT text:no withdrawal voice:SELF]" {
		t.Error(s)
	}
}

// TestAssertNew makes a new entity where neither a key nor its fields tell it,
// and goes on saying things of it by its id.
func TestAssertNew(t *testing.T) {
	w := writing(t)
	w.begin()
	id := w.text(`mutation { assertPerson(`+byDesk+`, document: {note: "heard at the door"}, input: {name: "A. Novak"}) { entity { id } } }`, "assertPerson", "entity", "id")
	got := w.text(fmt.Sprintf(`mutation { assertPerson(%s, document: {note: "heard at the door"}, input: {id: %q, aliases: ["Novak"]}) { outcome entity { id names { text } sources { who } claims { assertions { document { title curation publisher } } } } } }`, byDesk, id), "assertPerson")
	for _, want := range []string{"id:" + id, "text:A. Novak", "text:Novak", "who:desk", "title:heard at the door", "curation:true"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
	if n := w.text(`{ entities(kind: "Document") { id } }`, "entities"); strings.Count(n, "id:") != 2 {
		t.Errorf("documents: %s", n)
	}
}

// TestAssertGeneric says what has no typed act: claims of several subjects, and
// a relation with an entity described in place.
func TestAssertGeneric(t *testing.T) {
	w := writing(t)
	w.begin()
	got := w.at(`mutation { assert(`+byDesk+`, `+inTheirs+`, valid: "2025-12-01/", claims: [
		{subject: "Ukraine", property: "alias", value: {text: "UA", language: "en", scope: "code"}},
		{subject: "territory", property: "state", value: {text: "RAISED"}}],
		relation: {kind: "Offer", key: "x:offer", fields: [{name: "offeror", values: [{entity: "Russia"}]}, {name: "issue", values: [{entity: "territory"}]},
			{name: "condition", values: [{relation: {fields: [{name: "text", values: [{text: "neutrality"}]}]}}]}]}) { outcome claims { property value } } }`, "assert").(item)
	if got["outcome"] != "NEW" || len(got["claims"].([]any)) < 5 {
		t.Errorf("%v", got)
	}
	if s := w.text(`{ offers { offerors { name } conditions } issue(key: "x:land") { state } actor(name: "UA") { name } }`); s != "map[actor:map[name:Ukraine] issue:map[state:RAISED] offers:[map[conditions:[neutrality] offerors:[map[name:Russia]]]]]" {
		t.Error(s)
	}
}

// TestActs goes through an assertion's life: proposed, accepted, denied,
// corrected, dissented from, retracted. The past keeps all of it.
func TestActs(t *testing.T) {
	w := writing(t)
	w.begin()
	const minutes = `{ meetings { minutes } }`
	state := func() string { return w.text(minutes, "meetings") }
	act := func(name, args string) item {
		return w.at(`mutation { act: `+name+`(`+byDesk+`, `+args+`) { outcome assertion transaction { id closed { why } } claims { id property value truth live } } }`, "act").(item)
	}
	saying := func(n string) string {
		return inTheirs + `, valid: "2025-11-30", said: {key: "m"}, relation: {kind: "Meeting", key: "x:m", fields: [{name: "minutes", values: [{int: ` + n + `}]}]}`
	}
	proposed := act("propose", saying("60"))
	if got := state(); got != "[]" || proposed["outcome"] != "NEW" {
		t.Errorf("proposed: %s %v", got, proposed)
	}
	about := fmt.Sprintf("assertion: %q", proposed["assertion"])
	act("accept", about)
	if got := state(); got != "[map[minutes:60]]" {
		t.Errorf("accepted: %s", got)
	}
	if got := act("assert", saying("60")); got["outcome"] != "CORRECTED" || !strings.Contains(fmt.Sprint(got["transaction"]), "JUDGE") {
		t.Errorf("asserted in place of proposed: %v", got)
	}
	claim := act("assert", saying("60"))
	if claim["outcome"] != "KNOWN" || claim["transaction"] != nil || len(claim["claims"].([]any)) != 1 {
		t.Errorf("again: %v", claim)
	}
	id := claim["claims"].([]any)[0].(item)["id"]
	denied := act("deny", fmt.Sprintf(`claim: %q, %s, said: {key: "no"}`, id, inTheirs))
	if c := denied["claims"].([]any)[0].(item); denied["outcome"] != "NEW" || c["truth"] != "CONTESTED" || c["id"] != id {
		t.Errorf("denied: %v", denied)
	}
	corrected := act("correct", about+`, valid: "2025-11-30", relation: {kind: "Meeting", key: "x:m", fields: [{name: "minutes", values: [{int: 90}]}]}`)
	if got := state(); got != "[map[minutes:90]]" || corrected["outcome"] != "CORRECTED" || !strings.Contains(fmt.Sprint(corrected["transaction"]), "CORRECT") {
		t.Errorf("corrected: %s %v", got, corrected)
	}
	now := fmt.Sprintf("assertion: %q", corrected["assertion"])
	act("dissent", now)
	if got := state(); got != "[]" {
		t.Errorf("dissented from: %s", got)
	}
	act("accept", now)
	retracted := act("retract", now)
	if got := state(); got != "[]" || retracted["claims"].([]any)[0].(item)["live"] != false {
		t.Errorf("retracted: %s %v", got, retracted)
	}
	before := fmt.Sprintf(`{ meetings(knownOn: %q, basis: RECORDED) { minutes } }`, one(corrected, "transaction", "id"))
	if got := w.text(before, "meetings"); got != "[map[minutes:90]]" {
		t.Errorf("the past: %s", got)
	}
}

// TestSameness merges, unmerges and keeps apart.
func TestSameness(t *testing.T) {
	w := writing(t)
	w.begin()
	w.ask(`mutation { assertState(` + byDesk + `, ` + inTheirs + `, input: {key: "x:kyiv", name: "Kyiv"}) { outcome } }`)
	names := func() string { return w.text(`{ entity(key: "x:ua") { externalIds } }`, "entity", "externalIds") }
	apart := names()
	w.ask(`mutation { merge(` + byDesk + `, one: "x:kyiv", other: "Ukraine") { outcome transaction { author } } }`)
	if got := names(); got == apart || !strings.Contains(got, "x:kyiv") {
		t.Errorf("merged: %s", got)
	}
	w.ask(`mutation { unmerge(` + byDesk + `, one: "x:kyiv", other: "x:ua") { outcome } }`)
	if got := names(); got != apart {
		t.Errorf("unmerged: %s", got)
	}
	w.ask(`mutation { keepApart(` + byDesk + `, one: "x:kyiv", other: "x:ua", document: {note: "two cities"}) { outcome } }`)
	if r := w.do(`mutation { merge(` + byDesk + `, one: "x:kyiv", other: "x:ua") { outcome } }`); len(r.Errors) != 1 {
		t.Errorf("merged in spite of it: %v", r.Errors)
	}
}

// TestIdempotency does an act once, however often it is asked for.
func TestIdempotency(t *testing.T) {
	w := writing(t)
	w.begin()
	const query = `mutation { assertPerson(act: {author: "desk", idempotencyKey: "k1"}, document: {note: "x"}, input: {name: "A"}) { outcome transaction { id } } }`
	first, again := w.at(query, "assertPerson").(item), w.at(query, "assertPerson").(item)
	if first["outcome"] != "NEW" || again["outcome"] != "REPEATED" || fmt.Sprint(first["transaction"]) != fmt.Sprint(again["transaction"]) {
		t.Errorf("%v, then %v", first, again)
	}
	if got := w.text(`{ personsConnection { totalCount } }`, "personsConnection", "totalCount"); got != "1" {
		t.Errorf("%s persons", got)
	}
}

// TestMutationMistakes tells in which argument a mistake is, and writes nothing.
func TestMutationMistakes(t *testing.T) {
	w := writing(t)
	w.begin()
	before := w.text(`{ stats { transactions } }`)
	for query, want := range map[string]string{
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, input: {key: "x:m", participants: ["Ukraine", "Rusia"]})`:                        `input.participants[1]: no Actor is called "Rusia": did you mean Russia`,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, input: {key: "x:m", place: "Ukraine"})`:                                          `input.place: no Place is called "Ukraine"`,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, input: {key: "x:m"})`:                                                            `input: nothing is said of it`,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, input: {key: "m", minutes: 3})`:                                                  `input.key: `,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, valid: "3/4/2025", input: {key: "x:m", minutes: 3})`:                             `valid: `,
		`assertMeeting(` + byDesk + `, document: {key: "source:none"}, valid: "2025-11-30", input: {key: "x:m", minutes: 3})`:             `document`,
		`assertMeeting(` + byDesk + `, document: {}, input: {key: "x:m", minutes: 3})`:                                                    `document: give one of`,
		`assertMeeting(act: {author: ""}, ` + inTheirs + `, input: {key: "x:m", minutes: 3})`:                                             `act.author: who acts?`,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, said: {chain: ["Nobody"]}, input: {key: "x:m", minutes: 3})`:                     `said.chain[0]: no entity is called "Nobody"`,
		`assertMeeting(` + byDesk + `, ` + inTheirs + `, said: {marking: RED}, input: {key: "x:m", minutes: 3})`:                          `said.marking: TLP:RED is beyond your clearance`,
		`assert(` + byDesk + `, ` + inTheirs + `, claims: [{subject: "Ukraine", property: "alias", value: {text: "x"}, valid: "2025"}])`:  `claims[0].valid: alias: `,
		`assert(` + byDesk + `, ` + inTheirs + `, relation: {kind: "Meting", fields: []})`:                                                `relation.kind: "Meting" is no kind of the ontology: did you mean Meeting`,
		`assert(` + byDesk + `, ` + inTheirs + `, relation: {kind: "Meeting", key: "x:m", fields: [{name: "participants", values: []}]})`: `relation.fields[0].name: "participants" is no property of the ontology: did you mean participant`,
		`assert(` + byDesk + `, ` + inTheirs + `, claims: [{subject: "Ukraine", property: "alias", value: {text: "x", int: 3}}])`:         `claims[0].value: give one of text, int, float, boolean, entity`,
		`assert(` + byDesk + `, ` + inTheirs + `, claims: [{subject: "Ukraine", property: "minutes", value: {int: 3}}])`:                  `claims[0]`,
		`retract(` + byDesk + `, assertion: "7")`:                                                                                         `assertion: not an id`,
		`retract(` + byDesk + `, assertion: "00000000-0000-0000-0000-000000000001")`:                                                      `assertion: `,
		`deny(` + byDesk + `, ` + inTheirs + `, claim: "00000000-0000-0000-0000-000000000001")`:                                           `claim: `,
		`merge(` + byDesk + `, one: "Ukraine", other: "territory")`:                                                                       ``,
		`addDocument(` + byDesk + `, input: {key: "source:d2", published: "yesterday"})`:                                                  `input.published: `,
	} {
		r := w.do(`mutation { ` + query + ` { outcome } }`)
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, want) {
			t.Errorf("%s: %v, want %q", query, r.Errors, want)
		}
		if len(r.Errors) == 1 && fmt.Sprint(r.Errors[0].Path) == "[]" {
			t.Errorf("%s: no path", query)
		}
	}
	if after := w.text(`{ stats { transactions } }`); after != before {
		t.Errorf("%s, then %s", before, after)
	}
}

// TestReadOnly leaves mutations out where they are not asked for, and holds
// what they add to a golden file.
func TestReadOnly(t *testing.T) {
	plain := gqlschema.Print(open(t).schema)
	if strings.Contains(plain, "type Mutation") {
		t.Error("mutations without being asked for")
	}
	there := map[string]bool{}
	for _, def := range strings.Split(plain, "\n\n") {
		there[strings.TrimSpace(def)] = true
	}
	var added []string
	for _, def := range strings.Split(gqlschema.Print(writing(t).schema), "\n\n") {
		if !there[strings.TrimSpace(def)] {
			added = append(added, strings.TrimSpace(def))
		}
	}
	golden(t, "mutations.graphql", strings.Join(added, "\n\n")+"\n")
	r := graphql.Do(graphql.Params{Schema: open(t).schema, RequestString: `mutation { retract(assertion: "7", act: {author: "x"}) { outcome } }`, Context: context.Background()})
	if !r.HasErrors() {
		t.Error("a mutation was run")
	}
}

// TestOwnKey takes a field "key" for the attribute that a kind of one's own
// declares, where there is one.
func TestOwnKey(t *testing.T) {
	o, err := schema.Parse("own", "1", schema.Source{Name: "own.graphql", Text: `type Lock @entity @identity(fields: ["key"]) { key: String @attribute(class: TIMELESS) }`})
	if err != nil {
		t.Fatal(err)
	}
	db, err := graph.Open(context.Background(), memkv.New(nil), &graph.Options{Ontology: o, Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := gqlschema.New(db, &gqlschema.Options{Mutations: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t, db, s}
	got := w.text(`mutation { assertLock(`+byDesk+`, document: {note: "x"}, input: {key: "brass", name: "the lock"}) { entity { name externalIds ... on Lock { key } } } }`, "assertLock", "entity")
	if got != "map[externalIds:[] key:brass name:the lock]" {
		t.Error(got)
	}
	if got := w.text(`{ locks(filter: {key: {startsWith: "br"}}) { key } }`, "locks"); got != "[map[key:brass]]" {
		t.Error(got)
	}
}
