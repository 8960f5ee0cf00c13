package kvtest

import (
	"errors"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph/kv"
)

var modelTests = []test{{"Random", testModel}}

// testModel runs random histories on the store and on a sorted map. Keys are
// few and short, so that writes meet each other.
func testModel(e *env) {
	rapid.Check(e.T, func(t *rapid.T) {
		m := &model{env: e, rows: map[string]string{}}
		e.update(m.wipe)
		actions := map[string]func(*rapid.T){
			"":       m.check,
			"update": m.update,
			"view":   m.view,
		}
		if _, ok := e.store.(kv.Bulk); ok {
			actions["load"] = m.load
		}
		if _, ok := e.store.(kv.Filler); ok {
			actions["fill"] = m.fill
		}
		if e.harness.Persistent {
			actions["reopen"] = m.reopen
		}
		t.Repeat(actions)
	})
}

// model is what the store must hold.
type model struct {
	*env
	rows map[string]string
}

var (
	anyKey   = rapid.StringOfN(rapid.SampledFrom([]rune("\x01abc")), 1, 3, -1)
	anyValue = rapid.StringN(0, 5, -1)
	anyBound = rapid.OneOf(rapid.Just(""), rapid.Just("\x00"), rapid.Just("\xff"), anyKey)
	anyRange = rapid.Custom(func(t *rapid.T) kv.Range {
		return kv.Range{
			Start:    []byte(anyBound.Draw(t, "start")),
			End:      []byte(anyBound.Draw(t, "end")),
			Reverse:  rapid.Bool().Draw(t, "reverse"),
			KeysOnly: rapid.Bool().Draw(t, "keysOnly"),
			Limit:    rapid.IntRange(0, 4).Draw(t, "limit"),
		}
	})
)

func (m *model) wipe(tx kv.Txn) error {
	return tx.Scan(kv.Range{KeysOnly: true}, func(k, _ []byte) error { return tx.Delete(k) })
}

// reopen is slow, so it happens rarely.
func (m *model) reopen(t *rapid.T) {
	if rapid.IntRange(0, 19).Draw(t, "really") == 0 {
		m.env.reopen()
	}
}

// check compares all rows.
func (m *model) check(t *rapid.T) {
	m.attempt(t, m.store.View(m.ctx, func(r kv.Reader) error { return m.compare(t, r, kv.Range{}, m.rows) }))
}

func (m *model) attempt(t *rapid.T, err error) {
	if err != nil && !errors.Is(err, errFn) {
		t.Fatal(err)
	}
}

func (m *model) compare(t *rapid.T, r kv.Reader, rg kv.Range, rows map[string]string) error {
	got, err := scan(r, rg)
	if want := naive(rg, sorted(rows)); err == nil && !slices.Equal(got, want) {
		t.Errorf("scan %s:\n got %q\nwant %q", show(rg), got, want)
	}
	return err
}

// sorted lists the map as pairs in the order of its keys.
func sorted(rows map[string]string) []string {
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(rows)) {
		pairs = append(pairs, k, rows[k])
	}
	return pairs
}

// write makes random writes in a transaction and in rows, reading between them.
func (m *model) write(t *rapid.T, tx kv.Txn, rows map[string]string) error {
	for range rapid.IntRange(0, 6).Draw(t, "writes") {
		key := anyKey.Draw(t, "key")
		var err error
		if rapid.IntRange(0, 2).Draw(t, "delete") == 0 {
			delete(rows, key)
			err = deleteAll(tx, key)
		} else {
			rows[key] = anyValue.Draw(t, "value")
			err = setAll(tx, key, rows[key])
		}
		if err := errors.Join(err, m.read(t, tx, rows)); err != nil {
			return err
		}
	}
	return nil
}

// read compares a random range and a random key.
func (m *model) read(t *rapid.T, r kv.Reader, rows map[string]string) error {
	key := anyKey.Draw(t, "read")
	want, ok := rows[key]
	got, err := r.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		err = nil
		if ok {
			t.Errorf("get %q found nothing, want %q", key, want)
		}
	} else if err == nil && (!ok || string(got) != want) {
		t.Errorf("get %q = %q, want %q, %t", key, got, want, ok)
	}
	return errors.Join(err, m.compare(t, r, anyRange.Draw(t, "range"), rows))
}

// update commits or fails.
func (m *model) update(t *rapid.T) {
	fail := rapid.IntRange(0, 3).Draw(t, "fail") == 0
	var rows map[string]string
	_, err := m.store.Update(m.ctx, func(tx kv.Txn) error {
		rows = maps.Clone(m.rows)
		if err := m.write(t, tx, rows); err != nil || !fail {
			return err
		}
		return errFn
	})
	m.attempt(t, err)
	if !fail {
		m.rows = rows
	}
}

// view reads while another update is made, which it must not see.
func (m *model) view(t *rapid.T) {
	before := maps.Clone(m.rows)
	m.attempt(t, m.store.View(m.ctx, func(r kv.Reader) error {
		m.update(t)
		return errors.Join(m.read(t, r, before), m.compare(t, r, kv.Range{}, before))
	}))
}

// load makes some chunks and then succeeds or fails.
func (m *model) load(t *rapid.T) {
	fail := rapid.Bool().Draw(t, "fail")
	rows := maps.Clone(m.rows)
	_, err := m.bulk().Load(m.ctx, func(b kv.BulkTxn) error {
		for range rapid.IntRange(0, 3).Draw(t, "chunks") {
			if err := errors.Join(m.write(t, b, rows), b.Flush()); err != nil {
				return err
			}
			m.rows = maps.Clone(rows)
		}
		if err := m.write(t, b, rows); err != nil || !fail {
			return err
		}
		return errFn
	})
	m.attempt(t, err)
	if !fail {
		m.rows = rows
	}
}

// fill makes some chunks and then succeeds with all of them or fails. It is
// slow, so it happens rarely.
func (m *model) fill(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "really") > 0 {
		return
	}
	fail := rapid.Bool().Draw(t, "fail")
	rows := maps.Clone(m.rows)
	_, err := m.filler().Fill(m.ctx, &kv.FillOptions{Memory: 512}, func(b kv.BulkTxn) error {
		for range rapid.IntRange(1, 3).Draw(t, "chunks") {
			if err := errors.Join(m.write(t, b, rows), b.Flush()); err != nil {
				return err
			}
		}
		if fail {
			return errFn
		}
		return nil
	})
	m.attempt(t, err)
	if !fail {
		m.rows = rows
	}
}
