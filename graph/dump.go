package graph

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/parleydb/parley/graph/kv"
)

// ErrDump reports a dump that was cut short or altered, or is none.
var ErrDump = errors.New("graph: dump")

// A dump is the change log in lines of JSON: a header, one line for each log
// record, and a trailer. All rows of a store follow from it. Each line has one
// spelling, so that any other byte is found; FORMAT.md draws them.
const dumpVersion = 1

type dumpHeader struct {
	Dump     int             `json:"parleyDump"` // dumpVersion
	Excerpt  bool            `json:"excerpt,omitempty"`
	Format   uint64          `json:"format"` // of the store that is dumped
	Newest   string          `json:"newest"` // transaction
	Sum      string          `json:"ontologySHA256"`
	Ontology json.RawMessage `json:"ontology"`
}

type dumpRecord struct {
	TX     string   `json:"tx"`
	Chunk  uint16   `json:"chunk,omitempty"`
	Last   bool     `json:"last,omitempty"`
	Author string   `json:"author,omitempty"`
	Reason string   `json:"reason,omitempty"`
	Cause  string   `json:"cause,omitempty"`
	Once   string   `json:"once,omitempty"` // idempotency key
	Seed   string   `json:"seed,omitempty"` // base64, of all salts
	Ops    []string `json:"ops,omitempty"`  // base64 of salt, unless there is a seed, and content; where these were erased or are withheld, = and the leaf
	Body   string   `json:"body,omitempty"` // hex of the digest of a record that is withheld
	Hash   string   `json:"hash"`
}

type dumpTrailer struct {
	Transactions int    `json:"transactions"`
	Records      int    `json:"records"`
	Head         string `json:"head"` // hash of the last record
}

// Dumped is what a dump holds. Head is the hash of the last log record in hex:
// who keeps it elsewhere can prove later that no transaction was altered.
type Dumped struct {
	Transactions int
	Records      int
	Newest       TS
	Head         string
	Excerpt      bool // it holds a part only: View.Excerpt made it
}

// dumpStep is how many log records are read from one snapshot.
const dumpStep = 1000

// Dump writes all transactions that are published when it begins.
func (db *DB) Dump(ctx context.Context, w io.Writer) (Dumped, error) {
	d := dumper{db: db, w: bufio.NewWriterSize(w, 1<<16), newest: TS(db.published.Load())}
	err := d.run(ctx)
	return d.done, errors.Join(err, d.w.Flush())
}

type dumper struct {
	db     *DB
	w      *bufio.Writer
	newest TS
	head   [sha256.Size]byte
	done   Dumped
	part   *disclosure // nil: all of it
}

func (d *dumper) run(ctx context.Context) error {
	if err := d.header(ctx); err != nil {
		return err
	}
	for from := []byte{famLog}; from != nil; {
		var last []byte
		err := d.db.store.View(ctx, func(r kv.Reader) error {
			last = nil
			rng := kv.Range{Start: from, End: logKey(d.newest+1, 0), Limit: dumpStep}
			return r.Scan(rng, func(k, v []byte) error {
				last = append(bytes.Clone(k), 0)
				return d.record(k, v)
			})
		})
		if err != nil {
			return err
		}
		from = last
	}
	d.done.Newest, d.done.Head, d.done.Excerpt = d.newest, hex.EncodeToString(d.head[:]), d.part != nil
	return d.line(dumpTrailer{d.done.Transactions, d.done.Records, d.done.Head})
}

func (d *dumper) header(ctx context.Context) error {
	h := dumpHeader{Dump: dumpVersion, Excerpt: d.part != nil, Format: d.db.format(), Ontology: json.RawMessage("null")}
	err := d.db.store.View(ctx, func(r kv.Reader) error {
		text, err := keptOntology(r)
		if err != nil {
			return err
		}
		if text != nil {
			h.Ontology = text
		}
		rng := kv.Range{Start: []byte{famLog}, End: logKey(d.newest+1, 0), Reverse: true, KeysOnly: true, Limit: 1}
		d.newest = 0
		return r.Scan(rng, func(k, _ []byte) error { d.newest = logTS(k); return nil })
	})
	if err != nil {
		return err
	}
	h.Newest = FormatTS(d.newest)
	h.Sum = sumOf(h.Ontology)
	return d.line(h)
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (d *dumper) record(k, v []byte) error {
	rec, err := decodeLog(k, v)
	if err != nil {
		return err
	}
	if rec.prev != d.head {
		return fmt.Errorf("%w: change log: %s does not follow the record before it", ErrDamaged, FormatTS(rec.ts))
	}
	d.head = rec.hash()
	d.done.Records++
	d.done.Transactions += boolBit(rec.chunk == 0)
	line, err := d.excerpt(&rec)
	if err != nil {
		return err
	}
	return d.line(line)
}

// dump is the record as a line.
func (r *logRecord) dump() dumpRecord {
	hash := r.hash()
	if r.withheld {
		return dumpRecord{TX: FormatTS(r.ts), Chunk: r.chunk, Last: r.last, Body: hex.EncodeToString(r.body[:]), Hash: hex.EncodeToString(hash[:])}
	}
	d := dumpRecord{TX: FormatTS(r.ts), Chunk: r.chunk, Last: r.last, Author: r.act.Author, Reason: r.act.Reason,
		Cause: r.act.Cause, Once: r.act.IdempotencyKey, Ops: make([]string, len(r.ops)), Hash: hex.EncodeToString(hash[:])}
	seeded := r.seeded()
	if seeded {
		d.Seed = base64.StdEncoding.EncodeToString(r.seed)
	}
	for i := range r.ops {
		switch o := &r.ops[i]; {
		case seeded:
			d.Ops[i] = base64.StdEncoding.EncodeToString(o.content)
		case o.content == nil:
			d.Ops[i] = "=" + base64.StdEncoding.EncodeToString(o.leaf[:])
		default:
			d.Ops[i] = base64.StdEncoding.EncodeToString(append(o.salt[:], o.content...))
		}
	}
	return d
}

func (d *dumper) line(v any) error {
	b, err := dumpLine(v)
	if err == nil {
		_, err = d.w.Write(b)
	}
	return err
}

// dumpLine is the one spelling of a line.
func dumpLine(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}
