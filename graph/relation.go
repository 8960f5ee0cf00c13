package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A start of validity may be one of the identity fields of a kind.
const startField = "start"

// spread turns the relation of a draft into its entity and one link for each
// of its fields, those of entities described in place included. It tells which
// field each link comes from.
func (tx *Tx) spread(d *Draft) ([]Link, []Part, error) {
	s := spreader{tx: tx, voice: d.Voice, valid: d.Valid}
	_, err := s.relation(d.Relation, nil)
	return s.links, s.parts, err
}

type spreader struct {
	tx    *Tx
	voice Voice // of the draft
	valid Valid
	links []Link
	parts []Part // of the links
	part  Part   // in hand
}

// around is the relation that an entity is described in.
type around struct {
	kind   string
	entity EntityID // zero: not known yet, since its identity depends on its fields
	fields map[string][]Value
	inline bool // it is described in place itself
}

func (s *spreader) relation(r *Relation, outer *around) (EntityID, error) {
	o := s.tx.db.ontology
	kind := o.Kind(r.Kind)
	if o != nil && (kind == nil || kind.Abstract) {
		return EntityID{}, fmt.Errorf("%w: unknown kind %q%s", ErrRefused, r.Kind, o.near(r.Kind))
	}
	self := &around{kind: r.Kind, fields: map[string][]Value{}, inline: outer != nil}
	if !r.Key.IsZero() && !kind.identified() {
		c, err := s.tx.declare(r.Kind, []Key{r.Key})
		if err != nil {
			return EntityID{}, err
		}
		self.entity = c.id
	}
	names, err := s.fields(r, self)
	if err != nil {
		return EntityID{}, err
	}
	names = append(names, s.given(kind, self, outer)...)
	if self.entity.IsZero() {
		if self.entity, err = s.identify(kind, self, r.Key); err != nil {
			return EntityID{}, err
		}
	}
	for _, name := range names {
		for i, v := range self.fields[name] {
			if outer == nil {
				s.part = Part{"relation", i, name}
			}
			s.links = append(s.links, Link{Subject: ByID(self.entity), Property: name, Value: v, Deny: r.Deny})
			s.parts = append(s.parts, s.part)
		}
	}
	return self.entity, nil
}

// fields resolves what fills the relation's fields, and lists their names.
func (s *spreader) fields(r *Relation, self *around) ([]string, error) {
	var names []string
	later := r.Fields[:0:0]
	for _, f := range r.Fields {
		if slices.ContainsFunc(f.Values, func(v Filler) bool { return v.Inline != nil }) {
			later = append(later, f)
			continue
		}
		names = append(names, f.Name)
		if err := s.fill(f, self); err != nil {
			return nil, err
		}
	}
	for _, f := range later { // what is described in place may lean on the other fields
		names = append(names, f.Name)
		if err := s.fill(f, self); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (s *spreader) fill(f Field, self *around) error {
	p := s.tx.db.ontology.Property(self.kind, f.Name)
	for i, v := range f.Values {
		if !self.inline {
			s.part = Part{"relation", i, f.Name}
		}
		value, err := s.filler(v, p, self)
		if err != nil {
			return inPart(fmt.Errorf("%s: %w", f.Name, err), s.part)
		}
		self.fields[f.Name] = append(self.fields[f.Name], value)
	}
	return nil
}

func (s *spreader) filler(f Filler, p *Property, self *around) (Value, error) {
	if f.Inline == nil {
		return s.tx.resolve(f.Value, p)
	}
	inline := *f.Inline
	if inline.Kind == "" && p != nil && len(p.Targets) == 1 {
		inline.Kind = p.Targets[0]
	}
	id, err := s.relation(&inline, self)
	return EntityOf(id), err
}

// given adds the fields that a relation does not have to state: the voice,
// which is the draft's, and the identity fields that the relation around it
// gives. It lists their names.
func (s *spreader) given(kind *Kind, self, outer *around) []string {
	if kind == nil {
		return nil
	}
	var names []string
	add := func(name string, values []Value) {
		if len(values) > 0 && len(self.fields[name]) == 0 {
			self.fields[name], names = values, append(names, name)
		}
	}
	if p := kind.Property("voice"); p != nil && p.Enum == "Voice" && s.voice != VoiceNone {
		add("voice", []Value{CodeOf(s.voice.String())})
	}
	if outer == nil {
		return names
	}
	for _, fields := range kind.Identity {
		for _, name := range fields {
			add(name, s.lean(kind.Property(name), outer))
		}
		if self.all(fields) {
			break
		}
	}
	return names
}

// lean is what the relation around it gives for an identity field: the
// relation itself where its kind fits, else its field of the same name.
func (s *spreader) lean(p *Property, outer *around) []Value {
	switch {
	case p == nil || p.Type != Reference:
		return nil
	case !outer.entity.IsZero() && len(p.Targets) > 0 && s.tx.db.ontology.IsAny(outer.kind, p.Targets):
		return []Value{EntityOf(outer.entity)}
	}
	return outer.fields[p.Name]
}

func (a *around) all(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return f != startField && len(a.fields[f]) == 0 })
}

