// Package graph is a bitemporal claim graph: a database of who says what about
// whom, that answers as of any day in the world and any state of knowledge.
//
// Open a DB in a store (memkv, badgerkv), record what a Document says with
// Update, and ask a View, which is the graph at a Point:
//
//	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
//	_, err = db.Update(ctx, graph.Act{Author: "desk"}, func(tx *graph.Tx) error { … })
//	view := db.At(graph.Point{On: on, KnownOn: knownOn})
//
// Nothing is true by storage. An Entity is an identity and a kind; all else
// about it are claims, carried by assertions. A Claim is identified by what it
// says, so ten articles on one meeting are one meeting with ten assertions. A
// later claim takes over only when it is read and only inside its key; nothing
// is overwritten. Retracting, correcting and judging are records with an
// author, a reason and a time, chained by hash in the change log.
//
// # Writing
//
// A Tx has the acts: Document, Declare, Assert, Retract, Correct, Judge, and, on
// which entities are one, Merge, Unmerge and KeepApart. Assert takes a Draft: the
// document, the chain of speakers, the voice, and either Links, which are single
// claims, or a Relation, whose fields become claims about an entity that is found
// by key or by its kind's identity fields. Load applies a sequence of Statements,
// all or nothing, and knows again what it has loaded before; an AssertionKey
// retracts.
//
// # Reading
//
// Every method of View binds the whole answer to the view's Point: On, the day
// or interval in the world; KnownOn, the state of knowledge, by transaction
// time (Recorded) or by publication (Published); the Clearance of the reader;
// a Policy, and how Undated documents count. Lookup finds entities by name; Neighbors, Edges and Claims read the
// graph literally; Relations and States give each entity's Standing, in which
// states are carried forward to the day; Evidence and History lead to the
// assertions, Known to entities of which only history is left, Sources and
// Assertions give whole documents; StandsFor tells who stood for whom when; Diff
// compares two views. Named, Origins, ClaimsOf, Representatives and Principals
// read together what a list needs of many entities at once; UpTo goes on reading
// where writing has gone on.
// Path, TwoHops and Subgraph follow Hops, all of them at the one point; Counts
// and ByMonth count. The past is asked exactly as the present is.
//
// DB.Changes follows the change log: each Transaction once, in order, as far as
// its reader may see it, and waits for the next one.
//
// # Keeping
//
// Check holds every row against the change log. Dump writes the log, Restore
// makes the same rows of it in another store, and VerifyDump proves from the
// head of a Dumped log that nothing in it was altered. Erase destroys a Target
// for good and leaves a Tombstone.
//
// # Nouns
//
// Entities have an EntityID, keys (Key) and a Kind; a Ref names one by either
// (ByID, ByKey), a Declaration makes one, a Match is one found by a NameQuery
// and its Name. Statements have a ClaimID and an AssertionID; a Draft and a
// Relation are made of Field, Filler, Link and Value, whose ValueType is that
// of TextOf, NameOf, CodeOf, DateOf, IntegerOf, NumberOf, BooleanOf, RefOf or
// EntityOf. A draft's source speaks in a Span, with a Voice, Level, Quote,
// Modality, Wording and Factuality; its recorder adds a Judgement: Grade
// (Reliability, Credibility), Rank, Marking, Status. What an act did is an
// Outcome, what a load did Loaded (LoadOptions); an Act says who and why.
//
// Valid time is a Time, an Interval (Always is all of it), or a Valid as it is
// stated; transaction time is a TS, a TxInterval while a record stood. ParseOn
// and ParseKnownOn read a point's coordinates, FormatTS writes the latter, and
// the other Parse functions read what their names say. A point's Basis is
// Recorded or Published, its Policy AllSides, SelfOnly or Latest, its Undated
// FromRecorded or FromAsserted. An End has an EndKind, a claim a Truth and a Class.
//
// Reads take a ClaimQuery, an EdgeQuery with a Direction and a Cursor, or a
// RelationQuery, and give Claim, Edge, Standing with its Flag and FlagKind,
// Evidence, Assertion with its Root, Stats, and Changes made of Change and ChangeKind.
//
// An Ontology has kinds (Kind, with KeyRule and EndRule), properties (Property),
// codes (Enum) and steps of states (Machine). Options.Evolve holds a new one
// against what the store Uses. PropertyName, PropertyAlias and
// KindDocument are there without one. MaxText and MaxEvent are limits.
//
// Errors are ErrNotFound, ErrRefused (a LinkError says of which link),
// ErrConflict, ErrValue, ErrKey, ErrCursor, ErrFormat and ErrDamaged.
//
// # Rules
//
// The rules that the code names by number:
//
//  1. Point: On and KnownOn bind every hop; one basis, never both. A day as On
//     means some time of that day, UTC; a day as KnownOn means its end.
//  2. Claim: its id is derived from subject, property, value, start and
//     occurrence. Valid time has a chronon of 1 ms.
//  3. Assertion: its id is derived from the document and the key there. The
//     same key with the same content is known, with other content a correction.
//     Changing a judgement, or asserting again what was retracted, closes the
//     record and opens the next under the same id. A load leaves what was
//     retracted as it is, judgements on sameness included, and counts it
//     (Loaded.Retracted), unless it is told to assert it again.
//  4. Ends: a date, OPEN or UNKNOWN. A dated end beats OPEN, OPEN beats UNKNOWN,
//     an exact date an approximate one. Two exact dates, or an OPEN said after a
//     dated end, are a conflict, in which the claim holds wherever any says so.
//  5. Live: recorded, not retracted, published in time, out of embargo,
//     accepted, and within the clearance. A claim is held if a live assertion
//     affirms it, contested if another denies it, denied if only denials live.
//     Writers are bound by the clearance of their Act as readers are: what they
//     may not see neither stops them nor is told of, by outcome, id, count or
//     error. What they say under its key stands beside it; what they retract of it
//     is not found; and only who sees all may erase. Entities and their keys are
//     told as far as the most open of what was said with them. Proposals are no
//     secret: a marking is. (noninterference_test.go lists what still differs.)
//  6. Publication: a document counts as published at the end of its stated date,
//     else of its retrieval, else when it was recorded; curation without a date
//     counts at any time. FROM_ASSERTED counts what a document without any date
//     tells from the end of the day on which it was said. A retraction has no publication date and holds on
//     every basis.
//  7. Classes: events are bounded to 31 days and read literally; states last and
//     are carried forward; names and codes are timeless.
//  8. Keys: among the relations that share their kind's key, and the values of a
//     single-valued property, the latest start stands; where the voice is not
//     the holder's own, each root speaker has a key of its own.
//  9. Relations are the same by external key or identity fields, never by
//     likeness, which is proposed (View.Proposals, Load). Too many or wrong
//     fillers are refused; too few are flagged.
//  10. Entities are visible where a live claim is about them or names them.
//  11. Merge: a live SameAs relation with the judgement POSITIVE. No row moves: a
//     view reads the entities together that are one at its point, shows equal
//     claims once, and prints the oldest one's id. A NEGATIVE judgement forbids it
//     to who sees it: to others it forbids nothing, and who sees both reads two.
//  12. Roll-up: who fills one role of a relation stands for who fills another,
//     where the ontology declares so, while the relation says so. What is asked of
//     a party includes what such persons did on the day, with the person; never
//     across blocs.
//  13. Policy drops assertions, then chooses within a key: ALL_SIDES does neither,
//     SELF_ONLY keeps what is in the party's own voice or in nobody's, LATEST
//     keeps what was asserted last, else published last. No policy changes which
//     entities are one or who stands for whom.
//  14. Cell status: see package negotiation.
//  15. Conflicts: see package negotiation. The root origin of an assertion is its
//     innermost speaker, else its document's single named origin, else the
//     publisher; the same root counts once.
//  16. Erase destroys content at every transaction time, in rows, log and files,
//     and leaves a Tombstone; the same content is refused afterwards unless it
//     is forced. It is the only act that changes answers about the past.
//
// # Glossary
//
//   - entity: something claims are about: identity and kind, no state of its own
//   - relation: an entity of a relation kind: an arrangement or happening with roles
//   - property: a declared kind of statement: an attribute, a link or a role
//   - value: a typed literal or a reference to an entity
//   - claim: an immutable statement: subject, property, value, start
//   - valid time: when a claim holds in the world; given by whoever asserts it
//   - transaction time: when this database held it; given by the database only
//   - on, known on: the two coordinates of every question
//   - document, span: where a claim comes from, and the passage in it
//   - assertion: one act by which somebody affirms or denies claims
//   - voice: whose mouth, relative to the holder of a position
//   - retract: record that an assertion is no longer relied on
//   - supersede: when read, a later claim with the same key takes over; never an act
//   - correct: retract and assert again in one transaction
//   - live, held, contested, denied: rule 5
//   - point: on, known on, basis, clearance, policy, undated
//   - policy: a named way to choose among claims; the default chooses nothing
//   - correction, change: we were wrong; the world moved
//   - view: the immutable graph at a point, pinned to one transaction
//   - projection: a pure function from claims and assertions to state
//   - store: where rows are kept (package kv)
package graph
