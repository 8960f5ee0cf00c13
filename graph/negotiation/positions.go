package negotiation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// Positions lists what was held over time, the oldest first: every position that
// began by the end of the view's day, in whatever voice, whatever took over from
// it since; without a day, all that are known.
func Positions(ctx context.Context, v graph.View, q *MatrixQuery) ([]Position, error) {
	if q == nil {
		q = &MatrixQuery{}
	}
	end := graph.MaxTime
	if on := v.Point().On; !on.IsZero() {
		end = on.To
	}
	list, err := everHeld(ctx, v.On(graph.Interval{}), *q)
	if err != nil {
		return nil, fmt.Errorf("negotiation: positions: %w", err)
	}
	list = slices.DeleteFunc(list, func(p Position) bool { return p.Start >= end })
	slices.SortFunc(list, func(a, b Position) int { return newest(&b, &a) })
	return list, nil
}

func everHeld(ctx context.Context, v graph.View, q MatrixQuery) ([]Position, error) {
	if err := ask(ctx, v).part(&q.Negotiation, &q.Issues, &q.Parties); err != nil {
		return nil, err
	}
	issues, err := issuesOf(ctx, v, &q)
	if err != nil || len(issues) == 0 {
		return nil, err
	}
	list, err := positions(ctx, v, &q, issues)
	if err != nil {
		return nil, err
	}
	return q.Only.keep(ctx, v, list)
}
