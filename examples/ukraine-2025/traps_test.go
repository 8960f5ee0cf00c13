package ukraine2025_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// The traps of the seed article: where a reader is tempted to conclude more, or
// less, than it says. Each is one test, T1 to T10.

// also loads further lines of a dataset, as another outlet might bring them.
func also(t *testing.T, db *graph.DB, lines string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "also.jsonl")
	head := `{"dataset":"also","scheme":"ua25","ontology":"negotiation","version":"1"}` + "\n"
	if err := os.WriteFile(file, []byte(head+strings.TrimSpace(lines)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, db, file)
}

// state is one relation or entity at a day.
func state(t *testing.T, db *graph.DB, key, day string) graph.Standing {
	t.Helper()
	v := db.At(graph.Point{On: dayOf(t, day)})
	e, err := v.Entity(ctx, graph.ByKey(key))
	if err != nil {
		t.Fatal(err)
	}
	list, err := v.States(ctx, []graph.EntityID{e.ID})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s on %q: %d states (%v)", key, day, len(list), err)
	}
	return list[0]
}

func dayOf(t testing.TB, day string) graph.Interval {
	t.Helper()
	if day == "" {
		return graph.Interval{}
	}
	on, err := graph.ParseOn(day)
	if err != nil {
		t.Fatal(err)
	}
	return on
}

