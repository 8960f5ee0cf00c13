package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
)

// Blocks says what becomes of blocks of edges: rows that a store may have beside
// those of edges and that hold many of them each, so that they are read into
// memory faster. They are derived. Whoever writes an edge deletes the block in
// which it would lie; where there is none, edges are read one by one. Answers
// are the same.
type Blocks uint8

// What Warm does about blocks.
const (
	// LeaveBlocks uses those that there are.
	LeaveBlocks Blocks = iota
	// KeepBlocks writes those that are missing, unless the database was opened
	// read-only. Other writers wait now and then meanwhile.
	KeepBlocks
	// DropBlocks deletes all of them, unless the database was opened read-only.
	DropBlocks
)

var blocksNames = []string{"leave", "keep", "drop"}

// ParseBlocks reads what becomes of blocks by its name: leave, keep or drop.
func ParseBlocks(s string) (Blocks, error) { return parseCode[Blocks]("blocks", blocksNames, s) }

func (b Blocks) String() string { return codeName(blocksNames, b) }

func newBlocks() *resident.Blocks {
	return resident.NewBlocks(resident.BlockOptions{
		Family: famBlock, Of: famEdge, Layout: rowsTogether, Flag: metaKey("blocks"), Damaged: ErrDamaged,
	})
}

// findBlocks notes whether the store may hold blocks.
func (db *DB) findBlocks(r kv.Reader) error {
	found, err := exists(r, metaKey("blocks"))
	if found {
		db.blocks.Found()
	}
	return err
}

// noting makes an update tell what is kept of rows which of them it writes.
func (db *DB) noting(fn func(kv.Txn) error) func(kv.Txn) error {
	return db.image.Update(db.blocks.Update(fn))
}

// notingBulk is noting for what is written in chunks.
func (db *DB) notingBulk(fn func(kv.BulkTxn) error) func(kv.BulkTxn) error {
	return db.image.Load(db.blocks.Load(fn))
}

func (db *DB) keepBlocks(ctx context.Context) error {
	if db.opts.ReadOnly || db.opts.Blocks == LeaveBlocks {
		return nil
	}
	if err := db.broken.get(); err != nil {
		return err
	}
	switch db.opts.Blocks {
	case KeepBlocks:
		return db.blocks.Keep(ctx, db.store)
	case DropBlocks:
		return db.blocks.Drop(ctx, db.store)
	}
	return fmt.Errorf("%w: Options.Blocks %s", ErrValue, db.opts.Blocks)
}

// blocks holds each block against the rows that it holds.
func (c *checker) blocks() error {
	flag, err := exists(c.rd.r, metaKey("blocks"))
	if err != nil {
		return err
	}
	compared := c.rd.db.blocks.Compare(c.rd.r)
	return c.each(famBlock, func(k, v []byte) error {
		c.here(k)
		if !flag {
			return errors.New("a block, and nothing says that blocks are kept right: keep or drop them (parley serve --warm --blocks drop)")
		}
		return compared.Next(k, v)
	})
}
