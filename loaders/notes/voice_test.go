package notes_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/jsonl"
	"github.com/parleydb/parley/schema"
)

const cast = `document cast "Who is who" ; curation
state us "US"
state ua "Ukraine"
state de "Germany"
negotiation talks: party US, Ukraine
issue land "land"
mediaOutlet cnn "CNN"
person vance "Vance"
person envoy "Envoy"
person minister "Minister"
person aide "Aide"
person pundit "Pundit"
affiliated Vance > US
represents Envoy > Vance
holdsOffice Minister > (body Ukraine ; title "Minister")
anonymousSource officials "US officials": side US
anonymousSource diplomat "a diplomat": side Germany
represents: agent Aide ; principal Germany
`

// voices reads positions and gives their voices, one word each.
func voices(t *testing.T, lines string) string {
	t.Helper()
	var list []string
	for _, s := range read(t, schema.Negotiation(), cast+lines) {
		if s.Draft != nil && s.Draft.Relation != nil && s.Draft.Relation.Kind == "Position" {
			list = append(list, "["+s.Draft.Voice.String()+"]")
		}
	}
	return strings.Join(list, " ")
}

// Whose mouth it is follows from who speaks and whose position it is.
func TestVoiceFollows(t *testing.T) {
	const us, ua = "\nposition US on land: OPEN", "\nposition Ukraine on land: OPEN"
	for _, c := range []struct{ by, want string }{
		{"", "[ANALYST] [ANALYST]"}, // the document is curation
		{"document d", "[NARRATOR] [NARRATOR]"},
		{"document d\nby narrator", "[NARRATOR] [NARRATOR]"},
		{"document d\nby CNN", "[NARRATOR] [NARRATOR]"},
		{"document d\nby US", "[SELF] [OTHER_PARTY]"},
		{"document d\nby Vance via CNN", "[SELF] [OTHER_PARTY]"},
		{"document d\nby Envoy", "[SELF] [OTHER_PARTY]"},
		{"document d\nby Minister", "[OTHER_PARTY] [SELF]"},
		{"document d\nby US officials", "[OWN_SIDE] [OTHER_PARTY]"},
		{"document d\nby a diplomat", "[THIRD_PARTY] [THIRD_PARTY]"},
		{"document d\nby Aide", "[THIRD_PARTY] [THIRD_PARTY]"},
		{"document d\nby Pundit", "[THIRD_PARTY] [THIRD_PARTY]"},
		{"document d\nby Pundit [ANALYST]", "[ANALYST] [ANALYST]"},
		{"document d\nby Vance [voice ?]", "[] []"},
	} {
		if got := voices(t, c.by+us+ua+"\n"); got != c.want {
			t.Errorf("%q: %s, want %s", c.by, got, c.want)
		}
	}
}

// What the line says of the voice stands.
func TestVoiceStated(t *testing.T) {
	got := voices(t, `document d
by Vance
position US on land: OPEN [OTHER_PARTY]
position US on land: OPEN [voice ?]
position US on land: OPEN ; voice OWN_SIDE
position US on land: OPEN [ON_RECORD]
`)
	if want := "[OTHER_PARTY] [] [] [SELF]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The same follows from what the database knows.
func TestVoiceFromTheDatabase(t *testing.T) {
	w := open(t)
	loadFiles(t, w, write(t, "cast.notes", cast))
	loadFiles(t, w, write(t, "d.notes", "document d\nby Envoy\n@1 position US on land: OPEN\n@2 position Ukraine on land: OPEN\n"+
		"by US officials\n@3 position US on land: OPEN\nby Minister\n@4 position Ukraine on land: OPEN\nby a diplomat\n@5 position US on land: OPEN\n"))
	doc, err := w.At(graph.Point{}).Find(ctx, graph.ByKey("notes:d"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for a, err := range w.At(graph.Point{}).Assertions(ctx, doc.ID) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Key+" "+a.Voice.String())
	}
	if want := "1 SELF, 2 OTHER_PARTY, 3 OWN_SIDE, 4 SELF, 5 THIRD_PARTY"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

// Of the positions of the example, all but six have the voice that would have
// followed: those of the Kremlin, whose side is nowhere stated, and of speakers
// who relay somebody else.
func TestVoicesOfTheExample(t *testing.T) {
	b, err := os.ReadFile("../../examples/ukraine-2025/main.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []graph.Statement
	for s, err := range jsonl.Read("main", bytes.NewReader(b), schema.Negotiation()) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	stated := regexp.MustCompile(`( position .* \[)(SELF|OWN_SIDE|OTHER_PARTY|THIRD_PARTY|NARRATOR) `)
	text := stated.ReplaceAllString(printed(t, schema.Negotiation(), list), "$1")
	got := read(t, schema.Negotiation(), text)
	n, differ := 0, 0
	for i := range got {
		if d := got[i].Draft; d != nil && d.Relation != nil && d.Relation.Kind == "Position" {
			n++
			if d.Voice != list[i].Draft.Voice {
				differ++
				t.Logf("%s of %s: follows %s, stated %s", list[i].Draft.Chain, d.Relation.Fields[0].Values[0].Value, d.Voice, list[i].Draft.Voice)
			}
		}
	}
	if n != 126 || differ != 6 {
		t.Errorf("%d positions, %d of another voice; want 126 and 6", n, differ)
	}
}
