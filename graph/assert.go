package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/parleydb/parley/graph/edtf"
)

// MaxEvent is the longest that an event may last, in milliseconds: 31 days.
// What holds on a day is then found among what starts shortly before it.
const MaxEvent Time = 31 * 24 * 60 * 60 * 1000

// LinkError is an error about one link of a draft, counted as the draft gives
// them, or as its relation is spread out.
type LinkError struct {
	Link int
	Err  error
}

func (e *LinkError) Error() string { return e.Err.Error() }

func (e *LinkError) Unwrap() error { return e.Err }

// prepared is a link with everything found out that its rows need.
type prepared struct {
	claimRow
	claim ClaimID
	subj  *cachedEntity
	obj   *cachedEntity // of a reference
	until Time
	label bool // a name

	property uint64 // of a link that is spooled: its place there
}

// Assert records that somebody affirms or denies claims. The same key in the
// document with the same content is Known, with other content Corrected; what
// was retracted is asserted again (rule 3).
func (tx *Tx) Assert(d Draft) (AssertionID, Outcome, error) { return tx.assert(d, false) }

// assert with keep leaves alone what was retracted: loading a file again does
// not undo a judgement about its source.
func (tx *Tx) assert(d Draft, keep bool) (AssertionID, Outcome, error) {
	rec, links, err := tx.prepare(&d)
	if err != nil {
		return AssertionID{}, 0, err
	}
	if err := tx.refuseBuried(rec); err != nil {
		return rec.id, 0, err
	}
	if done, ok := tx.said[rec.id]; ok {
		if done.content != rec.content {
			return rec.id, 0, fmt.Errorf("%w: the assertion %s of this document is given twice, with two contents", ErrConflict, rec.key)
		}
		return rec.id, Known, nil
	}
	outcome, err := tx.record(rec, links, keep)
	if err == nil { // after a refusal it may be tried again
		put(&tx.said, rec.id, saidHere{rec.content, outcome})
	}
	return rec.id, outcome, err
}

// prepare checks a draft and resolves all that it refers to.
func (tx *Tx) prepare(d *Draft) (*record, []prepared, error) {
	tx.called = nil
	doc, err := tx.entity(d.Document)
	if err != nil {
		return nil, nil, inPart(fmt.Errorf("document: %w", err), Part{Name: "document"})
	}
	if doc.doc == 0 {
		return nil, nil, inPart(fmt.Errorf("%w: %s is no document", ErrRefused, d.Document), Part{Name: "document"})
	}
	rec := &record{doc: doc.doc, key: d.Key, span: d.Span, voice: d.Voice, level: d.Level, quote: d.Quote, mode: d.Modality,
		wording: d.Wording, fact: d.Factuality, said: d.Asserted, summary: d.Summary, coder: d.Coder, judge: d.Judgement, tf: tx.TS()}
	if err := tx.checkDraft(d); err != nil {
		return nil, nil, err
	}
	for i, r := range d.Chain {
		c, err := tx.entity(r)
		if err != nil {
			return nil, nil, inPart(fmt.Errorf("chain: %w", err), Part{Name: "chain", Index: i})
		}
		rec.chain = append(rec.chain, c.num)
	}
	links, err := tx.links(d)
	if err != nil {
		return nil, nil, err
	}
	row, err := tx.document(doc.doc)
	if err != nil {
		return nil, nil, err
	}
	rec.pf = row.pf
	return rec, links, tx.identifyRecord(rec, d, doc.id, links)
}

func (tx *Tx) checkDraft(d *Draft) error {
	switch {
	case len(d.Summary) > MaxText || len(d.Key) > 1024 || len(d.Coder) > 1024:
		return fmt.Errorf("%w: summary over %d bytes, or key or coder over 1,024", ErrRefused, MaxText)
	case d.Span.Offset < 0 || d.Span.Length < 0:
		return fmt.Errorf("%w: span before the beginning", ErrRefused)
	case d.Relation == nil && len(d.Links) == 0 && tx.spool == nil:
		return fmt.Errorf("%w: an assertion without claims", ErrRefused)
	}
	if !d.Asserted.IsZero() {
		if _, err := boundsOf(d.Asserted); err != nil {
			return inPart(fmt.Errorf("asserted: %w", err), Part{Name: "asserted"})
		}
	}
	for _, code := range []struct {
		what  string
		value uint8
		names []string
	}{
		{"voice", uint8(d.Voice), voices}, {"level", uint8(d.Level), levels}, {"quote", uint8(d.Quote), quotes},
		{"modality", uint8(d.Modality), modalities}, {"wording", uint8(d.Wording), wordings}, {"factuality", uint8(d.Factuality), factualities},
	} {
		if err := validCode(code.what, code.value, code.names); err != nil {
			return err
		}
	}
	return d.Judgement.valid()
}

