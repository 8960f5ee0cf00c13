package ukraine2025_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
	"github.com/parleydb/parley/loaders"
)

// pile is the lines of the example: what declares documents and entities, what
// the curator adds, and what each other document says, with the keys that it
// gives to relations.
type pile struct {
	head, curation []string
	says, keys     map[string][]string
	published      map[string]string
}

var relationKey = regexp.MustCompile(`"key":"(ua25:[^"]+)"`)

func pileOf(t *testing.T) *pile {
	t.Helper()
	p := &pile{says: map[string][]string{}, keys: map[string][]string{}, published: map[string]string{}}
	for _, file := range []string{seedFile, mainFile} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			var l struct{ Dataset, Assert, Document, Published string }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			switch {
			case l.Dataset != "":
			case l.Assert == "":
				p.head = append(p.head, line)
				p.published[l.Document] = l.Published
			case strings.HasPrefix(l.Document, "curation:"):
				p.curation = append(p.curation, line)
			default:
				p.says[l.Document] = append(p.says[l.Document], line)
				if m := relationKey.FindStringSubmatch(line); m != nil {
					p.keys[m[1]] = append(p.keys[m[1]], l.Document)
				}
			}
		}
	}
	return p
}

// documents are those that say something, in order.
func (p *pile) documents() (list []string) {
	for d := range p.says {
		list = append(list, d)
	}
	slices.Sort(list)
	return list
}

// about are the lines of the curator of which some of the documents tell all
// relations that they name.
func (p *pile) about(documents []string) (lines []string) {
	for _, line := range p.curation {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(p.keys)), func(key string) bool {
			return strings.Contains(line, `"`+key+`"`) && !slices.ContainsFunc(p.keys[key], func(d string) bool { return slices.Contains(documents, d) })
		}) {
			lines = append(lines, line)
		}
	}
	return lines
}

