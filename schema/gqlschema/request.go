package gqlschema

import (
	"cmp"
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// Request is what one operation brings along, and what it leaves behind. It
// serves one operation, whose resolvers run on one goroutine.
type Request struct {
	Clearance graph.Marking
	Languages []string // of labels, the preferred one first; English comes next
	// From, where given, is the view by which a query reads: as of its moment and
	// with its clearance, and at its point where the query does not say another
	// one. It may be one of another database with the same ontology.
	From *graph.View

	resolved []Resolved
}

// Resolved tells which entity an argument's name was taken for.
type Resolved struct {
	Path  []any  `json:"path"` // of the field, then the argument
	Name  string `json:"name"` // as given
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Resolved lists the names that were resolved so far, by path.
func (r *Request) Resolved() []Resolved {
	slices.SortStableFunc(r.resolved, func(a, b Resolved) int { return comparePaths(a.Path, b.Path) })
	return r.resolved
}

// comparePaths orders paths step by step, numbers by their size.
func comparePaths(a, b []any) int {
	return slices.CompareFunc(a, b, func(x, y any) int {
		i, _ := x.(int)
		j, _ := y.(int)
		s, _ := x.(string)
		t, _ := y.(string)
		return cmp.Or(cmp.Compare(i, j), cmp.Compare(s, t))
	})
}

// at is the view of an operation at a point.
func (b *builder) at(ctx context.Context, p graph.Point) graph.View {
	if from := requestOf(ctx).From; from != nil {
		return from.At(p)
	}
	return b.db.At(p)
}

// point is what a question is asked at where it does not say more.
func (r *Request) point() graph.Point {
	if r.From != nil {
		return r.From.Point()
	}
	return graph.Point{Clearance: r.Clearance}
}

type requestKey struct{}

// WithRequest gives a context to run one operation in.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf is the request of a context; without one, that of a reader without
// clearance.
func requestOf(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{}
}
