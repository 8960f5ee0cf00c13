package sorted

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
)

// run is a file of sorted rows. It is read in pieces, of which the first keys
// are kept.
type run struct {
	f      *os.File
	named  bool // it has not been removed yet, as files that are open cannot be everywhere
	pieces []piece
	size   int64
}

type piece struct {
	first []byte
	at    int64
}

const pieceSize = 8 << 10

// writer writes a run.
type writer struct {
	*run
	w     *bufio.Writer
	since int // bytes of the piece in hand
	row   []byte
}

// Pattern is what the names of the files match, for whoever has to tidy up.
const Pattern = "rows-*.run"

func newWriter(dir string) (*writer, error) {
	f, err := os.CreateTemp(dir, Pattern)
	if err != nil {
		return nil, fmt.Errorf("sorting rows: %w", err)
	}
	named := os.Remove(f.Name()) != nil // nothing is left then if the process is killed
	return &writer{run: &run{f: f, named: named}, w: bufio.NewWriterSize(f, 1<<20)}, nil
}

func (w *writer) add(r Row) error {
	if w.since == 0 {
		w.pieces = append(w.pieces, piece{bytes.Clone(r.Key), w.size})
	}
	w.row = appendRow(w.row[:0], r.Key, r.Value, r.Deleted)
	w.size += int64(len(w.row))
	if w.since += len(w.row); w.since >= pieceSize {
		w.since = 0
	}
	_, err := w.w.Write(w.row)
	return err
}

// drop closes the file and removes it.
func (r *run) drop() error {
	err := r.f.Close()
	if r.named {
		err = errors.Join(err, os.Remove(r.f.Name()))
	}
	return err
}

// find gives the piece that a key lies in, if in any.
func (r *run) find(key []byte) int {
	return max(0, sort.Search(len(r.pieces), func(i int) bool { return bytes.Compare(r.pieces[i].first, key) > 0 })-1)
}

// pieceRows is a piece in memory.
type pieceRows struct {
	buffer []byte
	at     []uint32 // where its rows begin
}

func (p *pieceRows) row(i int) Row {
	r, _ := parseRow(p.buffer[p.at[i]:])
	return r
}

// read reads a piece into the memory of one that is not needed any more.
func (r *run) read(i int, p *pieceRows) error {
	end := r.size
	if i+1 < len(r.pieces) {
		end = r.pieces[i+1].at
	}
	n := int(end - r.pieces[i].at)
	if cap(p.buffer) < n {
		p.buffer = make([]byte, n, max(n, 2*pieceSize))
	}
	p.buffer, p.at = p.buffer[:n], p.at[:0]
	if _, err := r.f.ReadAt(p.buffer, r.pieces[i].at); err != nil {
		return fmt.Errorf("sorting rows: %w", err)
	}
	for at := 0; at < n; {
		_, size := parseRow(p.buffer[at:])
		p.at, at = append(p.at, uint32(at)), at+size
	}
	return nil
}
