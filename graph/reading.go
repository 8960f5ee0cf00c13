package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// reading is one call's engine snapshot and what it has read already.
type reading struct {
	View
	ctx        context.Context
	r          kv.Reader
	kept       *kept // by it and its copies
	assertions map[*record]*Assertion
	again      *again            // where set: what was read of entities is kept
	names      map[uint16]string // where set: names are read from their rows, once, not from the database's cache
	shared     *resolved         // nil: entities are read as they are written
	moments    *Interval         // where set: for which moments of the view what was read holds
	erasures   uint64            // that were made before r
}

// read runs fn on an engine snapshot of its own.
func (v View) read(ctx context.Context, fn func(*reading) error) error {
	d := v.desk(ctx)
	d.image = v.db.image
	return d.read(fn)
}

// readStore is read without what is kept in memory.
func (v View) readStore(ctx context.Context, fn func(*reading) error) error {
	return v.desk(ctx).read(fn)
}

// reading begins a reading that is beside another one of the same call.
func (v View) reading(ctx context.Context, r kv.Reader) *reading { return new(desk).sit(ctx, v, r) }

// current tells whether nothing was erased since the snapshot was taken.
func (rd *reading) current() bool { return rd.erasures == rd.db.erasures.Load() }

// header reads the header of an entity.
func (rd *reading) header(n num) (*entityRow, error) {
	if e := rd.has().entities[n]; e != nil {
		return e, nil
	}
	if e, err := rd.packedHeader(n); e != nil || err != nil {
		return e, err
	}
	b, err := rd.r.Get(entityKey(n))
	if err != nil {
		return nil, fmt.Errorf("entity row: %w", err)
	}
	return rd.keep(n, b)
}

func (rd *reading) keep(n num, b []byte) (*entityRow, error) {
	e, err := decodeEntity(b)
	if err != nil {
		return nil, err
	}
	put(&rd.has().entities, n, &e)
	return &e, nil
}

// headers reads many at once.
func (rd *reading) headers(list []num) error {
	want := make([]num, 0, len(list))
	for _, n := range list {
		if rd.has().entities[n] != nil {
			continue
		}
		if e, err := rd.packedHeader(n); err != nil {
			return err
		} else if e == nil {
			want = append(want, n)
		}
	}
	if len(want) == 0 {
		return nil
	}
	keys := numberedKeys(famEntity, len(want), func(i int) num { return want[i] })
	return rd.r.GetMany(keys, func(i int, b []byte) error {
		_, err := rd.keep(want[i], b)
		return err
	})
}

func (rd *reading) record(n num) (*record, error) {
	if r := rd.has().records[n]; r != nil {
		return r, nil
	}
	b, err := rd.r.Get(recordKey(n))
	if err != nil {
		return nil, fmt.Errorf("assertion row: %w", err)
	}
	r, err := rd.readRecord(b)
	put(&rd.has().records, n, &r)
	return &r, err
}

// recordsAt reads many at once.
func (rd *reading) recordsAt(list []num) error {
	k, want := rd.has(), make([]num, 0, len(list))
	for _, n := range list {
		if _, ok := k.records[n]; !ok {
			want = append(want, n)
			put(&k.records, n, nil)
		}
	}
	keys := numberedKeys(famRecord, len(want), func(i int) num { return want[i] })
	err := rd.r.GetMany(keys, func(i int, b []byte) error {
		rec, err := decodeRecord(b)
		k.records[want[i]] = &rec
		return err
	})
	for _, n := range want {
		if r := k.records[n]; err == nil && r != nil {
			err = rd.spoken(r)
		}
	}
	return err
}

func (rd *reading) document(n num) (*documentRow, error) {
	if d := rd.has().docs[n]; d != nil {
		return d, nil
	}
	b, err := rd.r.Get(documentKey(n))
	if err != nil {
		return nil, fmt.Errorf("document row: %w", err)
	}
	d, err := decodeDocument(b)
	put(&rd.has().docs, n, &d)
	return &d, err
}

// nameOf is the name of a property or kind. The cache lacks what an update
// gave that was not acknowledged when the view was made.
func (rd *reading) nameOf(n uint16) (string, error) {
	if name, ok := rd.names[n]; ok {
		return name, nil
	}
	if rd.db != nil && rd.names == nil {
		if row, ok := rd.db.names.row(n); ok {
			return row.bare(), nil
		}
	}
	b, err := rd.r.Get(numberKey(n))
	if err != nil {
		return "", fmt.Errorf("name row: %w", err)
	}
	d := dec{b: b}
	row := nameRow{typ: ValueType(d.byte()), name: d.string()}
	if rd.names != nil {
		rd.names[n] = row.bare()
	}
	return row.bare(), d.done("name row")
}

