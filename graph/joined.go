package graph

import (
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// resolved is what the readings of one call share about clusters.
type resolved struct {
	done bool
	*clusters
	moments Interval // for which moments of the view they are right
	err     error    // told when the call ends
}

// same gives the clusters at the view's point. In a store without SameAs
// relations that is one look into a table in memory, else one into the cache:
// clusters change only with transactions that judge sameness.
func (rd *reading) same() *clusters {
	s := rd.shared
	if s == nil || s.done {
		return s.get()
	}
	s.done, s.moments = true, Always
	number, ok := rd.judging(s)
	if !ok {
		return nil
	}
	at := rd.place()
	at.ts = min(at.ts, TS(rd.db.judged.Load()))
	if e, ok := rd.db.clusters.get(at, rd.now); ok {
		s.clusters, s.moments = e.found, e.moments
		return e.found
	}
	sub := &reading{View: rd.View, ctx: rd.ctx, r: rd.r, moments: &s.moments}
	sub.point.Policy = AllSides // which entities are one is no party's position
	if s.clusters, s.err = sub.findClusters(number); s.err == nil {
		rd.db.clusters.put(cached[*clusters]{at, s.moments, s.clusters}, rd.current)
	}
	return s.clusters
}

// knowsSame reports why it could not be read which entities are one.
func (rd *reading) knowsSame() error {
	rd.same()
	if rd.shared == nil {
		return nil
	}
	return rd.shared.err
}

// judging is the number of the kind SameAs, where anybody has used it. Where it
// was not acknowledged yet that somebody did, the row tells.
func (rd *reading) judging(s *resolved) (number uint16, ok bool) {
	number, ok = rd.db.names.sameAs()
	if !ok && TS(rd.db.judged.Load()) != rd.db.opened {
		number, ok, s.err = rd.kindNumber(KindSameAs)
	}
	return number, ok
}

func (s *resolved) get() *clusters {
	if s == nil {
		return nil
	}
	return s.clusters
}

// findClusters reads all SameAs relations; nil where there is none.
func (rd *reading) findClusters(kind uint16) (*clusters, error) {
	relations, err := rd.kindRows(kind, MaxTime-1, MinTime)
	if err != nil || len(relations) == 0 {
		return nil, err
	}
	slices.Sort(relations)
	var list []sameness
	for _, n := range slices.Compact(relations) {
		s, err := rd.sameness(n)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return clustersOf(list), nil
}

// sameness reads a SameAs relation; one that names other than two entities
// decides nothing.
func (rd *reading) sameness(n num) (sameness, error) {
	s := sameness{relation: n}
	words, err := rd.words(n, fieldJudgement)
	if err != nil {
		return s, err
	}
	one, err := rd.fillers(n, fieldOne)
	if err != nil {
		return s, err
	}
	other, err := rd.fillers(n, fieldOther)
	if err != nil || len(one) != 1 || len(other) != 1 {
		return s, err
	}
	s.one, s.other = one[0], other[0]
	for _, word := range []string{SameNegative, SamePositive} {
		if slices.Contains(words, word) {
			s.word = word
			break
		}
	}
	return s, nil
}

// words lists the values of an attribute that are held, whenever.
func (rd *reading) words(n num, property string) (list []string, err error) {
	err = rd.rowsOf(n, property, func(k, v []byte) error {
		d := dec{b: v}
		d.row(MinTime)
		val, _ := d.value()
		list = append(list, val.text)
		return d.done("attribute row")
	}, famAttribute)
	return list, err
}

// fillers lists the entities that a link leads to, whenever, as they are written.
func (rd *reading) fillers(n num, property string) (list []num, err error) {
	err = rd.rowsOf(n, property, func(k, v []byte) error {
		d := dec{b: v}
		d.row(getNewest(k[7:]))
		list = appendNew(list, d.num())
		return nil
	}, famEdge)
	return list, err
}

// rowsOf calls fn for each row of a property of one entity, of family v or n
// (outwards), whose claim is held at the point, whenever it is valid.
func (rd *reading) rowsOf(n num, property string, fn func(k, v []byte) error, family byte) error {
	props, err := rd.numbers([]string{property})
	if err != nil {
		return err
	}
	for prop := range props {
		prefixes := [][]byte{put2(key(famAttribute, n), prop)}
		if family == famEdge {
			prefixes = [][]byte{append(key(famEdge, n), outEvent), append(key(famEdge, n), outState)}
		}
		for _, prefix := range prefixes {
			err := rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, func(k, v []byte) error {
				if moved(v) || family == famEdge && (len(k) != 20 || get2(k[13:]) != prop) {
					return nil
				}
				held, err := rd.rowHeld(k, v)
				if err != nil || !held {
					return err
				}
				return fn(k, v)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// equal lists the claims that say the same as this one, itself included, once
// subjects and values are resolved (rule 11), those recorded first first:
// property, value, start and occurrence agree.
func (rd *reading) equal(c *claimRow) (list []num, err error) {
	same := rd.same()
	for _, member := range same.of(c.subject) {
		for _, prefix := range c.places(member) {
			err = rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
				n := get5(k[len(k)-5:])
				other, err := rd.claimContent(n)
				if err == nil && same.equal(c, other) {
					list = append(list, n)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil // a row that was moved stands twice
}

// places are the beginnings of the keys under which a claim like this one
// would stand at another subject.
func (c *claimRow) places(subject num) [][]byte {
	if c.value.typ != Reference {
		k := attributeKey(subject, c.prop, c.from(), 0)
		return [][]byte{k[:len(k)-5]}
	}
	event := edgeKey(subject, outEvent, c.from(), c.prop, 0)
	state := edgeKey(subject, outState, c.from(), c.prop, 0)
	return [][]byte{event[:len(event)-5], state[:len(state)-5]}
}

func (c *clusters) equal(a, b *claimRow) bool {
	return a.start == b.start && a.occurrence == b.occurrence && a.value == b.value && c.head(a.ref) == c.head(b.ref)
}

func (rd *reading) claimContent(n num) (*claimRow, error) { return readClaim(rd.r, n) }

// joined resolves a claim together with those that equal it. shown is the one
// that stands for all: of those with live evidence, the one recorded first; 0:
// there is none. with are the others.
func (rd *reading) joined(c *claimRow) (shown num, with []num, res resolution, err error) {
	list, err := rd.equal(c)
	if err != nil {
		return 0, nil, res, err
	}
	var live []support
	for _, n := range list {
		row, err := rd.claimContent(n)
		if err != nil {
			return 0, nil, res, err
		}
		before := len(live)
		if live, err = rd.supporting(n, row, live); err != nil {
			return 0, nil, res, err
		}
		switch {
		case len(live) == before:
		case shown == 0:
			shown = n
		default:
			with = append(with, n)
		}
	}
	return shown, with, resolve(live, c.from()), nil
}

// supporting appends what live records say of a claim.
func (rd *reading) supporting(n num, c *claimRow, live []support) ([]support, error) {
	err := rd.evidence(n, c.first, func(_ num, rec *record, s *support) error {
		if s == nil {
			doc, err := rd.document(rec.doc)
			if err != nil {
				return err
			}
			own := rec.support(c.first, c.said, rec.when(doc))
			s = &own
		}
		live = append(live, *s)
		return nil
	})
	return live, err
}

// may tells whether any member of an entity's cluster may be visible.
func (rd *reading) may(n num) (bool, error) {
	for _, member := range rd.same().of(n) {
		h, err := rd.header(member)
		if err != nil || h.seen.may(rd.ts, rd.point.Clearance) {
			return err == nil, err
		}
	}
	return false, nil
}

// heads resolves numbers to the oldest members of their clusters, each once, in order.
func (rd *reading) heads(list []num) []num {
	same := rd.same()
	if same != nil {
		for i, n := range list {
			list[i] = same.head(n)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// gather completes an entity that is one with others: its keys are those of
// all, and its kind is that of the oldest that does not stand in for somebody
// whom nobody named.
func (rd *reading) gather(e *Entity, n num) error {
	settled := len(rd.db.ontology.mayBe(e.Kind)) == 0
	for _, member := range rd.same().of(n) {
		h, err := rd.header(member)
		if err != nil {
			return err
		}
		if member != n {
			e.Keys = append(e.Keys, h.known(rd.ts, rd.point.Clearance)...)
		}
		kind, err := rd.nameOf(h.kind)
		if err != nil {
			return err
		}
		if !settled && len(rd.db.ontology.mayBe(kind)) == 0 {
			e.Kind, settled = kind, true
		}
	}
	return nil
}
