package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// asked are analysts' questions over GraphQL, with the answers that the tests of
// examples/ukraine-2025 hold package negotiation to: all that is told, in the
// order of the query, keys without their scheme.
var asked = []struct{ name, on, query, want string }{
	{"Q1 where does everybody stand", "2025-12-15", `matrix(all: true, ON) { known size coverage parties { externalIds } }`,
		"5 24 0.20833333333333334 us ua ru europeans"},
	{"Q2 who says that Russia is open to the EU", "2025-12-15", `cell(issue: "ua25:i-eu", party: "Russia", ON) { status stance voice conditions text saidBy { name } roots { name } predictions { stance } }`,
		"REPORTED OPEN OTHER_PARTY as part of a peace deal Ukraine in the EU US officials briefing after Berlin, 15 Dec 2025 US officials briefing after Berlin, 15 Dec 2025"},
	{"Q3 what has Russia said of the guarantees", "2025-12-15", `cell(issue: "guarantees", party: "ua25:ru", ON) { status reason stance age sources { who } positions { stance } predictions { stance text saidBy { name } } }`,
		"UNKNOWN ONLY_PREDICTIONS null null ACCEPT accept guarantees Donald Trump"},
	{"Q4 what does Ukraine want", "2025-12-15", `matrix(parties: ["Ukraine"], ON) { known size rows { issue { name } } silentIssues { externalIds } reason }`,
		"0 6 i-forum i-guarantees i-eu i-territory i-reconstruction i-znpp NO_POSITION"},
	{"Q5 what is on the table", "2025-12-15", `instruments(states: ["TABLED"], ON) { kind states by { externalIds } for { externalIds } issues { externalIds } conditions { text } deadlines { kind date status daysLeft } roots { name } }`,
		"Guarantee TABLED us ua i-guarantees LIMITED_UNSPECIFIED null REVIEW null CNN US officials briefing after Berlin, 15 Dec 2025"},
	{"Q6 what expires in 14 days", "2025-12-15", `deadlines(withinDays: 14, ON) { due { date } later { date } passed { date } settled { date } review { kind instrument { externalIds } } }`,
		"LIMITED_UNSPECIFIED o-us-guarantee"},
	{"Q7 which conditions bind which moves", "2025-12-15", `conditions(ON) { waits { parties { externalIds } waiter { kind } condition { text met } awaits { thing { name } } } circles { things { name } } }`,
		"ru Position as part of a peace deal false"},
	{"Q9 who settles the final issues", "2025-12-15", `conflicts(kinds: [FORUM], ON) { kind computed sides { relation { kind } denies roots { name } } }`,
		"FORUM false Position false US officials briefing after Berlin, 15 Dec 2025 Position false an official (seed quote on sovereignty)"},
	{"Q10 who met whom", "2025-12-14/2025-12-15", `contacts(status: ["HELD"], ON) { contacts { meeting { externalIds mode place { name } topics { externalIds } } } internal { meeting { externalIds } } undated { meeting { externalIds } date } }`,
		"m-berlin-1215 IN_PERSON Berlin i-guarantees i-reconstruction m-berlin-dinner PHONE null m-trump-envoys m-blackrock-ua null"},
	{"Q11 did Russia and Ukraine meet", "2025-12-15", `contacts(between: ["Russia", "Ukraine"], ON) { status reason documents contacts { name } undated { name } passed { name } }`,
		"UNKNOWN NO_CONTACT 1"},
	{"Q12 what is planned", "2025-12-15", `contacts(status: ["MOOTED", "READY", "ANNOUNCED", "SCHEDULED", "NOT_PLANNED"], ON) { contacts { meeting { externalIds } statuses date scheduled { date } } }`,
		"m-present-putin NOT_PLANNED null m-moscow-next READY null"},
	{"Q14 what did we know", "2025-12-14", `matrix(ON, knownOn: "2025-12-14", basis: RECORDED) { known reason rows { issue { name } } }`,
		"0 NO_DOCUMENT"},
	{"Q14 what had been published", "2025-12-14", `matrix(ON, knownOn: "2025-12-14", basis: PUBLISHED) { known size reason rows { issue { name } } }`,
		"0 24 NO_DOCUMENT"},
	{"Q15 how are sources graded and named", "2025-12-15", `cell(issue: "guarantees", party: "ua25:us", ON) { positions { assertions { key level reliability chain { name } document { publisher } } } }`, "F15 BACKGROUND null one official (seed quote on time limit) null F17 null null null"},
	{"Q16 what rests on unnamed sources", "2025-12-15", `matrix(onlyAnonymous: true, ON) { known rows { issue { externalIds } cells { status sources { who } } } }`, "5 i-forum STATED an official (seed quote on sovereignty) US officials briefing after Berlin, 15 Dec 2025 UNKNOWN UNKNOWN" +
		" i-guarantees STATED one official (seed quote on time limit) UNKNOWN REPORTED one official (seed quote on time limit)" +
		" i-eu UNKNOWN REPORTED US officials briefing after Berlin, 15 Dec 2025 UNKNOWN i-territory STATED an official (seed quote on sovereignty) UNKNOWN UNKNOWN"},
	{"Q8 what is unresolved", "2025-12-15", `cell(issue: "Zaporizhzhia nuclear plant", party: "Russia", ON) { status issue { name ... on Issue { state } } }`, "UNKNOWN Zaporizhzhia nuclear plant UNDER_DISCUSSION"},
	{"Q17 has the offer reached Moscow", "2025-12-15", `travel(from: "United States", to: "Russia", carrying: "ua25:o-us-guarantee", ON) { path { at } status reason documents beyond { meeting { externalIds } statuses } }`,
		"UNKNOWN NO_CONTACT 1 m-present-putin NOT_PLANNED m-moscow-next READY"},
	{"Q17 through whom to Ukraine", "2025-12-15", `travel(from: "United States", to: "Ukraine", carrying: "ua25:o-us-guarantee", ON) { path { from { externalIds } to { externalIds } contact { meeting { externalIds } sides { party { externalIds } persons { entity { externalIds } } } } } }`,
		"us ua m-berlin-1215 us kushner witkoff ua europeans"},
	{"Q18 what is BlackRock doing", "2025-12-15", `contacts(between: ["BlackRock"], ON) { contacts { name } internal { name } passed { name } undated { meeting { externalIds purpose outcome place { name } } date } }`,
		"m-blackrock-ua explore financing finance explored null null"},
	{"Q19 how far apart are they", "2025-12-15", `gap(ON) { issues { issue { externalIds } zone missing { party { externalIds } why } } }`,
		"i-forum UNDETERMINED us UNCLEAR ua SILENT ru SILENT europeans SILENT i-guarantees UNDETERMINED ua SILENT ru SILENT europeans SILENT" +
			" i-eu UNDETERMINED us SILENT ua SILENT ru SILENT europeans SILENT i-territory UNDETERMINED us UNCLEAR ua SILENT ru SILENT europeans SILENT" +
			" i-reconstruction UNDETERMINED us SILENT ua SILENT ru SILENT europeans SILENT i-znpp UNDETERMINED us SILENT ua SILENT ru SILENT europeans SILENT"},
}

