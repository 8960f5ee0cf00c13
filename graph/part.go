package graph

import "errors"

// Part is a part of a draft.
type Part struct {
	Name  string // document, chain, asserted, valid, relation or claims
	Index int    // of a speaker in the chain, of a claim, of a value in a field of the relation
	Field string // of the relation: its field; of a claim: subject, value or valid; "": the whole
}

// PartError tells which part of a draft an error is about.
type PartError struct {
	Part Part
	Err  error
}

func (e *PartError) Error() string { return e.Err.Error() }
func (e *PartError) Unwrap() error { return e.Err }

// inPart says which part an error is about, unless that is known already.
func inPart(err error, p Part) error {
	if _, known := errors.AsType[*PartError](err); known || err == nil {
		return err
	}
	return &PartError{p, err}
}

// inLink is inPart for an error about a link, which may name the field of the
// link, or that it is about when the draft is valid.
func inLink(err error, l *Link, p Part) error {
	field := ""
	if e, ok := errors.AsType[*PartError](err); ok {
		field = e.Part.Field
	}
	switch {
	case field == "valid" && l.Valid == nil:
		p = Part{Name: "valid"}
	case p.Name == "claims":
		p.Field = field
	}
	return &PartError{p, err}
}
