package main

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The best that SQLite can do for these questions: each fact stands in one
// table at both of its ends, with all of its columns, in the order in which
// windows are read. Pairs have a covering index over one of the two, and counts
// one in which relations stand together: it takes a quarter of the time. There is
// no ANALYZE: with its samples, a library that was built with STAT4 plans again
// whenever a day is bound, and the plans are the same.
const sqliteSchema = `
CREATE TABLE entity(id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, sector TEXT, founded TEXT);
CREATE TABLE relation(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE arc(node INT NOT NULL, day INT NOT NULL, id INT NOT NULL, out INT NOT NULL, relation INT NOT NULL, other INT NOT NULL, document INT NOT NULL,
  PRIMARY KEY(node, day, id, out)) WITHOUT ROWID;
CREATE TEMP TABLE fact(id INTEGER PRIMARY KEY, subject INT, relation INT, object INT, day INT);`

const sqliteFill = `
CREATE UNIQUE INDEX entityName ON entity(name, country, sector, founded);
INSERT INTO arc SELECT * FROM (
  SELECT subject AS node, day, id, 1 AS out, relation, object, 1 FROM fact
  UNION ALL SELECT object, day, id, 0, relation, subject, 1 FROM fact) ORDER BY node, day, id, out;
DROP TABLE fact;
CREATE INDEX pair ON arc(node, other, day, id, out, relation, document) WHERE node < other;
CREATE INDEX tally ON arc(node, relation, day);`

// library is one of the two ways to SQLite.
type library struct {
	name   string // of the peer
	driver string
}

var pureGo = library{"sqlite-go", "sqlite"}

// libraries are those that this program was built with.
func libraries() []library {
	if withC == nil {
		return []library{pureGo}
	}
	return []library{*withC, pureGo}
}

func libraryOf(peer string) (*library, error) {
	for _, l := range libraries() {
		if l.name == peer {
			return &l, nil
		}
	}
	return nil, fmt.Errorf("no peer is called %s", peer)
}

// connector sets up each connection.
type connector struct {
	driver  driver.Driver
	file    string
	pragmas []string
}

func (c *connector) Driver() driver.Driver { return c.driver }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open("file:" + c.file)
	if err != nil {
		return nil, err
	}
	for _, p := range c.pragmas {
		if _, err := conn.(driver.ExecerContext).ExecContext(ctx, "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("pragma %s: %w", p, err), conn.Close())
		}
	}
	return conn, nil
}

func (l *library) open(file string, connections int, pragmas ...string) (*sql.DB, error) {
	bare, err := sql.Open(l.driver, "")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(&connector{bare.Driver(), file, pragmas})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, bare.Close()
}

// Bytes of rows that a peer may keep in memory: of the one that reads alone, and
// for each client of a server.
const (
	readCache   = 256 << 20
	clientCache = 64 << 20
)

func cachePragma(bytes int) string { return fmt.Sprintf("cache_size=-%d", bytes>>10) }

// forLoading gives up all safety for speed: what breaks off is loaded again.
func forLoading() []string {
	return []string{"journal_mode=OFF", "synchronous=OFF", cachePragma(readCache), "temp_store=MEMORY", "locking_mode=EXCLUSIVE"}
}

// forReading is for one connection that has the file to itself.
func forReading() []string {
	return []string{"journal_mode=OFF", cachePragma(readCache), "mmap_size=17179869184", "temp_store=MEMORY", "locking_mode=EXCLUSIVE"}
}

// forServing lets several connections read while somebody may write.
func forServing() []string {
	return []string{"journal_mode=WAL", "synchronous=NORMAL", cachePragma(clientCache), "mmap_size=17179869184", "temp_store=MEMORY"}
}

func (l *library) file(dir string) string { return filepath.Join(dir, l.name+".db") }

// load loads the files into a new database.
func (l *library) load(ctx context.Context, data, dir string) error {
	db, err := l.open(l.file(dir), 1, forLoading()...)
	if err != nil {
		return err
	}
	if err := fill(ctx, db, data); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil {
		return err
	}
	return flush(l.file(dir))
}