// TestQuestionsOfSeed asks of the article alone.
func TestQuestionsOfSeed(t *testing.T) {
	s := example(t, nil, "seed.jsonl")
	for _, q := range asked {
		t.Run(q.name, func(t *testing.T) {
			if got := told(t, s, q.on, q.query); got != q.want {
				t.Errorf("got\n%s\nwant\n%s", got, q.want)
			}
		})
	}
}

// askedOfAll are questions on the whole example, likewise.
var askedOfAll = []struct{ name, on, query, want string }{
	{"M01 how large may the army be", "2026-03-31", `draftText(issues: ["ua25:i-army"], ON) { versions { version { externalIds } } rows { point cells { provisions { text status } } steps { change } } reason }`, "plan-28-us plan-28-e3 plan-19 plan-20 null cap 600000 PROPOSED cap, figure left open PLACEHOLDER cap 800000 in peacetime PROPOSED" +
		" 600000 cap removed DELETED limit removed DELETED 800000 in peacetime PROPOSED at most 800000 PROPOSED CHANGED VANISHED APPEARED null"},
	{"M02 which points does the European text delete", "2026-03-31", `draftText(issues: ["ua25:i-nonaggression", "ua25:i-amnesty"], versions: ["ua25:plan-28-us", "ua25:plan-28-e3"], ON) { rows { issue { externalIds } point steps { change } } }`, "i-nonaggression 2 CHANGED i-nonaggression 3 VANISHED i-nonaggression 16 NOT_SEEN i-amnesty 26 VANISHED"},
	{"M03 how did Ukraine move on NATO", "2025-12-31", `pulse(issues: ["ua25:i-nato"], parties: ["Ukraine"], during: "2025-11-20/2025-12-31", ON) { movements { moves { start stance turn } } }`, "2025-11-27T00:00:00Z REJECT FIRST 2025-12-09T00:00:00Z AMBIGUOUS OTHER_OPTION 2025-12-14T00:00:00Z CONDITIONAL OTHER_OPTION"},
	{"M06 what has Russia said of the guarantees", "2025-12-16", `cell(issue: "guarantees", party: "Russia", ON) { status stance saidBy { name } positions { voice } }`, "STATED UNDECIDED Dmitry Peskov SELF"},
	{"M07 what was held", "2025-12-14/2025-12-15", `contacts(status: ["HELD"], ON) { contacts { meeting { externalIds } } internal { meeting { externalIds } } }`, "m-berlin-1214 m-berlin-1215 m-berlin-dinner m-trump-envoys"},
	{"M08 where were Witkoff and Umerov", "2025-11-23/2026-02-28", `contacts(between: ["Steve Witkoff", "Rustem Umerov"], status: ["HELD"], ON) { contacts { meeting { externalIds } } }`, "m-florida-1130 m-miami-1204 m-miami-1219 m-miami-1221 m-abudhabi-0123 m-geneva-0226"},
	{"M10 which dates were given", "2026-03-31", `instruments(kinds: ["Offer", "Threat"], ON) { instrument { externalIds } deadlines { kind date } }`, "o-us-energy o-us-june WINDOW 2026-06 o-60day WINDOW null o-us-znpp o-ua-znpp o-us-trilateral o-eu-loan WINDOW 2026/2027" +
		" o-eu-reparation-loan WINDOW 2025-12-19 o-xmas FIXED 2025-12-25 o-us-fez o-20-plan o-ua-election WINDOW null" +
		" o-28-plan NONE_STATED null FIXED 2025-11-27 FIXED 2025-11-26 o-e3-counter o-19 o-aid-threat FIXED 2025-11-27"},
	{"M11 what stands rejected", "2026-03-31", `instruments(kinds: ["Offer"], states: ["REJECTED"], ON) { instrument { externalIds } states }`, "o-60day REJECTED o-xmas REJECTED o-e3-counter REJECTED"},
	{"what is due", "2025-12-16", `deadlines(ON) { due { instrument { externalIds } date daysLeft status } later { date } passed { instrument { externalIds } date daysLeft } review { instrument { externalIds } kind } }`,
		"o-xmas 2025-12-25 9 DUE o-aid-threat 2025-11-27 -19 o-ua-election WINDOW o-us-guarantee LIMITED_UNSPECIFIED"},
	{"what is planned", "2025-12-16", `contacts(status: ["MOOTED", "READY", "ANNOUNCED", "SCHEDULED"], ON) { contacts { meeting { externalIds } } passed { meeting { externalIds } } }`, "m-moscow-next m-cow-1125 m-brussels-1208"},
	{"do two agree on the army", "2026-01-31", `gap(issues: ["ua25:i-army"], parties: ["Ukraine", "ua25:europeans"], ON) { issues { zone range { from to } spoken } }`, "NONEMPTY 800000 800000 2"},
	{"how did the plan come to Ukraine", "2025-12-31", `travel(from: "United States", to: "Ukraine", carrying: "ua25:o-28-plan", ON) { path { from { externalIds } to { externalIds } contact { meeting { externalIds } } } }`, "us driscoll null driscoll ua m-kyiv-driscoll-trip"},
}

