package badgerkv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"google.golang.org/protobuf/proto"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// replace puts other rows in the place of all that the engine holds. It writes
// tables beside those of the engine, which removes tables that its manifest does
// not name, and then, while the engine is closed, another manifest.
func (s *Store) replace(ctx context.Context, old *rows.Tree, staged *sorted.Rows, tell func(done, all int), ts kv.TS) error {
	if s.snapshots.commit() == 0 { // a manifest without any table looks as if it was cut short
		if err := s.write(rows.New(), s.last); err != nil {
			return err
		}
	}
	commit := s.snapshots.commit() + 1
	b, err := newBuilding(s.db.Opts(), commit)
	if err == nil {
		err = b.build(ctx, staged, tell, ts)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("badgerkv: fill: %w", err), b.remove())
	}
	s.snapshots.away(old)
	if err := s.snapshots.drained(ctx); err != nil {
		s.snapshots.renew()
		return errors.Join(err, b.remove())
	}
	s.sums.stop() // the tables that it knows are about to go
	s.sums = newSums()
	s.sums.live, s.sums.found = s.hasTable, s.noteDamage
	go s.sums.run()
	if err = protect(s.db.Close); err == nil {
		err = b.publish()
	}
	if err = errors.Join(err, s.reopen()); err != nil {
		return fmt.Errorf("badgerkv: fill: %w", err)
	}
	return s.mark.reached(commit)
}

// reopen opens the engine again on what is in its directory. Where that fails,
// views go on with the old rows, and nothing can be written.
func (s *Store) reopen() error {
	db, err := openEngine(s.db.Opts())
	if err != nil {
		s.fail(err)
		return err
	}
	s.db, s.snapshots.db = db, db
	s.snapshots.renew()
	return s.takeLog()
}

const newManifest = badger.ManifestFilename + ".new"

// publish puts a manifest in the place of the engine's that names the tables
// that were built, and no others:
//
//	head (8) | length of the changes (4) | CRC-32 C (4) | changes
func (b *building) publish() error {
	name := filepath.Join(b.dir, badger.ManifestFilename)
	manifest, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var set pb.ManifestChangeSet
	for _, id := range b.ids {
		set.Changes = append(set.Changes, &pb.ManifestChange{Id: id, Op: pb.ManifestChange_CREATE, Level: b.level,
			EncryptionAlgo: pb.EncryptionAlgo_aes, Compression: uint32(b.opts.Compression)})
	}
	changes, err := proto.Marshal(&set)
	if err != nil {
		return err
	}
	const head = 8
	manifest = binary.BigEndian.AppendUint32(manifest[:head:head], uint32(len(changes)))
	manifest = binary.BigEndian.AppendUint32(manifest, crc32.Checksum(changes, castagnoli))
	next := filepath.Join(b.dir, newManifest)
	if err := writeSynced(next, append(manifest, changes...)); err != nil {
		return err
	}
	if err := os.Rename(next, name); err != nil {
		return err
	}
	return syncFile(b.dir)
}

// writeSynced writes a file and waits for the disk.
func writeSynced(name string, data []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFile waits until the disk has a file, or the names in a directory.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
