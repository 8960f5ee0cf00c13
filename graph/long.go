package graph

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"os"
	"slices"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/internal/pipe"
)

// long is the links of a draft that are not held in memory. They are read
// several times: what is found out for all of them is held, and what is found
// out for each is found out again.
type long struct {
	tx *Tx
	*spool
	first      int // number of links in front of them, which are in memory
	entities   []*cachedEntity
	properties map[propertyOf]*ofProperty
	dates      []*ofDate // by place in the spool and class
	again      []int     // numbers of the links that repeat another one, in order
	span       Interval
	idle       chan []prepared // memory of batches
}

type propertyOf struct {
	kind     uint16
	property uint64
}

// ofProperty is what is found out about a property of a kind.
type ofProperty struct {
	number uint16
	class  Class
}

func dateOf(valid uint64, class Class) int { return int(valid)*len(classes) + int(class) }

// ofDate is what is found out about when a claim of a class is valid.
type ofDate struct {
	start edtf.Endpoint
	said  saying
	until Time
}

// survey reads the links for the first time: it checks them, and finds those
// that repeat another one. all takes what the record says, for its hash.
func (tx *Tx) survey(s *spool, d *Draft, first int, all *sorted.Rows) (*long, error) {
	l := &long{tx: tx, spool: s, first: first, entities: make([]*cachedEntity, len(s.refs)),
		properties: map[propertyOf]*ofProperty{}, dates: make([]*ofDate, len(s.valids)*len(classes)), idle: make(chan []prepared, batchesIdle)}
	for i, ref := range s.refs {
		var err error
		if l.entities[i], err = tx.entity(ref); err != nil {
			return nil, err
		}
	}
	n := first
	err := pipe.Into(batchesAhead, func(give func([]prepared) bool) error {
		return l.check(d, give)
	}, func(batch []prepared) error {
		var hand enc
		for i := range batch {
			l.identify(&batch[i], &hand)
			if err := putSaying(all, &batch[i], n); err != nil {
				return err
			}
			n++
		}
		l.done(batch)
		return nil
	})
	return l, err
}

// check prepares all links, but for their ids, and has them validated.
func (l *long) check(d *Draft, give func([]prepared) bool) error {
	v := validated{tx: l.tx, draft: *d, before: l.first}
	v.draft.Relation, v.draft.Links = nil, nil
	batch, n := l.batch(), l.first
	err := l.each(func(s *spooled) error {
		batch = append(batch, prepared{})
		p := &batch[len(batch)-1]
		if err := l.prepare(s, p); err != nil {
			return &LinkError{n, fmt.Errorf("%s: %w", l.spool.properties[s.property], err)}
		}
		n++
		l.tx.progress.at(Checking, n-l.first, l.links)
		if err := v.add(l.linkOf(s, ByID(p.subj.id), EntityOf(p.obj.id))); err != nil {
			return err
		}
		return l.next(&batch, give)
	})
	if err != nil {
		return err
	}
	give(batch)
	return v.check()
}

// prepare finds out about a link all that its rows need, but for its id.
func (l *long) prepare(s *spooled, p *prepared) error {
	if l.known(s, p) {
		return nil
	}
	if len(s.occurrence) > maxOccurrence {
		return errOccurrence
	}
	if err := l.discover(s); err != nil {
		return err
	}
	l.known(s, p)
	return nil
}

// known prepares a link from what was found out about others, if that is all.
func (l *long) known(s *spooled, p *prepared) bool {
	p.subj, p.obj, p.property = l.entities[s.subject], l.entities[s.object], s.property
	of := l.properties[propertyOf{p.subj.kind, s.property}]
	if of == nil || len(s.occurrence) > maxOccurrence {
		return false
	}
	when := l.dates[dateOf(s.valid, of.class)]
	if when == nil {
		return false
	}
	p.subject, p.ref, p.prop, p.class, p.value = p.subj.num, p.obj.num, of.number, of.class, EntityOf(p.obj.id)
	p.occurrence, p.start, p.said, p.until = s.occurrence, when.start, when.said, when.until
	p.said.deny = s.deny
	return true
}

// identify gives a link its id.
func (l *long) identify(p *prepared, hand *enc) {
	p.claim = p.id(hand, p.subj.id, p.obj.id, l.spool.properties[p.property])
}

// discover prepares a link as any other, and keeps what others may share with it.
func (l *long) discover(s *spooled) error {
	given := l.link(s)
	p, err := l.tx.link(&given, Valid{})
	if err != nil {
		return err
	}
	if err := l.plain(&p, given.Property); err != nil {
		return err
	}
	l.span = l.span.span(turns([]prepared{p}))
	l.properties[propertyOf{p.subj.kind, s.property}] = &ofProperty{p.prop, p.class}
	l.dates[dateOf(s.valid, p.class)] = &ofDate{p.start, p.said, p.until}
	return nil
}

// plain refuses what has to be seen together with the other links of its draft.
func (l *long) plain(p *prepared, property string) error {
	kind, err := l.tx.nameOf(p.subj.kind)
	if err != nil {
		return err
	}
	decl := l.tx.db.ontology.Property(kind, property)
	if kind == KindSameAs || decl != nil && (decl.Max > 0 || decl.Role) {
		return fmt.Errorf("%w: it has to stand in the draft itself: it is a role, or takes only so many", ErrRefused)
	}
	return nil
}

