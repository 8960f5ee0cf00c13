package ukraine2025_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// asPublished is the view of a day as known on a day.
func asPublished(t *testing.T, db *graph.DB, on, known string) graph.View {
	t.Helper()
	ts, err := graph.ParseKnownOn(known)
	if err != nil {
		t.Fatal(err)
	}
	return db.At(graph.Point{On: dayOf(t, on), KnownOn: ts, Basis: graph.Published})
}

// keyOrKind is the key that the dataset gives an entity, else its kind.
func keyOrKind(t *testing.T, db *graph.DB, id graph.EntityID) string {
	t.Helper()
	e, err := db.At(graph.Point{}).Entity(ctx, graph.ByID(id))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Keys) == 0 {
		return e.Kind
	}
	return e.Keys[0].ID
}

// changeLines writes changes: kind, subject, before, after and facts.
func changeLines(t *testing.T, db *graph.DB, c negotiation.Changes) string {
	t.Helper()
	var lines []string
	for _, i := range c.Items {
		side := func(s negotiation.Shown) string {
			if s.Text == "" {
				return string(s.Reason)
			}
			return s.Text
		}
		line := fmt.Sprintf("%s %s: %s → %s %v", i.Kind, keyOrKind(t, db, i.Subject), side(i.Before), side(i.After), keysOf(i.Sources))
		if i.Undated {
			line += " undated"
		}
		if i.Predicted {
			line += " predicted"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// news is what the article told, but for what began before the 13th.
const news = `WORLD_CHANGE F36: UNKNOWN → STATED_POSITION: last issues settled directly by Moscow and Kyiv [F36]
WORLD_CHANGE F38: UNKNOWN → STATED_POSITION: US must discuss with Moscow and Europeans [F38]
WORLD_CHANGE Position: UNKNOWN → ACCEPT: accept guarantees [F25] predicted
WORLD_CHANGE Position: UNKNOWN → DEFERS: the parties settle it [F37]
WORLD_CHANGE Position: UNKNOWN → OPEN: Ukraine in the EU [F26 F27]
WORLD_CHANGE Position: UNKNOWN → SUPPORT: guarantees and a framework for the main points [F17]
WORLD_CHANGE Position: UNKNOWN → SUPPORT: strong guarantees, open now [F15]
WORLD_CHANGE Position: UNKNOWN → WELCOME: US guarantees [F28]
WORLD_CHANGE Utterance: UNKNOWN → ASSERT: closer than ever [F20]
WORLD_CHANGE Utterance: UNKNOWN → ASSERT: unresolved [F33]
WORLD_CHANGE cm1: UNKNOWN → MADE: discuss the matter with Moscow and the Europeans [F38]
WORLD_CHANGE d-main-points: UNKNOWN → OPEN [F18]
WORLD_CHANGE i-territory: UNKNOWN → UNDER_DISCUSSION [F39]
WORLD_CHANGE i-znpp: UNKNOWN → UNDER_DISCUSSION [F33]
WORLD_CHANGE m-berlin-1215: UNKNOWN → HELD [F09 F10 F11 F29]
WORLD_CHANGE m-berlin-dinner: UNKNOWN → HELD [F22]
WORLD_CHANGE m-moscow-next: UNKNOWN → READY [F08]
WORLD_CHANGE m-present-putin: UNKNOWN → NOT_PLANNED [F34]
WORLD_CHANGE m-trump-envoys: UNKNOWN → HELD [F23]
WORLD_CHANGE o-us-guarantee: UNKNOWN → TABLED: stronger guarantees [F14 F16]`

// learned is what the article told besides: what had begun by the 13th, what
// nobody dates, and what was over by the 16th.
const learned = `LATE_REPORT HoldsOffice: UNKNOWN → HoldsOffice [F04]
LATE_REPORT HoldsOffice: UNKNOWN → HoldsOffice [F05]
LATE_REPORT Kinship: UNKNOWN → Kinship [F07]
LATE_REPORT rep-kushner: UNKNOWN → envoy [F06]
LATE_REPORT rep-witkoff: UNKNOWN → envoy [F06]
WORLD_CHANGE Represents: UNKNOWN → ENDED [F12]
WORLD_CHANGE m-blackrock-ua: UNKNOWN → HELD [F30 F31] undated
WORLD_CHANGE rep-witkoff-berlin: UNKNOWN → ENDED [F12]`

// Question 13 on the article alone, which became known on the 16th: by both
// clocks, and by what is known, all is new, and before it everything is UNKNOWN
// and not absent; by the days, what began between them.
func TestQ13(t *testing.T) {
	db := loadOn(t, "2025-12-16 "+seedFile)
	from, to := asPublished(t, db, "2025-12-13", "2025-12-13"), asPublished(t, db, "2025-12-16", "2025-12-16")
	all := strings.Split(news+"\n"+learned, "\n")
	slices.Sort(all)
	onTheDays := strings.NewReplacer( // that they were planned is told without a date
		"m-moscow-next: UNKNOWN", "m-moscow-next: Meeting", "m-present-putin: UNKNOWN", "m-present-putin: Meeting").Replace(news)
	for axis, want := range map[negotiation.Axis]struct {
		lines  string
		seen   int
		reason negotiation.Reason
	}{
		negotiation.BothAxes:  {strings.Join(all, "\n"), 1, negotiation.NoDocument},
		negotiation.KnownAxis: {strings.Join(all, "\n"), 1, negotiation.NoDocument},
		negotiation.OnAxis:    {onTheDays, 0, negotiation.NotRecorded},
	} {
		c, err := negotiation.ChangesOf(ctx, from, to, &negotiation.ChangesQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), Axis: axis})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "axis "+axis.String(), strings.ReplaceAll(changeLines(t, db, c), string(want.reason)+" →", "UNKNOWN →"), want.lines)
		if c.DocumentsSeen != want.seen || c.UndatedDocuments != 1 {
			t.Errorf("axis %s: %d documents seen, %d undated", axis, c.DocumentsSeen, c.UndatedDocuments)
		}
		if len(c.Groups) < 8 {
			t.Errorf("axis %s: %d groups", axis, len(c.Groups))
		}
	}
}

// Golden test 10 on the whole example: a day on which nothing came out is an
// empty answer that says so; a busy one counts its documents.
func TestChangesSilentDay(t *testing.T) {
	db := loadOn(t, "2025-12-17 "+seedFile, "2026-06-01 "+mainFile)
	q := &negotiation.ChangesQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	for _, c := range []struct {
		from, to string
		seen     int
		silent   bool
	}{{"2026-03-20", "2026-03-21", 0, true}, {"2025-12-15", "2025-12-16", 5, false}} {
		got, err := negotiation.ChangesOf(ctx, asPublished(t, db, "2026-07-01", c.from), asPublished(t, db, "2026-07-01", c.to), q)
		if err != nil {
			t.Fatal(err)
		}
		if (len(got.Items) == 0) != c.silent || got.DocumentsSeen != c.seen || got.UndatedDocuments == 0 {
			t.Errorf("%s to %s: %d changes, %d documents seen, %d undated", c.from, c.to, len(got.Items), got.DocumentsSeen, got.UndatedDocuments)
		}
	}
}
