package negotiation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kinds and fields of drafts.
const (
	provisionKind     = "Provision"
	versionRole       = "version"
	kindVersion       = "DraftVersion"
	draftRole         = "draft"
	pointField        = "point"
	provisionText     = "text"
	provisionStatus   = "status"
	numberField       = "number"
	pointsField       = "points"
	authenticityField = "authenticity"
)

// The statuses of provisions that a comparison treats by themselves.
const (
	statusDeleted     = "DELETED"
	statusPlaceholder = "PLACEHOLDER"
)

// NotSeen is why a comparison of drafts is empty: documents are known, and none
// of them tells what a version says.
const NotSeen Reason = "NOT_SEEN"

// DraftQuery chooses what a comparison of draft texts shows. The zero query is
// all provisions.
type DraftQuery struct {
	Negotiation graph.EntityID   // what belongs to it; zero: everything
	Issues      []graph.EntityID // only these
	Versions    []graph.EntityID // only these, in this order; none: all, in the order of their numbers, else starts
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// DraftText is what versions of a text say, side by side.
type DraftText struct {
	Versions []Version
	Rows     []DraftRow // by issue, then by point
	Reason   Reason     // where there is none
}

// Version is a column of a comparison.
type Version struct {
	ID           graph.EntityID
	Draft        graph.EntityID   // zero: not stated
	Number       int64            // zero: not stated
	Start        graph.Time       // when the first of its provisions starts; MinTime: not known
	Authenticity []graph.Claim    // what the text is worth: of the version, else of its draft
	Counts       []graph.Claim    // how many points somebody says that it has
	Seen         int              // how many numbered points the comparison shows
	Evidence     []graph.Evidence // of Authenticity and Counts
}

// DraftRow is one point, or what no version divides further, on one issue.
type DraftRow struct {
	Issue graph.EntityID // zero: not stated
	// Point is the number that its provisions bear; empty where they bear none.
	// Where each version has one point only on the issue, they make one row, and
	// Point is empty if their numbers differ.
	Point string
	Cells []DraftCell // one for each version
	Steps []DraftStep // from version to version
}

// DraftCell is what one version says in a row.
type DraftCell struct {
	// Provisions are what sources say that the version says. None: not seen,
	// which is UNKNOWN and not absent; what a source says is gone is there, DELETED.
	Provisions []Provision
	Sides      []Side // where different sources give it differently: who says what
}

// Provision is what a version says on a point, by its sources.
type Provision struct {
	graph.Standing
	Version  graph.EntityID
	Issues   []graph.EntityID
	Point    string // empty: not stated
	Text     string
	Status   string // UNKNOWN where it is not stated
	Start    graph.Time
	Denied   bool // a live assertion denies it
	Roots    []graph.Root
	Evidence []graph.Evidence
}

// Deleted tells whether the version is said not to have the provision any
// more; then Text is what the source calls it.
func (p *Provision) Deleted() bool { return p.Status == statusDeleted }

// Placeholder tells whether the version leaves the words open; then Text is
// what the source calls it.
func (p *Provision) Placeholder() bool { return p.Status == statusPlaceholder }

// DraftTextOf compares draft texts at the view's point; without a day, today's.
// A provision without an issue belongs to a negotiation where its version is asked for.
func DraftTextOf(ctx context.Context, v graph.View, q *DraftQuery) (DraftText, error) {
	if q == nil {
		q = &DraftQuery{}
	}
	asked := *q
	r := draftReading{ctx: ctx, v: v.On(v.Day()), q: &asked}
	if err := r.read(); err != nil {
		return DraftText{}, fmt.Errorf("negotiation: draft text: %w", err)
	}
	return r.compare(), nil
}

// draftReading reads all that a comparison is made of.
type draftReading struct {
	ctx        context.Context
	v          graph.View
	q          *DraftQuery
	provisions []Provision
	versions   []Version
	sides      map[graph.EntityID][]Side // by provision: each status that is stated, with its sources
	reason     Reason
}

func (r *draftReading) read() error {
	a := ask(r.ctx, r.v)
	r.q.Negotiation = a.about(r.q.Negotiation)
	r.q.Issues = a.entities("issue", kindIssue, r.q.Issues)
	r.q.Versions = distinct(a.entities("version", kindVersion, r.q.Versions))
	if a.err != nil {
		return a.err
	}
	list, err := r.standing()
	if err != nil {
		return err
	}
	if err := r.hear(list); err != nil {
		return err
	}
	if err := r.readVersions(); err != nil || len(r.provisions) > 0 {
		return err
	}
	r.reason, err = nothing(r.ctx, r.v)
	if r.reason == NoPosition {
		r.reason = NotSeen
	}
	return err
}

// standing reads the provisions that stand and belong to what is asked for.
func (r *draftReading) standing() ([]graph.Standing, error) {
	s, err := scopeOf(r.ctx, r.v, r.q.Negotiation)
	if err != nil {
		return nil, err
	}
	q := graph.RelationQuery{Kind: provisionKind, Fillers: map[string][]graph.EntityID{}, MinRank: r.q.MinRank, Ranked: r.q.Ranked}
	if len(r.q.Issues) > 0 {
		q.Fillers[fieldIssue] = r.q.Issues
	}
	if len(r.q.Versions) == 0 {
		return s.relations(r.ctx, q)
	}
	q.Fillers[versionRole] = r.q.Versions
	list, err := r.v.Relations(r.ctx, q)
	k := r.v.Ontology().Kind(provisionKind)
	return slices.DeleteFunc(list, func(p graph.Standing) bool {
		return k != nil && len(p.All(fieldIssue)) > 0 && !s.has(k, &p)
	}), err
}

// hear reads the evidence of provisions, in one call.
func (r *draftReading) hear(list []graph.Standing) error {
	var said []graph.Claim
	for i := range list {
		said = append(said, sayings(&list[i])...)
	}
	evidence, err := evidenceOf(r.ctx, r.v, said)
	if err != nil {
		return err
	}
	r.sides = make(map[graph.EntityID][]Side, len(list))
	for i := range list {
		s := &list[i]
		p := provisionOf(s)
		for _, c := range sayings(s) {
			e := evidence[c.ID]
			r.sides[s.ID] = append(r.sides[s.ID], Side{Relation: s.ID, Values: []graph.Claim{c}, Evidence: e, Roots: rootsOf(e)})
			p.Evidence = append(p.Evidence, e...)
			p.Denied = p.Denied || slices.ContainsFunc(e, func(e graph.Evidence) bool { return e.Deny })
		}
		p.Roots = rootsOf(p.Evidence)
		r.provisions = append(r.provisions, p)
	}
	return nil
}

// sayings are the claims for which a provision's assertions are asked: its
// statuses, else any one.
func sayings(s *graph.Standing) []graph.Claim {
	if list := s.All(provisionStatus); len(list) > 0 {
		return list
	}
	return s.Claims[:min(1, len(s.Claims))]
}

func provisionOf(s *graph.Standing) Provision {
	p := Provision{Standing: *s, Version: filler(s, versionRole), Start: startOf(s), Status: "UNKNOWN"}
	p.Point, p.Text = word(s, pointField), word(s, provisionText)
	for _, c := range s.All(fieldIssue) {
		p.Issues = append(p.Issues, c.Value.Entity())
	}
	p.Issues = sorted(p.Issues)
	if c, ok := s.Head(provisionStatus); ok {
		p.Status = c.Value.String()
	}
	return p
}
