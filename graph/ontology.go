package graph

import (
	"slices"
	"sort"
	"strings"
)

// Class tells how a property or kind relates to valid time (rule 7).
type Class uint8

// The classes. What a store is not told of is a State.
const (
	// State lasts until something ends it or takes over: a position, an office.
	State Class = iota
	// Event has a bounded interval of at most MaxEvent: a meeting, an utterance.
	Event
	// Timeless has no valid time: a name, a code.
	Timeless
)

var classes = []string{"STATE", "EVENT", "TIMELESS"}

// ParseClass reads a class by its name.
func ParseClass(s string) (Class, error) { return parseCode[Class]("class", classes, s) }

func (c Class) String() string { return codeName(classes, c) }

// Ontology names the kinds and properties that statements may use. It is a
// plain value: package schema compiles it from SDL, a store keeps it beside
// its data, and every View hands it out. It must not be changed once it was
// given to Open.
type Ontology struct {
	Name, Version string
	Kinds         []Kind    // sorted by name
	Enums         []Enum    // sorted by name
	Machines      []Machine // sorted by name
	// Links are properties of many kinds at once, sorted by name: a code list
	// such as CAMEO's, whose every code links an actor to an actor.
	Links []Property `json:",omitempty"`
}

// Kind is a kind of entity. A relation kind has roles; an abstract kind stands
// only in the targets of roles and in Is.
type Kind struct {
	Name, Doc string
	// Plural is what lists of the kind are called in GraphQL; empty: made from Name.
	Plural   string     `json:",omitempty"`
	Abstract bool       `json:",omitempty"`
	Relation bool       `json:",omitempty"`
	Class    Class      `json:",omitempty"`
	Is       []string   `json:",omitempty"` // every supertype, direct or not, sorted
	Identity [][]string `json:",omitempty"` // rule 9: the first list whose fields are all given makes the id
	Key      *KeyRule   `json:",omitempty"`
	Ends     []EndRule  `json:",omitempty"`
	// MayBe lists the kinds, abstract ones too, that an entity of this kind may
	// turn out to be: what stands in for somebody whom nobody named can be
	// merged with who it was (rule 11).
	MayBe     []string    `json:",omitempty"`
	StandsFor []StandRule `json:",omitempty"`
	// Fuzzy is of kinds such as a bloc, of which nobody can say for sure who
	// belongs to them: rolling up stops there (rule 12).
	Fuzzy bool `json:",omitempty"`
	// Properties holds the roles first, then the attributes, each in the order
	// of declaration, those of the supertypes included, then name and alias.
	Properties []Property
}

// KeyRule is the key of a state kind (rule 8): of the relations that agree in
// Fields, the one with the latest start stands. Where the relation's voice is
// not SELF and PerSpeaker is set, the root speaker belongs to the key, too.
type KeyRule struct {
	Fields     []string
	PerSpeaker bool `json:",omitempty"`
}

// EndRule declares that an event of this kind ends the relations of kind Kind
// that agree with it in Fields (rule 4).
type EndRule struct {
	Kind   string
	Fields []string
}

// StandRule declares that who fills the field Agent stands for who fills the
// field Principal, while the relation says so (rule 12). Without an agent, it
// is the entity itself that does: an office for its body.
type StandRule struct {
	Agent     string `json:",omitempty"`
	Principal string
}

// Property is a declared statement about entities of a kind.
type Property struct {
	Name    string
	Plural  string    `json:",omitempty"` // field name in GraphQL where more than one value may stand; else Name
	Doc     string    `json:",omitempty"`
	Type    ValueType // Reference for roles and links
	Enum    string    `json:",omitempty"` // name of the enumeration of a Code
	Targets []string  `json:",omitempty"` // kinds, abstract ones too, that a Reference may point to; none: any
	Role    bool      `json:",omitempty"`
	Word    string    `json:",omitempty"` // of a role: what stands before its fillers in notes, such as "on"
	Min     int       `json:",omitempty"` // fewer fillers are flagged
	Max     int       `json:",omitempty"` // more fillers in one statement are refused; 0: any number
	Single  bool      `json:",omitempty"` // single-valued: its key is subject + property
	Class   Class     `json:",omitempty"`
	Machine string    `json:",omitempty"` // name of the machine that its values step through
	Sources []string  `json:",omitempty"` // of Links: the kinds that may be the subject
	Label   string    `json:",omitempty"` // of Links: what people call it, such as CAMEO's name for a code
}

// Enum is a closed list of codes.
type Enum struct {
	Name   string
	Values []string
}

// Machine is the usual order of a state's values. A step outside it is stored
// and flagged, never refused.
type Machine struct {
	Name  string
	Steps map[string][]string // from state to the states that may follow
}

// Kind returns the kind with that name, or nil.
func (o *Ontology) Kind(name string) *Kind {
	if o != nil {
		i := sort.Search(len(o.Kinds), func(i int) bool { return o.Kinds[i].Name >= name })
		if i < len(o.Kinds) && o.Kinds[i].Name == name {
			return &o.Kinds[i]
		}
	}
	if name == KindSameAs {
		return sameAs()
	}
	return nil
}

