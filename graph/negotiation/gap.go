package negotiation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// Zone tells whether there is something that all required parties accept.
type Zone string

// The zones. What is not known of a party leaves a zone undetermined.
const (
	NonEmpty     Zone = "NONEMPTY"
	Empty        Zone = "EMPTY"
	Undetermined Zone = "UNDETERMINED"
)

// OwnVoiceOnly is on what every zone rests.
const OwnVoiceOnly = "only what a party says itself, or its own side for it, counts: nothing is taken from an ally, a mediator, a prediction or another party's word"

// The kinds and fields that zones read besides those of positions.
const (
	redLineKind    = "RedLine"
	scaleField     = "scale"
	amountField    = "amount"
	conditionRole  = "condition"
	aboutRole      = "about"
	assessmentKind = "Assessment"
	utteranceKind  = "Utterance"
)

// GapQuery chooses the issues and whose agreement they need. One of Negotiation
// and Parties must be given.
type GapQuery struct {
	Negotiation graph.EntityID   // its issues, and its declared parties
	Issues      []graph.EntityID // only these
	Parties     []graph.EntityID // whose agreement is needed; none: the declared parties
	RollUp      bool             // positions of those who stand for a party are its own (rule 12)
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Gaps is how far apart the required parties are, issue by issue.
type Gaps struct {
	Parties []graph.EntityID // whose agreement is needed
	Issues  []Gap            // by id
	Basis   string           // OwnVoiceOnly
	// Beside are opinions about the negotiation said on the day, such as "closer
	// than ever": no measure, and not counted.
	Beside []Opinion
}

// Opinion is somebody's judgement of how the negotiation stands.
type Opinion struct {
	graph.Standing
	Evidence []graph.Evidence
	Roots    []graph.Root
}

// Gap is how far apart the required parties are on one issue.
type Gap struct {
	Issue   graph.EntityID
	Zone    Zone
	Scale   string           // CATEGORICAL, ORDINAL or INTERVAL; empty: not stated
	Options []graph.EntityID // what all accept; a zero one is the issue as such
	Range   *Range           // what all accept of an ordered scale
	Missing []Missing        // where UNDETERMINED: of whom what is not known
	Apart   []Distance       // pairs that accept nothing in common, the closest first
	Sides   []Stand          // of each required party, by id
}

// Spoken counts the required parties that have said something on the issue.
func (g *Gap) Spoken() (n int) {
	for i := range g.Sides {
		if len(g.Sides[i].Positions)+len(g.Sides[i].RedLines) > 0 {
			n++
		}
	}
	return n
}

// Range is a part of an ordered scale, its ends included.
type Range struct{ From, To float64 }

// Distance is how far two parties are apart.
type Distance struct {
	One, Other graph.EntityID
	Amount     float64 // on the issue's scale, where Measured
	Measured   bool
}

// Missing is what is not known of a party.
type Missing struct {
	Party   graph.EntityID
	Why     MissingKind
	Options []graph.EntityID // for CONDITIONAL, DIVIDED and NOT_SAID: of what
}

// MissingKind is in what way it is not known what a party accepts.
type MissingKind string

// The kinds, the first that fits.
const (
	Silent      MissingKind = "SILENT"       // it has said nothing on the issue
	Divided     MissingKind = "DIVIDED"      // it accepts and refuses the same at once, or what it said is denied
	Conditional MissingKind = "CONDITIONAL"  // it accepts on a condition
	OnlyRefuses MissingKind = "ONLY_REFUSES" // it has said what it does not accept
	Unclear     MissingKind = "UNCLEAR"      // it has spoken, and neither accepts nor refuses anything
	NotSaid     MissingKind = "NOT_SAID"     // it has said nothing of what others accept
)

// Stand is what a party accepts on an issue, by its own word.
type Stand struct {
	Party     graph.EntityID
	Status    Status           // of its cell (rule 14)
	Accepts   []graph.EntityID // options; a zero one is the issue as such
	AcceptsIf []graph.EntityID // on a condition
	Refuses   []graph.EntityID
	Divided   []graph.EntityID
	Range     *Range     // what it accepts of an ordered scale: from the least amount to the greatest
	Positions []Position // in its own voice, the newest first
	RedLines  []RedLine  // in its own voice
	Others    []Position // in other voices: not counted
	Predicted []Position // not counted
}

// RedLine is a party's exclusion of options.
type RedLine struct {
	graph.Standing
	Start    graph.Time
	Options  []graph.EntityID
	Evidence []graph.Evidence
	Roots    []graph.Root
}

// GapsOf finds the zones at the view's point; without a day, today's.
func GapsOf(ctx context.Context, v graph.View, q *GapQuery) (Gaps, error) {
	if q == nil {
		q = &GapQuery{}
	}
	asked := *q
	r := gapReading{ctx: ctx, v: v.On(v.Day()), q: &asked}
	err := ask(ctx, v).part(&asked.Negotiation, &asked.Issues, &asked.Parties)
	if err == nil {
		err = r.read()
	}
	if err != nil {
		return Gaps{}, fmt.Errorf("negotiation: gap: %w", err)
	}
	return r.gaps(), nil
}

// gapReading reads all that zones are made of.
type gapReading struct {
	ctx      context.Context
	v        graph.View
	q        *GapQuery
	matrix   Matrix
	scales   map[graph.EntityID]string
	amounts  map[graph.EntityID]float64 // of options
	redLines map[pair][]RedLine         // by issue and party
	beside   []Opinion
}

func (r *gapReading) read() error {
	q := r.q
	if q.Negotiation.IsZero() && len(q.Parties) == 0 {
		return fmt.Errorf("%w: whose agreement is needed is not said: give a negotiation, or parties", graph.ErrRefused)
	}
	var err error
	r.matrix, err = MatrixOf(r.ctx, r.v, &MatrixQuery{Negotiation: q.Negotiation, Issues: q.Issues, Parties: q.Parties, RollUp: q.RollUp, MinRank: q.MinRank, Ranked: q.Ranked})
	if err != nil {
		return err
	}
	if len(q.Parties) == 0 {
		if err := r.declared(); err != nil {
			return err
		}
	}
	if err := r.readRedLines(); err != nil {
		return err
	}
	if err := r.readScales(); err != nil {
		return err
	}
	return r.readBeside()
}

// declared refuses a negotiation without parties: a matrix takes the holders of
// positions then, of whom nobody says that their agreement is needed.
func (r *gapReading) declared() error {
	s, err := scopeOf(r.ctx, r.v, r.q.Negotiation)
	if err == nil && len(s.parties) == 0 {
		err = fmt.Errorf("%w: the negotiation declares no parties on the day: give those whose agreement is needed", graph.ErrRefused)
	}
	return err
}

func (r *gapReading) readScales() error {
	issues, err := r.v.States(r.ctx, r.matrix.Issues)
	if err != nil {
		return err
	}
	var ids []graph.EntityID
	for i := range r.matrix.Cells {
		for _, p := range r.matrix.Cells[i].Positions {
			ids = append(ids, p.Options...)
		}
	}
	for _, list := range r.redLines {
		for _, l := range list {
			ids = append(ids, l.Options...)
		}
	}
	options, err := r.v.States(r.ctx, sorted(ids))
	r.scales, r.amounts = map[graph.EntityID]string{}, map[graph.EntityID]float64{}
	for i := range issues {
		r.scales[issues[i].ID] = word(&issues[i], scaleField)
	}
	for i := range options {
		if c, ok := options[i].Head(amountField); ok {
			r.amounts[options[i].ID] = c.Value.Float()
		}
	}
	return err
}

func firstClaims(list []graph.Standing) []graph.Claim {
	claims := make([]graph.Claim, len(list))
	for i := range list {
		claims[i] = list[i].Claims[0]
	}
	return claims
}

// readBeside reads opinions about the negotiation.
func (r *gapReading) readBeside() error {
	if r.q.Negotiation.IsZero() {
		return nil
	}
	var list []graph.Standing
	for _, kind := range []string{assessmentKind, utteranceKind} {
		found, err := r.v.Relations(r.ctx, graph.RelationQuery{Kind: kind, MinRank: r.q.MinRank, Ranked: r.q.Ranked,
			Fillers: map[string][]graph.EntityID{aboutRole: {r.q.Negotiation}}})
		if err != nil {
			return err
		}
		list = append(list, found...)
	}
	evidence, err := evidenceOf(r.ctx, r.v, firstClaims(list))
	for i := range list {
		o := Opinion{Standing: list[i], Evidence: evidence[list[i].Claims[0].ID]}
		isOpinion := func(e graph.Evidence) bool { return e.Modality == graph.Opinion }
		if list[i].Kind == assessmentKind || slices.ContainsFunc(o.Evidence, isOpinion) {
			o.Roots = rootsOf(o.Evidence)
			r.beside = append(r.beside, o)
		}
	}
	return err
}
