package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
)

func (p *program) check() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read every row and tell what is wrong",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), data, func(db *graph.DB) error {
				s, problems, err := db.Check(cmd.Context())
				if err != nil {
					return err
				}
				if err := p.checked(s, problems, asJSON); err != nil {
					return err
				}
				if n := len(problems); n > 0 {
					return fmt.Errorf("%d problems: restore the last good backup, or load the sources into an empty directory", n)
				}
				return nil
			})
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// checked prints what a check found: the counts, or one line per problem.
func (p *program) checked(s graph.Stats, problems []string, asJSON bool) error {
	if asJSON {
		out := struct {
			OK bool `json:"ok"`
			countsJSON
			Problems []string `json:"problems"`
		}{len(problems) == 0, countsJSON(s), append([]string{}, problems...)}
		return json.NewEncoder(p.stdout).Encode(out)
	}
	for _, problem := range problems {
		fmt.Fprintln(p.stdout, problem)
	}
	if len(problems) == 0 {
		fmt.Fprintf(p.stdout, "ok: %s\n", counts(s))
	}
	return nil
}

// counts is the line of counts that scripts may rely on.
func counts(s graph.Stats) string {
	return fmt.Sprintf("%d entities, %d relations, %d claims, %d assertions, %d documents, %d transactions",
		s.Entities, s.Relations, s.Claims, s.Assertions, s.Documents, s.Transactions)
}

func (p *program) stats() *cobra.Command {
	var data, on, knownOn, basis string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count what a point shows",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			point, err := pointOf(on, knownOn, basis)
			if err != nil {
				return usageError{err}
			}
			return p.with(cmd.Context(), data, func(db *graph.DB) error {
				s, err := db.At(point).Stats(cmd.Context())
				if err != nil {
					return err
				}
				return p.counted(s, asJSON)
			})
		},
	}
	dataFlag(cmd, &data)
	flags := cmd.Flags()
	flags.StringVar(&on, "on", "", "day or interval in the world (EDTF)")
	flags.StringVar(&knownOn, "known-on", "", "state of knowledge: a day, an instant or tx:NUMBER")
	flags.StringVar(&basis, "basis", "", "RECORDED or PUBLISHED; for a past state of knowledge PUBLISHED unless given, for a transaction RECORDED")
	flags.BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (p *program) counted(s graph.Stats, asJSON bool) error {
	if !asJSON {
		_, err := fmt.Fprintln(p.stdout, counts(s))
		return err
	}
	return json.NewEncoder(p.stdout).Encode(countsJSON(s))
}

// countsJSON gives the counts the same names in JSON.
type countsJSON struct {
	Entities     int `json:"entities"`
	Relations    int `json:"relations"`
	Claims       int `json:"claims"`
	Assertions   int `json:"assertions"`
	Documents    int `json:"documents"`
	Transactions int `json:"transactions"`
}

// pointOf reads the coordinates of a question from flags.
func pointOf(on, knownOn, basis string) (point graph.Point, err error) {
	if on != "" {
		if point.On, err = graph.ParseOn(on); err != nil {
			return point, err
		}
	}
	switch {
	case basis != "":
		point.Basis, err = graph.ParseBasis(basis)
	case knownOn != "":
		point.Basis = graph.BasisOf(knownOn)
	}
	if err == nil && knownOn != "" {
		point.KnownOn, err = point.Basis.KnownOn(knownOn)
	}
	return point, err
}
