package graph

import (
	"github.com/parleydb/parley/graph/edtf"
)

// Truth is what the live assertions make of a claim (rule 5).
type Truth uint8

// The truths. A denied claim is no part of the state: no read but History and
// claims asked for with Denied gives it.
const (
	Held Truth = iota
	Contested
	Denied
)

var truths = []string{"HELD", "CONTESTED", "DENIED"}

func (t Truth) String() string { return codeName(truths, t) }

// Claim is a claim as it stands at a point.
type Claim struct {
	ID         ClaimID
	Subject    EntityID
	Property   string
	Value      Value
	Class      Class
	Start      edtf.Endpoint // without marks: as the claim is identified
	Occurrence string
	From       Time // first instant of Start; MinTime where it is open or unknown
	End        End
	Truth      Truth
	Conflict   bool // its ends are a TEMPORAL conflict (rule 4)
	Rank       Rank // best of its live assertions

	num, first num
	with       []num // claims that equal it through merges
	said       Time  // newest day on which a live assertion was made, else its document published; MinTime: neither is known
}

// Holds is the claim's literal interval: where the end is unknown it ends with
// the last vouched day.
func (c Claim) Holds() Interval { return Interval{c.From, c.End.Until} }

// Date is the claim's validity as EDTF, the end's marks included: "" where
// nothing is stated.
func (c Claim) Date() string { return dateText(c.Start, c.End) }

// Edge is a link or role seen from one of its two entities.
type Edge struct {
	Property string
	Entity   EntityID // the entity asked about
	Other    EntityID
	Out      bool // the entity asked about is the subject
	Class    Class
	Truth    Truth
	Rank     Rank
	dir      byte // with From, prop and claim where it stands in the merged order
	prop     uint16
	From     Time // first instant; MinTime where the start is open or unknown
	End      End  // End.Date is not filled in

	bind            uint64
	claim, document num
	as              *joint // nil: it shows its own claim, and no other
}

// joint is what an edge shows of claims that equal each other through merges.
type joint struct {
	shown num
	with  []num
}

// shown is the claim that the edge shows, and those that equal it.
func (e *Edge) shown() (claim num, with []num) {
	if e.as != nil {
		return e.as.shown, e.as.with
	}
	return e.claim, nil
}

// Cursor resumes the list of Neighbors behind this edge; edges of View.Edges have none.
func (e *Edge) Cursor() Cursor {
	if e.bind == 0 {
		return ""
	}
	return cursorOf(e.bind, position{e.From, e.prop, e.claim, e.dir})
}

// Cursor resumes a list behind the item that carried it. It is bound to the
// list's point and filter and does not survive a dump and restore.
type Cursor string

// Standing is an entity with the claims about it that stand at a point: for a
// relation of a state kind, those that are carried forward to the day (rule
// 7); for others those that hold literally.
type Standing struct {
	Entity
	// Claims are sorted by property in the order of the kind's declaration,
	// then by start, the latest first, then by when they were said, then by id.
	Claims []Claim
	// Since is the earliest start, by the point, of what stands or was taken
	// over; zero where no start is stated.
	Since edtf.Date
	// Denied are the claims that are only denied: no part of the state (rule 5).
	Denied []Claim
	// Missing names the roles whose minimum is not met: not stated.
	Missing []string
	// Flags tell what is odd, never what is refused (principle 8).
	Flags []Flag
	// Through names, where the query rolls up, who fills a role for one of
	// those that were asked for.
	Through []Filling
}

// Filling is somebody who fills a role for somebody else.
type Filling struct {
	Role string
	Representative
}

// Flag is something odd about a relation that is kept all the same.
type Flag struct {
	Kind     FlagKind
	Property string
	Detail   string
}

// FlagKind names what is odd.
type FlagKind string

// The flags.
const (
	Incomplete FlagKind = "INCOMPLETE" // a role has fewer fillers than declared
	OddStep    FlagKind = "ODD_STEP"   // a step that the machine does not know
)

// All returns the claims of a property.
func (s *Standing) All(property string) []Claim {
	for i := range s.Claims {
		if s.Claims[i].Property != property {
			continue
		}
		n := i + 1
		for n < len(s.Claims) && s.Claims[n].Property == property {
			n++
		}
		return s.Claims[i:n]
	}
	return nil
}

// Head returns the property's headline: the claim with the latest start, then
// the one said last. ok is false where nothing is stated.
func (s *Standing) Head(property string) (c Claim, ok bool) {
	all := s.All(property)
	if len(all) == 0 {
		return Claim{}, false
	}
	return all[0], true
}

// Assertion is a recorded act of affirming or denying claims.
type Assertion struct {
	ID         AssertionID
	Document   EntityID
	Key        string
	Span       Span
	Chain      []EntityID // from the document outwards; the last one is the root speaker
	Root       Root       // where it comes from in the end (rule 15)
	Voice      Voice
	Level      Level
	Quote      Quote
	Modality   Modality
	Wording    Wording
	Factuality Factuality
	Asserted   edtf.Date
	Summary    string
	Coder      string
	Judgement  Judgement
	Recorded   TxInterval
}

