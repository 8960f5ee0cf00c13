package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	asked, err := child(ctx)
	if !asked {
		err = command(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// command is what the flags ask for.
func command(ctx context.Context) error {
	var o outputs
	s := settings{share: 1, log: os.Stderr}
	n := flag.String("n", "100000", "facts; several numbers, parted by commas, are measured one after another")
	size := flag.String("size", "", "small: a few thousand facts, to see that all answers agree")
	peers := flag.String("peers", "", "only these peers, parted by commas: parley, sqlite-cgo, sqlite-go, postgres")
	kinds := flag.String("queries", "", "only these questions, parted by commas, such as N1,T,D@past")
	flag.IntVar(&s.passes, "passes", 3, "timed passes, of which the median counts")
	flag.StringVar(&s.dir, "dir", "", "folder for data and stores, which is kept; empty: one that is removed in the end")
	flag.BoolVar(&s.reuse, "reuse", false, "take what an earlier run has left in -dir, instead of loading again")
	flag.StringVar(&s.profile, "profile", "", "folder for CPU profiles of Parley's answers")
	flag.StringVar(&o.markdown, "md", "", "file for the results as a page of Markdown")
	flag.StringVar(&o.json, "json", "", "file for the results as JSON")
	flag.StringVar(&o.scale, "scale", "", "file for what larger stores need, computed from the largest size that was measured")
	earlier := flag.String("from", "", "JSON of an earlier run, whose pages are written instead of measuring anything")
	flag.Parse()
	if *earlier != "" {
		r, err := readReport(*earlier)
		return errors.Join(err, o.publish(r))
	}
	s.peers, s.kinds = words(*peers), words(*kinds)
	if *size == "small" {
		*n, s.share = strconv.Itoa(smallSize), smallShare
	}
	if err := s.read(*n); err != nil {
		return err
	}
	r := newReport(s.passes)
	err := s.within(func() error { return s.measure(ctx, r) })
	if err != nil {
		return err
	}
	return o.publish(r)
}

// read reads the numbers of facts.
func (s *settings) read(n string) error {
	for _, word := range words(n) {
		facts, err := strconv.Atoi(word)
		if err != nil || facts < 1000 {
			return fmt.Errorf("-n %q: want numbers of 1000 or more", n)
		}
		s.sizes = append(s.sizes, facts)
	}
	return nil
}

// within runs a function with a folder for its data.
func (s *settings) within(fn func() error) (err error) {
	if s.dir != "" {
		return fn()
	}
	if s.dir, err = os.MkdirTemp("", "parley-bench-"); err != nil {
		return err
	}
	defer ending(&err, func() error { return os.RemoveAll(s.dir) })
	return fn()
}

// outputs are the files that are wanted; "": not this one.
type outputs struct{ markdown, json, scale string }

// publish writes the files, and the text to standard output.
func (o *outputs) publish(r *report) error {
	if r == nil {
		return nil
	}
	return errors.Join(write(o.markdown, r.markdown), write(o.json, r.json), write(o.scale, r.scale), text(os.Stdout, r))
}

// measure fills the report.
func (s *settings) measure(ctx context.Context, r *report) error {
	for _, n := range s.sizes {
		done, err := s.run(ctx, n)
		if err != nil {
			return err
		}
		r.Sizes = append(r.Sizes, done)
	}
	if chosen(s.peers, "parley") && len(s.kinds) == 0 {
		var err error
		if r.Durable, err = measureDurable(ctx, s.dir, writePasses); err != nil {
			return err
		}
	}
	r.judge()
	return nil
}

// write writes a file, if one is wanted.
func write(name string, fill func(io.Writer)) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	fill(f)
	return f.Close()
}

func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
