package graph_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// reader compares what one view answers with what the model says.
type reader struct {
	*lab
	dice // the same questions with the shortcut and without
	pin
	how    string
	claims map[claimName]*verdict
	head   func(string) string // what stands for an entity
	names  map[graph.EntityID]string
}

// compare checks all reads of a view, with the shortcut and without.
func (l *lab) compare(p *pin) {
	r := reader{lab: l, pin: *p, names: map[graph.EntityID]string{}}
	r.claims, r.head = l.model.resolve(&p.spot)
	for name, id := range l.model.ids {
		r.names[id] = name
	}
	seed := uint64(l.Intn(1 << 16))
	r.dice = seeded(seed)
	r.all()
	r.View, r.how, r.dice = graph.Asking(p.View), " (every row asking)", seeded(seed)
	r.all()
}

// seeded are the dice of a number.
func seeded(seed uint64) dice { return generator{rand.New(rand.NewPCG(seed, 1))} }

type generator struct{ *rand.Rand }

func (g generator) Intn(n int) int { return g.IntN(n) }

func (r *reader) all() {
	for _, name := range slices.Sorted(maps.Keys(r.model.ids)) {
		if once(r, 3) {
			r.entity(name)
			r.about(name)
			r.neighbors(name)
		}
	}
	other := pick(r, "e1", "e2", "e3", "m1")
	r.pairs(pick(r, "e1", "e2", "e3", "m1"), other)
	r.edges()
	r.lookup()
	for _, kind := range slices.Sorted(maps.Keys(shapes)) {
		r.relations(kind)
	}
	r.stats()
}

// same counts a read, and fails where it differs from the model.
func (r *reader) same(what string, got, expect any) {
	r.reads.Add(1)
	if g, e := fmt.Sprint(got), fmt.Sprint(expect); g != e {
		r.Fatalf("%s%s\n%s\n got %s\nwant %s\nhistory:\n%s", what, r.how, r.name, g, e, strings.Join(r.log, "\n"))
	}
}

func collect[T any](r *reader, seq iter.Seq2[T, error]) (list []T) {
	for x, err := range seq {
		r.must(err)
		list = append(list, x)
	}
	return list
}

// visible is rule 10.
func (r *reader) visible(name string) bool {
	for c, v := range r.claims {
		if v.truth != graph.Denied && (r.head(c.subject) == name || r.head(c.value) == name) {
			return true
		}
	}
	return false
}

func (r *reader) entity(name string) {
	e, err := r.Entity(ctx, graph.ByID(r.model.id(name)))
	if err != nil && !errors.Is(err, graph.ErrNotFound) {
		r.must(err)
	}
	expect := "false   []"
	if head := r.head(name); r.visible(head) {
		members := r.members(head)
		expect = fmt.Sprint("true ", head, " ", r.model.kindOfAll(members), " ", r.keys(members))
	}
	told := func(e *graph.Entity, err error) string {
		return fmt.Sprint(err == nil, " ", r.names[e.ID], " ", e.Kind, " ", e.Keys)
	}
	r.same("Entity "+name, told(&e, err), expect)
	if e, err = r.Entity(ctx, graph.ByKey("x:"+name)); !r.known(name) {
		expect = "false   []"
	}
	r.same("Entity by the key of "+name, told(&e, err), expect)
	r.called(name)
}

// members lists those that an entity stands for, itself first.
func (r *reader) members(head string) (list []string) {
	for name := range r.model.order {
		if r.head(name) == head {
			list = append(list, name)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return r.model.order[a] - r.model.order[b] })
	return list
}

// known tells whether the view knows an entity's key. How far a key is told,
// the model does not know: the tests of noninterference hold that.
func (r *reader) known(name string) bool {
	return r.model.tells(name, r.ts, r.clearance)
}

func (r *reader) keys(members []string) (list []graph.Key) {
	for _, name := range members {
		if r.known(name) {
			list = append(list, graph.Key{Scheme: "x", ID: name})
		}
	}
	return list
}

