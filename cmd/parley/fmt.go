package main

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/loaders/notes"
)

func (p *program) fmt() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "fmt [FILE...]",
		Short: "Put notes in order",
		Long: `Fmt prints notes with their spaces, blank lines and indents in order; comments
stay. Without files it reads standard input. What the lines say is not checked:
parley load --dry-run does that.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return p.runFmt(args, write) },
	}
	cmd.Flags().BoolVarP(&write, "write", "w", false, "write the files themselves instead of printing")
	return cmd
}

func (p *program) runFmt(files []string, write bool) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, file := range files {
		text, err := p.notes(file)
		if err != nil {
			return err
		}
		out, err := notes.Format(nameOf(file), text)
		switch {
		case err != nil:
			return err
		case !write:
			_, err = p.stdout.Write(out)
		case file == "-":
			return usageError{errors.New("--write: standard input is no file")}
		case !bytes.Equal(text, out):
			err = replace(file, out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *program) notes(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(file)
}

func nameOf(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}
