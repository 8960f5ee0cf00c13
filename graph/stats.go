package graph

import (
	"context"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// Stats counts what the view shows, in one pass over all claims.
func (v View) Stats(ctx context.Context) (s Stats, err error) {
	err = v.read(ctx, func(rd *reading) error {
		c := counter{rd: rd, same: rd.same(), entities: map[num]bool{}}
		if err := c.claims(); err != nil {
			return err
		}
		if err := c.kinds(); err != nil {
			return err
		}
		if err := c.records(); err != nil {
			return err
		}
		s = c.Stats
		return nil
	})
	return s, err
}

type counter struct {
	Stats
	rd       *reading
	same     *clusters
	entities map[num]bool
}

// claims counts the rows of families v and n (outwards) that are held.
func (c *counter) claims() error {
	for _, family := range []byte{famAttribute, famEdge} {
		err := c.rd.r.Scan(kv.Range{Start: []byte{family}, End: []byte{family + 1}}, func(k, b []byte) error {
			s, err := showsOf(k)
			if err != nil || moved(b) || !s.out() {
				return err
			}
			ok, err := c.count(&s, k, b)
			if ok {
				c.Claims++
				c.entities[c.same.head(s.node)] = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *counter) count(s *shows, k, b []byte) (bool, error) {
	from := s.from
	d := dec{b: b}
	r := d.row(from)
	ref := num(0)
	if k[0] == famEdge {
		ref = d.num()
	}
	if c.same.touches(s.node, ref) {
		return c.countJoined(s.claim, ref)
	}
	until, held, err := c.rd.rowStands(k, b, from)
	if err != nil || !held {
		return false, err
	}
	if on := c.rd.point.On; !on.IsZero() && r.class() != Timeless && !(Interval{from, until}).Overlaps(on) {
		return false, nil
	}
	if ref != 0 {
		c.entities[c.same.head(ref)] = true
	}
	return true, nil
}

// countJoined counts a claim unless another one stands for it.
func (c *counter) countJoined(n, ref num) (bool, error) {
	claim, ok, err := c.rd.joinedClaim(n, false)
	if err != nil || !ok {
		return false, err
	}
	if on := c.rd.point.On; !on.IsZero() && claim.Class != Timeless && !claim.Holds().Overlaps(on) {
		return false, nil
	}
	if ref != 0 {
		c.entities[c.same.head(ref)] = true
	}
	return true, nil
}

// kinds sorts the entities that claims are about into entities, relations and documents.
func (c *counter) kinds() error {
	for n := range c.entities {
		h, err := c.rd.header(n)
		if err != nil {
			return err
		}
		e, err := c.rd.entity(n)
		if err != nil {
			return err
		}
		switch k := c.rd.db.ontology.Kind(e.Kind); {
		case h.doc != 0:
		case k != nil && k.Relation:
			c.Relations++
		default:
			c.Entities++
		}
	}
	return nil
}

// records counts assertions that are live, documents they stand in, and transactions.
func (c *counter) records() error {
	docs := map[num]bool{}
	ids := map[AssertionID]bool{}
	known := map[TS]bool{} // transactions that recorded or closed what the view may tell of
	err := c.rd.r.Scan(kv.Range{Start: []byte{famRecord}, End: []byte{famRecord + 1}}, func(_, b []byte) error {
		rec, err := c.rd.readRecord(b)
		if err == nil && c.rd.recordLive(&rec) {
			ids[rec.id] = true
			docs[rec.doc] = true
		}
		if err == nil && c.rd.knows(&rec) {
			known[rec.tf] = true
			if rec.tt != 0 && rec.tt <= c.rd.ts {
				known[rec.tt] = true
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	c.Assertions, c.Documents, c.Transactions = len(ids), len(docs), len(known)
	if c.rd.point.Clearance < Red {
		return nil
	}
	return c.transactions()
}

// transactions counts all that the log has: who sees everything may know of each.
func (c *counter) transactions() error {
	c.Transactions = 0
	rng := kv.Range{Start: []byte{famLog}, End: logKey(c.rd.ts+1, 0), KeysOnly: true}
	return c.rd.r.Scan(rng, func(k, _ []byte) error {
		if len(k) != lenLog {
			return fmt.Errorf("%w: log key", ErrDamaged)
		}
		if get2(k[len(k)-2:]) == 0 {
			c.Transactions++
		}
		return nil
	})
}
