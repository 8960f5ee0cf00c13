package graph

import (
	"github.com/parleydb/parley/graph/edtf"
)

// Valid is when something holds, as a source states it.
//
// The interval is EDTF: "2025-11-20/2025-11-23" ends with the 23rd,
// "2025-11-20/.." was still so when it was said, "2025-11-20/" has an unknown
// end, and "2025-11-20" alone is that day for an event, while for a state it is
// a start whose end is unknown. Vouched is the last day for which the source
// vouches where the end is unknown; without it, the start. The zero Valid is
// not stated at all.
type Valid struct {
	Interval edtf.Interval
	Vouched  edtf.Date
}

// ParseValid reads an EDTF date or interval and the last vouched day; both may
// be empty.
func ParseValid(interval, vouched string) (Valid, error) {
	var v Valid
	var err error
	if interval != "" {
		if v.Interval, err = edtf.Parse(interval); err != nil {
			return Valid{}, err
		}
	}
	if vouched != "" {
		v.Vouched, err = edtf.ParseDate(vouched)
	}
	return v, err
}

// Link is one claim of an assertion, as it is stated: what the claim says, when
// it holds, and whether the assertion affirms or denies it.
type Link struct {
	Subject    Ref
	Property   string
	Value      Value
	Valid      *Valid // nil: that of the assertion, unless the property is timeless
	Occurrence string // where a source numbers its events: its number
	Deny       bool
}

// Relation is an n-ary statement: a relation kind and what fills its roles and
// attributes. Its entity is found by Key, else by the kind's identity fields.
// Each field becomes a claim about it, valid as the assertion is.
type Relation struct {
	Kind   string
	Key    Key
	Fields []Field
	Deny   bool // its fields are denied, not those of entities described in place
}

// Field is a role or attribute of a relation and what fills it.
type Field struct {
	Name   string
	Values []Filler
}

// Filler is a value, or an entity described in place by the identity fields of
// its kind, such as an option by its text. Identity fields that are left out
// are taken from the relation around it: a field of the same name, else the
// relation itself where its kind fits.
type Filler struct {
	Value  Value
	Inline *Relation
}

// Draft is an assertion to be recorded: somebody's act of affirming or denying
// claims, in a document, through a chain of speakers.
type Draft struct {
	Document Ref
	Key      string // in its document; empty: derived from the span, else from the content (rule 3)
	Span     Span
	// Chain leads from the document outwards to whoever vouches, never to the
	// holder: article → Reuters → the press secretary.
	Chain      []Ref
	Voice      Voice
	Level      Level
	Quote      Quote
	Modality   Modality
	Wording    Wording
	Factuality Factuality
	Asserted   edtf.Date // when it was said; zero: not stated
	Summary    string    // in the recorder's own words
	Coder      string
	Judgement  Judgement
	Valid      Valid
	Relation   *Relation
	Links      []Link
}

// Span is a passage of a document: byte offset and length; zero: not given.
type Span struct{ Offset, Length int }

// Judgement is what a recorder, not the source, says of an assertion. The zero
// Judgement is not graded, Normal, TLP:CLEAR, without embargo and accepted.
type Judgement struct {
	Grade   Grade
	Rank    Rank
	Reason  string // for the rank
	Marking Marking
	Embargo Time // until when it must not be seen; 0: no embargo
	Status  Status
}

// Document is where assertions come from. Only what is known is given.
type Document struct {
	ID        EntityID // on reading
	Key       Key
	Curation  bool // holds what a person added by hand; the publisher is that person
	Publisher string
	Title     string
	URL       string
	Language  string    // BCP 47
	Published edtf.Date // counts from its end (rule 6)
	Retrieved edtf.Date
	Hash      string // of its content, such as sha256:…
	VersionOf Ref    // the document of the same address with another hash
	Origins   []Ref  // outlets that it relays
}

// Declaration states the kind of an entity and the keys that it goes by.
type Declaration struct {
	Kind string
	Keys []Key // the first one is the entity's own
}

// AssertionKey names an assertion by its key in its document.
type AssertionKey struct {
	Document Ref
	Key      string
}

// Statement is one thing that a source gives: a document, a declaration, a
// draft or a retraction. Loaders yield them; Where is for messages, such as
// "main.jsonl:17:42".
type Statement struct {
	Document    *Document
	Declaration *Declaration
	Draft       *Draft
	Retract     *AssertionKey // what is no longer relied on
	// Links, by themselves, belong to the next draft, behind its own; of a very
	// long draft they are given some at a time, and not held in memory. Each
	// leads from entity to entity, says when it is valid, and is of a property
	// that is no role and takes any number.
	Links   []Link
	Correct bool // of a draft: an assertion with its key must have been there before
	Where   string
	Place   func(Part) string // where a part of the draft stands, "" where that is not known; may be nil
	Facts   int               // of a draft that stands for a whole file: how many facts it counts as; its other links are names
}

// start is the start of the stated interval, without marks: what a claim is
// identified by.
func (v Valid) start() edtf.Endpoint {
	s := v.Interval.Start
	if s.Kind == edtf.Dated {
		s.Date = s.Date.Plain()
	}
	return s
}

// IsZero tells whether nothing is stated.
func (v Valid) IsZero() bool { return v == Valid{} }
