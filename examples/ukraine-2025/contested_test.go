package ukraine2025_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// judged stands for the property of a pair that no property shows.
const judged = "judged"

// contested lists the pairs of facts that the curator found to contradict each
// other, with what shows it: a property of one thing that they give two values,
// or a judgement of the curator, which keeps to the curator's kind; then the root
// origins of the two sides. Where values follow each other, so that they never
// began together, a day shows them.
var contested = []struct{ id, one, other, conflict, by, on, roots string }{
	{"c01", "P006", "P007", "NEGATION", judged, "", "rounds | rubio"},
	{"c02", "S007", "S008", "NEGATION", judged, "", "rounds | statedept"},
	{"c03", "O002", "O003", "VALUE", "deadline", "", "trump | trump"},
	{"c04", "O002", "O006", "TEMPORAL", "deadline", "2025-11-25", "trump | trump"},
	{"c05", "S012", "S013", "VALUE", "points", "2025-11-27", "ft | trump"},
	{"c06", "S014", "S015", "VALUE", judged, "", "ushakov | zelensky"},
	{"c07", "M001", "M002", "VALUE", judged, "", "zelensky | Latest.com"},
	{"c08", "O011", "O012", "VALUE", "text", "", "an-cbs-1125 | umerov"},
	{"c09", "P024", "P025", "NEGATION", judged, "", "rubio | pigott"},
	{"c10", "P026", "P027", "VALUE", judged, "", "putin | putin"},
	{"c11", "S022", "S023", "NEGATION", judged, "", "dmitriev | ushakov"},
	{"c12", "S023", "S024", "QUOTE_VARIANT", judged, "", "ushakov | ushakov"},
	{"c13", "M016", "M017", "VALUE", "place", "", "rubio, statedept | cnnbc.com"},
	{"c14", "P053", "P055", "NEGATION", judged, "", "an-afp-1215 | zelensky"},
	{"c15", "P052", "P055", "NEGATION", judged, "", "zelensky | zelensky"},
	{"c16", "P054", "P055", "NEGATION", judged, "", "an-reu-1215 | zelensky"},
	{"c17", "P053", "P056", "QUOTE_VARIANT", judged, "", "an-afp-1215 | an-afp-1215"},
	{"c18", "S032", "S034", "VALUE", judged, "", "an-us-berlin | an-reu2-1215"},
	{"c19", "P067", "P068", "VALUE", judged, "", "europeans | europeans"},
	{"c20", "P066", "P067", "QUOTE_VARIANT", judged, "", "europeans | europeans"},
	{"c21", "R035", "R036", "VALUE", "amount", "", "euromaidanpress | Ya Libnan"},
	{"c22", "S037", "S038", "NEGATION", judged, "", "trump | peskov"},
	{"c23", "P079", "P080", "VALUE", judged, "", "peskov | peskov"},
	{"c24", "O026", "O027", "TEMPORAL", judged, "", "allthe.news | costa"},
	{"c25", "P089", "P090", "FORUM", judged, "", "zelensky | ushakov"},
	{"c26", "P103", "P104", "VALUE", judged, "", "trump | trump"},
	{"c27", "P099", "P100", "VALUE", judged, "", "trump | zelensky"},
	{"c28", "S050", "S051", "NEGATION", judged, "", "lavrov | zelensky"},
	{"c31", "S055", "S056", "TEMPORAL", judged, "", "presoffice | lytvyn"},
	{"c34", "M049", "M050", "VALUE", "minutes", "", "ushakov | kremlin"},
	{"c41", "R015", "R016", "VALUE", judged, "", "zelensky | India TV"},
	{"c42", "R031", "R032", "VALUE", judged, "", "ap | afp"},
	{"c43", "R032", "R033", "VALUE", judged, "", "afp | Vivid Voice News"},
	{"c44", "F36", "F38", "FORUM", judged, "", "an-us-berlin | an-us-an"},
	{"c47", "V010", "V011", "QUOTE_VARIANT", judged, "", "axios | wsj"},
	{"c48", "V038", "V050", "VALUE", judged, "", "reuters | Open.kg"},
	{"c49", "V006", "V007", "VALUE", judged, "", "axios | goncharenko"},
	{"c51", "P093", "P058", "TEMPORAL", judged, "", "zelensky | bild"},
	{"c52", "V064", "V075", "QUOTE_VARIANT", judged, "", "zelensky | Atlas Press"},
	{"c53", "O033", "P152", "VALUE", judged, "", "ushakov | zelensky"},
	{"c54", "S032", "S046", "VALUE", judged, "", "an-us-berlin | politico"},
	{"c55", "P093", "P153", "VALUE", judged, "", "zelensky | zelensky"},
}

