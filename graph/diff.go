package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Diff tells what the second view shows differently from the first: one item
// for each entity about which an assertion became known, or no longer stands,
// between the two, or whose state moved because the day did; and one for
// entities that became one, or two again. The sources of an item are the
// assertions that are new to the second view, or that it has lost. A second
// view that is of an earlier day, or knows less, is refused.
func Diff(ctx context.Context, from, to View, opts *DiffOptions) (Changes, error) {
	var c Changes
	if opts == nil {
		opts = &DiffOptions{}
	}
	if to.earlier(from) {
		return c, fmt.Errorf("%w: the changes end before they begin: the second view is earlier than the first", ErrRefused)
	}
	err := to.read(ctx, func(rd *reading) error {
		before := from.reading(ctx, rd.r)
		before.erasures = rd.erasures
		rd.again = newAgain()
		if before.again = rd.again; !before.knowsAs(&rd.View) {
			before.again = rd.again.knowing()
		}
		before.share(rd)
		d := differ{before: before, after: rd, was: before.anyTime(), is: rd.anyTime(), least: opts.MinRank.floor(opts.Ranked), items: map[num]*item{}, stood: map[string]map[string][]string{}, kinds: map[num]entityKind{},
			within: map[num]bool{}, lasts: map[string]bool{}, known: map[num]*stateOf{}}
		if err := d.documents(&c); err != nil {
			return err
		}
		err := d.find(opts.Near)
		if err != nil {
			return err
		}
		if c.Items, err = d.changes(); err != nil {
			return err
		}
		same, err := d.identities()
		c.Items = append(c.Items, same...)
		if err == nil {
			err = d.states(c.Items)
		}
		sortChanges(c.Items)
		return errors.Join(err, before.shared.err)
	})
	return c, err
}

// share makes one of what two readings of a snapshot have read, which is nothing
// yet; but for records, where they tell different things of them.
func (rd *reading) share(with *reading) {
	k, other := rd.has(), with.has()
	other.entities, other.docs, other.namings, other.records = map[num]*entityRow{}, map[num]*documentRow{}, map[num][]naming{}, map[num]*record{}
	k.entities, k.docs, k.namings = other.entities, other.docs, other.namings
	if rd.bySpeech() == with.bySpeech() {
		k.records = other.records
	}
}

// DiffOptions chooses what a comparison of views counts.
type DiffOptions struct {
	// Near leaves out all but these entities, the relations that name one of
	// them, and other entities that such a relation names. What is read depends
	// on these alone; without it, all assertions of the store are looked at.
	Near    []EntityID
	MinRank Rank // where Ranked: only assertions of this rank or better
	Ranked  bool
}

// earlier tells whether the view is of an earlier day than another, or of less knowledge.
func (v View) earlier(than View) bool {
	if (!v.point.On.IsZero() || !than.point.On.IsZero()) && v.Day().To < than.Day().To {
		return true
	}
	asked := v.point.KnownOn != 0 || than.point.KnownOn != 0
	return asked && (v.ts < than.ts || v.known < than.known)
}

// differ compares two views in one engine snapshot.
type differ struct {
	before, after *reading
	was, is       *reading // the same, on whatever day
	least         Rank
	items         map[num]*item
	kinds         map[num]entityKind
	lasts         map[string]bool                // by kind: states are told of it
	known         map[num]*stateOf               // what the second view knows of subjects, on whatever day
	whole         bool                           // all of the store is asked about
	within        map[num]bool                   // what was asked about else
	rows          []pending                      // of what was asked about
	stood         map[string]map[string][]string // by kind and key: what stood at the first view
}

// item gathers what became different about one subject.
type item struct {
	gained, lost []num // records
	claims       map[num]num
	before       map[said]bool // what those that are lost say
	after        map[said]bool // what those that are gained say
	moved        bool          // only because the day did
}

// documents counts those that became known between the views.
func (d *differ) documents(c *Changes) (err error) {
	wanted := func(row *documentRow) bool {
		return !row.Curation && (!row.dated() || d.seen(row, row.pf, row.pf))
	}
	return d.after.eachDocumentThat(wanted, func(n num, row *documentRow) error {
		was, is, err := d.out(n, row)
		c.UndatedDocuments += boolBit(!row.dated())
		c.DocumentsSeen += boolBit(d.seen(row, was, is))
		return err
	})
}

// seen tells whether a document became known between the views, given when it
// was out by each.
func (d *differ) seen(row *documentRow, was, is Time) bool {
	return is <= d.after.known && (was > d.before.known || row.ts > d.before.ts)
}

// out is when a document was out by each of the views: with the first of the
// assertions that stand at the second one's transaction.
func (d *differ) out(n num, row *documentRow) (was, is Time, err error) {
	whenever := *d.after
	whenever.known = MaxTime
	if was, err = d.before.out(n, row, whenever.recordLive); err == nil {
		is, err = d.after.out(n, row, whenever.recordLive)
	}
	return was, is, err
}

