package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// Documents gives what is known of documents, in the order asked for. A
// document is known where the view may tell of one of its assertions, live or
// retracted; another one is ErrNotFound.
func (v View) Documents(ctx context.Context, ids []EntityID) (list []Document, err error) {
	err = v.read(ctx, func(rd *reading) error {
		for _, id := range ids {
			d, err := rd.shownDocument(id)
			if err != nil {
				return err
			}
			list = append(list, d)
		}
		return nil
	})
	return list, err
}

// shownDocument is a document of which the view may tell.
func (rd *reading) shownDocument(id EntityID) (Document, error) {
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return Document{}, fmt.Errorf("%w: document %s", ErrNotFound, id) // as for one of which the view may not tell
	}
	if err != nil {
		return Document{}, err
	}
	h, err := rd.header(n)
	if err != nil {
		return Document{}, err
	}
	shown, err := rd.tells(h)
	if err == nil && !shown {
		err = fmt.Errorf("%w: document %s", ErrNotFound, id)
	}
	if err != nil {
		return Document{}, err
	}
	return rd.documentOf(h)
}

func (rd *reading) documentOf(h *entityRow) (Document, error) {
	row, err := rd.document(h.doc)
	if err != nil {
		return Document{}, err
	}
	d := row.Document
	d.ID = h.id
	if keys := h.known(rd.ts, rd.point.Clearance); len(keys) > 0 {
		d.Key = keys[0]
	}
	for _, o := range row.origins {
		id, err := rd.id(o)
		if err != nil {
			return d, err
		}
		d.Origins = append(d.Origins, ByID(id))
	}
	if row.version != 0 {
		id, err := rd.id(row.version)
		if err != nil {
			return d, err
		}
		d.VersionOf = ByID(id)
	}
	return d, nil
}

// UndatedDocuments counts the documents that stand at the view's transaction
// and do not say when they came out: on basis PUBLISHED they are known only
// from when they were recorded. Curation, which nobody publishes, is not counted.
func (v View) UndatedDocuments(ctx context.Context) (n int, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err = rd.undated()
		return err
	})
	return n, err
}

func (rd *reading) undated() (n int, err error) {
	undated := func(d *documentRow) bool { return !d.dated() && !d.Curation }
	err = rd.eachDocumentThat(undated, func(num, *documentRow) error {
		n++
		return nil
	})
	return n, err
}

// eachDocumentThat calls fn for each document with a live assertion, whenever it
// was published, that is wanted.
func (rd *reading) eachDocumentThat(wanted func(*documentRow) bool, fn func(num, *documentRow) error) error {
	whenever := *rd
	whenever.known = MaxTime
	return rd.r.Scan(kv.Range{Start: []byte{famDocument}, End: []byte{famDocument + 1}}, func(k, b []byte) error {
		row, err := decodeDocument(b)
		if err != nil {
			return err
		}
		if row.ts > rd.ts || !wanted(&row) {
			return nil
		}
		n, err := documentOf(k)
		if err != nil {
			return err
		}
		seen, err := whenever.relied(n)
		if err != nil || !seen {
			return err
		}
		return fn(n, &row)
	})
}

// relied tells whether any assertion of a document is live.
func (rd *reading) relied(doc num) (bool, error) { return rd.anyRecord(doc, rd.recordLive) }

// tells whether the entity is a document of which the view may tell.
func (rd *reading) tells(h *entityRow) (bool, error) {
	if h.doc == 0 {
		return false, nil
	}
	return rd.anyRecord(h.doc, rd.knows)
}

func (rd *reading) anyRecord(doc num, is func(*record) bool) (found bool, err error) {
	err = rd.eachRecord(doc, func(_ num, rec *record) error {
		if found = is(rec); found {
			return kv.Stop
		}
		return nil
	})
	return found, err
}

// eachRecord calls fn for each record of a document, the newest first.
func (rd *reading) eachRecord(doc num, fn func(num, *record) error) error {
	prefix := put4([]byte{famOfDocument}, doc)
	return rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
		n, err := lastOf(k, lenOfDocument)
		if err != nil {
			return err
		}
		rec, err := rd.record(n)
		if err != nil {
			return err
		}
		return fn(n, rec)
	})
}
