package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph/kv"
)

// reading reads what the transaction has so far, as the clearance of its act sees it.
func (tx *Tx) reading() *reading {
	v := View{db: tx.db, point: Point{Clearance: tx.act.Clearance}, ts: tx.TS(), known: MaxTime, now: TimeOf(tx.db.opts.Now())}
	return &reading{View: v, r: tx.kv}
}

// same gives the clusters as they are in the middle of the transaction.
func (tx *Tx) same() (*clusters, error) {
	if tx.clusters != nil {
		return tx.clusters, nil
	}
	kind, err := tx.number(KindSameAs, NoValue)
	if err != nil {
		return nil, err
	}
	if tx.clusters, err = tx.reading().findClusters(kind); tx.clusters == nil && err == nil {
		tx.clusters = newClusters()
	}
	return tx.clusters, err
}

// allowed looks at what a record is about to say on sameness, and refuses what
// rule 11 forbids.
func (tx *Tx) allowed(rec *record, links []prepared) error {
	kind, err := tx.sameAsKind()
	if err != nil || kind == 0 {
		return err
	}
	for i := range links {
		p := &links[i]
		if p.subj.kind != kind {
			continue
		}
		tx.judged = true
		if p.said.deny || rec.judge.Status != AcceptedStatus {
			tx.clusters = nil
			continue
		}
		s, err := tx.stated(p.subject, links)
		if err == nil && s.one != 0 && i == slices.IndexFunc(links, func(q prepared) bool { return q.subject == p.subject && !q.said.deny }) {
			err = tx.allow(rec, s)
		}
		if err != nil {
			return &LinkError{i, err}
		}
	}
	return nil
}

