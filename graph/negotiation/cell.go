package negotiation

import (
	"slices"

	"github.com/parleydb/parley/graph"
)

// Status is how sure a cell is (rule 14).
type Status string

// The statuses, in the order in which they are tried.
const (
	Unknown   Status = "UNKNOWN"
	Contested Status = "CONTESTED"
	Stale     Status = "STALE"
	Stated    Status = "STATED"
	Inferred  Status = "INFERRED"
	Reported  Status = "REPORTED"
)

// Reason says why a cell is UNKNOWN.
type Reason string

// The reasons.
const (
	NoPosition      Reason = "NO_POSITION"      // nobody said anything of it
	OnlyPredictions Reason = "ONLY_PREDICTIONS" // somebody said what it will be
	NoDocument      Reason = "NO_DOCUMENT"      // nothing at all was known by then
)

// Cell is where one party stands on one issue: a set of positions.
type Cell struct {
	Issue, Party graph.EntityID
	Status       Status
	Reason       Reason     // where the status is UNKNOWN
	Positions    []Position // the headline first, then the newest first
	Predictions  []Position // never part of the set
	Disputes     []Dispute  // where the status is CONTESTED
	Roots        []graph.Root
	Age          int  // days since the headline was said; -1: not known
	LastKnown    bool // no source vouches for the headline any more
}

// Dispute tells why a cell is contested.
type Dispute struct {
	One, Other graph.EntityID // positions; Other is zero where One is denied
	Why        ConflictKind
	Judgement  graph.EntityID // the Contradicts that says so, where somebody judged it
}

// Headline is the position that a cell is shown as; nil where it is UNKNOWN.
func (c *Cell) Headline() *Position {
	if len(c.Positions) == 0 {
		return nil
	}
	return &c.Positions[0]
}

// day is the length of a day in valid time.
const day graph.Time = 24 * 60 * 60 * 1000

// halfLifeDays is after how many days a position counts as stale where its
// issue does not say.
const halfLifeDays = 30

// making is what cells are made with, at the end of a day.
type making struct {
	judged    map[pair]Dispute
	halfLife  int64 // in days, of the issue
	at        graph.Time
	positions room[Position]
	roots     room[graph.Root]
}

// makingOf has room for cells of these positions.
func makingOf(cells [][]*Position) making {
	positions, roots := 0, 0
	for _, list := range cells {
		positions += len(list)
		for _, p := range list {
			roots += len(p.Roots)
		}
	}
	return making{positions: make(room[Position], positions), roots: make(room[graph.Root], roots)}
}

// cell is rule 14: what the positions of one party on one issue, the newest
// first, make at the end of a day.
func (m *making) cell(c *Cell, list []*Position) {
	c.Age, c.Reason = -1, NoPosition
	c.Positions = m.positions.take(len(list))
	lead(list)
	roots := 0
	for _, p := range list {
		if p.Predicted {
			c.Predictions = append(c.Predictions, *p)
			continue
		}
		c.Positions = append(c.Positions, *p)
		roots += len(p.Roots)
	}
	c.Roots = m.roots.take(roots)
	for i := range c.Positions {
		c.Roots = append(c.Roots, c.Positions[i].Roots...)
	}
	c.Roots = eachRoot(c.Roots)
	c.judge(m.judged, m.halfLife, m.at)
}

// lead puts the headline first (rule 8): the newest in the party's own voice,
// else the newest. Predictions are none.
func lead(list []*Position) {
	i := slices.IndexFunc(list, func(p *Position) bool { return !p.Predicted && p.Voice.Own() })
	if i <= 0 {
		return
	}
	own := list[i]
	copy(list[1:], list[:i])
	list[0] = own
}

// judge finds the status.
func (c *Cell) judge(judged map[pair]Dispute, halfLife int64, at graph.Time) {
	head := c.Headline()
	if head == nil {
		c.Status = Unknown
		if len(c.Predictions) > 0 {
			c.Reason = OnlyPredictions
		}
		return
	}
	c.Reason = ""
	c.LastKnown = head.Vouched < at-day
	if head.Said != graph.MinTime {
		c.Age = int(max(0, at-1-head.Said) / day)
	}
	c.Disputes = disputes(c.Positions, judged)
	switch {
	case len(c.Disputes) > 0:
		c.Status = Contested
	case at-1-head.Vouched > graph.Time(halfLife)*day:
		c.Status = Stale
	case head.Voice.Own():
		c.Status = Stated
	case c.inferred():
		c.Status = Inferred
	default:
		c.Status = Reported
	}
}

// inferred tells whether analysts alone say so.
func (c *Cell) inferred() bool {
	for i := range c.Positions {
		if c.Positions[i].Voice != graph.Analyst {
			return false
		}
	}
	return true
}

// pair is two positions, in either order.
type pair [2]graph.EntityID

// disputes finds what is contested among the positions of a cell that start no
// earlier than its headline.
func disputes(list []Position, judged map[pair]Dispute) (found []Dispute) {
	for i := range list {
		p := &list[i]
		if p.Start < list[0].Start {
			continue
		}
		if p.Denied {
			found = append(found, Dispute{One: p.ID, Why: Negation})
		}
		for j := i + 1; j < len(list); j++ {
			q := &list[j]
			if q.Start < list[0].Start {
				continue
			}
			if p.against(q) || q.against(p) {
				found = append(found, Dispute{One: p.ID, Other: q.ID, Why: Value})
			}
			if d, ok := judged[pair{p.ID, q.ID}]; ok && (d.Why == Negation || d.Why == Value) {
				found = append(found, d)
			}
		}
	}
	return found
}

// against tells whether p favours what q opposes: one option, or, where neither
// names one, the issue as such.
func (p *Position) against(q *Position) bool {
	if !slices.Contains(favours, p.Stance) || !slices.Contains(opposes, q.Stance) {
		return false
	}
	if len(p.Options) == 0 && len(q.Options) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Options, func(o graph.EntityID) bool { return slices.Contains(q.Options, o) })
}