// called compares the names of an entity: names before aliases.
func (r *reader) called(name string) {
	names, err := r.Names(ctx, r.model.id(name))
	r.must(err)
	var got, expect []string
	for _, n := range names {
		got = append(got, fmt.Sprint(n.Alias, n.Text))
	}
	for c, v := range r.claims {
		if alias := c.property == "alias"; (alias || c.property == "name") && c.subject == r.head(name) && v.truth != graph.Denied {
			expect = append(expect, fmt.Sprint(alias, strings.TrimPrefix(c.value, "=")))
		}
	}
	slices.Sort(expect)
	r.same("Names of "+name, got, expect)
}

// claimLine writes a claim as the graph gives it.
func (r *reader) claimLine(c *graph.Claim) string {
	value := "=" + c.Value.String()
	if c.Value.Type() == graph.Reference {
		value = r.names[c.Value.Entity()]
	}
	return fmt.Sprint(claimName{r.names[c.Subject], c.Property, value, c.Start.String()}, c.Class, c.Truth, c.From, c.End.Until, c.End.Kind, c.End.Date, c.Conflict, c.Rank)
}

func (v *verdict) line() string {
	return fmt.Sprint(v.name(), v.class, v.truth, v.from, v.until, v.end, day(v.date), v.conflict, v.rank)
}

// about compares the claims about an entity, and each of them by its id.
func (r *reader) about(name string) {
	q := graph.ClaimQuery{Subject: graph.ByID(r.model.id(name)), Denied: once(r, 3), Ranked: once(r, 4), MinRank: graph.Normal}
	var got, expect []string
	found := collect(r, r.Claims(ctx, q))
	for i := range found {
		got = append(got, r.claimLine(&found[i]))
	}
	for _, v := range r.claims {
		if v.subject != r.head(name) || (v.truth == graph.Denied && !q.Denied) || !v.holds(r.on) || (q.Ranked && !v.rank.AtLeast(graph.Normal)) {
			continue
		}
		expect = append(expect, v.line())
	}
	slices.Sort(got)
	slices.Sort(expect)
	r.same("Claims of "+name, strings.Join(got, "\n"), strings.Join(expect, "\n"))
	for i := range found {
		if once(r, 4) {
			r.claim(&found[i])
		}
	}
}

// claim compares a claim by its id, its evidence and its history.
func (r *reader) claim(c *graph.Claim) {
	line := r.claimLine(c)
	one, err := r.Claim(ctx, c.ID)
	r.must(err)
	r.same("Claim", r.claimLine(&one), line)
	var v *verdict
	for _, x := range r.claims {
		if x.line() == line {
			v = x
		}
	}
	evidence, err := r.Evidence(ctx, []graph.Claim{*c})
	r.must(err)
	r.same("Evidence of "+line, r.evidenceLines(evidence), r.testimonies(v.evidence))
	var records []testimony
	for _, rec := range r.model.records {
		for i := range rec.links {
			if rec.links[i].name().as(r.head) == v.name() && r.knows(rec) {
				records = append(records, testimony{&rec.links[i], rec})
			}
		}
	}
	slices.SortStableFunc(records, r.model.byRecord)
	history, err := r.History(ctx, c.ID)
	r.must(err)
	r.same("History of "+line, r.evidenceLines(history), r.lines(records))
}

func (r *reader) evidenceLines(list []graph.Evidence) string {
	var lines []string
	for _, e := range list {
		lines = append(lines, fmt.Sprint(e.Assertion.ID, e.Key, e.Deny, e.Start, e.End.Kind, e.End.Date, e.Voice, len(e.Chain), e.Judgement, e.Recorded))
	}
	return strings.Join(lines, "\n")
}

// testimonies are those of a claim, the newest said first, of each record
// what it says of the claim that was recorded first.
func (r *reader) testimonies(list []testimony) string {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b testimony) int {
		return cmp.Or(cmp.Compare(b.record.when, a.record.when), bytes.Compare(a.record.id[:], b.record.id[:]), r.model.byRecord(a, b))
	})
	return r.lines(slices.CompactFunc(list, func(a, b testimony) bool { return a.record == b.record }))
}

// byRecord is the order of recording.
func (m *model) byRecord(a, b testimony) int {
	return cmp.Or(cmp.Compare(a.record.n, b.record.n), cmp.Compare(m.claims[a.name()], m.claims[b.name()]))
}

