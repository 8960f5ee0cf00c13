package graph

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// Account is a live assertion with the claims that it makes, in the order in
// which they were stated.
type Account struct {
	Assertion
	Claims []Saying
}

// Saying is what one assertion says of one claim.
type Saying struct {
	Subject    EntityID
	Property   string
	Value      Value
	Class      Class
	Occurrence string
	Deny       bool
	Start      edtf.Endpoint // with the marks of this assertion
	// End is OPEN, dated, or unknown with the last day that is vouched for.
	End     EndKind
	EndDate edtf.Date
}

// Sources yields the documents that have a live assertion at the view's point,
// in the order in which they were recorded.
func (v View) Sources(ctx context.Context) iter.Seq2[Document, error] {
	return sequence(ctx, v, func(rd *reading, yield func(Document, error) bool) error {
		return rd.eachDocumentThat(rd.mayBeOut, func(n num, row *documentRow) error {
			if out, err := rd.out(n, row, rd.recordLive); err != nil || out > rd.known {
				return err
			}
			h, err := rd.header(row.entity)
			if err != nil {
				return err
			}
			d, err := rd.documentOf(h)
			if err == nil && !yield(d, nil) {
				return kv.Stop
			}
			return err
		})
	})
}

// Assertions yields the live assertions of a document, whole, in the order in
// which they were recorded. Where the view's point is on a day, those are left
// out of which no claim holds there, literally; those of timeless claims only
// always hold.
func (v View) Assertions(ctx context.Context, document EntityID) iter.Seq2[Account, error] {
	return sequence(ctx, v, func(rd *reading, yield func(Account, error) bool) error {
		return rd.assertionsOf(document, yield)
	})
}

func (rd *reading) assertionsOf(document EntityID, yield func(Account, error) bool) error {
	n, err := rd.lookup(ByID(document))
	if err != nil {
		return err
	}
	h, err := rd.header(n)
	if err != nil || h.doc == 0 {
		return err
	}
	var live []num
	if err := rd.eachRecord(h.doc, func(n num, rec *record) error {
		if rd.recordLive(rec) {
			live = append(live, n)
		}
		return nil
	}); err != nil {
		return err
	}
	slices.Sort(live)
	for _, n := range live {
		s, on, err := rd.account(n)
		if err != nil {
			return err
		}
		if on && !yield(s, nil) {
			return nil
		}
	}
	return nil
}

// account reads a record with its claims, and tells whether any of them holds
// on the point's day.
func (rd *reading) account(n num) (s Account, on bool, err error) {
	rec, err := rd.record(n)
	if err != nil {
		return s, false, err
	}
	if s.Assertion, err = rd.assertion(rec); err != nil {
		return s, false, err
	}
	on = rd.point.On.IsZero()
	timeless := true
	err = claimsOf(rd.r, n, rec, func(claim num) error {
		c, span, err := rd.sayingAt(n, claim)
		s.Claims = append(s.Claims, c)
		timeless = timeless && c.Class == Timeless
		on = on || c.Class != Timeless && span.Overlaps(rd.point.On)
		return err
	})
	return s, on || timeless, err
}

func (rd *reading) sayingAt(record, claim num) (s Saying, span Interval, err error) {
	row, err := readClaim(rd.r, claim)
	if err != nil {
		return s, span, err
	}
	said, err := sayingOf(rd.r, claim, record, row)
	if err != nil {
		return s, span, err
	}
	s = Saying{Value: row.value, Class: row.class, Occurrence: row.occurrence, Deny: said.deny, Start: row.start,
		End: said.end, EndDate: said.date}
	if s.Start.Kind == edtf.Dated {
		s.Start.Date = s.Start.Date.WithMarks(said.marks&markApproximate != 0, said.marks&markUncertain != 0)
	}
	span = Interval{row.from(), untilOf(said.end, said.date, row.from())}
	subject, err := rd.header(row.subject) // as it was written, whatever it is one with
	if err != nil {
		return s, span, err
	}
	s.Subject = subject.id
	if row.value.typ == Reference {
		other, err := rd.header(row.ref)
		if err != nil {
			return s, span, err
		}
		s.Value = EntityOf(other.id)
	}
	s.Property, err = rd.nameOf(row.prop)
	return s, span, err
}

// Find finds an entity by id or key as it was declared, whether or not the
// point shows anything of it, and whatever it is one with; ErrNotFound: there
// is none at the view's transaction that its clearance is told of.
func (v View) Find(ctx context.Context, r Ref) (e Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.named(r)
		if err != nil {
			return err
		}
		h, err := rd.header(n)
		if err != nil {
			return err
		}
		if !h.told(rd.ts, rd.point.Clearance) {
			return fmt.Errorf("%w: entity %s", ErrNotFound, r)
		}
		kind, err := rd.nameOf(h.kind)
		e = Entity{ID: h.id, Kind: kind, Keys: h.known(rd.ts, rd.point.Clearance)}
		return err
	})
	return e, err
}

// Keyed tells whether the entity's id comes from its first key, so that
// declaring the key again finds it. Others are told by their fields, or were
// minted.
func (e Entity) Keyed() bool { return len(e.Keys) > 0 && e.Keys[0].entity() == e.ID }

// FoldName is the form by which names are found: without case, accents and
// repeated spaces.
func FoldName(s string) string { return fold(s) }
