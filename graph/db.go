package graph

import (
	"cmp"
	"context"
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

// formatVersion is the version of the rows of a new store; FORMAT.md tells its
// history. Format 1 is read, too, for stores that builds before the release made.
const (
	formatVersion = 2
	formatSeeds   = 2 // from then on log records keep a seed for all their salts
)

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
	// Blocks says what Warm does about blocks of edges that the store keeps.
	Blocks Blocks
}

// DB is the claim graph in a store. Its methods may be called by several
// goroutines at once.
type DB struct {
	store     kv.Store
	kept      uint64           // format that Open found in the store; 0: none
	image     *resident.Image  // of rows of the store
	blocks    *resident.Blocks // of edges in the store
	opts      Options
	ontology  *Ontology
	types     map[string]ValueType // of the properties that the ontology declares
	published atomic.Uint64        // the newest transaction that readers may see
	news      news
	names     names
	ids       ids
	hints     hints
	portraits portraits
	tail      tail
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
	sameAs uint16    // the number of that kind, which every read asks for
	judged bool      // it has one
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
	t.sameAs, t.judged = t.number[kindName(KindSameAs)]
	n.table.Store(&t)
}

// sameAs is the number of the kind SameAs, if it has one.
func (n *names) sameAs() (uint16, bool) {
	t := n.table.Load()
	if t == nil {
		return 0, false
	}
	return t.sameAs, t.judged
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
	db.blocks = newBlocks()
	db.hints = newHints(memory / hintShare)
	db.image, db.portraits = resident.New(memory-memory/portraitShare-memory/hintShare, rowsTogether, packRows, db.blocks), newPortraits(memory/portraitShare)
	state, err := db.readMeta(ctx)
	if err != nil {
		return nil, err
	}
	db.kept = state.format
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

// format is the version of the rows of the store, to which an update keeps.
func (db *DB) format() uint64 { return cmp.Or(db.kept, formatVersion) }

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
