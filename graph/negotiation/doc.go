// Package negotiation tells the state of a negotiation from a claim graph: where
// each party stands on each issue, what is on the table and under what condition,
// who met whom, and what contradicts what.
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
// negotiation ontology. Positions lists what was held over time, whatever took
// over from it.
//
// # Conflicts
//
// A Conflict is computed (rule 15: a claim that is affirmed and denied, two
// values where one stands, two ends) or judged by somebody (Contradicts). Its
// Sides have their evidence and their root origins: an assertion that is relayed
// by many outlets counts once. Disputes (DisputeQuery) are what parties do not agree
// about: a Disputed has the states that stand.
//
// # Draft text
//
// A DraftText sets Versions side by side (DraftTextOf, DraftQuery): a DraftRow for
// each issue and point, with a DraftCell for each version, its Provisions and, where
// sources differ, their Sides. A DraftStep tells by a PointChange what becomes of a
// point from one version to the next that was seen to have it, and by a TextChange
// what becomes of its Words (WordsBetween, WordChange). Sources show parts of texts:
// only one that says DELETED makes a point vanish; what is not seen is UNKNOWN.
//
// # Instruments
//
// Instruments (InstrumentQuery) are what is on the table: an Instrument has the
// states that stand, each Condition and each Deadline with its DeadlineStatus: a
// date that has passed is DatePassed, and no more is concluded from it; one that
// is limited without a date is ForReview. Deadlines gives them as a
// DeadlinesAnswer. Transitions (TransitionQuery) are computed from who said what
// state when; a Transition that its machine does not know has an Oddity, OddGap
// or OddOrder, and Anomalies lists those.
//
// # Conditions
//
// Conditions (ConditionQuery) tells as Waiting who waits for whom: a Wait is an
// instrument or position under a condition, and what is Awaited. A Circle waits
// for itself; Unlock gives as Unlocking the smallest set of conditions that leaves
// nothing recorded in the way.
//
// # Contacts
//
// Contacts (ContactQuery) gives a ContactsAnswer: each Contact with its statuses
// (StatusHeld, Planned ones, StatusDisputed, which is computed), the Schedule of
// its plans, and by each Attendance the persons through whom a party takes part.
// A meeting is an event and read literally, its plan is a state. None recorded is
// UNKNOWN, NoContact. TravelOf (TravelQuery) follows contacts that were held, Hop by
// Hop, and tells as Travel by which way something may have come to whom (Reach).
//
// # Changes
//
// ChangesOf compares two points (ChangesQuery): on both axes, by the days alone or
// by what is known alone (Axis, ParseAxis). Changes has each Change once, of the
// kinds of graph.ChangeKind, with what the points have Shown before and after and
// its sources, and ChangeGroups by issue and party. What a point does not show has a
// Reason: before the first document it is UNKNOWN, not absent. Counts of documents
// tell a silent time from one of which nothing was read.
//
// # Gap
//
// GapsOf tells for each issue whether the required parties (GapQuery: given, else
// the declared ones) accept something in common. The Zone of a Gap is NonEmpty, Empty
// or Undetermined, with what is Missing of whom (MissingKind). A Stand is what a party
// accepts, accepts on a condition and refuses by its own word, RedLines included: an
// option that it has said nothing of is neither. On an ordered scale options with an
// amount make a Range, and a Distance between those that do not meet. Nothing is taken
// from an ally or from another voice (OwnVoiceOnly); each Opinion of how near the end
// is stands beside, uncounted.
//
// # Pulse
//
// PulseOf (PulseQuery) tells how alive a negotiation is: the Age of each cell, each
// Silence of a party that has said nothing itself, each Movement of a party's own word
// with its Moves, of which a Turn says where they lead, and a ledger with an Entry for
// each reported concession and each move towards or away from an option. MomentumOf
// compares the gaps of two days: a GapMove has a GapTurn for each issue, and by how much
// the distance of the closest pair changed; the Momentum has the Gaps of both days.
//
// # What is read
//
// What is asked of a negotiation reads what is said of its issues, its parties, who
// stands for them, the relations that name one of these and what these name: the
// same rows whatever else the store holds. Of the example the matrix reads 3,908 rows,
// instruments and deadlines 3,718, contacts 5,114, conflicts 39,832 and changes over a
// month 12,816, alone and among a million other claims, there in at most 1.9 times the
// time. Only documents are read besides, of which contacts and changes tell how many
// are known: changes read a row of each, and more of those that they count. Changes of
// no negotiation look at every assertion.
package negotiation
