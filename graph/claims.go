package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Claims yields the claims about one entity that the view shows, attributes
// first, then links and roles; where the point is on a day, those that hold
// there literally and the timeless ones.
func (v View) Claims(ctx context.Context, q ClaimQuery) iter.Seq2[Claim, error] {
	return sequence(ctx, v, func(rd *reading, yield func(Claim, error) bool) error {
		n, err := rd.lookup(q.Subject)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return rd.claims(n, q, func(c *Claim) bool { return yield(*c, nil) })
	})
}

// claims calls fn for each claim about an entity until fn says no.
func (rd *reading) claims(n num, q ClaimQuery, fn func(*Claim) bool) error {
	props, err := rd.numbers(q.Properties)
	if err != nil {
		return err
	}
	p := rd.claimPage(fn)
	defer p.leave()
	for _, place := range rd.placesFor(n, props) {
		err := rd.r.Scan(place, func(k, v []byte) error {
			if moved(v) {
				return nil
			}
			s, ok, err := rd.showing(k, v, props, q.Denied)
			if err != nil || !ok || !s.rank.AtLeast(q.MinRank.floor(q.Ranked)) {
				return err
			}
			return p.add(s)
		})
		if given := p.giveBefore(err); given != nil || p.stopped {
			return given
		}
	}
	return p.give()
}

// fewClaims is how many claims are looked up at once first; later ones are
// looked up more at a time.
const fewClaims = 8

// claimPage is claims that are looked up together.
type claimPage struct {
	rd      *reading
	fn      func(*Claim) bool
	list    []showing
	size    int
	stopped bool // fn said no
}

// claimPage begins a page, in the room of one that was left.
func (rd *reading) claimPage(fn func(*Claim) bool) *claimPage {
	room := rd.scratch()
	p := &claimPage{rd: rd, fn: fn, list: room.page, size: fewClaims}
	room.page = nil
	return p
}

// leave ends a page. Its room is the next one's.
func (p *claimPage) leave() { p.rd.scratch().page = spare(p.list) }

// add adds a claim, and gives the page when it is full: kv.Stop where fn says no.
func (p *claimPage) add(s showing) error {
	if p.list = append(p.list, s); len(p.list) < p.size {
		return nil
	}
	p.size = min(2*p.size, pageOf)
	if err := p.give(); err != nil || !p.stopped {
		return err
	}
	return kv.Stop
}

// giveBefore gives what was read before an error, if there is one, and then that.
func (p *claimPage) giveBefore(err error) error {
	if err == nil {
		return nil
	}
	if given := p.give(); given != nil || p.stopped {
		return given
	}
	return err
}

// give calls fn for those claims of the page that hold at the point, until it
// says no.
func (p *claimPage) give() error {
	on := p.rd.point.On
	err := p.rd.eachShown(p.list, func(c *Claim) error {
		if !on.IsZero() && c.Class != Timeless && !c.Holds().Overlaps(on) {
			return nil
		}
		if p.stopped = !p.fn(c); p.stopped {
			return kv.Stop
		}
		return nil
	})
	clear(p.list)
	p.list = p.list[:0]
	if p.stopped {
		return nil
	}
	return err
}

// placesFor are the places of the claims about an entity with some properties;
// nil: with any. Where none of them is a link, none of the edges is read.
func (rd *reading) placesFor(n num, props map[uint16]bool) (places []kv.Range) {
	if props == nil || rd.db == nil {
		return rd.aboutAll(n)
	}
	for p := range props {
		if row, ok := rd.db.names.row(p); !ok || row.typ == Reference {
			return rd.aboutAll(n)
		}
	}
	for _, m := range rd.same().of(n) {
		for _, p := range slices.Sorted(maps.Keys(props)) {
			prefix := put2(key(famAttribute, m), p)
			places = append(places, kv.Range{Start: prefix, End: behind(prefix)})
		}
	}
	return places
}

// numbers gives the numbers of names; nil asks for all.
func (rd *reading) numbers(names []string) (map[uint16]bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	set := map[uint16]bool{}
	for _, name := range names {
		n, ok, err := rd.number(name)
		if err != nil {
			return nil, err
		}
		if ok {
			set[n] = true
		}
	}
	return set, nil
}