// valid refuses codes that there are not, and an embargo beyond the time line.
func (j *Judgement) valid() error {
	err := errors.Join(validCode("rank", uint8(j.Rank), ranks), validCode("marking", uint8(j.Marking), markings),
		validCode("status", uint8(j.Status), statuses), j.Grade.valid())
	switch {
	case err != nil:
		return err
	case j.Embargo < MinTime || j.Embargo > MaxTime:
		return fmt.Errorf("%w: embargo until %d: outside the years -2489 to 6429", ErrValue, j.Embargo)
	case len(j.Reason) > MaxText:
		return fmt.Errorf("%w: reason of %d bytes: at most %d", ErrRefused, len(j.Reason), MaxText)
	}
	return nil
}

// links resolves the draft's links, those of its relation first.
func (tx *Tx) links(d *Draft) ([]prepared, error) {
	full := slices.Clone(d.Links)
	var parts []Part
	if d.Relation != nil {
		spread, from, err := tx.spread(d)
		if err != nil {
			return nil, inPart(err, Part{Name: "relation"})
		}
		full, parts = append(spread, d.Links...), from
	}
	part := func(i int) Part {
		if i < len(parts) {
			return parts[i]
		}
		return Part{Name: "claims", Index: i - len(parts)}
	}
	list := slices.Grow(tx.prepared[:0], len(full))
	var said map[ClaimID]saying
	if len(full) > 1 { // or there is nothing to compare with
		said = make(map[ClaimID]saying, len(full))
	}
	for i := range full {
		p, err := tx.link(&full[i], d.Valid)
		if err != nil {
			return nil, &LinkError{i, inLink(fmt.Errorf("%s: %w", full[i].Property, err), &full[i], part(i))}
		}
		before, again := said[p.claim]
		if again && before != p.said {
			err := fmt.Errorf("%s: %w: the same claim twice, with two ends or affirmed and denied", full[i].Property, ErrRefused)
			return nil, &LinkError{i, inPart(err, part(i))}
		}
		if !again {
			list = append(list, p)
		}
		if said != nil {
			said[p.claim] = p.said
		}
	}
	if cap(list) <= maxSpareItems {
		tx.prepared = list
	}
	return list, tx.validate(d, full, part)
}

// validate holds the draft with links resolved and spread out to the ontology.
func (tx *Tx) validate(d *Draft, links []Link, part func(int) Part) error {
	if tx.db.opts.Validate == nil {
		return tx.allDeclared(links, part)
	}
	full := *d
	full.Links = links
	err := tx.db.opts.Validate(tx.db.ontology, &full, tx.kindOf)
	if wrong, ok := errors.AsType[*LinkError](err); ok {
		err = inPart(err, part(wrong.Link))
	}
	return err
}

// allDeclared refuses a property that the ontology has under no kind: with it,
// the store could not be opened any more.
func (tx *Tx) allDeclared(links []Link, part func(int) Part) error {
	o := tx.db.ontology
	if o == nil {
		return nil
	}
	for i := range links {
		l := &links[i]
		typ, ok := tx.db.types[l.Property]
		var err error
		switch {
		case builtin(l.Property):
		case !ok:
			err = fmt.Errorf("%w: unknown property %q%s", ErrRefused, l.Property, didYouMean(l.Property, slices.Sorted(maps.Keys(tx.db.types))))
		case typ != l.Value.typ:
			err = fmt.Errorf("%w: %s is a %s, not a %s", ErrRefused, l.Property, typ, l.Value.typ)
		}
		if err != nil {
			return &LinkError{i, inLink(err, l, part(i))}
		}
	}
	return nil
}

func (tx *Tx) kindOf(id EntityID) string {
	c, err := tx.find(Ref{ID: id})
	if err != nil {
		return ""
	}
	name, _ := tx.nameOf(c.kind)
	return name
}

