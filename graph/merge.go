package graph

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Merge records somebody's judgement that two entities are one (rule 11). It
// is an assertion like any other, about a SameAs relation of the two; d may
// give its document, key, summary, judgement and so on, nil stands for the
// curation document of the transaction's author. No row moves: views read the
// two together wherever the judgement is live, and as two where it is not.
//
// Refused are a merge of an entity with itself, of two kinds, of two that are
// one already through others, and one that would bring together what somebody
// judged to be apart. What is refused depends only on judgements within the
// clearance of the act.
func (tx *Tx) Merge(one, other Ref, d *Draft) (AssertionID, Outcome, error) {
	return tx.judgeSame(one, other, SamePositive, d)
}

// KeepApart records somebody's judgement that two entities are two, which
// forbids that they be merged, directly or through others, until it is
// retracted. d is as for Merge.
func (tx *Tx) KeepApart(one, other Ref, d *Draft) (AssertionID, Outcome, error) {
	return tx.judgeSame(one, other, SameNegative, d)
}

func (tx *Tx) judgeSame(one, other Ref, word string, d *Draft) (AssertionID, Outcome, error) {
	a, b, err := tx.pair(one, other)
	if err != nil {
		return AssertionID{}, 0, err
	}
	if bytes.Compare(a.id[:], b.id[:]) > 0 { // a pair has one SameAs relation whoever is named first
		one, other = other, one
	}
	draft, err := tx.judging(d)
	if err != nil {
		return AssertionID{}, 0, err
	}
	filled := func(name string, v Value) Field { return Field{name, []Filler{{Value: v}}} }
	draft.Relation = &Relation{Kind: KindSameAs, Fields: []Field{
		filled(fieldOne, RefOf(one)), filled(fieldOther, RefOf(other)), filled(fieldJudgement, CodeOf(word))}}
	return tx.Assert(draft)
}

// pair finds two entities.
func (tx *Tx) pair(one, other Ref) (a, b *cachedEntity, err error) {
	if a, err = tx.entity(one); err != nil {
		return nil, nil, err
	}
	b, err = tx.entity(other)
	return a, b, err
}

// judging is the draft of a judgement, in the author's own document where none is named.
func (tx *Tx) judging(d *Draft) (Draft, error) {
	var draft Draft
	if d != nil {
		draft = *d
	}
	if draft.Relation != nil || len(draft.Links) > 0 {
		return draft, fmt.Errorf("%w: a judgement on sameness with claims of its own: assert them apart", ErrRefused)
	}
	if !draft.Document.IsZero() {
		return draft, nil
	}
	if tx.act.Author == "" {
		return draft, fmt.Errorf("%w: nobody judges: give the act an author, or name a document", ErrRefused)
	}
	key := Key{"curation", tx.act.Author}
	draft.Document = Ref{Key: key}
	if _, err := tx.find(draft.Document); !errors.Is(err, ErrNotFound) {
		return draft, err
	}
	_, err := tx.Document(Document{Key: key, Curation: true, Publisher: tx.act.Author, Title: "Curation by " + tx.act.Author})
	return draft, err
}

// Unmerge takes back that two entities are one: it retracts every assertion
// within the clearance of the act that says so of the two. The past stays as
// it was. Two that are one only through others, or that would stay so, are
// refused.
func (tx *Tx) Unmerge(one, other Ref) error {
	a, b, err := tx.pair(one, other)
	if err != nil {
		return err
	}
	if a.num > b.num {
		a, b = b, a
	}
	same, err := tx.same()
	if err != nil {
		return err
	}
	if way := same.chain(a.num, b.num); way != nil {
		return fmt.Errorf("%w: %s and %s are the same through others: unmerge one step of %s", ErrRefused, tx.label(a), tx.label(b), tx.labels(way, " = "))
	}
	if !slices.Contains(same.joins[a.num], b.num) {
		return fmt.Errorf("%w: %s and %s are not merged", ErrNotFound, tx.label(a), tx.label(b))
	}
	found, err := tx.sayingSame(a.num, b.num)
	if err != nil {
		return err
	}
	for _, o := range found {
		delete(tx.said, o.id)
	}
	return tx.closeAll(found, causeRetract)
}

// sayingSame finds the records that say of two entities that they are one, and
// nothing else.
func (tx *Tx) sayingSame(a, b num) ([]opened, error) {
	rd := tx.reading()
	list, err := rd.judgedPairs(a, b)
	if err != nil {
		return nil, err
	}
	var found []opened
	for _, relation := range list {
		err := rd.sayers(relation, SamePositive, func(n num, rec *record) error {
			alone, err := tx.only(rec, relation)
			if err == nil && !alone {
				err = fmt.Errorf("%w: assertion %s says more than that %s are one: correct it", ErrRefused, rec.id, tx.labels([]num{a, b}, " and "))
			}
			found = append(found, opened{n, rec})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// only tells whether all claims of a record are about one entity.
func (tx *Tx) only(rec *record, subject num) (bool, error) {
	alone := !rec.byLog
	for _, claim := range rec.links {
		c, err := tx.readClaim(claim)
		if err != nil {
			return false, err
		}
		alone = alone && c.subject == subject
	}
	return alone, nil
}