// find gathers the items, of all of the store or near some entities.
func (d *differ) find(near []EntityID) error {
	if d.whole = len(near) == 0; d.whole {
		return d.records()
	}
	return d.near(near)
}

// records finds the assertions that are live in one view and not in the other,
// and those whose states begin between the two days.
func (d *differ) records() error {
	return d.after.r.Scan(kv.Range{Start: []byte{famRecord}, End: []byte{famRecord + 1}}, func(k, b []byte) error {
		rec, err := d.after.readRecord(b)
		if err != nil {
			return err
		}
		n, err := lastOf(k, lenNumbered)
		if err != nil {
			return err
		}
		return d.compare(n, &rec, func(note func(num, *claimRow) error) error {
			return claimsOf(d.after.r, n, &rec, func(claim num) error {
				c, err := readClaim(d.after.r, claim)
				if err != nil {
					return err
				}
				return note(claim, c)
			})
		})
	})
}

// compare notes those of a record's claims that matter to the change.
func (d *differ) compare(n num, rec *record, claims func(note func(num, *claimRow) error) error) error {
	old, err := d.old(n, rec)
	if err != nil {
		return err
	}
	was, is := d.before.recordLive(old), d.after.recordLive(rec)
	was, is = was && rec.judge.Rank.AtLeast(d.least), is && rec.judge.Rank.AtLeast(d.least)
	if (!was && !is) || (was == is && !d.moves().Overlaps(rec.turns)) {
		return nil
	}
	doc, err := d.after.document(rec.doc)
	if err != nil || doc.Curation {
		return err
	}
	return claims(func(claim num, c *claimRow) error { return d.note(n, rec, claim, c, was, is) })
}

// old is a record as the first view counts it, given that of the second.
func (d *differ) old(n num, rec *record) (*record, error) {
	if d.before.bySpeech() == d.after.bySpeech() {
		return rec, nil
	}
	return d.before.record(n)
}

// kind is that of an entity, and what the ontology says of it, if anything.
func (d *differ) kind(n num) (name string, k *Kind, err error) {
	found, ok := d.kinds[n]
	if !ok {
		e, err := d.after.entity(n)
		if err != nil {
			return "", nil, err
		}
		found = entityKind{e.Kind, d.after.db.ontology.Kind(e.Kind)}
		d.kinds[n] = found
	}
	return found.name, found.Kind, nil
}

// entityKind is the kind of an entity; nil where the ontology does not know its name.
type entityKind struct {
	name string
	*Kind
}

// note files a record's claim under its subject if it matters to the change.
func (d *differ) note(record num, rec *record, claim num, c *claimRow, was, is bool) error {
	turns, err := d.turns(claim, record, c)
	if err != nil || (was == is && !turns) {
		return err
	}
	subject := d.after.same().head(c.subject)
	name, k, err := d.kind(subject)
	if err != nil || name == KindSameAs {
		return err // identities tells what came of it
	}
	if k != nil && !k.Relation && c.class != State {
		return nil // texts of options, conditions and the like show in what they belong to
	}
	it := d.items[subject]
	if it == nil {
		it = &item{claims: map[num]num{}, before: map[said]bool{}, after: map[said]bool{}}
		d.items[subject] = it
	}
	if other, ok := it.claims[record]; !ok || rec.place(claim) < rec.place(other) {
		it.claims[record] = claim
	}
	if was == is {
		it.moved = true
		return nil
	}
	what, err := sayingOf(d.after.r, claim, record, c)
	if was {
		it.lost, it.before[said{claim, what}] = appendNew(it.lost, record), true
	} else {
		it.gained, it.after[said{claim, what}] = appendNew(it.gained, record), true
	}
	return err
}

// place orders a record's claims as it makes them.
func (r *record) place(claim num) num {
	if i := slices.Index(r.links, claim); i >= 0 {
		return num(i)
	}
	return claim // those that are too many for the row were mostly numbered in their order
}

// said is what a record says of a claim.
type said struct {
	claim num
	what  saying
}

func appendNew(list []num, n num) []num {
	if slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}

// turns tells whether what a record says begins, or a state ends, between the
// first view's day and the second's.
func (d *differ) turns(claim, record num, c *claimRow) (bool, error) {
	if c.class == Timeless || d.moves().Contains(c.from()) {
		return c.class != Timeless, nil
	}
	s, err := sayingOf(d.after.r, claim, record, c)
	ends := c.class == State && s.end == DatedEnd && d.moves().Contains(untilOf(s.end, s.date, c.from()))
	return ends, err
}

// moves is the valid time between the two days.
func (d *differ) moves() Interval { return Interval{d.before.Day().To, d.after.Day().To} }
