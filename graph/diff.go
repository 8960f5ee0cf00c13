package graph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph/kv"
)

// Diff tells what the second view shows differently from the first: one item
// for each entity about which an assertion became known, or no longer stands,
// between the two, or whose state moved because the day did. The sources of an
// item are the assertions that are new to the second view, or that it has lost.
func Diff(ctx context.Context, from, to View) (Changes, error) {
	var c Changes
	err := to.read(ctx, func(rd *reading) error {
		before := &reading{View: from, ctx: ctx, r: rd.r}
		d := differ{before: before, after: rd, items: map[num]*item{}}
		if err := d.documents(&c); err != nil {
			return err
		}
		if err := d.records(); err != nil {
			return err
		}
		var err error
		c.Items, err = d.changes()
		return err
	})
	return c, err
}

// differ compares two views in one engine snapshot.
type differ struct {
	before, after *reading
	items         map[num]*item
	stood         map[string]map[string][]string // by kind and key: what stood at the first view
}

// item gathers what became different about one subject.
type item struct {
	gained, lost []num // records
	claims       map[num]num
	moved        bool // only because the day did
}

// documents counts those that became known between the views.
func (d *differ) documents(c *Changes) (err error) {
	whenever := *d.after
	whenever.known = MaxTime
	return whenever.eachDocument(func(_ num, row *documentRow) error {
		if row.Curation {
			return nil
		}
		c.UndatedDocuments += boolBit(!row.dated())
		c.DocumentsSeen += boolBit(row.pf <= d.after.known && (row.pf > d.before.known || row.ts > d.before.ts))
		return nil
	})
}

// records finds the assertions that are live in one view and not in the other,
// and those whose states begin between the two days.
func (d *differ) records() error {
	return d.after.r.Scan(kv.Range{Start: []byte{famRecord}, End: []byte{famRecord + 1}}, func(k, b []byte) error {
		rec, err := decodeRecord(b)
		if err != nil {
			return err
		}
		n := get5(k[1:])
		was, is := d.before.recordLive(&rec), d.after.recordLive(&rec)
		if (!was && !is) || (was == is && !d.moves().Overlaps(rec.starts)) {
			return nil
		}
		doc, err := d.after.document(rec.doc)
		if err != nil || doc.Curation {
			return err
		}
		return claimsOf(d.after.r, n, &rec, func(claim num) error { return d.note(n, claim, was, is) })
	})
}

// note files a record's claim under its subject if it matters to the change.
func (d *differ) note(record, claim num, was, is bool) error {
	b, err := d.after.r.Get(claimKey(claim))
	if err != nil {
		return err
	}
	c, err := decodeClaim(b)
	if err != nil {
		return err
	}
	begins := c.class != Timeless && d.begins(c.from())
	if was == is && !begins {
		return nil
	}
	h, err := d.after.header(c.subject)
	if err != nil {
		return err
	}
	kind, err := d.after.nameOf(h.kind)
	if err != nil {
		return err
	}
	if k := d.after.db.ontology.Kind(kind); k != nil && !k.Relation && c.class != State {
		return nil // texts of options, conditions and the like show in what they belong to
	}
	it := d.items[c.subject]
	if it == nil {
		it = &item{claims: map[num]num{}}
		d.items[c.subject] = it
	}
	it.claims[record] = claim
	switch {
	case was && !is:
		it.lost = appendNew(it.lost, record)
	case is && !was:
		it.gained = appendNew(it.gained, record)
	default:
		it.moved = true
	}
	return nil
}

func appendNew(list []num, n num) []num {
	if slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}

// begins tells whether a start lies after the first view's day and not after the second's.
func (d *differ) begins(from Time) bool { return d.moves().Contains(from) }

// moves is the valid time between the two days.
func (d *differ) moves() Interval { return Interval{d.before.day().To, d.after.day().To} }

// changes classifies the items, sorted by when they were said, the newest
// first, then by subject.
func (d *differ) changes() ([]Change, error) {
	var list []Change
	for n, it := range d.items {
		c, ok, err := d.change(n, it)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Said, a.Said), bytes.Compare(a.Subject[:], b.Subject[:]))
	})
	return list, nil
}

func (d *differ) change(n num, it *item) (c Change, ok bool, err error) {
	old, err := d.before.summary(n, d.before.day())
	if err != nil {
		return c, false, err
	}
	now, err := d.after.summary(n, d.after.day())
	if err != nil {
		return c, false, err
	}
	if len(it.gained)+len(it.lost) == 0 && old.text == now.text {
		return c, false, nil
	}
	c = Change{Subject: now.id, Before: old.text, After: now.text, Kind: d.classify(it, old, now), Said: MinTime}
	if c.Before == "" {
		if c.Before, err = d.takenOver(n); err != nil {
			return c, false, err
		}
	}
	return c, true, d.sources(&c, it)
}

// takenOver is what stood at the first view in the keys of a relation that is
// new: what it takes over from (rule 8).
func (d *differ) takenOver(n num) (string, error) {
	s, err := d.after.state(n)
	if err != nil || s.kind == nil || s.kind.Key == nil {
		return "", err
	}
	keys, err := d.after.keysOf(s.kind, s)
	if err != nil {
		return "", err
	}
	standing, err := d.standing(s.kind)
	var words []string
	for _, key := range keys {
		words = append(words, standing[key]...)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "; "), err
}

