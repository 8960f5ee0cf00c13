package gqlschema_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/gqlerrors"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// TestNamed finds one entity in each way in which it can be called.
func TestNamed(t *testing.T) {
	w := open(t, seedFile)
	id := w.text(`{ actor(name: "Russia") { id } }`, "actor", "id")
	for _, query := range []string{
		`{ actor(name: "russia") { id } }`,
		`{ actor(name: "Moscow") { id } }`,
		`{ actor(key: "ua25:ru") { id } }`,
		`{ actor(key: "wikidata:Q159") { id } }`,
		fmt.Sprintf(`{ actor(id: %q) { id } }`, id),
		`{ actor(name: "ua25:ru") { id } }`,
		fmt.Sprintf(`{ actor(name: %q) { id } }`, id),
	} {
		if got := w.text(query, "actor", "id"); got != id {
			t.Errorf("%s: got %s, want %s", query, got, id)
		}
	}
}

// TestNameLikeKey finds an entity by a name that has the form of a key.
func TestNameLikeKey(t *testing.T) {
	w := open(t, seedFile)
	_, err := w.db.Update(context.Background(), graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "curation", ID: "test"}, Curation: true})
		if err != nil {
			return err
		}
		_, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("curation:test"), Links: []graph.Link{graphtest.Say("ua25:ru", "alias", graph.TextOf("team:moscow"))}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.text(`{ actor(name: "team:moscow") { id } }`, "actor", "id"), w.text(`{ actor(name: "Russia") { id } }`, "actor", "id"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestShortNames takes them for the plant, the Union and the alliance, not for
// the issues about them.
func TestShortNames(t *testing.T) {
	w := open(t, mainFile, seedFile)
	if got := w.text(`{ disputes(about: "ZNPP") { about { name } } }`, "disputes", 0, "about", "name"); got != "Zaporizhzhia Nuclear Power Plant" {
		t.Errorf("ZNPP: %s", got)
	}
	for name, want := range map[string]string{"EU": "European Union", "NATO": "NATO"} {
		if got := w.text(fmt.Sprintf(`{ entity(name: %q) { name } }`, name), "entity", "name"); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestMistakes gives the codes and words of what clients do wrong.
func TestMistakes(t *testing.T) {
	w := open(t, seedFile)
	for _, c := range []struct{ query, code, message string }{
		{`{ actor(name: "Rusia") { id } }`, "UNKNOWN_NAME", `name: no Actor is called "Rusia": did you mean Russia`},
		{`{ actor(name: "Berlin") { id } }`, "UNKNOWN_NAME", `no Actor is called "Berlin"`},
		{`{ guarantees(beneficiary: "Ukrain") { id } }`, "UNKNOWN_NAME", "did you mean Ukraine"},
		{`{ meetings(place: "ua25:ru") { id } }`, "BAD_INPUT", "place: ua25:ru is a State, want Place"},
		{`{ actor { id } }`, "BAD_INPUT", "give one of"},
		{`{ actor(name: "Russia", key: "ua25:ru") { id } }`, "BAD_INPUT", "key and name: give one of them"},
		{`{ meeting(id: "7") { id } }`, "BAD_INPUT", `id: "7" is not an id`},
		{`{ meetings(first: -1) { id } }`, "BAD_INPUT", "first: -1"},
		{`{ meetings(knownOn: "2025-12-01") { id } }`, "BAD_INPUT", "basis: PUBLISHED"},
		{`{ entities(kind: "Actr") { id } }`, "BAD_INPUT", `kind: "Actr" is no kind of the ontology: did you mean Actor`},
		{`{ entities(kind: "Stat") { id } }`, "BAD_INPUT", `did you mean State`},
		{`{ actors(kind: "Stat") { id } }`, "BAD_INPUT", `kind: "Stat" is no kind of Actor: did you mean State?`},
		{`{ claims(subject: "Ukraine", property: "nam") { id } }`, "BAD_INPUT", `property: "nam" is no property of the ontology: did you mean name`},
		{`{ history(subject: "Ukraine", property: "nam") { id } }`, "BAD_INPUT", `did you mean name`},
		{`{ neighbors(of: "Ukraine", property: ["holder", "participants"]) { cursor } }`, "BAD_INPUT", `property: "participants" is no property of the ontology: did you mean participant?`},
		{`{ actor(name: "Ukraine") { claims(property: "nam") { id } } }`, "BAD_INPUT", `did you mean name`},
		{`{ actor(name: "Ukraine") { history(property: "nam") { id } } }`, "BAD_INPUT", `did you mean name`},
		{`{ changes(from: "2025-12-16", to: "2025-12-13", basis: PUBLISHED) { documentsSeen } }`, "", "from 2025-12-16 to 2025-12-13: "},
		{`{ changes(from: "tx:1", to: "tx:2", basis: PUBLISHED) { documentsSeen } }`, "", "a transaction has no publication date"},
		{`{ meetings(knownOn: "tx:1", basis: PUBLISHED) { id } }`, "", "a transaction has no publication date"},
		{`{ meetings(knownOn: "tx:0", basis: RECORDED) { id } }`, "", `"tx:0": want tx: and the number of a transaction`},
		{`{ actors(kind: "Place") { id } }`, "BAD_INPUT", `kind: "Place" is no kind of Actor`},
		{`{ history { id } }`, "BAD_INPUT", "give one of"},
		{`{ meetings(on: "3/4/2025") { id } }`, "", "on: "},
		{`{ changes(from: "yesterday", to: "2025-12-16", basis: PUBLISHED) { documentsSeen } }`, "", "from: "},
	} {
		r := w.do(c.query)
		if len(r.Errors) != 1 {
			t.Errorf("%s: errors %v", c.query, r.Errors)
			continue
		}
		if !strings.Contains(r.Errors[0].Message, c.message) {
			t.Errorf("%s: got %q, want %q in it", c.query, r.Errors[0].Message, c.message)
		}
		if code, _ := r.Errors[0].Extensions["code"].(string); code != c.code {
			t.Errorf("%s: got code %q, want %q", c.query, code, c.code)
		}
	}
}

// TestAbsent reports what the point does not show as not found.
func TestAbsent(t *testing.T) {
	w := open(t, seedFile)
	for _, query := range []string{
		`{ meeting(key: "ua25:nothing") { id } }`,
		`{ meeting(key: "ua25:ru") { id } }`,
		`{ actor(key: "ua25:ru", knownOn: "2020-01-01", basis: RECORDED) { id } }`,
	} {
		r := w.do(query)
		if len(r.Errors) != 1 || !causedBy(r.Errors[0], graph.ErrNotFound) {
			t.Errorf("%s: errors %v, want not found", query, r.Errors)
		}
	}
}

// causedBy tells whether an error, which the library wraps, is another one.
func causedBy(err, target error) bool {
	for err != nil && !errors.Is(err, target) {
		switch e := err.(type) {
		case gqlerrors.FormattedError:
			err = e.OriginalError()
		case *gqlerrors.Error:
			err = e.OriginalError
		default:
			return false
		}
	}
	return err != nil
}

// TestAmbiguous lists the candidates of a name that two entities have.
func TestAmbiguous(t *testing.T) {
	w := graphtest.Open(t, nil)
	w.Document("curation:x", "")
	w.Declare("Person x:first", "Person x:second", "Place x:third")
	for _, key := range []string{"x:first", "x:second", "x:third"} {
		w.Assert(graph.Draft{Document: graph.ByKey("curation:x"), Key: key,
			Links: []graph.Link{graphtest.Say(key, "name", graph.TextOf("Alex"))}})
	}
	r := over(t, w.DB).do(`{ actor(name: "alex") { id } }`)
	if len(r.Errors) != 1 || r.Errors[0].Extensions["code"] != "AMBIGUOUS_NAME" {
		t.Fatalf("errors: %v", r.Errors)
	}
	var keys []string
	for _, c := range r.Errors[0].Extensions["candidates"].([]map[string]any) {
		e, err := w.At(graph.Point{}).Entity(context.Background(), idOf(t, c["id"].(string)))
		if err != nil || c["kind"] != "Person" || c["label"] != "Alex" {
			t.Fatalf("%v: %v", c, err)
		}
		keys = append(keys, e.Keys[0].String())
	}
	if got := fmt.Sprint(keys); got != "[x:first x:second]" && got != "[x:second x:first]" {
		t.Errorf("candidates: %s", got)
	}
}

// TestResolved echoes what names were taken for, with the path to each.
func TestResolved(t *testing.T) {
	w := open(t, seedFile)
	r := w.do(`{ b: actor(name: "moscow") { positions(issue: "territory") { id } } a: guarantees(beneficiary: "ua25:ua") { id } }`)
	var got []string
	for _, x := range r.resolved {
		got = append(got, fmt.Sprint(x.Path, x.Name, "=", x.Label))
	}
	want := []string{
		"[a beneficiary]ua25:ua=Ukraine",
		"[b name]moscow=Russia",
		"[b positions issue]territory=Territory: Donbas and the line of contact",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q: %v", got, want, r.Errors)
	}
}

func idOf(t *testing.T, s string) graph.Ref {
	t.Helper()
	id, err := graph.ParseEntityID(s)
	if err != nil {
		t.Fatal(err)
	}
	return graph.ByID(id)
}

// TestSuggestionsOfNames gives those who have a name before the relations whose
// labels mention them.
func TestSuggestionsOfNames(t *testing.T) {
	r := open(t, mainFile).do(`{ entity(name: "Zelensky") { id } }`)
	if len(r.Errors) != 1 {
		t.Fatalf("errors: %v", r.Errors)
	}
	near := r.Errors[0].Extensions["suggestions"].([]string)
	if len(near) != 5 || near[0] != "Volodymyr Zelensky" || !strings.HasPrefix(near[4], "Call of ") {
		t.Errorf("got %q", near)
	}
}
