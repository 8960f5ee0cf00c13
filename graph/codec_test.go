package graph

import (
	"bytes"
	"testing"
)

// What a decoder accepts is written again as the same bytes, and nothing
// panics, whatever the bytes are.
func FuzzDecode(f *testing.F) {
	f.Add(byte(0), []byte{})
	for _, seed := range seeds() {
		f.Add(seed.family, seed.value)
	}
	f.Fuzz(func(t *testing.T, family byte, b []byte) {
		again, err := recode(family, b)
		if err == nil && !bytes.Equal(again, b) {
			t.Fatalf("%c: %x is written as %x", family, b, again)
		}
	})
}

type seed struct {
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
	return n.encode(), err
}

// seeds are one row of each family.
func seeds() []seed {
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
	return []seed{{famEntity, e.encode()}, {famClaim, c.encode()}, {famSupport, s.encode()}, {famRecord, r.encode()},
		{famDocument, d.encode()}, {famLog, l.encode()}, {famLog, seeded.encode()}, {famEdge, row}, {famMeta, n.encode()}}
}

// seededRecord is a log record whose salts have a seed.
func seededRecord() logRecord {
	r := logRecord{ts: 1, last: true, act: Act{Author: "a", Reason: "b"}, ops: []operation{{content: []byte("said")}, {content: []byte("done")}}}
	r.seed = bytes.Repeat([]byte{7}, seedSize)
	_ = r.salt() // a seed of this length is a key
	return r
}

var aRow = row{flags: flagAsk | flagClosed | flags(DatedEnd)<<shiftEnd, until: 9, tf: 6, tt: 7, pf: 8}

// The seeds are good rows: they decode, and come back as they were.
func TestRecode(t *testing.T) {
	for _, s := range seeds() {
		again, err := recode(s.family, s.value)
		if err != nil || !bytes.Equal(again, s.value) {
			t.Errorf("%c: %x comes back as %x (%v)", s.family, s.value, again, err)
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