// flush brings a file to the disk.
func flush(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func fill(ctx context.Context, db *sql.DB, data string) error {
	if _, err := db.ExecContext(ctx, sqliteSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	l := sqlLoad{tx: tx, entities: map[string]int{}, relations: map[string]int{}, days: map[string]int{}}
	if err := errors.Join(l.actors(ctx, data), l.quads(ctx, data)); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, sqliteFill)
	return err
}

// sqlLoad is a load in progress.
type sqlLoad struct {
	tx        *sql.Tx
	entities  map[string]int
	relations map[string]int
	days      map[string]int
	facts     *batch
}

// batch gathers rows for one statement.
type batch struct {
	tx   *sql.Tx
	into string
	row  string
	stmt *sql.Stmt
	args []any
}

const perBatch = 64

func newBatch(ctx context.Context, tx *sql.Tx, table string, columns int) (*batch, error) {
	b := &batch{tx: tx, into: "INSERT INTO " + table + " VALUES", row: "(?" + strings.Repeat(",?", columns-1) + ")"}
	var err error
	b.stmt, err = tx.PrepareContext(ctx, b.into+b.row+strings.Repeat(","+b.row, perBatch-1))
	return b, err
}

func (b *batch) add(ctx context.Context, values ...any) error {
	if b.args = append(b.args, values...); len(b.args) < perBatch*len(values) {
		return nil
	}
	_, err := b.stmt.ExecContext(ctx, b.args...)
	b.args = b.args[:0]
	return err
}

func (b *batch) end(ctx context.Context) error {
	columns := strings.Count(b.row, "?")
	for ; len(b.args) > 0; b.args = b.args[columns:] {
		if _, err := b.tx.ExecContext(ctx, b.into+b.row, b.args[:columns]...); err != nil {
			return err
		}
	}
	return b.stmt.Close()
}

// actors reads the attributes.
func (l *sqlLoad) actors(ctx context.Context, data string) error {
	rows, err := newBatch(ctx, l.tx, "entity", 5)
	if err != nil {
		return err
	}
	attributes := map[string][3]any{}
	order := []string{}
	err = eachLine(filepath.Join(data, entitiesFile), func(line []byte) error {
		var a struct {
			Entity string
			Claims []struct{ Subject, Property, Value string }
		}
		if err := json.Unmarshal(line, &a); err != nil {
			return err
		}
		if a.Entity != "" {
			order = append(order, a.Entity)
		}
		for _, c := range a.Claims {
			values := attributes[c.Subject]
			values[map[string]int{"country": 0, "sector": 1, "founded": 2}[c.Property]] = c.Value
			attributes[c.Subject] = values
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, key := range order {
		name := strings.TrimPrefix(key, "icews:")
		l.entities[name] = i + 1
		v := attributes[key]
		if err := rows.add(ctx, i+1, name, v[0], v[1], v[2]); err != nil {
			return err
		}
	}
	return rows.end(ctx)
}

// quads reads the events.
func (l *sqlLoad) quads(ctx context.Context, data string) error {
	var err error
	if l.facts, err = newBatch(ctx, l.tx, "fact", 5); err != nil {
		return err
	}
	id := 0
	err = eachLine(filepath.Join(data, quadsFile), func(line []byte) error {
		id++
		return l.quad(ctx, id, strings.Split(string(line), "\t"))
	})
	if err != nil {
		return err
	}
	return l.facts.end(ctx)
}

func (l *sqlLoad) quad(ctx context.Context, id int, fields []string) error {
	relation, known := l.relations[fields[1]]
	if !known {
		relation = len(l.relations) + 1
		l.relations[fields[1]] = relation
		if _, err := l.tx.ExecContext(ctx, "INSERT INTO relation VALUES(?,?)", relation, fields[1]); err != nil {
			return err
		}
	}
	day, known := l.days[fields[3]]
	if !known {
		t, err := time.Parse(time.DateOnly, fields[3])
		if err != nil {
			return err
		}
		day = int(t.Sub(dayZero).Hours()) / 24
		l.days[fields[3]] = day
	}
	return l.facts.add(ctx, id, l.entities[fields[0]], relation, l.entities[fields[2]], day)
}

func eachLine(name string, fn func([]byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), 16<<20)
	for n := 1; lines.Scan(); n++ {
		if err := fn(lines.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return lines.Err()
}
