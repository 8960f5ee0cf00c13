package notes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// resolver looks up what the statements of one file name.
type resolver struct {
	*Names
	*forms
	file string
	refs []graph.Ref // of the statement in hand, by the number of the use
}

func (r *resolver) fail(u *use, what, why string) error {
	return &place.Error{File: r.file, Line: u.line, Column: u.col, What: what, Detail: why}
}

// resolve puts the entities that are named into a statement.
func (r *resolver) resolve(ctx context.Context, s *parsed) error {
	r.refs = r.refs[:0]
	for i := range s.uses {
		ref, err := r.use(ctx, &s.uses[i])
		if err != nil {
			return err
		}
		r.refs = append(r.refs, ref)
	}
	if d := s.Document; d != nil {
		for i := range d.Origins {
			r.fill(&d.Origins[i])
		}
	}
	d := s.Draft
	if d == nil {
		return nil
	}
	for i := range d.Chain {
		r.fill(&d.Chain[i])
	}
	for i := range d.Links {
		r.fill(&d.Links[i].Subject)
		r.value(&d.Links[i].Value)
	}
	r.relation(d.Relation)
	return nil
}

func (r *resolver) relation(rel *graph.Relation) {
	if rel == nil {
		return
	}
	for _, f := range rel.Fields {
		for i := range f.Values {
			r.value(&f.Values[i].Value)
			r.relation(f.Values[i].Inline)
		}
	}
}

func (r *resolver) value(v *graph.Value) {
	if v.Type() != graph.Reference {
		return
	}
	if ref := v.Ref(); r.fill(&ref) {
		*v = graph.RefOf(ref)
	}
}

// fill replaces the number of a use.
func (r *resolver) fill(ref *graph.Ref) bool {
	if ref.Key.Scheme != "" || ref.Key.ID == "" {
		return false
	}
	i, err := strconv.Atoi(ref.Key.ID)
	if err != nil || i >= len(r.refs) {
		return false
	}
	*ref = r.refs[i]
	return true
}

// use finds what is named at one place.
func (r *resolver) use(ctx context.Context, u *use) (graph.Ref, error) {
	if u.name == "" {
		return graph.Ref{Key: u.key}, r.checkKey(ctx, u)
	}
	q := question{u.key, u.name, u.scope, strings.Join(u.kinds, " ")}
	f, ok := r.found[q]
	if !ok {
		f = r.lookUp(ctx, u)
		r.found[q] = f
	}
	if f.what != "" {
		return graph.Ref{}, r.fail(u, f.what, f.why)
	}
	return f.ref, f.err
}

// checkKey holds a key against what is declared. Without a database, a key that
// no file declares is left to the load.
func (r *resolver) checkKey(ctx context.Context, u *use) error {
	kind, ok, err := r.kindOf(ctx, u.key)
	switch {
	case err != nil || !ok && r.view == nil:
		return err
	case !ok:
		near, err := r.near(ctx, u.key.String(), "", u.kinds)
		if err != nil {
			return err
		}
		return r.fail(u, fmt.Sprintf("unknown key %q", u.key), cmp.Or(place.Suggest(u.key.String(), near), "declare it, in any file of the load"))
	case !r.IsAny(kind, u.kinds):
		return r.fail(u, "wrong kind", fmt.Sprintf("%s is %s, %s wants %s", u.key, article(kind), u.role, article(few(u.kinds))))
	}
	return nil
}

// IsAny tells whether a kind may stand where those named may.
func (r *resolver) IsAny(kind string, kinds []string) bool {
	return r.forms.ontology.IsAny(kind, kinds)
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("AEIOU", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// lookUp finds a name, or says why it finds none.
func (r *resolver) lookUp(ctx context.Context, u *use) found {
	if kind, ok, err := r.kindOf(ctx, u.key); u.key.Scheme != "" && (err != nil || ok && r.IsAny(kind, u.kinds)) {
		return found{ref: graph.Ref{Key: u.key}, err: err}
	}
	list, err := r.candidates(ctx, u.name, u.scope, u.kinds)
	switch {
	case err != nil:
		return found{err: err}
	case len(list) == 1:
		return found{ref: list[0].ref}
	case len(list) > 1:
		return found{what: fmt.Sprintf("ambiguous name %q", u.name), why: "write the key: " + choices(list)}
	}
	return r.unknown(ctx, u)
}

func choices(list []candidate) string {
	var b strings.Builder
	for i, c := range list {
		switch {
		case i > 0 && i == len(list)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s (%s)", c.ref, c.kind)
	}
	return b.String()
}

// unknown says what is wrong with a name that nothing suitable has.
func (r *resolver) unknown(ctx context.Context, u *use) found {
	other, err := r.candidates(ctx, u.name, u.scope, nil)
	if err != nil {
		return found{err: err}
	}
	if kind, ok, err := r.kindOf(ctx, u.key); err == nil && ok && u.key.Scheme != "" {
		other = append(other, candidate{kind: kind})
	}
	if len(other) > 0 && len(u.kinds) > 0 {
		return found{what: "wrong kind", why: fmt.Sprintf("%s is %s, %s wants %s", u.name, article(other[0].kind), u.role, article(few(u.kinds)))}
	}
	near, err := r.near(ctx, u.name, u.key.Scheme, u.kinds)
	what := fmt.Sprintf("unknown name %q", u.name)
	if u.scope != "" {
		what += fmt.Sprintf(" of scope %q", u.scope)
		near = slices.DeleteFunc(near, func(n string) bool { return graph.FoldName(n) == graph.FoldName(u.name) })
	}
	return found{what: what, why: place.Suggest(u.name, near), err: err}
}
