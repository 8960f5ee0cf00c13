// Parley is a negotiation-state knowledge graph: it loads who said what about
// a negotiation and answers what stood on any day, as known on any day.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes that scripts may rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	// After the first signal the default is back, so that a second one ends the
	// program at once.
	context.AfterFunc(ctx, stop)
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is the command with all that it touches of the machine.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// usageError is a mistake of the caller: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run runs one command line and returns its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "parley: interrupted: nothing of what was in hand is visible")
		return exitInterrupted
	}
	fmt.Fprintln(p.stderr, "parley: "+err.Error())
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "parley",
		Short:         "A negotiation-state knowledge graph",
		Long:          "Parley holds who said what about a negotiation, and answers what stood on any day, as known on any day.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{unknownCommand(cmd, args[0])}
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{flagError(cmd, err)} })
	root.AddCommand(p.demo(), p.serve(), p.load(), p.export(), p.fmt(), p.query(), p.check(), p.stats(), p.schema(), p.version())
	for _, cmd := range root.Commands() {
		usageArgs(cmd)
		for _, sub := range cmd.Commands() {
			usageArgs(sub)
		}
	}
	return root
}

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s: %w; see parley %s --help", cmd.Name(), err, cmd.Name())}
		}
		return nil
	}
}
