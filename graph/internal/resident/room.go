package resident

import "github.com/parleydb/parley/graph/kv"

// Room is memory for a reader, which serves one after another.
type Room struct{ reader reader }

// mostRoom is how many bytes, and ends of rows, a room keeps for the next reader.
const mostRoom = 2 * chunkBytes

// Clear forgets what was read. Who reads in the room still gets kv.ErrDone, until
// another reader takes it over.
func (m *Room) Clear() {
	r := &m.reader
	r.Reader, r.ctx, r.im, r.last = ended{}, nil, nil, nil
	r.row = spare(r.row)
	r.read.clear()
	r.wide.clear()
}

func (s *stretch) clear() {
	s.begin(nil, nil)
	s.data, s.ends = spare(s.data), spare(s.ends)
}

func spare[T any](s []T) []T {
	if cap(s) > mostRoom {
		return nil
	}
	return s[:0]
}

// layout is that of the image; in a room that is cleared nothing is kept.
func (r *reader) layout(key []byte) int {
	if r.im == nil {
		return 0
	}
	return r.im.layout(key)
}

// err tells why no more is to be read.
func (r *reader) err() error {
	if r.im == nil {
		return kv.ErrDone
	}
	return r.ctx.Err()
}

// ended is what a reader reads whose room is cleared.
type ended struct{}

func (ended) Get([]byte) ([]byte, error)                      { return nil, kv.ErrDone }
func (ended) GetMany([][]byte, func(int, []byte) error) error { return kv.ErrDone }
func (ended) Scan(kv.Range, func(_, _ []byte) error) error    { return kv.ErrDone }
