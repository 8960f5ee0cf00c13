package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// Check reads every row, and tells what is wrong. The change log is followed
// by its chain of hashes; every other row must be what the log, or a row that
// the log vouches for, makes it, byte for byte; and there must be no others.
// Each problem is one line. A store that can tell whether its files are damaged
// is asked first. The counts are those of the newest point with every clearance.
func (db *DB) Check(ctx context.Context) (Stats, []string, error) {
	if s, ok := db.store.(interface{ Verify() error }); ok {
		if err := s.Verify(); err != nil {
			return Stats{}, nil, err
		}
	}
	v := db.At(Point{Clearance: Red})
	var problems []string
	err := v.readStore(ctx, func(rd *reading) (err error) {
		rd.names = map[uint16]string{}
		c := checker{rd: rd}
		err = c.run()
		problems = c.problems
		return err
	})
	if err != nil || len(problems) > 0 {
		return Stats{}, problems, err
	}
	s, err := v.Stats(ctx)
	return s, nil, err
}

// maxProblems ends the list of a store in which nothing is right.
const maxProblems = 100

// checker accounts for every row. Each is wanted exactly once: where none is
// missing, their number tells whether there are others.
type checker struct {
	rd       *reading
	problems []string
	wanted   [256]int // rows accounted for, by family
	closed   map[num]TS
	told     map[given]Marking    // how far keys are told, where not to everybody
	docs     map[num]num          // the documents that the log tells of, by entity
	tombs    map[string]Tombstone // by key
	collect  map[string]bool      // keys accounted for, of one family; nil: not gathered
	family   byte                 // of collect
}

func (c *checker) problem(format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

func (c *checker) run() error {
	if err := c.account(); err != nil || len(c.problems) > 0 {
		return err
	}
	return c.others()
}

// account goes through the log, and then through what stands beside it.
func (c *checker) account() error {
	c.wanted, c.closed, c.told, c.docs, c.tombs = [256]int{}, map[num]TS{}, map[given]Marking{}, map[num]num{}, map[string]Tombstone{}
	for _, step := range []func() error{c.meta, c.log, c.graves, c.records, c.entities, c.claims, c.blocks} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each calls fn for each row of a family; damage that fn reports is a problem, not an end.
func (c *checker) each(family byte, fn func(k, v []byte) error) error {
	rng := kv.Range{Start: []byte{family}, End: []byte{family + 1}}
	return c.rd.r.Scan(rng, func(k, v []byte) error {
		if err := fn(k, v); err != nil {
			c.problem("row %x: %v", k, err)
		}
		return c.rd.ctx.Err()
	})
}

// here accounts for a row that its reader checks by itself.
func (c *checker) here(k []byte) {
	c.wanted[k[0]]++
	if c.collect != nil && k[0] == c.family {
		c.collect[string(k)] = true
	}
}

// want accounts for a row, which must have this value.
func (c *checker) want(what string, k, v []byte) {
	if got, ok := c.get(what, k); ok && !bytes.Equal(got, v) {
		c.problem("%s: its row %x is not what it should be", what, k)
	}
}

// get accounts for a row and reads it.
func (c *checker) get(what string, k []byte) ([]byte, bool) {
	c.here(k)
	return c.look(what, k)
}

// look reads a row that is accounted for elsewhere.
func (c *checker) look(what string, k []byte) ([]byte, bool) {
	b, err := c.rd.r.Get(k)
	if errors.Is(err, kv.ErrNotFound) {
		c.problem("%s: its row %x is missing", what, k)
	} else if err != nil {
		c.problem("%s: its row %x: %v", what, k, err)
	}
	return b, err == nil
}

// meta checks what is kept of the store as a whole.
func (c *checker) meta() error {
	var format enc
	format.uint(c.rd.db.format())
	c.want("format version", metaKey("format"), format)
	if _, _, err := ended(c.rd.r); errors.Is(err, ErrDamaged) {
		c.problem("%v", err)
	} else if err != nil {
		return err
	}
	if db := c.rd.db; db.ontology != nil && !db.opts.ReadOnly {
		c.look("ontology", metaKey("ontology")) // opening it has written it
	}
	return c.each(famMeta, func(k, v []byte) (err error) {
		switch string(k[1:]) {
		case "numbers":
			_, err = decodeNumbers(v)
		case "ontology":
			_, err = unseal(v, "ontology")
		case "blocks":
		default:
			return nil
		}
		c.here(k)
		return err
	})
}

// others looks for rows that nothing accounts for.
func (c *checker) others() error {
	var have [256]int
	err := c.rd.r.Scan(kv.Range{KeysOnly: true}, func(k, _ []byte) error {
		have[k[0]]++
		return c.rd.ctx.Err()
	})
	if err != nil {
		return err
	}
	wanted := c.wanted
	for family, n := range have {
		if n == wanted[family] {
			continue
		}
		if err := c.name(byte(family)); err != nil {
			return err
		}
	}
	return nil
}

// name tells which rows of a family are too many: it accounts for all of them again.
func (c *checker) name(family byte) error {
	c.collect, c.family = map[string]bool{}, family
	if err := c.account(); err != nil {
		return err
	}
	return c.each(family, func(k, _ []byte) error {
		if !c.collect[string(k)] {
			return errors.New("it belongs to nothing")
		}
		return nil
	})
}
