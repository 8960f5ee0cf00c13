package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"
)

// rowFields makes the fields of a role, a link or an attribute.
func (b *builder) rowFields(fields graphql.Fields, r *row) {
	p := r.property
	switch r.show {
	case single:
		fields[r.name] = field(b.output(p), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.fillsFirst(ctx, p.Name) }))
	case several:
		fields[r.name] = b.rolePage(listOf(b.output(p)), p.Doc, func(ctx context.Context, n node, first int) (any, error) {
			list, err := n.fill(ctx, p.Name)
			return cut(list, first), err
		})
		b.roleConnection(fields, r)
	case textOne:
		fields[r.name] = field(graphql.String, p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.textFirst(ctx, p.Name) }))
		fields[r.name+"Entity"] = field(b.output(p), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.fillsFirst(ctx, p.Name) }))
	case texts:
		fields[r.name] = b.rolePage(listOf(graphql.String), p.Doc, func(ctx context.Context, n node, first int) (any, error) {
			list, err := n.textsOf(ctx, p.Name)
			return cut(list, first), err
		})
		b.roleConnection(fields, r)
	case textOr:
		fields[r.name] = field(graphql.String, p.Doc, fetch(node.textOrOptions))
	case values:
		fields[r.name] = field(listOf(b.attributeType(p)), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.all(ctx, p.Name) }))
	default:
		fields[r.name] = field(b.attributeType(p), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.headline(ctx, p.Name) }))
	}
}

// rolePage is the field of a role that may be filled by several.
func (b *builder) rolePage(t graphql.Output, doc string, page func(context.Context, node, int) (any, error)) *graphql.Field {
	return with(field(t, doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		return page(p.Context, n, first)
	})), graphql.FieldConfigArgument{"first": {Type: graphql.Int, Description: "At most so many; default 50."}}) // no DefaultValue: those who fill a role are few, and should not weigh like a page
}

// roleConnection is the twin of a role's field, page by page.
func (b *builder) roleConnection(fields graphql.Fields, r *row) {
	role := r.property.Name
	target := typeEntity
	if len(r.property.Targets) == 1 {
		target = r.property.Targets[0]
	}
	name := r.name + connection
	f := field(must(b.connectionType(target)), r.property.Doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
		s, err := n.page.standing(p.Context, n.id)
		if err != nil {
			return nil, err
		}
		below, err := n.page.filling(p.Context, role)
		if err != nil {
			return nil, err
		}
		return b.connect(p, below, fillersOf(s, role), n.id.String())
	}))
	fields[name] = with(f, pageArgs())
}
