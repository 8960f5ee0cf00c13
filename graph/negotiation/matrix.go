package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// MatrixQuery chooses what a matrix shows. The zero query is all of it.
type MatrixQuery struct {
	Negotiation graph.EntityID   // its issues and parties; zero: all issues, and whoever holds a position
	Issues      []graph.EntityID // only these
	Parties     []graph.EntityID // only these
	RollUp      bool             // positions of those who stand for a party are its own (rule 12)
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
	Only        Only // positions that do not fit are left out before anything is concluded
}

// Only leaves out positions by who says so. The zero value leaves out none.
type Only struct {
	Voices []graph.Voice // in one of these voices
	// Anonymous keeps positions that rest on unnamed sources alone.
	Anonymous bool
	// Reliability keeps positions of which an assertion is graded at least so: A
	// is the best, E the least, and F, which cannot be judged, is only itself.
	Reliability graph.Reliability
}

// Matrix is issue × party.
type Matrix struct {
	Issues  []graph.EntityID // rows, by id
	Parties []graph.EntityID // columns, by id
	Cells   []Cell           // row by row
	Reason  Reason           // where no cell is known
}

// Folded is the matrix without the rows and columns of which no cell is known,
// and those that it leaves out.
func (m *Matrix) Folded() (folded Matrix, issues, parties []graph.EntityID) {
	folded.Reason = m.Reason
	folded.Issues, issues = part(m.Issues, func(i int) bool { return m.anyKnown(i*len(m.Parties), 1, len(m.Parties)) })
	folded.Parties, parties = part(m.Parties, func(i int) bool { return m.anyKnown(i, len(m.Parties), len(m.Issues)) })
	for _, issue := range folded.Issues {
		for _, party := range folded.Parties {
			folded.Cells = append(folded.Cells, *m.Cell(issue, party))
		}
	}
	return folded, issues, parties
}

// anyKnown tells whether one of n cells is known, from one on in equal steps.
func (m *Matrix) anyKnown(from, step, n int) bool {
	for i := range n {
		if m.Cells[from+i*step].Status != Unknown {
			return true
		}
	}
	return false
}

func part(list []graph.EntityID, keep func(i int) bool) (kept, left []graph.EntityID) {
	for i, id := range list {
		if keep(i) {
			kept = append(kept, id)
		} else {
			left = append(left, id)
		}
	}
	return kept, left
}

// Cell is that of an issue and a party, or nil.
func (m *Matrix) Cell(issue, party graph.EntityID) *Cell {
	row, col := slices.Index(m.Issues, issue), slices.Index(m.Parties, party)
	if row < 0 || col < 0 {
		return nil
	}
	return &m.Cells[row*len(m.Parties)+col]
}

// Known counts the cells that are not UNKNOWN; coverage is its share of all.
func (m *Matrix) Known() (n int) {
	for i := range m.Cells {
		if m.Cells[i].Status != Unknown {
			n++
		}
	}
	return n
}

// MatrixOf gives the matrix at the view's point; without a day, today's.
func MatrixOf(ctx context.Context, v graph.View, q *MatrixQuery) (Matrix, error) {
	if q == nil {
		q = &MatrixQuery{}
	}
	v = v.On(v.Day())
	asked := *q
	err := ask(ctx, v).part(&asked.Negotiation, &asked.Issues, &asked.Parties)
	var r reading
	if err == nil {
		r, err = read(ctx, v, &asked)
	}
	if err != nil {
		return Matrix{}, fmt.Errorf("negotiation: matrix: %w", err)
	}
	return r.matrix(v.Point().On.To), nil
}

// reading is all that a matrix is made of.
type reading struct {
	issues    []graph.EntityID
	parties   []graph.EntityID
	positions []Position
	judged    map[pair]Dispute
	halfLives map[graph.EntityID]int64
	reason    Reason // why nothing is known, where that is so
}

func read(ctx context.Context, v graph.View, q *MatrixQuery) (r reading, err error) {
	if r.issues, err = issuesOf(ctx, v, q); err != nil {
		return r, err
	}
	if len(r.issues) > 0 {
		if r.positions, err = positions(ctx, v, q, r.issues); err != nil {
			return r, err
		}
		if r.positions, err = q.Only.keep(ctx, v, r.positions); err != nil {
			return r, err
		}
	}
	if len(r.positions) == 0 {
		if r.reason, err = nothing(ctx, v); err != nil {
			return r, err
		}
	}
	if r.parties, err = partiesOf(ctx, v, q, r.positions); err != nil {
		return r, err
	}
	if r.judged, err = judgements(ctx, v, r.positions); err != nil {
		return r, err
	}
	r.halfLives, err = halfLives(ctx, v, r.issues)
	return r, err
}

// nothing says why there is no position: no document was known, or none tells of one.
func nothing(ctx context.Context, v graph.View) (Reason, error) {
	for d, err := range v.Sources(ctx) {
		if err != nil {
			return "", err
		}
		if !d.Curation {
			return NoPosition, nil
		}
	}
	return NoDocument, nil
}

