package jsonl_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/sample"
	"github.com/parleydb/parley/loaders/jsonl"
)

// read gives the statements of lines behind the header.
func read(t *testing.T, lines ...string) []graph.Statement {
	t.Helper()
	var list []graph.Statement
	text := sample.Header + strings.Join(lines, "\n")
	for s, err := range jsonl.Read("good.jsonl", strings.NewReader(text), sample.Ontology()) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\ngot  %+v\nwant %+v", got, want)
	}
}

func date(t *testing.T, s string) edtf.Date {
	t.Helper()
	d, err := edtf.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func valid(t *testing.T, interval, vouched string) graph.Valid {
	t.Helper()
	v, err := graph.ParseValid(interval, vouched)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func key(s string) graph.Key { return graph.ByKey(s).Key }

func ref(s string) graph.Value { return graph.RefOf(graph.ByKey(s)) }

func field(name string, values ...graph.Value) graph.Field {
	f := graph.Field{Name: name}
	for _, v := range values {
		f.Values = append(f.Values, graph.Filler{Value: v})
	}
	return f
}

func TestReadDocument(t *testing.T) {
	got := read(t, `{"document":"s9","publisher":"Reuters","title":"Talks","url":"https://example.org/9","published":"2025-11-21",`+
		`"retrieved":"2025-11-22","language":"en","hash":"sha256:00","versionOf":"source:s8","origins":["reuters"],"curation":true}`)
	equal(t, got, []graph.Statement{{Where: "good.jsonl:2:1", Document: &graph.Document{
		Key: key("x:s9"), Publisher: "Reuters", Title: "Talks", URL: "https://example.org/9",
		Published: date(t, "2025-11-21"), Retrieved: date(t, "2025-11-22"), Language: "en", Hash: "sha256:00",
		VersionOf: graph.ByKey("source:s8"), Origins: []graph.Ref{graph.ByKey("x:reuters")}, Curation: true,
	}}})
}

func TestReadDocumentWithKeyOnly(t *testing.T) {
	got := read(t, `{"document":"source:s9"}`)
	equal(t, got[0].Document, &graph.Document{Key: key("source:s9")})
}

func TestReadDeclaration(t *testing.T) {
	got := read(t, "", "  "+`{"entity":"ua","kind":"State","ids":{"wikidata":"Q212","iso3166":["UA","UKR"]}}`+"\r")
	equal(t, got, []graph.Statement{{Where: "good.jsonl:3:3", Declaration: &graph.Declaration{
		Kind: "State", Keys: []graph.Key{key("x:ua"), key("wikidata:Q212"), key("iso3166:UA"), key("iso3166:UKR")},
	}}})
}

func TestReadAssertion(t *testing.T) {
	got := read(t, `{"assert":"P1","document":"source:s9","chain":["reuters","x:leavitt"],"voice":"SELF","level":"BACKGROUND",`+
		`"quote":"VERBATIM","modality":"STATED","wording":"SAID","factuality":"CERTAIN","asserted":"2025-11-20","summary":"Backs it.",`+
		`"span":{"offset":1,"length":2},"coder":"ab","grade":{"reliability":"B","credibility":2},"rank":"DEPRECATED","reason":"a slip",`+
		`"marking":"TLP:AMBER","embargo":"2026-01-01","status":"PROPOSED","valid":"2025-11-20/","vouched":"2025-11-23",`+
		`"claims":[{"subject":"ua","property":"name","value":"Ukraine"}]}`)
	equal(t, got[0].Draft, &graph.Draft{
		Document: graph.ByKey("source:s9"), Key: "P1", Span: graph.Span{Offset: 1, Length: 2},
		Chain: []graph.Ref{graph.ByKey("x:reuters"), graph.ByKey("x:leavitt")},
		Voice: graph.Self, Level: graph.Background, Quote: graph.Verbatim, Modality: graph.Stated, Wording: graph.SaidWording,
		Factuality: graph.Certain, Asserted: date(t, "2025-11-20"), Summary: "Backs it.", Coder: "ab",
		Judgement: graph.Judgement{
			Grade: graph.Grade{Reliability: 'B', Credibility: 2}, Rank: graph.Deprecated, Reason: "a slip",
			Marking: graph.Amber, Embargo: 1767225600000, Status: graph.Proposed,
		},
		Valid: valid(t, "2025-11-20/", "2025-11-23"),
		Links: []graph.Link{{Subject: graph.ByKey("x:ua"), Property: "name", Value: graph.TextOf("Ukraine")}},
	})
}

func TestReadClaims(t *testing.T) {
	got := read(t, `{"assert":"N1","document":"d","claims":[`+
		`{"subject":"ua","property":"alias","value":{"text":"Київ","lang":"uk","script":"Cyrl","scope":"government"}},`+
		`{"subject":"ua","property":"cameo:040","value":"icews:Iran","valid":"2014-01-03","occurrence":"3","deny":true}]}`)
	day := valid(t, "2014-01-03", "")
	equal(t, got[0].Draft.Links, []graph.Link{
		{Subject: graph.ByKey("x:ua"), Property: "alias", Value: graph.NameOf("Київ", "uk", "Cyrl", "government")},
		{Subject: graph.ByKey("x:ua"), Property: "cameo:040", Value: ref("icews:Iran"), Valid: &day, Occurrence: "3", Deny: true},
	})
}

func TestReadRelation(t *testing.T) {
	got := read(t, `{"assert":"M1","document":"d","relation":{"participant":["ua","us"],"place":"berlin","seats":14,"hours":2.5,`+
		`"public":false,"scheduledFor":"2025-12-14/2025-12-15","title":{"text":"Gespräche","lang":"de"},"key":"m1","kind":"Meeting"}}`)
	when, err := graph.DateOf("2025-12-14/2025-12-15")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got[0].Draft.Relation, &graph.Relation{Kind: "Meeting", Key: key("x:m1"), Fields: []graph.Field{
		field("participant", ref("x:ua"), ref("x:us")),
		field("place", ref("x:berlin")),
		field("seats", graph.IntegerOf(14)),
		field("hours", graph.NumberOf(2.5)),
		field("public", graph.BooleanOf(false)),
		field("scheduledFor", when),
		field("title", graph.NameOf("Gespräche", "de", "", "")),
	}})
}

func TestReadEntityDescribedInPlace(t *testing.T) {
	got := read(t, `{"assert":"P1","document":"d","relation":{"kind":"Position","holder":"ua","issue":"i","stance":"OPEN",`+
		`"option":{"text":"28-point draft"},"about":["i",{"kind":"Option","text":"a","issue":"j"}]}}`)
	fields := got[0].Draft.Relation.Fields
	equal(t, fields[3], graph.Field{Name: "option", Values: []graph.Filler{
		{Inline: &graph.Relation{Kind: "Option", Fields: []graph.Field{field("text", graph.TextOf("28-point draft"))}}},
	}})
	equal(t, fields[4], graph.Field{Name: "about", Values: []graph.Filler{
		{Value: ref("x:i")},
		{Inline: &graph.Relation{Kind: "Option", Fields: []graph.Field{
			field("text", graph.TextOf("a")), field("issue", ref("x:j")),
		}}},
	}})
}

// The names kind and key belong to the format.
func TestReadPropertyNamedKind(t *testing.T) {
	got := read(t, `{"assert":"O1","document":"d","relation":{"kind":"Option","key":"o1","Option.kind":"AMOUNT"}}`)
	equal(t, got[0].Draft.Relation, &graph.Relation{Kind: "Option", Key: key("x:o1"),
		Fields: []graph.Field{field("kind", graph.CodeOf("AMOUNT"))}})
}

// Text is compared in one normal form, keys are compared as they are written.
func TestReadNormalForm(t *testing.T) {
	const decomposed = "Zu\u0308rich"
	got := read(t, `{"assert":"N1","document":"d","claims":[{"subject":"`+decomposed+`","property":"name","value":"`+decomposed+`"}]}`)
	link := got[0].Draft.Links[0]
	equal(t, link.Subject, graph.ByKey("x:"+decomposed))
	equal(t, link.Value, graph.TextOf("Z\u00fcrich"))
}

func TestReadByteOrderMark(t *testing.T) {
	for _, err := range jsonl.Read("bom.jsonl", strings.NewReader("\ufeff"+sample.Header), sample.Ontology()) {
		t.Error(err)
	}
}

func TestReadStops(t *testing.T) {
	text := sample.Header + strings.Repeat(`{"document":"d"}`+"\n", 3)
	n := 0
	for range jsonl.Read("good.jsonl", strings.NewReader(text), sample.Ontology()) {
		if n++; n == 2 {
			break
		}
	}
	equal(t, n, 2)
}

func BenchmarkRead(b *testing.B) {
	const line = `{"assert":"P1","document":"source:s9","chain":["reuters","leavitt"],"voice":"OWN_SIDE","modality":"STATED","wording":"SAID",` +
		`"asserted":"2025-11-20","summary":"The press secretary says that the US backs the draft.","valid":"2025-11-20/","vouched":"2025-11-20",` +
		`"relation":{"kind":"Position","holder":"us","issue":"i-text","stance":"SUPPORT","option":{"text":"28-point draft"}}}` + "\n"
	text := sample.Header + strings.Repeat(line, 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range jsonl.Read("bench.jsonl", strings.NewReader(text), sample.Ontology()) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
