package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server"
)

func (p *program) verify() *cobra.Command {
	var head string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Prove a dump or an evidence pack",
		Long: `Verify reads a dump or an evidence pack ("-" is standard input), and needs no
database. Of a dump it follows the chain of hashes, and tells in which line it was
altered or cut short. Of a pack, which parley query --pack writes, it also asks the
query again, of what the pack holds and as of the moment when it was made, and tells
what is another answer. With --head, the hash that parley dump told, it proves that
no transaction is another one than it was then.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := p.input(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			text := bufio.NewReader(f)
			begin, _ := text.Peek(len(dumpBegin) + 32)
			if server.IsPack(begin) {
				return p.verifyPack(cmd.Context(), text, head, asJSON)
			}
			err = p.verifyDump(text, head, asJSON)
			if err != nil && !bytes.HasPrefix(begin, []byte(dumpBegin)) {
				err = fmt.Errorf("%w, and no evidence pack either", err)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&head, "head", "", "hash of the last record, as parley dump told it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// dumpBegin is how dumps begin.
const dumpBegin = `{"parleyDump":`

// input opens a file; "-" is standard input.
func (p *program) input(file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(p.stdin), nil
	}
	return os.Open(file)
}

func (p *program) verifyDump(r io.Reader, head string, asJSON bool) error {
	done, err := graph.VerifyDump(r, head)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(inJSON(done))
	}
	_, err = fmt.Fprintf(p.stdout, "ok: %s\n", held(done))
	return err
}

func inJSON(d graph.Dumped) map[string]any {
	return map[string]any{"transactions": d.Transactions, "records": d.Records, "newest": graph.FormatTS(d.Newest), "head": d.Head}
}

// verifyPack proves a pack in memory, and prints what it answers.
func (p *program) verifyPack(ctx context.Context, r io.Reader, head string, asJSON bool) error {
	proof, err := server.VerifyPack(ctx, p.scratch(), r, &server.VerifyOptions{Head: head})
	switch {
	case err != nil && ctx.Err() == nil:
		return errors.New(strings.ReplaceAll(strings.TrimPrefix(graph.Message(err), "server: "), "graph: ", ""))
	case err != nil:
		return err
	}
	if asJSON {
		return p.proofJSON(proof)
	}
	var answer bytes.Buffer
	if err := json.Indent(&answer, proof.Answer, "", "  "); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "ok: asked again of this pack alone, the query has the same answer\n")
	fmt.Fprintf(p.stdout, "log: %s\n", held(proof.Log))
	if head == "" {
		fmt.Fprintln(p.stdout, "     --head HASH, kept elsewhere, would prove that this log was not written anew")
	}
	fmt.Fprintf(p.stdout, "point: %s\n", pointOfProof(proof))
	fmt.Fprintf(p.stdout, "made: %s, by its maker's clock\n", proof.Made.Format(time.RFC3339Nano))
	fmt.Fprintf(p.stdout, "query: %s\n", indented(proof.Query))
	if len(proof.Variables) > 0 {
		variables, err := json.Marshal(proof.Variables)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "variables: %s\n", variables)
	}
	_, err = fmt.Fprintf(p.stdout, "answer: %s\n", plain(answer.String()))
	return err
}

// pointOfProof is the point at which a pack was asked, where its query does not say another one.
func pointOfProof(p *server.Proof) string {
	on := p.On
	if on == "" {
		on = "any day"
	}
	return fmt.Sprintf("on %s, known on %s, basis %s, policy %s, undated %s, clearance %s, where the query does not say another one",
		on, graph.FormatTS(p.KnownOn), graph.Recorded, p.Policy, p.Undated, p.Clearance)
}

// indented sets the further lines of a text below its first one.
func indented(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(plain(s)), "\n", "\n  ")
}

func (p *program) proofJSON(proof *server.Proof) error {
	log := inJSON(proof.Log)
	log["excerpt"] = proof.Log.Excerpt
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"query": proof.Query, "variables": proof.Variables, "made": proof.Made, "log": log, "answer": json.RawMessage(proof.Answer),
		"point": map[string]any{"on": orUnstated(proof.On), "known_on": graph.FormatTS(proof.KnownOn), "basis": graph.Recorded.String(),
			"policy": proof.Policy.String(), "undated": proof.Undated.String(), "clearance": proof.Clearance.String()}})
}