// link resolves one link, and writes its references into it.
func (tx *Tx) link(l *Link, valid Valid) (p prepared, err error) {
	if p.subj, err = tx.entity(l.Subject); err != nil {
		return p, inPart(err, Part{Field: "subject"})
	}
	l.Subject = ByID(p.subj.id)
	kind, err := tx.nameOf(p.subj.kind)
	if err != nil {
		return p, err
	}
	decl := tx.declared(kind, l.Property)
	if l.Value, err = tx.resolve(l.Value, decl); err != nil {
		return p, inPart(err, Part{Field: "value"})
	}
	p.class = State
	if decl != nil {
		p.class = decl.Class
	}
	if l.Valid != nil {
		valid = *l.Valid
		if p.class == Timeless && !valid.IsZero() {
			return p, inPart(fmt.Errorf("%w: it is timeless: leave out when it is valid", ErrRefused), Part{Field: "valid"})
		}
	}
	if p.class == Timeless {
		valid = Valid{}
	}
	return p, tx.place(&p, l, valid)
}

// declared is the declaration of a property, those that every kind has included.
func (tx *Tx) declared(kind, property string) *Property {
	if p := tx.db.ontology.Property(kind, property); p != nil {
		return p
	}
	if builtin(property) {
		return &Property{Name: property, Type: Text, Class: Timeless}
	}
	return nil
}

const maxOccurrence = 1024

var errOccurrence = fmt.Errorf("%w: occurrence of more than 1,024 bytes", ErrRefused)

// place fills in the claim's content and interval.
func (tx *Tx) place(p *prepared, l *Link, valid Valid) (err error) {
	if p.prop, err = tx.number(l.Property, l.Value.typ); err != nil {
		return err
	}
	if len(l.Occurrence) > maxOccurrence {
		return errOccurrence
	}
	p.subject, p.occurrence, p.value = p.subj.num, l.Occurrence, l.Value
	var ref EntityID
	if l.Value.typ == Reference {
		if p.obj, err = tx.entity(l.Value.Ref()); err != nil {
			return err
		}
		p.ref, ref = p.obj.num, p.obj.id
	}
	if p.until, err = p.bound(valid); err != nil {
		return inPart(err, Part{Field: "valid"})
	}
	p.said.deny = l.Deny
	p.label = l.Value.typ == Text && builtin(l.Property)
	p.claim = p.id(&tx.hand, p.subj.id, ref, l.Property)
	return nil
}

// bound reads when the claim is valid (rules 4 and 7) and returns the first
// instant after it.
func (p *prepared) bound(v Valid) (Time, error) {
	span, err := intervalOf(v.Interval)
	if err != nil {
		return 0, err
	}
	p.start = v.start()
	if s := v.Interval.Start; s.Kind == edtf.Dated {
		p.said.marks = byte(boolBit(s.Date.Approximate())*markApproximate | boolBit(s.Date.Uncertain())*markUncertain)
	}
	end := v.Interval.End
	single := v.Interval.Single && p.class != Event
	switch {
	case end.Kind == edtf.Open:
		p.said.end = OpenEnd
	case end.Kind == edtf.Dated && !single:
		p.said.end, p.said.date = DatedEnd, end.Date
	default:
		p.said.end = UnknownEnd
		p.said.date = v.lastVouched()
	}
	if p.said.end != UnknownEnd && !v.Vouched.IsZero() {
		return 0, fmt.Errorf("%w: vouched is for ends that are not known", ErrRefused)
	}
	until, err := p.said.until(p.from())
	if err != nil {
		return 0, err
	}
	if p.class == Event && !coarse(v.Interval) && p.said.end == DatedEnd && span.From != MinTime && until-span.From > MaxEvent {
		return 0, fmt.Errorf("%w: an event of more than 31 days, %s: state its days, or say it as a state", ErrRefused, v.Interval.String())
	}
	return until, nil
}

// lastVouched is the last date for which the source vouches.
func (v Valid) lastVouched() edtf.Date {
	if !v.Vouched.IsZero() {
		return v.Vouched
	}
	return v.Interval.Start.Date
}

// until is untilOf with the checks that dates need when they come in.
func (s *saying) until(from Time) (Time, error) {
	if s.end == OpenEnd || s.date.IsZero() {
		return untilOf(s.end, s.date, from), nil
	}
	b, err := boundsOf(s.date)
	if err != nil {
		return 0, err
	}
	if b.To <= from && from != MinTime {
		return 0, fmt.Errorf("%w: it ends before it begins: %s", ErrRefused, s.date.String())
	}
	return max(b.To, from), nil
}

// coarse tells whether the interval is dated only by year or coarser.
func coarse(i edtf.Interval) bool {
	for _, e := range []edtf.Endpoint{i.Start, i.End} {
		if e.Kind == edtf.Dated {
			if b, err := boundsOf(e.Date); err == nil && b.To-b.From > MaxEvent {
				return true
			}
		}
	}
	return false
}
