package graph

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// VerifyDump reads a dump and follows its chain of hashes: what is not as it
// was written is an error that says in which line. A head that was kept
// elsewhere, if given, must be the dump's own; without it, a dump whose lines
// were all written anew cannot be told from another one.
func VerifyDump(r io.Reader, head string) (Dumped, error) {
	u, err := openDump(r)
	if err == nil {
		err = u.each(func(*logRecord) error { return nil })
	}
	if err == nil && head != "" && !strings.EqualFold(head, u.done.Head) {
		err = fmt.Errorf("%w: its head is %s, not %s: it is another dump, or was written anew", ErrDump, u.done.Head, head)
	}
	if err != nil {
		return Dumped{}, err
	}
	return u.done, nil
}

// undumper reads a dump line by line.
type undumper struct {
	r      *bufio.Reader
	line   int
	header dumpHeader
	head   [sha256.Size]byte
	last   logRecord
	done   Dumped
}

// openDump reads the header.
func openDump(r io.Reader) (*undumper, error) {
	u := &undumper{r: bufio.NewReaderSize(r, 1<<20)}
	return u, u.readHeader()
}

// each calls fn for each log record, and checks the trailer.
func (u *undumper) each(fn func(*logRecord) error) error {
	for {
		line, err := u.next()
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte(`{"transactions":`)) {
			return u.trailer(line)
		}
		rec, err := u.record(line)
		if err != nil {
			return err
		}
		if err := fn(rec); err != nil {
			return err
		}
	}
}

func (u *undumper) fail(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrDump, u.line, fmt.Sprintf(format, args...))
}

// next reads a line with its end.
func (u *undumper) next() ([]byte, error) {
	line, err := u.r.ReadBytes('\n')
	u.line++
	if errors.Is(err, io.EOF) {
		return nil, u.fail("the dump was cut short")
	}
	return line, err
}

// parse reads a line into v, which must have just this spelling.
func (u *undumper) parse(line []byte, v any) error {
	if err := json.Unmarshal(line, v); err != nil {
		return u.fail("it was altered: %v", err)
	}
	again, err := dumpLine(v)
	if err != nil || !bytes.Equal(again, line) {
		return u.fail("it was altered: not as a dump spells it")
	}
	return nil
}

func (u *undumper) readHeader() error {
	line, err := u.next()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte(`{"parleyDump":`)) {
		return u.fail("no dump begins like this")
	}
	if err := u.parse(line, &u.header); err != nil {
		return err
	}
	h := &u.header
	switch {
	case h.Dump > dumpVersion || h.Format > formatVersion:
		return u.fail("a dump of version %d and format %d: use a newer Parley", h.Dump, h.Format)
	case h.Dump < 1 || h.Format < 1:
		return u.fail("it was altered: a dump of version %d and format %d, of which there are none", h.Dump, h.Format)
	case h.Sum != sumOf(h.Ontology):
		return u.fail("it was altered: the ontology does not have its hash")
	}
	u.done.Excerpt = h.Excerpt
	u.done.Newest, err = ParseKnownOn(h.Newest)
	if err != nil || FormatTS(u.done.Newest) != h.Newest {
		return u.fail("it was altered: newest transaction %q", h.Newest)
	}
	return nil
}

func (u *undumper) record(line []byte) (*logRecord, error) {
	var d dumpRecord
	if err := u.parse(line, &d); err != nil {
		return nil, err
	}
	rec, err := d.record()
	if err == nil {
		err = u.header.allows(rec)
	}
	if err != nil {
		return nil, u.fail("it was altered: %v", err)
	}
	rec.prev = u.head
	u.head = rec.hash()
	switch {
	case hex.EncodeToString(u.head[:]) != d.Hash:
		return nil, u.fail("transaction %s: it does not have its hash: it, or a line before it, was altered, added or taken away", d.TX)
	case !u.follows(rec):
		return nil, u.fail("transaction %s, chunk %d: out of order", d.TX, d.Chunk)
	}
	u.last = logRecord{ts: rec.ts, chunk: rec.chunk, last: rec.last}
	u.done.Records++
	u.done.Transactions += boolBit(rec.chunk == 0)
	return rec, nil
}

