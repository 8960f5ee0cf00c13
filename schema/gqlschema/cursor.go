package gqlschema

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// binding is what a cursor is good for: one list, with its arguments, at one point.
type binding struct {
	list uint64
	ts   graph.TS // of the view, so that later pages are of the same transaction
}

// A cursor is the binding's two numbers and an entity's id.
const cursorSize = 8 + 8 + 16

func bindingOf(p graphql.ResolveParams, v graph.View, of string) binding {
	args := maps.Clone(p.Args)
	for _, name := range []string{"first", "after", "last", "before"} {
		delete(args, name)
	}
	point := v.Point()
	h := fnv.New64a()
	fmt.Fprintln(h, p.Info.ParentType.Name(), p.Info.FieldName, args, point.On, point.Basis, point.Clearance) // maps are printed in the order of their keys
	if of != "" {
		fmt.Fprintln(h, of, point.KnownOn)
	}
	return binding{h.Sum64(), v.TS()}
}

func (b binding) cursor(id graph.EntityID) string {
	raw := binary.BigEndian.AppendUint64(nil, b.list)
	raw = binary.BigEndian.AppendUint64(raw, uint64(b.ts))
	return base64.RawURLEncoding.EncodeToString(append(raw, id[:]...))
}

// position is the entity at which a cursor stands, if it is of this list.
func (b binding) position(arg, cursor string) (id graph.EntityID, err error) {
	raw, ok := decodeCursor(cursor)
	if !ok || binary.BigEndian.Uint64(raw) != b.list {
		return id, newFault(codeCursor, arg+": not a cursor of this list, with these arguments and at this point", nil)
	}
	copy(id[:], raw[16:])
	return id, nil
}

func decodeCursor(s string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	return raw, err == nil && len(raw) == cursorSize
}

// resumed is the view of a list that goes on behind or before a cursor: as of
// the transaction of the page that the cursor came from, so that what is
// recorded in between does not move the pages.
func resumed(p graphql.ResolveParams, v graph.View) graph.View {
	if !strings.HasSuffix(p.Info.FieldName, connection) {
		return v
	}
	for _, arg := range []string{"after", "before"} {
		given, ok := p.Args[arg].(string)
		if !ok {
			continue
		}
		if raw, ok := decodeCursor(given); ok {
			v = v.UpTo(graph.TS(binary.BigEndian.Uint64(raw[8:])))
		}
	}
	return v
}