// identify finds or makes the entity that the identity fields of its kind make
// (rule 9): by the first list of fields that are all given, else by the last.
// A key given besides becomes one of its names.
func (s *spreader) identify(kind *Kind, self *around, key Key) (EntityID, error) {
	if kind == nil || len(kind.Identity) == 0 {
		return EntityID{}, fmt.Errorf("%w: a %s needs a key, such as scheme:id", ErrRefused, self.kind)
	}
	id, fields := kind.identity(self, s.valid)
	if id.IsZero() {
		return EntityID{}, fmt.Errorf("%w: a %s is told by %s: give one of them, or a key", ErrRefused, self.kind, strings.Join(fields, ", "))
	}
	c, err := s.tx.takeUp(self.kind, id)
	if err == nil && !c.heardOf(newestTS, s.tx.act.Clearance) { // as an erasure leaves it
		err = s.tx.refuseErased(Target{Entity: id}, "the "+self.kind+" "+id.String())
	}
	if err != nil {
		return id, err
	}
	if c.here = true; key.IsZero() {
		return id, nil
	}
	return id, s.tx.nameBy(c, key)
}

// identity is the id that fields make, and the fields that make it; zero where
// none of them is given.
func (k *Kind) identity(self *around, valid Valid) (EntityID, []string) {
	fields := k.Identity[len(k.Identity)-1]
	if i := slices.IndexFunc(k.Identity, self.all); i >= 0 {
		fields = k.Identity[i]
	}
	if !slices.ContainsFunc(fields, func(f string) bool { return len(self.fields[f]) > 0 }) {
		return EntityID{}, fields
	}
	var e enc
	e.string(self.kind)
	for _, f := range fields {
		e.string(f)
		if f == startField {
			e.string(valid.start().Date.String())
			continue
		}
		e.strings(canonical(self.fields[f]))
	}
	return EntityID(derive('i', e)), fields
}

// Identify gives the id of the entity of a kind that is told by these fields,
// whose references are by id, as a relation with them would find it; false
// where the kind is not told by fields, or none of them is given.
func (o *Ontology) Identify(kind string, fields map[string][]Value, valid Valid) (EntityID, bool) {
	k := o.Kind(kind)
	if !k.identified() {
		return EntityID{}, false
	}
	id, _ := k.identity(&around{kind: kind, fields: fields}, valid)
	return id, !id.IsZero()
}

// nameBy gives an entity a further key, which must not name another one.
func (tx *Tx) nameBy(c *cachedEntity, key Key) error {
	other, err := tx.find(Ref{Key: key})
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case other != c:
		return fmt.Errorf("%w: the key %s names another %s, with other identity fields", ErrConflict, key, tx.kindOf(other.id))
	}
	return tx.addKeys(c, []Key{key})
}

// identified tells whether entities of the kind are told by their fields.
func (k *Kind) identified() bool { return k != nil && len(k.Identity) > 0 }

// canonical gives values an order and a form that does not depend on how they were written.
func canonical(values []Value) []string {
	list := make([]string, len(values))
	for i, v := range values {
		var e enc
		e.value(v, 0)
		if v.typ == Reference {
			e = append(e, v.entity[:]...)
		}
		list[i] = string(e)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (e *enc) strings(list []string) {
	e.uint(uint64(len(list)))
	for _, s := range list {
		e.string(s)
	}
}

// resolve gives a reference its id, and a literal the type that its property
// declares, where the literal can be read as one.
func (tx *Tx) resolve(v Value, p *Property) (Value, error) {
	if v.typ == Reference {
		c, err := tx.entity(v.Ref())
		if err != nil {
			return Value{}, err
		}
		return EntityOf(c.id), nil
	}
	if p == nil {
		return v, v.valid()
	}
	switch {
	case v.typ == Text && p.Type == Code:
		v = CodeOf(v.text)
	case (v.typ == Text || v.typ == Code) && p.Type == Date:
		d, err := DateOf(v.text)
		if err != nil {
			return Value{}, err
		}
		v = d
	case v.typ == Integer && p.Type == Number:
		v = NumberOf(v.Float())
	}
	if v.typ != p.Type {
		return Value{}, fmt.Errorf("%w: %s is a %s, not a %s", ErrRefused, p.Name, p.Type, v.typ)
	}
	return v, v.valid()
}
