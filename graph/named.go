package graph

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/maypok86/otter/v2"
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

// namedEntity is what an entity is called, from memory where it was asked for
// at the same place before.
func (rd *reading) namedEntity(id EntityID, languages []string) (Named, error) {
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return Named{Entity: Entity{ID: id}, Label: id.String()}, nil
	}
	if err != nil {
		return Named{}, err
	}
	at := portraitKey{rd.place(), rd.point.Policy, rd.erasures, n, strings.Join(languages, " ")}
	p, ok := rd.db.portraits.get(at, rd.now)
	if !ok {
		rd.same()
		p.moments = rd.shared.moments
		sub := *rd
		sub.moments = &p.moments
		if p.Named, err = sub.portrait(n, languages); err == nil && rd.shared.err == nil {
			rd.db.portraits.put(at, p)
		}
	}
	if !p.Shown {
		p.ID = id
	}
	return p.Named, err
}

func (rd *reading) portrait(n num, languages []string) (named Named, err error) {
	if named.Label, err = rd.labelOf(n, languages); err != nil {
		return named, err
	}
	if named.Shown, err = rd.visible(n); err == nil && named.Shown {
		named.Entity, err = rd.entity(n)
		named.Keys = slices.Clip(named.Keys) // they are handed to many
	}
	return named, err
}

// portraits keeps what entities are called, each at a place; nil keeps nothing.
type portraits struct {
	cache *otter.Cache[portraitKey, portrait]
}

// portraitKey is what a portrait depends on, besides the moment. Erasures, which
// change the past, make a new one.
type portraitKey struct {
	place
	policy    Policy
	erasures  uint64
	entity    num
	languages string
}

type portrait struct {
	Named
	moments Interval
}

// newPortraits takes about so many bytes at most.
func newPortraits(size int64) portraits {
	if size <= 0 {
		return portraits{}
	}
	return portraits{otter.Must(&otter.Options[portraitKey, portrait]{
		MaximumWeight: uint64(size),
		Weigher: func(k portraitKey, p portrait) uint32 {
			return uint32(400 + len(k.languages) + len(p.Label) + 80*len(p.Keys))
		},
		Executor: func(fn func()) { fn() },
	})}
}

func (c *portraits) get(at portraitKey, now Time) (portrait, bool) {
	if c.cache == nil {
		return portrait{}, false
	}
	p, ok := c.cache.GetIfPresent(at)
	return p, ok && p.moments.Contains(now)
}

func (c *portraits) put(at portraitKey, p portrait) {
	if c.cache != nil {
		c.cache.Set(at, p)
	}
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
