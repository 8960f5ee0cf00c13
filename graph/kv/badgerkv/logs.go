package badgerkv

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/parleydb/parley/graph/kv"
)

// A log of the engine is a head of 20 bytes, the first 8 of them the number of
// a key that encrypts it, here 0, and then entries:
//
//	kind (1) | 0 | length of key, of value, expiry (varints) | key | value | CRC-32 C (4)
//
// A key ends with the number of its transaction, in 8 bytes that sort the
// newest first. The last entry of a transaction has the number as its value.
// Transactions are numbered without gaps. What lies behind the last is zero.
const (
	logHead    = 20
	kindDelete = 1 << 0 // with kindRow
	kindRow    = 1 << 6
	kindEnd    = 1 << 7
)

// logFile is what the log of a table in memory holds.
type logFile struct {
	name        string
	empty       bool   // not even a head
	first, last uint64 // transactions that are complete; 0 without any
	seen        uint64 // the last transaction of which there is anything
	torn        error  // what keeps it from being whole, as damage
	unread      bool   // the engine would not read any of it
}

// logs is what the logs of a store hold.
type logs struct {
	last   uint64   // transaction in them, or in the tables, up to which they are whole
	torn   error    // what lies behind that as damage, unless the journal has it
	seen   uint64   // the last of which there is anything
	behind []string // logs that the engine must not see: behind what is torn, or with nothing in them that follows
	idle   bool     // there is a log that nothing was written to yet
	unmade []string // logs that the engine was about to make or to remove
	values bool     // there is a value log that was made
}

// inspectLogs reads the logs of a store whose tables end with a transaction. A
// process that was killed leaves one transaction unfinished, at the end of the
// newest log. A machine that went down leaves any parts of what only the journal
// was waited for with.
func inspectLogs(dir string, files []os.DirEntry, tables uint64) (logs, error) {
	all := logs{last: tables}
	for _, name := range named(files, ".mem") {
		l, err := readLog(dir, name)
		if err != nil {
			return all, err
		}
		all.add(&l)
	}
	return all, nil
}

// add takes the next log up. Whether something is missing in front of it, the numbers
// tell: a log may be empty that the engine was about to remove, since tables have all
// of it, or that was cut where a recovery has gone on in the next one.
func (all *logs) add(l *logFile) {
	all.seen = max(all.seen, l.seen)
	all.idle = l.last == 0
	switch {
	case l.empty:
		all.unmade = append(all.unmade, l.name)
	case l.unread:
		all.behind = append(all.behind, l.name)
		all.tear(l.torn)
	case l.first > all.last+1: // the engine would not stop in front of it
		all.behind = append(all.behind, l.name)
		all.tear(damaged(fmt.Sprintf("transactions %d to %d are missing in front of the log %s", all.last+1, l.first-1, l.name)))
	case l.first > 0:
		all.last, all.torn = max(all.last, l.last), l.torn
	default:
		all.tear(l.torn)
	}
}

// tear keeps the first damage.
func (all *logs) tear(damage error) {
	if all.torn == nil {
		all.torn = damage
	}
}

// named lists the files with an extension, by number.
func named(files []os.DirEntry, ext string) []string {
	var names []string
	for _, f := range files {
		if filepath.Ext(f.Name()) == ext {
			names = append(names, f.Name())
		}
	}
	number := func(name string) int {
		n, _ := strconv.Atoi(name[:len(name)-len(ext)]) // the engine reports what is no number
		return n
	}
	slices.SortFunc(names, func(a, b string) int { return number(a) - number(b) })
	return names
}

func readLog(dir, name string) (logFile, error) {
	l := logFile{name: name}
	data, size, err := readUsed(filepath.Join(dir, name))
	switch {
	case err != nil:
		return l, err
	case size == 0:
		l.empty = true
		return l, nil
	case size < logHead:
		l.torn, l.unread = damaged("the log "+name+" was cut short"), true
		return l, nil
	case len(data) <= logHead:
		return l, nil
	}
	err = l.read(data[logHead:])
	if binary.BigEndian.Uint64(data) != 0 {
		l.torn, l.unread = damaged("the log "+name+" does not begin as it should"), true
	}
	return l, err
}

