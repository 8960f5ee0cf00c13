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
