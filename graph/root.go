package graph

import (
	"bytes"
	"cmp"
	"slices"
)

// Root is the root origin of an assertion (rule 15): the innermost speaker of
// its chain, else its document's single named origin, else the document's
// publisher, else the document itself. One of the fields is set. Assertions with
// the same root count once, however many relay them.
type Root struct {
	Entity    EntityID
	Publisher string
	Document  EntityID
}

// Compare orders roots: entities first, then publishers, then documents.
func (r Root) Compare(s Root) int {
	return cmp.Or(cmp.Compare(r.rank(), s.rank()), bytes.Compare(r.Entity[:], s.Entity[:]),
		cmp.Compare(r.Publisher, s.Publisher), bytes.Compare(r.Document[:], s.Document[:]))
}

func (r Root) rank() int {
	switch {
	case !r.Entity.IsZero():
		return 0
	case r.Publisher != "":
		return 1
	}
	return 2
}

// root finds the root origin of a record.
func (rd *reading) root(rec *record) (r Root, err error) {
	if n := len(rec.chain); n > 0 {
		r.Entity, err = rd.id(rec.chain[n-1])
		return r, err
	}
	doc, err := rd.document(rec.doc)
	switch {
	case err != nil:
	case len(doc.origins) == 1:
		r.Entity, err = rd.id(doc.origins[0])
	case doc.Publisher != "":
		r.Publisher = doc.Publisher
	default:
		r.Document, err = rd.id(doc.entity)
	}
	return r, err
}

// roots lists the root origins of the live assertions that affirm a relation:
// its first property, where it starts last. What was merged may have several
// such claims.
func (rd *reading) roots(s *stateOf) ([]Root, error) {
	var list []Root
	for i := range s.Claims {
		c := &s.Claims[i]
		if c.Property != s.Claims[0].Property || c.From != s.Claims[0].From {
			break
		}
		err := rd.evidenceOf(c, func(rec *record) error {
			root, err := rd.root(rec)
			list = append(list, root)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, Root.Compare)
	return slices.Compact(list), nil
}

// key is the part of a relation's key that its root speaker is.
func (r Root) key() string {
	var e enc
	e = append(append(e, r.Entity[:]...), r.Document[:]...)
	e.string(r.Publisher)
	return string(e)
}
