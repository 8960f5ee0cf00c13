package icews

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// scheme stands before a code in the name of its property.
const scheme = "cameo:"

var isCode = regexp.MustCompile(`^(cameo:)?[0-9]{2,4}$`)

// ReadCodes reads a table of other spellings: a predicate and its CAMEO code
// in each line, parted by a tab; further columns and a header line are passed
// over. The file is its name in messages.
func ReadCodes(file string, r io.Reader) (map[string]string, error) {
	codes := map[string]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		predicate, rest, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "\t")
		code, _, _ := strings.Cut(rest, "\t")
		switch {
		case isCode.MatchString(code) && predicate != "":
			codes[strings.ToLower(predicate)] = code
		case n > 1 && lines.Text() != "":
			return nil, &place.Error{File: file, Line: n, Column: len(predicate) + 2,
				What: fmt.Sprintf("bad code %q", code), Detail: "want predicate, tab, CAMEO code of 2 to 4 digits"}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return codes, nil
}

// predicates finds the property of a predicate.
type predicates struct {
	ontology   *graph.Ontology
	spellings  []string          // for hints
	properties map[string]string // folded spelling → name of the property
	found      map[string]string // predicate → name of the property, "" where there is none
}

func newPredicates(o *graph.Ontology, codes map[string]string) *predicates {
	p := &predicates{ontology: o, properties: map[string]string{}, found: map[string]string{}}
	if o != nil {
		for _, l := range o.Links {
			if l.Label != "" && len(l.Name) > len(p.properties[strings.ToLower(l.Label)]) {
				p.add(l.Label, l.Name)
			}
		}
	}
	for _, spelling := range slices.Sorted(maps.Keys(codes)) {
		p.add(spelling, propertyOf(codes[spelling]))
	}
	return p
}

func (p *predicates) add(spelling, property string) {
	folded := strings.ToLower(spelling)
	if _, known := p.properties[folded]; !known {
		p.spellings = append(p.spellings, spelling)
	}
	p.properties[folded] = property
}

// propertyOf names the property of a code, which may be that name already.
func propertyOf(code string) string { return scheme + strings.TrimPrefix(code, scheme) }

// property returns the name of the predicate's property, or "".
func (p *predicates) property(predicate []byte) string {
	if name, ok := p.found[string(predicate)]; ok {
		return name
	}
	name := p.named(string(predicate))
	if p.ontology != nil && p.ontology.Link(name) == nil {
		name = ""
	}
	p.found[string(predicate)] = name
	return name
}

func (p *predicates) named(predicate string) string {
	if name := p.properties[strings.ToLower(predicate)]; name != "" {
		return name
	}
	if isCode.MatchString(predicate) {
		return propertyOf(predicate)
	}
	return ""
}

// hint says why a predicate has no property, and which one may be meant.
func (p *predicates) hint(predicate string) string {
	if name := p.named(predicate); name != "" {
		return "the ontology has no " + name
	}
	if s := place.Suggest(predicate, p.spellings); s != "" {
		return s
	}
	return "want a label of the ontology or a CAMEO code"
}
