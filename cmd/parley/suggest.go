package main

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unknownCommand says what may have been meant.
func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown command %q%s", name, near(name, names))
}

// flagError adds what may have been meant to an error about an unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	_, name, ok := strings.Cut(err.Error(), "unknown flag: --")
	if !ok {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("unknown flag --%s%s", name, nearFlag(name, names))
}

func nearFlag(name string, names []string) string {
	return strings.Replace(near(name, names), "mean ", "mean --", 1)
}

func near(name string, names []string) string {
	best, at := "", 4
	for _, n := range names {
		if d := levenshtein.ComputeDistance(n, name); d < at {
			best, at = n, d
		}
	}
	if best == "" {
		return "; see parley --help"
	}
	return ": did you mean " + best + "?"
}
