package notes

import "github.com/parleydb/parley/graph"

// Normal is a statement in the one of several forms with the same meaning that
// notes have: the time of the first of some single claims is the assertion's.
func Normal(s graph.Statement) graph.Statement {
	s.Where, s.Place = "", nil // only where it stood in the file
	if s.Draft != nil {
		d := *s.Draft
		d.Links, d.Valid = assertionValid(&d)
		s.Draft = &d
	}
	return s
}