// file writes what some of the documents say as a dataset, after lines of the curator.
func (p *pile) file(t *testing.T, curation []string, documents ...string) string {
	t.Helper()
	lines := append([]string{`{"dataset":"part","scheme":"ua25","ontology":"negotiation","version":"1"}`}, p.head...)
	lines = append(lines, curation...)
	for _, d := range documents {
		lines = append(lines, p.says[d]...)
	}
	file := filepath.Join(t.TempDir(), "part.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// days are those of the example, so many apart.
func days(apart int) (list []string) {
	last := time.Date(2026, 4, 12, 0, 0, 0, 0, time.UTC)
	for day := time.Date(2025, 10, 14, 0, 0, 0, 0, time.UTC); !day.After(last); day = day.AddDate(0, 0, apart) {
		list = append(list, day.Format(time.DateOnly))
	}
	return list
}

// whole is a portrait of a day, and of the changes from the twentieth of November to it.
func whole(t *testing.T, db *graph.DB, day string) *portrait {
	t.Helper()
	return portraitOf(t, db, db.At(graph.Point{On: dayOf(t, "2025-11-20")}), db.At(graph.Point{On: dayOf(t, day)}))
}

// Nothing that was published after a day shows on it, in any answer: they are
// those of a store that holds nothing else, and so are all their sources.
func TestPropertyPublishedLater(t *testing.T) {
	p := pileOf(t)
	db := loadOn(t, "2026-06-01 "+p.file(t, p.curation, p.documents()...))
	for _, day := range days(25)[1:] {
		early := slices.DeleteFunc(p.documents(), func(d string) bool { return p.published[d] == "" || p.published[d] > day })
		other := loadOn(t, "2026-06-01 "+p.file(t, p.about(early), early...))
		got := portraitOf(t, db, asPublished(t, db, "2025-10-14", "2025-10-14"), asPublished(t, db, day, day))
		if d := difference(got, portraitOf(t, other, asPublished(t, other, "2025-10-14", "2025-10-14"), asPublished(t, other, day, day))); d != "" {
			t.Errorf("%s: with what came out later, and without it: %s", day, d)
		}
		for _, e := range got.heard {
			docs, err := db.At(graph.Point{}).Documents(ctx, []graph.EntityID{e.Document})
			if err != nil || (!docs[0].Curation && docs[0].Published.String() > day) {
				t.Errorf("%s: %s was published on %s (%v)", day, e.Key, docs[0].Published, err)
			}
		}
		if len(got.heard) == 0 && day > "2025-11-25" {
			t.Errorf("%s: nothing is known", day)
		}
	}
}

// What is recorded later changes nothing that was known before, as recorded.
func TestPropertyRecordedLater(t *testing.T) {
	db := loadOn(t, "2025-12-16 "+seedFile)
	known := db.At(graph.Point{}).TS()
	show := func() *portrait {
		at := func(on string) graph.View { return db.At(graph.Point{On: dayOf(t, on), KnownOn: known}) }
		return portraitOf(t, db, at("2025-12-13"), at("2025-12-16"))
	}
	before := show()
	run(t, db, mainFile)
	if d := difference(before, show()); d != "" || len(before.heard) == 0 {
		t.Errorf("before and after: %s", d)
	}
	if d := difference(before, whole(t, db, "2025-12-16")); d == "" {
		t.Error("what was loaded does not show at all")
	}
}

// Where all that a document says is retracted and then asserted again, every
// answer is what it was.
func TestPropertyRetractedAndAgain(t *testing.T) {
	p := pileOf(t)
	db, _ := load(t, mainFile, seedFile)
	before := whole(t, db, "2026-03-31")
	changed := 0
	for i, d := range p.documents() {
		if i%24 != 0 {
			continue
		}
		e, err := db.At(graph.Point{}).Find(ctx, graph.ByKey(d))
		if err != nil {
			t.Fatal(err)
		}
		var said []graph.AssertionID
		for a, err := range db.At(graph.Point{}).Assertions(ctx, e.ID) {
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, a.ID)
		}
		act(t, db, func(tx *graph.Tx) error {
			for _, id := range said {
				if err := tx.Retract(id); err != nil {
					return err
				}
			}
			return nil
		})
		if difference(before, whole(t, db, "2026-03-31")) != "" {
			changed++
		}
		if _, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{p.file(t, nil, d)}, &loaders.Options{Again: true}); err != nil {
			t.Fatal(err)
		}
		if diff := difference(before, whole(t, db, "2026-03-31")); diff != "" {
			t.Errorf("%s, before and again: %s", d, diff)
		}
	}
	if changed < 5 {
		t.Errorf("only %d documents made a difference", changed)
	}
}

// In whatever order documents are loaded, by themselves or with others, every
// answer is the same.
func TestPropertyOrderOfDocuments(t *testing.T) {
	p := pileOf(t)
	db, _ := load(t, mainFile, seedFile)
	want := map[string]*portrait{}
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 0))
		list := p.documents()
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		var files []string
		for len(list) > 0 {
			n := min(len(list), 1+r.IntN(40))
			files = append(files, p.file(t, nil, list[:n]...))
			list = list[n:]
		}
		other, _ := load(t, append(files, p.file(t, p.curation))...)
		for _, day := range []string{"2025-12-16", "2026-03-31"} {
			if want[day] == nil {
				want[day] = whole(t, db, day)
			}
			if d := difference(want[day], whole(t, other, day)); d != "" {
				t.Errorf("%s, in %d loads: %s", day, len(files)+1, d)
			}
		}
	}
}

// On every day each cell leads to its sources: assertions that are found, with
// their documents, speakers and root origins.
func TestPropertySourcesReachable(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	v, checked := db.At(graph.Point{}), map[graph.AssertionID]bool{}
	for _, day := range days(1) {
		m := matrix(t, db, day)
		for i := range m.Cells {
			c := &m.Cells[i]
			where := fmt.Sprintf("%s: %s × %s", day, keyOf(t, db, c.Issue), keyOf(t, db, c.Party))
			if len(c.Positions) > 0 && len(c.Roots) == 0 {
				t.Errorf("%s has no root origin", where)
			}
			for _, p := range slices.Concat(c.Positions, c.Predictions) {
				if len(p.Evidence) == 0 {
					t.Errorf("%s: a position rests on nothing", where)
				}
				for _, e := range p.Evidence {
					if !checked[e.ID] {
						reach(t, v, where, e)
					}
					checked[e.ID] = true
				}
			}
		}
	}
	if len(checked) < 100 {
		t.Errorf("%d sources of cells", len(checked))
	}
}

