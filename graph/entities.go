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
		if found, err = tx.make(kind, keys); err != nil {
			return nil, err
		}
	} else if err := tx.sameKind(found, kind); err != nil {
		return nil, err
	}
	return found, tx.addKeys(found, keys)
}

// make creates an entity, or takes one up again that lost its keys when it was erased.
func (tx *Tx) make(kind string, keys []Key) (*cachedEntity, error) {
	id := tx.newID(keys)
	if !tx.db.erased.Load() {
		return tx.create(kind, id)
	}
	c, err := tx.find(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return tx.create(kind, id)
	}
	if err == nil {
		err = errors.Join(tx.refuseErased(Target{Entity: id}, keys[0].String()), tx.sameKind(c, kind))
	}
	return c, err
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
	n := tx.next.entity
	tx.created = append(tx.created, n)
	tx.log(opEntity, func(e *enc) { e.num(n); *e = append(*e, id[:]...); *e = put2(*e, k) })
	return tx.putEntity(n, entityRow{id: id, kind: k})
}

func (tx *Tx) putEntity(n num, row entityRow) (*cachedEntity, error) {
	c := &cachedEntity{entityRow: row, num: n, dirty: true}
	tx.byNum[n], tx.byID[row.id] = c, c
	if err := tx.set(uuidKey(row.id), put5(nil, n)); err != nil {
		return nil, err
	}
	kind, err := tx.nameOf(row.kind)
	if ont := tx.db.ontology.Kind(kind); err != nil || (ont != nil && ont.Relation) {
		return c, err
	}
	return c, tx.set(kindKey(row.kind, MinTime, n), nil)
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
		tx.log(opKey, func(e *enc) { e.num(c.num); e.string(k.Scheme); e.string(k.ID) })
		if err := tx.putKey(c, k); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) putKey(c *cachedEntity, k Key) error {
	var e enc
	e.num(c.num)
	e.ts(tx.TS())
	tx.byKey[k] = c
	c.keys, c.dirty = append(c.keys, datedKey{k, tx.TS()}), true
	return tx.set(externalKey(k), e)
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
