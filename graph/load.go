package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Loaded is what a load did. It counts facts: an assertion is one, a retraction
// is one, corrected or known, and so is each fact of an assertion that stands
// for a whole file (Statement.Facts).
type Loaded struct {
	TS        TS // 0: nothing was written
	Read      int
	New       int
	Known     int
	Corrected int
	Retracted int // of those that are known: left as they were retracted, by a person or an earlier load
	Entities  int // declared, relations and documents left out
	// Proposals are entities and relations that are new and may be the same as
	// others (rule 9), where LoadOptions asks for them. Of very many new
	// relations, Unmatched were not looked at.
	Proposals []Proposal
	Unmatched int
}

// LoadOptions of a load; nil works.
type LoadOptions struct {
	DryRun    bool // check everything, write nothing
	Again     bool // assert again what was retracted (rule 3), instead of leaving it so
	Force     bool // record again what was erased
	Proposals int  // look for what is new but may be the same as something else, at most so many
	// Memory is about how many bytes of memory a load into an empty store takes
	// to sort rows; what is more goes into temporary files. 0: the store chooses.
	// Beside them a load holds drafts until they are asserted, what it knows of
	// each entity, and some ten bytes for each link.
	Memory int64
	// Progress is told now and then how far the load is, by the goroutine that
	// called Load. Nil is told nothing.
	Progress func(Progress)
}

var errDryRun = errors.New("graph: dry run")

// Load applies all that src gives in one transaction, all or nothing; the
// statements may come in any order. They are gathered and checked before other
// writers have to wait. What it asserts is known again by its key: loading the
// same statements twice changes nothing.
func (db *DB) Load(ctx context.Context, act Act, src iter.Seq2[Statement, error], opts *LoadOptions) (Loaded, error) {
	l := loader{db: db}
	if opts != nil {
		l.again, l.memory, l.progress.tell = opts.Again, opts.Memory, opts.Progress
	}
	defer l.close()
	for s, err := range src {
		if err != nil {
			return Loaded{}, err
		}
		if err := ctx.Err(); err != nil {
			return Loaded{}, err
		}
		if err := l.stage(s); err != nil {
			return Loaded{}, at(s, err)
		}
	}
	if l.further != nil {
		return Loaded{}, fmt.Errorf("%w: there are links without a draft behind them", ErrRefused)
	}
	dry := opts != nil && opts.DryRun
	var last *Tx
	ts, err := l.update(ctx, act, func(tx *Tx) error {
		l.done, last = Loaded{}, tx
		tx.force = opts != nil && opts.Force
		if err := l.apply(ctx, tx); err != nil {
			return err
		}
		l.fresh = tx.created
		if dry {
			return errDryRun
		}
		return nil
	})
	if dry && errors.Is(err, errDryRun) {
		return l.done, nil
	}
	if err != nil {
		return Loaded{}, err
	}
	if last != nil && last.wrote {
		l.done.TS = ts
	}
	if opts == nil || opts.Proposals == 0 || len(l.fresh) == 0 {
		return l.done, nil
	}
	return l.done, l.match(ctx, act, opts.Proposals)
}

// match looks for what the load brought and may be there already, as far as
// the act's author sees.
func (l *loader) match(ctx context.Context, act Act, most int) error {
	return l.db.At(Point{Clearance: act.Clearance}).read(ctx, func(rd *reading) error {
		m := &matcher{rd: rd, most: most}
		err := m.run(rd.heads(l.fresh))
		l.done.Proposals, l.done.Unmatched = m.found, m.skipped
		if err != nil {
			err = fmt.Errorf("graph: the load is done, but not the search for what may be the same: %w", err)
		}
		return err
	})
}

// staged is a draft, and further links of it where there are any.
type staged struct {
	Statement
	further *spool
}

// loader holds the statements of a load, sorted by what needs what.
type loader struct {
	db           *DB
	again        bool // what was retracted is asserted again
	once         bool // it is applied once: what was applied is not needed any more
	memory       int64
	progress     progress
	documents    []Statement
	declarations []Statement
	drafts       []staged
	further      *spool // links of the next draft
	spools       []*spool
	retractions  []Statement
	links        int
	fresh        []num // entities that are new
	done         Loaded
}

