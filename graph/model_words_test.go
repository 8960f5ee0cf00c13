package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

// dice choose what a test does: from a generator that shrinks, or from a seed.
type dice interface{ Intn(n int) int }

// drawn are the dice of a property test.
type drawn struct{ *rapid.T }

func (d drawn) Intn(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "n") }

func pick[T any](d dice, list ...T) T { return list[d.Intn(len(list))] }

// once in n is true.
func once(d dice, n int) bool { return d.Intn(n) == n-1 }

// The entities that are there from the beginning, by key without its scheme.
// Positions are made by what is said of them.
var cast = map[string]string{
	"e1": "State", "e2": "State", "e3": "Person", "e4": "State", "e5": "Person", "n1": "Unnamed", "i1": "Issue",
	"m1": "Meeting", "m2": "Meeting", "o1": "Offer", "f1": "Office", "h1": "HoldsOffice", "l1": "LeftOffice",
}

// classes of properties that are no states.
var classesOf = map[string]graph.Class{
	"participant": graph.Event, "note": graph.Event, "person/LeftOffice": graph.Event, "office/LeftOffice": graph.Event,
	"name": graph.Timeless, "alias": graph.Timeless, "one": graph.Timeless, "other": graph.Timeless, "judgement": graph.Timeless,
}

// says lists what may be said of a kind: "property entity…" or "property =word…".
var says = map[string][]string{
	"State":       {"meets e1 e2 e3 e4", "near e1 e2 e3 n1", "name =Foo =Bar", "alias =Bar =Baz"},
	"Person":      {"meets e1 e2 e3 e5", "name =Foo =Bar"},
	"Unnamed":     {"meets e1 e2 e3", "name =Foo =Bar"},
	"Issue":       {"name =Foo"},
	"Meeting":     {"participant e1 e2 e3 e4", "participant e1 e2 n1 e5", "status =HELD =MOOTED", "note =Foo =Bar"},
	"Offer":       {"offeror e1 e2 e4", "addressee e1 e2 n1", "state =MOOTED =TABLED =ACCEPTED =SIGNED"},
	"Office":      {"name =Bar"},
	"HoldsOffice": {"person e3 e5", "office f1"},
	"LeftOffice":  {"person e3 e5", "office f1"},
}

// said is one link of an assertion, as the model keeps it.
type said struct {
	subject, property, value string // a value that begins with = is a word
	valid, vouched           string
	deny                     bool
	extent
}

func (s said) String() string {
	words := []string{s.subject, s.property, s.value}
	if s.valid != "" {
		words = append(words, s.valid)
	}
	if s.vouched != "" {
		words = append(words, "vouched "+s.vouched)
	}
	if s.deny {
		words = append(words, "denied")
	}
	return strings.Join(words, " ")
}

// extent is a link's validity, worked out.
type extent struct {
	class       graph.Class
	start       string // as the claim is identified by: "" unknown, ".." open, else a date
	marks       string // ~ of the start
	from, until graph.Time
	end         graph.EndKind
	date        string // of the end, with marks
}

// claimName tells claims apart (rule 2).
type claimName struct{ subject, property, value, start string }

func (s *said) name() claimName { return claimName{s.subject, s.property, s.value, s.start} }

// points to tells whether the value is an entity.
func (c claimName) points() bool { return !strings.HasPrefix(c.value, "=") }

// speech is an assertion as it is given.
type speech struct {
	doc, key string
	links    []said
	position string // key of the position that the links are about, or ""
	pair     bool   // the links judge the sameness of two entities
	voice    graph.Voice
	chain    string // a speaker, or ""
	day      string // when it was said, or ""
	judge    graph.Judgement
}

func (s *speech) String() string {
	j := s.judge
	return fmt.Sprint(s.doc, " ", s.key, " ", s.links, " ", j.Marking, " ", j.Status, " ", j.Rank, " embargo ", j.Embargo != 0, " by ", s.chain)
}

// content is what tells an assertion from another one under its key (rule 3).
func (s *speech) content() string {
	var list []string
	for _, l := range s.links {
		list = append(list, fmt.Sprint(l.name(), l.deny, l.marks, l.end, l.date))
	}
	slices.Sort(list)
	return fmt.Sprint(list, s.voice, s.chain, s.day)
}

func ref(name string) graph.Ref {
	if id, ok := pairIDs.Load(name); ok {
		return graph.ByID(id.(graph.EntityID)) // such relations have no keys
	}
	return graph.ByKey("x:" + name)
}

func value(s string) graph.Value {
	word, ok := strings.CutPrefix(s, "=")
	switch {
	case !ok:
		return graph.RefOf(ref(s))
	case strings.ToUpper(word) == word:
		return graph.CodeOf(word)
	}
	return graph.TextOf(word)
}

