package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Four columns of time, two of them rounds: what was known from tf to tt. A
// correction is another version of the fact. What lasts longer than 31 days
// has an index of its own, so that a day is found without reading all that
// came before it.
const clockTables = `
CREATE TABLE entity(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE relation(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE arc(node INT NOT NULL, vf INT NOT NULL, id INT NOT NULL, tf INT NOT NULL, out INT NOT NULL, vt INT NOT NULL, tt INT NOT NULL,
  relation INT NOT NULL, other INT NOT NULL, document INT NOT NULL, contested INT NOT NULL, lasts INT NOT NULL,
  PRIMARY KEY(node, vf, id, tf, out)) WITHOUT ROWID;
CREATE TEMP TABLE version AS SELECT * FROM arc;`

const clockFill = `
INSERT INTO arc SELECT * FROM version ORDER BY node, vf, id, tf, out;
DROP TABLE version;
CREATE INDEX lasting ON arc(node, vf, id, tf, out, vt, tt, relation, other, document, contested) WHERE lasts;`

const (
	clockColumns = `id, vf, out, relation, other, document, contested, vt, tf, tt`
	clockNewest  = `SELECT ` + clockColumns + ` FROM arc WHERE node=` + sqlX + ` AND vf BETWEEN ?2 AND ?3 AND tf<=?4 AND tt>?4 ORDER BY vf DESC, id DESC LIMIT 50`
	clockDay     = `SELECT * FROM (
 SELECT * FROM (SELECT ` + clockColumns + ` FROM arc WHERE node=` + sqlX + ` AND vf BETWEEN ?2-30 AND ?3 AND vt>?2 AND NOT lasts AND tf<=?4 AND tt>?4 ORDER BY vf DESC, id DESC LIMIT 50)
 UNION ALL
 SELECT * FROM (SELECT ` + clockColumns + ` FROM arc INDEXED BY lasting WHERE node=` + sqlX + ` AND vf<=?3 AND vt>?2 AND lasts AND tf<=?4 AND tt>?4 ORDER BY vf DESC, id DESC LIMIT 50)
) ORDER BY vf DESC, id DESC LIMIT 50`
)

// eachArc gives the rows of all versions, seen from both ends.
func (h *history) eachArc(fn func(node, vf, id, tf, out, vt, tt, relation, other, document, contested, lasts int) error) error {
	for i := range h.versions {
		v := &h.versions[i]
		document := 0
		if h.alone[v.id] {
			document = 1 + int(v.id)%wires
		}
		for out := range 2 {
			node, other := v.object, v.subject
			if out == 1 {
				node, other = other, node
			}
			err := fn(int(node)+1, int(v.day), int(v.id), int(v.known), out, int(v.until), int(v.gone), int(v.relation)+1, int(other)+1,
				document, bit(v.contested), bit(v.long()))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (l *library) loadClocks(ctx context.Context, h *history, dir string) error {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return err
	}
	db, err := l.open(l.file(dir), 1, forLoading()...)
	if err != nil {
		return err
	}
	if err := h.fill(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil {
		return err
	}
	return flush(l.file(dir))
}

func (h *history) fill(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, clockTables); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := h.fillTables(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, clockFill)
	return err
}

func (h *history) fillTables(ctx context.Context, tx *sql.Tx) error {
	for i, name := range h.relations {
		if _, err := tx.ExecContext(ctx, "INSERT INTO relation VALUES(?,?)", i+1, name); err != nil {
			return err
		}
	}
	entities, err := newBatch(ctx, tx, "entity", 2)
	if err != nil {
		return err
	}
	for i := range h.actors {
		if err := entities.add(ctx, i+1, h.actors[i].name); err != nil {
			return err
		}
	}
	arcs, err := newBatch(ctx, tx, "version", 12)
	if err != nil {
		return err
	}
	err = h.eachArc(func(node, vf, id, tf, out, vt, tt, relation, other, document, contested, lasts int) error {
		return arcs.add(ctx, node, vf, id, tf, out, vt, tt, relation, other, document, contested, lasts)
	})
	return errors.Join(err, entities.end(ctx), arcs.end(ctx))
}

// clockSQL asks SQLite with four columns of time.
type clockSQL struct {
	db          *sql.DB
	names       *names
	newest, day *sql.Stmt
	rows        []clockRow
}

// clockRow is all that the columns tell.
type clockRow struct {
	id, day, relation, other, document int
	out, contested                     bool
	until, tf, tt                      int
}

func (l *library) clockPeer(ctx context.Context, dir string, w *names) (*clockSQL, error) {
	db, err := l.open(l.file(dir), 1, forReading()...)
	if err != nil {
		return nil, err
	}
	p := &clockSQL{db: db, names: w}
	if p.newest, err = db.PrepareContext(ctx, clockNewest); err == nil {
		p.day, err = db.PrepareContext(ctx, clockDay)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return p, nil
}

func (p *clockSQL) close() error { return p.db.Close() }

// clockQuestion tells whether a day is asked about, and at which round.
func clockQuestion(k kind) (day bool, round int, err error) {
	switch k {
	case nowKnown, hubKnown:
		return false, rounds, nil
	case pastKnown:
		return false, pastRound, nil
	case onDay:
		return true, rounds, nil
	case onDayPast:
		return true, pastRound, nil
	}
	return false, 0, fmt.Errorf("no answer to %s", k)
}

func (p *clockSQL) ask(ctx context.Context, k kind, q *query) error {
	day, round, err := clockQuestion(k)
	if err != nil {
		return err
	}
	stmt := p.newest
	if day {
		stmt = p.day
	}
	rows, err := stmt.QueryContext(ctx, p.names.actors[q.x], q.from, q.to, round)
	if err != nil {
		return err
	}
	defer rows.Close()
	p.rows = p.rows[:0]
	for rows.Next() {
		var r clockRow
		if err := rows.Scan(&r.id, &r.day, &r.out, &r.relation, &r.other, &r.document, &r.contested, &r.until, &r.tf, &r.tt); err != nil {
			return err
		}
		p.rows = append(p.rows, r)
	}
	return rows.Err()
}

func (p *clockSQL) answer(k kind) []string { return clockLines(k, p.names, p.rows) }

func clockLines(k kind, w *names, list []clockRow) []string {
	rows := make([]row, len(list))
	for i, r := range list {
		rows[i] = row{day: r.day, relation: w.relations[r.relation-1], other: int32(r.other - 1), out: r.out, contested: r.contested}
	}
	return rowLines(k, rows)
}
