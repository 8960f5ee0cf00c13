package graph

import "github.com/parleydb/parley/graph/edtf"

// Undated says from when documents count that say neither when they came out
// nor when they were retrieved (rule 6). It matters on basis PUBLISHED, to what
// is known on a day.
type Undated uint8

// The ways to count undated documents.
const (
	// FromRecorded counts them from the transaction that recorded them.
	FromRecorded Undated = iota
	// FromAsserted counts each of their assertions from the end of the day,
	// month or year when its speaker spoke, if that is told and earlier.
	FromAsserted
)

var undatedNames = []string{"FROM_RECORDED", "FROM_ASSERTED"}

// ParseUndated reads a way to count undated documents by its name.
func ParseUndated(s string) (Undated, error) { return parseCode[Undated]("undated", undatedNames, s) }

func (u Undated) String() string { return codeName(undatedNames, u) }

// bySpeech tells whether the view counts assertions of undated documents from
// when they were made.
func (v *View) bySpeech() bool {
	return v.point.Undated == FromAsserted && v.point.Basis == Published && v.point.KnownOn != 0
}

// spoken gives a record that was read the publication by which the view counts it.
func (rd *reading) spoken(r *record) error {
	if !rd.bySpeech() || r.said.IsZero() {
		return nil
	}
	said := endOf(r.said)
	if said >= r.pf {
		return nil
	}
	doc, err := rd.document(r.doc)
	if err == nil && doc.onlyRecorded() {
		r.pf = said
	}
	return err
}

// onlyRecorded tells whether nothing but its recording says when a document was out.
func (r *documentRow) onlyRecorded() bool {
	return !r.dated() && r.Retrieved.IsZero() && !r.Curation
}

// readRecord decodes a row of family A, as the view counts it.
func (rd *reading) readRecord(b []byte) (record, error) {
	r, err := decodeRecord(b)
	if err == nil {
		err = rd.spoken(&r)
	}
	return r, err
}

// out is when the view counts a document as published: with the first of its
// assertions that is live for a reader who is told of all of them.
func (rd *reading) out(n num, row *documentRow, live func(*record) bool) (Time, error) {
	first := row.pf
	if !rd.bySpeech() || !row.onlyRecorded() {
		return first, nil
	}
	err := rd.eachRecord(n, func(_ num, rec *record) error {
		if live(rec) {
			first = min(first, rec.pf)
		}
		return nil
	})
	return first, err
}

// mayBeOut rules out, by their rows alone, documents that the view does not count as published.
func (rd *reading) mayBeOut(row *documentRow) bool {
	return row.pf <= rd.known || rd.bySpeech() && row.onlyRecorded()
}

// endOf is the last moment of a day, month or year, and an instant itself.
func endOf(d edtf.Date) Time {
	from, to, _ := d.Bounds()
	if d.Precision() > edtf.Day {
		return Time(from)
	}
	return Time(to) - 1
}
