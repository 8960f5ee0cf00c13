package loaders

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/internal/pipe"
	"github.com/parleydb/parley/loaders/icews"
	"github.com/parleydb/parley/loaders/internal/place"
	"github.com/parleydb/parley/loaders/jsonl"
	"github.com/parleydb/parley/loaders/notes"
)

// Error is something wrong at a place of a file.
type Error = place.Error

// Options of a load; nil works.
type Options struct {
	Format Format // of all files; empty: Auto
	DryRun bool   // check everything, write nothing
	Force  bool   // record again what was erased
	Again  bool   // assert again what was retracted
	// Codes is a file of further spellings of ICEWS predicates: predicate, tab,
	// CAMEO code. Empty: none.
	Codes string
	// Proposals is how many likely matches of what is new to look for (rule 9);
	// 0: none.
	Proposals int
	Memory    int64                // graph.LoadOptions.Memory
	Progress  func(graph.Progress) // graph.LoadOptions.Progress; how much there is to read is told by the sizes of the files
	// Retrieved is when files that are their own documents were fetched; zero:
	// not stated.
	Retrieved edtf.Date
	Stdin     io.Reader        // what the file "-" reads; nil: nothing
	Now       func() time.Time // the clock of Report.Elapsed; nil: not measured
}

// Run loads files in one transaction, all or nothing. "-" is standard input;
// gzip is unpacked. An act without a cause gets the names of the files.
func Run(ctx context.Context, db *graph.DB, act graph.Act, files []string, opts *Options) (Report, error) {
	l := load{files: files, ontology: db.Ontology(), view: db.At(graph.Point{Clearance: act.Clearance})}
	if opts != nil {
		l.opts = *opts
	}
	now := l.opts.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	if act.Cause == "" {
		act.Cause = strings.Join(files, ", ")
	}
	start := now()
	if err := l.readCodes(); err != nil {
		return Report{}, err
	}
	l.names = notes.NewNames(l.ontology, &l.view)
	l.naming = len(files) > 1 && slices.ContainsFunc(files, l.mayBeNotes)
	src := func(yield func(graph.Statement, error) bool) { l.statements(ctx, yield) }
	done, err := db.Load(ctx, act, src, &graph.LoadOptions{DryRun: l.opts.DryRun, Force: l.opts.Force, Again: l.opts.Again,
		Proposals: l.opts.Proposals, Memory: l.opts.Memory, Progress: l.progress()})
	if err != nil {
		return Report{}, err
	}
	return Report{Files: names(files), DryRun: l.opts.DryRun, Loaded: done, Elapsed: now().Sub(start)}, nil
}

// load is one call of Run.
type load struct {
	files    []string
	opts     Options
	ontology *graph.Ontology
	icews    icews.Options
	view     graph.View     // what notes may name
	names    *notes.Names   // and what other files declare
	naming   bool           // there may be notes that name it
	notes    []notes.Source // read after the other files
	taken    int64          // bytes of the files
	read     int64          // bytes of the files when the statement in hand was read
}

func (l *load) readCodes() error {
	l.icews.Retrieved = l.opts.Retrieved
	if l.opts.Codes == "" {
		return nil
	}
	f, err := open(l.opts.Codes, l.opts.Stdin)
	if err != nil {
		return err
	}
	defer f.Close()
	l.icews.Codes, err = icews.ReadCodes(l.opts.Codes, f)
	return err
}

// statements gives those of all files, one file after another, and those of
// notes last, since they may name what the other files declare.
func (l *load) statements(ctx context.Context, yield func(graph.Statement, error) bool) {
	for _, file := range l.files {
		if !l.file(file, yield) {
			return
		}
	}
	if len(l.notes) > 0 {
		notes.Statements(ctx, l.notes, l.ontology, l.names)(yield)
	}
}

// file gives the statements of one file, and tells whether to go on.
func (l *load) file(file string, yield func(graph.Statement, error) bool) bool {
	f, err := openCounted(file, l.opts.Stdin, &l.taken)
	if err != nil {
		yield(graph.Statement{}, err)
		return false
	}
	defer f.Close()
	src, err := l.reader(file, f)
	if err != nil {
		yield(graph.Statement{}, err)
		return false
	}
	use := func(g given) error {
		if l.read = g.read; g.err == nil && l.naming {
			l.names.Add(g.statement)
		}
		if !yield(g.statement, g.err) {
			return errUnused
		}
		return nil
	}
	if file == fromStdin { // whoever types learns of a mistake before the next line
		return l.each(src, func(g given) bool { return use(g) == nil })
	}
	return pipe.From(statementsAhead, func(give func(given) bool) error {
		l.each(src, give)
		return nil
	}, use) == nil
}

// mayBeNotes tells of a file that it is notes, or cannot be looked into twice.
func (l *load) mayBeNotes(file string) bool {
	if sizeOf([]string{file}) == 0 {
		return true
	}
	f, err := open(file, nil)
	if err != nil {
		return true
	}
	defer f.Close()
	format, err := l.opts.Format.of(file, f.Reader)
	return err != nil || format == Notes
}

// given is what a reader gives.
type given struct {
	statement graph.Statement
	err       error
	read      int64 // bytes so far
}

// statementsAhead is how many statements are read, in a goroutine of its own,
// before they are asked for.
const statementsAhead = 16

// errUnused tells the reader that nobody asks for more.
var errUnused = errors.New("loaders: not used")

// each gives what a reader gives, and tells whether to go on.
func (l *load) each(src iter.Seq2[graph.Statement, error], give func(given) bool) bool {
	for s, err := range src {
		if !give(given{s, err, l.taken}) {
			return false
		}
	}
	return true
}

// progress tells how many facts there are, going by the bytes that were read.
func (l *load) progress() func(graph.Progress) {
	if l.opts.Progress == nil {
		return nil
	}
	size := sizeOf(l.files)
	return func(p graph.Progress) {
		if p.Step == graph.Reading && l.read > 0 && size > 0 {
			p.Done, p.All = p.Facts, int(float64(p.Facts)*float64(size)/float64(l.read))
		}
		l.opts.Progress(p)
	}
}

// reader chooses the reader of a file.
func (l *load) reader(file string, f *input) (iter.Seq2[graph.Statement, error], error) {
	format, err := l.opts.Format.of(file, f.Reader)
	switch {
	case err != nil:
		return nil, err
	case format == ICEWS:
		return icews.Read(nameOf(file), f, l.ontology, &l.icews), nil
	case format == Notes:
		text, err := io.ReadAll(f)
		l.notes = append(l.notes, notes.Source{Name: nameOf(file), Text: text})
		return none, err
	}
	return jsonl.Read(nameOf(file), f, l.ontology), nil
}

// none is what a file gives that is read later.
func none(func(graph.Statement, error) bool) {}
