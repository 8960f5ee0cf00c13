package notes

import (
	"slices"
	"strings"
	"unicode"

	"github.com/parleydb/parley/graph"
)

// form is how lines about one kind are written.
type form struct {
	*graph.Kind
	word  string                     // the keyword: the kind's name with a small letter
	named map[string]*graph.Property // by name, plural and word
	first *graph.Property            // the role of fillers without a keyword
	then  *graph.Property            // the role behind >
	codes map[string]*graph.Property // the only attribute that takes a code; nil: several do
	texts *graph.Property            // the attribute of a quoted text without a keyword
	dates *graph.Property            // in place: the attribute of a date without a keyword
	voice bool                       // its assertions have a voice
}

// forms are the forms of an ontology.
type forms struct {
	ontology *graph.Ontology
	kinds    map[string]*form           // by keyword and by name
	claims   map[string]*graph.Property // by name, of whatever kind
	// qualified are the names under which claims have properties of reserved names.
	qualified map[string]string
	inline    map[*graph.Property][]*form
	owning    map[string][]string
}

// reserved words begin lines and clauses; a kind of that keyword goes by its
// name, a property of that name is written with its kind.
var (
	reservedLines   = []string{"document", "by", "entity", "claim", "deny", "correct", "retract"}
	reservedClauses = []string{"when", "vouched", "key", "occurrence"}
)

func newForms(o *graph.Ontology) *forms {
	fs := &forms{ontology: o, kinds: map[string]*form{}, claims: map[string]*graph.Property{}, qualified: map[string]string{}, inline: map[*graph.Property][]*form{}, owning: map[string][]string{}}
	for _, name := range []string{graph.PropertyName, graph.PropertyAlias} {
		fs.claims[name] = &graph.Property{Name: name, Type: graph.Text, Class: graph.Timeless}
	}
	if o == nil {
		return fs
	}
	for i := range o.Links {
		fs.addClaim(&o.Links[i])
	}
	for i := range o.Kinds {
		k := &o.Kinds[i]
		for j := range k.Properties {
			p := &k.Properties[j]
			fs.addClaim(p)
			if slices.Contains(reservedClauses, p.Name) {
				fs.claims[k.Name+"."+p.Name], fs.qualified[p.Name] = p, k.Name+"."+p.Name
			}
		}
		if !k.Abstract && k.Name != graph.KindDocument {
			f := fs.form(k)
			fs.kinds[f.word], fs.kinds[k.Name] = f, f
		}
	}
	return fs
}

// addClaim gathers the properties by name: a name has one type in the whole
// ontology, but neither one enumeration nor the same targets.
func (fs *forms) addClaim(p *graph.Property) {
	old, ok := fs.claims[p.Name]
	if !ok {
		fs.claims[p.Name] = p
		return
	}
	both := *p
	if old.Enum != p.Enum {
		both.Enum = ""
	}
	if both.Targets = append(slices.Clone(old.Targets), p.Targets...); len(old.Targets) == 0 || len(p.Targets) == 0 {
		both.Targets = nil
	}
	fs.claims[p.Name] = &both
}

// keyword is the word by which lines about a kind begin.
func keyword(kind string) string {
	r := []rune(kind)
	r[0] = unicode.ToLower(r[0])
	if w := string(r); !slices.Contains(reservedLines, w) {
		return w
	}
	return kind
}

func (fs *forms) form(k *graph.Kind) *form {
	f := &form{Kind: k, word: keyword(k.Name), named: map[string]*graph.Property{}, codes: map[string]*graph.Property{}}
	for i := range k.Properties {
		p := &k.Properties[i]
		for _, w := range []string{p.Name, p.Plural} {
			switch {
			case slices.Contains(reservedClauses, w):
				f.named[k.Name+"."+w] = p
			case w != "":
				f.named[w] = p
			}
		}
		if p.Word != "" {
			f.named[p.Word] = p
		}
		f.addCodes(fs.ontology.Enum(p.Enum), p)
		switch {
		case p.Name == "text" && p.Type == graph.Text:
			f.texts = p
		case p.Type == graph.Date && f.dates == nil:
			f.dates = p
		case p.Name == "voice" && p.Enum == "Voice":
			f.voice = true
		}
	}
	f.roles()
	return f
}

func (f *form) addCodes(e *graph.Enum, p *graph.Property) {
	if e == nil {
		return
	}
	for _, v := range e.Values {
		if _, again := f.codes[v]; again {
			f.codes[v] = nil
		} else {
			f.codes[v] = p
		}
	}
}

// roles settles which role takes fillers without a keyword, and which one those
// behind >: the second of the roles that want a filler, else the second one;
// none where the first wants two or more, since they are alike.
func (f *form) roles() {
	var all, wanted []*graph.Property
	for i := range f.Properties {
		if p := &f.Properties[i]; p.Role {
			all = append(all, p)
			if p.Min > 0 {
				wanted = append(wanted, p)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	f.first = all[0]
	switch {
	case len(wanted) > 1:
		f.then = wanted[1]
		if wanted[0] != f.first {
			f.then = wanted[0]
		}
	case len(all) > 1 && f.first.Min < 2:
		f.then = all[1]
	}
}

// identified tells whether entities of the kind are told by their fields.
func (f *form) identified() bool { return len(f.Identity) > 0 }

// words lists what may begin a clause.
func (f *form) words() []string {
	list := slices.Clone(reservedClauses[:2])
	for w := range f.named {
		list = append(list, w)
	}
	for c := range f.codes {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

// cuts tells whether a word within a clause begins another one.
func (f *form) cuts(w string) bool {
	p := f.named[w]
	return p != nil && p.Word == w
}

// owners are the kinds that have a property; nil: every kind.
func (fs *forms) owners(property string) []string {
	if l := fs.ontology.Link(property); l != nil {
		return l.Sources
	}
	list, ok := fs.owning[property]
	if ok || property == graph.PropertyName || property == graph.PropertyAlias {
		return list
	}
	for i := range fs.ontology.Kinds {
		if k := &fs.ontology.Kinds[i]; k.Property(property) != nil {
			list = append(list, k.Name)
		}
	}
	fs.owning[property] = list
	return list
}

// places are the kinds that an entity described in place of a filler may have.
func (fs *forms) places(p *graph.Property) []*form {
	if list, ok := fs.inline[p]; ok {
		return list
	}
	var list []*form
	for _, t := range p.Targets {
		for _, k := range fs.ontology.Concrete(t) {
			if f := fs.kinds[k]; f != nil && !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
	}
	fs.inline[p] = list
	return list
}

// literal is the kind that a filler may be described in by its values alone:
// the only one, told by fields among which is a text.
func (fs *forms) literal(p *graph.Property) *form {
	if list := fs.places(p); len(list) == 1 && list[0].identified() && list[0].texts != nil {
		return list[0]
	}
	return nil
}

// keywords lists what may begin a line.
func (fs *forms) keywords() []string {
	list := slices.Clone(reservedLines)
	for w := range fs.kinds {
		if !strings.ContainsFunc(w[:1], unicode.IsUpper) {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return list
}
