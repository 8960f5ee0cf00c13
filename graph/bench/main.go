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

func command(ctx context.Context) error {
	s := settings{share: 1, log: os.Stderr}
	size := flag.String("size", "", "small: a few thousand facts, to see that all answers agree")
	n := flag.String("n", "100000", "facts; several numbers, parted by commas, are measured one after another")
	peers := flag.String("peers", "", "only these peers, parted by commas: parley, sqlite-cgo, sqlite-go, postgres")
	kinds := flag.String("queries", "", "only these questions, parted by commas: P, N1, N1n, N2, T, A, S, G1, G, N1@now, N1@past, D@now, D@past")
	flag.IntVar(&s.passes, "passes", 3, "timed passes, of which the median counts")
	flag.StringVar(&s.dir, "dir", "", "folder for data and stores, which is kept; empty: one that is removed in the end")
	flag.BoolVar(&s.reuse, "reuse", false, "take what an earlier run has left in -dir, instead of loading again")
	flag.StringVar(&s.profile, "profile", "", "folder for CPU profiles of Parley's answers")
	markdown := flag.String("md", "", "file for the results as a page of Markdown")
	scale := flag.String("scale", "", "file for what larger stores need, computed from the largest size that was measured")
	asJSON := flag.String("json", "", "file for the results as JSON")
	flag.Parse()
	s.peers, s.kinds = words(*peers), words(*kinds)
	if *size == "small" {
		*n, s.share = strconv.Itoa(smallSize), smallShare
	}
	for _, word := range words(*n) {
		facts, err := strconv.Atoi(word)
		if err != nil || facts < 1000 {
			return fmt.Errorf("-n %q: want numbers of 1000 or more", *n)
		}
		s.sizes = append(s.sizes, facts)
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "parley-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	r := newReport(s.passes)
	if err := s.measure(ctx, r); err != nil {
		return err
	}
	return errors.Join(write(*markdown, r.markdown), write(*asJSON, r.json), write(*scale, r.scale), text(os.Stdout, r))
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
		if r.Durable, err = measureDurable(ctx, s.dir); err != nil {
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
