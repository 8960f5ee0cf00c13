package graph

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
)

// changes classifies the items.
func (d *differ) changes() ([]Change, error) {
	list := make([]Change, 0, len(d.items))
	for n, it := range d.items {
		c, ok, err := d.change(n, it)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, c)
		}
	}
	return list, nil
}

// states tells what the subjects of changes are.
func (d *differ) states(list []Change) error {
	for i := range list {
		c := &list[i]
		n, err := d.after.lookup(ByID(c.Subject))
		if err != nil {
			return err
		}
		s, err := d.stateEver(n)
		if err == nil && !s.visible {
			c.Gone = true
			s, err = d.was.state(d.before.same().head(n))
		}
		if err != nil {
			return err
		}
		if s.visible {
			c.State = s.Standing
		}
	}
	return nil
}

// stateEver is what the second view knows of an entity, whenever, by claims of any rank.
func (d *differ) stateEver(n num) (*stateOf, error) {
	if s := d.known[n]; s != nil && !s.part {
		return s, nil
	}
	return d.is.state(n)
}

func sortChanges(list []Change) {
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Said, a.Said), bytes.Compare(a.Subject[:], b.Subject[:]), strings.Compare(string(a.Kind), string(b.Kind)))
	})
}

func (d *differ) change(n num, it *item) (c Change, ok bool, err error) {
	old, now, err := d.summaries(n)
	if err != nil {
		return c, false, err
	}
	if len(it.gained)+len(it.lost) == 0 && old.text == now.text || old.ahead && now.ahead {
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
	if k := d.known[n].kind; k == nil || k.Key == nil {
		return "", nil
	}
	s, err := d.after.state(n)
	if err != nil {
		return "", err
	}
	keys, err := d.after.keysOf(s.kind, s)
	if err != nil {
		return "", err
	}
	var words []string
	for _, key := range keys {
		standing, err := d.standing(s, key)
		if err != nil {
			return "", err
		}
		words = append(words, standing...)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "; "), err
}

// standing tells what stood at the first view in a key of a relation.
func (d *differ) standing(s *stateOf, key string) ([]string, error) {
	if words, ok := d.stood[s.Kind][key]; ok {
		return words, nil
	}
	then := *d.before
	then.point.On = then.Day()
	rivals, err := then.rivals(s)
	if err != nil {
		return nil, err
	}
	states, err := then.relationsAmong(s.kind, &relationQuery{RelationQuery: RelationQuery{MinRank: d.least, Ranked: true}}, rivals)
	if err != nil {
		return nil, err
	}
	if d.stood[s.Kind] == nil {
		d.stood[s.Kind] = map[string][]string{}
	}
	d.stood[s.Kind][key] = nil
	err = d.file(&then, s.kind, states)
	return d.stood[s.Kind][key], err
}

// file writes down by key what stood at the first view.
func (d *differ) file(then *reading, k *Kind, states []*stateOf) error {
	byKey := map[string][]string{}
	for _, s := range states {
		keys, err := then.keysOf(k, s)
		if err != nil {
			return err
		}
		dig, err := then.digest(s, then.point.On)
		if err != nil {
			return err
		}
		for _, key := range keys {
			byKey[key] = append(byKey[key], dig.text)
		}
	}
	maps.Copy(d.stood[k.Name], byKey)
	return nil
}

// classify names the change, first that fits.
func (d *differ) classify(it *item, old, now digest) ChangeKind {
	switch {
	case len(it.lost) > 0 && len(it.gained) > 0:
		if old.text == now.text && maps.Equal(it.before, it.after) {
			return ConfidenceOnly
		}
		return Correction
	case len(it.lost) > 0:
		return Retraction
	case old.text == now.text && old.known:
		return NewSource
	case old.state != "" && old.state != now.state && now.turned >= min(d.before.Day().From, d.before.knowledge()):
		return StateTransition
	case now.start != MinTime && now.start < min(d.before.Day().To, d.before.knowledge()) && len(it.gained) > 0:
		return LateReport
	}
	return WorldChange
}

// knowledge is up to when the view knows: what began later, it could not.
func (v *View) knowledge() Time { return min(v.known, milli(v.ts)) + 1 }

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
		said, err := sayingOf(d.after.r, it.claims[n], n, row)
		if err != nil {
			return err
		}
		e, err := d.after.sayingEvidence(id, row, rec, said)
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
		return cmp.Or(cmp.Compare(b.Said, a.Said), bytes.Compare(a.Assertion.ID[:], b.Assertion.ID[:]))
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

// summaries write what each view shows of an entity on its day. Where both
// know the same, it is read once.
func (d *differ) summaries(n num) (old, now digest, err error) {
	s, err := d.gather(d.is, n)
	if err != nil {
		return old, now, err
	}
	d.known[n] = s
	if now, err = d.is.digest(s, d.after.Day()); err != nil {
		return old, now, err
	}
	if !d.before.knowsAs(&d.after.View) {
		if s, err = d.gather(d.was, n); err != nil {
			return old, now, err
		}
	}
	old, err = d.was.digest(s, d.before.Day())
	return old, now, err
}

// knowsAs tells whether two views differ in nothing but the day.
func (v *View) knowsAs(w *View) bool {
	return v.place() == w.place() && v.now == w.now && v.point.Policy == w.point.Policy
}

// anyTime is the reading without a day.
func (rd *reading) anyTime() *reading {
	copied := *rd
	copied.point.On = Interval{}
	return &copied
}

// gather gathers what is said of an entity, as claims of the rank make it.
func (d *differ) gather(rd *reading, n num) (*stateOf, error) {
	s, err := rd.begun(n, d.least)
	if err == nil {
		s.end(Interval{})
	}
	return s, err
}