func (l *loader) stage(s Statement) error {
	if len(s.Links) > 0 {
		return l.spool(s)
	}
	if set := boolBit(s.Document != nil) + boolBit(s.Declaration != nil) + boolBit(s.Draft != nil) + boolBit(s.Retract != nil); set != 1 {
		return fmt.Errorf("%w: a statement with %d of document, declaration, draft and retraction: give one", ErrRefused, set)
	}
	switch {
	case s.Document != nil:
		l.documents = append(l.documents, s)
	case s.Declaration != nil:
		l.declarations = append(l.declarations, s)
	case s.Draft != nil:
		l.drafts = append(l.drafts, staged{s, l.further})
		if l.further == nil {
			l.read(max(1, s.Facts))
		}
		l.links += 1 + len(s.Draft.Links)
		l.further = nil
	case s.Retract != nil:
		l.retractions = append(l.retractions, s)
	}
	return nil
}

// spool takes links that belong to the next draft.
func (l *loader) spool(s Statement) error {
	if s.Document != nil || s.Declaration != nil || s.Draft != nil || s.Retract != nil {
		return fmt.Errorf("%w: a statement with links and something else: give the links first, by themselves", ErrRefused)
	}
	if l.further == nil {
		l.further = newSpool()
		l.spools = append(l.spools, l.further)
	}
	for i := range s.Links {
		if err := l.further.add(&s.Links[i]); err != nil {
			return &LinkError{i, err}
		}
	}
	l.links += len(s.Links)
	l.read(len(s.Links))
	return nil
}

// read counts facts that were read.
func (l *loader) read(facts int) {
	before := l.progress.facts
	if l.progress.facts += facts; l.progress.facts/often > before/often {
		l.progress.at(Reading, l.progress.facts/often*often, 0)
	}
}

func (l *loader) close() {
	for _, s := range l.spools {
		s.close()
	}
}

func (l *loader) update(ctx context.Context, act Act, fn func(*Tx) error) (TS, error) {
	if bulk, ok := l.db.store.(kv.Bulk); ok && l.links >= l.db.sizes.load && !l.db.opts.ReadOnly {
		if err := l.db.broken.get(); err != nil {
			return 0, err
		}
		l.once = true // as Fill and Load promise
		if store, ok := bulk.(kv.Filler); ok && l.db.published.Load() == 0 {
			ts, err := l.db.inFill(ctx, store, l, act, fn)
			if !errors.Is(err, kv.ErrFilled) {
				return ts, err
			}
		}
		ts, err := l.db.inChunks(ctx, bulk, act, fn)
		if c, ok := bulk.(kv.Compactor); ok && err == nil && l.done.New > 0 {
			_ = c.Compact(ctx) // the load is durable; without this, reading is only slower
		}
		return ts, err
	}
	return l.db.Update(ctx, act, fn)
}

func (l *loader) apply(ctx context.Context, tx *Tx) error {
	if err := l.declare(tx); err != nil {
		return err
	}
	for _, s := range l.documents {
		if _, err := tx.Document(*s.Document); err != nil {
			return at(s, err)
		}
	}
	pending := l.drafts
	for len(pending) > 0 {
		left, err := l.pass(ctx, tx, pending)
		if err != nil {
			return err
		}
		pending = left
	}
	for _, s := range l.retractions {
		if err := l.retract(tx, s); err != nil {
			return at(s, err)
		}
	}
	return nil
}