// sameAsKind is the number of the kind SameAs, or 0 where nobody has used it.
func (tx *Tx) sameAsKind() (uint16, error) {
	const name = sameAsName
	if n, ok := tx.names[name]; ok {
		return n, nil
	}
	if n, ok := tx.db.names.number(name); ok || tx.noSameAs {
		return n, nil
	}
	b, err := tx.kv.Get(nameKey(name))
	if errors.Is(err, kv.ErrNotFound) {
		tx.noSameAs = true
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	put(&tx.names, name, get2(b))
	return get2(b), nil
}

// stated puts together what a draft, and what stands already, says of a SameAs relation.
func (tx *Tx) stated(relation num, links []prepared) (sameness, error) {
	s, err := tx.reading().sameness(relation)
	if err != nil {
		return s, err
	}
	word := ""
	for i := range links {
		p := &links[i]
		if p.subject != relation || p.said.deny {
			continue
		}
		name, err := tx.nameOf(p.prop)
		switch {
		case err != nil:
			return s, err
		case name == fieldOne:
			s.one = p.ref
		case name == fieldOther:
			s.other = p.ref
		case name == fieldJudgement:
			word = p.value.text
		}
	}
	if s.word = word; s.one == 0 || s.other == 0 {
		s.one, s.other = 0, 0
	}
	return s, nil
}

// allow refuses a judgement that must not be, and else takes it into account
// for those that follow in the transaction.
func (tx *Tx) allow(rec *record, s sameness) error {
	if !slices.Contains(judgements, s.word) {
		return fmt.Errorf("%w: judgement %q: want one of %s", ErrRefused, s.word, strings.Join(judgements[1:], ", "))
	}
	a, err := tx.numbered(min(s.one, s.other))
	if err != nil {
		return err
	}
	b, err := tx.numbered(max(s.one, s.other))
	if err != nil {
		return err
	}
	if a == b {
		return fmt.Errorf("%w: %s and %s are one entity: it cannot be the same as, or another than, itself", ErrRefused, tx.label(a), tx.label(b))
	}
	same, err := tx.same()
	if err != nil {
		return err
	}
	switch way := same.chain(a.num, b.num); {
	case s.word == SamePositive && way != nil:
		return fmt.Errorf("%w: %s and %s are the same already: %s", ErrRefused, tx.label(a), tx.label(b), tx.labels(way, " = "))
	case s.word == SameNegative && way != nil:
		return fmt.Errorf("%w: %s and %s cannot be kept apart: they are the same through others: unmerge one step of %s",
			ErrRefused, tx.label(a), tx.label(b), tx.labels(way, " = "))
	case s.word == SamePositive:
		if err = tx.oneKind(same, a, b); err == nil {
			err = tx.notBarred(same, a, b)
		}
	}
	if seen := rec.judge.Marking <= tx.act.Clearance && rec.judge.Embargo <= TimeOf(tx.db.opts.Now()); err == nil && seen {
		tx.take(s)
	}
	return err
}

// judgements are the words that a judgement may be; none is none yet.
var judgements = []string{"", SamePositive, SameNegative, SameUnsure, "NO_JUDGEMENT"}

// take adds a judgement to the clusters of the transaction.
func (tx *Tx) take(s sameness) {
	c := tx.clusters
	c.said[s.relation] = true
	switch {
	case s.word == SamePositive:
		c.join(s.one, s.other)
	case s.word == SameNegative && c.head(s.one) == c.head(s.other):
		tx.clusters = nil // they were one until now
	case s.word == SameNegative:
		c.part(s.one, s.other)
	}
}

// oneKind refuses to merge entities whose kinds cannot be those of one entity.
func (tx *Tx) oneKind(same *clusters, a, b *cachedEntity) error {
	for _, m := range same.of(a.num) {
		for _, n := range same.of(b.num) {
			one, err := tx.numbered(m)
			if err != nil {
				return err
			}
			other, err := tx.numbered(n)
			if err != nil {
				return err
			}
			if err := tx.sameKinds(one, other); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) sameKinds(a, b *cachedEntity) error {
	one, err := tx.nameOf(a.kind)
	if err != nil {
		return err
	}
	other, err := tx.nameOf(b.kind)
	if err != nil {
		return err
	}
	o := tx.db.ontology
	turnsOut := func(kind, into string) bool { return len(o.mayBe(kind)) > 0 && o.IsAny(into, o.mayBe(kind)) }
	switch {
	case one == KindDocument || other == KindDocument:
		return fmt.Errorf("%w: %s and %s cannot be merged: documents stay apart; say that one is a version of the other", ErrRefused, tx.label(a), tx.label(b))
	case one == other || turnsOut(one, other) || turnsOut(other, one):
		return nil
	}
	return fmt.Errorf("%w: %s is a %s and %s is a %s: a kind is fixed, so they cannot be one", ErrRefused, tx.label(a), one, tx.label(b), other)
}

// notBarred refuses to merge what somebody judged to be apart.
func (tx *Tx) notBarred(same *clusters, a, b *cachedEntity) error {
	x, y, barred := same.barred(a.num, b.num)
	if !barred {
		return nil
	}
	rd := tx.reading()
	list, err := rd.judgedPairs(x, y)
	var who []string
	for _, relation := range list {
		if err != nil {
			break
		}
		err = rd.sayers(relation, SameNegative, func(_ num, rec *record) error {
			name, err := tx.sayer(rec)
			who = append(who, fmt.Sprintf("%s (assertion %s)", name, rec.id))
			return err
		})
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s and %s cannot be merged: that %s are two is said by %s", ErrRefused, tx.label(a), tx.label(b),
		tx.labels([]num{min(x, y), max(x, y)}, " and "), strings.Join(who, ", "))
}

// sayer names who vouches for an assertion: the last one of its chain, else
// the document's publisher, else the document.
func (tx *Tx) sayer(rec *record) (string, error) {
	if n := len(rec.chain); n > 0 {
		return tx.labels(rec.chain[n-1:], ""), nil
	}
	doc, err := tx.document(rec.doc)
	if err != nil {
		return "", err
	}
	return cmp.Or(doc.Publisher, tx.labels([]num{doc.entity}, "")), nil
}

// labels names entities in a message; one that cannot be read is not named.
func (tx *Tx) labels(list []num, between string) string {
	var words []string
	for _, n := range list {
		if c, err := tx.numbered(n); err == nil {
			words = append(words, tx.label(c))
		}
	}
	return strings.Join(words, between)
}

// judgedPairs lists the SameAs relations between two entities.
func (rd *reading) judgedPairs(a, b num) (list []num, err error) {
	props, err := rd.numbers([]string{fieldOne, fieldOther})
	if err != nil {
		return nil, err
	}
	for _, s := range sectionsOf([]num{a}, In) {
		err := rd.r.Scan(s.whole(), func(k, v []byte) error {
			var f found
			if err := s.decode(k, v, &f); err != nil || !props[f.prop] {
				return err
			}
			pair, err := rd.sameness(f.subject)
			if err == nil && pair.word != "" && (pair.one == b || pair.other == b) {
				list = appendNew(list, pair.relation)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sayers calls fn for each live record that affirms a judgement of a SameAs relation.
func (rd *reading) sayers(relation num, word string, fn func(num, *record) error) error {
	return rd.rowsOf(relation, fieldJudgement, func(k, _ []byte) error {
		n := get5(k[len(k)-5:])
		c, err := rd.claimContent(n)
		if err != nil || c.value.text != word {
			return err
		}
		return rd.evidence(n, c.first, func(n num, rec *record, s *support) error {
			if (s == nil && c.said.deny) || (s != nil && s.said.deny) {
				return nil
			}
			return fn(n, rec)
		})
	}, famAttribute)
}