// write gives the links that do not repeat another one. They are read and
// identified ahead.
func (l *long) write(fn func(*prepared) error) error {
	n, again := l.first, l.again
	return pipe.From(batchesAhead, l.prepareAgain, func(batch []prepared) error {
		for i := range batch {
			n++
			l.tx.progress.at(Writing, n-l.first, l.links)
			if len(again) > 0 && again[0] == n-1 {
				again = again[1:]
				continue
			}
			if err := fn(&batch[i]); err != nil {
				return err
			}
		}
		l.done(batch)
		return nil
	})
}

// prepareAgain prepares all links as they were when they were checked.
func (l *long) prepareAgain(give func([]prepared) bool) error {
	var hand enc
	batch := l.batch()
	err := l.each(func(s *spooled) error {
		batch = append(batch, prepared{})
		p := &batch[len(batch)-1]
		if !l.known(s, p) {
			return errors.New("graph: links of a load: the temporary file has changed")
		}
		l.identify(p, &hand)
		return l.next(&batch, give)
	})
	if err == nil {
		give(batch)
	}
	return err
}

const (
	batchSize    = 256 // links
	batchesAhead = 8
	batchesIdle  = batchesAhead + 2
)

// batch is memory for links.
func (l *long) batch() []prepared {
	select {
	case b := <-l.idle:
		return b[:0]
	default:
		return make([]prepared, 0, batchSize)
	}
}

// done takes back the memory of a batch.
func (l *long) done(batch []prepared) {
	select {
	case l.idle <- batch:
	default:
	}
}

// next gives a batch that is full, and begins another one.
func (l *long) next(batch *[]prepared, give func([]prepared) bool) error {
	if len(*batch) < batchSize {
		return nil
	}
	if !give(*batch) {
		return errUnused
	}
	*batch = l.batch()
	return nil
}

// errUnused ends the making of what nobody uses any more, and is told nobody.
var errUnused = errors.New("graph: not used")

// putSaying puts what a record says of one claim, with the number of the link.
func putSaying(all *sorted.Rows, p *prepared, n int) error {
	e := make(enc, 0, 64)
	e = append(e, p.claim[:]...)
	e.saying(p.said)
	return all.Put(sorted.Row{Key: binary.BigEndian.AppendUint64(e, uint64(n))})
}

// hash writes what the record says, in order, and finds what is said twice.
func (l *long) hash(all *sorted.Rows, h hash.Hash) error {
	var before []byte
	err := all.Scan(kv.Range{}, func(r sorted.Row) error {
		end := len(r.Key) - 8
		said, n := r.Key[:end], int(binary.BigEndian.Uint64(r.Key[end:]))
		switch {
		case len(before) == 0 || string(said[:16]) != string(before[:16]):
			before = append(before[:0], said...)
			h.Write(said)
		case string(said) == string(before):
			l.again = append(l.again, n)
		default:
			return &LinkError{n, fmt.Errorf("%w: the same claim twice, with two ends or affirmed and denied", ErrRefused)}
		}
		return nil
	})
	slices.Sort(l.again)
	return err
}

// validated has links validated some at a time.
type validated struct {
	tx     *Tx
	draft  Draft
	before int // links in front of those in hand
}

const validateAtOnce = 512

func (v *validated) add(l Link) error {
	v.draft.Links = append(v.draft.Links, l)
	if len(v.draft.Links) < validateAtOnce {
		return nil
	}
	return v.check()
}

func (v *validated) check() error {
	d := v.draft
	v.draft.Links = d.Links[:0]
	var err error
	if v.tx.db.opts.Validate != nil {
		err = v.tx.db.opts.Validate(v.tx.db.ontology, &d, v.tx.kindOf)
	} else {
		err = v.tx.allDeclared(d.Links, func(i int) Part { return Part{Name: "claims", Index: i} })
	}
	if wrong, ok := errors.AsType[*LinkError](err); ok {
		wrong.Link += v.before
	}
	v.before += len(d.Links)
	return err
}

// assertLong is assert for a draft of which further links are in a spool.
func (tx *Tx) assertLong(d Draft, s *spool, from *loader, keep bool) (AssertionID, Outcome, error) {
	if s.links < tx.db.sizes.draft {
		err := s.each(func(l *spooled) error { d.Links = append(d.Links, s.link(l)); return nil })
		if err != nil {
			return AssertionID{}, 0, err
		}
		return tx.assert(d, keep)
	}
	s.whole()
	tx.spool = s
	tx.memory, tx.progress = cmp.Or(from.memory, sorted.DefaultMemory)/2, &from.progress
	defer func() { tx.spool, tx.long = nil, nil }()
	return tx.assert(d, keep)
}

// identifyLong is the hash of what a record with a spool says, over the links in
// memory and those in the spool.
func (tx *Tx) identifyLong(d *Draft, links []prepared, h hash.Hash) (err error) {
	all := sorted.New(os.TempDir(), tx.memory)
	defer func() { err = errors.Join(err, all.Close()) }()
	for i := range links {
		if err := putSaying(all, &links[i], i); err != nil {
			return err
		}
	}
	l, err := tx.survey(tx.spool, d, len(links), all)
	if err != nil {
		return err
	}
	tx.long = l
	return l.hash(all, h)
}
