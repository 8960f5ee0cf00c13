package graph

import (
	"context"
	"errors"
)

// Named is an entity together with what it is called at a point.
type Named struct {
	Entity
	Label string
	Shown bool // the point shows it; otherwise only its id and label are set
}

// Named is Entities and Labels in one: an answer for each id, in order.
func (v View) Named(ctx context.Context, ids []EntityID, languages ...string) ([]Named, error) {
	list := make([]Named, len(ids))
	err := v.read(ctx, func(rd *reading) error {
		for i, id := range ids {
			var err error
			if list[i], err = rd.namedEntity(id, languages); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (rd *reading) namedEntity(id EntityID, languages []string) (named Named, err error) {
	named.ID = id
	if named.Label, err = rd.label(id, languages); err != nil {
		return named, err
	}
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return named, nil
	}
	if err != nil {
		return named, err
	}
	if named.Shown, err = rd.visible(n); err == nil && named.Shown {
		named.Entity, err = rd.entity(n)
	}
	return named, err
}

// Origins are the documents and speakers that evidence names.
type Origins struct {
	Documents map[EntityID]Document
	Speakers  map[EntityID]Named
}

// Origins looks up the documents that evidence stands in, and all who are in
// its chains.
func (v View) Origins(ctx context.Context, list []Evidence, languages ...string) (o Origins, err error) {
	err = v.read(ctx, func(rd *reading) error {
		o = Origins{map[EntityID]Document{}, map[EntityID]Named{}}
		for i := range list {
			if err := rd.origins(&list[i], &o, languages); err != nil {
				return err
			}
		}
		return nil
	})
	return o, err
}

func (rd *reading) origins(e *Evidence, o *Origins, languages []string) (err error) {
	if _, ok := o.Documents[e.Document]; !ok {
		if o.Documents[e.Document], err = rd.shownDocument(e.Document); err != nil {
			return err
		}
	}
	for _, id := range e.Chain {
		if _, ok := o.Speakers[id]; ok {
			continue
		}
		if o.Speakers[id], err = rd.namedEntity(id, languages); err != nil {
			return err
		}
	}
	return nil
}
