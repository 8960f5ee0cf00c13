package main

import (
	"fmt"
	"strings"

	"github.com/antzucaro/matchr"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// group makes a command that only holds others: without one of them it prints
// its help, and what is none of them is a usage error.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{unknownCommand(cmd, args[0])}
		}
		return cmd.Help()
	}
	return cmd
}

// strictHelp makes a mistyped name behind help or completion a usage error, too.
func strictHelp(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		group(completion)
	}
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return
	}
	help.RunE = func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err == nil && len(rest) > 0 {
			err = unknownCommand(cmd, rest[0])
		}
		if err != nil {
			return usageError{err}
		}
		cmd.InitDefaultHelpFlag()
		return cmd.Help()
	}
}

// unknownCommand says what may have been meant.
func unknownCommand(group *cobra.Command, name string) error {
	var names []string
	for _, c := range group.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown command %q%s", name, near(group, name, names, ""))
}

// flagError adds what may have been meant to an error about an unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	_, name, ok := strings.Cut(err.Error(), "unknown flag: --")
	if !ok {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("unknown flag --%s%s", name, near(cmd, name, names, "--"))
}

// near names the nearest of the names, if it differs by no more than a third
// of the letters and one, nor by more than half of them, and the command's help otherwise.
func near(cmd *cobra.Command, name string, names []string, prefix string) string {
	best, at := "", 2+len(name)/3
	for _, n := range names {
		if d := matchr.OSA(n, name); d < at && 2*d <= len(name) {
			best, at = n, d
		}
	}
	if best == "" {
		return "; see " + cmd.CommandPath() + " --help"
	}
	return ": did you mean " + prefix + best + "?"
}

// noArgs refuses arguments with a sentence.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("takes no arguments, not %q", args[0])
	}
	return nil
}

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		usageArgs(sub)
	}
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
			return usageError{fmt.Errorf("%s: %w; see %s --help", name, err, cmd.CommandPath())}
		}
		return nil
	}
}