// words are the values of a property, entities by their keys.
func words(t *testing.T, db *graph.DB, s graph.Standing, property string) string {
	t.Helper()
	var list []string
	for _, c := range s.All(property) {
		word := c.Value.String()
		if id := c.Value.Entity(); !id.IsZero() {
			e, err := db.At(graph.Point{}).Entity(ctx, graph.ByID(id))
			if err != nil {
				t.Fatal(err)
			}
			word = e.Kind
			if len(e.Keys) > 0 {
				word = e.Keys[0].ID
			}
		}
		list = append(list, word)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// positions are those of a holder on an issue at a day, with their evidence.
func positions(t *testing.T, db *graph.DB, day, holder, issue string) (list []graph.Standing, evidence []graph.Evidence) {
	t.Helper()
	v := db.At(graph.Point{On: dayOf(t, day)})
	fillers := map[string][]graph.EntityID{}
	for role, key := range map[string]string{"holder": holder, "issue": issue} {
		if key == "" {
			continue
		}
		e, err := v.Entity(ctx, graph.ByKey(key))
		if err != nil {
			t.Fatal(err)
		}
		fillers[role] = []graph.EntityID{e.ID}
	}
	list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Position", Fillers: fillers})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		said, err := v.Evidence(ctx, s.All("holder"))
		if err != nil {
			t.Fatal(err)
		}
		evidence = append(evidence, said...)
	}
	return list, evidence
}

// between lists the kinds of the contradictions that are judged between two sides.
func between(t *testing.T, db *graph.DB, one, other graph.EntityID) (kinds []string) {
	t.Helper()
	v := db.At(graph.Point{})
	for e, err := range everything(v, "Contradicts") {
		if err != nil {
			t.Fatal(err)
		}
		list, err := v.States(ctx, []graph.EntityID{e})
		if err != nil {
			t.Fatal(err)
		}
		sides := []graph.EntityID{head(list[0], "one"), head(list[0], "other")}
		if slices.Contains(sides, one) && slices.Contains(sides, other) {
			kind, _ := list[0].Head("conflict")
			kinds = append(kinds, kind.Value.String())
		}
	}
	return kinds
}

func head(s graph.Standing, property string) graph.EntityID {
	c, _ := s.Head(property)
	return c.Value.Entity()
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// Envoys who are ready to travel and no plan to show Putin the text are two
// planned contacts with a status each, and nothing of either is contested.
func TestT1PlannedContacts(t *testing.T) {
	db, _ := load(t, seedFile)
	trip, talk := state(t, db, "ua25:m-moscow-next", ""), state(t, db, "ua25:m-present-putin", "")
	expect(t, "trip", words(t, db, trip, "status"), "READY")
	expect(t, "who travels", words(t, db, trip, "participant"), "kushner witkoff")
	expect(t, "presentation", words(t, db, talk, "status"), "NOT_PLANNED")
	expect(t, "to whom", words(t, db, talk, "participant"), "putin us")
	for _, c := range slices.Concat(trip.Claims, talk.Claims) {
		if c.Truth != graph.Held || c.Conflict {
			t.Errorf("%s is %s", c.Property, c.Truth)
		}
	}
	if kinds := between(t, db, trip.ID, talk.ID); len(kinds) > 0 {
		t.Errorf("a contradiction: %v", kinds)
	}
}

// Who is to settle the last issues is told in two ways, both on the US side:
// a judgement of kind FORUM joins them, and both stand.
func TestT2Forum(t *testing.T) {
	db, _ := load(t, seedFile)
	one, other := state(t, db, "ua25:F36", "2025-12-15"), state(t, db, "ua25:F38", "2025-12-15")
	if kinds := between(t, db, one.ID, other.ID); !slices.Equal(kinds, []string{"FORUM"}) {
		t.Errorf("judged %v", kinds)
	}
	list, evidence := positions(t, db, "2025-12-15", "ua25:us", "ua25:i-forum")
	if len(list) != 2 || len(evidence) != 2 {
		t.Errorf("%d positions with %d assertions, want both sides", len(list), len(evidence))
	}
	for _, e := range evidence {
		if e.Level != graph.Background || len(e.Chain) == 0 {
			t.Errorf("said at level %s through %v", e.Level, e.Chain)
		}
	}
}

// The offer is limited in time, and no date is given: none is made up.
func TestT3LimitedUnspecified(t *testing.T) {
	db, _ := load(t, seedFile)
	offer := state(t, db, "ua25:o-us-guarantee", "2025-12-15")
	expect(t, "state", words(t, db, offer, "state"), "TABLED")
	deadlines := offer.All("deadline")
	if len(deadlines) != 1 {
		t.Fatalf("%d deadlines", len(deadlines))
	}
	expect(t, "deadline", deadlinesOf(t, db, offer), "LIMITED_UNSPECIFIED")
}

// deadlinesOf writes the deadlines of an instrument, each as kind and date.
func deadlinesOf(t *testing.T, db *graph.DB, s graph.Standing) string {
	t.Helper()
	var list []string
	for _, c := range s.All("deadline") {
		states, err := db.At(graph.Point{}).States(ctx, []graph.EntityID{c.Value.Entity()})
		if err != nil || len(states) != 1 {
			t.Fatalf("%d deadlines (%v)", len(states), err)
		}
		list = append(list, strings.TrimSpace(words(t, db, states[0], "kind")+" "+words(t, db, states[0], "date")))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// What others say of Russia and of the Europeans is in others' voices: of
// Russia on the guarantees there is a prediction, and no position of its own.
func TestT4OtherVoices(t *testing.T) {
	db, _ := load(t, seedFile)
	_, evidence := positions(t, db, "2025-12-15", "ua25:ru", "ua25:i-guarantees")
	if len(evidence) == 0 {
		t.Error("the prediction is lost")
	}
	for _, e := range evidence {
		if e.Modality != graph.Predicted || e.Voice == graph.Self || e.Voice == graph.OwnSide {
			t.Errorf("%s: %s in voice %s", e.Key, e.Modality, e.Voice)
		}
	}
	for holder, issue := range map[string]string{"ua25:ru": "ua25:i-eu", "ua25:europeans": "ua25:i-guarantees"} {
		_, evidence := positions(t, db, "2025-12-15", holder, issue)
		if len(evidence) == 0 {
			t.Errorf("nothing of %s", holder)
		}
		for _, e := range evidence {
			if e.Voice != graph.OtherParty {
				t.Errorf("%s on %s: %s in voice %s", holder, issue, e.Key, e.Voice)
			}
		}
	}
}

// second is what another outlet had of the same briefing: the same remark with
// a condition, and another answer on the time limit.
const second = `
{"document":"source:second","published":"2025-12-16","language":"en"}
{"document":"curation:second","curation":true}
{"assert":"q1","document":"source:second","chain":["ua25:an-us-one"],"voice":"OWN_SIDE","level":"BACKGROUND","quote":"VERBATIM","modality":"OFFERED","wording":"SAID","valid":"2025-12-15","relation":{"kind":"Position","key":"ua25:longer","holder":"ua25:us","issue":"ua25:i-guarantees","stance":"SUPPORT","option":{"text":"strong guarantees, open now"},"condition":{"text":"a good end of the talks"}}}
{"assert":"q2","document":"source:second","chain":["ua25:trump"],"voice":"OWN_SIDE","modality":"STATED","wording":"SAID","valid":"2025-12-15","relation":{"kind":"Guarantee","key":"ua25:o-us-guarantee","guarantor":["ua25:us"],"beneficiary":["ua25:ua"],"issue":["ua25:i-guarantees"],"deadline":{"Deadline.kind":"NONE_STATED"}}}
`

// A second outlet prints the same remark and goes on with a condition: both
// variants stand, joined by a judgement, and only the longer has the condition.
func TestT5QuoteVariant(t *testing.T) {
	db, _ := load(t, seedFile)
	before, _ := positions(t, db, "2025-12-15", "ua25:us", "ua25:i-guarantees")
	shorter := slices.IndexFunc(before, func(s graph.Standing) bool { return says(t, db, s, "F15") })
	if shorter < 0 {
		t.Fatal("the remark is not there")
	}
	also(t, db, second)
	judge(t, db, "QUOTE_VARIANT", before[shorter].ID, only(t, db, "ua25:longer"))
	after, _ := positions(t, db, "2025-12-15", "ua25:us", "ua25:i-guarantees")
	longer := state(t, db, "ua25:longer", "2025-12-15")
	stands := func(id graph.EntityID) bool {
		return slices.ContainsFunc(after, func(s graph.Standing) bool { return s.ID == id })
	}
	if !stands(before[shorter].ID) || !stands(longer.ID) {
		t.Errorf("of the two variants one is gone: %d positions, %d before", len(after), len(before))
	}
	if len(before[shorter].All("condition")) != 0 || len(longer.All("condition")) != 1 {
		t.Error("the condition belongs to the longer variant alone")
	}
	if kinds := between(t, db, before[shorter].ID, longer.ID); !slices.Equal(kinds, []string{"QUOTE_VARIANT"}) {
		t.Errorf("judged %v", kinds)
	}
}

// judge records that two relations contradict each other.
func judge(t *testing.T, db *graph.DB, kind string, one, other graph.EntityID) {
	t.Helper()
	field := func(name string, v graph.Value) graph.Field {
		return graph.Field{Name: name, Values: []graph.Filler{{Value: v}}}
	}
	d := graph.Draft{Document: graph.ByKey("curation:second"), Relation: &graph.Relation{Kind: "Contradicts", Fields: []graph.Field{
		field("one", graph.EntityOf(one)), field("other", graph.EntityOf(other)), field("conflict", graph.CodeOf(kind))}}}
	_, err := db.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, _, err := tx.Assert(d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// says tells whether an assertion of a key states the relation.
func says(t *testing.T, db *graph.DB, s graph.Standing, key string) bool {
	t.Helper()
	evidence, err := db.At(graph.Point{}).Evidence(ctx, s.Claims)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(evidence, func(e graph.Evidence) bool { return e.Key == key })
}

// Another answer on the time limit stands beside the first one; before it was
// known, and on the first page's word alone, there is one.
func TestT6DeadlineContested(t *testing.T) {
	db, _ := load(t, seedFile)
	before := db.At(graph.Point{}).TS()
	also(t, db, second)
	expect(t, "with the second page", deadlinesOf(t, db, state(t, db, "ua25:o-us-guarantee", "2025-12-15")), "LIMITED_UNSPECIFIED, NONE_STATED")
	v := db.At(graph.Point{On: dayOf(t, "2025-12-15"), KnownOn: before})
	e, err := v.Entity(ctx, graph.ByKey("ua25:o-us-guarantee"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := v.States(ctx, []graph.EntityID{e.ID})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "before it", deadlinesOf(t, db, list[0]), "LIMITED_UNSPECIFIED")
}

// Moscow and Kyiv are governments by alias and cities by name, Berlin is a
// place, the Europeans are a bloc of their own, and the EU only what is to be
// joined: no party, and not what the bloc stands for.
func TestT7Names(t *testing.T) {
	db, _ := load(t, seedFile, mainFile)
	v := db.At(graph.Point{})
	find := func(q graph.NameQuery) string {
		list, err := v.Lookup(ctx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		return list[0].Kind + " " + list[0].Keys[0].ID
	}
	expect(t, "Moscow, a government", find(graph.NameQuery{Name: "Moscow", Scope: "government"}), "State ru")
	expect(t, "Kyiv, a government", find(graph.NameQuery{Name: "Kyiv", Scope: "government"}), "State ua")
	expect(t, "Moscow, a place", find(graph.NameQuery{Name: "Moscow", Kinds: []string{"Place"}}), "Place moscow-city")
	expect(t, "Berlin, a place", find(graph.NameQuery{Name: "Berlin", Kinds: []string{"Place"}}), "Place berlin-city")
	expect(t, "the Europeans", find(graph.NameQuery{Name: "Europeans"}), "Bloc europeans")
	expect(t, "the EU", find(graph.NameQuery{Name: "EU"}), "IntergovernmentalOrganisation eu")
	seed, _ := load(t, seedFile)
	if _, err := seed.At(graph.Point{}).Entity(ctx, graph.ByKey("ua25:eu")); err == nil {
		t.Error("the seed makes the EU an actor")
	}
	for holder, most := range map[string]bool{"ua25:europeans": true, "ua25:ua": false} {
		if list, _ := positions(t, seed, "2025-12-15", holder, ""); (len(list) > 0) != most {
			t.Errorf("%s has %d positions", holder, len(list))
		}
	}
	counts, err := seed.At(graph.Point{}).Counts(ctx, graph.ByID(only(t, seed, "ua25:europeans")), graph.Hops{})
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, c := range counts { // neither members nor what it is part of
		links = append(links, c.Property)
	}
	expect(t, "links of the bloc", strings.Join(links, " "), "holder participant party target")
}

func only(t *testing.T, db *graph.DB, key string) graph.EntityID {
	t.Helper()
	e, err := db.At(graph.Point{}).Entity(ctx, graph.ByKey(key))
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// The meeting with BlackRock has no place and no date, and takes neither from
// the talks in Berlin.
func TestT8BlackRock(t *testing.T) {
	db, _ := load(t, seedFile)
	s := state(t, db, "ua25:m-blackrock-ua", "")
	expect(t, "who", words(t, db, s, "participant"), "blackrock ua")
	expect(t, "where", words(t, db, s, "place"), "")
	for _, c := range s.Claims {
		if c.Date() != "" {
			t.Errorf("%s is dated %s", c.Property, c.Date())
		}
	}
	v := db.At(graph.Point{On: dayOf(t, "2025-12-14/2025-12-15")})
	list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.ID == s.ID {
			t.Error("it is listed among the meetings of the two days")
		}
	}
}

// Outlet and date of the page are null, and the two days of the talks are
// marked as inferred until a second source gives them.
func TestT9Nulls(t *testing.T) {
	db, _ := load(t, seedFile)
	docs, err := db.At(graph.Point{}).Documents(ctx, []graph.EntityID{only(t, db, "source:s000")})
	if err != nil {
		t.Fatal(err)
	}
	d := docs[0]
	expect(t, "outlet, address", d.Publisher+d.URL, "")
	expect(t, "dates", d.Published.String()+d.Retrieved.String(), "")
	marked := func(db *graph.DB) (plain, approximate int) {
		s := state(t, db, "ua25:m-berlin-1215", "")
		evidence, err := db.At(graph.Point{}).Evidence(ctx, s.All("participant"))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range evidence {
			if e.Start.Approximate() {
				approximate++
			} else {
				plain++
			}
		}
		return plain, approximate
	}
	if plain, approximate := marked(db); plain != 0 || approximate == 0 {
		t.Errorf("the seed states %d plain dates and %d approximate ones", plain, approximate)
	}
	both, _ := load(t, seedFile, mainFile)
	if plain, approximate := marked(both); plain == 0 || approximate == 0 {
		t.Errorf("both state %d plain dates and %d approximate ones", plain, approximate)
	}
}

// Ukraine takes part, is to benefit, and has no position on anything.
func TestT10NoUkrainianPosition(t *testing.T) {
	db, _ := load(t, seedFile)
	for _, day := range []string{"", "2025-12-15", "2025-12-31"} {
		if list, _ := positions(t, db, day, "ua25:ua", ""); len(list) != 0 {
			t.Errorf("on %q: %d positions", day, len(list))
		}
	}
	counts, err := db.At(graph.Point{}).Counts(ctx, graph.ByID(only(t, db, "ua25:ua")), graph.Hops{})
	if err != nil {
		t.Fatal(err)
	}
	has := func(property string) bool {
		return slices.ContainsFunc(counts, func(c graph.Count) bool { return c.Property == property && !c.Out })
	}
	if !has("participant") || !has("beneficiary") || has("holder") {
		t.Errorf("its links: %v", counts)
	}
}
