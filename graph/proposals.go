package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-unidecode"

	"github.com/parleydb/parley/graph/kv"
)

// Proposal is two entities that may be one: likeness is proposed, never assumed
// (rule 9). Merge says that they are one, KeepApart that they are not, after
// which they are not proposed again.
type Proposal struct {
	One, Other Entity // the one recorded first, and the other
	Why        Likeness
	Names      [2]string // of SameName and SameLetters: what the two are called
	Days       int       // of SameParticipants: how many days lie between them
}

// String is the proposal in a line, such as
//
//	x:a "Witkoff" and x:b "WITKOFF" (Person): one name
func (p Proposal) String() string {
	called := func(e *Entity, name string) string {
		key := e.ID.String()
		if len(e.Keys) > 0 {
			key = e.Keys[0].String()
		}
		if name == "" {
			return key
		}
		return fmt.Sprintf("%s %q", key, name)
	}
	why := "one name"
	switch p.Why {
	case SameLetters:
		why = "one name, written another way"
	case SameParticipants:
		why = "the same participants, " + [...]string{"on one day", "a day apart", "two days apart", "three days apart"}[min(p.Days, 3)]
	}
	return fmt.Sprintf("%s and %s (%s): %s", called(&p.One, p.Names[0]), called(&p.Other, p.Names[1]), p.Other.Kind, why)
}

// Likeness says what makes two entities look alike.
type Likeness string

// The likenesses.
const (
	SameName         Likeness = "SAME_NAME"         // one kind and one name or alias, but for case and accents
	SameLetters      Likeness = "SAME_LETTERS"      // one kind and one name or alias, in another script or with other signs
	SameParticipants Likeness = "SAME_PARTICIPANTS" // one kind and the same participants, at most three days apart
)

// nearby is how far apart two relations with the same participants may start
// and still be proposed as one: three days.
const nearby = 3 * 24 * 60 * 60 * 1000

// maxRelations is how many new relations a load looks at: each costs some reads.
const maxRelations = 2000

// Proposals tells what an entity that the view shows may be the same as: of
// relations without identity fields those of its kind that have the same
// participants within three days, of other entities those of its kind that go
// by one of its names in any script. It reads all names once.
func (v View) Proposals(ctx context.Context, id EntityID) (list []Proposal, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(ByID(id))
		if err != nil {
			return err
		}
		m := &matcher{rd: rd, most: maxProposals}
		if err := m.run([]num{n}); err != nil {
			return err
		}
		list = m.found
		return nil
	})
	return list, err
}

// maxProposals ends the search for what one entity may be.
const maxProposals = 100

// matcher looks for what some entities may be the same as.
type matcher struct {
	rd      *reading
	most    int // proposals after which to stop
	found   []Proposal
	skipped int // relations that were not looked at
	seen    map[[2]num]bool
}

func (m *matcher) run(list []num) error {
	m.seen = map[[2]num]bool{}
	var plain, relations []num
	for _, n := range list {
		k, err := m.kind(n)
		switch {
		case err != nil:
			return err
		case k == nil || k.identified() || len(k.MayBe) > 0 || k.Name == KindDocument:
		case k.Relation:
			relations = append(relations, n)
		default:
			plain = append(plain, n)
		}
	}
	if over := len(relations) - maxRelations; over > 0 {
		m.skipped, relations = over, relations[:maxRelations]
	}
	for _, n := range relations {
		if err := m.relation(n); err != nil {
			return err
		}
	}
	return m.named(plain)
}

// kind is the kind of an entity; one that no ontology declares is as it is.
func (m *matcher) kind(n num) (*Kind, error) {
	e, err := m.rd.entity(n)
	if err != nil {
		return nil, err
	}
	if k := m.rd.db.ontology.Kind(e.Kind); k != nil {
		return k, nil
	}
	return &Kind{Name: e.Kind}, nil
}

func (m *matcher) full() bool { return len(m.found) >= m.most }

// propose adds a pair, unless it is one already or somebody keeps it apart.
func (m *matcher) propose(a, b num, p Proposal) error {
	same := m.rd.same()
	if a, b = same.head(a), same.head(b); a > b {
		a, b = b, a
		p.Names[0], p.Names[1] = p.Names[1], p.Names[0]
	}
	pair := [2]num{a, b}
	if a == b || m.full() || m.seen[pair] {
		return nil
	}
	if m.seen[pair] = true; same != nil {
		if _, _, barred := same.barred(a, b); barred {
			return nil
		}
	}
	var err error
	if p.One, err = m.rd.entity(a); err == nil {
		p.Other, err = m.rd.entity(b)
	}
	m.found = append(m.found, p)
	return err
}

// relation looks for relations that have the same participants within three days.
func (m *matcher) relation(n num) error {
	s, fillers, err := m.participants(n)
	if err != nil || len(fillers) == 0 || s.start == MinTime || m.full() {
		return err
	}
	candidates, err := m.sharing(s, fillers)
	if err != nil {
		return err
	}
	for _, other := range candidates {
		if m.rd.same().head(other) == n {
			continue
		}
		o, theirs, err := m.participants(other)
		if err != nil {
			return err
		}
		apart := max(o.start, s.start) - min(o.start, s.start)
		if o.Kind != s.Kind || !slices.Equal(fillers, theirs) {
			continue
		}
		if err := m.propose(n, other, Proposal{Why: SameParticipants, Days: int(apart / (24 * 60 * 60 * 1000))}); err != nil {
			return err
		}
	}
	return nil
}

