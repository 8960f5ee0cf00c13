package resident

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
)

func (r *reader) Scan(rng kv.Range, fn func(key, value []byte) error) error {
	prefix, end := r.within(rng)
	if prefix == nil {
		return r.Reader.Scan(rng, fn)
	}
	s := scan{reader: r, rng: rng, fn: fn}
	if s.run = r.enter(prefix); s.run == nil {
		return r.Reader.Scan(rng, fn)
	}
	s.rng.End = end
	return unlessStop(s.do())
}

// within gives the prefix of the run in which a range lies, and where the range
// ends there; nil: it lies in none. Since no key is so short, a range that ends
// with zeros behind the first key that is not in the run ends with the run.
func (r *reader) within(rng kv.Range) (prefix, end []byte) {
	n := r.layout(rng.Start)
	if n <= 0 || n > len(rng.Start) || rng.Reverse || bytes.Compare(rng.Start, rng.End) >= 0 {
		return nil, nil
	}
	prefix = rng.Start[:n:n]
	if bytes.HasPrefix(rng.End, prefix) {
		return prefix, rng.End
	}
	var room [32]byte
	next := behind(room[:0], prefix)
	if !bytes.HasPrefix(rng.End, next) || len(bytes.TrimRight(rng.End[n:], "\x00")) > 0 {
		return nil, nil
	}
	return prefix, rng.End[:n]
}

// scan gives the rows of a range that lies in one run.
type scan struct {
	*reader
	run *run
	rng kv.Range
	fn  func(key, value []byte) error
	row []byte // in hand: its key, and its value if that had to be put together
}

func (s *scan) do() error {
	if s.row, s.reader.row = s.reader.row, nil; s.row == nil { // a scan within another
		s.row = make([]byte, 0, 64)
	}
	defer func() { s.reader.row = s.row }()
	for bytes.Compare(s.rng.Start, s.rng.End) < 0 {
		if err := s.err(); err != nil {
			return err
		}
		c, now, err := s.chunk(s.run, s.rng.Start, s.rng.End)
		if err != nil {
			return err
		}
		if c == nil {
			return s.Reader.Scan(s.rng, s.fn)
		}
		if err := s.give(c); err != nil {
			return err
		}
		s.run, s.rng.Start = now, c.hi()
	}
	return nil
}

// give calls fn for those rows of a chunk that lie in the rest of the range.
func (s *scan) give(c *chunk) error {
	n := len(s.run.prefix())
	i, end := c.from(s.rng.Start[n:], s.suffix[:0]), c.len()
	if bytes.Compare(s.rng.End, c.hi()) < 0 {
		end = c.soon(i, s.rng.End[n:], s.suffix[:0])
	}
	for ; i < end; i++ {
		key, value := s.put(c, i)
		if err := s.fn(key, value); err != nil {
			return err
		}
		if s.rng.Limit--; s.rng.Limit == 0 {
			return kv.Stop
		}
	}
	return nil
}

// put takes a row in hand.
func (s *scan) put(c *chunk, i int) (key, value []byte) {
	s.row = append(s.row[:0], s.run.prefix()...)
	rows := c.rows()
	if rows == nil {
		s.row = append(s.row, c.suffix(i, nil)...)
		if !s.rng.KeysOnly {
			value = c.value(i, nil)
		}
		return s.row, value
	}
	s.row = rows.AppendSuffix(s.row, i)
	n := len(s.row)
	if s.rng.KeysOnly {
		return s.row, nil
	}
	s.row = rows.AppendValue(s.row, i)
	return s.row[:n:n], s.row[n:]
}
