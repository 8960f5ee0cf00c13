package schema

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/parleydb/parley/graph"
)

// One is what the API calls an entity of a kind: the kind's name with a small
// initial.
func One(kind string) string {
	runes := []rune(kind)
	for i := range runes {
		if !unicode.IsUpper(runes[i]) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// Many is what the API calls a list of entities of a kind.
func Many(k *graph.Kind) string { return cmp.Or(k.Plural, plural(One(k.Name))) }

// Field is what the API calls what is said of an entity by a property: its
// plural where several values may stand.
func Field(p *graph.Property) string {
	if Several(p) {
		return cmp.Or(p.Plural, plural(p.Name))
	}
	return p.Name
}

// Several tells whether several values of a property may stand at once.
func Several(p *graph.Property) bool {
	if p.Type == graph.Reference {
		return p.Max != 1 && !p.Single
	}
	return !p.Single && p.Max != 1
}

// plural is the usual English plural of a name.
func plural(name string) string {
	n := len(name)
	switch {
	case n > 1 && name[n-1] == 'y' && !strings.ContainsRune("aeiou", rune(name[n-2])):
		return name[:n-1] + "ies"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"), strings.HasSuffix(name, "sh"):
		return name + "es"
	}
	return name + "s"
}