// issuesOf lists the issues that are asked for, by id.
func issuesOf(ctx context.Context, v graph.View, q *MatrixQuery) (list []graph.EntityID, err error) {
	switch {
	case len(q.Issues) > 0:
		list = slices.Clone(q.Issues)
	case !q.Negotiation.IsZero():
		list, err = leadingTo(ctx, v, q.Negotiation, fieldNegotiation, kindIssue)
	default:
		for e, err := range v.OfKind(ctx, kindIssue) {
			if err != nil {
				return nil, err
			}
			list = append(list, e.ID)
		}
	}
	return sorted(list), err
}

// leadingTo lists the entities of a kind that have an entity in one of their properties.
func leadingTo(ctx context.Context, v graph.View, to graph.EntityID, property, kind string) ([]graph.EntityID, error) {
	var ids, list []graph.EntityID
	for e, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(to), Properties: []string{property}, Direction: graph.In}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, e.Other)
	}
	entities, err := v.Entities(ctx, ids)
	for _, e := range entities {
		if v.Ontology().IsA(e.Kind, kind) {
			list = append(list, e.ID)
		}
	}
	return list, err
}

// partiesOf lists the parties that are asked for, else those that the
// negotiation declares, else the holders of positions; by id.
func partiesOf(ctx context.Context, v graph.View, q *MatrixQuery, held []Position) (list []graph.EntityID, err error) {
	if len(q.Parties) > 0 {
		return sorted(slices.Clone(q.Parties)), nil
	}
	if !q.Negotiation.IsZero() {
		states, err := v.States(ctx, []graph.EntityID{q.Negotiation})
		if err != nil {
			return nil, err
		}
		for i := range states {
			for _, c := range states[i].All(fieldParty) {
				list = append(list, c.Value.Entity())
			}
		}
	}
	if len(list) == 0 {
		for i := range held {
			list = append(list, held[i].Holder)
		}
	}
	return sorted(list), nil
}

func halfLives(ctx context.Context, v graph.View, issues []graph.EntityID) (map[graph.EntityID]int64, error) {
	states, err := v.States(ctx, issues)
	if err != nil {
		return nil, err
	}
	by := make(map[graph.EntityID]int64, len(states))
	for i := range states {
		if c, ok := states[i].Head(fieldHalfLife); ok {
			by[states[i].ID] = c.Value.Int()
		}
	}
	return by, nil
}

// judgements reads which of the positions somebody judged to contradict each other.
func judgements(ctx context.Context, v graph.View, list []Position) (map[pair]Dispute, error) {
	if len(list) < 2 {
		return nil, nil
	}
	ids := make([]graph.EntityID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	standing, err := v.Relations(ctx, graph.RelationQuery{Kind: kindContradicts, Fillers: map[string][]graph.EntityID{fieldOne: ids, fieldOther: ids}})
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	by := make(map[pair]Dispute, 2*len(standing))
	for i := range standing {
		s := &standing[i]
		one, other := filler(s, fieldOne), filler(s, fieldOther)
		word, _ := s.Head(fieldConflict)
		d := Dispute{One: one, Other: other, Why: ConflictKind(word.Value.String()), Judgement: s.ID}
		by[pair{one, other}], by[pair{other, one}] = d, d
	}
	return by, err
}

// byCell files positions by cell, row by row, the newest first.
func (r *reading) byCell() [][]*Position {
	rows, columns := places(r.issues), places(r.parties)
	counts := make([]int, len(r.issues)*len(r.parties))
	each := func(fn func(cell int, p *Position)) {
		for i := range r.positions {
			p := &r.positions[i]
			row, ok := rows[p.Issue]
			for holder := range p.holders {
				if column, in := columns[holder]; ok && in {
					fn(row*len(columns)+column, p)
				}
			}
		}
	}
	total := 0
	each(func(cell int, _ *Position) { counts[cell]++; total++ })
	cells, all := make([][]*Position, len(counts)), make(room[*Position], total)
	for i, n := range counts {
		cells[i] = all.take(n)
	}
	each(func(cell int, p *Position) { cells[cell] = append(cells[cell], p) })
	for _, list := range cells {
		slices.SortFunc(list, newest)
	}
	return cells
}

func places(list []graph.EntityID) map[graph.EntityID]int {
	by := make(map[graph.EntityID]int, len(list))
	for i, id := range list {
		by[id] = i
	}
	return by
}

// matrix is the projection: it reads nothing.
func (r *reading) matrix(at graph.Time) Matrix {
	m := Matrix{Issues: r.issues, Parties: r.parties, Cells: make([]Cell, len(r.issues)*len(r.parties))}
	by := r.byCell()
	making := makingOf(by)
	making.judged, making.at = r.judged, at
	for i, issue := range r.issues {
		var ok bool
		if making.halfLife, ok = r.halfLives[issue]; !ok {
			making.halfLife = halfLifeDays
		}
		for j, party := range r.parties {
			n := i*len(r.parties) + j
			c := &m.Cells[n]
			c.Issue, c.Party = issue, party
			making.cell(c, by[n])
			if c.Reason == NoPosition && r.reason != "" {
				c.Reason = r.reason
			}
		}
	}
	if m.Known() == 0 {
		m.Reason = cmp.Or(r.reason, NoPosition)
	}
	return m
}

func sorted(list []graph.EntityID) []graph.EntityID {
	slices.SortFunc(list, func(a, b graph.EntityID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(list)
}
