package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Restore writes what a dump holds into an empty store, which Open opens
// afterwards: the same transactions at the same times, under the same ids. What
// is wrong with the dump is an error that says in which line; a store that was
// not restored to the end is refused by Open.
func Restore(ctx context.Context, store kv.Store, r io.Reader) (Dumped, error) {
	bulk, u, err := restorable(ctx, store, r)
	if err != nil {
		return Dumped{}, err
	}
	if u.header.Excerpt {
		return Dumped{}, fmt.Errorf("%w: it is an excerpt, which holds a part of a database only: verify it, or open it as one", ErrRefused)
	}
	return replay(ctx, store, bulk, u)
}

func restorable(ctx context.Context, store kv.Store, r io.Reader) (kv.Restorable, *undumper, error) {
	bulk, ok := store.(kv.Restorable)
	if !ok {
		return nil, nil, fmt.Errorf("%w: this store cannot be restored into", ErrRefused)
	}
	if err := mustBeEmpty(ctx, store); err != nil {
		return nil, nil, err
	}
	u, err := openDump(r)
	return bulk, u, err
}

// replay makes the rows of a dump or an excerpt.
func replay(ctx context.Context, store kv.Store, bulk kv.Restorable, u *undumper) (Dumped, error) {
	if err := bulk.Raise(ctx, u.done.Newest); err != nil {
		return Dumped{}, err
	}
	rp := replayer{db: &DB{store: store, sizes: defaultSizes}}
	if _, err := bulk.Load(ctx, func(t kv.BulkTxn) error { return rp.run(ctx, t, u) }); err != nil {
		return Dumped{}, err
	}
	if c, ok := store.(kv.Compactor); ok {
		_ = c.Compact(ctx) // all is durable; without this, reading is only slower
	}
	return u.done, nil
}

func mustBeEmpty(ctx context.Context, store kv.Store) error {
	return store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{Limit: 1, KeysOnly: true}, func(_, _ []byte) error {
			return fmt.Errorf("%w: there is something in the store already: restore into an empty one", ErrRefused)
		})
	})
}

// replayer makes all rows anew from the log.
type replayer struct {
	db    *DB
	t     kv.BulkTxn
	tx    *Tx
	fresh map[num]claimRow // claims of which the log has told, but not yet who makes them
	said  map[num]saying   // what the record to come says of its claims
	long  *writer          // of the last record that lists its claims in the log
	part  bool             // an excerpt: a record may name claims that are withheld
}

