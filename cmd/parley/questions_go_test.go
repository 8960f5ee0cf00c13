package main

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// byGo answers a question by the Go API.
func (a *asking) byGo(q *asked) []string {
	a.Helper()
	lines := q.call()(a)
	slices.Sort(lines)
	return slices.Compact(lines)
}

// call is the question's call of the Go API.
func (q *asked) call() func(*asking) []string {
	if call := goQuestionsOfSeed[q.id]; call != nil {
		return call
	}
	return goQuestionsOfAll[q.id]
}

// must gives a value, or ends the test.
func must[T any](a *asking) func(T, error) T {
	return func(v T, err error) T {
		a.Helper()
		if err != nil {
			a.Fatal(err)
		}
		return v
	}
}

// on is the view of a day or an interval; of none, all that there is.
func (a *asking) on(day string) graph.View {
	a.Helper()
	if day == "" {
		return a.db.At(graph.Point{})
	}
	return a.db.At(graph.Point{On: must[graph.Interval](a)(graph.ParseOn(day))})
}

// knownOn is the view of a day as known on a day.
func (a *asking) knownOn(day, known string, basis graph.Basis) graph.View {
	a.Helper()
	p := a.on(day).Point()
	p.KnownOn, p.Basis = must[graph.TS](a)(graph.ParseKnownOn(known)), basis
	return a.db.At(p)
}

// id finds an entity by its key in the example.
func (a *asking) id(key string) graph.EntityID {
	a.Helper()
	return must[graph.Entity](a)(a.db.At(graph.Point{}).Find(a.Context(), graph.ByKey("ua25:"+key))).ID
}

func (a *asking) ids(keys []string) (list []graph.EntityID) {
	for _, key := range keys {
		list = append(list, a.id(key))
	}
	return list
}

func (a *asking) talks() graph.EntityID { return a.id("ukraine-peace-2025") }

func (a *asking) key(id graph.EntityID) string { return a.keys[id.String()] }

func (a *asking) names(ids ...graph.EntityID) string {
	a.Helper()
	return side(must[[]string](a)(a.on("").Labels(a.Context(), ids)))
}

// fillers are the names of who fills a role.
func (a *asking) fillers(s *graph.Standing, roles ...string) string {
	var ids []graph.EntityID
	for _, role := range roles {
		for _, c := range s.All(role) {
			ids = append(ids, c.Value.Entity())
		}
	}
	return a.names(ids...)
}

// side writes values side by side.
func side(values []string) string { return joined(values, false) }

func facts(list []graph.Evidence) string {
	var keys []string
	for i := range list {
		keys = append(keys, list[i].Key)
	}
	return side(keys)
}

func codes(claims []graph.Claim) string {
	var words []string
	for _, c := range claims {
		words = append(words, c.Value.String())
	}
	return side(words)
}

// chain are the names of those through whom an assertion comes, outwards in.
func (a *asking) chain(s *graph.Assertion) string {
	a.Helper()
	return joined(must[[]string](a)(a.on("").Labels(a.Context(), s.Chain)), true)
}

// root is the name of the innermost of them.
func (a *asking) root(s *graph.Assertion) string {
	if len(s.Chain) == 0 {
		return "?"
	}
	return a.names(s.Chain[len(s.Chain)-1])
}

// unnamed tells whether no document names who says so.
func (a *asking) unnamed(s *graph.Assertion) bool {
	a.Helper()
	if len(s.Chain) == 0 {
		return false
	}
	return must[graph.Entity](a)(a.on("").Entity(a.Context(), graph.ByID(s.Chain[len(s.Chain)-1]))).Kind == "AnonymousSource"
}

// dayOf is the day of a moment.
func dayOf(t graph.Time) string {
	if t == graph.MinTime || t == graph.MaxTime {
		return "?"
	}
	return day(t)
}

func (a *asking) matrix(v graph.View, issues []string, parties ...string) negotiation.Matrix {
	a.Helper()
	return must[negotiation.Matrix](a)(negotiation.MatrixOf(a.Context(), v, &negotiation.MatrixQuery{Negotiation: a.talks(),
		Issues: a.ids(issues), Parties: a.ids(parties), MinRank: graph.Normal, Ranked: true}))
}

func (a *asking) contacts(on string, statuses []string, between ...string) negotiation.ContactsAnswer {
	a.Helper()
	return must[negotiation.ContactsAnswer](a)(negotiation.Contacts(a.Context(), a.on(on), &negotiation.ContactQuery{Negotiation: a.talks(),
		Statuses: statuses, Between: a.ids(between), MinRank: graph.Normal, Ranked: true}))
}

func (a *asking) instruments(on string, q negotiation.InstrumentQuery) []negotiation.Instrument {
	a.Helper()
	q.Negotiation, q.MinRank, q.Ranked = a.talks(), graph.Normal, true
	return must[[]negotiation.Instrument](a)(negotiation.Instruments(a.Context(), a.on(on), &q))
}

func (a *asking) conflicts(on string, kinds ...negotiation.ConflictKind) []negotiation.Conflict {
	a.Helper()
	return must[[]negotiation.Conflict](a)(negotiation.Conflicts(a.Context(), a.on(on), &negotiation.ConflictQuery{Negotiation: a.talks(),
		Kinds: kinds, MinRank: graph.Normal, Ranked: true}))
}

