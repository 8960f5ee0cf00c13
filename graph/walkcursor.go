package graph

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// ErrCursor reports a cursor of another list, point or store.
var ErrCursor = errors.New("graph: cursor is not of this list")

// bindTo hashes what a cursor belongs to: the point and the filter.
func (rd *reading) bindTo(q *EdgeQuery) uint64 {
	b := make([]byte, 0, 160)
	p := rd.point
	for _, t := range []Time{p.On.From, p.On.To, q.Starts.From, q.Starts.To} {
		b = putTime(b, t)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(p.KnownOn))
	b = append(b, byte(p.Basis), byte(p.Clearance), byte(p.Policy), byte(p.Undated), byte(q.Direction), byte(q.MinRank), byte(boolBit(q.Ranked)))
	b = append(append(b, q.Entity.ID[:]...), q.Other.ID[:]...)
	for _, name := range q.Properties {
		b = append(append(b, name...), 0)
	}
	return xxhash.Sum64(b)
}

func cursorOf(bind uint64, p position) Cursor {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 24), bind)
	b = put5(put2(putTime(b, p.from), p.prop), p.claim)
	return Cursor(base64.RawURLEncoding.EncodeToString(append(b, p.dir)))
}

func (w *walk) resume() (*position, error) {
	if w.q.After == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(string(w.q.After))
	if err != nil || len(b) != 22 || binary.BigEndian.Uint64(b) != w.bind {
		return nil, fmt.Errorf("%w: %q", ErrCursor, string(w.q.After))
	}
	return &position{from: getTime(b[8:]), prop: get2(b[14:]), claim: get5(b[16:]), dir: b[21]}, nil
}
