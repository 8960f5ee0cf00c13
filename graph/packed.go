package graph

import (
	"bytes"
	"slices"
	"strings"
	"unsafe"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
)

// packRows makes of rows that the image keeps what most readers ask of them,
// decoded once for all. Of damaged rows it makes nothing: who reads them by
// themselves is told.
func packRows(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (any, int) {
	switch family := prefix[0]; family {
	case famEdge, famPair, famProperty:
		return packEdges(family, rows, row)
	case famEntity:
		return packHeaders(rows, row)
	case famSupport:
		return packSupports(rows, row)
	}
	return nil, 0
}

func packEdges(family byte, rows int, row func(i int) (suffix, value []byte)) (any, int) {
	b := newBlock(family, rows)
	for i := range rows {
		suffix, value := row(i)
		if b.add(suffix, value) != nil {
			return nil, 0
		}
	}
	b.narrow()
	return b, b.size()
}

// headers are those of entities that were recorded one after another. Whoever
// is given one leaves it as it is.
type headers struct {
	last []byte // of each number, its last byte
	rows []entityRow
}

func packHeaders(rows int, row func(i int) (suffix, value []byte)) (any, int) {
	h := &headers{make([]byte, rows), make([]entityRow, rows)}
	for i := range rows {
		suffix, value := row(i)
		e, err := decodeEntity(value)
		if err != nil || len(suffix) != 1 {
			return nil, 0
		}
		h.last[i], h.rows[i] = suffix[0], e
	}
	return h, int(unsafe.Sizeof(*h)) + rows*(1+int(unsafe.Sizeof(entityRow{}))) + h.together()
}

// together puts the keys of all entities together, and tells how many bytes they
// take.
func (h *headers) together() int {
	all, text := 0, 0
	for i := range h.rows {
		for _, k := range h.rows[i].keys {
			all, text = all+1, text+len(k.Scheme)+len(k.ID)
		}
	}
	keys := make([]datedKey, 0, all)
	var b strings.Builder
	b.Grow(text)
	add := func(s string) string {
		b.WriteString(s)
		return b.String()[b.Len()-len(s):]
	}
	for i := range h.rows {
		from := len(keys)
		for _, k := range h.rows[i].keys {
			if last := len(keys) - 1; last >= 0 && keys[last].Scheme == k.Scheme {
				k.Scheme = keys[last].Scheme
			} else {
				k.Scheme = add(k.Scheme)
			}
			k.ID = add(k.ID)
			keys = append(keys, k)
		}
		h.rows[i].keys = keys[from:len(keys):len(keys)]
	}
	return all*int(unsafe.Sizeof(datedKey{})) + text
}

// packedHeader is the header of an entity, if it is kept in memory.
func (rd *reading) packedHeader(n num) (*entityRow, error) {
	packed, err := rd.packed(famEntity, n)
	h, ok := packed.(*headers)
	if !ok {
		return nil, err
	}
	if len(h.last) == 0 {
		return nil, nil
	}
	i := int(byte(n) - h.last[0])
	if i >= len(h.last) || h.last[i] != byte(n) { // not all of them are there
		i = bytes.IndexByte(h.last, byte(n))
	}
	if i >= 0 {
		return &h.rows[i], nil
	}
	return nil, nil
}

// supports are s rows of claims that were recorded one after another.
type supports struct {
	last []byte // of the number of the claim that each is about, its last byte
	rows []support
}

func packSupports(rows int, row func(i int) (suffix, value []byte)) (any, int) {
	p := &supports{make([]byte, rows), make([]support, rows)}
	for i := range rows {
		suffix, value := row(i)
		if len(suffix) != 6 {
			return nil, 0
		}
		s, err := decodeSupport(get5(suffix[1:]), value)
		if err != nil {
			return nil, 0
		}
		p.last[i], p.rows[i] = suffix[0], s
	}
	return p, int(unsafe.Sizeof(*p)) + rows*(1+int(unsafe.Sizeof(support{})))
}

// packedSupports are the s rows of a claim, if they are kept in memory.
func (rd *reading) packedSupports(claim num) (list []support, ok bool, err error) {
	packed, err := rd.packed(famSupport, claim)
	p, ok := packed.(*supports)
	if !ok {
		return nil, false, err
	}
	from, found := slices.BinarySearch(p.last, byte(claim))
	to := from
	for found && to < len(p.last) && p.last[to] == byte(claim) {
		to++
	}
	return p.rows[from:to], true, nil
}

// packed is what the image has of the rows of a number.
func (rd *reading) packed(family byte, n num) (any, error) {
	both := put5(append(put5(append(rd.scratch().number[:0], family), n), family), n+1)
	return resident.Packed(rd.r, kv.Range{Start: both[:lenNumbered:lenNumbered], End: both[lenNumbered:]})
}
