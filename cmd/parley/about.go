package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/schema"
)

// release is the version of this source; CHANGELOG.md tells what is in it.
const release = "0.1.0"

func (p *program) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": release, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v["revision"] = s.Value
					}
				}
			}
			if asJSON {
				return json.NewEncoder(p.stdout).Encode(v)
			}
			_, err := fmt.Fprintf(p.stdout, "parley %s (%s, %s)\n", v["version"], v["go"], v["platform"])
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (p *program) schema() *cobra.Command {
	cmd := &cobra.Command{Use: "schema", Short: "Work with ontologies"}
	printing := &cobra.Command{
		Use:   "print",
		Short: "Print the ontology in force, as GraphQL SDL with directives",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, s := range append(schema.Shipped(), schema.Directives()) {
				if _, err := fmt.Fprintf(p.stdout, "# %s\n\n%s\n", s.Name, s.Text); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.AddCommand(printing)
	return cmd
}
