package sorted

import (
	"bytes"
	"errors"

	"github.com/parleydb/parley/graph/kv"
)

// Row is a key and its value. Deleted hides rows that were put before.
type Row struct {
	Key, Value []byte
	Deleted    bool
}

// DefaultMemory is how much memory Rows take, roughly, unless told otherwise.
const DefaultMemory = 128 << 20

// Rows are the rows that were put so far. One goroutine may use them.
type Rows struct {
	dir     string
	most    int // bytes of a table at which it becomes a run
	table   *table
	writing *writing
	spare   *table // was written, and may be used again
	runs    []*run // from the oldest to the newest
	scans   int    // that are under way, and stand on what is in memory
	idle    []*pieceRows
	puts    int
}

// writing is a table on its way into a run. It is read meanwhile.
type writing struct {
	table *table
	done  chan struct{}
	run   *run
	err   error
}

// New makes Rows that write runs into a directory, and take about as many bytes
// of memory, or DefaultMemory for 0.
func New(dir string, memory int64) *Rows {
	if memory <= 0 {
		memory = DefaultMemory
	}
	const tables = 2 // one is filled while the other is written
	return &Rows{dir: dir, most: int(memory / tables), table: &table{}}
}

// Put takes a row, which it copies. The key is not empty.
func (r *Rows) Put(row Row) error {
	r.table.put(row.Key, row.Value, row.Deleted)
	r.puts++
	if r.table.size < r.most || r.scans > 0 {
		return nil
	}
	return r.spill()
}

// Puts is how often Put was called.
func (r *Rows) Puts() int { return r.puts }

// spill begins to write the table into a run.
func (r *Rows) spill() error {
	if err := r.settle(); err != nil {
		return err
	}
	w := &writing{table: r.table, done: make(chan struct{})}
	r.writing, r.table, r.spare = w, r.spare, nil
	if r.table == nil {
		r.table = &table{}
	}
	go func() {
		defer close(w.done)
		w.run, w.err = w.table.write(r.dir)
	}()
	return nil
}

// settle waits for the run that is being written. No scan may be under way.
func (r *Rows) settle() error {
	if r.writing == nil {
		return nil
	}
	<-r.writing.done
	w := r.writing
	w.table.reset()
	r.writing, r.spare = nil, w.table
	if w.run != nil {
		r.runs = append(r.runs, w.run)
	}
	return w.err
}

// Settle gives back the memory of what is in files, when nothing is put any more.
func (r *Rows) Settle() error {
	err := r.settle()
	r.spare = nil
	return err
}

// write writes all rows in order into a run. The run is given with an error, too.
func (t *table) write(dir string) (*run, error) {
	w, err := newWriter(dir)
	if err != nil {
		return nil, err
	}
	for i := range t.families {
		f := &t.families[i]
		for _, e := range t.whole(f) {
			if err := w.add(t.row(e)); err != nil {
				return w.run, err
			}
		}
	}
	return w.run, w.w.Flush()
}

// Get finds the newest row with a key.
func (r *Rows) Get(key []byte) (found Row, ok bool, err error) {
	err = r.Scan(kv.Range{Start: key, End: append(bytes.Clone(key), 0)}, func(row Row) error {
		found, ok = Row{Key: key, Value: bytes.Clone(row.Value), Deleted: row.Deleted}, true
		return kv.Stop
	})
	return found, ok, err
}

// Scan gives the newest row of each key of a range to fn, those that were
// deleted, too. It heeds the bounds and the direction; kv.Stop ends it without
// an error. fn may put rows, which the scan does not see.
func (r *Rows) Scan(rg kv.Range, fn func(Row) error) error {
	r.scans++
	defer func() { r.scans-- }()
	low, high := families(rg)
	held := r.hold(low, high)
	for i := range held {
		if rg.Reverse {
			i = len(held) - 1 - i
		}
		if err := r.scanFamily(byte(low+i), held[i], rg, fn); err != nil {
			if errors.Is(err, kv.Stop) {
				return nil
			}
			return err
		}
	}
	return nil
}

