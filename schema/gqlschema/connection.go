package gqlschema

import (
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// connection is what the names of page-by-page twins end in.
const connection = "Connection"

// window is a part of a list: what connections resolve from.
type window struct {
	page     *page
	all      []graph.EntityID
	from, to int
	bind     binding
}

type windowEdge struct {
	window *window
	id     graph.EntityID
}

// pageArgs are the arguments of every connection.
func pageArgs() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"first":  firstArg(),
		"after":  {Type: graphql.String, Description: "The cursor behind which the page begins, of the same list."},
		"last":   {Type: graphql.Int, Description: "So many from the end; first is not looked at then."},
		"before": {Type: graphql.String, Description: "The cursor before which the page ends, of the same list."},
	}
}

// connectionType is the connection of a kind, or of all entities.
func (b *builder) connectionType(kind string) *graphql.Object {
	if made := b.made[kind+connection]; made != nil {
		return made.(*graphql.Object)
	}
	if b.pageInfo == nil {
		b.pageInfo = pageInfo()
	}
	edge := object(kind+"Edge", "", func() graphql.Fields {
		return graphql.Fields{
			"cursor": field(must(graphql.String), "For after or before, of the same list.", plain(func(e windowEdge) any { return e.window.bind.cursor(e.id) })),
			"node":   field(must(b.typeNamed(kind)), "", plain(func(e windowEdge) any { return node{e.window.page, e.id} })),
		}
	})
	made := object(kind+connection, "", func() graphql.Fields {
		return graphql.Fields{
			"edges":      field(listOf(edge), "", plain((*window).edges)),
			"nodes":      field(listOf(b.typeNamed(kind)), "What the edges lead to.", plain(func(w *window) any { return w.page.pick(w.all[w.from:w.to]) })),
			"pageInfo":   field(must(b.pageInfo), "", plain(func(w *window) any { return w })),
			"totalCount": field(must(graphql.Int), "Of the whole list.", plain(func(w *window) any { return len(w.all) })),
			"point":      field(must(b.point), "The point at which the list is read.", plain(func(w *window) any { return w.page.view })),
		}
	})
	b.made[kind+connection] = made
	return made
}

func pageInfo() *graphql.Object {
	end := func(at func(*window) int) graphql.FieldResolveFn {
		return plain(func(w *window) any {
			if w.from == w.to {
				return nil
			}
			return w.bind.cursor(w.all[at(w)])
		})
	}
	return object("PageInfo", "Where a page stands in its list.", func() graphql.Fields {
		return graphql.Fields{
			"hasNextPage":     field(must(graphql.Boolean), "", plain(func(w *window) any { return w.to < len(w.all) })),
			"hasPreviousPage": field(must(graphql.Boolean), "", plain(func(w *window) any { return w.from > 0 })),
			"startCursor":     field(graphql.String, "", end(func(w *window) int { return w.from })),
			"endCursor":       field(graphql.String, "", end(func(w *window) int { return w.to - 1 })),
		}
	})
}

func (w *window) edges() any {
	edges := make([]windowEdge, 0, w.to-w.from)
	for _, id := range w.all[w.from:w.to] {
		edges = append(edges, windowEdge{w, id})
	}
	return edges
}

// connect cuts the page that the arguments ask for out of a list. Of tells
// whose list it is.
func (b *builder) connect(p graphql.ResolveParams, pg *page, all []graph.EntityID, of string) (*window, error) {
	w := &window{page: pg, all: all, to: len(all), bind: bindingOf(p, pg.view, of)}
	for _, arg := range []string{"after", "before"} {
		given, ok := p.Args[arg].(string)
		if !ok {
			continue
		}
		id, err := w.bind.position(arg, given)
		if err != nil {
			return nil, err
		}
		i := slices.Index(all, id)
		switch {
		case i < 0:
			return nil, newFault(codeCursor, arg+": what the cursor stood at is no longer in the list: begin again without it", nil)
		case arg == "after":
			w.from = i + 1
		default:
			w.to = max(i, w.from)
		}
	}
	return w, w.limit(p.Args)
}

// limit keeps as many as are asked for, from one end.
func (w *window) limit(args map[string]any) error {
	if last, ok := args["last"].(int); ok {
		if last < 0 || last > lastMost {
			return newFault(codeInput, "last: want 0 to 1000", nil)
		}
		w.from = max(w.from, w.to-last)
		return nil
	}
	first, err := firstOf(args)
	if first < w.to-w.from {
		w.to = w.from + first
	}
	return err
}

const lastMost = 1000
