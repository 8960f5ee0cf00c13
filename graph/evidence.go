package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// Evidence gives the live assertions of claims, those of the first claim
// first, and of each claim the newest said first.
func (v View) Evidence(ctx context.Context, claims []Claim) ([]Evidence, error) {
	return v.evidenceOf(ctx, len(claims), func(i int) (num, []num) { return claims[i].num, claims[i].with })
}

// EdgeEvidence gives the live assertions of edges, like Evidence.
func (v View) EdgeEvidence(ctx context.Context, edges []Edge) ([]Evidence, error) {
	return v.evidenceOf(ctx, len(edges), func(i int) (num, []num) { return edges[i].shown() })
}

// EvidenceByEdge is EdgeEvidence with a list for each edge, in order.
func (v View) EvidenceByEdge(ctx context.Context, edges []Edge) ([][]Evidence, error) {
	lists := make([][]Evidence, len(edges))
	err := v.read(ctx, func(rd *reading) (err error) {
		for i := range edges {
			if lists[i], err = rd.evidenceFor(edges[i].shown()); err != nil {
				return err
			}
		}
		return nil
	})
	return lists, err
}

func (v View) evidenceOf(ctx context.Context, n int, at func(int) (claim num, with []num)) (list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
		list = slices.Grow(list, n)
		for i := range n {
			claim, with := at(i)
			found, err := rd.evidenceFor(claim, with)
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	})
	return list, err
}

// evidenceFor reads what live assertions say of one claim and of those that
// equal it, all of it under the id of the one that stands for them.
func (rd *reading) evidenceFor(claim num, with []num) ([]Evidence, error) {
	id, all, err := rd.hear(claim, nil)
	if err != nil {
		return nil, err
	}
	for _, n := range with {
		if err == nil {
			_, all, err = rd.hear(n, all)
		}
	}
	slices.SortStableFunc(all, func(a, b past) int {
		return cmp.Or(cmp.Compare(b.Said, a.Said), bytes.Compare(a.Assertion.ID[:], b.Assertion.ID[:]), cmp.Compare(a.record, b.record))
	})
	all = slices.CompactFunc(all, func(a, b past) bool { return a.record == b.record })
	list := make([]Evidence, len(all))
	for i := range all {
		list[i] = all[i].Evidence
		list[i].Claim = id
	}
	return list, err
}

// hear appends what live records say of one claim, and gives its id.
func (rd *reading) hear(claim num, list []past) (ClaimID, []past, error) {
	c, id, err := rd.claimRow(claim)
	if err != nil {
		return id, nil, err
	}
	err = rd.evidence(claim, c.first, func(n num, rec *record, s *support) error {
		what := c.said
		if s != nil {
			what = s.said
		}
		e, err := rd.sayingEvidence(id, c, rec, what)
		if err != nil {
			return err
		}
		list = append(list, past{e, n})
		return nil
	})
	return id, list, err
}

func (rd *reading) claimRow(n num) (*claimRow, ClaimID, error) {
	c, err := readClaim(rd.r, n)
	if err != nil {
		return nil, ClaimID{}, err
	}
	name, err := rd.nameOf(c.prop)
	if err != nil {
		return nil, ClaimID{}, err
	}
	id, err := rd.claimID(c, name)
	return c, id, err
}

// sayingEvidence puts an assertion and what it says of a claim together.
func (rd *reading) sayingEvidence(id ClaimID, c *claimRow, rec *record, s saying) (Evidence, error) {
	a, err := rd.assertion(rec)
	e := Evidence{Claim: id, Deny: s.deny, Assertion: a,
		End: End{Kind: s.end, Date: s.date, Until: untilOf(s.end, s.date, c.from())}}
	if err != nil {
		return e, err
	}
	doc, err := rd.document(rec.doc)
	if err != nil {
		return e, err
	}
	e.Said = rec.when(doc)
	if c.start.Kind == edtf.Dated {
		e.Start = c.start.Date.WithMarks(s.marks&markApproximate != 0, s.marks&markUncertain != 0)
	}
	return e, err
}