// hold puts what is in memory in order, and gives the lists of each family from
// the oldest to the newest, which stay as they are whatever is put later.
func (r *Rows) hold(low, high int) [][]list {
	held := make([][]list, high-low)
	for _, t := range r.tables() {
		for i := range held {
			for _, entries := range t.lists(&t.families[low+i]) {
				held[i] = append(held[i], list{t, entries})
			}
		}
	}
	return held
}

// tables are those in memory, the older one first.
func (r *Rows) tables() []*table {
	if r.writing != nil {
		return []*table{r.writing.table, r.table}
	}
	return []*table{r.table}
}

// families are the first bytes of the keys of a range: from low to before high.
func families(rg kv.Range) (low, high int) {
	high = 256
	if len(rg.Start) > 0 {
		low = int(rg.Start[0])
	}
	switch {
	case len(rg.End) == 1:
		high = int(rg.End[0])
	case len(rg.End) > 1:
		high = int(rg.End[0]) + 1
	}
	return low, max(low, high)
}

// scanFamily scans the keys of a range that have one first byte.
func (r *Rows) scanFamily(lead byte, held []list, rg kv.Range, fn func(Row) error) error {
	from, past := rg.Start, func(key []byte) bool {
		return key[0] != lead || len(rg.End) > 0 && bytes.Compare(key, rg.End) >= 0
	}
	if rg.Reverse {
		from, past = rg.End, func(key []byte) bool { return key[0] != lead || bytes.Compare(key, rg.Start) < 0 }
	}
	if len(from) == 0 || from[0] != lead { // else it begins within the family
		from = []byte{lead}
		if rg.Reverse {
			from = after(lead)
		}
	}
	list, err := r.cursors(lead, held, from, rg.Reverse)
	defer r.release(list)
	if err != nil {
		return err
	}
	m := newMerge(list, rg.Reverse)
	for {
		row, ok := m.row()
		if !ok || past(row.Key) {
			return nil
		}
		if err := fn(row); err != nil {
			return err
		}
		if err := m.next(); err != nil {
			return err
		}
	}
}

// after is the end of the keys with a first byte; empty: there is nothing behind.
func after(lead byte) []byte {
	if lead == 0xff {
		return nil
	}
	return []byte{lead + 1}
}

// cursors stand where a scan of a family begins, from the newest to the oldest.
func (r *Rows) cursors(lead byte, held []list, from []byte, reverse bool) (all []cursor, err error) {
	for i := len(held) - 1; i >= 0; i-- {
		all = append(all, held[i].cursor(lead, from, reverse))
	}
	for i := len(r.runs) - 1; i >= 0; i-- {
		c, err := newRunCursor(r.runs[i], r.piece(), from, reverse)
		all = append(all, c)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// piece gives memory for a piece.
func (r *Rows) piece() *pieceRows {
	last := len(r.idle) - 1
	if last < 0 {
		return new(pieceRows)
	}
	p := r.idle[last]
	r.idle = r.idle[:last]
	return p
}

// release takes the memory of pieces back.
func (r *Rows) release(list []cursor) {
	for _, c := range list {
		if c, ok := c.(*runCursor); ok {
			r.idle = append(r.idle, c.held)
		}
	}
}

// list is rows of one family of a table, in order.
type list struct {
	of      *table
	entries []entry
}

func (l list) cursor(lead byte, from []byte, reverse bool) *tableCursor {
	c := &tableCursor{list: l, step: 1}
	switch {
	case !reverse:
		c.at = l.of.seek(l.entries, from)
	case len(from) == 0 || from[0] != lead:
		c.at, c.step = len(l.entries)-1, -1
	default:
		c.at, c.step = l.of.seek(l.entries, from)-1, -1
	}
	return c
}

// Close removes the files.
func (r *Rows) Close() error {
	err := r.settle()
	for _, run := range r.runs {
		err = errors.Join(err, run.drop())
	}
	r.runs, r.table, r.spare, r.idle = nil, &table{}, nil, nil
	return err
}