// pass asserts the drafts that can be, and returns those that refer to a
// relation which only another draft makes. Where none can be, that is the error.
func (l *loader) pass(ctx context.Context, tx *Tx, pending []staged) (left []staged, err error) {
	var first error
	for i, s := range pending {
		if l.once {
			pending[i] = staged{}
		}
		if s.further == nil {
			l.progress.at(Writing, i, len(pending))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := l.assert(tx, s)
		if unknown := (*unknownError)(nil); errors.As(err, &unknown) {
			left = append(left, s)
			first = cmp.Or(first, err)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	if len(left) == len(pending) {
		return nil, first
	}
	return left, nil
}

// release forgets what is not needed any more.
func (l *loader) release() {
	l.close()
	l.documents, l.declarations, l.drafts, l.retractions, l.spools = nil, nil, nil, nil, nil
}

// declare makes all entities that the load names, relations and documents with
// keys included, so that what refers to them may come first.
func (l *loader) declare(tx *Tx) error {
	seen := map[EntityID]bool{}
	for _, s := range l.declarations {
		id, err := tx.Declare(*s.Declaration)
		if err != nil {
			return at(s, err)
		}
		if !seen[id] {
			seen[id] = true
			l.done.Entities++
		}
	}
	if l.once {
		l.declarations = nil
	}
	for _, s := range l.documents {
		if _, err := tx.Declare(Declaration{KindDocument, []Key{s.Document.Key}}); err != nil {
			return at(s, err)
		}
	}
	for _, s := range l.drafts {
		if r := s.Draft.Relation; r != nil && !r.Key.IsZero() && !tx.db.ontology.Kind(r.Kind).identified() {
			if _, err := tx.Declare(Declaration{r.Kind, []Key{r.Key}}); err != nil {
				return at(s.Statement, err)
			}
		}
	}
	return nil
}

func (l *loader) assert(tx *Tx, s staged) error {
	before, left := tx.facts, tx.left
	var outcome Outcome
	var err error
	if s.further != nil {
		_, outcome, err = tx.assertLong(*s.Draft, s.further, l, !l.again)
	} else {
		_, outcome, err = tx.assert(*s.Draft, !l.again)
	}
	if err != nil {
		return at(s.Statement, err)
	}
	if s.Correct && outcome == New {
		return at(s.Statement, fmt.Errorf("%w: no assertion %q stands in %s: there is nothing to correct", ErrNotFound, s.Draft.Key, s.Draft.Document))
	}
	facts, fresh := 1, 1
	if s.Facts > 0 {
		facts, fresh = s.Facts, tx.facts-before
	}
	l.done.Read += facts
	switch outcome {
	case New:
		l.done.New += fresh
		l.done.Known += facts - fresh
	case Known:
		l.done.Known += facts
		l.done.Retracted += facts * (tx.left - left)
	case Corrected:
		l.done.Corrected += facts
	}
	return nil
}

// retract closes the assertion that a retraction names. One that was retracted
// before is known.
func (l *loader) retract(tx *Tx, s Statement) error {
	r := s.Retract
	doc, err := tx.entity(r.Document)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	id := assertionID(&tx.hand, doc.id, r.Key)
	list, err := tx.recordsOf(id)
	if err != nil {
		return err
	}
	here, said := tx.said[id]
	l.done.Read++
	open := slices.DeleteFunc(slices.Clone(list), func(o opened) bool { return o.tt != 0 })
	switch {
	case len(list) == 0:
		return fmt.Errorf("%w: no assertion %q stands in %s: there is nothing to retract", ErrNotFound, r.Key, r.Document)
	case said && here.outcome != Known:
		return fmt.Errorf("%w: the assertion %q is made and retracted in one load", ErrConflict, r.Key)
	case len(open) == 0:
		l.done.Known++
		return nil
	}
	l.done.Corrected++
	return tx.closeAll(open, causeRetract)
}

// at says where in its file a statement stands.
func at(s Statement, err error) error {
	where := s.Where
	if wrong, ok := errors.AsType[*PartError](err); ok && s.Place != nil {
		where = cmp.Or(s.Place(wrong.Part), where)
	}
	if where == "" {
		return err
	}
	return fmt.Errorf("%s: %w", where, err)
}

// repair rolls back the load that an earlier process left in the store.
func (db *DB) repair(ctx context.Context, ts TS) error {
	bulk, ok := db.store.(kv.Bulk)
	if !ok {
		return errors.New("graph: this store cannot write in chunks")
	}
	_, err := bulk.Load(ctx, db.notingBulk(func(t kv.BulkTxn) error { return db.rollBack(t, ts) }))
	return err
}
