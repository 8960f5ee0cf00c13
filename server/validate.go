package server

import (
	"slices"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
)

// libraryRules are the library's validation rules but one: its
// OverlappingFieldsCanBeMerged compares all pairs, which a small request can
// keep busy for minutes. Function overlaps stands in for it.
func libraryRules() []graphql.ValidationRuleFn {
	return []graphql.ValidationRuleFn{
		graphql.ArgumentsOfCorrectTypeRule,
		graphql.DefaultValuesOfCorrectTypeRule,
		graphql.FieldsOnCorrectTypeRule,
		graphql.FragmentsOnCompositeTypesRule,
		graphql.KnownArgumentNamesRule,
		graphql.KnownDirectivesRule,
		graphql.KnownFragmentNamesRule,
		graphql.KnownTypeNamesRule,
		graphql.LoneAnonymousOperationRule,
		graphql.NoFragmentCyclesRule,
		graphql.NoUndefinedVariablesRule,
		graphql.NoUnusedFragmentsRule,
		graphql.NoUnusedVariablesRule,
		graphql.PossibleFragmentSpreadsRule,
		graphql.ProvidedNonNullArgumentsRule,
		graphql.ScalarLeafsRule,
		graphql.UniqueArgumentNamesRule,
		graphql.UniqueFragmentNamesRule,
		graphql.UniqueInputFieldNamesRule,
		graphql.UniqueOperationNamesRule,
		graphql.UniqueVariableNamesRule,
		graphql.VariablesAreInputTypesRule,
		graphql.VariablesInAllowedPositionRule,
	}
}

// validate checks a document against the schema, the cheap checks that bound
// the others first.
func (s *Server) validate(d *document) []*fault {
	for _, op := range d.operations {
		if rootType(&s.schema, op.Operation) == nil {
			return []*fault{faultf(codeOperation, "this server has no %s", op.Operation).in(op.Loc.Start)}
		}
		if f := s.within(s.measure(d, op, nil), op); f != nil {
			return []*fault{f}
		}
	}
	return slices.Concat(s.libraryFaults(d), overlaps(&s.schema, d, s.limits.Errors), repeatedDirectives(d))
}

// within holds an operation's weight against the limits.
func (s *Server) within(w weight, op *ast.OperationDefinition) *fault {
	for _, bound := range []struct {
		what  string
		is    int64
		limit int
	}{
		{"depth of its fields", w.depth, s.limits.Depth},
		{"number of its fields", w.fields, s.limits.Fields},
		{"number of its aliases", w.aliases, s.limits.Aliases},
		{"number of its directives", w.directives, s.limits.Directives},
		{"number of fields times page sizes", w.cost, s.limits.Cost},
		{"number of fields that it asks of the schema", w.meta, s.lengths.bound()},
	} {
		if bound.is > int64(bound.limit) {
			return faultf(codeLimit, "the operation is too large: the %s exceeds %d", bound.what, bound.limit).in(op.Loc.Start)
		}
	}
	if s.noIntrospection && w.meta > 0 {
		return faultf(codeOperation, "introspection is switched off").in(op.Loc.Start)
	}
	return nil
}

func (s *Server) libraryFaults(d *document) []*fault {
	var faults []*fault
	for _, e := range graphql.ValidateDocument(&s.schema, d.ast, libraryRules()).Errors {
		f := faultf(codeInvalid, "%s", e.Message)
		f.at = offsetsOf(e)
		faults = append(faults, f)
	}
	return faults
}

// offsetsOf reads the offsets of an error: without a source, the library takes
// everything for one line.
func offsetsOf(e gqlerrors.FormattedError) []int {
	var offsets []int
	for _, l := range e.Locations {
		offsets = append(offsets, l.Column-1)
	}
	return offsets
}

// repeatedDirectives finds directives that stand twice in one place, which the
// library lets pass.
func repeatedDirectives(d *document) []*fault {
	r := &repeats{}
	for _, definition := range d.ast.Definitions {
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			r.check(x.Directives)
			r.selections(x.SelectionSet)
		case *ast.FragmentDefinition:
			r.check(x.Directives)
			r.selections(x.SelectionSet)
		}
	}
	return r.faults
}

type repeats struct{ faults []*fault }

func (r *repeats) selections(set *ast.SelectionSet) {
	if set == nil {
		return
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			r.check(s.Directives)
			r.selections(s.SelectionSet)
		case *ast.InlineFragment:
			r.check(s.Directives)
			r.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			r.check(s.Directives)
		}
	}
}

func (r *repeats) check(list []*ast.Directive) {
	seen := map[string]bool{}
	for _, d := range list {
		if seen[d.Name.Value] {
			r.faults = append(r.faults, faultf(codeInvalid, "directive @%s stands twice in one place", d.Name.Value).in(d.Loc.Start))
		}
		seen[d.Name.Value] = true
	}
}
