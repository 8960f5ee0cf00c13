package graph

import (
	"context"
	"iter"
	"sync"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
)

// kept are rows that a call has read, decoded.
type kept struct {
	entities map[num]*entityRow
	records  map[num]*record
	docs     map[num]*documentRow
	namings  map[num][]naming // who names an entity
	nobody   []string         // names of properties and kinds that nobody uses
	resolved
	scratch
}

// has is what the reading has read.
func (rd *reading) has() *kept {
	if rd.kept == nil {
		rd.kept = &kept{}
	}
	return rd.kept
}

// put puts a value into a map, which it makes if there is none.
func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// scratch is memory that a reading uses for one entity after another, and that
// later calls take over.
type scratch struct {
	held   []showing
	live   []support
	claims []claimRow
	ids    []EntityID
	page   []showing // of claims
	edges  edgesAsked
	walk   *walk                 // that was walked
	sides  []*side               // that were searched from
	claim  enc                   // what identifies one
	key    []byte                // by which an entity goes
	number [2 * lenNumbered]byte // of keys
}

// scratch is the room that the reading uses.
func (rd *reading) scratch() *scratch { return &rd.has().scratch }

// desk is where a call reads. A later call takes it over, with its room.
type desk struct {
	rd    reading
	kept  kept
	rows  resident.Room   // of the image's reader
	image *resident.Image // what is read from memory; nil: nothing
	since TS              // what the snapshot shows at least
	fn    func(*reading) error
	open  func(kv.Reader) error // desk.run, made once for all calls
}

var desks = sync.Pool{New: func() any {
	d := &desk{}
	d.open = d.run
	return d
}}

// desk is one to read at, once.
func (v View) desk(ctx context.Context) *desk {
	d := desks.Get().(*desk)
	d.sit(ctx, v, nil)
	return d
}

// sit begins a reading.
func (d *desk) sit(ctx context.Context, v View, r kv.Reader) *reading {
	d.rd = reading{View: v, ctx: ctx, r: r, kept: &d.kept, shared: &d.kept.resolved}
	return &d.rd
}

// read runs fn on an engine snapshot.
func (d *desk) read(fn func(*reading) error) error {
	db := d.rd.db
	d.fn, d.since, d.rd.erasures = fn, TS(db.published.Load()), db.erasures.Load()
	err := db.store.View(d.rd.ctx, d.open)
	d.clear()
	desks.Put(d)
	return err
}

func (d *desk) run(r kv.Reader) error {
	d.rd.r = d.image.Reader(d.rd.ctx, r, d.since, &d.rows)
	if err := d.fn(&d.rd); err != nil {
		return err
	}
	return d.kept.err
}

// sequence yields what fn does, or why that ended early. Which entities are one
// is read before the first answer: who has broken off can be told no error of it.
func sequence[T any](ctx context.Context, v View, fn func(*reading, func(T, error) bool) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := v.read(ctx, func(rd *reading) error {
			if err := rd.knowsSame(); err != nil {
				return err
			}
			return fn(rd, yield)
		})
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// clear forgets what was read. A call that panicked keeps its desk.
func (d *desk) clear() {
	r := &d.kept.scratch
	d.rd, d.image, d.fn, d.kept = reading{}, nil, nil, kept{scratch: scratch{
		held: spare(r.held), live: spare(r.live), claims: spare(r.claims), ids: spare(r.ids), page: r.page,
		walk: r.walk, sides: r.sides, claim: spare(r.claim), key: spare(r.key),
	}}
	d.rows.Clear()
}

// mostRoom is how much room of a kind is left to later calls: what few need is not.
const mostRoom = 1024

// spare is room for a later call, which finds nothing in it.
func spare[S ~[]T, T any](s S) S {
	if cap(s) > mostRoom {
		return nil
	}
	clear(s)
	return s[:0]
}
