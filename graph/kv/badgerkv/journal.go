package badgerkv

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// journalName is the file by which commits are durable before the engine's log is.
const journalName = "JOURNAL"

// The journal holds a record of each commit that is not too long, one behind the
// other:
//
//	length of what follows the checksum (4) | CRC-32 C of that (4) | number of the commit (8) | transaction time (8) | rows
//
// and of each row
//
//	kind (1) | length of the key (varint) | key | length of the value (varint) | value
//
// Where it is full, it is written from its beginning again, once the engine's log
// has all of it. So it ends where the numbers do not go up any more. The file has
// zeros or older records where the next ones go: to write over them is all that the
// disk has to do.
const (
	journalHead = 8
	recordHead  = journalHead + 16
	rowPut      = 0
	rowDelete   = 1
	maxRecord   = 256 << 10 // what is longer takes as long in the engine's log
	maxJournal  = 16 << 20

	// The file grows by as much as it has, but by these at least and at most.
	firstRoom = 64 << 10
	nextRoom  = 1 << 20
)

// journal is used by who commits.
type journal struct {
	f    *os.File
	at   int64  // where the next record goes
	room int64  // how far there are zeros, or older records
	buf  []byte // for records
}

// makeJournal makes the file, empty.
func makeJournal(dir string) (*journal, error) {
	f, err := os.Create(filepath.Join(dir, journalName))
	if err != nil {
		return nil, err
	}
	if err := syncFile(dir); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &journal{f: f}, nil
}

// appendRecord writes down a commit, unless that is too long for the journal.
func appendRecord(b []byte, commit uint64, ts kv.TS, rs *rows.Tree) (record []byte, ok bool) {
	from := len(b)
	b = append(b, make([]byte, journalHead)...)
	b = binary.BigEndian.AppendUint64(b, commit)
	b = binary.BigEndian.AppendUint64(b, uint64(ts))
	for c := rs.Scan(kv.Range{}); c.Valid(); c.Next() {
		if b = appendRow(b, c.Row()); len(b)-from > maxRecord {
			return b[:from], false
		}
	}
	body := b[from+journalHead:]
	binary.BigEndian.PutUint32(b[from:], uint32(len(body)))
	binary.BigEndian.PutUint32(b[from+4:], crc32.Checksum(body, castagnoli))
	return b, true
}

func appendRow(b []byte, r rows.Row) []byte {
	kind := byte(rowPut)
	if r.Deleted {
		kind = rowDelete
	}
	b = append(b, kind)
	b = append(binary.AppendUvarint(b, uint64(len(r.Key))), r.Key...)
	return append(binary.AppendUvarint(b, uint64(len(r.Value))), r.Value...)
}

// full tells whether there is no place for a record behind the last.
func (j *journal) full(record []byte) bool { return j.at+int64(len(record)) > maxJournal }

// begin goes back to the beginning: the engine's log has all that is here.
func (j *journal) begin() { j.at = 0 }

// write puts a record behind the last, and waits for the disk. It tells where.
func (j *journal) write(record []byte) (at int64, err error) {
	at = j.at
	if err := j.reserve(at + int64(len(record))); err != nil {
		return at, err
	}
	if _, err := j.f.WriteAt(record, at); err != nil {
		return at, err
	}
	j.at += int64(len(record))
	return at, dataSync(j.f)
}

// reserve fills the file with zeros up to a place or further.
func (j *journal) reserve(end int64) error {
	for j.room < end {
		more := min(max(j.room, firstRoom), nextRoom)
		if _, err := j.f.WriteAt(make([]byte, more), j.room); err != nil {
			return err
		}
		j.room += more
	}
	return nil
}

// undo ends the journal in front of a record, of a commit that failed otherwise.
func (j *journal) undo(at int64) error {
	_, err := j.f.WriteAt(make([]byte, journalHead), at)
	return errors.Join(err, dataSync(j.f))
}

// wipe takes out all that there is, older records, too: the engine's log has it.
func (j *journal) wipe() error {
	j.at, j.room = 0, 0
	return errors.Join(j.f.Truncate(0), j.f.Sync())
}

// close ends it, and removes the file where the engine has all.
func (j *journal) close(remove bool) error {
	err := j.f.Close()
	if remove {
		err = errors.Join(err, os.Remove(j.f.Name()))
	}
	return err
}

// recorded is a commit that the journal has.
type recorded struct {
	commit uint64
	ts     kv.TS
	rows   *rows.Tree
}

// readJournal lists the commits that follow one, as far as the journal has them, and
// tells the last that it has.
func readJournal(dir string, behind uint64) (list []recorded, last uint64, err error) {
	b, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	list, last = following(b, behind)
	return list, last, nil
}

// following is readJournal, given what the file holds.
func following(b []byte, behind uint64) (list []recorded, last uint64) {
	for {
		record, rest, ok := cutRecord(b)
		if !ok {
			return list, last
		}
		commit := binary.BigEndian.Uint64(record)
		if commit <= last {
			return list, last
		}
		if commit == behind+1 {
			rs, ok := readRows(record[recordHead-journalHead:])
			if !ok {
				return list, last
			}
			list, behind = append(list, recorded{commit, kv.TS(binary.BigEndian.Uint64(record[8:])), rs}), commit
		}
		last, b = commit, rest
	}
}

// cutRecord takes the first record, if it is whole, without length and checksum.
func cutRecord(b []byte) (record, rest []byte, ok bool) {
	if len(b) < recordHead {
		return nil, nil, false
	}
	end := int64(binary.BigEndian.Uint32(b)) + journalHead
	if end < recordHead || end > int64(min(len(b), maxRecord)) {
		return nil, nil, false
	}
	record = b[journalHead:end]
	return record, b[end:], crc32.Checksum(record, castagnoli) == binary.BigEndian.Uint32(b[4:])
}

func readRows(b []byte) (*rows.Tree, bool) {
	t := rows.New()
	for len(b) > 0 {
		kind := b[0]
		key, rest, ok := cutBytes(b[1:])
		value, rest, also := cutBytes(rest)
		if !ok || !also || kind > rowDelete {
			return nil, false
		}
		t.Put(rows.Row{Key: key, Value: value, Deleted: kind == rowDelete})
		b = rest
	}
	return t, true
}

// cutBytes takes bytes with their length in front of them.
func cutBytes(b []byte) (part, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	b = b[size:]
	return b[:n:n], b[n:], true
}
