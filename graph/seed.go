package graph

import (
	"crypto/aes"
	"crypto/rand"
	"encoding/binary"
)

const seedSize = 16

// newSeed gives each operation its own randomness, without which the hash of erased
// content could be guessed.
func (r *logRecord) newSeed() error {
	if len(r.ops) == 0 {
		return nil
	}
	r.seed = make([]byte, seedSize)
	if _, err := rand.Read(r.seed); err != nil {
		return err
	}
	return r.computeSalts()
}

// computeSalts computes the salts from the seed: AES-128 of their numbers. Who has
// some of them, and not the seed, can tell none of the others.
func (r *logRecord) computeSalts() error {
	cipher, err := aes.NewCipher(r.seed)
	if err != nil {
		return err
	}
	for i := range r.ops {
		salt := &r.ops[i].salt
		*salt = [aes.BlockSize]byte{}
		binary.BigEndian.PutUint64(salt[8:], uint64(i))
		cipher.Encrypt(salt[:], salt[:])
	}
	return nil
}

// seeded tells whether the record is kept with the seed of its salts instead of
// these. Where one operation was erased, or is withheld, its salt must not be
// found out, and the others stand by themselves.
func (r *logRecord) seeded() bool {
	if r.seed == nil {
		return false
	}
	for i := range r.ops {
		if r.ops[i].content == nil {
			return false
		}
	}
	return true
}

func (r *logRecord) encodeSeeded(e *enc) {
	e.act(r.act)
	*e = append(*e, r.seed...)
	e.uint(uint64(len(r.ops)))
	for i := range r.ops {
		e.bytes(r.ops[i].content)
	}
}

func (r *logRecord) decodeSeeded(d *dec) {
	r.act = d.act()
	r.seed = d.take(seedSize)
	r.ops = make([]operation, d.count())
	for i := range r.ops {
		r.ops[i].content = d.bytes()
	}
	d.bad = d.bad || len(r.ops) == 0 || r.computeSalts() != nil
}