// TestQuestionsOfAll asks of the whole example.
func TestQuestionsOfAll(t *testing.T) {
	s := ukraine(t, nil)
	for _, q := range askedOfAll {
		t.Run(q.name, func(t *testing.T) {
			if got := told(t, s, q.on, q.query); got != q.want {
				t.Errorf("got\n%s\nwant\n%s", got, q.want)
			}
		})
	}
}

// told asks a root field, or one that ends in Of, of the negotiation, and gives
// all values of the answer.
func told(t *testing.T, s *Server, on, query string) string {
	t.Helper()
	query = strings.ReplaceAll(query, "ON", fmt.Sprintf(`on: %q, rank: NORMAL`, on))
	var got *reply
	if strings.Contains(query, "knownOn") {
		got = ask(t, s, strings.Replace("{ "+query+" }", "(", `(negotiation: "ua25:ukraine-peace-2025", `, 1), "")
	} else {
		got = ask(t, s, `{ negotiation(key: "ua25:ukraine-peace-2025") { `+query+` } }`, "")
	}
	if len(got.Errors) > 0 {
		t.Fatalf("%s: %s", query, got.Body)
	}
	return valuesOf(t, got.Data)
}

// valuesOf are the values in JSON, in their order, keys without their scheme.
func valuesOf(t *testing.T, text []byte) string {
	t.Helper()
	var words []string
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var inObject []bool
	name := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return strings.Join(words, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				inObject = append(inObject, v == '{')
			} else {
				inObject = inObject[:len(inObject)-1]
			}
			name = len(inObject) > 0 && inObject[len(inObject)-1]
			continue
		case nil:
			words = append(words, "null")
		default:
			if !name && !strings.HasPrefix(fmt.Sprint(v), "wikidata:") {
				words = append(words, strings.TrimPrefix(fmt.Sprint(v), "ua25:"))
			}
		}
		if len(inObject) > 0 && inObject[len(inObject)-1] {
			name = !name
		}
	}
}