// sameAs is the kind SameAs as every database knows it, where the ontology
// does not declare its own.
func sameAs() *Kind {
	role := func(name string) Property {
		return Property{Name: name, Type: Reference, Role: true, Min: 1, Max: 1, Class: Timeless}
	}
	return &Kind{Name: KindSameAs, Doc: "Somebody's judgement that two entities are, or are not, the same.", Relation: true,
		Class: Timeless, Identity: [][]string{{fieldOne, fieldOther}}, Key: &KeyRule{Fields: []string{fieldOne, fieldOther}},
		Properties: []Property{role(fieldOne), role(fieldOther), {Name: fieldJudgement, Type: Code, Single: true, Class: Timeless},
			{Name: PropertyName, Type: Text, Class: Timeless}, {Name: PropertyAlias, Type: Text, Class: Timeless}}}
}

// mayBe lists the kinds that an entity of a kind may turn out to be.
func (o *Ontology) mayBe(kind string) []string {
	if k := o.Kind(kind); k != nil {
		return k.MayBe
	}
	return nil
}

// Enum returns the enumeration with that name, or nil.
func (o *Ontology) Enum(name string) *Enum {
	if o == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(o.Enums, name, func(e Enum, n string) int { return strings.Compare(e.Name, n) })
	if !ok {
		return nil
	}
	return &o.Enums[i]
}

// Machine returns the machine with that name, or nil.
func (o *Ontology) Machine(name string) *Machine {
	if o == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(o.Machines, name, func(m Machine, n string) int { return strings.Compare(m.Name, n) })
	if !ok {
		return nil
	}
	return &o.Machines[i]
}

// Link returns the link with that name, or nil.
func (o *Ontology) Link(name string) *Property {
	if o == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(o.Links, name, func(p Property, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return nil
	}
	return &o.Links[i]
}

// Property returns the declaration of a property for entities of a kind, or nil.
func (o *Ontology) Property(kind, name string) *Property {
	if k := o.Kind(kind); k != nil {
		if p := k.Property(name); p != nil {
			return p
		}
	}
	if l := o.Link(name); l != nil && o.IsAny(kind, l.Sources) {
		return l
	}
	return nil
}

// Property returns the kind's declaration of a property, or nil.
func (k *Kind) Property(name string) *Property {
	for i := range k.Properties {
		if k.Properties[i].Name == name {
			return &k.Properties[i]
		}
	}
	return nil
}

// lasts tells whether any property of a kind is a state.
func (o *Ontology) lasts(k *Kind) bool {
	for i := range k.Properties {
		if k.Properties[i].Class == State {
			return true
		}
	}
	return slices.ContainsFunc(o.Links, func(l Property) bool { return l.Class == State && o.IsAny(k.Name, l.Sources) })
}

// IsA tells whether the kind is, or is a subtype of, the kind named.
func (o *Ontology) IsA(kind, name string) bool {
	if kind == name {
		return true
	}
	k := o.Kind(kind)
	return k != nil && slices.Contains(k.Is, name)
}

// IsAny tells whether the kind is any of those named; with none named, it is.
func (o *Ontology) IsAny(kind string, names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return o.IsA(kind, n) })
}

// Concrete lists the names of the kinds that are, or are a subtype of, the
// kind named and that entities may have, sorted. Without an ontology that is
// the name itself.
func (o *Ontology) Concrete(name string) []string {
	if o == nil {
		return []string{name}
	}
	var names []string
	for i := range o.Kinds {
		if k := &o.Kinds[i]; !k.Abstract && o.IsA(k.Name, name) {
			names = append(names, k.Name)
		}
	}
	if name == KindSameAs && len(names) == 0 {
		return []string{name}
	}
	return names
}

// Leads tells whether the machine knows a step from one state to another,
// directly or through others.
func (m *Machine) Leads(from, to string) bool {
	seen := map[string]bool{from: true}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		for _, s := range m.Steps[next[0]] {
			if s == to {
				return true
			}
			if !seen[s] {
				seen[s] = true
				next = append(next, s)
			}
		}
	}
	return false
}

// builtin tells whether every kind has the property: the names of entities.
func builtin(property string) bool { return property == PropertyName || property == PropertyAlias }

// The properties that every kind has, declared or not.
const (
	PropertyName  = "name"
	PropertyAlias = "alias"
)

// near suggests a declared kind that is close to one that is not.
func (o *Ontology) near(name string) string {
	var names []string
	for i := range o.Kinds {
		if !o.Kinds[i].Abstract {
			names = append(names, o.Kinds[i].Name)
		}
	}
	return didYouMean(name, names)
}

func didYouMean(name string, names []string) string {
	if found := Nearest(name, names, 1); len(found) > 0 {
		return ": did you mean " + found[0] + "?"
	}
	return ""
}
