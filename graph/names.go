package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/antzucaro/matchr"
	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/parleydb/parley/graph/kv"
)

// fold is the form by which names are found: without case, accents and
// repeated spaces (Unicode default case folding, combining marks removed).
func fold(s string) string {
	if ascii(s) {
		return squeeze(strings.ToLower(s))
	}
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(t, s)
	if err != nil {
		plain = s
	}
	return squeeze(cases.Fold().String(plain))
}

// ascii tells whether there is nothing in a name but letters without accents
// and what else ASCII has, which folding leaves alone.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= unicode.MaxASCII }) < 0
}

// squeeze leaves out spaces that are repeated, and what no key can hold.
func squeeze(s string) string {
	folded := strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(folded[:min(len(folded), 1024)], "\x00", "")
}

// distance counts edits; two letters that changed places are one.
func distance(a, b string) int { return matchr.OSA(a, b) }

// candidate is a name of an entity that is live at the view.
type candidate struct {
	Match
	num   num
	order int // 0 a name, 1 an alias, 2 a name with a scope
}

// Lookup finds entities by name at the view's point: by name before alias,
// without a scope before with one. Only the best are given, sorted by id; more
// than one is for the caller to tell apart. ErrNotFound: there is none.
func (v View) Lookup(ctx context.Context, q NameQuery) (list []Match, err error) {
	err = v.read(ctx, func(rd *reading) error {
		var found []candidate
		prefix := append(append([]byte{famLabel}, fold(q.Name)...), 0)
		err := rd.labels(kv.Range{Start: prefix, End: behind(prefix)}, q, func(c candidate) error {
			found = append(found, c)
			return nil
		})
		if err != nil {
			return err
		}
		list = best(found)
		if len(list) == 0 {
			return fmt.Errorf("%w: no name %q", ErrNotFound, q.Name)
		}
		return nil
	})
	return list, err
}

func best(found []candidate) []Match {
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.order, b.order), slices.Compare(a.ID[:], b.ID[:]), strings.Compare(a.Name.Text, b.Name.Text))
	})
	var list []Match
	for _, c := range found {
		if c.order == found[0].order && !slices.ContainsFunc(list, func(m Match) bool { return m.ID == c.ID }) {
			list = append(list, c.Match)
		}
	}
	return list
}

// labels calls fn for each live name in a range of family a that fits the query.
func (rd *reading) labels(rng kv.Range, q NameQuery, fn func(candidate) error) error {
	return rd.r.Scan(rng, func(k, b []byte) error {
		_, n, _, err := labelOf(k)
		if err != nil {
			return err
		}
		ok, err := rd.rowHeld(k, b)
		if err != nil || !ok {
			return err
		}
		d := dec{b: b}
		d.row(MinTime)
		alias := d.byte() != 0
		val, _ := d.value()
		if err := d.done("name row"); err != nil {
			return err
		}
		if q.Scope != "" && val.Scope() != q.Scope {
			return nil
		}
		c := candidate{num: rd.same().head(n), order: boolBit(alias)}
		if val.Scope() != "" && q.Scope == "" {
			c.order = 2
		}
		if c.Entity, err = rd.entity(c.num); err != nil {
			return err
		}
		if len(q.Kinds) > 0 && !rd.db.ontology.IsAny(c.Kind, q.Kinds) {
			return nil
		}
		c.Name = Name{val.text, val.Language(), val.Script(), val.Scope(), alias}
		return fn(c)
	})
}

// Suggest gives at most n names that the view shows and that are near to the
// one asked for: those of relations come last, then the nearest first, then
// those of which it is a whole word.
func (v View) Suggest(ctx context.Context, q NameQuery, n int) ([]string, error) {
	want := fold(q.Name)
	var list []near
	err := v.read(ctx, func(rd *reading) error {
		return rd.r.Scan(kv.Range{Start: []byte{famLabel}, End: []byte{famLabel + 1}}, func(k, b []byte) error {
			name, _, _, err := labelOf(k)
			if err != nil {
				return err
			}
			d := nearness(want, name)
			if d < 0 {
				return nil
			}
			return rd.labels(kv.Range{Start: k, End: append(slices.Clone(k), 0)}, q, func(c candidate) error {
				kind := rd.db.ontology.Kind(c.Kind)
				list = append(list, near{c.Name.Text, kind != nil && kind.Relation, d, !slices.Contains(words(name), want)})
				return nil
			})
		})
	})
	return nearest(list, n), err
}

