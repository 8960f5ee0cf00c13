package graph

import (
	"bytes"
	"context"

	"github.com/parleydb/parley/graph/kv"
)

// defaultMemory is what Options.Memory is where nothing is said.
const defaultMemory = 64 << 20

// portraitShare: one part in so many of the memory is for what entities are called.
const portraitShare = 8

// Warm reads rows into memory until Options.Memory is used up: keys, entities,
// their names and other attributes, their edges, and claims. Without it they
// come in as they are asked for, the second time that somebody does. First it
// does what Options.Blocks says.
func (db *DB) Warm(ctx context.Context) error {
	if err := db.keepBlocks(ctx); err != nil {
		return err
	}
	since, erasures := TS(db.published.Load()), db.erasures.Load()
	return db.store.View(ctx, func(r kv.Reader) error {
		if err := db.warmHints(ctx, r, since, erasures); err != nil {
			return err
		}
		for _, family := range []byte{famEntity, famAttribute, famEdge, famClaim, famSupport} {
			if err := db.image.Fill(ctx, r, since, kv.Range{Start: []byte{family}, End: []byte{family + 1}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// rowsTogether tells which rows the image keeps together: by the length of the
// prefix of their keys. Of families that are missing here none is kept.
func rowsTogether(key []byte) int {
	if len(key) == 0 {
		return 0
	}
	switch key[0] {
	case famPair:
		return 1 + 5 + 5
	case famAttribute, famEdge:
		return 1 + 5
	case famProperty, famKind:
		return 1 + 2
	case famEntity, famClaim, famRecord, famSupport: // of 256 that were recorded one after another
		return 1 + 4
	case famOfDocument:
		return 1 + 4
	case famDocument:
		return 1 + 3
	case famLabel:
		return bytes.IndexByte(key, 0) + 1
	case famName:
		return 1 + 1
	}
	return 0
}
