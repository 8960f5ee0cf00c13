package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/parleydb/parley/graph/kv"
)

type cachedEntity struct {
	entityRow
	num   num
	dirty bool
	here  bool     // the transaction declared it, which may therefore know of it
	named openness // by what this transaction says of it
	again []Key    // which the transaction gave, and which were there, perhaps not so openly
}

// Declare finds the entity that goes by one of the keys, or makes it; without
// keys it makes one. Its kind is fixed (rule 10), and it becomes visible with
// the first claim about it.
//
// The keys, and that the entity is there, are told to whoever may see the most
// open assertion that the transaction makes about it, or to everybody where it
// makes none. Of an entity that the act's clearance is not told of, and of its
// keys, Declare knows nothing: it makes the entity as if it had not been there.
// Its id does not tell: it follows from the first key.
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
	found.here = true
	return found, tx.addKeys(found, keys)
}

// make creates an entity, or takes one up that the act is not told of, or that
// lost its keys when it was erased.
func (tx *Tx) make(kind string, keys []Key) (*cachedEntity, error) {
	id := tx.newID(keys)
	if len(keys) == 0 || (!tx.db.erased.Load() && !tx.hidden[keys[0]]) {
		return tx.create(kind, id)
	}
	if err := tx.refuseErased(Target{Entity: id}, keys[0].String()); err != nil {
		return nil, err
	}
	return tx.takeUp(kind, id)
}

// takeUp creates an entity unless it is there, told of or not.
func (tx *Tx) takeUp(kind string, id EntityID) (*cachedEntity, error) {
	c := tx.byID[id]
	if c == nil {
		var err error
		if c, err = tx.fetch(id); errors.Is(err, ErrNotFound) {
			return tx.create(kind, id)
		} else if err != nil {
			return nil, err
		}
	}
	if !c.here && !tx.told(c) {
		c.here, tx.created = true, append(tx.created, c.num)
	}
	return c, tx.sameKind(c, kind)
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
		return fmt.Errorf("%w: %s is a %s, not a %s: a kind is fixed", ErrConflict, tx.label(c), name, kind)
	}
	return err
}

// label names an entity in messages.
func (tx *Tx) label(c *cachedEntity) string {
	for _, k := range c.keys {
		if k.marking <= tx.act.Clearance || slices.Contains(c.again, k.Key) {
			return k.Key.String()
		}
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
	c := &cachedEntity{entityRow: row, num: n}
	tx.holds(c)
	tx.changes(c)
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
		switch {
		case tx.byKey[k] == c && slices.Contains(c.again, k):
			continue
		case c.knownBy(k, newestTS, Clear):
		case c.knownBy(k, newestTS, Red):
			c.again = append(c.again, k) // told, when it is known how openly
		default:
			if err := tx.giveKey(c, k); err != nil {
				return err
			}
		}
		put(&tx.byKey, k, c)
	}
	return nil
}

func (tx *Tx) giveKey(c *cachedEntity, k Key) error {
	tx.log(opKey, func(e *enc) { e.num(c.num); e.string(k.Scheme); e.string(k.ID) })
	return tx.putKey(c, k)
}

func (tx *Tx) putKey(c *cachedEntity, k Key) error {
	put(&tx.byKey, k, c)
	c.keys = append(c.keys, datedKey{Key: k, ts: tx.TS()})
	tx.changes(c)
	list, err := tx.owners(k)
	if err != nil || slices.ContainsFunc(list, func(o owner) bool { return o.entity == c.num }) {
		return err
	}
	list = append(list, owner{c.num, tx.TS()})
	if err = tx.set(externalKey(k), encodeOwners(list)); err == nil {
		tx.known.putOwners(k, list)
	}
	return err
}

// owners lists the entities that go by a key; there may be none.
func (tx *Tx) owners(k Key) ([]owner, error) {
	if list := tx.known.ownersOf(k); list != nil {
		return list, nil
	}
	list, err := readOwners(tx.kv, externalKey(k))
	if err == nil && list != nil {
		tx.known.putOwners(k, list)
	}
	return list, err
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
	if err == nil && r.ID.IsZero() && !c.knownBy(r.Key, newestTS, Clear) {
		tx.called = append(tx.called, calling{c, r.Key})
	}
	return c, err
}

// unknownError is about a reference to an entity that there is not, or not yet.
type unknownError struct{ ref Ref }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%v: unknown entity %s: declare it, in any place of the load", ErrRefused, e.ref)
}
func (e *unknownError) Unwrap() error { return ErrRefused }

// find finds an entity that the act may know of.
func (tx *Tx) find(r Ref) (*cachedEntity, error) {
	if r.ID.IsZero() {
		return tx.findKey(r.Key)
	}
	c := tx.byID[r.ID]
	if c == nil {
		var err error
		if c, err = tx.fetch(r.ID); err != nil {
			return nil, err
		}
	}
	if !c.here && !tx.told(c) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, r)
	}
	return c, nil
}

func (tx *Tx) told(c *cachedEntity) bool { return c.told(newestTS, tx.act.Clearance) }

// findKey finds, of the entities that go by a key, the first that the act is
// told of under it.
func (tx *Tx) findKey(k Key) (*cachedEntity, error) {
	if c := tx.byKey[k]; c != nil {
		return c, nil
	}
	list, err := tx.owners(k)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		c, err := tx.numbered(o.entity)
		if err != nil {
			return nil, err
		}
		if c.knownBy(k, newestTS, tx.act.Clearance) {
			put(&tx.byKey, k, c)
			return c, nil
		}
		put(&tx.hidden, k, true)
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, k)
}

// fetch reads the entity with an id.
func (tx *Tx) fetch(id EntityID) (*cachedEntity, error) {
	if n := tx.known.number(id); n != 0 {
		return tx.numbered(n)
	}
	b, err := tx.kv.Get(uuidKey(id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	if err != nil {
		return nil, err
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
	row, ok := tx.known.entity(n)
	var err error
	if !ok {
		if row, err = tx.readEntity(n); err != nil {
			return nil, err
		}
	}
	c := &cachedEntity{entityRow: row, num: n}
	tx.holds(c)
	return c, nil
}

func (tx *Tx) holds(c *cachedEntity) {
	put(&tx.byNum, c.num, c)
	put(&tx.byID, c.id, c)
}

func (tx *Tx) readEntity(n num) (entityRow, error) {
	b, err := tx.kv.Get(entityKey(n))
	if err != nil {
		return entityRow{}, err
	}
	row, err := decodeEntity(b)
	if err == nil {
		tx.known.putEntity(n, row)
	}
	return row, err
}

// Find returns the id of an entity, whether or not anything is said of it yet;
// ErrNotFound: there is none that the act's clearance is told of.
func (tx *Tx) Find(r Ref) (EntityID, error) {
	c, err := tx.find(r)
	if err != nil {
		return EntityID{}, err
	}
	return c.id, nil
}