// participation is one filler of a role.
type participation struct {
	role string
	who  num
}

// participants are those who fill the roles by which a relation may be known
// again, sorted; none where one of these roles is not stated.
func (m *matcher) participants(n num) (*stateOf, []participation, error) {
	whole := *m.rd
	whole.point.On = Interval{}
	s, err := whole.state(m.rd.same().head(n))
	if err != nil || s.kind == nil || !s.visible {
		return s, nil, err
	}
	var list []participation
	for _, role := range s.kind.telling() {
		if slices.Contains(s.Missing, role) {
			return s, nil, nil
		}
		for _, c := range s.All(role) {
			who, err := m.rd.lookup(ByID(c.Value.entity))
			if err != nil {
				return s, nil, err
			}
			list = append(list, participation{role, who})
		}
	}
	slices.SortFunc(list, func(a, b participation) int {
		return cmp.Or(strings.Compare(a.role, b.role), cmp.Compare(a.who, b.who))
	})
	return s, slices.Compact(list), nil
}

// telling are the roles that a relation is known again by: those of its key,
// else those that must be filled.
func (k *Kind) telling() (roles []string) {
	for i := range k.Properties {
		p := &k.Properties[i]
		inKey := k.Key != nil && slices.Contains(k.Key.Fields, p.Name)
		if p.Role && (inKey || (k.Key == nil && p.Min > 0)) {
			roles = append(roles, p.Name)
		}
	}
	return roles
}

// sharing lists what has all these participants and starts nearby, by number.
func (m *matcher) sharing(s *stateOf, fillers []participation) ([]num, error) {
	whole := *m.rd
	whole.point.On = Interval{}
	var shared []num
	for i, f := range fillers {
		id, err := m.rd.id(f.who)
		if err != nil {
			return nil, err
		}
		w, err := whole.walk(&EdgeQuery{Entity: ByID(id), Direction: In, Properties: []string{f.role},
			Starts: Interval{s.start - nearby, s.start + nearby + 1}})
		if err != nil || w == nil {
			return nil, err
		}
		here, err := w.others()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			here = slices.DeleteFunc(here, func(n num) bool { return !slices.Contains(shared, n) })
		}
		if shared = here; len(shared) < 2 {
			return nil, nil
		}
	}
	return shared, nil
}

// others lists the other ends of all edges that are wanted and shown, and ends
// the walk.
func (w *walk) others() (list []num, err error) {
	defer w.leave()
	err = w.hops(func(e hop) { list = append(list, e.other) })
	return w.rd.heads(list), err
}

// called is an entity and one of its names.
type called struct {
	num  num
	kind string
	name string
}

// named looks for entities that go by one of the names of those given.
func (m *matcher) named(list []num) error {
	if len(list) == 0 || m.full() {
		return nil
	}
	ours := make(map[num]bool, len(list))
	for _, n := range list {
		ours[m.rd.same().head(n)] = true
	}
	wanted := map[string][]called{}
	err := m.eachName(func(letters string, c num) bool { return ours[c] }, func(letters string, c called) error {
		wanted[letters] = append(wanted[letters], c)
		return nil
	})
	if err != nil {
		return err
	}
	err = m.eachName(func(letters string, _ num) bool { return wanted[letters] != nil }, func(letters string, c called) error {
		for _, our := range wanted[letters] {
			if our.kind != c.kind || our.num == c.num {
				continue
			}
			why := SameLetters
			if fold(our.name) == fold(c.name) {
				why = SameName
			}
			if err := m.propose(our.num, c.num, Proposal{Why: why, Names: [2]string{our.name, c.name}}); err != nil {
				return err
			}
		}
		if m.full() {
			return kv.Stop
		}
		return nil
	})
	return err
}

// eachName calls fn for each name, of those that look may matter, that the view
// shows, in the order of the names; letters is the name as latin writes it.
func (m *matcher) eachName(look func(letters string, n num) bool, fn func(letters string, c called) error) error {
	rd, same := m.rd, m.rd.same()
	return rd.r.Scan(kv.Range{Start: []byte{famLabel}, End: []byte{famLabel + 1}, KeysOnly: true}, func(k, _ []byte) error {
		if len(k) < 12 {
			return ErrDamaged
		}
		letters := latin(string(k[1 : len(k)-11]))
		if letters == "" || !look(letters, same.head(get5(k[len(k)-10:]))) {
			return rd.ctx.Err()
		}
		stop := false
		err := rd.labels(kv.Range{Start: k, End: append(slices.Clone(k), 0)}, NameQuery{}, func(c candidate) error {
			err := fn(letters, called{c.num, c.Kind, c.Name.Text})
			stop = errors.Is(err, kv.Stop)
			return err
		})
		if stop {
			return kv.Stop
		}
		return err
	})
}

// latin is a folded name in Latin letters and digits, whatever its script; ""
// where none are left.
func latin(folded string) string {
	plain := strings.IndexFunc(folded, func(r rune) bool { return r > unicode.MaxASCII || !alphanumeric(r) }) < 0
	if plain {
		return folded
	}
	return strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); alphanumeric(r) {
			return r
		}
		return -1
	}, unidecode.Unidecode(folded))
}

func alphanumeric(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
