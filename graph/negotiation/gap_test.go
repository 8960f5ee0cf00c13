package negotiation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// scaled declares issues with scales.
const scaled = `document source:scaled "Scales" ; curation ; scheme x
issue army "Army": negotiation Talks ; INTERVAL
issue terms "Terms": negotiation Talks ; CATEGORICAL
`

// gap writes the gap on one issue between the United States and Russia.
func (w *world) gap(v graph.View, issue string) string {
	w.Helper()
	g := w.gapOf(v, issue)
	text := string(g.Zone)
	for _, o := range g.Options {
		text += " " + w.option(o)
	}
	if g.Range != nil {
		text += fmt.Sprintf(" %g..%g", g.Range.From, g.Range.To)
	}
	for _, m := range g.Missing {
		text += fmt.Sprintf(" ; %s %s", w.label(m.Party), m.Why)
		for _, o := range m.Options {
			text += " " + w.option(o)
		}
	}
	for _, d := range g.Apart {
		text += fmt.Sprintf(" ; %s", w.labels([]graph.EntityID{d.One, d.Other}))
		if d.Measured {
			text += fmt.Sprintf(" %g apart", d.Amount)
		}
	}
	return text
}

func (w *world) gapOf(v graph.View, issue string) negotiation.Gap {
	w.Helper()
	list, err := negotiation.GapsOf(ctx, v, &negotiation.GapQuery{Negotiation: w.id("talks"), Issues: []graph.EntityID{w.id(issue)}, Parties: []graph.EntityID{w.id("us"), w.id("ru")}})
	if err != nil {
		w.Fatal(err)
	}
	if len(list.Issues) != 1 || list.Basis != negotiation.OwnVoiceOnly {
		w.Fatalf("%d issues on %q", len(list.Issues), list.Basis)
	}
	return list.Issues[0]
}

// option is the text of an option.
func (w *world) option(id graph.EntityID) string {
	w.Helper()
	if id.IsZero() {
		return "as such"
	}
	list, err := w.at("").States(ctx, []graph.EntityID{id})
	if err != nil || len(list) != 1 {
		w.Fatal(list, err)
	}
	c, _ := list[0].Head("text")
	return c.Value.String()
}