// TxInterval is the half-open span of transaction time in which a record stood;
// To is 0 while it stands.
type TxInterval struct{ From, To TS }

// Evidence is an assertion together with what it says of one claim.
type Evidence struct {
	Claim ClaimID
	Deny  bool
	Start edtf.Date // with its marks; zero where open or unknown
	End   End
	Said  Time // the beginning of the day when it was asserted, else published; MinTime: neither is stated
	Assertion
}

// Name is a name of an entity at a point.
type Name struct {
	Text, Language, Script, Scope string
	Alias                         bool
}

// Match is an entity found by name.
type Match struct {
	Entity
	Name Name
}

// NameQuery looks an entity up by name at a point. Upper and lower case,
// accents and repeated spaces do not matter.
type NameQuery struct {
	Name  string
	Kinds []string // only entities of these kinds or their subtypes; none: any
	Scope string   // only names of this scope; empty: any
}

// ClaimQuery selects claims. With the view's point on a day, only claims that
// hold there literally are given.
type ClaimQuery struct {
	Subject    Ref
	Properties []string // none: all
	Denied     bool     // also those that are only denied
	MinRank    Rank     // Normal leaves out DEPRECATED; the default is to leave out nothing
	Ranked     bool     // whether MinRank is meant
}

// EdgeQuery selects edges, newest start first. Cursors are the same whether an
// entity is named by its id or by a key.
type EdgeQuery struct {
	Entity     Ref
	Other      Ref      // only edges to this entity, from the pair's own timeline; zero: any
	Properties []string // none: all
	Direction  Direction
	// Starts selects the edges that start in the window. Without it, and with
	// the view's point on a day, those that hold on that day; with neither, all.
	Starts  Interval
	First   int // at most so many; 0: all
	After   Cursor
	MinRank Rank // Normal leaves out DEPRECATED
	Ranked  bool // whether MinRank is meant
}

// Direction of an edge, seen from the entity asked about.
type Direction uint8

// The directions.
const (
	Both Direction = iota
	Out
	In
)

// RelationQuery selects the relations of a kind at a point.
type RelationQuery struct {
	Kind    string                // may be abstract
	Fillers map[string][]EntityID // role → entities, one of which must fill it
	// Of, with Roles, also asks that one of these entities fills one of the
	// roles, whichever.
	Of    []EntityID
	Roles []string
	// Or is another way to satisfy Of: that one of these entities fills this
	// role. It is not rolled up.
	Or map[string][]EntityID // role → entities
	// RollUp also finds relations whose role is filled by somebody who stood for
	// one of the entities at that date: when an event happened, when a state
	// began; where that is not stated, on the point's day (rule 12).
	RollUp bool
	// Denied also finds relations of which nothing is left but denials.
	Denied  bool
	MinRank Rank // Normal leaves out claims that are DEPRECATED
	Ranked  bool // whether MinRank is meant
}

// Changes is the answer of Diff.
type Changes struct {
	DocumentsSeen    int // documents that became known between the two points
	UndatedDocuments int // that do not say when they came out (View.UndatedDocuments of the second)
	Items            []Change
}

// ChangeKind classifies a change.
type ChangeKind string

// The kinds of changes.
const (
	WorldChange     ChangeKind = "WORLD_CHANGE"
	LateReport      ChangeKind = "LATE_REPORT"
	Correction      ChangeKind = "CORRECTION"
	Retraction      ChangeKind = "RETRACTION"
	NewSource       ChangeKind = "NEW_SOURCE_SAME_CLAIM"
	StateTransition ChangeKind = "STATE_TRANSITION"
	ConfidenceOnly  ChangeKind = "CONFIDENCE_ONLY"
	Identity        ChangeKind = "IDENTITY" // entities became one, or two again (rule 11)
)

// Change is one relation, or one other entity, that the second point shows
// differently from the first.
type Change struct {
	Kind    ChangeKind
	Subject EntityID
	Summary string
	Before  string // "" where the first point shows nothing
	After   string // "" where the second point shows nothing
	Said    Time   // when the newest evidence was said, else published
	Sources []Evidence
	// State is the subject as the second view knows it, whenever that holds,
	// else as the first did; it has no id where neither shows it.
	State Standing
	Gone  bool // the second view does not show it
}

// Stats counts what a point shows; documents can fill roles but are counted
// apart from entities, and so are relations. Transactions are those that
// recorded or closed an assertion of which the point may tell, so that their
// number betrays nothing; with clearance TLP:RED they are all.
type Stats struct {
	Entities, Relations, Claims, Assertions, Documents, Transactions int
}
