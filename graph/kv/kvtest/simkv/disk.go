package simkv

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/parleydb/parley/graph/kv"
)

// ErrSync reports a sync that failed: what it was to make durable may be
// durable or not.
var ErrSync = errors.New("simkv: sync failed")

// Disk keeps a log of commit groups. Bytes behind the last sync are at the
// mercy of a crash.
type Disk struct {
	mu struct {
		sync.Mutex
		log    []byte
		synced int
	}
}

// append writes a group behind the log.
func (d *Disk) append(g group) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.log = append(d.mu.log, g.encode()...)
}

// sync makes all that was written durable, or fails and does not.
func (d *Disk) sync(fail bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if fail {
		return ErrSync
	}
	d.mu.synced = len(d.mu.log)
	return nil
}

// Crash loses or tears what was not synced.
func (d *Disk) Crash(r *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	tail := len(d.mu.log) - d.mu.synced
	keep := [3]int{0, tail, r.IntN(tail + 1)}[r.IntN(3)]
	d.mu.log = d.mu.log[:d.mu.synced+keep]
	d.mu.synced = len(d.mu.log)
}

// Clone is a disk with the same bytes.
func (d *Disk) Clone() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := new(Disk)
	c.mu.log, c.mu.synced = slices.Clone(d.mu.log), d.mu.synced
	return c
}

// read gives the groups of the log in order, and cuts off a torn one.
func (d *Disk) read(fn func(group)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := 0
	for {
		g, n, ok := decodeGroup(d.mu.log[at:])
		if !ok {
			break
		}
		fn(g)
		at += n
	}
	d.mu.log = d.mu.log[:at]
	d.mu.synced = at
}

// group is what one sync makes durable: some updates, or a chunk of a load.
type group []update

type update struct {
	ts     kv.TS
	raised kv.TS // behind which transaction times must go on
	writes []write
}

type write struct {
	key, value []byte
	deleted    bool
}

func (g group) encode() []byte {
	b := make([]byte, 8)
	b = binary.AppendUvarint(b, uint64(len(g)))
	for _, u := range g {
		b = binary.AppendUvarint(b, uint64(u.ts))
		b = binary.AppendUvarint(b, uint64(u.raised))
		b = binary.AppendUvarint(b, uint64(len(u.writes)))
		for _, w := range u.writes {
			b = appendBytes(b, w.key)
			b = appendBytes(b, w.value)
			b = append(b, map[bool]byte{true: 1}[w.deleted])
		}
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	binary.BigEndian.PutUint32(b[4:], crc32.ChecksumIEEE(b[8:]))
	return b
}

func appendBytes(b, s []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decodeGroup reads a group that is there as a whole.
func decodeGroup(b []byte) (g group, size int, ok bool) {
	if len(b) < 8 {
		return nil, 0, false
	}
	size = int(binary.BigEndian.Uint32(b))
	if size < 8 || size > len(b) || crc32.ChecksumIEEE(b[8:size]) != binary.BigEndian.Uint32(b[4:]) {
		return nil, 0, false
	}
	d := decoder(b[8:size])
	g = make(group, d.uint())
	for i := range g {
		g[i] = update{ts: kv.TS(d.uint()), raised: kv.TS(d.uint()), writes: make([]write, d.uint())}
		for j := range g[i].writes {
			g[i].writes[j] = write{key: d.bytes(), value: d.bytes(), deleted: d.uint() == 1}
		}
	}
	return g, size, true
}

// decoder takes apart what has the right checksum.
type decoder []byte

func (d *decoder) uint() uint64 {
	u, n := binary.Uvarint(*d)
	*d = (*d)[n:]
	return u
}

func (d *decoder) bytes() []byte {
	n := d.uint()
	b := (*d)[:n:n]
	*d = (*d)[n:]
	return b
}
