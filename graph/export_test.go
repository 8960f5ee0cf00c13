package graph

// Tiny makes the database write loads and erasures in very small chunks, so that tests see
// the edges of them.
func Tiny(db *DB) { db.sizes = sizes{load: 3, draft: 4, keys: 30, log: 2000, undo: 7, erase: 3} }

// TinyBlocks makes the database keep very small blocks of edges, a few at a time.
func TinyBlocks(db *DB) {
	db.blocks.Least, db.blocks.Most, db.blocks.Batch, db.blocks.Gaps = 2, 3, 150, 2
}