func reach(t *testing.T, v graph.View, where string, e graph.Evidence) {
	t.Helper()
	a, err := v.Assertion(ctx, e.ID)
	if err != nil || a.Key != e.Key || a.Summary == "" {
		t.Errorf("%s: the assertion %s: %q (%v)", where, e.Key, a.Summary, err)
	}
	docs, err := v.Documents(ctx, []graph.EntityID{e.Document})
	if err != nil || docs[0].Key.IsZero() || docs[0].Title == "" {
		t.Errorf("%s: the document of %s: %v (%v)", where, e.Key, docs, err)
	}
	names, err := v.Labels(ctx, e.Chain)
	if err != nil || slices.Contains(names, "") || e.Root == (graph.Root{}) {
		t.Errorf("%s: who says %s: %v, root %v (%v)", where, e.Key, names, e.Root, err)
	}
}

// voice is in which key a position stands: the holder's and issue's, in a voice,
// and, where that is not the holder's own mouth, of one root speaker.
type voice struct {
	issue, party graph.EntityID
	voice        graph.Voice
	root         graph.Root
}

func voices(p *negotiation.Position) (list []voice) {
	for _, e := range p.Evidence {
		k := voice{p.Issue, p.Holder, e.Voice, e.Root}
		if e.Voice == graph.Self {
			k.root = graph.Root{}
		}
		if !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list
}

// On every day the positions in a cell are the latest of each voice and speaker,
// whatever others have said since: no voice takes over from another.
func TestPropertyVoices(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	q := &negotiation.MatrixQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	all, err := negotiation.Positions(ctx, db.At(graph.Point{}), q)
	if err != nil {
		t.Fatal(err)
	}
	several := 0
	for _, day := range days(1) {
		want, heard := latest(all, dayOf(t, day)), map[[2]graph.EntityID]int{}
		for k := range want {
			heard[[2]graph.EntityID{k.issue, k.party}]++
		}
		got := map[voice][]graph.EntityID{}
		m := matrix(t, db, day)
		for i := range m.Cells {
			for _, p := range slices.Concat(m.Cells[i].Positions, m.Cells[i].Predictions) {
				stands := false
				for _, k := range voices(&p) {
					if slices.Contains(want[k], p.ID) {
						got[k], stands = append(got[k], p.ID), true
					}
				}
				if !stands {
					t.Errorf("%s: %v stands, although the same voice has said otherwise since", day, keysOf(p.Evidence))
				}
			}
		}
		for k, ids := range want {
			if heard[[2]graph.EntityID{k.issue, k.party}] > 1 {
				several++
			}
			if len(got[k]) != len(ids) {
				t.Errorf("%s: %s × %s in voice %s of %v: %d of %d positions", day, keyOf(t, db, k.issue), keyOf(t, db, k.party), k.voice, k.root, len(got[k]), len(ids))
			}
		}
	}
	if len(all) < 100 || several < 1000 {
		t.Errorf("%d positions; %d times several voices on one cell", len(all), several)
	}
}

// latest are the positions with the latest start in each key that began by a
// day and that no source has ended by then.
func latest(all []negotiation.Position, on graph.Interval) map[voice][]graph.EntityID {
	by, start := map[voice][]graph.EntityID{}, map[voice]graph.Time{}
	for i := range all {
		p := &all[i]
		if p.Start >= on.To {
			continue
		}
		for _, k := range voices(p) {
			if p.Start > start[k] || by[k] == nil {
				by[k], start[k] = nil, p.Start
			}
			if p.Start == start[k] {
				by[k] = append(by[k], p.ID)
			}
		}
	}
	return by
}
