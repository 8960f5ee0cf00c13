package graph

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// An operation of the change log. The bytes are kept on disk.
const (
	opName     = 'P' // number, name, type
	opEntity   = 'e' // number, id, kind
	opKey      = 'x' // number of the entity, scheme, id
	opDocument = 'D' // number, row
	opClaim    = 'c' // number, what the claim says
	opRecord   = 'A' // number, row
	opLink     = 'L' // record, claim, saying
	opClose    = 'z' // record, cause
	opErase    = 'T' // kind and id of what was erased
	opTold     = 't' // number of an entity, how far the keys are told that the transaction gave it
)

// cause says why a record was closed.
type cause byte

const (
	causeRetract cause = 'r'
	causeCorrect cause = 'c'
	causeJudge   cause = 'j'
)

// operation is one entry of a log record. Erasing destroys salt and content
// and keeps the leaf, so that the chain can still be followed.
type operation struct {
	salt    [16]byte
	content []byte
	leaf    [sha256.Size]byte // only where salt and content were erased
}

func (o *operation) hash() [sha256.Size]byte {
	if o.content == nil {
		return o.leaf
	}
	var short [256]byte // what most of them fit into
	return sha256.Sum256(append(append(short[:0], o.salt[:]...), o.content...))
}

// logRecord is a row of family l: what one transaction, or one chunk of it, did.
type logRecord struct {
	ts    TS
	chunk uint16
	last  bool
	act   Act
	ops   []operation
	prev  [sha256.Size]byte // hash of the record before
	seed  []byte            // of all salts; nil: they are kept one by one

	// withheld: of the record there is only its digest; so it stands in excerpts.
	withheld bool
	body     [sha256.Size]byte
}

// hash chains the record to the one before: author, reason and operations
// cannot be changed without changing every later hash.
func (r *logRecord) hash() [sha256.Size]byte {
	e := make(enc, 0, 128+r.leaves())
	return r.hashIn(&e)
}

// leaves is the length of the hashes of the operations.
func (r *logRecord) leaves() int { return len(r.ops) * sha256.Size }

// hashIn is hash, given memory behind which to write down what is hashed.
func (r *logRecord) hashIn(e *enc) [sha256.Size]byte {
	body, at := r.digest(e), len(*e)
	e.string("parley log 1")
	*e = appendLog(*e, r.ts, r.chunk)
	e.byte(byte(boolBit(r.last)))
	*e = append(append(*e, body[:]...), r.prev[:]...)
	return e.cutHash(at)
}

// digest is the hash of who did it and what was done: all that a record says.
func (r *logRecord) digest(e *enc) [sha256.Size]byte {
	if r.withheld {
		return r.body
	}
	at := len(*e)
	e.act(r.act)
	for i := range r.ops {
		leaf := r.ops[i].hash()
		*e = append(*e, leaf[:]...)
	}
	return e.cutHash(at)
}

// cutHash cuts off what was written since, and gives its hash.
func (e *enc) cutHash(since int) [sha256.Size]byte {
	sum := sha256.Sum256((*e)[since:])
	*e = (*e)[:since]
	return sum
}

// The flags that a row of family l begins with.
const (
	logLast     = 1
	logWithheld = 2
	logSeeded   = 4
)

func (e *enc) act(a Act) {
	for _, s := range []string{a.Author, a.Reason, a.Cause, a.IdempotencyKey} {
		e.string(s)
	}
}

func (d *dec) act() Act {
	return Act{Author: d.string(), Reason: d.string(), Cause: d.string(), IdempotencyKey: d.string()}
}

func (r *logRecord) encode() []byte {
	var e enc
	r.append(&e)
	return e
}

func (r *logRecord) append(e *enc) {
	seeded := r.seeded()
	*e = slices.Grow(*e, r.size(seeded)+r.leaves()) // what is hashed stands there meanwhile
	e.byte(byte(logLast*boolBit(r.last) | logWithheld*boolBit(r.withheld) | logSeeded*boolBit(seeded)))
	switch {
	case r.withheld:
		*e = append(*e, r.body[:]...)
	case seeded:
		r.encodeSeeded(e)
	default:
		r.encodeBody(e)
	}
	hash := r.hashIn(e)
	*e = append(append(*e, r.prev[:]...), hash[:]...)
}

// size is how long the row is, or a little more.
func (r *logRecord) size(seeded bool) int {
	n := 256 + len(r.act.Author) + len(r.act.Reason) + len(r.act.Cause) + len(r.act.IdempotencyKey)
	for i := range r.ops {
		o := &r.ops[i]
		switch {
		case seeded:
			n += 4 + len(o.content)
		case o.content == nil:
			n += 1 + len(o.leaf)
		default:
			n += 1 + len(o.salt) + 4 + len(o.content)
		}
	}
	return n
}

