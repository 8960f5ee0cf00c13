package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/server"
)

// packsHere are limits for packs of one's own database: nobody else waits.
var packsHere = server.Limits{Pack: 4 << 30, PackTime: time.Hour}

// scratch is an empty store in memory.
func (p *program) scratch() kv.Store { return memkv.New(&memkv.Options{Now: p.now}) }

// keepPack writes an evidence pack, and prints the answer in it. One that does
// not begin as a pack, or has broken off, is not written.
func (p *program) keepPack(f *queryFlags, r io.Reader, a *queried) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("the evidence pack broke off, and is not written: %w", err)
	}
	head, _, _ := bytes.Cut(text, []byte("\n"))
	var made struct {
		Answer json.RawMessage `json:"answer"`
	}
	if err := json.Unmarshal(head, &made); err != nil || !server.IsPack(text) {
		return fmt.Errorf("%s answers with something else than an evidence pack: %.80q", f.path(f.url), text)
	}
	if err := replace(f.pack, text); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "packed %d bytes: parley verify %s proves the answer\n", len(text), f.pack)
	return p.answer(bytes.NewReader(made.Answer), f.format, a)
}
