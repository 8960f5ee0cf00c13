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

	"github.com/parleydb/parley/graph"
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
	extend         []string // files of kinds of one's own
	memory         int64    // of graph.Options
	blocks         graph.Blocks
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
	fmt.Fprintln(p.stderr, "parley: "+graph.Message(err))
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func (p *program) root() *cobra.Command {
	root := group(&cobra.Command{
		Use:           "parley",
		Short:         "A negotiation-state knowledge graph",
		Long:          "Parley holds who said what about a negotiation, and answers what stood on any day, as known on any day.",
		Version:       release,
		SilenceErrors: true,
		SilenceUsage:  true,
	})
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{flagError(cmd, err)} })
	root.AddCommand(p.demo(), p.serve(), p.load(), p.state(), p.positions(), p.contacts(), p.conflicts(), p.deadlines(), p.provisions(), p.changes(),
		p.briefing(), p.export(), p.fmt(), p.query(), p.check(), p.stats(),
		p.dump(), p.restore(), p.verify(), p.erase(), p.schema(), p.version())
	p.extendFlag(root)
	usageArgs(root)
	strictHelp(root)
	return root
}