// readUsed reads a file without the zeros at its end.
func readUsed(path string) (data []byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if size, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, 0, err
	}
	used := size
	chunk := make([]byte, 1<<20)
	for used > 0 {
		part := chunk[:min(used, int64(len(chunk)))]
		if _, err := f.ReadAt(part, used-int64(len(part))); err != nil {
			return nil, 0, err
		}
		if part = bytes.TrimRight(part, "\x00"); len(part) > 0 {
			used -= min(used, int64(len(chunk))) - int64(len(part))
			break
		}
		used -= min(used, int64(len(chunk)))
	}
	data = make([]byte, min(size, used+maxEntryHead)) // an entry may end with zeros
	_, err = f.ReadAt(data, 0)
	return data, size, err
}

// read takes the complete transactions.
func (l *logFile) read(b []byte) error {
	var open uint64 // the transaction that has begun
	for {
		e, ok := parseEntry(b)
		if !ok || open != 0 && e.commit != open || open == 0 && e.end {
			l.tear(b, open)
			return nil
		}
		open, b = e.commit, b[e.size:]
		if !e.end {
			continue
		}
		if l.last != 0 && open != l.last+1 {
			return damaged(fmt.Sprintf("the log %s goes from transaction %d to %d", l.name, l.last, open))
		}
		if l.first == 0 {
			l.first = open
		}
		l.last, l.seen, open = open, open, 0
	}
}

// tear judges what begins with an entry that cannot be read: one transaction
// may be unfinished, and the disk may have got any parts of it.
func (l *logFile) tear(b []byte, open uint64) {
	l.seen = max(l.seen, open)
	for len(b) > 0 {
		e, ok := parseEntry(b)
		if !ok {
			b = b[1:]
			continue
		}
		if open != 0 && e.commit != open && l.torn == nil {
			l.torn = damaged(fmt.Sprintf("the log %s has an entry that cannot be read in front of transaction %d", l.name, e.commit))
		}
		l.seen = max(l.seen, e.commit)
		open, b = e.commit, b[e.size:]
	}
}

// entry is an entry of a log.
type entry struct {
	commit uint64 // the number of its transaction
	end    bool   // the last of the transaction
	size   int
}

const (
	maxEntryHead = 22
	commitSize   = 8
)

// parseEntry reads an entry at the beginning of b. Most of what is no entry
// is told by its first bytes.
func parseEntry(b []byte) (entry, bool) {
	if len(b) < 5 || b[1] != 0 || (b[0] != kindEnd && b[0]&^kindDelete != kindRow) {
		return entry{}, false
	}
	keySize, n := binary.Uvarint(b[2:])
	if n <= 0 || keySize <= commitSize || keySize > kv.MaxKey+commitSize {
		return entry{}, false
	}
	head := 2 + n
	valueSize, n := binary.Uvarint(b[head:])
	if n <= 0 || valueSize > kv.MaxValue {
		return entry{}, false
	}
	head += n
	body := head + 1 + int(keySize+valueSize) // 1 for no expiry
	if len(b) < body+crc32.Size || b[head] != 0 || crc32.Checksum(b[:body], castagnoli) != binary.BigEndian.Uint32(b[body:]) {
		return entry{}, false
	}
	value := b[body-int(valueSize) : body]
	commit := math.MaxUint64 - binary.BigEndian.Uint64(b[body-int(valueSize)-commitSize:])
	if b[0] == kindEnd && string(value) != strconv.FormatUint(commit, 10) {
		return entry{}, false
	}
	return entry{commit: commit, end: b[0] == kindEnd, size: body + crc32.Size}, true
}

// inspectValueLogs checks the engine's logs of large values, which hold none
// here, for what the engine would not open.
func inspectValueLogs(dir string, files []os.DirEntry, all *logs) error {
	names := named(files, ".vlog")
	if len(names) == 0 && all.last > 0 {
		return damaged("the value log is missing, a file such as 000001.vlog")
	}
	for i, name := range names {
		head, err := readHead(filepath.Join(dir, name))
		switch {
		case err != nil:
			return err
		case len(head) == 0 && (i < len(names)-1 || all.idle): // about to be removed, or made: they are empty then
			all.unmade = append(all.unmade, name)
		case len(head) < logHead:
			return damaged("the file " + name + " was cut short")
		case binary.BigEndian.Uint64(head) != 0:
			return damaged("the file " + name + " does not begin as it should")
		default:
			all.values = true
		}
	}
	return nil
}

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, logHead))
}