// Zones of options without amounts: what all accept; what is refused one by
// one; else it is not determined, and says of whom what is not known.
func TestGapOptions(t *testing.T) {
	for name, c := range map[string]struct{ notes, want string }{
		"nothing":                     {"", "UNDETERMINED ; US SILENT ; Russia SILENT"},
		"one accepts":                 {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n", "UNDETERMINED ; Russia SILENT"},
		"both accept":                 {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: ACCEPT ; option \"x\" ; 2025-12-11\n", "NONEMPTY x"},
		"the issue as such":           {"by US\n@A position US on Terms: SUPPORT ; 2025-12-10\nby Russia\n@B position Russia on Terms: ACCEPT ; 2025-12-11\n", "NONEMPTY as such"},
		"a proposal, accepted":        {"by US\n@A position US on Terms: PROPOSED ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: OPEN ; option \"x\" ; 2025-12-11\n", "NONEMPTY x"},
		"two options":                 {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: DEMAND ; option \"y\" ; 2025-12-11\n", "UNDETERMINED ; US NOT_SAID y ; Russia NOT_SAID x ; Russia US"},
		"each refused":                {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n@B position US on Terms: REJECT ; option \"y\" ; 2025-12-10\nby Russia\n@C position Russia on Terms: OPPOSE ; option \"x\" ; 2025-12-10\n@D position Russia on Terms: DEMAND ; option \"y\" ; 2025-12-10\n", "EMPTY ; Russia US"},
		"refused":                     {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: stance RED_LINE ; option \"x\" ; 2025-12-11\n", "UNDETERMINED ; Russia ONLY_REFUSES"},
		"on a condition":              {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: OPEN ; option \"x\" ; if \"a deal\" ; 2025-12-11\n", "UNDETERMINED ; Russia CONDITIONAL x"},
		"neither":                     {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: UNDECIDED ; option \"x\" ; 2025-12-11\n", "UNDETERMINED ; Russia UNCLEAR"},
		"two speakers, one day":       {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby US officials\n@B position US on Terms: REJECT ; option \"x\" ; 2025-12-10\nby Russia\n@C position Russia on Terms: OPEN ; option \"x\" ; 2025-12-11\n", "UNDETERMINED ; US DIVIDED x"},
		"a later word":                {"by US officials\n@A position US on Terms: REJECT ; option \"x\" ; 2025-12-10\nby US\n@B position US on Terms: SUPPORT ; option \"x\" ; 2025-12-11\nby Russia\n@C position Russia on Terms: OPEN ; option \"x\" ; 2025-12-11\n", "NONEMPTY x"},
		"a red line of its own":       {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: OPEN ; option \"x\" ; 2025-12-10\n@C redLine Russia on Terms: option \"x\" ; 2025-12-12\n", "UNDETERMINED ; Russia ONLY_REFUSES"},
		"a red line of its side":      {"by US officials\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n@C redLine US on Terms: option \"x\" ; 2025-12-12\nby Russia\n@B position Russia on Terms: OPEN ; option \"x\" ; 2025-12-10\n", "UNDETERMINED ; US ONLY_REFUSES"},
		"a red line that others draw": {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n@C redLine Russia on Terms: option \"x\" ; 2025-12-12\nby Russia\n@B position Russia on Terms: OPEN ; option \"x\" ; 2025-12-10\n", "NONEMPTY x"},
		"an ally, and another party":  {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n@B position Russia on Terms: ACCEPT ; option \"x\" ; 2025-12-10\nby Ukraine\n@C position Ukraine on Terms: SUPPORT ; option \"x\" ; 2025-12-10\n", "UNDETERMINED ; Russia SILENT"},
		"a prediction of its own":     {"by US\n@A position US on Terms: SUPPORT ; option \"x\" ; 2025-12-10\nby Russia\n@B position Russia on Terms: ACCEPT ; option \"x\" ; 2025-12-10 [PREDICTED]\n", "UNDETERMINED ; Russia SILENT"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, scaled, post+c.notes)
			want(t, "gap", w.gap(w.at("2025-12-16"), "terms"), c.want)
		})
	}
}

// On an ordered scale, amounts make ranges: they meet, or tell how far apart.
func TestGapAmounts(t *testing.T) {
	us := "by US\n@A position US on Army: PROPOSED ; option (text \"six\" ; amount 600) ; 2025-12-10\n"
	for name, c := range map[string]struct{ notes, want string }{
		"apart":               {us + "by Russia\n@B position Russia on Army: DEMAND ; option (text \"four\" ; amount 400) ; 2025-12-10\n@C position Russia on Army: OPEN ; option (text \"five\" ; amount 500) ; 2025-12-10\n", "EMPTY ; Russia US 100 apart"},
		"within":              {us + "by Russia\n@B position Russia on Army: DEMAND ; option (text \"four\" ; amount 400) ; 2025-12-10\n@C position Russia on Army: OPEN ; option (text \"eight\" ; amount 800) ; 2025-12-10\n", "NONEMPTY 600..600"},
		"that amount refused": {us + "by Russia\n@B position Russia on Army: DEMAND ; option (text \"four\" ; amount 400) ; 2025-12-10\n@C position Russia on Army: OPEN ; option (text \"eight\" ; amount 800) ; 2025-12-10\n@D position Russia on Army: REJECT ; option (text \"six\" ; amount 600) ; 2025-12-10\n", "EMPTY"},
		"on a condition, too": {us + "by Russia\n@B position Russia on Army: DEMAND ; option (text \"four\" ; amount 400) ; 2025-12-10\n@C position Russia on Army: CONDITIONAL ; option (text \"six\" ; amount 600) ; 2025-12-10\n", "UNDETERMINED ; US NOT_SAID four ; Russia CONDITIONAL six ; Russia US 200 apart"},
		"without an amount":   {us + "by Russia\n@B position Russia on Army: DEMAND ; option \"small\" ; 2025-12-10\n", "UNDETERMINED ; US NOT_SAID small ; Russia NOT_SAID six ; Russia US"},
		"one silent":          {us, "UNDETERMINED ; Russia SILENT"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, scaled, post+c.notes)
			want(t, "gap", w.gap(w.at("2025-12-16"), "army"), c.want)
		})
	}
}

