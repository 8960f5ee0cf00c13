package graph

import "time"

// Transaction is what one transaction did, as far as its reader may see it.
// Ids are as they were recorded.
type Transaction struct {
	TS TS
	Act
	// Documents are those of which the reader learns with this transaction:
	// the first assertion in them that the reader may see stands here.
	Documents []EntityID
	// Entities are those about which, or of which, something is said here for
	// the first time, with the keys that they had by then (rule 10).
	Entities []Entity
	// Keys are further keys of entities that were known before. They are left
	// out where the transaction also did what the reader may not see, since
	// they may belong to that.
	Keys []KeyGiven
	// Claims are those that are made for the first time.
	Claims []ClaimID
	// Opened are the assertions whose records begin here: new ones, those
	// asserted again, corrected or judged anew.
	Opened []AssertionID
	// Closed are the assertions whose records end here.
	Closed []Closing
}

// KeyGiven is a key by which an entity is known from a transaction on.
type KeyGiven struct {
	Entity EntityID
	Key    Key
}

// Closing is the end of an assertion's record.
type Closing struct {
	Assertion AssertionID
	Why       Why
	// Instead is the assertion whose record took its place; zero after a
	// retraction. It is the same assertion where it was judged anew.
	Instead AssertionID
}

// Why tells by which act a record was closed. What came in the place of a
// record and may not be seen by the reader makes that ByRetract to the reader,
// as it is in every view.
type Why string

// The acts that close records.
const (
	ByRetract Why = "RETRACT"
	ByCorrect Why = "CORRECT"
	ByJudge   Why = "JUDGE"
)

// ChangesOptions of DB.Changes; nil works.
type ChangesOptions struct {
	// Clearance of the reader.
	Clearance Marking
	// Wait is how long to wait for a transaction where there is none to give.
	Wait time.Duration
}

// empty tells whether the reader may see nothing of the transaction.
func (t *Transaction) empty() bool {
	return len(t.Documents)+len(t.Entities)+len(t.Keys)+len(t.Claims)+len(t.Opened)+len(t.Closed) == 0
}