func (r *reader) lines(list []testimony) string {
	var lines []string
	for _, t := range list {
		rec := t.record
		recorded := graph.TxInterval{From: rec.tf, To: rec.tt}
		if rec.tt > r.ts {
			recorded.To = 0
		}
		start := ""
		if t.start != "" && t.start != ".." {
			start = t.start + t.marks
		}
		lines = append(lines, fmt.Sprint(rec.id, rec.key, t.deny, day(start), t.end, day(t.date), rec.voice, min(len(rec.chain), 1), rec.judge, recorded))
	}
	return strings.Join(lines, "\n")
}

func (r *reader) edgeLine(e *graph.Edge) string {
	return fmt.Sprint(e.Property, " ", e.Out, " ", r.names[e.Entity], ">", r.names[e.Other], " ", e.From, e.End.Until, e.End.Kind, e.Truth, e.Rank, e.Class)
}

// seen lists the edges that fit, as an entity sees them.
func (r *reader) seen(name, other string, q *graph.EdgeQuery) (list []string) {
	for _, v := range r.claims {
		if v.truth == graph.Denied || !v.name().points() || !r.fits(v, q) {
			continue
		}
		line := func(out bool, from, to string) {
			from, to = r.head(from), r.head(to)
			if from == name && (other == "" || to == other) && q.Direction != map[bool]graph.Direction{true: graph.In, false: graph.Out}[out] {
				list = append(list, fmt.Sprint(v.property, " ", out, " ", from, ">", to, " ", v.from, v.until, v.end, v.truth, v.rank, v.class))
			}
		}
		line(true, v.subject, v.value)
		line(false, v.value, v.subject)
	}
	slices.Sort(list)
	return list
}

func (r *reader) fits(v *verdict, q *graph.EdgeQuery) bool {
	switch {
	case len(q.Properties) > 0 && !slices.Contains(q.Properties, v.property), q.Ranked && !v.rank.AtLeast(q.MinRank):
		return false
	case !q.Starts.IsZero():
		return q.Starts.Contains(v.from)
	}
	return v.holds(r.on)
}

// query makes up what is asked of the neighbours.
func (r *reader) query(name string) graph.EdgeQuery {
	q := graph.EdgeQuery{Entity: graph.ByID(r.model.id(name)), Direction: pick(r, graph.Both, graph.Both, graph.Out, graph.In), Ranked: once(r, 4), MinRank: graph.Normal}
	if once(r, 3) {
		q.Starts = must(graph.ParseOn(pick(r, "2025-10-01", "2025-10-02/2025-10-05", "2025")))
	}
	if once(r, 3) {
		q.Properties = []string{pick(r, "participant", "meets", "holder", "never")}
	}
	return q
}

func (r *reader) neighbors(name string) {
	q := r.query(name)
	r.list(fmt.Sprintf("Neighbors of %s, %+v", name, q), q, r.seen(r.head(name), "", &q))
}

// pairs compares the timeline of a pair.
func (r *reader) pairs(name, other string) {
	q := r.query(name)
	q.Other = graph.ByID(r.model.id(other))
	r.list(fmt.Sprintf("Neighbors of %s and %s, %+v", name, other, q), q, r.seen(r.head(name), r.head(other), &q))
}

// list compares a list of edges, read at once or in pages of two.
func (r *reader) list(what string, q graph.EdgeQuery, expect []string) {
	if once(r, 3) {
		q.First = 2
	}
	var got []string
	last := graph.MaxTime
	for {
		page := collect(r, r.Neighbors(ctx, q))
		for i := range page {
			if page[i].From > last {
				r.Fatalf("%s: not the newest first", what)
			}
			last = page[i].From
			got = append(got, r.edgeLine(&page[i]))
		}
		if q.First == 0 || len(page) < q.First {
			break
		}
		q.After = page[1].Cursor()
	}
	slices.Sort(got)
	r.same(what, strings.Join(got, "\n"), strings.Join(expect, "\n"))
}

