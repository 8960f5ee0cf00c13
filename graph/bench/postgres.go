package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresBin finds the folder of PostgreSQL's programs: that of postgres on
// the path, else the newest one of a Debian machine; "" where there is none.
func postgresBin() string {
	if file, err := exec.LookPath("postgres"); err == nil {
		if file, err = filepath.EvalSymlinks(file); err == nil && exists(filepath.Join(filepath.Dir(file), "initdb")) {
			return filepath.Dir(file)
		}
	}
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(list) == 0 {
		return ""
	}
	slices.SortFunc(list, func(a, b string) int { return len(a) - len(b) })
	return filepath.Dir(list[len(list)-1])
}

// cluster is a PostgreSQL server of our own, reached by a socket in its folder.
type cluster struct {
	dir    string
	server *exec.Cmd
}

// startCluster makes a cluster in a new folder, and starts it. The folder is no
// other than its own user's, who may not see those of this program.
func startCluster(ctx context.Context, bin string) (*cluster, error) {
	dir, err := os.MkdirTemp("", "parley-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	if err := c.start(ctx, bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

func (c *cluster) start(ctx context.Context, bin string) error {
	if err := giveAway(c.dir); err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", c.data(), "-U", "bench", "-A", "trust", "--no-locale", "-E", "UTF8")
	lower(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.server = exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "-D", c.data(), "-k", c.dir, "-c", "listen_addresses=",
		"-c", "shared_buffers=1GB", "-c", "work_mem=64MB", "-c", "maintenance_work_mem=512MB", "-c", "max_wal_size=8GB", "-c", "wal_level=minimal",
		"-c", "max_wal_senders=0", "-c", "synchronous_commit=off", "-c", "jit=off", "-c", "random_page_cost=1.1", "-c", "effective_cache_size=4GB", "-c", "fsync=off", "-c", "logging_collector=off")
	c.server.Cancel = func() error { return c.server.Process.Signal(os.Interrupt) }
	lower(c.server)
	if err := c.server.Start(); err != nil {
		return err
	}
	return c.ready(ctx)
}

func (c *cluster) data() string { return filepath.Join(c.dir, "cluster") }

// ready waits until the socket answers.
func (c *cluster) ready(ctx context.Context) error {
	var failed error
	for range 600 {
		conn, err := c.connect(ctx)
		if err == nil {
			return conn.Close(ctx)
		}
		failed = err
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.Join(fmt.Errorf("postgres does not answer in %s: %w", c.dir, failed), c.stop())
}

func (c *cluster) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("user=bench dbname=postgres sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.Host = c.dir
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(c.dir, ".s.PGSQL.5432"))
	}
	return pgx.ConnectConfig(ctx, config)
}

// stop ends the server as a fast shutdown does.
func (c *cluster) stop() error {
	return errors.Join(c.server.Process.Signal(os.Interrupt), c.server.Wait(), os.RemoveAll(c.dir))
}

// The same tables and indexes as SQLite's; an index that has all columns takes
// the place of the clustered table.
const (
	pgTables = `
CREATE TABLE entity(id INT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE arc(node INT NOT NULL, vf SMALLINT NOT NULL, id INT NOT NULL, tf SMALLINT NOT NULL, "out" BOOL NOT NULL, vt SMALLINT NOT NULL, tt SMALLINT NOT NULL,
  relation SMALLINT NOT NULL, other INT NOT NULL, document SMALLINT NOT NULL, contested BOOL NOT NULL, lasts BOOL NOT NULL)`
	pgIndexes = `
CREATE UNIQUE INDEX entity_name ON entity(name) INCLUDE (id);
CREATE UNIQUE INDEX arcs ON arc(node, vf, id, tf, "out") INCLUDE (vt, tt, relation, other, document, contested, lasts);
CREATE INDEX lasting ON arc(node, vf, id, tf, "out") INCLUDE (vt, tt, relation, other, document, contested) WHERE lasts`
	pgX       = `(SELECT id FROM entity WHERE name=$1)`
	pgColumns = `id, vf, "out", relation, other, document, contested, vt, tf, tt`
	pgNewest  = `SELECT ` + pgColumns + ` FROM arc WHERE node=` + pgX + ` AND vf BETWEEN $2 AND $3 AND tf<=$4 AND tt>$4 ORDER BY vf DESC, id DESC LIMIT 50`
	pgDay     = `SELECT * FROM (
 (SELECT ` + pgColumns + ` FROM arc WHERE node=` + pgX + ` AND vf BETWEEN $2::smallint-30 AND $3 AND vt>$2 AND NOT lasts AND tf<=$4 AND tt>$4 ORDER BY vf DESC, id DESC LIMIT 50)
 UNION ALL
 (SELECT ` + pgColumns + ` FROM arc WHERE node=` + pgX + ` AND vf<=$3 AND vt>$2 AND lasts AND tf<=$4 AND tt>$4 ORDER BY vf DESC, id DESC LIMIT 50)
) a ORDER BY vf DESC, id DESC LIMIT 50`
)

// loadClocks fills the tables.
func (c *cluster) loadClocks(ctx context.Context, h *history) (err error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, pgTables); err != nil {
		return err
	}
	names := pgx.CopyFromSlice(len(h.actors), func(i int) ([]any, error) { return []any{i + 1, h.actors[i].name}, nil })
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"entity"}, []string{"id", "name"}, names); err != nil {
		return err
	}
	columns := []string{"node", "vf", "id", "tf", "out", "vt", "tt", "relation", "other", "document", "contested", "lasts"}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"arc"}, columns, h.copied()); err != nil {
		return err
	}
	for _, text := range []string{pgIndexes, "VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// copied gives the arcs to COPY.
func (h *history) copied() pgx.CopyFromSource {
	var rows [][]any
	_ = h.eachArc(func(node, vf, id, tf, out, vt, tt, relation, other, document, contested, lasts int) error { // which never fails
		rows = append(rows, []any{int32(node), int16(vf), int32(id), int16(tf), out == 1, int16(vt), int16(tt), int16(relation), int32(other), int16(document), contested == 1, lasts == 1})
		return nil
	})
	return pgx.CopyFromRows(rows)
}

// postgresPeer asks by the binary protocol, with statements that are prepared.
type postgresPeer struct {
	cluster *cluster
	conn    *pgx.Conn
	names   *names
	rows    []clockRow
}

func (c *cluster) peer(ctx context.Context, w *names) (*postgresPeer, error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	p := &postgresPeer{cluster: c, conn: conn, names: w}
	_, newest := conn.Prepare(ctx, "newest", pgNewest)
	_, day := conn.Prepare(ctx, "day", pgDay)
	return p, errors.Join(newest, day)
}

func (p *postgresPeer) close() error {
	return errors.Join(p.conn.Close(context.Background()), p.cluster.stop())
}

func (p *postgresPeer) ask(ctx context.Context, k kind, q *query) error {
	day, round, err := clockQuestion(k)
	if err != nil {
		return err
	}
	stmt := "newest"
	if day {
		stmt = "day"
	}
	rows, err := p.conn.Query(ctx, stmt, p.names.actors[q.x], q.from, q.to, round)
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

func (p *postgresPeer) answer(k kind) []string { return clockLines(k, p.names, p.rows) }
