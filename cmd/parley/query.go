package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server"
)

type queryFlags struct {
	data, url, file, variables, vars, clearance, format, pack string
	single                                                    []string // variables
}

var queryFormats = []string{"json", "table", "csv"}

func (p *program) query() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query [QUERY]",
		Short: "Ask GraphQL, of a directory or of a server",
		Long: `Query asks one GraphQL query, given as an argument, by --file or on standard
input, and prints the answer: as JSON, as tables for people, or as CSV, of which
a query asks for one field. What is wrong with the query is reported with its
line and column.

With --pack FILE the answer is also written as an evidence pack: one file with
the answer and the part of the change log on which it rests, which parley verify
proves without a database. Any question can be packed, such as
{ negotiation(name: "…") { matrix { … } } }; the pack tells all that the answer
was read from, up to --clearance.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(queryFormats, f.format) {
				return usageError{fmt.Errorf("unknown format %q: want json, table or csv", f.format)}
			}
			if cmd.Flags().Changed("pack") && (f.pack == "" || f.pack == "-") {
				return usageError{errors.New("--pack: want the name of a file; the answer is what is printed")}
			}
			if f.url != "" {
				for _, name := range []string{"data", "clearance"} {
					if cmd.Flags().Changed(name) {
						return usageError{fmt.Errorf("--url asks a server: leave out --%s, which the server has been told", name)}
					}
				}
			}
			return p.runQuery(cmd.Context(), args, &f)
		},
	}
	dataFlag(cmd, &f.data)
	flags := cmd.Flags()
	flags.StringVar(&f.url, "url", "", "address of a running server, instead of --data")
	flags.StringVar(&f.file, "file", "", "file with the query")
	flags.StringVar(&f.variables, "variables", "", "variables, as a JSON object")
	flags.StringArrayVar(&f.single, "var", nil, "a variable, NAME=VALUE; may be given again")
	flags.StringVar(&f.vars, "vars", "", "file with variables, a JSON object")
	flags.StringVar(&f.format, "format", "json", "json, table or csv")
	flags.StringVar(&f.clearance, "clearance", "", "read what is marked up to this TLP label (with --data)")
	flags.StringVar(&f.pack, "pack", "", "also write the answer with its proof to this file")
	return cmd
}

func (p *program) runQuery(ctx context.Context, args []string, f *queryFlags) error {
	a, err := p.request(args, f)
	if err != nil {
		return err
	}
	if f.url != "" {
		return p.ask(ctx, f, a)
	}
	clearance, err := graph.ParseMarking(f.clearance)
	if err != nil {
		return usageError{err}
	}
	return p.with(ctx, f.data, func(db *graph.DB) error {
		s, err := server.New(db, &server.Options{Clearance: clearance, Now: p.now, Logger: p.logger(), Scratch: p.scratch, Limits: packsHere})
		if err != nil {
			return err
		}
		defer s.Close()
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, f.path("/graphql"), bytes.NewReader(a.body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return p.told(f, w.Result(), a)
	})
}

// queried is a query, what it is called in messages, and the body of the request
// that asks it.
type queried struct {
	query, source string
	variables     json.RawMessage
	body          []byte
}

func (p *program) request(args []string, f *queryFlags) (*queried, error) {
	a := &queried{}
	switch {
	case len(args) > 0 && f.file != "":
		return nil, usageError{errors.New("give the query as an argument or by --file, not both")}
	case len(args) > 0:
		a.query, a.source = args[0], "query"
	default:
		text, err := p.read(f.file)
		if err != nil {
			return nil, err
		}
		a.query, a.source = string(text), filepath.Base(f.file)
		if f.file == "" || f.file == "-" {
			a.source = "stdin"
		}
	}
	var err error
	if a.variables, err = f.given(a.query); err != nil {
		return nil, err
	}
	a.body, err = json.Marshal(struct {
		Query     string          `json:"query"`
		Variables json.RawMessage `json:"variables,omitempty"`
	}{a.query, a.variables})
	return a, err
}

func (p *program) read(file string) ([]byte, error) {
	if file == "" || file == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(file)
}

// ask sends the request to a server.
func (p *program) ask(ctx context.Context, f *queryFlags, a *queried) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.path(f.url), bytes.NewReader(a.body))
	if err != nil {
		return usageError{err}
	}
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: time.Minute}
	if f.pack != "" {
		client.Timeout = 10 * time.Minute
	}
	w, err := client.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	return p.told(f, w, a)
}

// path is where a question is answered, or its evidence pack made.
func (f *queryFlags) path(graphQL string) string {
	if f.pack == "" {
		return graphQL
	}
	return strings.TrimSuffix(graphQL, "/") + "/pack"
}

// told prints what a server has told, or writes it.
func (p *program) told(f *queryFlags, r *http.Response, a *queried) error {
	switch {
	case f.pack == "":
		return p.answer(r.Body, f.format, a)
	case r.StatusCode == http.StatusOK:
		return p.keepPack(f, r.Body, a)
	case r.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s makes no evidence packs: ask a newer Parley, or a directory with --data", f.url)
	}
	if err := p.answer(r.Body, f.format, a); err != nil {
		return err
	}
	return fmt.Errorf("%s answers %s, without an evidence pack", f.path(f.url), r.Status)
}

// answer prints an answer; one with errors is a failure.
func (p *program) answer(r io.Reader, format string, a *queried) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	whole, err := ordered(text)
	answer, ok := whole.(members)
	if err != nil || !ok {
		return fmt.Errorf("the answer is not JSON: %.200s", text)
	}
	faults, _ := answer.get("errors").([]any)
	data, some := answer.get("data").(members)
	switch {
	case format == "json":
		var pretty bytes.Buffer
		if err = json.Indent(&pretty, text, "", "  "); err == nil {
			_, err = fmt.Fprintln(p.stdout, pretty.String())
		}
	case some && format == "table":
		err = writeTables(p.stdout, data)
	case some && len(faults) > 0:
		err = writeCSV(p.stdout, data, nil)
	case some:
		err = writeCSV(p.stdout, data, a.columns())
	}
	return errors.Join(err, queryErrors(a.source, faults))
}