// claimID computes the id of a claim from its row.
func (rd *reading) claimID(c *claimRow, property string) (ClaimID, error) {
	subject, err := rd.writtenID(c.subject)
	if err != nil {
		return ClaimID{}, err
	}
	var ref EntityID
	if c.value.typ == Reference {
		if ref, err = rd.writtenID(c.ref); err != nil {
			return ClaimID{}, err
		}
	}
	return c.id(&rd.scratch().claim, subject, ref, property), nil
}

// writtenID is the id of an entity itself; from memory only where a view reads,
// since what an update has written may not stay.
func (rd *reading) writtenID(n num) (EntityID, error) {
	if rd.shared != nil {
		var one [1]EntityID
		err := rd.ownIDs(one[:], func(int) num { return n })
		return one[0], err
	}
	h, err := rd.header(n)
	if err != nil {
		return EntityID{}, err
	}
	return h.id, nil
}

// lookup finds the number of an entity by id or key, as known at the view: of
// what it is one with, the oldest.
func (rd *reading) lookup(r Ref) (num, error) {
	n, err := rd.named(r)
	return rd.same().head(n), err
}

// named finds the number of the entity that is named.
func (rd *reading) named(r Ref) (num, error) {
	if r.ID.IsZero() {
		return rd.keyed(r)
	}
	if n := rd.db.ids.number(r.ID); n != 0 {
		return n, nil
	}
	b, err := rd.r.Get(uuidKey(r.ID))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, fmt.Errorf("%w: entity %s", ErrNotFound, r)
	}
	if err != nil {
		return 0, err
	}
	return num5(b)
}

// keyed finds the number of the first entity that goes by a key.
func (rd *reading) keyed(r Ref) (num, error) {
	room := rd.scratch()
	room.key = appendExternal(room.key[:0], r.Key)
	hash := rd.db.hints.hash(room.key, rd.erasures)
	if n := rd.db.hints.get(hash); n != 0 {
		if h, err := rd.header(n); err == nil && h.knownBy(r.Key, rd.ts, rd.point.Clearance) && rd.current() {
			return n, nil
		}
	}
	owners, err := readOwners(rd.r, room.key)
	if err != nil {
		return 0, err
	}
	for _, o := range owners {
		h, err := rd.header(o.entity)
		if err != nil {
			return 0, err
		}
		if h.knownBy(r.Key, rd.ts, rd.point.Clearance) {
			if len(owners) == 1 && rd.current() {
				rd.db.hints.put(hash, o.entity)
			}
			return o.entity, nil
		}
	}
	return 0, fmt.Errorf("%w: entity %s", ErrNotFound, r)
}

// visible is rule 10: some live claim is about the entity or names it. A
// document is visible where an assertion of it is live, too.
func (rd *reading) visible(n num) (bool, error) {
	for _, member := range rd.same().of(n) {
		found, err := rd.shows(member)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// shows tells whether some live claim is about an entity itself, or names it.
func (rd *reading) shows(n num) (bool, error) {
	e, err := rd.header(n)
	if err != nil {
		return false, err
	}
	if e.doc != 0 {
		if live, err := rd.relied(e.doc); live || err != nil {
			return live, err
		}
	}
	if !e.seen.may(rd.ts, rd.point.Clearance) {
		return false, nil
	}
	anyTime := rd.View
	anyTime.point.On = Interval{}
	sub := reading{View: anyTime, ctx: rd.ctx, r: rd.r, moments: rd.moments}
	for _, family := range []byte{famAttribute, famEdge} {
		prefix := key(family, n)
		found := false
		err := rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, func(k, v []byte) error {
			held, err := sub.rowHeld(k, v)
			if held {
				found = true
				return kv.Stop
			}
			return err
		})
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// rowHeld tells whether the claim of a row of family v, n or a is held or contested.
func (rd *reading) rowHeld(k, v []byte) (bool, error) {
	_, held, err := rd.rowStands(k, v, 0)
	return held, err
}

// rowStands tells the same, and until when the claim holds, given its start.
func (rd *reading) rowStands(k, v []byte, from Time) (until Time, held bool, err error) {
	d := dec{b: v}
	r := d.row(from)
	if d.bad || len(k) < 11 {
		return 0, false, fmt.Errorf("%w: row of family %c", ErrDamaged, k[0])
	}
	if rd.alone(&r) {
		return r.until, rd.sees(&r), nil
	}
	res, err := rd.settle(get5(k[len(k)-5:]), from)
	return res.end.Until, res.live && res.truth != Denied, err
}