func (rp *replayer) run(ctx context.Context, t kv.BulkTxn, u *undumper) error {
	rp.t, rp.fresh, rp.said, rp.part = t, map[num]claimRow{}, map[num]saying{}, u.header.Excerpt
	if err := rp.begin(&u.header); err != nil {
		return err
	}
	err := u.each(func(rec *logRecord) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := rp.record(rec); err != nil {
			return fmt.Errorf("%w: line %d: transaction %s: %w", ErrDump, u.line, FormatTS(rec.ts), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := rp.tx.writeHeaders(); err != nil {
		return err
	}
	return t.Delete(metaKey("restore"))
}

// begin writes what Open looks at first.
func (rp *replayer) begin(h *dumpHeader) error {
	if string(h.Ontology) != "null" {
		rp.db.ontology = new(Ontology)
		if err := json.Unmarshal(h.Ontology, rp.db.ontology); err != nil {
			return fmt.Errorf("%w: line 1: ontology: %w", ErrDump, err)
		}
		if err := rp.t.Set(metaKey("ontology"), seal(h.Ontology)); err != nil {
			return err
		}
	}
	rp.tx = rp.db.newTx(rp.t, Act{})
	rp.tx.replay = rp
	var format enc
	format.uint(formatVersion)
	if err := rp.t.Set(metaKey("restore"), nil); err != nil {
		return err
	}
	if rp.part {
		if err := rp.t.Set(metaKey("excerpt"), nil); err != nil {
			return err
		}
	}
	return rp.t.Set(metaKey("format"), format)
}

// record writes a log record, and then what its operations make.
func (rp *replayer) record(rec *logRecord) error {
	if err := rp.t.Set(logKey(rec.ts, rec.chunk), rec.encode()); err != nil {
		return err
	}
	rp.tx.at, rp.tx.act = rec.ts, rec.act
	for i := range rec.ops {
		if rec.ops[i].content == nil {
			continue
		}
		if err := rp.operation(rec.ops[i].content); err != nil {
			return fmt.Errorf("operation %d: %w", i+1, err)
		}
		if err := rp.room(); err != nil {
			return err
		}
	}
	if rec.last && rec.act.IdempotencyKey != "" {
		var e enc
		e.ts(rec.ts)
		return rp.t.Set(onceKey(rec.act.IdempotencyKey), e)
	}
	return nil
}

// room flushes the chunk in hand when it has become large.
func (rp *replayer) room() error {
	if keys, bytes := rp.t.Pending(); keys < rp.db.sizes.keys && bytes < kv.MaxUpdateBytes/2 {
		return nil
	}
	if err := rp.tx.writeHeaders(); err != nil {
		return err
	}
	tx := rp.db.newTx(rp.t, Act{}) // what was read so far is not kept
	tx.next, tx.at, tx.act, tx.replay = rp.tx.next, rp.tx.at, rp.tx.act, rp
	*rp.tx = *tx
	return rp.t.Flush()
}

func (rp *replayer) operation(op []byte) error {
	tx, d := rp.tx, dec{b: op}
	switch kind := d.byte(); kind {
	case opName:
		n := d.take(2)
		row := nameRow{typ: ValueType(d.byte()), name: d.string()}
		if err := d.done("name"); err != nil {
			return err
		}
		tx.next.name = max(tx.next.name, get2(n))
		return tx.putName(get2(n), row)
	case opEntity:
		return rp.entity(&d)
	case opKey:
		n, k := d.num(), Key{d.string(), d.string()}
		c, err := tx.numbered(n)
		if err != nil {
			return err
		}
		return tx.putKey(c, k)
	case opTold:
		n, m := d.num(), Marking(d.below(len(markings)))
		if err := d.done("how far keys are told"); err != nil {
			return err
		}
		c, err := tx.numbered(n)
		if err == nil {
			tx.markKeys(c, m)
		}
		return err
	case opDocument:
		return rp.document(&d)
	case opClaim:
		n := d.num()
		row, err := decodeIdentity(d.b)
		rp.fresh[n] = row
		return err
	case opRecord:
		return rp.assertion(&d)
	case opLink:
		return rp.link(&d)
	case opClose:
		n := d.num()
		rec, err := tx.readRecord(n)
		if err != nil {
			return err
		}
		return tx.putClose(n, rec)
	case opErase:
		t := d.target()
		if err := d.done("erasure"); err != nil {
			return err
		}
		return tx.putTomb(t, tx.act)
	default:
		return fmt.Errorf("%w: unknown operation %q", ErrDump, kind)
	}
}

func (rp *replayer) entity(d *dec) error {
	n := d.num()
	var row entityRow
	copy(row.id[:], d.take(16))
	k := d.take(2)
	if err := d.done("entity"); err != nil {
		return err
	}
	row.kind = get2(k)
	rp.tx.next.entity = max(rp.tx.next.entity, n)
	_, err := rp.tx.putEntity(n, row)
	return err
}

func (rp *replayer) document(d *dec) error {
	n := d.num()
	row, err := decodeDocument(d.b)
	if err != nil {
		return err
	}
	c, err := rp.tx.numbered(row.entity)
	if err != nil {
		return err
	}
	rp.tx.next.document = max(rp.tx.next.document, n)
	return rp.tx.putDocument(c, n, &row)
}

func (rp *replayer) assertion(d *dec) error {
	n := d.num()
	rec, err := decodeRecord(d.b)
	if err != nil {
		return err
	}
	doc, err := rp.tx.document(rec.doc)
	if err != nil {
		return err
	}
	rp.tx.next.record = max(rp.tx.next.record, n)
	w := &writer{tx: rp.tx, rec: &rec, num: n, when: rec.when(doc)}
	if rec.byLog {
		rp.long = w
	}
	if rp.part {
		rec.links = slices.DeleteFunc(rec.links, func(claim num) bool { _, told := rp.said[claim]; return !told })
	}
	for _, claim := range rec.links {
		if err := rp.claim(w, claim, rp.said[claim]); err != nil {
			return err
		}
		delete(rp.said, claim)
	}
	return rp.tx.putRecord(n, &rec)
}

// link is what a record says of a claim. It comes behind a record that lists
// its claims in the log, and before another one.
func (rp *replayer) link(d *dec) error {
	record, claim, said := d.num(), d.num(), d.saying()
	if err := d.done("link"); err != nil {
		return err
	}
	if rp.long != nil && rp.long.num == record {
		return rp.claim(rp.long, claim, said)
	}
	rp.said[claim] = said
	return nil
}

// claim writes a record's claim, new or made before.
func (rp *replayer) claim(w *writer, n num, said saying) error {
	row, fresh := rp.fresh[n]
	if fresh {
		row.first = w.num
		delete(rp.fresh, n)
	} else {
		old, err := rp.tx.readClaim(n)
		if err != nil {
			return err
		}
		row = *old
	}
	p, err := rp.tx.prepareClaim(&row, said)
	if err != nil {
		return err
	}
	if fresh {
		rp.tx.next.claim = max(rp.tx.next.claim, n)
		err = w.putClaim(n, &p)
	} else {
		err = w.again(n, &row, &p)
	}
	if err != nil {
		return err
	}
	return rp.tx.mark(&p, w.rec.judge.Marking)
}
