// Package negotiation tells the state of a negotiation from a claim graph: where
// each party stands on each issue, and what contradicts what.
//
//	m, err := negotiation.MatrixOf(ctx, view, &negotiation.MatrixQuery{Negotiation: id})
//	cell := m.Cell(issue, party)
//	conflicts, err := negotiation.Conflicts(ctx, view, nil)
//
// An answer is a projection of what a graph.View shows, at the view's point: all
// reading is done first, in a number of calls that does not depend on how much
// is found; what comes after takes values and gives values. Nothing is chosen
// unless the point's policy says so, and a missing position is UNKNOWN, with
// the reason.
//
// # Matrix
//
// A Matrix has a Cell for each issue and party. A cell is a set of Positions,
// those that stand on the day in each voice (rules 7 and 8), its headline first:
// the newest in the party's own voice, else the newest. Its Status is that of
// rule 14, the first that fits: Unknown (there is nothing, or predictions only,
// which are listed and never fill a cell; a Reason says which), Contested (a
// Dispute says between which positions and why), Stale, Stated, Inferred,
// Reported. The kinds that it reads are Position, Issue and Contradicts of the
// negotiation ontology.
//
// # Conflicts
//
// A Conflict is computed (rule 15: a claim that is affirmed and denied, two
// values where one stands, two ends) or judged by somebody (Contradicts). Its
// Sides have their evidence and their root origins: an assertion that is relayed
// by many outlets counts once.
//
// # Draft text
//
// A DraftText sets Versions side by side (DraftTextOf, DraftQuery): a DraftRow for
// each issue and point, with a DraftCell for each version, its Provisions and, where
// sources differ, their Sides. A DraftStep tells by a PointChange what becomes of a
// point from one version to the next that was seen to have it, and by a TextChange
// what becomes of its Words (WordsBetween, WordChange). Sources show parts of texts:
// only one that says DELETED makes a point vanish; what is not seen is UNKNOWN.
package negotiation
