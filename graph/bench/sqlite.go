package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver sqlite
)

// The statements. X and Y go by name; relations are shown by what the caller
// keeps of them, the other end by its number or, where asked for, by name.
const (
	sqlX      = `(SELECT id FROM entity WHERE name=?1)`
	sqlName   = `SELECT name, country, founded, sector FROM entity WHERE name=?1`
	sqlNewest = `SELECT id, day, out, relation, other, document FROM arc WHERE node=` + sqlX + ` AND day BETWEEN ?2 AND ?3 ORDER BY day DESC, id DESC LIMIT 50`
	sqlNamed  = `SELECT id, day, out, relation, other, document, (SELECT name FROM entity WHERE id=other) FROM arc WHERE node=` + sqlX + ` AND day BETWEEN ?2 AND ?3
 ORDER BY day DESC, id DESC LIMIT 50`
	sqlHops = `WITH x(id) AS MATERIALIZED ` + sqlX + `,
 one(id) AS MATERIALIZED (SELECT DISTINCT other FROM arc WHERE node=(SELECT id FROM x) AND day BETWEEN ?2 AND ?3)
 SELECT count(*) FROM (SELECT id FROM one UNION SELECT a.other FROM one CROSS JOIN arc a WHERE a.node=one.id AND a.day BETWEEN ?2 AND ?3) WHERE id<>(SELECT id FROM x)`
	sqlY    = `(SELECT id FROM entity WHERE name=?2)`
	sqlPair = `SELECT id, day, out=(node=` + sqlX + `), relation, node+other-` + sqlX + `, document FROM arc
 WHERE node<other AND node=min(` + sqlX + `,` + sqlY + `) AND other=max(` + sqlX + `,` + sqlY + `) ORDER BY day DESC, id DESC LIMIT 100`
	sqlCounts = `SELECT relation, count(*) FROM arc INDEXED BY tally WHERE node=` + sqlX + ` AND day<=?2 GROUP BY relation`
	sqlID     = `SELECT id FROM entity WHERE name=?1`
	sqlNear   = `SELECT other FROM arc WHERE node=?1 AND day BETWEEN ?2 AND ?3`
)

// sqlitePeer asks through database/sql, with statements that are prepared.
type sqlitePeer struct {
	db        *sql.DB
	names     *names
	relations map[int]string

	name, newest, named, hops, pair, counts, id, near *sql.Stmt

	// What was answered last.
	found  [4]string
	rows   []sqlRow
	sums   []sqlCount
	number int
}

type sqlRow struct {
	id, day, relation, other, document int
	out                                bool
	name                               string
}

type sqlCount struct{ relation, n int }

func (l *library) peer(ctx context.Context, dir string, w *names) (*sqlitePeer, error) {
	db, err := l.open(l.file(dir), 1, forReading()...)
	if err != nil {
		return nil, err
	}
	p := &sqlitePeer{db: db, names: w}
	if p.relations, err = relationNumbers(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for stmt, text := range map[**sql.Stmt]string{&p.name: sqlName, &p.newest: sqlNewest, &p.named: sqlNamed, &p.hops: sqlHops,
		&p.pair: sqlPair, &p.counts: sqlCounts, &p.id: sqlID, &p.near: sqlNear} {
		if *stmt, err = db.PrepareContext(ctx, text); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", text, err), db.Close())
		}
	}
	return p, nil
}

func relationNumbers(ctx context.Context, db *sql.DB) (map[int]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, name FROM relation")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := map[int]string{}
	for rows.Next() {
		var id int
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		list[id] = name
	}
	return list, rows.Err()
}

func (p *sqlitePeer) close() error { return p.db.Close() }

func (p *sqlitePeer) ask(ctx context.Context, k kind, q *query) error {
	x := p.names.actors[q.x]
	p.rows = p.rows[:0]
	switch k {
	case lookup:
		return p.id.QueryRowContext(ctx, x).Scan(&p.number)
	case byName:
		return p.name.QueryRowContext(ctx, x).Scan(&p.found[0], &p.found[1], &p.found[2], &p.found[3])
	case newest, hub:
		return p.list(ctx, p.newest, false, x, q.from, q.to)
	case named:
		return p.list(ctx, p.named, true, x, q.from, q.to)
	case twoHops:
		return p.hops.QueryRowContext(ctx, x, q.from, q.to).Scan(&p.number)
	case timeline:
		return p.list(ctx, p.pair, false, x, p.names.actors[q.y])
	case counts:
		return p.count(ctx, x, q.to)
	case path:
		return p.path(ctx, x, p.names.actors[q.y], q)
	}
	return fmt.Errorf("no answer to %s", k)
}

