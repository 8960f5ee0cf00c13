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
	return v.evidenceOf(ctx, len(edges), func(i int) (num, []num) { return edges[i].claim, edges[i].with })
}

// EvidenceByEdge is EdgeEvidence with a list for each edge, in order.
func (v View) EvidenceByEdge(ctx context.Context, edges []Edge) ([][]Evidence, error) {
	lists := make([][]Evidence, len(edges))
	err := v.read(ctx, func(rd *reading) (err error) {
		for i := range edges {
			if lists[i], err = rd.evidenceFor(edges[i].claim, edges[i].with); err != nil {
				return err
			}
		}
		return nil
	})
	return lists, err
}

func (v View) evidenceOf(ctx context.Context, n int, at func(int) (claim num, with []num)) (list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
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
	all, err := rd.hear(claim, nil)
	if err != nil {
		return nil, err
	}
	_, id, err := rd.claimRow(claim)
	for _, n := range with {
		if err == nil {
			all, err = rd.hear(n, all)
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

// hear appends what live records say of one claim.
func (rd *reading) hear(claim num, list []past) ([]past, error) {
	c, id, err := rd.claimRow(claim)
	if err != nil {
		return nil, err
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
	return list, err
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

func (rd *reading) assertion(r *record) (Assertion, error) {
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

// History gives every record about a claim that the view's transaction and
// clearance know, retracted ones too, in the order of recording.
func (v View) History(ctx context.Context, id ClaimID) (list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, row, err := rd.findClaim(id)
		if err != nil {
			return err
		}
		list, err = rd.wholeHistory(n, row)
		if err == nil && len(list) == 0 {
			err = fmt.Errorf("%w: claim %s", ErrNotFound, id)
		}
		return err
	})
	return list, err
}

// HistoryOf gives the claims that were ever made about a subject and a
// property ("": all), and every record about them, like History.
func (v View) HistoryOf(ctx context.Context, subject EntityID, property string) (claims []Claim, list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(ByID(subject))
		if errors.Is(err, ErrNotFound) {
			return nil // as for a subject of which the view may tell nothing
		}
		if err != nil {
			return err
		}
		var properties []string
		if property != "" {
			properties = []string{property}
		}
		props, err := rd.numbers(properties)
		if err != nil {
			return err
		}
		return rd.everyClaim(n, props, func(c *Claim, records []Evidence) {
			claims, list = append(claims, *c), append(list, records...)
		})
	})
	return claims, list, err
}

// Known finds an entity of which the view may tell anything, live or not: one
// about which all was retracted, or is denied, is still there for History.
// Another one is ErrNotFound.
func (v View) Known(ctx context.Context, r Ref) (e Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(r)
		if err != nil {
			return err
		}
		known, err := rd.mentioned(n)
		if err == nil && !known {
			err = fmt.Errorf("%w: entity %s", ErrNotFound, r)
		}
		if err != nil {
			return err
		}
		e, err = rd.entity(n)
		return err
	})
	return e, err
}

// mentioned tells whether the view may tell of any record about an entity, or
// in it, live or not.
func (rd *reading) mentioned(n num) (found bool, err error) {
	for _, m := range rd.same().of(n) {
		h, err := rd.header(m)
		if err != nil {
			return false, err
		}
		if found, err = rd.tells(h); found || err != nil {
			return found, err
		}
		for _, family := range []byte{famAttribute, famEdge} {
			prefix := key(family, m)
			err := rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
				s, err := showsOf(k)
				if err != nil {
					return err
				}
				records, err := rd.history(s.claim)
				if found = len(records) > 0; found {
					return kv.Stop
				}
				return err
			})
			if err != nil || found {
				return found, err
			}
		}
	}
	return false, nil
}

