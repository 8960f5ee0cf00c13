package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

// packs are questions whose answers an excerpt can prove.
var packs = map[string]Question{
	"matrix": {Query: matrixQuery, On: "2025-12-16"},
	"own voice": {Query: `query ($who: String) { actor(name: $who) { name positions { stance text age sources { who via url } } at { on policy transaction } } }`,
		Variables: map[string]any{"who": "Russia"}, On: "2025-12-16", Policy: graph.SelfOnly},
	"today":     {Query: `{ deadlinesOf(negotiation: "ua25:ukraine-peace-2025") { passed { date daysLeft instrument { name } } review { kind sources { who } } } }`},
	"a page":    {Query: `query ($n: Int) { meetings(first: $n, orderBy: {field: DATE}) { name date } }`, Variables: map[string]any{"n": 3}},
	"contacts":  {Query: `{ negotiation(key: "ua25:ukraine-peace-2025") { contacts(between: ["United States", "Ukraine"], status: ["HELD"]) { contacts { name date sides { persons { entity { name } } } } } } }`},
	"changes":   {Query: monthQuery},
	"published": {Query: `{ guarantees(beneficiary: "Ukraine", on: "2025-12-16", knownOn: "2025-12-17", basis: PUBLISHED) { guarantors { name } state sources { who } at { knownOn undatedDocuments } } }`},
	"quoted": {Query: `{ guarantees(beneficiary: "Ukraine", knownOn: "2025-12-15", basis: PUBLISHED) { guarantors { name } state sources { who } at { knownOn undated } } }`,
		Undated: graph.FromAsserted},
	"conflicts":   {Query: `{ conflicts(negotiation: "ua25:ukraine-peace-2025") { kind property sides { values roots { name } } } }`},
	"none at all": {Query: `{ contacts(between: ["Russia", "Ukraine"], on: "2025-12-15") { status reason documents } }`},
}

// Each pack proves itself, with the head of the whole log, and a minute or a
// year later: its clock is its own.
func TestPack(t *testing.T) {
	db := packed(t)
	head, err := db.Dump(t.Context(), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range packs {
		t.Run(name, func(t *testing.T) {
			text := packOf(t, db, q)
			p, err := VerifyPack(t.Context(), memkv.New(nil), bytes.NewReader(text), &VerifyOptions{Head: head.Head})
			if err != nil {
				t.Fatal(err)
			}
			if p.Query != q.Query || p.Policy != q.Policy || p.Undated != q.Undated || p.On != q.On || !p.Made.Equal(packDay) || p.KnownOn != head.Newest || !p.Log.Excerpt {
				t.Errorf("%+v", p)
			}
			want := answerOf(t, db, q)
			if string(p.Answer) != want {
				t.Errorf("the pack answers\n%.500s\nthe database\n%.500s", p.Answer, want)
			}
			if _, err := VerifyPack(t.Context(), memkv.New(nil), bytes.NewReader(text), &VerifyOptions{Head: strings.Repeat("0", 64)}); err == nil || !strings.Contains(err.Error(), "another log") {
				t.Errorf("of another head: %v", err)
			}
		})
	}
}

// The less is asked for, the less a pack holds: of the rest of a transaction it
// has the digests.
func TestPackIsPart(t *testing.T) {
	db := packed(t)
	var whole bytes.Buffer
	if _, err := db.Dump(t.Context(), &whole); err != nil {
		t.Fatal(err)
	}
	name := packOf(t, db, Question{Query: `{ actor(name: "Russia") { name } }`})
	voice := packOf(t, db, packs["own voice"])
	if a, b, all := disclosed(t, name), disclosed(t, voice), disclosed(t, whole.Bytes()); a == 0 || a >= b || b > all/4 {
		t.Errorf("a name tells %d operations, positions %d, the whole %d", a, b, all)
	}
}

// disclosed counts the operations of which a dump or a pack has more than the digest.
func disclosed(t *testing.T, text []byte) (n int) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var r struct{ Ops []string }
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		for _, op := range r.Ops {
			if !strings.HasPrefix(op, "=") {
				n++
			}
		}
	}
	return n
}

// What is altered is found: in the answer, the query, the point, or the log; the
// former also where the hash of the first line was made to fit.
func TestPackAltered(t *testing.T) {
	db := packed(t)
	text := string(packOf(t, db, packs["own voice"]))
	for was, is := range map[string]string{
		`"stance":"REJECT"`:            `"stance":"ACCEPT"`,
		`"variables":{"who":"Russia"}`: `"variables":{"who":"United States"}`,
		`"policy":"SELF_ONLY"`:         `"policy":"ALL_SIDES"`,
		`"on":"2025-12-16"`:            `"on":"2025-12-01"`,
		`"basis":"RECORDED"`:           `"basis":"BELIEVED"`,
		`"knownOn":"tx:`:               `"knownOn":"tx:9`,
		`"clearance":"`:                `"clearance":"X`,
		`"parleyEvidence":1,`:          `"parleyEvidence":1,"more":1,`,
	} {
		altered := strings.Replace(text, was, is, 1)
		if altered == text {
			t.Errorf("there is no %s in %.900s", was, text)
			continue
		}
		wantPackError(t, altered, "it does not have its hash")
		wantPackError(t, forged(altered), "")
	}
	wantPackError(t, forged(strings.Replace(text, `"stance":"REJECT"`, `"stance":"ACCEPT"`, 1)), "asked again, the query has another answer, from byte")
	wantPackError(t, strings.Replace(text, `{"parleyEvidence":1`, `{"parleyEvidence":2`, 1), "version 2: this program knows version 1")
	first := strings.IndexByte(text, '\n') + 1
	for i := range 24 {
		at := i * (first - 1) / 24
		if i%2 == 1 {
			at = first + i*(len(text)-first-1)/24
		}
		altered := []byte(text)
		if altered[at] ^= 1; altered[at] == '\n' {
			continue
		}
		if _, err := VerifyPack(t.Context(), memkv.New(nil), bytes.NewReader(altered), nil); err == nil {
			t.Errorf("byte %d (%q) altered, and not found", at, text[at])
		}
	}
	for name, broken := range map[string]string{"nothing": "", "the first line alone": text[:first], "no end": text[:first+10], "a dump": text[first:], "no JSON": forged(`{"parleyEvidence":1,"sum":""` + "\n"),
		"two objects": forged(strings.Replace(text, `"answer":{`, `"languages":[]}{"answer":{`, 1))} {
		if _, err := VerifyPack(t.Context(), memkv.New(nil), strings.NewReader(broken), nil); err == nil {
			t.Errorf("%s is a pack", name)
		}
	}
}

