package graph

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/parleydb/parley/graph/kv"
)

// Excerpt writes that part of the change log on which an answer rests: what ask
// reads of the view that it is given, at this view's point. It is a dump in
// which all else is withheld, and only the digests are left: VerifyDump proves
// from the head of the whole log that nothing in it was altered, and OpenExcerpt
// makes a database of it that gives the same answer. What the view may not tell,
// such as assertions above its clearance, is never part of it.
func (v View) Excerpt(ctx context.Context, w io.Writer, ask func(View) error) (Dumped, error) {
	seen := &witness{Store: v.db.store, rows: map[string]bool{}}
	if err := ask(v.on(seen)); err != nil {
		return Dumped{}, err
	}
	var part disclosure
	err := v.read(ctx, func(rd *reading) (err error) {
		part, err = rd.disclose(seen.rows)
		return err
	})
	if err != nil {
		return Dumped{}, err
	}
	d := dumper{db: v.db, w: bufio.NewWriterSize(w, 1<<16), newest: TS(v.db.published.Load()), part: &part}
	err = d.run(ctx)
	return d.done, errors.Join(err, d.w.Flush())
}

// OpenExcerpt opens the database that an excerpt makes in an empty store. It
// can be read at the point of the excerpt's answer, and not be written to.
func OpenExcerpt(ctx context.Context, store kv.Store, r io.Reader, opts *Options) (*DB, Dumped, error) {
	bulk, u, err := restorable(ctx, store, r)
	if err == nil && !u.header.Excerpt {
		err = fmt.Errorf("%w: it is a whole dump and no excerpt: restore it", ErrRefused)
	}
	if err != nil {
		return nil, Dumped{}, err
	}
	done, err := replay(ctx, store, bulk, u)
	if err != nil {
		return nil, Dumped{}, err
	}
	db, err := Open(ctx, store, opts)
	return db, done, err
}

// on is the same view, read through another store, with nothing cached but names.
func (v View) on(store kv.Store) View {
	db := &DB{store: store, opts: v.db.opts, ontology: v.db.ontology, sizes: v.db.sizes}
	db.published.Store(v.db.published.Load())
	db.judged.Store(v.db.judged.Load())
	db.erased.Store(v.db.erased.Load())
	db.names.table.Store(v.db.names.table.Load())
	v.db = db
	return v
}

// part of the change log that is disclosed, by the numbers of what it tells of.
type disclosure struct {
	names     map[uint16]bool
	entities  map[num]bool
	documents map[num]bool
	claims    map[num]bool
	records   map[num]bool
	until     TS // what closed a record later is withheld
}

// withhold leaves of a log record what is disclosed. Of one of which nothing is
// left only the digest stays.
func (p *disclosure) withhold(r *logRecord) (logRecord, error) {
	part := *r
	part.ops = make([]operation, len(r.ops))
	told := false
	for i := range r.ops {
		o := &r.ops[i]
		tell := false
		if o.content != nil {
			var err error
			if tell, err = p.tells(o.content, r.ts); err != nil {
				return part, err
			}
		}
		if part.ops[i] = *o; !tell {
			part.ops[i] = operation{leaf: o.hash()}
		}
		told = told || tell
	}
	if !told {
		part = logRecord{ts: r.ts, chunk: r.chunk, last: r.last, prev: r.prev, withheld: true, body: r.digest(new(enc))}
	}
	return part, nil
}

// tells whether an operation is disclosed.
func (p *disclosure) tells(op []byte, ts TS) (bool, error) {
	d := dec{b: op}
	tell := false
	switch kind := d.byte(); kind {
	case opName:
		if n := d.take(2); n != nil {
			tell = p.names[get2(n)]
		}
	case opEntity, opKey:
		tell = p.entities[d.num()]
	case opDocument:
		tell = p.documents[d.num()]
	case opClaim:
		tell = p.claims[d.num()]
	case opRecord:
		tell = p.records[d.num()]
	case opLink:
		tell = p.records[d.num()] && p.claims[d.num()]
	case opClose:
		tell = p.records[d.num()] && ts <= p.until
	case opErase:
	default:
		return false, fmt.Errorf("%w: unknown operation %q in the change log", ErrDamaged, kind)
	}
	if d.bad {
		return false, fmt.Errorf("%w: operation in the change log", ErrDamaged)
	}
	return tell, nil
}

// excerpt is the record as the line of a dump, or what is disclosed of it.
func (d *dumper) excerpt(rec *logRecord) (dumpRecord, error) {
	if d.part == nil {
		return rec.dump(), nil
	}
	part, err := d.part.withhold(rec)
	if err == nil && part.hash() != rec.hash() {
		err = errors.New("graph: an excerpt does not have the hash of what it is taken from")
	}
	return part.dump(), err
}

// digestOf reads the digest of a record that is withheld.
func (d *dumpRecord) digestOf(r *logRecord) error {
	if r.withheld = d.Body != ""; !r.withheld {
		return nil
	}
	b, err := hex.DecodeString(d.Body)
	if err != nil || len(b) != len(r.body) || len(d.Ops) > 0 || r.act != (Act{}) {
		return errors.New("what is withheld has a digest and nothing else")
	}
	copy(r.body[:], b)
	return nil
}