// near is a name that may have been meant.
type near struct {
	name     string
	relation bool // what has the name is a relation
	d        int
	inside   bool // what was asked for is no whole word of it
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// nearest gives at most n of the names, each once.
func nearest(list []near, n int) []string {
	slices.SortFunc(list, func(a, b near) int {
		return cmp.Or(boolBit(a.relation)-boolBit(b.relation), cmp.Compare(a.d, b.d), boolBit(a.inside)-boolBit(b.inside),
			cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, c := range list {
		if len(names) < n && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

// Nearest gives at most n of the names that are near to one that is none of
// them: by a third of its letters, or because they contain it. The nearest come
// first; case does not matter.
func Nearest(name string, names []string, n int) []string {
	want := fold(name)
	limit := max(1, len([]rune(want))/3)
	var list []near
	for _, other := range names {
		d := distance(want, fold(other))
		if d > limit && len(want) >= 3 && strings.Contains(fold(other), want) {
			d = limit
		}
		if d <= limit {
			list = append(list, near{name: other, d: d})
		}
	}
	return nearest(list, n)
}

// nearness is the number of edits between two folded names, 0 where one is
// part of the other, and -1 where they have nothing to do with each other.
func nearness(want, name string) int {
	if len(want) >= 3 && (strings.Contains(name, want) || (len(name) >= 3 && strings.Contains(want, name))) {
		return 0
	}
	limit := max(1, len([]rune(want))/3)
	if diff := len(name) - len(want); diff > 4*limit || -diff > 4*limit {
		return -1
	}
	if d := distance(want, name); d <= limit {
		return d
	}
	return -1
}

// Names gives the names of an entity at the view's point, names before
// aliases, each group by language and text.
func (v View) Names(ctx context.Context, id EntityID) (list []Name, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(ByID(id))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil {
			list, err = rd.namesOf(n)
		}
		return err
	})
	return list, err
}

func (rd *reading) namesOf(n num) ([]Name, error) {
	list, err := rd.namesByMember(n)
	slices.SortFunc(list, byName)
	return list, err
}

func byName(a, b Name) int {
	return cmp.Or(boolBit(a.Alias)-boolBit(b.Alias), strings.Compare(a.Language, b.Language), strings.Compare(a.Text, b.Text))
}

// namesByMember are the names of an entity, and then those of what it is one
// with that are others.
func (rd *reading) namesByMember(n num) (list []Name, err error) {
	for _, member := range rd.same().of(n) {
		own, err := rd.ownNames(member)
		if err != nil {
			return nil, err
		}
		for _, name := range own {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list, nil
}

// ownNames are the names of an entity itself.
func (rd *reading) ownNames(n num) (list []Name, err error) {
	for _, property := range []string{PropertyName, PropertyAlias} {
		p, ok, err := rd.number(property)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		prefix := put2(key(famAttribute, n), p)
		err = rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, func(k, b []byte) error {
			ok, err := rd.rowHeld(k, b)
			if err != nil || !ok {
				return err
			}
			d := dec{b: b}
			d.row(MinTime)
			val, _ := d.value()
			list = append(list, Name{val.text, val.Language(), val.Script(), val.Scope(), property == PropertyAlias})
			return d.done("attribute row")
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, byName)
	return list, nil
}

// Labels gives a label for each entity, computed at the view's point: its name
// in the first of the languages that it has one in, else in English, else any
// (rule 10), else what its text or title says, else its key or id.
func (v View) Labels(ctx context.Context, ids []EntityID, languages ...string) ([]string, error) {
	list := make([]string, len(ids))
	known := map[EntityID]string{}
	err := v.read(ctx, func(rd *reading) error {
		for i, id := range ids {
			if label, ok := known[id]; ok {
				list[i] = label
				continue
			}
			label, err := rd.label(id, languages)
			if err != nil {
				return err
			}
			list[i], known[id] = label, label
		}
		return nil
	})
	return list, err
}

func (rd *reading) label(id EntityID, languages []string) (string, error) {
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return id.String(), nil
	}
	if err != nil {
		return "", err
	}
	return rd.labelOf(n, languages)
}

func (rd *reading) labelOf(n num, languages []string) (string, error) {
	names, err := rd.namesByMember(n)
	if err != nil {
		return "", err
	}
	if label := choose(names, append(slices.Clone(languages), "en")); label != "" {
		return label, nil
	}
	return rd.substitute(n)
}

// choose prefers names to aliases, and among them the languages in order; a
// name without a language counts as English.
func choose(names []Name, languages []string) string {
	for _, alias := range []bool{false, true} {
		for _, lang := range languages {
			for _, n := range names {
				if n.Alias == alias && (n.Language == lang || (n.Language == "" && lang == "en")) {
					return n.Text
				}
			}
		}
		for _, n := range names {
			if n.Alias == alias {
				return n.Text
			}
		}
	}
	return ""
}

// substitute is what an entity without a name is called: what its text or
// title says, else its key. It is called by its id where the view is told of
// no key, and where what its clearance would see of it is not known yet: what it
// would not see makes no difference.
func (rd *reading) substitute(n num) (string, error) {
	h, err := rd.header(n)
	if err != nil {
		return "", err
	}
	shown, err := rd.tells(h)
	if err != nil {
		return "", err
	}
	if shown {
		if d, err := rd.document(h.doc); err != nil || d.Title != "" {
			return d.Title, err
		}
	}
	text, err := rd.ownText(n)
	if err != nil || text != "" {
		return text, err
	}
	if silent := h.doc == 0 && !h.seen.may(rd.ts, rd.point.Clearance); !shown && !silent {
		shown, err = rd.mentioned(n)
	} else {
		shown = true
	}
	if err != nil {
		return "", err
	}
	e, err := rd.entity(n)
	if shown && len(e.Keys) > 0 {
		return e.Keys[0].String(), err
	}
	return e.ID.String(), err
}

// ownText is the text or title that is claimed of an entity.
func (rd *reading) ownText(n num) (text string, err error) {
	whole := *rd
	whole.point.On = Interval{}
	err = whole.claims(n, ClaimQuery{Properties: []string{"text", "title"}}, func(c *Claim) bool {
		text = c.Value.String()
		return false
	})
	return text, err
}

// OfKind yields the entities of a kind, which may be abstract, that the view
// shows, in the order in which they were first recorded within each kind. Where
// the point is on a day, relations are those that Relations gives (rule 7).
func (v View) OfKind(ctx context.Context, kind string) iter.Seq2[Entity, error] {
	return sequence(ctx, v, func(rd *reading, yield func(Entity, error) bool) error {
		return rd.eachOfKinds(rd.db.ontology.Concrete(kind), yield)
	})
}

// standingOf are the relations of a kind that stand on the point's day; nil
// where the kind is none of relations, or no day is asked for.
func (rd *reading) standingOf(kind string) (map[num]bool, error) {
	k := rd.db.ontology.Kind(kind)
	if k == nil || !k.Relation || rd.point.On.IsZero() {
		return nil, nil
	}
	states, err := rd.relationsOf(k, &relationQuery{})
	if err != nil {
		return nil, err
	}
	found := make(map[num]bool, len(states))
	for _, s := range states {
		n, err := rd.lookup(ByID(s.ID))
		if err != nil {
			return nil, err
		}
		found[n] = true
	}
	return found, nil
}

func (rd *reading) eachOfKinds(kinds []string, yield func(Entity, error) bool) error {
	for _, k := range kinds {
		number, ok, err := rd.kindNumber(k)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		list, err := rd.kindRows(number, MaxTime-1, MinTime)
		if err != nil {
			return err
		}
		stands, err := rd.standingOf(k)
		if err != nil {
			return err
		}
		for _, n := range rd.heads(list) {
			if stands != nil && !stands[n] {
				continue
			}
			var one []Entity
			if err := rd.appendVisible(n, &one); err != nil {
				return err
			}
			if len(one) > 0 && one[0].Kind == k && !yield(one[0], nil) {
				return nil
			}
		}
	}
	return nil
}