// When a pack was made is a part of it, too.
func TestPackAlteredMoment(t *testing.T) {
	text := string(packOf(t, packed(t), packs["none at all"]))
	moment := `"made":"` + packDay.Format(time.RFC3339Nano)
	if !strings.Contains(text, moment) {
		t.Fatalf("no %s in %.300s", moment, text)
	}
	wantPackError(t, strings.Replace(text, moment, `"made":"`+packDay.Add(time.Second).Format(time.RFC3339Nano), 1), "it does not have its hash")
}

// forged makes the hash of a first line fit.
func forged(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	return string(summed([]byte(line[:strings.LastIndex(line, beforeSum)]))) + rest
}

func wantPackError(t *testing.T, text, want string) {
	t.Helper()
	_, err := VerifyPack(t.Context(), memkv.New(nil), strings.NewReader(text), nil)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// What cannot be answered is no pack, and a store that holds something is no
// place to try one.
func TestPackRefused(t *testing.T) {
	db := packed(t)
	for query, want := range map[string]string{
		`{ actor(name: "Nobody at all") { name } }`: `name: no Actor is called "Nobody at all"`,
		`{ nonsense }`: "nonsense",
		`subscription { changes { transaction { id } } }`: "subscription",
	} {
		var out bytes.Buffer
		err := Pack(t.Context(), db, memkv.New(nil), &out, &Question{Query: query})
		if !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%s: %v, want %s; %d bytes", query, err, want, out.Len())
		}
	}
	full := memkv.New(nil)
	if _, err := VerifyPack(t.Context(), full, bytes.NewReader(packOf(t, db, packs["none at all"])), nil); err != nil {
		t.Fatal(err)
	}
	if err := Pack(t.Context(), db, full, new(bytes.Buffer), &Question{Query: `{ actor(name: "Russia") { name } }`}); err == nil {
		t.Error("proven in a store that is not empty")
	}
}

// What its reader may not see is no part of a pack.
func TestPackKeepsSecrets(t *testing.T) {
	db := packed(t)
	_, err := db.Update(t.Context(), graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("curation:main"), Key: "secret", Judgement: graph.Judgement{Marking: graph.Red},
			Links: []graph.Link{{Subject: graph.ByKey("ua25:ru"), Property: graph.PropertyAlias, Value: graph.NameOf("SECRETALIAS", "en", "", "")}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for clearance, told := range map[graph.Marking]bool{graph.Clear: false, graph.Red: true} {
		text := packOf(t, db, Question{Query: `{ actor(name: "Russia") { names { text } } }`, Clearance: clearance})
		if bytes.Contains(text, []byte("SECRETALIAS")) != told {
			t.Errorf("with clearance %s it is told: %v", clearance, !told)
		}
	}
}

// A day that is none is refused.
func TestPackOfNoDay(t *testing.T) {
	err := Pack(t.Context(), packed(t), memkv.New(nil), new(bytes.Buffer), &Question{Query: `{ actor(name: "Russia") { name } }`, On: "yesterday"})
	if err == nil || !strings.Contains(err.Error(), "yesterday") {
		t.Error(err)
	}
}

var packDay = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

func packed(t *testing.T) *graph.DB {
	t.Helper()
	now := func() time.Time { return packDay }
	db, err := graph.Open(t.Context(), memkv.New(&memkv.Options{Now: now}), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, file := range []string{"main.jsonl", "seed.jsonl"} {
		if _, err := loaders.Run(t.Context(), db, graph.Act{Author: "test"}, []string{"../examples/ukraine-2025/" + file}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func packOf(t *testing.T, db *graph.DB, q Question) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Pack(t.Context(), db, memkv.New(nil), &out, &q); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// answerOf is what the database itself answers at the point of a question.
func answerOf(t *testing.T, db *graph.DB, q Question) string {
	t.Helper()
	head := packHead{Query: q.Query, Variables: q.Variables, Made: packDay}
	p := graph.Point{Policy: q.Policy, Undated: q.Undated}
	if q.On != "" {
		on, err := graph.ParseOn(q.On)
		if err != nil {
			t.Fatal(err)
		}
		p.On = on
	}
	body, err := asker(Limits{}).askAt(context.Background(), db, db.At(p), &head)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", q.Query, err))
	}
	return string(body)
}