// Computed conflicts that the curator's table does not have, with their sides.
var moreContested = map[string]string{
	"VALUE text of o-paris: O035 | O036":                   "the pledge of two countries, and what Starmer said of the British part",
	"VALUE text of o-28-plan: O002 | O003 | O004":          "three wordings of what Kyiv is to do by the dates of c03",
	"VALUE duration of m-berlin-1215: F09 | M028":          "the eight hours lay within the two days of the article",
	"VALUE format of m-geneva-1123: M006 M008 | M007":      "with the Europeans who were in Geneva, or without them",
	"VALUE outcome of m-geneva-1123: M006 | M007 | M008":   "three accounts stress different results",
	"VALUE text of o-pow-157: O042 | O043":                 "the second account of the exchange adds three civilians",
	"VALUE duration of m-florida-1130: M016 | M071":        "what was expected, and what it took",
	"VALUE outcome of m-florida-1130: M016 | M018":         "productive, as the two sides said; not smooth, as a source did",
	"VALUE outcome of m-moscow-1202: M019 | M020 | M021":   "three accounts stress different results",
	"VALUE text of o-us-guarantee: F14 | O019 O021 | O020": "three wordings of one offer",
	"TEMPORAL format of m-abudhabi-0123: M051 M052 | M053": "two pages date the talks to their first day, one to both days",
	"TEMPORAL mode of m-abudhabi-0123: M051 M052 | M053":   "likewise",
	"TEMPORAL place of m-abudhabi-0123: M051 M052 | M053":  "likewise",
	"VALUE outcome of m-abudhabi-0123: M052 | M053":        "two accounts stress different results",
	"VALUE place of m-miami-1204: M022 | M023":             "a city, and the state that it is in",
	"VALUE duration of m-moscow-0122: M049 | M050":         "c34 in words",
	"VALUE text of 12 leaders: R035 | R036":                "c21 in words",
}

// Each contested pair is shown by the conflicts of the negotiation: two sides,
// each with its facts and its root origins, computed or judged as the table says.
func TestContested(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	shown := map[string][]negotiation.Conflict{"": conflicts(t, db, "")}
	judgements := 0
	for _, c := range contested {
		if shown[c.on] == nil {
			shown[c.on] = conflicts(t, db, c.on)
		}
		got := "not shown"
		for _, found := range shown[c.on] {
			one, other := sideOf(&found, c.one), sideOf(&found, c.other)
			if how := showing(&found); one >= 0 && other >= 0 && one != other && how == c.by {
				got = fmt.Sprintf("%s %s: %s | %s", how, found.Kind, roots(t, db, found.Sides[one]), roots(t, db, found.Sides[other]))
			}
		}
		kind := c.conflict
		if c.by != judged {
			kind = string(negotiation.Value)
		} else {
			judgements++
		}
		expect(t, c.id, got, fmt.Sprintf("%s %s: %s", c.by, kind, c.roots))
	}
	var more []string
	for _, found := range shown[""] {
		if !found.Computed() {
			judgements--
			continue
		}
		if line := sidesOf(t, db, &found); !inTable(&found) {
			more = append(more, line)
			if moreContested[line] == "" {
				t.Errorf("computed, and neither in the table nor explained: %s", line)
			}
		}
	}
	if len(more) != len(moreContested) || judgements != 0 {
		t.Errorf("%d more computed conflicts, %d explained; %d judgements are in the table and not shown", len(more), len(moreContested), judgements)
	}
}

// The curator's table, where it is at hand, has these pairs and no others.
func TestContestedTable(t *testing.T) {
	file := filepath.Join(cmp.Or(os.Getenv("PARLEY_TESTDATA"), "../../../shared/data"), "ukraine-2025", "contested.tsv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("no table of contested pairs to compare with (set PARLEY_TESTDATA): %v", err)
	}
	inSeed := map[string]string{"P074": "F36", "P075": "F38"}
	theirs := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		theirs[cells[0]] = strings.Join([]string{cmp.Or(inSeed[cells[1]], cells[1]), cmp.Or(inSeed[cells[2]], cells[2]), cells[3]}, " ")
	}
	for _, c := range contested {
		expect(t, c.id, strings.Join([]string{c.one, c.other, c.conflict}, " "), theirs[c.id])
	}
	if len(theirs) != len(contested) || len(theirs) == 0 {
		t.Errorf("%d pairs in the table, %d here", len(theirs), len(contested))
	}
}

// conflicts are those of the negotiation, outliers among them.
func conflicts(t *testing.T, db *graph.DB, on string) []negotiation.Conflict {
	t.Helper()
	list, err := negotiation.Conflicts(ctx, db.At(graph.Point{On: dayOf(t, on)}), &negotiation.ConflictQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025")})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// inTable tells whether a pair of the table is what a computed conflict shows.
func inTable(found *negotiation.Conflict) bool {
	for _, c := range contested {
		if c.by == found.Property && sideOf(found, c.one) >= 0 && sideOf(found, c.other) >= 0 {
			return true
		}
	}
	return false
}

// showing is what shows a conflict: a property, or a judgement.
func showing(c *negotiation.Conflict) string {
	if c.Computed() {
		return c.Property
	}
	return judged
}

// sideOf is the side that rests on a fact; -1 where none does.
func sideOf(c *negotiation.Conflict, fact string) int {
	return slices.IndexFunc(c.Sides, func(s negotiation.Side) bool { return slices.Contains(keysOf(s.Evidence), fact) })
}

// sidesOf writes what a conflict is about, and the facts of each side.
func sidesOf(t *testing.T, db *graph.DB, c *negotiation.Conflict) string {
	t.Helper()
	var sides []string
	for _, s := range c.Sides {
		sides = append(sides, strings.Join(keysOf(s.Evidence), " "))
	}
	slices.Sort(sides)
	return fmt.Sprintf("%s %s of %s: %s", c.Kind, c.Property, keyOf(t, db, c.Subject), strings.Join(sides, " | "))
}

// roots are the root origins of a side: speakers by their keys, else publishers.
func roots(t *testing.T, db *graph.DB, s negotiation.Side) string {
	t.Helper()
	var words []string
	for _, r := range s.Roots {
		switch {
		case !r.Entity.IsZero():
			words = append(words, keyOf(t, db, r.Entity))
		default:
			words = append(words, cmp.Or(r.Publisher, "a document without a publisher"))
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
