package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
)

// The errors of this package, beside ErrValue, ErrKey and ErrDamaged; always
// wrapped with the facts of the case.
var (
	ErrNotFound = errors.New("graph: not found")    // also for what the point or the clearance does not show
	ErrRefused  = errors.New("graph: refused")      // a statement that breaks a rule
	ErrConflict = errors.New("graph: conflict")     // with what the database or the same load already holds
	ErrFormat   = errors.New("graph: store format") // not a store, or one of a newer Parley
)

// formatVersion is the version of the rows; FORMAT.md tells its history.
const formatVersion = 1

// Options of a database; nil works.
type Options struct {
	// Ontology declares the kinds and properties. Nil: the one that the store
	// keeps, or none at all, when any name is accepted, as a state.
	Ontology *Ontology
	// Validate checks a draft whose references are resolved and whose relation
	// is spread out into links; kindOf gives the kind of each entity in it. An
	// error that is a LinkError tells which link is meant. Nil checks nothing
	// beyond what this package owes its rows.
	Validate func(o *Ontology, d *Draft, kindOf func(EntityID) string) error
	// Evolve checks Ontology against another one that the store keeps from
	// before: an error refuses to open. Nil checks only that every name in use
	// is declared, with its type.
	Evolve func(old, new *Ontology, uses Uses) error
	// Now is the clock of embargoes and of "today"; nil: time.Now. Transaction
	// times come from the store's own clock.
	Now func() time.Time
	// ReadOnly refuses updates, and repairs nothing at opening.
	ReadOnly bool
	// Memory is how many bytes of rows that are read again and again are kept
	// in memory, about; 0: 64 MiB; below 0: none.
	Memory int64
}

// DB is the claim graph in a store. Its methods may be called by several
// goroutines at once.
type DB struct {
	store     kv.Store
	image     *resident.Image // of rows of the store
	opts      Options
	ontology  *Ontology
	types     map[string]ValueType // of the properties that the ontology declares
	published atomic.Uint64        // the newest transaction that readers may see
	news      news
	names     names
	ids       ids
	portraits portraits
	clusters  pointCache[*clusters]
	ties      pointCache[*ties]
	judged    atomic.Uint64 // no transaction behind this one judges sameness
	erasures  atomic.Uint64 // that this database has made
	opened    TS            // the newest transaction then
	sizes     sizes
	broken    broken
	erased    atomic.Bool // there are tombstones
}

// sizes are where small and large part; tests make them tiny.
type sizes struct {
	load  int // links of a load from which on it is written in chunks
	draft int // links of an assertion from which on the change log lists them
	keys  int // writes of a chunk
	log   int // bytes of a log record
	undo  int // writes of a step of a roll-back, or of an erasure in the log
	erase int // claims of a step of an erasure
}

var defaultSizes = sizes{load: 5000, draft: 1000, keys: kv.MaxUpdateKeys * 3 / 5, log: 700 << 10, undo: kv.MaxUpdateKeys / 2, erase: 1000}

// broken holds what left a load half undone, or an erasure half done. Until the
// database is opened again, another update could build on its rows.
type broken struct {
	mu struct {
		sync.Mutex
		err error
	}
}

func (b *broken) set(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mu.err = fmt.Errorf("graph: a load or an erasure was left half done: open the database again: %w", err)
}

func (b *broken) get() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mu.err
}

// names caches the numbers of property and kind names. Rows are the truth: a
// name that is missing here may have been given by an update that has not
// been acknowledged yet.
type names struct {
	mu    sync.Mutex // of writers: readers take the table as it is
	table atomic.Pointer[nameTable]
}

type nameTable struct {
	number map[string]uint16
	name   []nameRow // by number; those without a name are not cached
}

type nameRow struct {
	name string
	typ  ValueType // NoValue: a kind
}

// add puts a new table in the place of the old one.
func (n *names) add(rows map[uint16]nameRow) {
	if len(rows) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	t := nameTable{number: map[string]uint16{}}
	if old := n.table.Load(); old != nil {
		t.number, t.name = maps.Clone(old.number), slices.Clone(old.name)
	}
	for number, row := range rows {
		if more := int(number) + 1 - len(t.name); more > 0 {
			t.name = append(t.name, make([]nameRow, more)...)
		}
		t.number[row.name], t.name[number] = number, row
	}
	n.table.Store(&t)
}

func (n *names) number(name string) (uint16, bool) {
	t := n.table.Load()
	if t == nil {
		return 0, false
	}
	number, ok := t.number[name]
	return number, ok
}

func (n *names) row(number uint16) (nameRow, bool) {
	t := n.table.Load()
	if t == nil || int(number) >= len(t.name) {
		return nameRow{}, false
	}
	row := t.name[number]
	return row, row.name != ""
}

