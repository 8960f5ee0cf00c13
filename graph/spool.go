package graph

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// spool holds the links of a draft that is too long to be held in memory, in a
// temporary file from some size on. What links have in common, such as
// entities, properties and dates, it holds once.
type spool struct {
	refs       []Ref
	properties []string
	valids     []Valid
	refAt      map[Ref]uint64
	propertyAt map[string]uint64
	validAt    map[Valid]uint64
	lastValid  *Valid // of the link before, which often shares it
	lastAt     uint64

	links int
	used  []byte // what the file does not have yet
	f     *os.File
	size  int64 // of the file
}

// spooled is a link: places in the spool's lists, and what it has for itself.
type spooled struct {
	subject, property, object, valid uint64
	occurrence                       string
	deny                             bool
}

const spoolMemory = 4 << 20

func newSpool() *spool {
	return &spool{refAt: map[Ref]uint64{}, propertyAt: map[string]uint64{}, validAt: map[Valid]uint64{}}
}

// held finds a value in a list, or adds it.
func held[T comparable](list *[]T, at map[T]uint64, v T) uint64 {
	n, ok := at[v]
	if !ok {
		n = uint64(len(*list))
		at[v], *list = n, append(*list, v)
	}
	return n
}

// add takes a link over.
func (s *spool) add(l *Link) error {
	if l.Value.typ != Reference || l.Valid == nil {
		return fmt.Errorf("%w: %s: links apart from their draft lead from entity to entity and say themselves when they are valid", ErrRefused, l.Property)
	}
	if l.Valid != s.lastValid {
		s.lastValid, s.lastAt = l.Valid, held(&s.valids, s.validAt, *l.Valid)
	}
	b := binary.AppendUvarint(s.used, held(&s.refs, s.refAt, l.Subject))
	b = binary.AppendUvarint(b, held(&s.properties, s.propertyAt, l.Property))
	b = binary.AppendUvarint(b, held(&s.refs, s.refAt, l.Value.Ref()))
	b = binary.AppendUvarint(b, s.lastAt)
	b = binary.AppendUvarint(b, uint64(len(l.Occurrence))<<1|uint64(boolBit(l.Deny)))
	s.used = append(b, l.Occurrence...)
	s.links++
	if len(s.used) < spoolMemory {
		return nil
	}
	return s.spill()
}

func (s *spool) spill() (err error) {
	if s.f == nil {
		if s.f, err = os.CreateTemp("", "parley-load-*"); err != nil {
			return fmt.Errorf("graph: links of a load: %w", err)
		}
		_ = os.Remove(s.f.Name()) // where files that are open can be removed, nothing is left if the process is killed
	}
	if _, err = s.f.WriteAt(s.used, s.size); err != nil {
		return fmt.Errorf("graph: links of a load: %w", err)
	}
	s.size += int64(len(s.used))
	s.used = s.used[:0]
	return nil
}

// whole ends the adding of links.
func (s *spool) whole() { s.refAt, s.propertyAt, s.validAt, s.lastValid = nil, nil, nil, nil }

// each gives the links in order.
func (s *spool) each(fn func(*spooled) error) error {
	err := s.read(fn)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = fmt.Errorf("graph: links of a load: the temporary file is too short: %w", err)
	}
	return err
}

func (s *spool) read(fn func(*spooled) error) (err error) {
	var all io.Reader = bytes.NewReader(s.used)
	if s.f != nil {
		all = io.MultiReader(io.NewSectionReader(s.f, 0, s.size), all)
	}
	r := bufio.NewReaderSize(all, 1<<18)
	var l spooled
	for range s.links {
		var more uint64
		for _, n := range []*uint64{&l.subject, &l.property, &l.object, &l.valid, &more} {
			if *n, err = binary.ReadUvarint(r); err != nil {
				return err
			}
		}
		l.deny, l.occurrence = more&1 != 0, ""
		if more > 1 {
			b := make([]byte, more>>1)
			if _, err := io.ReadFull(r, b); err != nil {
				return err
			}
			l.occurrence = string(b)
		}
		if err := fn(&l); err != nil {
			return err
		}
	}
	return nil
}

// link is a spooled link as it was given.
func (s *spool) link(l *spooled) Link {
	return s.linkOf(l, s.refs[l.subject], RefOf(s.refs[l.object]))
}

// linkOf is a spooled link with other words for its ends.
func (s *spool) linkOf(l *spooled, subject Ref, to Value) Link {
	return Link{Subject: subject, Property: s.properties[l.property], Value: to,
		Valid: &s.valids[l.valid], Occurrence: l.occurrence, Deny: l.deny}
}

func (s *spool) close() {
	if s.f != nil {
		_ = s.f.Close()
		_ = os.Remove(s.f.Name())
	}
}
