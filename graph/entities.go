package graph

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/parleydb/parley/graph/kv"
)

type cachedEntity struct {
	entityRow
	num   num
	dirty bool
}

// Declare finds the entity that goes by one of the keys, or makes it; without
// keys it makes one. Its kind is fixed (rule 10), and it becomes visible with
// the first claim about it.
func (tx *Tx) Declare(d Declaration) (EntityID, error) {
	c, err := tx.declare(d.Kind, d.Keys)
	if err != nil {
		return EntityID{}, err
	}
	return c.id, tx.room()
}

func (tx *Tx) declare(kind string, keys []Key) (*cachedEntity, error) {
	if o := tx.db.ontology; o != nil && kind != KindDocument {
		if k := o.Kind(kind); k == nil || k.Abstract {
			return nil, fmt.Errorf("%w: unknown kind %q%s", ErrRefused, kind, o.near(kind))
		}
	}
	var found *cachedEntity
	for _, k := range keys {
		if err := k.valid(); err != nil {
			return nil, err
		}
		c, err := tx.find(Ref{Key: k})
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case found != nil && found != c:
			return nil, fmt.Errorf("%w: the keys %s and %s name two entities: declare them one by one", ErrConflict, keys[0], k)
		default:
			found = c
		}
	}
	if found == nil {
		var err error
		if found, err = tx.create(kind, tx.newID(keys)); err != nil {
			return nil, err
		}
	} else if err := tx.sameKind(found, kind); err != nil {
		return nil, err
	}
	return found, tx.addKeys(found, keys)
}

func (tx *Tx) newID(keys []Key) EntityID {
	if len(keys) > 0 {
		return keys[0].entity()
	}
	return EntityID(uuid.Must(uuid.NewV7()))
}

func (tx *Tx) sameKind(c *cachedEntity, kind string) error {
	n, err := tx.number(kind, NoValue)
	if err == nil && n != c.kind {
		name, _ := tx.nameOf(c.kind)
		return fmt.Errorf("%w: %s is a %s, not a %s: a kind is fixed", ErrConflict, c.label(), name, kind)
	}
	return err
}

// label names an entity in messages.
func (c *cachedEntity) label() string {
	if len(c.keys) > 0 {
		return c.keys[0].String()
	}
	return c.id.String()
}

func (tx *Tx) create(kind string, id EntityID) (*cachedEntity, error) {
	k, err := tx.number(kind, NoValue)
	if err != nil {
		return nil, err
	}
	tx.next.entity++
	c := &cachedEntity{entityRow: entityRow{id: id, kind: k}, num: tx.next.entity, dirty: true}
	tx.byNum[c.num], tx.byID[id] = c, c
	tx.log(opEntity, func(e *enc) { e.num(c.num); *e = append(*e, id[:]...); *e = put2(*e, k) })
	if err := tx.set(uuidKey(id), put5(nil, c.num)); err != nil {
		return nil, err
	}
	if ont := tx.db.ontology.Kind(kind); ont != nil && ont.Relation {
		return c, nil
	}
	return c, tx.set(kindKey(k, MinTime, c.num), nil)
}

func (tx *Tx) addKeys(c *cachedEntity, keys []Key) error {
	for _, k := range keys {
		if tx.byKey[k] == c {
			continue
		}
		if _, err := tx.kv.Get(externalKey(k)); err == nil {
			tx.byKey[k] = c
			continue
		} else if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		var e enc
		e.num(c.num)
		e.ts(tx.TS())
		if err := tx.set(externalKey(k), e); err != nil {
			return err
		}
		tx.log(opKey, func(e *enc) { e.num(c.num); e.string(k.Scheme); e.string(k.ID) })
		tx.byKey[k] = c
		c.keys, c.dirty = append(c.keys, datedKey{k, tx.TS()}), true
	}
	return nil
}

// entity finds an entity by reference, or says what is missing.
func (tx *Tx) entity(r Ref) (*cachedEntity, error) {
	if r.ID.IsZero() {
		if err := r.Key.valid(); err != nil {
			return nil, err
		}
	}
	c, err := tx.find(r)
	if errors.Is(err, ErrNotFound) {
		return nil, &unknownError{r}
	}
	return c, err
}

// unknownError is about a reference to an entity that there is not, or not yet.
type unknownError struct{ ref Ref }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%v: unknown entity %s: declare it, in any place of the load", ErrRefused, e.ref)
}
func (e *unknownError) Unwrap() error { return ErrRefused }

func (tx *Tx) find(r Ref) (*cachedEntity, error) {
	if !r.ID.IsZero() {
		if c := tx.byID[r.ID]; c != nil {
			return c, nil
		}
		return tx.fetch(uuidKey(r.ID), r)
	}
	if c := tx.byKey[r.Key]; c != nil {
		return c, nil
	}
	c, err := tx.fetch(externalKey(r.Key), r)
	if err == nil {
		tx.byKey[r.Key] = c
	}
	return c, err
}

// fetch reads the entity that a row of family d or x leads to.
func (tx *Tx) fetch(key []byte, r Ref) (*cachedEntity, error) {
	b, err := tx.kv.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, r)
	}
	if err != nil {
		return nil, err
	}
	if r.ID.IsZero() {
		d := dec{b: b}
		n, _ := d.num(), d.ts()
		if err := d.done("key row"); err != nil {
			return nil, err
		}
		return tx.numbered(n)
	}
	n, err := num5(b)
	if err != nil {
		return nil, err
	}
	return tx.numbered(n)
}

func (tx *Tx) numbered(n num) (*cachedEntity, error) {
	if c := tx.byNum[n]; c != nil {
		return c, nil
	}
	b, err := tx.kv.Get(entityKey(n))
	if err != nil {
		return nil, err
	}
	row, err := decodeEntity(b)
	c := &cachedEntity{entityRow: row, num: n}
	tx.byNum[n], tx.byID[row.id] = c, c
	return c, err
}

// Find returns the id of an entity, whether or not anything is said of it yet;
// ErrNotFound: there is none.
func (tx *Tx) Find(r Ref) (EntityID, error) {
	c, err := tx.find(r)
	if err != nil {
		return EntityID{}, err
	}
	return c.id, nil
}
