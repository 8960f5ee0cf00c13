package graph

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// claimRow is a claim's content in numbers, and what its first assertion says of it.
type claimRow struct {
	subject    num
	prop       uint16
	class      Class
	value      Value // a reference without its id
	ref        num   // the number of a reference
	start      edtf.Endpoint
	occurrence string
	first      num // record
	said       saying
}

// saying is what one assertion says of one claim.
type saying struct {
	deny  bool
	marks byte // ~ and ? of the start
	end   EndKind
	date  edtf.Date // with marks; the last vouched date of an unknown end
}

const (
	markApproximate = 1
	markUncertain   = 2
)

func (e *enc) saying(s saying) {
	b := byte(s.end) | s.marks<<2
	if s.deny {
		b |= 1 << 4
	}
	e.byte(b)
	e.date(s.date)
}

func (d *dec) saying() saying {
	b := d.byte()
	d.bad = d.bad || b>>5 != 0 || EndKind(b&3) > DatedEnd
	return saying{deny: b&(1<<4) != 0, marks: b >> 2 & 3, end: EndKind(b & 3), date: d.date()}
}

// identity is the part of the row that tells claims apart.
func (r *claimRow) identity() enc {
	e := make(enc, 0, 64)
	r.appendIdentity(&e)
	return e
}

func (r *claimRow) appendIdentity(e *enc) {
	e.num(r.subject)
	*e = put2(*e, r.prop)
	e.byte(byte(r.class)<<2 | byte(r.start.Kind))
	e.date(r.start.Date)
	e.string(r.occurrence)
	e.value(r.value, r.ref)
}

func (r *claimRow) encode() []byte {
	e := make(enc, 0, 64)
	r.append(&e)
	return e
}

func (r *claimRow) append(e *enc) {
	r.appendIdentity(e)
	e.num(r.first)
	e.saying(r.said)
}

func decodeClaim(b []byte) (claimRow, error) {
	d := dec{b: b}
	r := d.identity()
	r.first = d.num()
	r.said = d.saying()
	return r, d.done("claim row")
}

