package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// Evolve holds a new ontology against the old one that a store keeps, and
// refuses, in a sentence for each, what would lose or change the meaning of
// what the store holds: a kind or property that is gone, another type, class,
// key or identity, targets and enumerations that no longer take what is there.
// What is new, and what goes that nothing uses, is fine. It is meant for
// graph.Options.Evolve.
func Evolve(old, next *graph.Ontology, uses graph.Uses) error {
	e := evolution{old: old, next: next, uses: uses}
	for i := range old.Kinds {
		if err := e.kind(&old.Kinds[i]); err != nil {
			return err
		}
	}
	return errors.Join(e.losses...)
}

type evolution struct {
	old, next *graph.Ontology
	uses      graph.Uses
	losses    []error
}

// lose notes a loss, where the store uses what it is about. Of a kind and a
// property, fits tells which values are lost (nil: all).
func (e *evolution) lose(kind, property string, fits func(graph.Value, string) bool, format string, args ...any) error {
	used, err := e.uses(kind, property, fits)
	if err == nil && used {
		e.losses = append(e.losses, fmt.Errorf(format, args...))
	}
	return err
}

// kind compares a kind with what has become of it.
func (e *evolution) kind(was *graph.Kind) error {
	if was.Abstract {
		return nil
	}
	is := e.next.Kind(was.Name)
	switch {
	case is == nil || is.Abstract:
		return e.lose(was.Name, "", nil, "the kind %s is gone, but the store holds entities of it: declare it again", was.Name)
	case is.Relation != was.Relation:
		return e.lose(was.Name, "", nil, "%s was declared as a %s and is a %s now, but the store holds some: keep it, and give the new kind another name",
			was.Name, sortOf(was), sortOf(is))
	case is.Class != was.Class:
		return e.lose(was.Name, "", nil, "the class of %s was %s and is %s now, but the store holds some, and their claims are kept by class", was.Name, was.Class, is.Class)
	}
	if err := e.rules(was, is); err != nil {
		return err
	}
	for i := range was.Properties {
		if err := e.property(was, is, &was.Properties[i]); err != nil {
			return err
		}
	}
	return nil
}

func sortOf(k *graph.Kind) string {
	if k.Relation {
		return "relation"
	}
	return "kind of entity"
}

// rules compares what makes two entities of a kind the same, or one take over
// from another.
func (e *evolution) rules(was, is *graph.Kind) error {
	if !slices.EqualFunc(was.Identity, is.Identity, slices.Equal) {
		if err := e.lose(was.Name, "", nil, "the @identity of %s was %s and is %s now, but the store holds some, whose ids come from the old one: they would not be found again",
			was.Name, fieldLists(was.Identity), fieldLists(is.Identity)); err != nil {
			return err
		}
	}
	if keyText(was.Key) != keyText(is.Key) {
		return e.lose(was.Name, "", nil, "the @key of %s was %s and is %s now, but the store holds some: others would take over from each other than did, in the past, too",
			was.Name, keyText(was.Key), keyText(is.Key))
	}
	return nil
}

func fieldLists(lists [][]string) string {
	if len(lists) == 0 {
		return "none"
	}
	var words []string
	for _, l := range lists {
		words = append(words, "("+strings.Join(l, ", ")+")")
	}
	return strings.Join(words, ", ")
}

func keyText(k *graph.KeyRule) string {
	switch {
	case k == nil:
		return "none"
	case k.PerSpeaker:
		return "(" + strings.Join(k.Fields, ", ") + ") per speaker"
	}
	return "(" + strings.Join(k.Fields, ", ") + ")"
}

// property compares a property with what has become of it.
func (e *evolution) property(was, is *graph.Kind, p *graph.Property) error {
	q := is.Property(p.Name)
	at := was.Name + "." + p.Name
	switch {
	case q == nil:
		return e.lose(was.Name, p.Name, nil, "%s is gone, but the store holds claims by it: declare it again", at)
	case q.Type != p.Type:
		return e.lose(was.Name, p.Name, nil, "%s was %s and is %s now, but the store holds claims by it: keep it, and give the new one another name", at, p.Type, q.Type)
	case q.Class != p.Class:
		return e.lose(was.Name, p.Name, nil, "the class of %s was %s and is %s now, but the store holds claims by it, which are kept by class", at, p.Class, q.Class)
	case p.Type == graph.Reference:
		return e.lose(was.Name, p.Name, func(_ graph.Value, target string) bool {
			return e.old.IsAny(target, p.Targets) && !e.next.IsAny(target, q.Targets)
		}, "%s no longer takes what it does in the store: it was of %s and is of %s now", at, targets(p), targets(q))
	case p.Enum != "" || q.Enum != "":
		values := e.next.Enum(q.Enum)
		if values == nil {
			return nil
		}
		return e.lose(was.Name, p.Name, func(v graph.Value, _ string) bool { return !slices.Contains(values.Values, v.String()) },
			"%s has values in the store that are no longer in %s: add them again", at, q.Enum)
	}
	return nil
}

func targets(p *graph.Property) string {
	if len(p.Targets) == 0 {
		return "any kind"
	}
	return strings.Join(p.Targets, " or ")
}
