package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// View is the graph at a point: an immutable value, shared and copied at will.
// It is pinned to the newest transaction of the moment when it was made, so
// that its answers are repeatable, and keeps that moment for embargoes and for
// "today".
type View struct {
	db    *DB
	point Point
	ts    TS   // rows recorded later do not exist
	known Time // what was published later is not known; MaxTime on basis RECORDED
	now   Time // embargoes end by then
	today Time
}

// At returns the view at a point.
func (db *DB) At(p Point) View { return db.at(p, TimeOf(db.opts.Now())) }

// At returns the view of the same database at another point, as of the same
// moment: what was recorded since this view was made is left out. Within
// Excerpt, what it reads is part of the excerpt.
func (v View) At(p Point) View { return v.db.at(p, v.today).UpTo(v.ts) }

func (db *DB) at(p Point, now Time) View {
	v := View{db: db, point: p, ts: TS(db.published.Load()), known: MaxTime, now: now, today: now}
	if p.KnownOn != 0 {
		v.now = min(now, milli(p.KnownOn)) // asking for tomorrow lifts no embargo today
		if p.Basis == Published {
			v.known = milli(p.KnownOn)
		} else {
			v.ts = min(v.ts, p.KnownOn)
		}
	}
	return v
}

// Point returns the point that the view was made for.
func (v View) Point() Point { return v.point }

// TS returns the transaction that the view is pinned to.
func (v View) TS() TS { return v.ts }

// Ontology returns the ontology in force, or nil.
func (v View) Ontology() *Ontology { return v.db.ontology }

// UpTo returns the view as of an earlier transaction, with embargoes as they are
// at this one: what was recorded since is left out, and nothing else.
func (v View) UpTo(ts TS) View {
	v.ts = min(v.ts, ts)
	return v
}

// On returns the view at the same state of knowledge and another valid time.
func (v View) On(on Interval) View {
	v.point.On = on
	return v
}

// Day is the valid time by which states are carried forward: the point's
// interval, else the moment when the view was made.
func (v View) Day() Interval {
	if !v.point.On.IsZero() {
		return v.point.On
	}
	return Interval{v.today, v.today + 1}
}

// sees tells whether a row's own account is known at the view's point. Rows
// that ask are settled by their s rows.
func (v *View) sees(r *row) bool {
	return r.tf <= v.ts && (r.tt == 0 || v.ts < r.tt) && r.pf <= v.known && r.marking() <= v.point.Clearance
}

// alone tells whether a row answers by itself: it does not ask, nor is it
// asked for what it does not tell of.
func (v *View) alone(r *row) bool { return !r.ask() && !v.byRecord() }

// byRecord tells whether claims are resolved by their records alone: the policy
// drops some for their voice, or they count from when they were made.
func (v *View) byRecord() bool { return v.point.Policy == SelfOnly || v.bySpeech() }

// live is rule 5 for one record's say on a claim, and the dropping of rule 13.
func (v *View) live(s *support) bool {
	return s.tf <= v.ts && (s.tt == 0 || v.ts < s.tt) && s.pf <= v.known && s.marking <= v.point.Clearance &&
		s.status == AcceptedStatus && s.embargo <= v.now && v.point.Policy.keeps(s.voice)
}

// live is View.live; it notes for which moments that holds.
func (rd *reading) live(s *support) bool {
	rd.note(s.embargo)
	return rd.View.live(s)
}

// knows is View.knows; it notes for which moments that holds.
func (rd *reading) knows(r *record) bool {
	rd.note(r.judge.Embargo)
	return rd.View.knows(r)
}

// note notes for which moments an embargo is, or is not, over.
func (rd *reading) note(embargo Time) {
	m := rd.moments
	switch {
	case m == nil || embargo == 0:
	case embargo <= rd.now:
		m.From = max(m.From, embargo)
	default:
		m.To = min(m.To, embargo)
	}
}

// reading is one call's engine snapshot and what it has read already.
type reading struct {
	View
	ctx        context.Context
	r          kv.Reader
	entities   map[num]*entityRow
	records    map[num]*record
	assertions map[*record]*Assertion
	docs       map[num]*documentRow
	namings    map[num][]naming  // who names an entity
	again      *again            // where set: what was read of entities is kept
	names      map[uint16]string // where set: names are read from their rows, once, not from the database's cache
	shared     *resolved         // nil: entities are read as they are written
	moments    *Interval         // where set: for which moments of the view what was read holds
	erasures   uint64            // that were made before r
	room       *room             // of it and its copies
}

// room is memory that a reading uses for one entity after another.
type room struct {
	held   []showing
	claims []claimRow
	ids    []EntityID
	claim  enc // what identifies one
}

// hand is the room that the reading uses.
func (rd *reading) hand() *room {
	if rd.room == nil {
		rd.room = &room{}
	}
	return rd.room
}

// read runs fn on an engine snapshot of its own.
func (v View) read(ctx context.Context, fn func(*reading) error) error {
	since := TS(v.db.published.Load())
	return v.readStore(ctx, func(rd *reading) error {
		rd.r = v.db.image.Reader(ctx, rd.r, since)
		return fn(rd)
	})
}

// readStore is read without what is kept in memory.
func (v View) readStore(ctx context.Context, fn func(*reading) error) error {
	erasures := v.db.erasures.Load()
	return v.db.store.View(ctx, func(r kv.Reader) error {
		rd := v.reading(ctx, r)
		rd.erasures = erasures
		return errors.Join(fn(rd), rd.shared.err)
	})
}