func (r *logRecord) encodeBody(e *enc) {
	e.act(r.act)
	e.uint(uint64(len(r.ops)))
	for i := range r.ops {
		r.ops[i].encode(e)
	}
}

func (o *operation) encode(e *enc) {
	if o.content == nil {
		e.byte(0)
		*e = append(*e, o.leaf[:]...)
		return
	}
	e.byte(1)
	*e = append(*e, o.salt[:]...)
	e.bytes(o.content)
}

func decodeLog(key, b []byte) (logRecord, error) {
	if len(key) != lenLog {
		return logRecord{}, fmt.Errorf("%w: log key of %d bytes", ErrDamaged, len(key))
	}
	d := dec{b: b}
	r := logRecord{ts: logTS(key), chunk: get2(key[len(key)-2:])}
	flags := d.byte()
	r.last, r.withheld = flags&logLast != 0, flags&logWithheld != 0
	seeded := flags&logSeeded != 0
	d.bad = d.bad || flags > logLast|logWithheld|logSeeded || seeded && r.withheld
	switch {
	case r.withheld:
		copy(r.body[:], d.take(sha256.Size))
	case seeded:
		r.decodeSeeded(&d)
	default:
		r.decodeBody(&d)
	}
	copy(r.prev[:], d.take(sha256.Size))
	var stated [sha256.Size]byte
	copy(stated[:], d.take(sha256.Size))
	if err := d.done("log record"); err != nil {
		return r, err
	}
	if r.hash() != stated {
		return r, fmt.Errorf("%w: log record of %s does not have its hash", ErrDamaged, FormatTS(r.ts))
	}
	return r, nil
}

func (r *logRecord) decodeBody(d *dec) {
	r.act = d.act()
	r.ops = make([]operation, d.count())
	for i := range r.ops {
		if !d.bool() {
			copy(r.ops[i].leaf[:], d.take(sha256.Size))
			continue
		}
		copy(r.ops[i].salt[:], d.take(len(r.ops[i].salt)))
		r.ops[i].content = d.bytes()
	}
}

// newest returns the transaction time and the hash of the last log record.
func newest(r kv.Reader) (ts TS, hash [sha256.Size]byte, err error) {
	rng := kv.Range{Start: []byte{famLog}, End: []byte{famLog + 1}, Reverse: true, Limit: 1}
	err = r.Scan(rng, func(key, value []byte) error {
		if len(value) < 2*sha256.Size || len(key) != lenLog {
			return fmt.Errorf("%w: last log record", ErrDamaged)
		}
		ts = logTS(key)
		copy(hash[:], value[len(value)-sha256.Size:])
		return nil
	})
	return ts, hash, err
}

// logOf calls fn for each log record of one transaction, in order or from the last to the first.
func logOf(r kv.Reader, ts TS, reverse bool, fn func(*logRecord) error) error {
	rng := kv.Range{Start: logKey(ts, 0), End: logKey(ts+1, 0), Reverse: reverse}
	return r.Scan(rng, func(key, value []byte) error {
		rec, err := decodeLog(key, value)
		if err != nil {
			return err
		}
		return fn(&rec)
	})
}

// log adds an operation to the record in hand.
func (tx *Tx) log(kind byte, write func(e *enc)) {
	from := len(tx.opContents)
	tx.opContents.byte(kind)
	write(&tx.opContents)
	content := tx.opContents[from:len(tx.opContents):len(tx.opContents)]
	tx.ops = append(tx.ops, operation{content: content})
	tx.opBytes += len(content) + 20 // with room for its salt: once something of the record is erased, each is kept
}

// writeLog writes the operations in hand as one log record; the last one of a
// transaction says so. Long transactions have several.
func (tx *Tx) writeLog(last bool) error {
	rec := logRecord{ts: tx.TS(), chunk: tx.chunk, last: last, act: tx.act, ops: tx.ops, prev: tx.head}
	if err := rec.newSeed(); err != nil {
		return err
	}
	if tx.db.format() < formatSeeds {
		rec.seed = nil
	}
	w := tx.rowsInHand()
	w.key, w.value = appendLog(w.key[:0], rec.ts, rec.chunk), w.value[:0]
	rec.append(&w.value)
	if err := w.set(w.key, w.value); err != nil {
		return err
	}
	tx.head = [sha256.Size]byte(w.value[len(w.value)-sha256.Size:])
	tx.ops, tx.opContents, tx.opBytes = tx.ops[:0], tx.opContents[:0], 0
	if tx.chunk++; tx.chunk == 0 {
		return errors.New("graph: one transaction has more than 65,536 chunks: load it in parts")
	}
	return nil
}
