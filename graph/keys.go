package graph

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Every row on disk begins with the byte of its family. FORMAT.md draws them
// all. Keys are built and taken apart in this file only.
const (
	famMeta        = 'M' // name → high-water marks, format version, ontology, load in hand
	famName        = 'P' // property and kind names ↔ numbers
	famUUID        = 'd' // UUID16 → id5
	famHash        = 'h' // kind1 id6 num5
	famEntity      = 'e' // id5 → UUID, kind, keys, first TS for each marking
	famKey         = 'x' // scheme 00 external id → id5, TS
	famAttribute   = 'v' // id5 prop2 ~vf6 claim5
	famEdge        = 'n' // node5 dir1 ~vf6 prop2 claim5
	famPair        = 'r' // lo5 hi5 ~vf6 prop2 claim5
	famProperty    = 'y' // prop2 ~vf6 claim5
	famKind        = 'k' // kind2 ~vf6 id5
	famClaim       = 'c' // claim5 → content
	famSupport     = 's' // claim5 record5
	famRecord      = 'A' // record5 → assertion
	famDocument    = 'D' // document4
	famOfDocument  = 'S' // document4 ~tf6 record5
	famPublication = 'b' // t6 document4
	famLabel       = 'a' // folded name 00 id5 claim5
	famTomb        = 'T' // id16 → what was erased, when, by whom and why
	famLog         = 'l' // shard1 TS8 chunk2
	famBlock       = 'B' // key behind the last row → rows of family n, derived
)

// num is a dense number of an entity, claim, record or document: 40 bits, never
// reused, never shown outside the package.
type num uint64

const maxNum num = 1<<40 - 1

// timeBias makes 48-bit times sort as unsigned numbers.
const timeBias = 1 << 47

const mask48 = 1<<48 - 1

