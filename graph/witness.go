package graph

import (
	"context"
	"errors"
	"sync"

	"github.com/parleydb/parley/graph/kv"
)

// witness is a store that notes the keys of the rows that are read of it.
type witness struct {
	kv.Store
	mu   sync.Mutex
	rows map[string]bool
}

func (s *witness) View(ctx context.Context, fn func(kv.Reader) error) error {
	return s.Store.View(ctx, func(r kv.Reader) error { return fn(witnessReader{r, s}) })
}

func (s *witness) note(key []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[string(key)] = true
}

type witnessReader struct {
	kv.Reader
	store *witness
}

func (r witnessReader) Get(key []byte) ([]byte, error) {
	b, err := r.Reader.Get(key)
	if err == nil {
		r.store.note(key)
	}
	return b, err
}

func (r witnessReader) GetMany(keys [][]byte, fn func(int, []byte) error) error {
	return r.Reader.GetMany(keys, func(i int, b []byte) error {
		if b != nil {
			r.store.note(keys[i])
		}
		return fn(i, b)
	})
}

func (r witnessReader) Scan(rng kv.Range, fn func(k, v []byte) error) error {
	return r.Reader.Scan(rng, func(k, v []byte) error {
		r.store.note(k)
		return fn(k, v)
	})
}

// disclose finds what rows tell of, as far as the view may tell of it: claims
// with the records that bear them, and the entities, documents and names in them.
func (rd *reading) disclose(rows map[string]bool) (disclosure, error) {
	p := disclosure{names: map[uint16]bool{}, entities: map[num]bool{}, documents: map[num]bool{}, claims: map[num]bool{},
		records: map[num]bool{}, until: rd.ts}
	for k := range rows {
		if err := rd.touch(&p, []byte(k)); err != nil {
			return p, err
		}
	}
	for n := range p.records {
		if err := rd.discloseRecord(&p, n); err != nil {
			return p, err
		}
	}
	for n := range p.documents {
		if err := rd.discloseDocument(&p, n); err != nil {
			return p, err
		}
	}
	for n := range p.entities {
		h, err := rd.header(n)
		if err != nil {
			return p, err
		}
		p.names[h.kind] = true
	}
	return p, nil
}

// touch follows one row to a claim or a record.
func (rd *reading) touch(p *disclosure, k []byte) error {
	var claim, record num
	var err error
	switch k[0] {
	case famAttribute, famEdge:
		var s shows
		if s, err = showsOf(k); err == nil {
			claim = s.claim
		}
	case famPair, famProperty, famLabel:
		claim = get5(k[len(k)-5:])
	case famClaim:
		claim, err = lastOf(k, lenNumbered)
	case famSupport:
		claim = get5(k[1:])
	case famRecord:
		record, err = lastOf(k, lenNumbered)
	case famOfDocument:
		record, err = lastOf(k, lenOfDocument)
	case famHash:
		if record, err = lastOf(k, lenHash); k[1] == hashClaim {
			claim, record = record, 0
		}
	}
	if err == nil && claim != 0 {
		err = rd.discloseClaim(p, claim)
	}
	if err == nil && record != 0 {
		err = rd.tellable(p, record)
	}
	return err
}

// tellable adds a record of which the view may tell.
func (rd *reading) tellable(p *disclosure, n num) error {
	rec, err := rd.record(n)
	if err == nil && rd.knows(rec) {
		p.records[n] = true
	}
	return err
}

// discloseClaim adds a claim that one of the records bears of which the view may tell.
func (rd *reading) discloseClaim(p *disclosure, n num) error {
	row, err := rd.claimContent(n)
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	bearing := []num{row.first}
	if err := rd.supports(n, func(s *support) { bearing = append(bearing, s.record) }); err != nil {
		return err
	}
	for _, record := range bearing {
		if err := rd.tellable(p, record); err != nil {
			return err
		}
		if p.records[record] {
			p.claims[n], p.names[row.prop], p.entities[row.subject] = true, true, true
			if row.ref != 0 {
				p.entities[row.ref] = true
			}
		}
	}
	return nil
}

func (rd *reading) discloseRecord(p *disclosure, n num) error {
	rec, err := rd.record(n)
	if err != nil {
		return err
	}
	p.documents[rec.doc] = true
	for _, e := range rec.chain {
		p.entities[e] = true
	}
	return nil
}

func (rd *reading) discloseDocument(p *disclosure, n num) error {
	doc, err := rd.document(n)
	if err != nil {
		return err
	}
	p.entities[doc.entity] = true
	for _, e := range doc.origins {
		p.entities[e] = true
	}
	if doc.version != 0 {
		p.entities[doc.version] = true
	}
	return nil
}