// Open opens the claim graph that a store holds, or begins one in an empty
// store. A load that was cut short is rolled back. Closing the database closes
// the store; if Open fails, the store stays open.
func Open(ctx context.Context, store kv.Store, opts *Options) (*DB, error) {
	db := &DB{store: store, sizes: defaultSizes}
	if opts != nil {
		db.opts = *opts
	}
	if db.opts.Now == nil {
		db.opts.Now = time.Now
	}
	memory := cmp.Or(db.opts.Memory, defaultMemory)
	db.image, db.portraits = resident.New(memory-memory/portraitShare, rowsTogether, packRows), newPortraits(memory/portraitShare)
	state, err := db.readMeta(ctx)
	if err != nil {
		return nil, err
	}
	db.opts.ReadOnly = db.opts.ReadOnly || state.excerpt
	if state.unpublished != 0 && !db.opts.ReadOnly {
		if err := db.repair(ctx, state.unpublished); err != nil {
			return nil, fmt.Errorf("graph: rolling back the load that was cut short at %s: %w", FormatTS(state.unpublished), err)
		}
		db.names.table.Store(nil) // what the load had named is gone
		if state, err = db.readMeta(ctx); err != nil {
			return nil, err
		}
	}
	if err := db.readNewest(ctx, state); err != nil {
		return nil, err
	}
	if err := db.adopt(ctx, state); err != nil {
		return nil, err
	}
	return db, db.finishErasure(ctx)
}

// meta is what family M says at opening.
type meta struct {
	empty       bool
	ontology    []byte
	unpublished TS
	newest      TS
	excerpt     bool
}

func (db *DB) readMeta(ctx context.Context) (m meta, err error) {
	err = db.store.View(ctx, func(r kv.Reader) error {
		m = meta{}
		if m.empty, err = empty(r); err != nil || m.empty {
			return err
		}
		if err := errors.Join(checkRestored(r), checkFormat(r)); err != nil {
			return err
		}
		if m.ontology, err = keptOntology(r); err != nil {
			return err
		}
		m.unpublished, err = unpublished(r)
		if err != nil {
			return err
		}
		if m.newest, _, err = newest(r); err != nil {
			return err
		}
		if m.excerpt, err = exists(r, metaKey("excerpt")); err != nil {
			return err
		}
		tombs := kv.Range{Start: []byte{famTomb}, End: []byte{famTomb + 1}, KeysOnly: true, Limit: 1}
		if err := r.Scan(tombs, func(_, _ []byte) error { db.erased.Store(true); return nil }); err != nil {
			return err
		}
		return db.readNames(r)
	})
	return m, err
}

// keptOntology is the ontology that the store keeps, as JSON, or nil.
func keptOntology(r kv.Reader) ([]byte, error) {
	b, err := r.Get(metaKey("ontology"))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return unseal(b, "ontology")
}

// exists tells whether there is a row with this key.
func exists(r kv.Reader, key []byte) (bool, error) {
	_, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// checkRestored refuses what a dump was not restored into to its end.
func checkRestored(r kv.Reader) error {
	_, err := r.Get(metaKey("restore"))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: a dump was not restored to its end: empty the directory and restore again", ErrFormat)
	}
	return err
}

// empty asks for any row only where the one is missing that all stores have:
// a store may have to look at more than that row to give the first.
func empty(r kv.Reader) (bool, error) {
	if _, err := r.Get(metaKey("format")); !errors.Is(err, kv.ErrNotFound) {
		return false, err
	}
	empty := true
	err := r.Scan(kv.Range{Limit: 1, KeysOnly: true}, func(_, _ []byte) error { empty = false; return nil })
	return empty, err
}

func checkFormat(r kv.Reader) error {
	b, err := r.Get(metaKey("format"))
	if errors.Is(err, kv.ErrNotFound) {
		return fmt.Errorf("%w: there are rows, but none of Parley's: name another directory", ErrFormat)
	}
	if err != nil {
		return err
	}
	d := dec{b: b}
	version := d.uint()
	if err := d.done("format version"); err != nil {
		return err
	}
	if version != formatVersion {
		return fmt.Errorf("%w: the store has format %d, this Parley reads format %d: use a newer Parley", ErrFormat, version, formatVersion)
	}
	return nil
}

func unpublished(r kv.Reader) (TS, error) {
	b, err := r.Get(metaKey("load"))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err == nil {
		b, err = unseal(b, "load in hand")
	}
	if err != nil {
		return 0, err
	}
	d := dec{b: b}
	ts := d.ts()
	return ts, d.done("load in hand")
}

