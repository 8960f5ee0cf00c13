// Package icews reads event quads as ICEWS and the temporal knowledge graphs
// made from it come: one event a line, subject, predicate, object and date,
// parted by tabs, in UTF-8, with or without a header line.
//
//	Angela Merkel	Consult	Barack Obama	2014-01-03
//
// The quads name no source, so the file is the document, and one assertion in
// it carries all events and the name of each actor. An actor is the entity
// whose key is icews: and the exact spelling. A predicate is a link property of
// the ontology, found by its label (Consult), its name (cameo:040), its code
// (040) or a spelling given in [Options]; see [ReadCodes]. Where one label
// belongs to two codes, the longer code is meant: CAMEO calls both the root
// class 04 and its default subclass 040 Consult (CAMEO codebook 1.1b3, 2012).
//
// A quad has no number, so that the same quad twice on one day is one event.
package icews