// assertion is what a record says of itself, made once for all its claims.
func (rd *reading) assertion(r *record) (Assertion, error) {
	if a := rd.assertions[r]; a != nil {
		return *a, nil
	}
	a, err := rd.makeAssertion(r)
	if rd.assertions == nil {
		rd.assertions = map[*record]*Assertion{}
	}
	if err == nil {
		rd.assertions[r] = &a
	}
	return a, err
}

func (rd *reading) makeAssertion(r *record) (Assertion, error) {
	a := Assertion{ID: r.id, Key: r.key, Span: r.span, Voice: r.voice, Level: r.level, Quote: r.quote, Modality: r.mode,
		Wording: r.wording, Factuality: r.fact, Asserted: r.said, Summary: r.summary, Coder: r.coder, Judgement: r.judge,
		Recorded: TxInterval{r.tf, r.tt}}
	if a.Recorded.To > rd.ts {
		a.Recorded.To = 0 // not yet closed at the view's transaction
	}
	doc, err := rd.document(r.doc)
	if err != nil {
		return a, err
	}
	if a.Document, err = rd.id(doc.entity); err != nil {
		return a, err
	}
	if a.Root, err = rd.root(r); err != nil || len(r.chain) == 0 {
		return a, err
	}
	a.Chain = make([]EntityID, len(r.chain))
	return a, rd.ids(a.Chain, func(i int) num { return r.chain[i] })
}

// Assertion finds the newest record of an assertion that the view knows and
// its clearance sees, retracted or not.
func (v View) Assertion(ctx context.Context, id AssertionID) (a Assertion, err error) {
	err = v.read(ctx, func(rd *reading) error {
		_, rec, err := rd.newestRecord(id)
		if err == nil {
			a, err = rd.assertion(rec)
		}
		return err
	})
	return a, err
}

func (rd *reading) newestRecord(id AssertionID) (newest num, best *record, err error) {
	start := hashKey(hashRecord, id.key(), 0)
	err = rd.r.Scan(kv.Range{Start: start, End: behind(start[:8]), KeysOnly: true}, func(k, _ []byte) error {
		n, err := lastOf(k, lenHash)
		if err != nil {
			return err
		}
		rec, err := rd.record(n)
		if err == nil && rec.id == id && rd.knows(rec) {
			newest, best = n, rec
		}
		return err
	})
	if err == nil && best == nil {
		err = fmt.Errorf("%w: assertion %s", ErrNotFound, id)
	}
	return newest, best, err
}

// ClaimsOf gives the claims that assertions are about, each once, as the
// assertions' newest records have them, whether they stand or not. Assertions
// that the view may not tell of have none.
func (v View) ClaimsOf(ctx context.Context, assertions []AssertionID) (claims []Claim, err error) {
	err = v.read(ctx, func(rd *reading) error {
		seen := map[num]bool{}
		for _, id := range assertions {
			n, rec, err := rd.newestRecord(id)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			err = claimsOf(rd.r, n, rec, func(claim num) error {
				c, err := rd.claimStoodFor(claim)
				if err == nil && c != nil && !seen[c.num] {
					seen[c.num] = true
					claims = append(claims, *c)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return claims, err
}

// claimStoodFor is the claim that stands for one through merges, or nil where
// it has no history here.
func (rd *reading) claimStoodFor(n num) (found *Claim, err error) {
	row, err := rd.claimContent(n)
	if err == nil && rd.same().touches(row.subject, row.ref) {
		n, err = rd.firstEver(row)
	}
	if err != nil || n == 0 {
		return nil, err
	}
	err = rd.claimEver(n, func(c *Claim, _ []Evidence) { found = c })
	return found, err
}

// knows tells whether the view may tell of a record, live or not.
func (v *View) knows(r *record) bool {
	return r.tf <= v.ts && r.pf <= v.known && r.judge.Marking <= v.point.Clearance && r.judge.Embargo <= v.now
}