// allows refuses a record that no dump with this header has.
func (h *dumpHeader) allows(r *logRecord) error {
	switch {
	case r.withheld && !h.Excerpt:
		return errors.New("it is withheld, and this is no excerpt")
	case r.seed != nil && h.Format < formatSeeds:
		return fmt.Errorf("it has a seed, and this is a dump of format %d, which has none", h.Format)
	}
	return nil
}

// follows tells whether the record may stand behind the last one.
func (u *undumper) follows(r *logRecord) bool {
	if u.done.Records == 0 || u.last.last {
		return r.chunk == 0 && r.ts > u.last.ts
	}
	return r.ts == u.last.ts && r.chunk == u.last.chunk+1
}

func (u *undumper) trailer(line []byte) error {
	var t dumpTrailer
	if err := u.parse(line, &t); err != nil {
		return err
	}
	u.done.Head = hex.EncodeToString(u.head[:])
	want := dumpTrailer{u.done.Transactions, u.done.Records, u.done.Head}
	switch {
	case t != want:
		return u.fail("it was altered: it ends with %d transactions in %d records, head %s, but has %d in %d, head %s",
			t.Transactions, t.Records, t.Head, want.Transactions, want.Records, want.Head)
	case u.last.ts != u.done.Newest || (t.Records > 0 && !u.last.last):
		return u.fail("it was altered: the newest transaction is %s, not %s", FormatTS(u.last.ts), u.header.Newest)
	}
	if _, err := u.r.ReadByte(); err == nil {
		u.line++
		return u.fail("there is more behind the end")
	}
	return nil
}

// record is the line as a log record, without the hash of the one before.
func (d *dumpRecord) record() (*logRecord, error) {
	ts, err := ParseKnownOn(d.TX)
	if err != nil || FormatTS(ts) != d.TX {
		return nil, fmt.Errorf("transaction %q", d.TX)
	}
	r := &logRecord{ts: ts, chunk: d.Chunk, last: d.Last, ops: make([]operation, len(d.Ops)),
		act: Act{Author: d.Author, Reason: d.Reason, Cause: d.Cause, IdempotencyKey: d.Once}}
	if err := d.digestOf(r); err != nil {
		return nil, err
	}
	if d.Seed != "" {
		return r, d.seeded(r)
	}
	for i, op := range d.Ops {
		if err := r.ops[i].parse(op); err != nil {
			return nil, fmt.Errorf("operation %d: %w", i+1, err)
		}
	}
	return r, nil
}

// seeded reads the operations of a record that has a seed.
func (d *dumpRecord) seeded(r *logRecord) (err error) {
	if r.seed, err = base64.StdEncoding.Strict().DecodeString(d.Seed); err != nil || len(r.seed) != seedSize {
		return fmt.Errorf("its seed is not of %d bytes", seedSize)
	}
	if len(r.ops) == 0 {
		return errors.New("it has a seed, and no operations")
	}
	for i, op := range d.Ops {
		if r.ops[i].content, err = base64.StdEncoding.Strict().DecodeString(op); err != nil || len(op) == 0 {
			return fmt.Errorf("operation %d: there is a seed, and this is not its content", i+1)
		}
	}
	return r.computeSalts()
}

func (o *operation) parse(s string) error {
	text, erased := strings.CutPrefix(s, "=")
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	switch {
	case err != nil:
		return err
	case erased && len(b) == len(o.leaf):
		copy(o.leaf[:], b)
	case !erased && len(b) > len(o.salt):
		copy(o.salt[:], b)
		o.content = b[len(o.salt):]
	default:
		return fmt.Errorf("%d bytes", len(b))
	}
	return nil
}
