package graph

import (
	"github.com/parleydb/parley/graph/edtf"
)

// documentRow is a document by its number.
type documentRow struct {
	Document
	entity  num
	version num   // entity number of VersionOf
	origins []num // entity numbers of Origins
	ts      TS
	pf      Time // when it counts as published (rule 6)
}

func (r *documentRow) encode() []byte {
	e := make(enc, 0, 160)
	e.num(r.entity)
	e.ts(r.ts)
	e.time(r.pf)
	e.byte(byte(boolBit(r.Curation)))
	for _, s := range []string{r.Publisher, r.Title, r.URL, r.Language, r.Hash} {
		e.string(s)
	}
	e.date(r.Published)
	e.date(r.Retrieved)
	e.num(r.version)
	e.nums(r.origins)
	return e
}

func decodeDocument(b []byte) (documentRow, error) {
	d := dec{b: b}
	r := documentRow{entity: d.num(), ts: d.ts(), pf: d.time()}
	r.Curation = d.bool()
	for _, s := range []*string{&r.Publisher, &r.Title, &r.URL, &r.Language, &r.Hash} {
		*s = d.string()
	}
	r.Published, r.Retrieved = d.date(), d.date()
	r.version, r.origins = d.num(), d.nums()
	return r, d.done("document row")
}

// dated tells whether the document says when it came out.
func (r *documentRow) dated() bool { return !r.Published.IsZero() }

// publication is when a document counts as published: at the end of the stated
// day, month or year, else of its retrieval, else when it was recorded. Nobody
// publishes curation: without a date it counts at any time, so that names and
// sides are known wherever a source is.
func publication(d *Document, ts TS) Time {
	for _, date := range []edtf.Date{d.Published, d.Retrieved} {
		if !date.IsZero() {
			return endOf(date)
		}
	}
	if d.Curation {
		return MinTime
	}
	return milli(ts)
}