// edges compares all edges of a property that start in a window.
func (r *reader) edges() {
	property := pick(r, "participant", "meets", "near")
	q := graph.EdgeQuery{Starts: must(graph.ParseOn(pick(r, "2025-10-01", "2025-10-01/2025-10-04", "2025"))), Properties: []string{property}, Direction: graph.Out}
	found := collect(r, r.Edges(ctx, property, q.Starts))
	var got, expect []string
	for i := range found {
		got = append(got, r.edgeLine(&found[i]))
	}
	for name := range r.model.ids {
		expect = append(expect, r.seen(name, "", &q)...)
	}
	slices.Sort(got)
	slices.Sort(expect)
	r.same("Edges "+property, strings.Join(got, "\n"), strings.Join(expect, "\n"))
}

// lookup compares who has a name: names before aliases.
func (r *reader) lookup() {
	for _, word := range []string{"Foo", "Bar", "Baz"} {
		q := graph.NameQuery{Name: strings.ToLower(word)}
		if once(r, 3) {
			q.Kinds = []string{"Person", "State"}
		}
		matches, err := r.Lookup(ctx, q)
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			r.must(err)
		}
		var got, expect []string
		for _, m := range matches {
			got = append(got, r.names[m.ID])
		}
		for _, property := range []string{"alias", "name"} {
			var list []string
			for c, v := range r.claims {
				kind := r.model.kindOfAll(r.members(c.subject))
				actor := kind == "State" || kind == "Person"
				if c.property == property && c.value == "="+word && v.truth != graph.Denied && (actor || len(q.Kinds) == 0) {
					list = append(list, c.subject)
				}
			}
			if len(list) > 0 {
				expect = list
			}
		}
		slices.Sort(got)
		slices.Sort(expect)
		r.same("Lookup "+word, got, expect)
	}
}

// relations compares a kind's relations, in order, with the naive projection.
func (r *reader) relations(kind string) {
	list, err := r.Relations(ctx, graph.RelationQuery{Kind: kind})
	r.must(err)
	var got, expect []string
	for _, s := range list {
		lines := []string{}
		for i := range s.Claims {
			lines = append(lines, r.claimLine(&s.Claims[i]))
		}
		slices.Sort(lines)
		got = append(got, r.names[s.ID]+":\n"+strings.Join(lines, "\n"))
	}
	for _, s := range project(kind, r.claims, r.model.kindOf, r.on, r.model, r.head) {
		lines := []string{}
		for _, c := range s.claims {
			lines = append(lines, c.line())
		}
		slices.Sort(lines)
		expect = append(expect, s.name+":\n"+strings.Join(lines, "\n"))
	}
	r.same("Relations "+kind, strings.Join(got, "\n"), strings.Join(expect, "\n"))
}

func (r *reader) stats() {
	got, err := r.Stats(ctx)
	r.must(err)
	var s graph.Stats
	about := map[string]bool{}
	for c, v := range r.claims {
		if v.truth == graph.Denied || !v.holds(r.on) {
			continue
		}
		s.Claims++
		about[r.head(c.subject)] = true
		if c.points() {
			about[r.head(c.value)] = true
		}
	}
	for name := range about {
		kind := r.model.kindOf(name)
		if _, relation := shapes[kind]; relation || kind == graph.KindSameAs {
			s.Relations++
		} else {
			s.Entities++
		}
	}
	assertions, docs := map[graph.AssertionID]bool{}, map[string]bool{}
	for _, rec := range r.model.records {
		if r.live(rec) {
			assertions[rec.id], docs[rec.doc] = true, true
		}
	}
	s.Assertions, s.Documents = len(assertions), len(docs)
	s.Transactions = r.transactions()
	r.same("Stats", got, s)
}

// transactions counts those of which the reader may know something; with every
// clearance, all.
func (r *reader) transactions() (n int) {
	if r.clearance == graph.Red {
		for _, ts := range r.model.txs {
			if ts <= r.ts {
				n++
			}
		}
		return n
	}
	known := map[graph.TS]bool{}
	for _, rec := range r.model.records {
		if !r.knows(rec) {
			continue
		}
		known[rec.tf] = true
		if rec.tt != 0 && rec.tt <= r.ts {
			known[rec.tt] = true
		}
	}
	return len(known)
}