// gist is what a position is for, and on which condition.
func (a *asking) gist(p *negotiation.Position) string {
	text := strings.Join(must[[]string](a)(a.on("").Labels(a.Context(), p.Options)), "; ")
	for _, c := range p.All("condition") {
		text += " (condition: " + a.names(c.Value.Entity()) + ")"
	}
	return text
}

func evidenceOf(c *negotiation.Cell) (list []graph.Evidence) {
	for i := range c.Positions {
		list = append(list, c.Positions[i].Evidence...)
	}
	return list
}

// standsAndPredicted is one cell with what is predicted of it.
func (a *asking) standsAndPredicted(v graph.View, issue, party string) (lines []string) {
	a.Helper()
	m := a.matrix(v, []string{issue}, party)
	c := &m.Cells[0]
	on := dayOf(v.Day().From)
	if c.Headline() == nil {
		lines = append(lines, fmt.Sprintf("%s: UNKNOWN, %s", on, c.Reason))
	} else {
		lines = append(lines, fmt.Sprintf("%s: %s, %s, %s, by %s", on, c.Status, c.Headline().Stance, c.Headline().Voice, facts(evidenceOf(c))))
	}
	if c.Status == negotiation.Unknown {
		for i := range c.Predictions {
			p := &c.Predictions[i]
			for _, e := range p.Evidence {
				lines = append(lines, fmt.Sprintf("%s: predicted %s by %s, %s: %s", on, p.Stance, a.root(&e.Assertion), e.Voice, e.Key))
			}
		}
	}
	return lines
}

func (a *asking) namesApart(ids []graph.EntityID) string {
	a.Helper()
	return strings.Join(must[[]string](a)(a.on("").Labels(a.Context(), ids)), "\n")
}

// said are the keys of the assertions on claims.
func (a *asking) said(v graph.View, claims []graph.Claim) string {
	a.Helper()
	return facts(must[[]graph.Evidence](a)(v.Evidence(a.Context(), claims)))
}

// sidesOf has a line for each side of a conflict.
func (a *asking) sidesOf(list []negotiation.Conflict) (lines []string) {
	for i := range list {
		how := "judged"
		if list[i].Computed() {
			how = "computed"
		}
		for _, s := range list[i].Sides {
			lines = append(lines, fmt.Sprintf("%s, %s: %s, %d origins: %s", list[i].Kind, how, facts(s.Evidence), len(s.Roots), a.root(&s.Evidence[0].Assertion)))
		}
	}
	return lines
}

// meetings has a line for each contact, and for each party that meets by persons.
func (a *asking) meetings(c negotiation.ContactsAnswer) (lines []string) {
	for what, list := range map[string][]negotiation.Contact{"held": c.Contacts, "without a date": c.Undated, "internal": c.Internal} {
		for i := range list {
			m := &list[i]
			lines = append(lines, fmt.Sprintf("%s: %s from %s, %s in %s on %s, by %s", what, a.key(m.ID), firstDay(m), codes(m.All("mode")), a.fillers(&m.Standing, "place"), a.fillers(&m.Standing, "topic"), facts(m.Evidence)))
			for _, s := range m.Sides {
				if len(s.Persons) > 0 && what == "held" {
					var ids []graph.EntityID
					for _, p := range s.Persons {
						ids = append(ids, p.Entity)
					}
					lines = append(lines, fmt.Sprintf("%s: %s: %s", a.key(m.ID), a.names(s.Party), a.names(ids...)))
				}
			}
		}
	}
	return lines
}

func firstDay(c *negotiation.Contact) string {
	if c.During.IsZero() {
		return "?"
	}
	return dayOf(c.During.From)
}

func plans(c *negotiation.Contact) string {
	var days []string
	for _, s := range c.Scheduled {
		days = append(days, s.For)
	}
	return side(days)
}

// changed has a line for each change.
func (a *asking) changed(from, to graph.View, q negotiation.ChangesQuery) (lines []string) {
	a.Helper()
	q.Negotiation, q.MinRank, q.Ranked = a.talks(), graph.Normal, true
	c := must[negotiation.Changes](a)(negotiation.ChangesOf(a.Context(), from, to, &q))
	shown := func(s negotiation.Shown) string {
		if s.Text != "" {
			return s.Text
		}
		return string(s.Reason)
	}
	for _, i := range c.Items {
		lines = append(lines, fmt.Sprintf("%s %s: %s > %s, by %s", i.Kind, a.key(i.Subject), shown(i.Before), shown(i.After), facts(i.Sources)))
	}
	return append(lines, strconv.Itoa(c.DocumentsSeen)+" documents seen")
}

// accounts are all assertions but those of curation, with their documents.
func (a *asking) accounts() iter.Seq2[graph.Document, graph.Account] {
	a.Helper()
	v := a.on("")
	return func(yield func(graph.Document, graph.Account) bool) {
		for d, err := range v.Sources(a.Context()) {
			if must[graph.Document](a)(d, err).Curation {
				continue
			}
			for s, err := range v.Assertions(a.Context(), d.ID) {
				if !yield(d, must[graph.Account](a)(s, err)) {
					return
				}
			}
		}
	}
}
