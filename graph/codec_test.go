package graph

import (
	"bytes"
	"slices"
	"testing"
)

// What a decoder accepts is written again as the same bytes, and nothing
// panics, whatever the bytes are.
func FuzzDecode(f *testing.F) {
	f.Add(byte(0), []byte{})
	for _, s := range samples() {
		f.Add(s.family, s.value)
	}
	f.Fuzz(func(t *testing.T, family byte, b []byte) {
		again, err := recode(family, b)
		if err == nil && !bytes.Equal(again, b) {
			t.Fatalf("%c: %x is written as %x", family, b, again)
		}
	})
}

type sample struct {
	family byte
	value  []byte
}

// recode decodes a row and encodes it again.
func recode(family byte, b []byte) ([]byte, error) {
	switch family {
	case famEntity:
		r, err := decodeEntity(b)
		return r.encode(), err
	case famClaim:
		r, err := decodeClaim(b)
		return r.encode(), err
	case famSupport:
		r, err := decodeSupport(1, b)
		return r.encode(), err
	case famRecord:
		r, err := decodeRecord(b)
		return r.encode(), err
	case famDocument:
		r, err := decodeDocument(b)
		return r.encode(), err
	case famLog:
		r, err := decodeLog(logKey(1, 0), b)
		if err != nil {
			return nil, err
		}
		return r.encode(), nil
	case famEdge:
		d := dec{b: b}
		r := d.row(5)
		if err := d.done("row"); err != nil {
			return nil, err
		}
		var e enc
		r.append(&e, 5)
		return e, nil
	}
	n, err := decodeNumbers(b)
	return encodeNumbers(&n), err
}

// samples are one row of each family.
func samples() []sample {
	var row enc
	(&aRow).append(&row, 5)
	e := entityRow{kind: 3, doc: 1, keys: []datedKey{{Key: Key{"x", "ua"}, ts: 7}, {Key{"x", "kyiv"}, 8, Amber}}, seen: firsts{Clear: 9, Red: 11}}
	c := claimRow{subject: 1, prop: 2, class: Event, value: NameOf("Україна", "uk", "Cyrl", "government"), occurrence: "3", first: 4}
	s := support{record: 1, said: saying{deny: true, marks: markApproximate, end: DatedEnd}, marking: Amber, voice: Self, tf: 5, tt: 6}
	r := record{doc: 1, key: "P001", chain: []num{1, 2}, summary: "s", tf: 5, tt: 9, links: []num{3, 4}, judge: Judgement{Rank: Deprecated, Reason: "r"}}
	d := documentRow{Document: Document{Title: "t", Curation: true}, entity: 1, origins: []num{2}, ts: 4, pf: 5}
	l := logRecord{ts: 1, last: true, act: Act{Author: "a"}, ops: []operation{{content: []byte{opName}}, {leaf: [32]byte{1}}}}
	seeded := seededRecord()
	n := numbers{1, 2, 3, 4, 5}
	return []sample{{famEntity, e.encode()}, {famClaim, c.encode()}, {famSupport, s.encode()}, {famRecord, r.encode()},
		{famDocument, d.encode()}, {famLog, l.encode()}, {famLog, seeded.encode()}, {famEdge, row}, {famMeta, encodeNumbers(&n)}}
}

// seededRecord is a log record whose salts have a seed.
func seededRecord() logRecord {
	r := logRecord{ts: 1, last: true, act: Act{Author: "a", Reason: "b"}, ops: []operation{{content: []byte("said")}, {content: []byte("done")}}}
	r.seed = bytes.Repeat([]byte{7}, seedSize)
	_ = r.computeSalts() // a seed of this length is a key
	return r
}

var aRow = row{flags: flagAsk | flagClosed | flags(DatedEnd)<<shiftEnd, until: 9, tf: 6, tt: 7, pf: 8}

// The samples are good rows: they decode, and come back as they were.
func TestRecode(t *testing.T) {
	for _, s := range samples() {
		again, err := recode(s.family, s.value)
		if err != nil || !bytes.Equal(again, s.value) {
			t.Errorf("%c: %x comes back as %x (%v)", s.family, s.value, again, err)
		}
	}
}

// A row of the change log is put together in the room that is made for it, which is
// not much more than it takes: with a seed, with salts, and where operations were erased.
func TestLogSize(t *testing.T) {
	seeded := seededRecord()
	seeded.ops = slices.Repeat(seeded.ops, 500)
	apart, erased := seeded, seeded
	apart.seed = nil
	erased.ops = slices.Repeat([]operation{{leaf: [32]byte{1}}}, 1000)
	for _, r := range []*logRecord{&seeded, &apart, &erased} {
		room := r.size(r.seeded())
		if n := len(r.encode()); n > room || room-n > 256+4*len(r.ops) {
			t.Errorf("%d bytes in room for %d", n, room)
		}
	}
}

// A changed byte in a log record breaks its hash.
func TestLogHash(t *testing.T) {
	seeded := seededRecord()
	alone := seeded
	alone.seed = nil
	for _, r := range []*logRecord{&seeded, &alone} {
		checkLogHash(t, r.encode())
	}
}

func checkLogHash(t *testing.T, good []byte) {
	t.Helper()
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := decodeLog(logKey(1, 0), bad); err == nil {
			t.Errorf("byte %d was changed and nothing noticed", i)
		}
	}
	if _, err := decodeLog(logKey(2, 0), good); err == nil {
		t.Error("the record of another time")
	}
}

func encodeNumbers(n *numbers) (e enc) {
	n.append(&e)
	return e
}