// The closest pair comes first.
func TestGapClosest(t *testing.T) {
	w := newWorld(t, scaled, post+`by US
@A position US on Army: PROPOSED ; option (text "six" ; amount 600) ; 2025-12-10
by Russia
@B position Russia on Army: DEMAND ; option (text "two" ; amount 200) ; 2025-12-10
by Ukraine
@C position Ukraine on Army: DEMAND ; option (text "eight" ; amount 800) ; 2025-12-10
`)
	list, err := negotiation.GapsOf(ctx, w.at("2025-12-16"), &negotiation.GapQuery{Negotiation: w.id("talks"), Issues: []graph.EntityID{w.id("army")}})
	if err != nil {
		t.Fatal(err)
	}
	g := list.Issues[0]
	if g.Zone != negotiation.Empty || len(g.Apart) != 3 || g.Spoken() != 3 || len(list.Parties) != 3 {
		t.Fatalf("%s, %d pairs of %d parties", g.Zone, len(g.Apart), len(list.Parties))
	}
	want(t, "closest", fmt.Sprintf("%s %g", w.labels([]graph.EntityID{g.Apart[0].One, g.Apart[0].Other}), g.Apart[0].Amount), "US Ukraine 200")
}

// What is not counted is listed beside what is.
func TestGapSides(t *testing.T) {
	w := newWorld(t, scaled, post+`by US
@A position Russia on Terms: ACCEPT ; option "x" ; 2025-12-10
@B position Russia on Terms: REJECT ; option "z" ; 2025-12-10 [PREDICTED]
by Russia
@C position Russia on Terms: RESERVED ; 2025-12-09
by Analyst
@D assessment Analyst > talks: "closer than ever" ; 2025-12-16
by US
@E utterance US: ASSERT ; "we are near" ; about talks ; 2025-12-16 [OPINION]
@F utterance US: ASSERT ; "they met" ; about talks ; 2025-12-16
`)
	g := w.gapOf(w.at("2025-12-16"), "terms")
	for _, s := range g.Sides {
		if s.Party == w.id("ru") && (len(s.Positions) != 1 || len(s.Others) != 1 || len(s.Predicted) != 1 || s.Status != negotiation.Stated) {
			t.Errorf("%d own, %d of others, %d predicted: %s", len(s.Positions), len(s.Others), len(s.Predicted), s.Status)
		}
	}
	list, err := negotiation.GapsOf(ctx, w.at("2025-12-16"), &negotiation.GapQuery{Negotiation: w.id("talks")})
	if err != nil || len(list.Beside) != 2 {
		t.Fatalf("%d opinions beside (%v)", len(list.Beside), err)
	}
	for _, o := range list.Beside {
		if len(o.Evidence) != 1 || len(o.Roots) != 1 {
			t.Errorf("an opinion with %d sources", len(o.Evidence))
		}
	}
}

// Whose agreement is needed must be said.
func TestGapWithoutParties(t *testing.T) {
	w := newWorld(t, `document source:others "Another table" ; curation ; scheme x
negotiation empty "Empty"
`)
	for _, q := range []*negotiation.GapQuery{nil, {Negotiation: w.id("empty")}} {
		if _, err := negotiation.GapsOf(ctx, w.at("2025-12-16"), q); !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), "agreement is needed") {
			t.Errorf("%v", err)
		}
	}
}