// number is the number of a name. The cache lacks what an update gave that was
// not acknowledged when the view was made.
func (rd *reading) number(name string) (uint16, bool, error) {
	if n, ok := rd.db.names.number(name); ok {
		return n, true, nil
	}
	snapshot := rd.shared != nil // where an update reads, it may give the name yet
	if snapshot && slices.Contains(rd.kept.nobody, name) {
		return 0, false, nil
	}
	b, err := rd.r.Get(nameKey(name))
	if errors.Is(err, kv.ErrNotFound) {
		if snapshot {
			rd.kept.nobody = append(rd.kept.nobody, name)
		}
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	n, err := num2(b)
	return n, err == nil, err
}

// claimOf reads the claim that a row of family v or n (outwards) shows.
func (rd *reading) claimOf(k, v []byte, props map[uint16]bool, denied bool) (*Claim, bool, error) {
	s, ok, err := rd.showing(k, v, props, denied)
	if err != nil || !ok {
		return nil, false, err
	}
	c, err := rd.claimShown(s)
	return c, err == nil, err
}

// joinedClaim reads a claim together with those that equal it; it is shown
// where it is the one that stands for all.
func (rd *reading) joinedClaim(n num, denied bool) (*Claim, bool, error) {
	s, ok, err := rd.joinedShowing(showing{num: n}, denied)
	if err != nil || !ok {
		return nil, false, err
	}
	c, err := rd.claimShown(s)
	return c, err == nil, err
}

func (rd *reading) claimShown(s showing) (*Claim, error) {
	list, err := rd.claimsShown([]showing{s})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// claim assembles a claim that is resolved.
func (rd *reading) claim(n num, res resolution) (*Claim, error) {
	return rd.claimShown(showing{num: n, asked: true, resolution: res})
}

// unsaid marks a claim of which it was not looked up yet when it was said.
const unsaid = MaxTime

// say looks up when a claim was said last.
func (rd *reading) say(c *Claim) error {
	if c.said != unsaid {
		return nil
	}
	rec, err := rd.record(c.first)
	if err != nil {
		return err
	}
	doc, err := rd.document(rec.doc)
	if err != nil {
		return err
	}
	c.said = MinTime
	if rd.recordLive(rec) {
		c.said = rec.when(doc)
	}
	return rd.supports(c.num, func(s *support) {
		if rd.live(s) {
			c.said = max(c.said, s.when)
		}
	})
}

// recordLive is rule 5 for a record, whatever it says of its claims.
func (rd *reading) recordLive(r *record) bool {
	s := r.support(0, saying{}, 0)
	return rd.live(&s)
}

// byHeadline puts the claim with the latest start first, then the one said
// last, then the one with the smaller id.
func byHeadline(a, b *Claim) int {
	return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(b.said, a.said), slices.Compare(a.ID[:], b.ID[:]))
}

// Claim finds a claim by its id; one that is only denied is found, too.
func (v View) Claim(ctx context.Context, id ClaimID) (c Claim, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, row, err := rd.findClaim(id)
		if err != nil {
			return err
		}
		found, ok, err := rd.shownClaim(n, row)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: claim %s", ErrNotFound, id)
		}
		c = *found
		return nil
	})
	return c, err
}

// shownClaim reads a claim, or the one that stands for it.
func (rd *reading) shownClaim(n num, row *claimRow) (*Claim, bool, error) {
	if rd.same().touches(row.subject, row.ref) {
		shown, _, _, err := rd.joined(row)
		if err != nil || shown == 0 {
			return nil, false, err
		}
		return rd.joinedClaim(shown, true)
	}
	k := row.home(n)
	b, err := rd.r.Get(k)
	if err != nil {
		return nil, false, fmt.Errorf("claim's row: %w", err)
	}
	return rd.claimOf(k, b, nil, true)
}

func (rd *reading) findClaim(id ClaimID) (n num, found *claimRow, err error) {
	start := hashKey(hashClaim, id.key(), 0)
	err = rd.r.Scan(kv.Range{Start: start, End: behind(start[:8]), KeysOnly: true}, func(k, _ []byte) error {
		candidate, err := lastOf(k, lenHash)
		if err != nil {
			return err
		}
		b, err := rd.r.Get(claimKey(candidate))
		if err != nil {
			return err
		}
		row, err := decodeClaim(b)
		if err != nil {
			return err
		}
		name, err := rd.nameOf(row.prop)
		if err != nil {
			return err
		}
		if got, err := rd.claimID(&row, name); err != nil || got != id {
			return err
		}
		n, found = candidate, &row
		return kv.Stop
	})
	if err == nil && found == nil {
		err = fmt.Errorf("%w: claim %s", ErrNotFound, id)
	}
	return n, found, err
}