// draft is the assertion as the graph takes it.
func (s *speech) draft() graph.Draft {
	d := graph.Draft{Document: graph.ByKey("source:" + s.doc), Key: s.key, Voice: s.voice, Asserted: day(s.day), Judgement: s.judge}
	if s.chain != "" {
		d.Chain = []graph.Ref{ref(s.chain)}
	}
	if s.pair {
		d.Relation = &graph.Relation{Kind: graph.KindSameAs}
		for _, l := range s.links {
			d.Relation.Fields = append(d.Relation.Fields, graph.Field{Name: l.property, Values: []graph.Filler{{Value: value(l.value)}}})
		}
		return d
	}
	if s.position != "" {
		d.Valid = validity(s.links[0].valid, s.links[0].vouched)
		d.Relation = &graph.Relation{Kind: "Position", Key: graph.Key{Scheme: "x", ID: s.position}}
		for _, l := range s.links {
			if l.property != "voice" { // which is the draft's
				d.Relation.Fields = append(d.Relation.Fields, graph.Field{Name: l.property, Values: []graph.Filler{{Value: value(l.value)}}})
			}
		}
		return d
	}
	for _, l := range s.links {
		g := graph.Link{Subject: ref(l.subject), Property: l.property, Value: value(l.value), Deny: l.deny}
		if l.valid != "" {
			v := validity(l.valid, l.vouched)
			g.Valid = &v
		}
		d.Links = append(d.Links, g)
	}
	return d
}

func day(s string) (d edtf.Date) {
	if s == "" {
		return d
	}
	d, err := edtf.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var validities sync.Map // of text to graph.Valid

func validity(interval, vouched string) graph.Valid {
	key := interval + " " + vouched
	if v, ok := validities.Load(key); ok {
		return v.(graph.Valid)
	}
	v, err := graph.ParseValid(interval, vouched)
	if err != nil {
		panic(err)
	}
	validities.Store(key, v)
	return v
}

// speaker makes up assertions.
type speaker struct {
	dice
	docs   []string
	keys   int
	spoken []said // of positions and judgements that there are
}

// speech makes up an assertion under a new key.
func (s *speaker) speech() speech {
	s.keys++
	sp := speech{doc: pick(s, s.docs...), key: fmt.Sprintf("k%d", s.keys), judge: s.judgement(), day: pick(s, "", "2025-10-03", "2025-11-15", "2025-10")}
	sp.chain = pick(s, "", "", "e1", "e3", "e4")
	if once(s, 4) {
		s.position(&sp)
		return sp
	}
	seen := map[claimName]bool{}
	for range 1 + s.Intn(5) {
		if l := s.link(); !seen[l.name()] {
			seen[l.name()] = true
			sp.links = append(sp.links, l)
		}
	}
	return sp
}

func (s *speaker) judgement() graph.Judgement {
	if once(s, 2) {
		return graph.Judgement{} // so that assertions often agree
	}
	j := graph.Judgement{Marking: pick(s, graph.Clear, graph.Clear, graph.Clear, graph.Amber, graph.Red),
		Status: pick(s, graph.AcceptedStatus, graph.AcceptedStatus, graph.AcceptedStatus, graph.Proposed),
		Rank:   pick(s, graph.Normal, graph.Normal, graph.Deprecated, graph.Preferred)}
	if once(s, 6) {
		j.Embargo = instant("2025-12-04").from
	}
	return j
}

// position makes the assertion one of a position.
func (s *speaker) position(sp *speech) {
	holder, stance := pick(s, "e1", "e2", "e4"), pick(s, "OPEN", "REJECT")
	valid := pick(s, "2025-10-01", "2025-10-02", "2025-10-05/2025-10-09", "2025-10-02/..", "2025-10-05/")
	sp.voice = pick(s, graph.Self, graph.OtherParty, graph.Narrator)
	sp.position = fmt.Sprintf("p.%s.%s.%s.%.10s", holder, sp.voice, stance, valid)
	for _, f := range [][2]string{{"holder", holder}, {"issue", "i1"}, {"stance", "=" + stance}, {"voice", "=" + sp.voice.String()}} {
		l := said{subject: sp.position, property: f[0], value: f[1], valid: valid}
		l.workOut("Position")
		sp.links = append(sp.links, l)
	}
}

var starts = []string{"2025-10-01", "2025-10-02", "2025-10-02~", "2025-10-05"}

func (s *speaker) link() said {
	if len(s.spoken) > 0 && once(s, 8) {
		l := pick(s, s.spoken...)
		l.deny = true
		return l
	}
	names := []string{"e1", "e2", "e3", "e4", "e5", "n1", "m1", "m1", "m2", "m2", "o1", "i1", "f1", "h1", "l1"}
	l := said{subject: pick(s, names...), deny: once(s, 7)}
	kind := cast[l.subject]
	words := strings.Fields(pick(s, says[kind]...))
	l.property, l.value = words[0], pick(s, words[1:]...)
	switch class := classOf(l.property, kind); class {
	case graph.Timeless:
	case graph.Event:
		l.valid = pick(s, starts...) + pick(s, "", "", "", "/..", "/", "/2025-10-07", "/2025-10-06~", "/2025-10-31")
		if once(s, 8) {
			l.valid = pick(s, "2025", "2025-10", "")
		}
	default:
		l.valid = pick(s, starts...) + pick(s, "", "/..", "/..", "/", "/2025-10-06", "/2025-10-07", "/2025-10-07~", "/2025-11-20")
		if once(s, 10) {
			l.valid = pick(s, "../2025-10-06", "/2025-10-06", "", "2025")
		}
		if strings.HasSuffix(l.valid, "/") && once(s, 2) {
			l.vouched = "2025-10-12"
		}
	}
	l.workOut(kind)
	return l
}

func classOf(property, kind string) graph.Class {
	if c, ok := classesOf[property+"/"+kind]; ok {
		return c
	}
	return classesOf[property]
}