func put5(b []byte, n num) []byte {
	return append(b, byte(n>>32), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

func put4(b []byte, n num) []byte { return binary.BigEndian.AppendUint32(b, uint32(n)) }

func put2(b []byte, n uint16) []byte { return binary.BigEndian.AppendUint16(b, n) }

func put6(b []byte, u uint64) []byte {
	return append(b, byte(u>>40), byte(u>>32), byte(u>>24), byte(u>>16), byte(u>>8), byte(u))
}

func putTime(b []byte, t Time) []byte { return put6(b, uint64(t)+timeBias) }

// putNewest is ~t6: times sort newest first.
func putNewest(b []byte, t Time) []byte { return put6(b, ^(uint64(t)+timeBias)&mask48) }

func get5(b []byte) num {
	_ = b[4]
	return num(b[0])<<32 | num(b[1])<<24 | num(b[2])<<16 | num(b[3])<<8 | num(b[4])
}

func get4(b []byte) num { return num(binary.BigEndian.Uint32(b)) }

func get2(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

func get6(b []byte) uint64 {
	_ = b[5]
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5])
}

func getTime(b []byte) Time { return Time(get6(b) - timeBias) }

func getNewest(b []byte) Time { return Time(^get6(b)&mask48 - timeBias) }

func key(family byte, parts ...num) []byte {
	return appendKey(make([]byte, 0, 24), family, parts...)
}

// appendKey and its like build a key in memory that is given.
func appendKey(b []byte, family byte, parts ...num) []byte {
	b = append(b, family)
	for _, p := range parts {
		b = put5(b, p)
	}
	return b
}

func metaKey(name string) []byte { return appendMeta(nil, name) }

func appendMeta(b []byte, name string) []byte { return append(append(b, famMeta), name...) }

func nameKey(name string) []byte { return append([]byte{famName, 1}, name...) }

func numberKey(n uint16) []byte { return put2([]byte{famName, 0}, n) }

func uuidKey(id EntityID) []byte { return append([]byte{famUUID}, id[:]...) }

func entityKey(n num) []byte { return key(famEntity, n) }

func claimKey(n num) []byte { return key(famClaim, n) }

// numberedKeys are the keys of many entities, claims or records.
func numberedKeys(family byte, n int, at func(int) num) [][]byte {
	all := make([]byte, 0, n*lenNumbered)
	list := make([][]byte, n)
	for i := range list {
		from := len(all)
		all = put5(append(all, family), at(i))
		list[i] = all[from:]
	}
	return list
}

func recordKey(n num) []byte { return key(famRecord, n) }

func supportKey(claim, record num) []byte { return key(famSupport, claim, record) }

func externalKey(k Key) []byte { return appendExternal(nil, k) }

func appendExternal(b []byte, k Key) []byte {
	return append(append(append(append(b, famKey), k.Scheme...), 0), k.ID...)
}

// hashKey begins with the first six bytes of a claim's or assertion's id.
func hashKey(kind byte, id [16]byte, n num) []byte {
	return appendHash(make([]byte, 0, lenHash), kind, id, n)
}

func appendHash(b []byte, kind byte, id [16]byte, n num) []byte {
	return put5(append(append(b, famHash, kind), id[:6]...), n)
}

const (
	hashClaim  = 'c'
	hashRecord = 'a'
)

func attributeKey(n num, prop uint16, from Time, claim num) []byte {
	return appendAttribute(make([]byte, 0, 24), n, prop, from, claim)
}

func appendAttribute(b []byte, n num, prop uint16, from Time, claim num) []byte {
	return put5(putNewest(put2(appendKey(b, famAttribute, n), prop), from), claim)
}

// dir1 of an edge row: direction and class. Events that are bounded to
// MaxEvent have sections of their own, so that what holds on a day is found
// among those that start shortly before it.
const (
	outEvent byte = iota
	outState
	inEvent
	inState
)

func edgeKey(node num, dir byte, from Time, prop uint16, claim num) []byte {
	return appendEdge(make([]byte, 0, 24), node, dir, from, prop, claim)
}

func appendEdge(b []byte, node num, dir byte, from Time, prop uint16, claim num) []byte {
	return put5(put2(putNewest(append(appendKey(b, famEdge, node), dir), from), prop), claim)
}

func appendPair(b []byte, one, other num, from Time, prop uint16, claim num) []byte {
	return put5(put2(putNewest(appendKey(b, famPair, min(one, other), max(one, other)), from), prop), claim)
}

func appendProperty(b []byte, prop uint16, from Time, claim num) []byte {
	return put5(putNewest(put2(append(b, famProperty), prop), from), claim)
}

func kindKey(kind uint16, from Time, n num) []byte {
	return put5(putNewest(put2([]byte{famKind}, kind), from), n)
}

func documentKey(n num) []byte { return put4([]byte{famDocument}, n) }

func ofDocumentKey(doc num, ts TS, record num) []byte {
	return appendOfDocument(make([]byte, 0, lenOfDocument), doc, ts, record)
}

func appendOfDocument(b []byte, doc num, ts TS, record num) []byte {
	return put5(putNewest(put4(append(b, famOfDocument), doc), milli(ts)), record)
}

func publicationKey(t Time, doc num) []byte { return put4(putTime([]byte{famPublication}, t), doc) }

func labelKey(folded string, n, claim num) []byte {
	b := append([]byte{famLabel}, folded...)
	return put5(put5(append(b, 0), n), claim)
}

// logKey has the shard first: embedded stores have one, numbered 0.
func logKey(ts TS, chunk uint16) []byte { return appendLog(make([]byte, 0, lenLog), ts, chunk) }

func appendLog(b []byte, ts TS, chunk uint16) []byte {
	return put2(binary.BigEndian.AppendUint64(append(b, famLog, 0), uint64(ts)), chunk)
}

func logTS(key []byte) TS { return TS(binary.BigEndian.Uint64(key[2:])) }

// What follows takes keys apart, and refuses those of another length than their
// builders give them.

func sized(k []byte, n int) error {
	if len(k) != n {
		return fmt.Errorf("%w: key %x has %d bytes, not %d", ErrDamaged, k, len(k), n)
	}
	return nil
}

// shows is what the key of a row says by which a claim stands at an entity:
// families v and n.
type shows struct {
	node  num
	dir   byte // of family n
	prop  uint16
	from  Time
	claim num
}

// out tells whether the row stands at the claim's subject.
func (s *shows) out() bool { return s.dir == outEvent || s.dir == outState }

func showsOf(k []byte) (shows, error) {
	if k[0] == famEdge {
		return edgeOf(k)
	}
	return attributeOf(k)
}

func attributeOf(k []byte) (shows, error) {
	if err := sized(k, 19); err != nil {
		return shows{}, err
	}
	return shows{node: get5(k[1:]), prop: get2(k[6:]), from: getNewest(k[8:]), claim: get5(k[14:])}, nil
}

func edgeOf(k []byte) (shows, error) {
	if err := sized(k, 20); err != nil {
		return shows{}, err
	}
	return shows{node: get5(k[1:]), dir: k[6], from: getNewest(k[7:]), prop: get2(k[13:]), claim: get5(k[15:])}, nil
}

// labelOf takes the key of a name apart: the folded name, whose it is, and the claim.
func labelOf(k []byte) (folded string, n, claim num, err error) {
	i := len(k) - 11
	if i < 1 || k[i] != 0 {
		return "", 0, 0, fmt.Errorf("%w: name key %x", ErrDamaged, k)
	}
	return string(k[1:i]), get5(k[i+1:]), get5(k[i+6:]), nil
}

// lastOf is the number that a key of a fixed length ends with: families e, c,
// A, h, k and S.
func lastOf(k []byte, length int) (num, error) {
	if err := sized(k, length); err != nil {
		return 0, err
	}
	return get5(k[length-5:]), nil
}

const (
	lenNumbered   = 1 + 5         // e, c, A
	lenHash       = 1 + 1 + 6 + 5 // h
	lenKind       = 1 + 2 + 6 + 5 // k
	lenSupport    = 1 + 5 + 5     // s
	lenOfDocument = 1 + 4 + 6 + 5 // S
	lenLog        = 1 + 1 + 8 + 2 // l
)

func documentOf(k []byte) (num, error) {
	if err := sized(k, 5); err != nil {
		return 0, err
	}
	return get4(k[1:]), nil
}

// num5 and num2 are values that are one number and nothing else: families d and P.

func num5(b []byte) (num, error) {
	if len(b) != 5 {
		return 0, fmt.Errorf("%w: number of an entity: %x", ErrDamaged, b)
	}
	return get5(b), nil
}

func num2(b []byte) (uint16, error) {
	if len(b) != 2 {
		return 0, fmt.Errorf("%w: number of a name: %x", ErrDamaged, b)
	}
	return get2(b), nil
}

// milli is the wall-clock millisecond of a transaction time on the valid time
// line: embargoes and publication compare the two clocks.
func milli(ts TS) Time { return TimeOf(ts.Time()) }

// behind is the first key after all that begin with prefix.
func behind(prefix []byte) []byte {
	end := slices.Clone(prefix)
	next(end)
	return end
}

// next counts a prefix up by one. Families keep its first byte from running over.
func next(prefix []byte) {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i]++; prefix[i] != 0 {
			return
		}
	}
}
