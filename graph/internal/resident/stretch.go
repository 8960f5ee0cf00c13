package resident

// stretch is rows of a run as they are gathered: all from lo up to hi.
type stretch struct {
	lo, hi []byte   // whole keys; hi is no part of it
	data   []byte   // of each row, what its key has behind the prefix, and then its value
	ends   []uint32 // in data: of the key and of the value of each row
}

// begin empties a stretch.
func (s *stretch) begin(lo, hi []byte) {
	s.lo, s.hi, s.data, s.ends = lo, hi, s.data[:0], s.ends[:0]
}

func (s *stretch) len() int { return len(s.ends) / 2 }

func (s *stretch) full() bool { return s.len() == chunkRows || len(s.data) >= chunkBytes }

// put appends a row.
func (s *stretch) put(suffix, value []byte) {
	s.data = append(s.data, suffix...)
	end := uint32(len(s.data))
	s.data = append(s.data, value...)
	s.ends = append(s.ends, end, uint32(len(s.data)))
}

// row gives what a row's key has behind the prefix, and its value.
func (s *stretch) row(i int) (suffix, value []byte) {
	from := uint32(0)
	if i > 0 {
		from = s.ends[2*i-1]
	}
	mid, to := s.ends[2*i], s.ends[2*i+1]
	return s.data[from:mid:mid], s.data[mid:to:to]
}
