package negotiation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kind of relations that say that a party gives something up, and their fields.
const (
	concessionKind  = "Concession"
	concessionText  = "text"
	concessionState = "state"
)

// PulseQuery chooses what a pulse is taken of. The zero query is all of it.
type PulseQuery struct {
	Negotiation graph.EntityID   // its issues and parties; zero: all issues, and whoever holds a position
	Issues      []graph.EntityID // only these
	Parties     []graph.EntityID // only these
	During      graph.Interval   // moves and concessions that begin in it; zero: all up to the day
	RollUp      bool             // positions of those who stand for a party are its own (rule 12)
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Pulse is how alive a negotiation is.
type Pulse struct {
	Matrix    Matrix // its cells tell their Age
	Silences  []Silence
	Movements []Movement // of those that have spoken, by issue and party
	Ledger    []Entry    // the newest first
}

// Silence is a party that has said nothing itself: never, or not for longer than
// what is said counts as fresh.
type Silence struct {
	Issue graph.EntityID // zero: on no issue at all
	Party graph.EntityID
	Spoke bool       // it has spoken, once
	Since graph.Time // when it spoke last; of one that never did, since when it is a party; MinTime: not known
	Days  int        // from Since to the day; -1: not known
}

// Movement is how a party's own word on an issue moved.
type Movement struct {
	Issue, Party graph.EntityID
	Moves        []Move // the oldest first
}

// Move is one thing that a party said of an issue, itself or by its own side.
type Move struct {
	Position
	Turn Turn
	From graph.EntityID // the earlier position that it is compared with; zero for FIRST
	// By is by how much the amount moved since the party last named one, where Measured.
	By       float64
	Measured bool
}

// Turn is where a move leads.
type Turn string

// The turns. One option is refused, left open, accepted on a condition or
// accepted; what a party says of one option tells nothing of another.
const (
	FirstWord   Turn = "FIRST"
	SameStance  Turn = "SAME"
	Softer      Turn = "SOFTER" // towards accepting what it refused or left open
	Harder      Turn = "HARDER" // towards refusing
	OtherStance Turn = "OTHER_STANCE"
	OtherOption Turn = "OTHER_OPTION" // of an option that it had not spoken of
)

// Entry is what a party gave up or took back: a concession that a source
// reports, or a move of its own word.
type Entry struct {
	Parties  []graph.EntityID
	Issues   []graph.EntityID
	Relation graph.EntityID // a Concession, or the position moved to
	Turn     Turn           // SOFTER or HARDER; empty for a Concession
	From     graph.EntityID // the position moved from
	Text     string         // of a Concession
	State    string         // how far a Concession has come; UNKNOWN where it is not stated
	Start    graph.Time     // MinTime: not known
	Evidence []graph.Evidence
	Roots    []graph.Root
}

// PulseOf takes the pulse at the view's point; without a day, today's.
func PulseOf(ctx context.Context, v graph.View, q *PulseQuery) (Pulse, error) {
	if q == nil {
		q = &PulseQuery{}
	}
	asked := *q
	r := pulseReading{ctx: ctx, v: v.On(v.Day()), q: &asked}
	err := ask(ctx, v).part(&asked.Negotiation, &asked.Issues, &asked.Parties)
	if err == nil {
		err = r.read()
	}
	if err != nil {
		return Pulse{}, fmt.Errorf("negotiation: pulse: %w", err)
	}
	p := Pulse{Matrix: r.matrix}
	p.Movements = r.movements()
	p.Silences = r.silences()
	p.Ledger = r.ledger(p.Movements)
	return p, nil
}

// pulseReading reads all that a pulse is made of.
type pulseReading struct {
	ctx         context.Context
	v           graph.View
	q           *PulseQuery
	matrix      Matrix
	scope       *scope
	own         map[pair][]Position // by issue and party, up to the day, the oldest first
	declared    map[graph.EntityID]graph.Time
	halfLives   map[graph.EntityID]int64
	amounts     map[graph.EntityID]float64
	concessions []Entry
}

func (r *pulseReading) read() error {
	q := r.q
	mq := &MatrixQuery{Negotiation: q.Negotiation, Issues: q.Issues, Parties: q.Parties, RollUp: q.RollUp, MinRank: q.MinRank, Ranked: q.Ranked}
	var err error
	if r.matrix, err = MatrixOf(r.ctx, r.v, mq); err != nil {
		return err
	}
	if r.scope, err = scopeOf(r.ctx, r.v.On(graph.Interval{}), q.Negotiation); err != nil {
		return err
	}
	if err := r.readDeclared(); err != nil {
		return err
	}
	if r.halfLives, err = halfLives(r.ctx, r.v, r.matrix.Issues); err != nil {
		return err
	}
	if err := r.readOwn(mq); err != nil {
		return err
	}
	return r.readConcessions()
}

// readDeclared reads since when the parties sit at the table.
func (r *pulseReading) readDeclared() error {
	r.declared = map[graph.EntityID]graph.Time{}
	states, err := r.v.States(r.ctx, []graph.EntityID{r.q.Negotiation})
	for i := range states {
		for _, c := range states[i].All(fieldParty) {
			r.declared[c.Value.Entity()] = c.From
		}
	}
	return err
}

// readOwn reads what parties said in their own voice, whatever took over from it since.
func (r *pulseReading) readOwn(q *MatrixQuery) error {
	r.own = map[pair][]Position{}
	if len(r.matrix.Issues) == 0 {
		return nil
	}
	list, err := positions(r.ctx, r.v.On(graph.Interval{}), q, r.matrix.Issues)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b Position) int { return newest(&b, &a) })
	var options []graph.EntityID
	for i := range list {
		p := &list[i]
		if !p.Voice.Own() || p.Predicted || p.Start >= r.end() {
			continue
		}
		options = append(options, p.Options...)
		for holder := range p.holders {
			key := pair{p.Issue, holder}
			r.own[key] = append(r.own[key], *p)
		}
	}
	states, err := r.v.States(r.ctx, sorted(options))
	r.amounts = map[graph.EntityID]float64{}
	for i := range states {
		if c, ok := states[i].Head(amountField); ok {
			r.amounts[states[i].ID] = c.Value.Float()
		}
	}
	return err
}

// end is the first moment after the day.
func (r *pulseReading) end() graph.Time { return r.v.Point().On.To }

// readConcessions reads what sources call a concession.
func (r *pulseReading) readConcessions() error {
	list, err := r.scope.relations(r.ctx, graph.RelationQuery{Kind: concessionKind, MinRank: r.q.MinRank, Ranked: r.q.Ranked})
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]graph.EntityID, len(list))
	through := map[graph.EntityID][]graph.Filling{}
	for i := range list {
		ids[i], through[list[i].ID] = list[i].ID, list[i].Through
	}
	if list, err = r.v.States(r.ctx, ids); err != nil { // as they stand on the day
		return err
	}
	list = slices.DeleteFunc(list, func(s graph.Standing) bool { return len(s.Claims) == 0 })
	evidence, err := evidenceOf(r.ctx, r.v, firstClaims(list))
	for i := range list {
		s := &list[i]
		s.Through = through[s.ID]
		e := Entry{Relation: s.ID, Text: word(s, concessionText), State: "UNKNOWN", Start: startOf(s), Evidence: evidence[s.Claims[0].ID]}
		if c, ok := s.Head(concessionState); ok {
			e.State = c.Value.String()
		}
		e.Parties, e.Issues, e.Roots = r.scope.partiesIn(s), r.scope.issuesIn(s), rootsOf(e.Evidence)
		r.concessions = append(r.concessions, e)
	}
	return err
}
