package gqlschema_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/schema/gqlschema"
)

type item = map[string]any

// one follows names into an item; nil where there is nothing.
func one(i item, path ...string) any {
	var v any = i
	for _, step := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

func any1(list any, fits func(item) bool) bool {
	all, _ := list.([]any)
	return slices.ContainsFunc(all, func(x any) bool { return fits(x.(map[string]any)) })
}

func named(name string) func(item) bool { return func(i item) bool { return i["name"] == name } }

// TestFilter compares what filters leave with what a look at every item leaves.
func TestFilter(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for _, c := range []struct {
		list, filter, fields string
		fits                 func(item) bool
	}{
		{"meetings", `{mode: {eq: PHONE}}`, `mode`, func(i item) bool { return i["mode"] == "PHONE" }},
		{"meetings", `{mode: {ne: PHONE}}`, `mode`, func(i item) bool { return i["mode"] != nil && i["mode"] != "PHONE" }},
		{"meetings", `{mode: {in: [PHONE, VISIT]}}`, `mode`, func(i item) bool { return i["mode"] == "PHONE" || i["mode"] == "VISIT" }},
		{"meetings", `{mode: {isNull: true}}`, `mode`, func(i item) bool { return i["mode"] == nil }},
		{"meetings", `{not: {mode: {isNull: true}}, place: {isNull: false}}`, `mode place { name }`,
			func(i item) bool { return i["mode"] != nil && i["place"] != nil }},
		{"meetings", `{or: [{mode: {eq: PHONE}}, {place: {some: {name: {eq: "berlin"}}}}]}`, `mode place { name }`,
			func(i item) bool { return i["mode"] == "PHONE" || one(i, "place", "name") == "Berlin" }},
		{"meetings", `{and: [{participant: {some: {name: {eq: "Ukraine"}}}}, {participant: {none: {name: {eq: "Russia"}}}}]}`, `participants { name }`,
			func(i item) bool {
				return any1(i["participants"], named("Ukraine")) && !any1(i["participants"], named("Russia"))
			}},
		{"meetings", `{participant: {every: {kind: {eq: "Person"}}}}`, `participants { kind }`,
			func(i item) bool { return !any1(i["participants"], func(p item) bool { return p["kind"] != "Person" }) }},
		{"meetings", `{participant: {some: {name: {startsWith: "volodymyr"}}}}`, `participants { name }`,
			func(i item) bool {
				return any1(i["participants"], func(p item) bool { return strings.HasPrefix(p["name"].(string), "Volodymyr") })
			}},
		{"meetings", `{minutes: {gt: 60, lte: 300}}`, `minutes`, func(i item) bool { n, ok := i["minutes"].(int); return ok && n > 60 && n <= 300 }},
		{"meetings", `{during: "2025-12-14/2025-12-15"}`, `date`, func(i item) bool {
			return slices.Contains([]any{"2025-12-14", "2025-12-15", "2025-12-15~", "2025-12-14/2025-12-15"}, i["date"])
		}},
		{"meetings", `{date: {lt: "2025-11"}}`, `date`, func(i item) bool {
			d, _ := i["date"].(string)
			return d != "" && strings.TrimRight(d, "~?") < "2025-11"
		}},
		{"meetings", `{saidBy: "Donald Trump"}`, `saidBy { name }`, func(i item) bool { return any1(i["saidBy"], named("Donald Trump")) }},
		{"positions", `{onlyAnonymous: true}`, `saidBy { entity { kind } }`,
			func(i item) bool {
				return len(i["saidBy"].([]any)) > 0 && !any1(i["saidBy"], func(s item) bool { return one(s, "entity", "kind") != "AnonymousSource" })
			}},
		{"provisions", `{amount: {gte: 600000}}`, `amount`, func(i item) bool { n, ok := i["amount"].(float64); return ok && n >= 600000 }},
		{"provisions", `{text: {contains: "ZAPOR"}}`, `text`, func(i item) bool { s, _ := i["text"].(string); return strings.Contains(strings.ToLower(s), "zapor") }},
		{"issues", `{parent: {some: {name: {contains: "territory"}}}}`, `parent { name }`,
			func(i item) bool {
				n, _ := one(i, "parent", "name").(string)
				return strings.Contains(n, "Territory")
			}},
		{"deadlines", `{kind: {eq: FIXED}, date: {overlaps: "2025-11"}}`, `kind date`,
			func(i item) bool {
				d, _ := i["date"].(string)
				return i["kind"] == "FIXED" && strings.HasPrefix(d, "2025-11")
			}},
		{"actors", `{kind: {in: ["State", "Bloc"]}}`, `kind`, func(i item) bool { return i["kind"] == "State" || i["kind"] == "Bloc" }},
	} {
		var want []any
		all := w.at(fmt.Sprintf(`{ %s(first: 1000) { id %s } }`, c.list, c.fields), c.list).([]any)
		for _, x := range all {
			if c.fits(x.(map[string]any)) {
				want = append(want, x)
			}
		}
		got := w.at(fmt.Sprintf(`{ %s(first: 1000, filter: %s) { id %s } }`, c.list, c.filter, c.fields), c.list).([]any)
		if fmt.Sprint(got) != fmt.Sprint(want) || len(got) == 0 || len(got) == len(all) {
			t.Errorf("%s %s: %d of %d, want %d:\n%v\n%v", c.list, c.filter, len(got), len(all), len(want), got, want)
		}
	}
}

// TestFilterMistakes tells where a filter is wrong.
func TestFilterMistakes(t *testing.T) {
	w := open(t, seedFile)
	for query, want := range map[string]string{
		`{ meetings(filter: {or: [{mode: {eq: PHONE}}, {saidBy: "Nobody"}]}) { id } }`:             `filter.or[1].saidBy: no entity is called "Nobody"`,
		`{ meetings(filter: {date: {lt: "3/4/2025"}}) { id } }`:                                    `filter.date.lt: on: `,
		`{ meetings(filter: {participant: {some: {saidBy: "Rusia"}}}) { id } }`:                    `filter.participant.some.saidBy: no entity is called "Rusia": did you mean Russia`,
		`{ actor(name: "Ukraine") { meetings(filter: {scheduledFor: {during: "then"}}) { id } } }`: `filter.scheduledFor.during: `,
		`{ meetingsConnection(last: 1001) { totalCount } }`:                                        `last: want 0 to 1000`,
		`{ meetings(at: {on: "2025-12-01"}, on: "2025-12-02") { id } }`:                            `on and at: give one of them`,
		`{ meetings(at: {knownOn: "2025-12-01"}) { id } }`:                                         `basis: PUBLISHED`,
	} {
		r := w.do(query)
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, want) {
			t.Errorf("%s: %v, want %q", query, r.Errors, want)
		}
	}
}

