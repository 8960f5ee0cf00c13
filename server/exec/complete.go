package exec

import (
	"fmt"
	"reflect"

	"github.com/graphql-go/graphql"
)

// complete writes a value of a form. It gives false after an error.
func (r *run) complete(n *node, f *form, v any) bool {
	for {
		thunk, ok := v.(func() (any, error))
		if !ok || thunk == nil {
			break
		}
		var err error
		if v, err = thunk(); err != nil {
			r.fail(n, err, nil)
			return false
		}
	}
	switch {
	case isNil(v):
		if f.must {
			r.fail(n, fmt.Errorf("null for %s.%s, a %s", n.parent, n.def.Name, f.typ), nil)
			return false
		}
		r.out = append(r.out, "null"...)
		return true
	case f.leaf != nil:
		return r.leaf(n, f, v)
	case f.item != nil:
		return r.list(n, f, v)
	}
	return r.composite(n, f, v)
}

func (r *run) leaf(n *node, f *form, v any) bool {
	out, err := f.leaf(r.out, v)
	if err != nil {
		r.fail(n, err, nil)
		return false
	}
	r.out = out
	return true
}

func (r *run) composite(n *node, f *form, v any) bool {
	o, err := r.typeOf(n, f, v)
	if err != nil {
		r.fail(n, err, nil)
		return false
	}
	return r.object(n.of(o), v)
}

// typeOf tells which object type a value is of.
func (r *run) typeOf(n *node, f *form, v any) (*graphql.Object, error) {
	if f.object != nil {
		if f.object.IsTypeOf != nil && !f.object.IsTypeOf(graphql.IsTypeOfParams{Value: v, Info: r.infoOf(n), Context: r.ctx}) {
			return nil, fmt.Errorf("a %T is no %s", v, f.object)
		}
		return f.object, nil
	}
	o := r.resolveType(n, f.abstract, v)
	if o == nil || !r.engine.types.member[f.abstract.Name()][o] {
		if err := r.ctx.Err(); err != nil {
			return nil, err // it may not have had the time to look
		}
		return nil, fmt.Errorf("no type of %s is known for a %T", f.abstract, v)
	}
	return o, nil
}

func (r *run) resolveType(n *node, t graphql.Abstract, v any) *graphql.Object {
	resolve := graphql.ResolveTypeFn(nil)
	switch t := t.(type) {
	case *graphql.Interface:
		resolve = t.ResolveType
	case *graphql.Union:
		resolve = t.ResolveType
	}
	if resolve != nil {
		return resolve(graphql.ResolveTypeParams{Value: v, Info: r.infoOf(n), Context: r.ctx})
	}
	for _, o := range r.engine.types.possible[t.Name()] {
		if o.IsTypeOf != nil && o.IsTypeOf(graphql.IsTypeOfParams{Value: v, Info: r.infoOf(n), Context: r.ctx}) {
			return o
		}
	}
	return nil
}

// list writes the items of a slice or array.
func (r *run) list(n *node, f *form, v any) bool {
	items, ok := itemsOf(v)
	if !ok {
		r.fail(n, fmt.Errorf("a %T is no list", v), nil)
		return false
	}
	r.out = append(r.out, '[')
	for i := range items.len {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		mark, depth := len(r.out), r.depth
		r.push(i)
		ok := !r.overtaken() && r.complete(n, f.item, items.at(i))
		r.depth = depth
		if !ok && !r.null(mark, f.item) {
			return false
		}
	}
	r.out = append(r.out, ']')
	return true
}

// items are those of a list, whatever Go type it has.
type items struct {
	len  int
	list []any
	any  reflect.Value
}

func itemsOf(v any) (items, bool) {
	if list, ok := v.([]any); ok {
		return items{len: len(list), list: list}, true
	}
	r := deref(v)
	if r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
		return items{}, false
	}
	return items{len: r.Len(), any: r}, true
}

func (x *items) at(i int) any {
	if x.list != nil {
		return x.list[i]
	}
	return x.any.Index(i).Interface()
}