// standing lists by key what stood of a kind at the first view.
func (d *differ) standing(k *Kind) (map[string][]string, error) {
	if byKey := d.stood[k.Name]; byKey != nil {
		return byKey, nil
	}
	then := *d.before
	then.point.On = then.day()
	states, err := then.relationsOf(k, RelationQuery{})
	if err != nil {
		return nil, err
	}
	byKey := map[string][]string{}
	for _, s := range states {
		keys, err := then.keysOf(k, s)
		if err != nil {
			return nil, err
		}
		dig, err := then.digest(s, then.point.On)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			byKey[key] = append(byKey[key], dig.text)
		}
	}
	if d.stood == nil {
		d.stood = map[string]map[string][]string{}
	}
	d.stood[k.Name] = byKey
	return byKey, nil
}

// classify names the change, first that fits.
func (d *differ) classify(it *item, old, now digest) ChangeKind {
	switch {
	case len(it.lost) > 0 && len(it.gained) > 0:
		if old.text == now.text {
			return ConfidenceOnly
		}
		return Correction
	case len(it.lost) > 0:
		return Retraction
	case old.text == now.text && old.known:
		return NewSource
	case old.known && old.state != now.state && now.start >= d.before.day().From:
		return StateTransition
	case now.start != MinTime && now.start < d.before.day().To && len(it.gained) > 0:
		return LateReport
	}
	return WorldChange
}

// sources reads the assertions of an item, the newest said first, and its summary.
func (d *differ) sources(c *Change, it *item) error {
	records := slices.Concat(it.gained, it.lost)
	if len(records) == 0 {
		for r := range it.claims {
			records = append(records, r)
		}
		slices.Sort(records)
	}
	newest := MinTime - 1
	var first *record // of the newest, by key: the order of loading must not show
	for _, n := range records {
		rec, err := d.after.record(n)
		if err != nil {
			return err
		}
		row, id, err := d.after.claimRow(it.claims[n])
		if err != nil {
			return err
		}
		e, err := d.after.sayingEvidence(id, row, rec, row.said)
		if err != nil {
			return err
		}
		doc, err := d.after.document(rec.doc)
		if err != nil {
			return err
		}
		when := rec.when(doc)
		if when > newest || when == newest && rec.precedes(first) {
			newest, first, c.Said, c.Summary = when, rec, when, rec.summary
		}
		c.Sources = append(c.Sources, e)
	}
	slices.SortStableFunc(c.Sources, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(b.Recorded.From, a.Recorded.From), bytes.Compare(a.Assertion.ID[:], b.Assertion.ID[:]))
	})
	if c.Summary == "" {
		c.Summary = c.After
	}
	return nil
}

// precedes orders records in a way that the order of loading does not change.
func (r *record) precedes(o *record) bool {
	return cmp.Or(cmp.Compare(r.key, o.key), bytes.Compare(r.id[:], o.id[:])) < 0
}

// digest is a relation's state in a line.
type digest struct {
	id    EntityID
	text  string
	state string
	start Time
	known bool // anything at all
}

// summary writes what a view shows of an entity on a day.
func (rd *reading) summary(n num, day Interval) (digest, error) {
	upTo := *rd
	upTo.point.On = Interval{}
	s, err := upTo.state(n)
	if err != nil {
		return digest{}, err
	}
	return upTo.digest(s, day)
}

// digested are the properties that say in a word or line how a relation stands.
var digested = []string{"status", "state", "stance", "act", "response", "text", "option"}

// digest takes the newest word of each property up to a day.
func (rd *reading) digest(s *stateOf, day Interval) (digest, error) {
	d := digest{id: s.ID, start: s.start}
	var words []string
	for _, property := range digested {
		i := slices.IndexFunc(s.Claims, func(c Claim) bool { return c.Property == property && c.begun(day) })
		if i < 0 {
			continue
		}
		word, err := rd.word(&s.Claims[i])
		if err != nil {
			return d, err
		}
		d.state = cmp.Or(d.state, word)
		words = append(words, word)
	}
	d.known = slices.ContainsFunc(s.Claims, func(c Claim) bool { return c.begun(day) && !builtin(c.Property) })
	switch {
	case len(words) > 1:
		d.text = words[0] + ": " + strings.Join(slices.Compact(words[1:]), "; ")
	case len(words) == 1:
		d.text = words[0]
	case d.known:
		d.text = s.Kind
	}
	return d, nil
}

// begun tells whether a claim has started by the end of a day.
func (c Claim) begun(day Interval) bool { return c.Class == Timeless || c.From < day.To }

func (rd *reading) word(c *Claim) (string, error) {
	if c.Value.typ != Reference {
		return c.Value.String(), nil
	}
	label, err := rd.label(c.Value.ref.ID, nil)
	if err != nil {
		return "", fmt.Errorf("label of %s: %w", c.Value, err)
	}
	return label, nil
}