// list reads all columns of all rows.
func (p *sqlitePeer) list(ctx context.Context, s *sql.Stmt, names bool, args ...any) error {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		p.rows = append(p.rows, sqlRow{})
		r := &p.rows[len(p.rows)-1]
		if names {
			err = rows.Scan(&r.id, &r.day, &r.out, &r.relation, &r.other, &r.document, &r.name)
		} else {
			err = rows.Scan(&r.id, &r.day, &r.out, &r.relation, &r.other, &r.document)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p *sqlitePeer) both(ctx context.Context, x, y string) (a, b int, err error) {
	if err = p.id.QueryRowContext(ctx, x).Scan(&a); err == nil {
		err = p.id.QueryRowContext(ctx, y).Scan(&b)
	}
	return a, b, err
}

func (p *sqlitePeer) count(ctx context.Context, x string, to int) error {
	rows, err := p.counts.QueryContext(ctx, x, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	p.sums = p.sums[:0]
	for rows.Next() {
		var c sqlCount
		if err := rows.Scan(&c.relation, &c.n); err != nil {
			return err
		}
		p.sums = append(p.sums, c)
	}
	return rows.Err()
}

// path searches from both ends in the program around the database, which is
// faster than any one statement.
func (p *sqlitePeer) path(ctx context.Context, x, y string, q *query) error {
	a, b, err := p.both(ctx, x, y)
	if err != nil {
		return err
	}
	s := search{seen: [2]map[int]int{{a: 0}, {b: 0}}, front: [2][]int{{a}, {b}}}
	p.number = -1
	for hops := 1; hops <= mostHops; hops++ {
		met, err := s.grow(func(node int, fn func(int) bool) error { return p.nearby(ctx, node, q, fn) })
		if err != nil {
			return err
		}
		if met {
			p.number = hops
			return nil
		}
	}
	return nil
}

func (p *sqlitePeer) nearby(ctx context.Context, node int, q *query, fn func(int) bool) error {
	rows, err := p.near.QueryContext(ctx, node, q.from, q.to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var other int
		if err := rows.Scan(&other); err != nil || !fn(other) {
			return err
		}
	}
	return rows.Err()
}

// search goes from both ends towards the middle.
type search struct {
	seen  [2]map[int]int // who was reached from an end, and from whom
	front [2][]int
}

// grow goes one hop further from the end that has less to read, and tells
// whether the ends have met.
func (s *search) grow(near func(node int, fn func(int) bool) error) (met bool, err error) {
	side := 0
	if len(s.front[1]) < len(s.front[0]) {
		side = 1
	}
	var next []int
	for _, node := range s.front[side] {
		err := near(node, func(other int) bool {
			if _, met = s.seen[1-side][other]; met {
				return false
			}
			if _, known := s.seen[side][other]; !known {
				s.seen[side][other] = node
				next = append(next, other)
			}
			return true
		})
		if err != nil || met {
			return met, err
		}
	}
	s.front[side] = next
	return false, nil
}

func (p *sqlitePeer) answer(k kind) []string {
	switch k {
	case lookup:
		return []string{p.names.actors[p.number-1]}
	case byName:
		return attributeLines(p.found[0], p.found[1], p.found[3], p.found[2])
	case twoHops:
		return []string{fmt.Sprint(p.number)}
	case path:
		return []string{pathLine(p.number)}
	case counts:
		sums := map[string]int{}
		for _, c := range p.sums {
			sums[p.relations[c.relation]] = c.n
		}
		return sumLines(sums)
	}
	rows := make([]row, len(p.rows))
	for i, r := range p.rows {
		rows[i] = row{day: r.day, relation: p.relations[r.relation], other: int32(r.other - 1), name: r.name, out: r.out}
	}
	return rowLines(k, rows)
}