func (v View) reading(ctx context.Context, r kv.Reader) *reading {
	return &reading{View: v, ctx: ctx, r: r, shared: &resolved{}, entities: map[num]*entityRow{}, records: map[num]*record{},
		docs: map[num]*documentRow{}, namings: map[num][]naming{}, room: &room{}}
}

// current tells whether nothing was erased since the snapshot was taken.
func (rd *reading) current() bool { return rd.erasures == rd.db.erasures.Load() }

// header reads the header of an entity.
func (rd *reading) header(n num) (*entityRow, error) {
	if e := rd.entities[n]; e != nil {
		return e, nil
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
	if rd.entities == nil {
		rd.entities = map[num]*entityRow{}
	}
	rd.entities[n] = &e
	return &e, nil
}

// headers reads many at once.
func (rd *reading) headers(list []num) error {
	var keys [][]byte
	var want []num
	for _, n := range list {
		if rd.entities[n] == nil {
			keys, want = append(keys, entityKey(n)), append(want, n)
		}
	}
	return rd.r.GetMany(keys, func(i int, b []byte) error {
		_, err := rd.keep(want[i], b)
		return err
	})
}

func (rd *reading) record(n num) (*record, error) {
	if r := rd.records[n]; r != nil {
		return r, nil
	}
	b, err := rd.r.Get(recordKey(n))
	if err != nil {
		return nil, fmt.Errorf("assertion row: %w", err)
	}
	r, err := rd.readRecord(b)
	if rd.records == nil {
		rd.records = map[num]*record{}
	}
	rd.records[n] = &r
	return &r, err
}

// recordsAt reads many at once.
func (rd *reading) recordsAt(list []num) error {
	var keys [][]byte
	var want []num
	if rd.records == nil {
		rd.records = map[num]*record{}
	}
	for _, n := range list {
		if _, ok := rd.records[n]; !ok {
			keys, want, rd.records[n] = append(keys, recordKey(n)), append(want, n), nil
		}
	}
	err := rd.r.GetMany(keys, func(i int, b []byte) error {
		rec, err := decodeRecord(b)
		rd.records[want[i]] = &rec
		return err
	})
	for _, n := range want {
		if r := rd.records[n]; err == nil && r != nil {
			err = rd.spoken(r)
		}
	}
	return err
}

func (rd *reading) document(n num) (*documentRow, error) {
	if d := rd.docs[n]; d != nil {
		return d, nil
	}
	b, err := rd.r.Get(documentKey(n))
	if err != nil {
		return nil, fmt.Errorf("document row: %w", err)
	}
	d, err := decodeDocument(b)
	if rd.docs == nil {
		rd.docs = map[num]*documentRow{}
	}
	rd.docs[n] = &d
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
	return c.id(&rd.hand().claim, subject, ref, property), nil
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
	if n := rd.db.ids.number(r.ID); n != 0 {
		return n, nil
	}
	k := uuidKey(r.ID)
	if r.ID.IsZero() {
		k = externalKey(r.Key)
	}
	b, err := rd.r.Get(k)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, fmt.Errorf("%w: entity %s", ErrNotFound, r)
	}
	if err != nil {
		return 0, err
	}
	if !r.ID.IsZero() {
		return num5(b)
	}
	owners, err := decodeOwners(b)
	if err != nil {
		return 0, err
	}
	for _, o := range owners {
		if h, err := rd.header(o.entity); err != nil || h.knownBy(r.Key, rd.ts, rd.point.Clearance) {
			return o.entity, err
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

// Entity finds an entity that the point shows, or reports ErrNotFound.
func (v View) Entity(ctx context.Context, r Ref) (Entity, error) {
	return v.entityIf(ctx, r, (*reading).visible)
}

// entityIf finds an entity of which something holds, or reports ErrNotFound.
func (v View) entityIf(ctx context.Context, r Ref, holds func(*reading, num) (bool, error)) (e Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(r)
		if err != nil {
			return err
		}
		ok, err := holds(rd, n)
		if err == nil && !ok {
			err = fmt.Errorf("%w: entity %s", ErrNotFound, r)
		}
		if err != nil {
			return err
		}
		e, err = rd.entity(n)
		return err
	})
	return e, err
}

// entity is the identity of an entity, with the keys of all that it is one with.
func (rd *reading) entity(n num) (Entity, error) {
	h, err := rd.header(n)
	if err != nil {
		return Entity{}, err
	}
	e := Entity{ID: h.id, Keys: h.known(rd.ts, rd.point.Clearance)}
	if e.Kind, err = rd.nameOf(h.kind); err != nil || !rd.same().merged(n) {
		return e, err
	}
	return e, rd.gather(&e, n)
}

// Entities gives those of the entities that the point shows, in the order
// asked for, each once.
func (v View) Entities(ctx context.Context, ids []EntityID) (list []Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		seen := make(map[num]bool, len(ids))
		for _, id := range ids {
			n, err := rd.lookup(ByID(id))
			if errors.Is(err, ErrNotFound) || (err == nil && seen[n]) {
				continue
			}
			if err != nil {
				return err
			}
			seen[n] = true
			if err := rd.appendVisible(n, &list); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (rd *reading) appendVisible(n num, list *[]Entity) error {
	ok, err := rd.visible(n)
	if err != nil || !ok {
		return err
	}
	e, err := rd.entity(n)
	*list = append(*list, e)
	return err
}