// TestOrderBy sorts by what is asked for, with what is not stated at the end.
func TestOrderBy(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for order, field := range map[string]string{
		`{field: DATE}`: "date", `{field: DATE, direction: DESC}`: "date", `{field: NAME}`: "name",
		`{field: MINUTES, direction: DESC}`: "minutes", `[{field: MODE}, {field: NAME, direction: DESC}]`: "mode",
	} {
		list := w.at(fmt.Sprintf(`{ meetings(first: 1000, orderBy: %s) { id date name minutes mode } }`, order), "meetings").([]any)
		modes := map[any]int{"IN_PERSON": 0, "VISIT": 1, "THIRD_PARTY_HOSTED": 2, "MULTILATERAL": 3, "PHONE": 4, "VIDEO": 5, "WRITTEN": 6, "PROXIMITY": 7, "SHUTTLE": 8}
		less := func(a, b any) bool {
			switch x := a.(type) {
			case int:
				return x < b.(int)
			case string:
				if field == "mode" {
					return modes[a] < modes[b]
				}
				return strings.ToLower(x)[:4] < strings.ToLower(b.(string))[:4]
			}
			return false
		}
		stated := 0
		for i, x := range list {
			v := x.(map[string]any)[field]
			if v == nil {
				continue
			}
			if stated++; i == 0 {
				continue
			}
			before := list[i-1].(map[string]any)[field]
			down := strings.Contains(order, "DESC") && field != "mode"
			if before == nil || down && less(before, v) || !down && less(v, before) {
				t.Fatalf("%s: %v before %v", order, before, v)
			}
		}
		if stated < 3 {
			t.Errorf("%s: %d stated", order, stated)
		}
	}
}

// TestFilterByJudgement chooses by rank, grade and contradiction, and lets a
// relation go whose claims are all of a lower rank.
func TestFilterByJudgement(t *testing.T) {
	g := table(t)
	graded := graphtest.Link("x:late", "participant", "x:ua")
	g.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "3", Valid: g.Valid("2025-12-02"),
		Judgement: graph.Judgement{Rank: graph.Deprecated, Reason: "a mistake", Grade: graph.Grade{Reliability: reliability(t, "B")}},
		Relation:  &graph.Relation{Kind: "Meeting", Key: g.Key("x:late"), Fields: []graph.Field{{Name: "participant", Values: []graph.Filler{{Value: graded.Value}}}}}})
	w := over(t, g.DB)
	for filter, want := range map[string]string{
		`{}`: "[x:late x:talks]", `{rank: NORMAL}`: "[x:talks]", `{rank: DEPRECATED}`: "[x:late x:talks]", `{not: {rank: NORMAL}}`: "[x:late]",
		`{reliability: B}`: "[x:late]", `{reliability: C}`: "[x:late]", `{reliability: A}`: "[]", `{reliability: F}`: "[]",
		`{contested: true}`: "[]", `{onlyAnonymous: true}`: "[]",
	} {
		if got := names(w, filter); got != want {
			t.Errorf("%s: got %s, want %s", filter, got, want)
		}
	}
	ctx := gqlschema.WithRequest(context.Background(), &gqlschema.Request{Clearance: graph.Amber})
	r := graphql.Do(graphql.Params{Schema: w.schema, RequestString: `{ meetings(filter: {contested: true}) { name } }`, Context: ctx})
	if got := fmt.Sprint(r.Data); got != "map[meetings:[map[name:x:talks]]]" {
		t.Errorf("contested: %s %v", got, r.Errors)
	}
}

// names lists the names of the meetings that a filter leaves.
func names(w *world, filter string) string {
	var list []string
	for _, x := range w.at(`{ meetings(filter: `+filter+`) { name } }`, "meetings").([]any) {
		list = append(list, x.(item)["name"].(string))
	}
	return fmt.Sprint(list)
}

func reliability(t *testing.T, s string) graph.Reliability {
	t.Helper()
	r, err := graph.ParseReliability(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
