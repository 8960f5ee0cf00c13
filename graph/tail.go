package graph

import (
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/parleydb/parley/graph/kv"
)

// tail is what the last update knew when it ended. Where the store says that
// nobody has written since, the next one need not read it again.
type tail struct {
	mu struct {
		sync.Mutex
		ts    TS // of that update
		known *known
	}
}

// known is where the change log ends, and rows that were read or written
// last.
type known struct {
	next     numbers
	head     [sha256.Size]byte
	entities map[num]entityRow
	byID     map[EntityID]num
	owners   map[Key][]owner
	docs     map[num]*documentRow
	noSameAs bool // nobody has used the kind
	spare    workspace
}

// What is kept at most: of each sort, and of the keys of an entity.
const (
	maxKnown     = 4096
	maxKnownDocs = 256
	maxKnownKeys = 16
)

func newKnown() *known {
	return &known{entities: map[num]entityRow{}, byID: map[EntityID]num{}, owners: map[Key][]owner{}, docs: map[num]*documentRow{}}
}

// after is the transaction time of the update that a transaction follows; 0: it
// cannot be told.
func after(t kv.Txn) TS {
	if f, ok := t.(kv.Following); ok {
		return f.After()
	}
	return 0
}

// take hands out what the update with a transaction time knew, or nil. It is
// gone then: an update that fails may have changed it.
func (t *tail) take(ts TS) *known {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.mu.known
	if t.mu.ts != ts || ts == 0 {
		k = nil
	}
	t.mu.ts, t.mu.known = 0, nil
	return k
}

// give keeps what an update knew that has ended well.
func (t *tail) give(ts TS, k *known) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.ts, t.mu.known = ts, k
}

// entity is the row of an entity, whose keys are not to be changed.
func (k *known) entity(n num) (entityRow, bool) {
	if k == nil {
		return entityRow{}, false
	}
	row, ok := k.entities[n]
	return row, ok
}

func (k *known) putEntity(n num, row entityRow) {
	if k == nil {
		return
	}
	if len(row.keys) > maxKnownKeys {
		delete(k.entities, n)
		delete(k.byID, row.id)
		return
	}
	if len(k.entities) >= maxKnown {
		clear(k.entities)
		clear(k.byID)
	}
	row.keys = slices.Clip(row.keys)
	k.entities[n], k.byID[row.id] = row, n
}

// number is that of the entity with an id; 0: it is not known.
func (k *known) number(id EntityID) num {
	if k == nil {
		return 0
	}
	return k.byID[id]
}

// ownersOf lists the entities that go by a key; nil: it is not known.
func (k *known) ownersOf(key Key) []owner {
	if k == nil {
		return nil
	}
	return k.owners[key]
}

func (k *known) putOwners(key Key, list []owner) {
	if k == nil {
		return
	}
	if len(k.owners) >= maxKnown {
		clear(k.owners)
	}
	k.owners[key] = slices.Clip(list)
}

// document is the row of a document, which nobody changes; nil: it is not known.
func (k *known) document(n num) *documentRow {
	if k == nil {
		return nil
	}
	return k.docs[n]
}

func (k *known) putDocument(n num, row *documentRow) {
	if k == nil {
		return
	}
	if len(k.docs) >= maxKnownDocs {
		clear(k.docs)
	}
	k.docs[n] = row
}
