package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// meta is what family M says at opening.
type meta struct {
	empty       bool
	format      uint64 // 0: the store is empty
	ontology    []byte
	unpublished TS
	newest      TS
	excerpt     bool
}

func (db *DB) readMeta(ctx context.Context) (m meta, err error) {
	err = db.store.View(ctx, func(r kv.Reader) error {
		m = meta{}
		if m.empty, err = empty(r); err != nil || m.empty {
			return err
		}
		if err := checkRestored(r); err != nil {
			return err
		}
		if m.format, err = readFormat(r); err != nil {
			return err
		}
		if m.ontology, err = keptOntology(r); err != nil {
			return err
		}
		m.unpublished, err = unpublished(r)
		if err != nil {
			return err
		}
		if m.newest, _, err = newest(r); err != nil {
			return err
		}
		if m.excerpt, err = exists(r, metaKey("excerpt")); err != nil {
			return err
		}
		if err := db.findBlocks(r); err != nil {
			return err
		}
		tombs := kv.Range{Start: []byte{famTomb}, End: []byte{famTomb + 1}, KeysOnly: true, Limit: 1}
		if err := r.Scan(tombs, func(_, _ []byte) error { db.erased.Store(true); return nil }); err != nil {
			return err
		}
		return db.readNames(r)
	})
	return m, err
}

// keptOntology is the ontology that the store keeps, as JSON, or nil.
func keptOntology(r kv.Reader) ([]byte, error) {
	b, err := r.Get(metaKey("ontology"))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return unseal(b, "ontology")
}

// exists tells whether there is a row with this key.
func exists(r kv.Reader, key []byte) (bool, error) {
	_, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// checkRestored refuses what a dump was not restored into to its end.
func checkRestored(r kv.Reader) error {
	_, err := r.Get(metaKey("restore"))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: a dump was not restored to its end: empty the directory and restore again", ErrFormat)
	}
	return err
}

// empty asks for any row only where the one is missing that all stores have:
// a store may have to look at more than that row to give the first.
func empty(r kv.Reader) (bool, error) {
	if _, err := r.Get(metaKey("format")); !errors.Is(err, kv.ErrNotFound) {
		return false, err
	}
	empty := true
	err := r.Scan(kv.Range{Limit: 1, KeysOnly: true}, func(_, _ []byte) error { empty = false; return nil })
	return empty, err
}

// readFormat is the version of the store's rows. One that is not known is refused.
func readFormat(r kv.Reader) (uint64, error) {
	b, err := r.Get(metaKey("format"))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, fmt.Errorf("%w: there are rows, but none of Parley's: name another directory", ErrFormat)
	}
	if err != nil {
		return 0, err
	}
	d := dec{b: b}
	version := d.uint()
	d.bad = d.bad || version == 0
	if err := d.done("format version"); err != nil {
		return 0, err
	}
	if version > formatVersion {
		return 0, fmt.Errorf("%w: the store has format %d, this Parley reads formats up to %d: use a newer Parley", ErrFormat, version, formatVersion)
	}
	return version, nil
}

func unpublished(r kv.Reader) (TS, error) {
	b, err := r.Get(metaKey("load"))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err == nil {
		b, err = unseal(b, "load in hand")
	}
	if err != nil {
		return 0, err
	}
	d := dec{b: b}
	ts := d.ts()
	return ts, d.done("load in hand")
}

func (db *DB) readNames(r kv.Reader) error {
	rows := map[uint16]nameRow{}
	rng := kv.Range{Start: []byte{famName, 0}, End: []byte{famName, 1}}
	err := r.Scan(rng, func(key, value []byte) error {
		if len(key) != 4 {
			return fmt.Errorf("%w: name key", ErrDamaged)
		}
		d := dec{b: value}
		rows[get2(key[2:])] = nameRow{typ: ValueType(d.byte()), name: d.string()}
		return d.done("name row")
	})
	db.names.add(rows)
	return err
}

// adopt settles the ontology: the one given in the options is kept beside the
// data, provided that it declares every name that the data uses.
func (db *DB) adopt(ctx context.Context, m meta) error {
	given := db.opts.Ontology
	if m.ontology != nil {
		db.ontology = new(Ontology)
		if err := json.Unmarshal(m.ontology, db.ontology); err != nil {
			return fmt.Errorf("%w: ontology: %w", ErrDamaged, err)
		}
		db.types = db.ontology.types()
	}
	if given == nil && !m.empty {
		return nil
	}
	if given != nil {
		if err := db.evolve(ctx, given); err != nil {
			return err
		}
		db.ontology, db.types = given, given.types()
	}
	return db.keep(ctx, m)
}

// evolve refuses an ontology that would lose what the store holds.
func (db *DB) evolve(ctx context.Context, given *Ontology) error {
	if db.ontology != nil && db.opts.Evolve != nil {
		if err := db.opts.Evolve(db.ontology, given, db.uses(ctx)); err != nil {
			return fmt.Errorf("%w: the ontology %s %s: %w", ErrRefused, given.Name, given.Version, err)
		}
	}
	return db.declares(given)
}

// keep writes the format version of a new store, and the ontology if it changed.
func (db *DB) keep(ctx context.Context, m meta) error {
	var text []byte
	if db.ontology != nil {
		var err error
		if text, err = json.Marshal(db.ontology); err != nil {
			return err
		}
	}
	if db.opts.ReadOnly || (!m.empty && bytes.Equal(text, m.ontology)) {
		return nil
	}
	_, err := db.store.Update(ctx, func(t kv.Txn) error {
		var e enc
		e.uint(db.format())
		if err := t.Set(metaKey("format"), e); err != nil || text == nil {
			return err
		}
		return t.Set(metaKey("ontology"), seal(text))
	})
	return err
}

// declares refuses an ontology that lacks a kind or property that rows use.
func (db *DB) declares(o *Ontology) error {
	table := db.names.table.Load()
	if table == nil {
		return nil
	}
	types := o.types()
	for _, row := range table.name {
		if row.name == "" {
			continue
		}
		typ, ok := types[row.name]
		switch kind := row.bare(); {
		case row.typ == NoValue && o.Kind(kind) == nil && kind != KindDocument:
			return fmt.Errorf("%w: the ontology %s %s lacks the kind %s, which the store uses", ErrRefused, o.Name, o.Version, kind)
		case row.typ != NoValue && !builtin(row.name) && (!ok || typ != row.typ):
			return fmt.Errorf("%w: the ontology %s %s lacks the property %s of type %s, which the store uses", ErrRefused, o.Name, o.Version, row.name, row.typ)
		}
	}
	return nil
}

// types gives the type of every property: a name has one in the whole ontology.
func (o *Ontology) types() map[string]ValueType {
	types := map[string]ValueType{}
	for _, k := range o.Kinds {
		for _, p := range k.Properties {
			types[p.Name] = p.Type
		}
	}
	for _, p := range slices.Concat(o.Links, o.Kind(KindSameAs).Properties) {
		types[p.Name] = p.Type
	}
	return types
}

func (db *DB) readNewest(ctx context.Context, m meta) error {
	ts := m.newest
	if ts == 0 && !m.empty {
		err := db.store.View(ctx, func(r kv.Reader) (err error) {
			ts, _, err = newest(r)
			return err
		})
		if err != nil {
			return err
		}
	}
	if m.unpublished != 0 && db.opts.ReadOnly {
		ts = m.unpublished - 1
	}
	db.published.Store(uint64(ts))
	db.judged.Store(uint64(ts))
	db.opened = ts
	return nil
}
