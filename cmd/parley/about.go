package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/schema/gqlschema"
)

// release is the version of this source; CHANGELOG.md tells what is in it.
const release = "0.1.0"

const platform = runtime.GOOS + "/" + runtime.GOARCH

func versionLine() string {
	return fmt.Sprintf("parley %s (%s, %s)\n", release, runtime.Version(), platform)
}

func (p *program) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				_, err := fmt.Fprint(p.stdout, versionLine())
				return err
			}
			v := map[string]string{"version": release, "go": runtime.Version(), "platform": platform}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v["revision"] = s.Value
					}
				}
			}
			return json.NewEncoder(p.stdout).Encode(v)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (p *program) schema() *cobra.Command {
	cmd := group(&cobra.Command{Use: "schema", Short: "Work with ontologies"})
	var ontology, mutations bool
	printing := &cobra.Command{
		Use:   "print",
		Short: "Print the GraphQL schema, or the ontology that it comes from",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ontology {
				return p.printOntology()
			}
			return p.printSchema(cmd.Context(), mutations)
		},
	}
	printing.Flags().BoolVar(&ontology, "ontology", false, "print the ontology and its directives, as SDL")
	printing.Flags().BoolVar(&mutations, "mutations", false, "with the type Mutation, as parley serve --mutations has it")
	cmd.AddCommand(printing)
	return cmd
}

func (p *program) printOntology() error {
	own, err := p.extensions()
	if err != nil {
		return err
	}
	for _, s := range slices.Concat(schema.Shipped(), own, []schema.Source{schema.Directives()}) {
		if _, err := fmt.Fprintf(p.stdout, "# %s\n\n%s\n", s.Name, s.Text); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) printSchema(ctx context.Context, mutations bool) error {
	db, err := p.openMemory(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := gqlschema.New(db, &gqlschema.Options{Mutations: mutations})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, gqlschema.Print(s))
	return err
}