// everyClaim calls fn for each claim about a subject that has any history here.
func (rd *reading) everyClaim(n num, props map[uint16]bool, fn func(*Claim, []Evidence)) error {
	for _, prefix := range rd.aboutAll(n) {
		err := rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, func(k, v []byte) error {
			s, err := showsOf(k)
			if err != nil || moved(v) || (props != nil && !props[s.prop]) {
				return err
			}
			return rd.claimEver(s.claim, fn)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// claimEver calls fn for a claim that has any history here, unless another one
// stands for it.
func (rd *reading) claimEver(n num, fn func(*Claim, []Evidence)) error {
	row, err := rd.claimContent(n)
	if err != nil {
		return err
	}
	if rd.same().touches(row.subject, row.ref) {
		if first, err := rd.firstEver(row); err != nil || first != n {
			return err
		}
	}
	records, err := rd.wholeHistory(n, row)
	if err != nil || len(records) == 0 {
		return err
	}
	c, err := rd.settled(n, row)
	if err == nil {
		fn(c, records)
	}
	return err
}

// firstEver is, of the claims that equal one and have any history here, the
// one recorded first.
func (rd *reading) firstEver(row *claimRow) (num, error) {
	list, err := rd.equal(row)
	for _, n := range list {
		records, err := rd.history(n)
		if err != nil || len(records) > 0 {
			return n, err
		}
	}
	return 0, err
}

// settled assembles a claim, resolved from its records and those of claims
// that equal it, whether it stands or not.
func (rd *reading) settled(n num, row *claimRow) (*Claim, error) {
	if rd.same().touches(row.subject, row.ref) {
		_, with, res, err := rd.joined(row)
		if err != nil {
			return nil, err
		}
		c, err := rd.claim(n, res, true)
		if err == nil {
			c.with = slices.DeleteFunc(with, func(m num) bool { return m == n })
		}
		return c, err
	}
	live, err := rd.supporting(n, row, nil)
	if err != nil {
		return nil, err
	}
	return rd.claim(n, resolve(live, row.from()), true)
}

// wholeHistory reads all records about a claim and those that equal it, in the
// order of recording.
func (rd *reading) wholeHistory(n num, row *claimRow) ([]Evidence, error) {
	list := []num{n}
	if rd.same().touches(row.subject, row.ref) {
		var err error
		if list, err = rd.equal(row); err != nil {
			return nil, err
		}
	}
	var all []past
	for _, n := range list {
		records, err := rd.history(n)
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	first := all[0].Claim // what the claim recorded first is called, all of them are
	slices.SortStableFunc(all, func(a, b past) int { return cmp.Compare(a.record, b.record) })
	out := make([]Evidence, len(all))
	for i := range all {
		out[i] = all[i].Evidence
		out[i].Claim = first
	}
	return out, nil
}

// past is a record about a claim.
type past struct {
	Evidence
	record num
}

// history reads all records about a claim that are recorded and cleared.
func (rd *reading) history(claim num) ([]past, error) {
	c, id, err := rd.claimRow(claim)
	if err != nil {
		return nil, err
	}
	said := map[num]saying{c.first: c.said}
	order := []num{c.first}
	if err := rd.supports(claim, func(s *support) {
		if _, ok := said[s.record]; !ok {
			said[s.record], order = s.said, append(order, s.record)
		}
	}); err != nil {
		return nil, err
	}
	slices.Sort(order)
	var list []past
	for _, n := range order {
		rec, err := rd.record(n)
		if err != nil {
			return nil, err
		}
		if !rd.knows(rec) {
			continue
		}
		e, err := rd.sayingEvidence(id, c, rec, said[n])
		if err != nil {
			return nil, err
		}
		list = append(list, past{e, n})
	}
	return list, nil
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

// Documents gives what is known of documents, in the order asked for. A
// document is known where the view may tell of one of its assertions, live or
// retracted; another one is ErrNotFound.
func (v View) Documents(ctx context.Context, ids []EntityID) (list []Document, err error) {
	err = v.read(ctx, func(rd *reading) error {
		for _, id := range ids {
			d, err := rd.shownDocument(id)
			if err != nil {
				return err
			}
			list = append(list, d)
		}
		return nil
	})
	return list, err
}

// shownDocument is a document of which the view may tell.
func (rd *reading) shownDocument(id EntityID) (Document, error) {
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return Document{}, fmt.Errorf("%w: document %s", ErrNotFound, id) // as for one of which the view may not tell
	}
	if err != nil {
		return Document{}, err
	}
	h, err := rd.header(n)
	if err != nil {
		return Document{}, err
	}
	shown, err := rd.tells(h)
	if err == nil && !shown {
		err = fmt.Errorf("%w: document %s", ErrNotFound, id)
	}
	if err != nil {
		return Document{}, err
	}
	return rd.documentOf(h)
}

func (rd *reading) documentOf(h *entityRow) (Document, error) {
	row, err := rd.document(h.doc)
	if err != nil {
		return Document{}, err
	}
	d := row.Document
	d.ID = h.id
	if keys := h.known(rd.ts, rd.point.Clearance); len(keys) > 0 {
		d.Key = keys[0]
	}
	for _, o := range row.origins {
		id, err := rd.id(o)
		if err != nil {
			return d, err
		}
		d.Origins = append(d.Origins, ByID(id))
	}
	if row.version != 0 {
		id, err := rd.id(row.version)
		if err != nil {
			return d, err
		}
		d.VersionOf = ByID(id)
	}
	return d, nil
}

// UndatedDocuments counts the documents that stand at the view's transaction
// and do not say when they came out: on basis PUBLISHED they are known only
// from when they were recorded. Curation, which nobody publishes, is not counted.
func (v View) UndatedDocuments(ctx context.Context) (n int, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err = rd.undated()
		return err
	})
	return n, err
}

func (rd *reading) undated() (n int, err error) {
	err = rd.eachDocument(func(_ num, d *documentRow) error {
		n += boolBit(!d.dated() && !d.Curation)
		return nil
	})
	return n, err
}

// eachDocument calls fn for each document with a live assertion, whenever it was published.
func (rd *reading) eachDocument(fn func(num, *documentRow) error) error {
	whenever := *rd
	whenever.known = MaxTime
	return rd.r.Scan(kv.Range{Start: []byte{famDocument}, End: []byte{famDocument + 1}}, func(k, b []byte) error {
		row, err := decodeDocument(b)
		if err != nil {
			return err
		}
		if row.ts > rd.ts {
			return nil
		}
		n, err := documentOf(k)
		if err != nil {
			return err
		}
		seen, err := whenever.relied(n)
		if err != nil || !seen {
			return err
		}
		return fn(n, &row)
	})
}

// relied tells whether any assertion of a document is live.
func (rd *reading) relied(doc num) (bool, error) { return rd.anyRecord(doc, rd.recordLive) }

// tells whether the entity is a document of which the view may tell.
func (rd *reading) tells(h *entityRow) (bool, error) {
	if h.doc == 0 {
		return false, nil
	}
	return rd.anyRecord(h.doc, rd.knows)
}

func (rd *reading) anyRecord(doc num, is func(*record) bool) (found bool, err error) {
	err = rd.eachRecord(doc, func(_ num, rec *record) error {
		if found = is(rec); found {
			return kv.Stop
		}
		return nil
	})
	return found, err
}

// eachRecord calls fn for each record of a document, the newest first.
func (rd *reading) eachRecord(doc num, fn func(num, *record) error) error {
	prefix := put4([]byte{famOfDocument}, doc)
	return rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
		n, err := lastOf(k, lenOfDocument)
		if err != nil {
			return err
		}
		rec, err := rd.record(n)
		if err != nil {
			return err
		}
		return fn(n, rec)
	})
}
