package negotiation

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/parleydb/parley/graph"
)

// movements are the moves of each party that has spoken on an issue.
func (r *pulseReading) movements() (list []Movement) {
	for _, issue := range r.matrix.Issues {
		for _, party := range r.matrix.Parties {
			own := r.own[pair{issue, party}]
			m := Movement{Issue: issue, Party: party}
			for i := range own {
				if r.during(own[i].Start) {
					m.Moves = append(m.Moves, r.move(own[:i], own[i]))
				}
			}
			if len(m.Moves) > 0 {
				list = append(list, m)
			}
		}
	}
	return list
}

func (r *pulseReading) during(start graph.Time) bool {
	return start < r.end() && (r.q.During.IsZero() || r.q.During.Contains(start))
}

// move compares a position with the party's latest earlier word on the same
// option, else with its latest earlier word. Of one day nothing is earlier.
func (r *pulseReading) move(before []Position, p Position) Move {
	m := Move{Position: p, Turn: FirstWord}
	for i := len(before) - 1; i >= 0; i-- {
		q := &before[i]
		if q.Start >= p.Start {
			continue
		}
		if m.From.IsZero() {
			m.From, m.Turn = q.ID, OtherOption
		}
		if sameOption(q, &p) {
			m.From, m.Turn = q.ID, turn(q.Stance, p.Stance)
			break
		}
	}
	m.By, m.Measured = r.by(before, &p)
	return m
}

// sameOption tells whether two positions speak of one option, or both of the issue as such.
func sameOption(p, q *Position) bool {
	if len(p.Options) == 0 || len(q.Options) == 0 {
		return len(p.Options) == len(q.Options)
	}
	return slices.ContainsFunc(p.Options, func(o graph.EntityID) bool { return slices.Contains(q.Options, o) })
}

// ladder leads from refusing an option to accepting it. Stances that are not on
// it are no answer to an option: who stops demanding something is not harder.
var ladder = [][]string{{"RED_LINE"}, opposes, {"UNDECIDED", "RESERVED", "AMBIGUOUS", "SILENT"}, {"CONDITIONAL"}, favours}

func turn(before, after string) Turn {
	if before == after {
		return SameStance
	}
	rung := func(stance string) int {
		return slices.IndexFunc(ladder, func(list []string) bool { return slices.Contains(list, stance) })
	}
	from, to := rung(before), rung(after)
	switch {
	case from < 0 || to < 0 || from == to:
		return OtherStance
	case to > from:
		return Softer
	}
	return Harder
}

// by is how far the amount moved since the party last named one.
func (r *pulseReading) by(before []Position, p *Position) (float64, bool) {
	now, ok := r.amount(p)
	for i := len(before) - 1; i >= 0 && ok; i-- {
		if was, named := r.amount(&before[i]); named && before[i].Start < p.Start {
			return now - was, true
		}
	}
	return 0, false
}

// amount is the amount of a position that names one only.
func (r *pulseReading) amount(p *Position) (a float64, ok bool) {
	if len(p.Options) != 1 {
		return 0, false
	}
	a, ok = r.amounts[p.Options[0]]
	return a, ok
}

// silences lists who has said nothing itself, on each issue and at all.
func (r *pulseReading) silences() (list []Silence) {
	last := map[graph.EntityID]graph.Time{}
	for _, issue := range r.matrix.Issues {
		half, ok := r.halfLives[issue]
		if !ok {
			half = halfLifeDays
		}
		for _, party := range r.matrix.Parties {
			word := graph.MinTime
			for _, p := range r.own[pair{issue, party}] {
				word = max(word, r.spoken(&p))
			}
			if before, heard := last[party]; !heard || word > before {
				last[party] = word
			}
			if s, silent := r.silence(issue, party, word, half); silent {
				list = append(list, s)
			}
		}
	}
	for _, party := range r.matrix.Parties {
		word, heard := last[party]
		if !heard {
			word = graph.MinTime
		}
		if s, silent := r.silence(graph.EntityID{}, party, word, halfLifeDays); silent {
			list = append(list, s)
		}
	}
	return list
}

// spoken is when a position was said, as far as that is by the day.
func (r *pulseReading) spoken(p *Position) graph.Time {
	if p.Said >= r.end() || p.Said < p.Start {
		return p.Start
	}
	return p.Said
}

func (r *pulseReading) silence(issue, party graph.EntityID, last graph.Time, half int64) (Silence, bool) {
	s := Silence{Issue: issue, Party: party, Since: last, Spoke: last != graph.MinTime, Days: -1}
	if !s.Spoke {
		if since, ok := r.declared[party]; ok {
			s.Since = since
		}
	}
	if s.Since != graph.MinTime {
		s.Days = int(max(0, r.end()-1-s.Since) / day)
	}
	return s, !s.Spoke || int64(s.Days) > half
}

// ledger lists what was given up and taken back.
func (r *pulseReading) ledger(movements []Movement) []Entry {
	var list []Entry
	for _, c := range r.concessions {
		asked := among(r.q.Issues, c.Issues) && among(r.q.Parties, c.Parties)
		if asked && (r.during(c.Start) || c.Start == graph.MinTime && r.q.During.IsZero()) {
			list = append(list, c)
		}
	}
	for _, m := range movements {
		for _, move := range m.Moves {
			if move.Turn == Softer || move.Turn == Harder {
				list = append(list, Entry{Parties: []graph.EntityID{m.Party}, Issues: []graph.EntityID{m.Issue}, Relation: move.ID, Turn: move.Turn,
					From: move.From, Start: move.Start, Evidence: move.Evidence, Roots: move.Roots})
			}
		}
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), bytes.Compare(a.Relation[:], b.Relation[:]))
	})
	return list
}