// readClaim reads the row of a claim.
func readClaim(r kv.Reader, n num) (*claimRow, error) {
	b, err := r.Get(claimKey(n))
	if err != nil {
		return nil, fmt.Errorf("claim row: %w", err)
	}
	c, err := decodeClaim(b)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

func decodeIdentity(b []byte) (claimRow, error) {
	d := dec{b: b}
	r := d.identity()
	return r, d.done("claim")
}

func (d *dec) identity() claimRow {
	r := claimRow{subject: d.num()}
	if p := d.take(2); p != nil {
		r.prop = get2(p)
	}
	c := d.below(int(Timeless+1) << 2)
	r.class, r.start.Kind = Class(c>>2), edtf.EndpointKind(c&3)
	r.start.Date = d.date()
	r.occurrence = d.string()
	r.value, r.ref = d.value()
	return r
}

// from is the first instant of the claim.
func (r *claimRow) from() Time { return startOf(r.start) }

// startOf is the first instant of a start; dates were checked when they came in.
func startOf(e edtf.Endpoint) Time {
	if e.Kind != edtf.Dated {
		return MinTime
	}
	from, _, _ := e.Date.Bounds()
	return Time(from)
}

// untilOf is the first instant after an end.
func untilOf(kind EndKind, d edtf.Date, from Time) Time {
	if kind == OpenEnd {
		return MaxTime
	}
	if d.IsZero() {
		return from
	}
	_, to, _ := d.Bounds()
	return max(Time(to), from)
}

// startFlags are the flags of a start that has no date.
func startFlags(e edtf.Endpoint) flags {
	switch e.Kind {
	case edtf.Open:
		return flagStartOpen
	case edtf.Unknown:
		return flagStartUnknown
	}
	return 0
}

// id is the claim's id (rule 2), given the ids of its subject and value, and
// memory to write down what it says.
func (r *claimRow) id(e *enc, subject, ref EntityID, property string) ClaimID {
	*e = append((*e)[:0], subject[:]...)
	e.string(property)
	v := r.value
	if v.typ == Reference {
		e.byte(byte(Reference))
		*e = append(*e, ref[:]...)
	} else {
		e.value(v, 0)
	}
	e.byte(byte(r.start.Kind))
	e.date(r.start.Date)
	e.string(r.occurrence)
	return ClaimID(derive('c', *e))
}

// support is a row of family s: one record's say on one claim, with all that
// decides whether it is live.
type support struct {
	record  num
	said    saying
	status  Status
	rank    Rank
	marking Marking
	voice   Voice
	tf, tt  TS
	pf      Time
	when    Time // when it was said, else published; MinTime: neither is known
	embargo Time
}

func (s *support) encode() []byte {
	e := make(enc, 0, 48)
	e.byte(byte(s.status)<<4 | byte(s.rank)<<2 | byte(boolBit(s.tt != 0)))
	e.byte(byte(s.marking)<<4 | byte(s.voice))
	e.ts(s.tf)
	if s.tt != 0 {
		e.ts(s.tt)
	}
	e.time(s.pf)
	e.time(s.when)
	e.time(s.embargo)
	e.saying(s.said)
	return e
}

func boolBit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func decodeSupport(record num, b []byte) (support, error) {
	d := dec{b: b}
	s := support{record: record}
	f := d.byte()
	s.status, s.rank = Status(f>>4), Rank(f>>2&3)
	m := d.byte()
	s.marking, s.voice = Marking(m>>4), Voice(m&15)
	d.bad = d.bad || int(s.status) >= len(statuses) || int(s.rank) >= len(ranks) || f&2 != 0 || s.marking > Red || int(s.voice) >= len(voices)
	s.tf = d.ts()
	if f&1 != 0 {
		s.tt = d.ts()
		d.bad = d.bad || s.tt == 0
	}
	s.pf, s.when, s.embargo = d.time(), d.time(), d.time()
	s.said = d.saying()
	return s, d.done("support row")
}

// record is a row of family A: one transaction interval of an assertion.
type record struct {
	id      AssertionID
	doc     num
	key     string
	span    Span
	chain   []num
	voice   Voice
	level   Level
	quote   Quote
	mode    Modality
	wording Wording
	fact    Factuality
	said    edtf.Date
	summary string
	coder   string
	judge   Judgement
	tf, tt  TS
	pf      Time
	content [16]byte // hash of what is asserted, without judgements
	stated  [8]byte  // hash of the judgement that the source of the load gave
	before  num      // the record that this one replaced; 0: none
	turns   Interval // from the earliest start or dated end of its claims to just behind the latest; zero: none has one
	links   []num    // its claims; nil where byLog
	byLog   bool     // too many for one row: the log of tf lists them
}

func (r *record) encode() []byte {
	e := make(enc, 0, 256)
	r.append(&e)
	return e
}

func (r *record) append(e *enc) {
	*e = append(*e, r.id[:]...)
	e.num(r.doc)
	e.string(r.key)
	e.uint(uint64(r.span.Offset))
	e.uint(uint64(r.span.Length))
	e.nums(r.chain)
	*e = append(*e, byte(r.voice), byte(r.level), byte(r.quote), byte(r.mode), byte(r.wording), byte(r.fact))
	e.date(r.said)
	e.string(r.summary)
	e.string(r.coder)
	e.judgement(r.judge)
	e.ts(r.tf)
	e.ts(r.tt)
	e.time(r.pf)
	*e = append(append(*e, r.content[:]...), r.stated[:]...)
	e.num(r.before)
	e.time(r.turns.From)
	e.time(r.turns.To)
	e.byte(byte(boolBit(r.byLog)))
	e.nums(r.links)
}

func decodeRecord(b []byte) (record, error) {
	d := dec{b: b}
	var r record
	copy(r.id[:], d.take(16))
	r.doc, r.key = d.num(), d.string()
	r.span = Span{int(d.uint()), int(d.uint())}
	r.chain = d.nums()
	r.voice, r.level, r.quote = Voice(d.below(len(voices))), Level(d.below(len(levels))), Quote(d.below(len(quotes)))
	r.mode, r.wording, r.fact = Modality(d.below(len(modalities))), Wording(d.below(len(wordings))), Factuality(d.below(len(factualities)))
	r.said, r.summary, r.coder = d.date(), d.string(), d.string()
	r.judge = d.judgement()
	r.tf, r.tt, r.pf = d.ts(), d.ts(), d.time()
	copy(r.content[:], d.take(16))
	copy(r.stated[:], d.take(8))
	r.before = d.num()
	r.turns = Interval{d.time(), d.time()}
	r.byLog = d.bool()
	r.links = d.nums()
	return r, d.done("assertion row")
}

func (e *enc) nums(list []num) {
	e.uint(uint64(len(list)))
	for _, n := range list {
		e.num(n)
	}
}

func (d *dec) nums() []num {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]num, n)
	for i := range list {
		list[i] = d.num()
	}
	return list
}

func (e *enc) judgement(j Judgement) {
	*e = append(*e, byte(j.Grade.Reliability), byte(j.Grade.Credibility), byte(j.Rank), byte(j.Marking), byte(j.Status))
	e.string(j.Reason)
	e.time(j.Embargo)
}

func (d *dec) judgement() Judgement {
	var j Judgement
	j.Grade = Grade{Reliability(d.byte()), Credibility(d.byte())}
	d.bad = d.bad || j.Grade.valid() != nil
	j.Rank, j.Marking, j.Status = Rank(d.below(len(ranks))), Marking(d.below(len(markings))), Status(d.below(len(statuses)))
	j.Reason = d.string()
	j.Embargo = d.time()
	return j
}

// when is the day on which it was said, else published; MinTime: neither is known.
func (r *record) when(doc *documentRow) Time {
	if !r.said.IsZero() {
		from, _, _ := r.said.Bounds()
		return Time(from)
	}
	if !doc.Published.IsZero() {
		from, _, _ := doc.Published.Bounds()
		return Time(from)
	}
	return MinTime
}

// support is the record's row on one of its claims.
func (r *record) support(n num, said saying, when Time) support {
	return support{record: n, said: said, status: r.judge.Status, rank: r.judge.Rank, marking: r.judge.Marking,
		voice: r.voice, tf: r.tf, tt: r.tt, pf: r.pf, when: when, embargo: r.judge.Embargo}
}

func (id ClaimID) key() [16]byte { return uuid.UUID(id) }

func (id AssertionID) key() [16]byte { return uuid.UUID(id) }
