package gqlschema

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// find resolves an argument that names an entity by name, id or key, among the
// kinds given (none: any), and notes what it found for the answer.
func (b *builder) find(p graphql.ResolveParams, v graph.View, arg string, kinds []string) (graph.EntityID, error) {
	given, _ := p.Args[arg].(string)
	return b.resolve(p, v, arg, given, kinds, arg)
}

// resolve resolves one name of an argument, steps below the field's path.
func (b *builder) resolve(p graphql.ResolveParams, v graph.View, arg, given string, kinds []string, steps ...any) (graph.EntityID, error) {
	e, err := b.lookup(p.Context, v, arg, given, kinds)
	if err != nil {
		return graph.EntityID{}, err
	}
	request := requestOf(p.Context)
	named, err := v.Named(p.Context, []graph.EntityID{e.ID}, request.Languages...)
	if err != nil {
		return graph.EntityID{}, err
	}
	path := append(p.Info.Path.AsArray(), steps...)
	request.resolved = append(request.resolved, Resolved{path, given, e.ID.String(), named[0].Label})
	return e.ID, nil
}

// findEver is find for questions about the past: an entity about which all was
// retracted, or is denied, is found by its id or key.
func (b *builder) findEver(p graphql.ResolveParams, v graph.View, arg string) (graph.EntityID, error) {
	id, err := b.find(p, v, arg, nil)
	if err == nil {
		return id, nil
	}
	given, _ := p.Args[arg].(string)
	if ref, ok := refOf(given); ok {
		if e, ever := v.Known(p.Context, ref); !errors.Is(ever, graph.ErrNotFound) {
			return e.ID, ever
		}
	}
	return id, err
}

func (b *builder) lookup(ctx context.Context, v graph.View, arg, given string, kinds []string) (graph.Entity, error) {
	if ref, ok := refOf(given); ok {
		e, err := v.Entity(ctx, ref)
		if err == nil && !b.ontology.IsAny(e.Kind, kinds) {
			return e, newFault(codeInput, fmt.Sprintf("%s: %s is a %s, want %s", arg, given, e.Kind, oneOf(kinds)), nil)
		}
		if err == nil || !ref.ID.IsZero() || !errors.Is(err, graph.ErrNotFound) {
			return e, err
		}
	}
	list, err := v.Lookup(ctx, graph.NameQuery{Name: given, Kinds: kinds})
	switch {
	case errors.Is(err, graph.ErrNotFound):
		return graph.Entity{}, unknown(ctx, v, arg, given, kinds)
	case err != nil:
		return graph.Entity{}, err
	case len(list) > 1:
		return graph.Entity{}, ambiguous(ctx, v, arg, given, list)
	}
	return list[0].Entity, nil
}

// refOf reads an id or a key. What looks like a key may still be a name.
func refOf(s string) (graph.Ref, bool) {
	if id, err := graph.ParseEntityID(s); err == nil {
		return graph.ByID(id), true
	}
	key, err := graph.ParseKey(s)
	return graph.Ref{Key: key}, err == nil
}

// unknown tells that nothing has a name, and what is called nearly so.
func unknown(ctx context.Context, v graph.View, arg, given string, kinds []string) error {
	near, err := v.Suggest(ctx, graph.NameQuery{Name: given, Kinds: kinds}, suggestions)
	if err != nil {
		return err
	}
	message := fmt.Sprintf("%s: no %s is called %q", arg, oneOf(kinds), clip(given))
	if len(near) > 0 {
		message += ": did you mean " + strings.Join(near, ", ") + "?"
	}
	return newFault(codeUnknown, message, map[string]any{"argument": arg, "name": clip(given), "suggestions": near})
}

// kindIn checks that a kind is one of the ontology, and of another kind ("": any).
func (b *builder) kindIn(arg, given, of string) error {
	if b.ontology.Kind(given) != nil && (of == "" || b.ontology.IsA(given, of)) {
		return nil
	}
	what, known := "the ontology", []string{}
	if of != "" {
		what = of
	}
	for _, k := range b.ontology.Kinds {
		if of == "" || b.ontology.IsA(k.Name, of) {
			known = append(known, k.Name)
		}
	}
	return undeclared(arg, given, fmt.Sprintf("%s: %q is no kind of %s", arg, clip(given), what), known)
}

// propertyIn checks that the ontology declares a property, of whatever kind.
func (b *builder) propertyIn(arg, given string) error {
	known := []string{graph.PropertyName, graph.PropertyAlias}
	for _, k := range b.ontology.Kinds {
		for _, p := range k.Properties {
			known = append(known, p.Name)
		}
	}
	for _, p := range b.ontology.Links {
		known = append(known, p.Name)
	}
	if slices.Contains(known, given) {
		return nil
	}
	return undeclared(arg, given, fmt.Sprintf("%s: %q is no property of the ontology", arg, clip(given)), known)
}

// propertyArg reads the argument property: "" where it is not given.
func (b *builder) propertyArg(args map[string]any) (string, error) {
	given, ok := args["property"].(string)
	if !ok {
		return "", nil
	}
	return given, b.propertyIn("property", given)
}

// undeclared tells that the ontology does not have a word, and what it has nearby.
func undeclared(arg, given, message string, known []string) error {
	near := graph.Nearest(given, known, suggestions)
	if len(near) > 0 {
		message += ": did you mean " + strings.Join(near, ", ") + "?"
	}
	return newFault(codeInput, message, map[string]any{"argument": arg, "name": clip(given), "suggestions": near})
}

// suggestions is how many near names, and candidates, an error lists at most.
const suggestions = 5

// ambiguous tells that several entities have a name, and which.
func ambiguous(ctx context.Context, v graph.View, arg, given string, list []graph.Match) error {
	count := len(list)
	list = cut(list, suggestions)
	ids := make([]graph.EntityID, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	labels, err := v.Labels(ctx, ids, requestOf(ctx).Languages...)
	if err != nil {
		return err
	}
	var words []string
	candidates := make([]map[string]any, len(list))
	for i, m := range list {
		words = append(words, fmt.Sprintf("%s (%s, id %s)", labels[i], m.Kind, m.ID))
		candidates[i] = map[string]any{"id": m.ID.String(), "kind": m.Kind, "label": labels[i]}
	}
	message := fmt.Sprintf("%s: %d entities are called %q: give the id of one: %s", arg, count, clip(given), strings.Join(words, "; "))
	return newFault(codeAmbiguous, message, map[string]any{"argument": arg, "name": clip(given), "candidates": candidates})
}

// oneOf writes a list of kinds for a message.
func oneOf(kinds []string) string {
	if len(kinds) == 0 {
		return "entity"
	}
	return strings.Join(kinds, " or ")
}

// clip shortens what a client sent for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
