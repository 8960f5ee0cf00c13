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
	"time"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server"
)

type queryFlags struct{ data, url, file, variables, clearance string }

func (p *program) query() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query [QUERY]",
		Short: "Ask GraphQL, of a directory or of a server",
		Long:  "Query asks one GraphQL query, given as an argument, by --file or on standard input, and prints the answer as JSON.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
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
	flags.StringVar(&f.clearance, "clearance", "", "read what is marked up to this TLP label (with --data)")
	return cmd
}

func (p *program) runQuery(ctx context.Context, args []string, f *queryFlags) error {
	body, err := p.request(args, f)
	if err != nil {
		return err
	}
	if f.url != "" {
		return p.ask(ctx, f.url, body)
	}
	clearance, err := graph.ParseMarking(f.clearance)
	if err != nil {
		return usageError{err}
	}
	return p.with(ctx, f.data, func(db *graph.DB) error {
		s, err := server.New(db, &server.Options{Clearance: clearance, Now: p.now, Logger: p.logger()})
		if err != nil {
			return err
		}
		defer s.Close()
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return p.answer(w.Body)
	})
}

// request is the body of the request: the query and its variables.
func (p *program) request(args []string, f *queryFlags) ([]byte, error) {
	body := struct {
		Query     string          `json:"query"`
		Variables json.RawMessage `json:"variables,omitempty"`
	}{}
	switch {
	case len(args) > 0 && f.file != "":
		return nil, usageError{errors.New("give the query as an argument or by --file, not both")}
	case len(args) > 0:
		body.Query = args[0]
	default:
		text, err := p.read(f.file)
		if err != nil {
			return nil, err
		}
		body.Query = string(text)
	}
	if f.variables != "" {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(f.variables), &object); err != nil || object == nil {
			return nil, usageError{errors.New(`--variables: want a JSON object, such as {"name":"Ukraine"}`)}
		}
		body.Variables = json.RawMessage(f.variables)
	}
	return json.Marshal(body)
}

func (p *program) read(file string) ([]byte, error) {
	if file == "" || file == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(file)
}

// ask sends the request to a server.
func (p *program) ask(ctx context.Context, url string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return usageError{err}
	}
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: time.Minute}
	w, err := client.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	return p.answer(w.Body)
}

// answer prints an answer, indented; one with errors is a failure.
func (p *program) answer(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var answer struct {
		Errors []struct{ Message string }
	}
	var pretty bytes.Buffer
	if err := errors.Join(json.Unmarshal(text, &answer), json.Indent(&pretty, text, "", "  ")); err != nil {
		return fmt.Errorf("the answer is not JSON: %w", err)
	}
	if _, err := fmt.Fprintln(p.stdout, pretty.String()); err != nil {
		return err
	}
	if n := len(answer.Errors); n > 0 {
		return fmt.Errorf("%s", answer.Errors[0].Message)
	}
	return nil
}