func (db *DB) readNames(r kv.Reader) error {
	rows := map[uint16]nameRow{}
	rng := kv.Range{Start: []byte{famName, 0}, End: []byte{famName, 1}}
	err := r.Scan(rng, func(key, value []byte) error {
		if len(key) != 4 {
			return fmt.Errorf("%w: name key", ErrDamaged)
		}
		d := dec{b: value}
		rows[get2(key[2:])] = nameRow{typ: ValueType(d.byte()), name: d.string()}
		return d.done("name row")
	})
	db.names.add(rows)
	return err
}

// adopt settles the ontology: the one given in the options is kept beside the
// data, provided that it declares every name that the data uses.
func (db *DB) adopt(ctx context.Context, m meta) error {
	given := db.opts.Ontology
	if m.ontology != nil {
		db.ontology = new(Ontology)
		if err := json.Unmarshal(m.ontology, db.ontology); err != nil {
			return fmt.Errorf("%w: ontology: %w", ErrDamaged, err)
		}
		db.types = db.ontology.types()
	}
	if given == nil && !m.empty {
		return nil
	}
	if given != nil {
		if err := db.evolve(ctx, given); err != nil {
			return err
		}
		db.ontology, db.types = given, given.types()
	}
	return db.keep(ctx, m)
}

// evolve refuses an ontology that would lose what the store holds.
func (db *DB) evolve(ctx context.Context, given *Ontology) error {
	if db.ontology != nil && db.opts.Evolve != nil {
		if err := db.opts.Evolve(db.ontology, given, db.uses(ctx)); err != nil {
			return fmt.Errorf("%w: the ontology %s %s: %w", ErrRefused, given.Name, given.Version, err)
		}
	}
	return db.declares(given)
}

// keep writes the format version of a new store, and the ontology if it changed.
func (db *DB) keep(ctx context.Context, m meta) error {
	var text []byte
	if db.ontology != nil {
		var err error
		if text, err = json.Marshal(db.ontology); err != nil {
			return err
		}
	}
	if db.opts.ReadOnly || (!m.empty && bytes.Equal(text, m.ontology)) {
		return nil
	}
	_, err := db.store.Update(ctx, func(t kv.Txn) error {
		var e enc
		e.uint(formatVersion)
		if err := t.Set(metaKey("format"), e); err != nil || text == nil {
			return err
		}
		return t.Set(metaKey("ontology"), seal(text))
	})
	return err
}

// declares refuses an ontology that lacks a kind or property that rows use.
func (db *DB) declares(o *Ontology) error {
	table := db.names.table.Load()
	if table == nil {
		return nil
	}
	types := o.types()
	for _, row := range table.name {
		if row.name == "" {
			continue
		}
		typ, ok := types[row.name]
		switch kind := row.bare(); {
		case row.typ == NoValue && o.Kind(kind) == nil && kind != KindDocument:
			return fmt.Errorf("%w: the ontology %s %s lacks the kind %s, which the store uses", ErrRefused, o.Name, o.Version, kind)
		case row.typ != NoValue && !builtin(row.name) && (!ok || typ != row.typ):
			return fmt.Errorf("%w: the ontology %s %s lacks the property %s of type %s, which the store uses", ErrRefused, o.Name, o.Version, row.name, row.typ)
		}
	}
	return nil
}

// types gives the type of every property: a name has one in the whole ontology.
func (o *Ontology) types() map[string]ValueType {
	types := map[string]ValueType{}
	for _, k := range o.Kinds {
		for _, p := range k.Properties {
			types[p.Name] = p.Type
		}
	}
	for _, p := range slices.Concat(o.Links, o.Kind(KindSameAs).Properties) {
		types[p.Name] = p.Type
	}
	return types
}

func (db *DB) readNewest(ctx context.Context, m meta) error {
	ts := m.newest
	if ts == 0 && !m.empty {
		err := db.store.View(ctx, func(r kv.Reader) (err error) {
			ts, _, err = newest(r)
			return err
		})
		if err != nil {
			return err
		}
	}
	if m.unpublished != 0 && db.opts.ReadOnly {
		ts = m.unpublished - 1
	}
	db.published.Store(uint64(ts))
	db.judged.Store(uint64(ts))
	db.opened = ts
	return nil
}

// Close closes the database and its store.
func (db *DB) Close() error {
	defer db.news.tell() // whoever waits learns that it is closed
	return db.store.Close()
}

// Ontology returns the ontology in force, or nil.
func (db *DB) Ontology() *Ontology { return db.ontology }

// publish lets readers see the transaction ts.
func (db *DB) publish(ts TS) {
	if raise(&db.published, ts) {
		db.news.tell()
	}
}

// raise sets a transaction time, unless a later one is there.
func raise(at *atomic.Uint64, ts TS) bool {
	for {
		old := at.Load()
		if uint64(ts) <= old {
			return false
		}
		if at.CompareAndSwap(old, uint64(ts)) {
			return true
		}
	}
}
