package notes

import (
	"slices"

	"github.com/parleydb/parley/graph"
)

// relation writes a relation with the keyword of its kind.
func (p *printer) relation(r *graph.Relation, valid graph.Valid) {
	f := p.kinds[r.Kind]
	if f == nil {
		f = &form{Kind: &graph.Kind{Name: r.Kind}, word: r.Kind}
	}
	if r.Deny {
		p.b.WriteString("deny ")
	}
	p.b.WriteString(f.word)
	fields := r.Fields
	w := clauseWriter{p: p, f: f}
	if f.identified() {
		fields = w.told(fields)
		if !r.Key.IsZero() {
			w.begin()
			p.b.WriteString("key ")
			p.key(r.Key)
		}
	} else {
		p.b.WriteByte(' ')
		p.key(r.Key)
		fields = w.keyed(fields)
	}
	for _, field := range fields {
		w.begin()
		w.field(field, true)
	}
	w.valid(valid)
}

// clauseWriter writes the clauses of one line or of one ( ).
type clauseWriter struct {
	p     *printer
	f     *form
	n     int
	inner bool // within ( )
}

// begin writes what stands before a clause.
func (w *clauseWriter) begin() {
	switch {
	case w.n > 0:
		w.p.b.WriteString(" ; ")
	case !w.inner:
		w.p.b.WriteString(": ")
	}
	w.n++
}

// told writes the first fields of a kind that is told by its fields before the
// colon: position US on forum. It returns the others.
func (w *clauseWriter) told(fields []graph.Field) []graph.Field {
	if len(fields) == 0 || !w.leads(fields[0]) {
		return fields
	}
	w.p.b.WriteByte(' ')
	w.values(w.f.first, fields[0].Values)
	rest := fields[1:]
	for len(rest) > 0 && plainRefs(rest[0]) {
		p := w.f.named[rest[0].Name]
		switch {
		case p == nil || len(rest[0].Values) == 0:
			return rest
		case p.Word != "":
			w.p.b.WriteString(" " + p.Word + " ")
		case p == w.f.then:
			w.p.b.WriteString(" > ")
		default:
			return rest
		}
		w.values(p, rest[0].Values)
		rest = rest[1:]
	}
	return rest
}

// leads tells whether a field may stand first, without its name.
func (w *clauseWriter) leads(field graph.Field) bool {
	return w.f.first != nil && field.Name == w.f.first.Name && plainRefs(field) && len(field.Values) > 0
}

func plainRefs(field graph.Field) bool {
	return !slices.ContainsFunc(field.Values, func(v graph.Filler) bool { return v.Inline != nil || v.Value.Type() != graph.Reference })
}

// keyed writes the name behind the key, and the first role. It returns the
// other fields.
func (w *clauseWriter) keyed(fields []graph.Field) []graph.Field {
	if len(fields) > 0 && fields[0].Name == graph.PropertyName && len(fields[0].Values) == 1 {
		w.p.b.WriteByte(' ')
		w.p.value(fields[0].Values[0].Value)
		fields = fields[1:]
	}
	if held := w.p.held; held != nil {
		w.p.otherKeys(held.Keys[1:])
		w.p.held = nil
	}
	if len(fields) == 0 || !w.leads(fields[0]) {
		return fields
	}
	w.begin()
	w.values(w.f.first, fields[0].Values)
	fields = fields[1:]
	if len(fields) > 0 && w.f.then != nil && w.f.then.Word == "" && fields[0].Name == w.f.then.Name && plainRefs(fields[0]) && len(fields[0].Values) > 0 {
		w.p.b.WriteString(" > ")
		w.values(w.f.then, fields[0].Values)
		fields = fields[1:]
	}
	return fields
}

// field writes a field with its name, or without where its value tells it.
func (w *clauseWriter) field(field graph.Field, short bool) {
	prop := w.f.named[field.Name]
	if q := w.f.named[w.f.Name+"."+field.Name]; q != nil && slices.Contains(reservedClauses, field.Name) {
		prop = q
	}
	if short && len(field.Values) == 1 && w.tells(prop, &field.Values[0]) {
		w.values(prop, field.Values)
		return
	}
	switch {
	case slices.Contains(reservedClauses, field.Name):
		w.p.b.WriteString(w.f.Name + "." + field.Name)
	case prop != nil && prop.Word != "":
		w.p.b.WriteString(prop.Word)
	default:
		w.p.b.WriteString(field.Name)
	}
	w.p.b.WriteByte(' ')
	w.values(prop, field.Values)
}

// tells tells whether a value shows by itself which attribute it is of.
func (w *clauseWriter) tells(prop *graph.Property, v *graph.Filler) bool {
	switch {
	case prop == nil || v.Inline != nil:
		return false
	case v.Value.Type() == graph.Text:
		return prop == w.f.texts
	case v.Value.Type() == graph.Code:
		return w.f.codes[v.Value.String()] == prop && w.bare(v.Value.String())
	}
	return false
}

// bare tells whether a code may stand as a word at the beginning of a clause.
func (w *clauseWriter) bare(code string) bool {
	return plain(code) && !dateLike(code) && w.f.named[code] == nil && !slices.Contains(reservedClauses, code)
}

func (w *clauseWriter) values(prop *graph.Property, list []graph.Filler) {
	for i := range list {
		if i > 0 {
			w.p.b.WriteString(", ")
		}
		switch v := &list[i]; {
		case v.Inline != nil:
			w.inline(prop, v.Inline)
		case v.Value.Type() == graph.Code && plain(v.Value.String()) && !w.f.cuts(v.Value.String()):
			w.p.b.WriteString(v.Value.String())
		default:
			w.p.value(v.Value)
		}
	}
}

// value writes a value as it stands anywhere.
func (p *printer) value(v graph.Value) {
	switch v.Type() {
	case graph.Reference:
		p.ref(v.Ref())
	case graph.Text, graph.Code:
		p.quoted(v.String())
		if t := (tag{v.Language(), v.Script(), v.Scope()}); t != (tag{}) {
			writeTag(&p.b, &t)
		}
	default:
		p.b.WriteString(v.String())
	}
}

// inline writes an entity that is described in place, by its values alone where
// they tell it.
func (w *clauseWriter) inline(prop *graph.Property, r *graph.Relation) {
	f := w.p.kinds[r.Kind]
	if f == nil {
		f = &form{Kind: &graph.Kind{Name: r.Kind}, word: r.Kind}
	}
	in := clauseWriter{p: w.p, f: f, inner: true}
	if prop != nil && r.Key.IsZero() && w.p.forms.literal(prop) == f && in.short(r.Fields) {
		for i, field := range r.Fields {
			if i > 0 {
				w.p.b.WriteByte(' ')
			}
			in.values(f.named[field.Name], field.Values)
		}
		return
	}
	if prop == nil || len(w.p.places(prop)) != 1 {
		w.p.b.WriteString(f.word + " ")
	}
	w.p.b.WriteByte('(')
	if !r.Key.IsZero() {
		in.begin()
		w.p.b.WriteString("key ")
		w.p.key(r.Key)
	}
	for _, field := range r.Fields {
		in.begin()
		in.field(field, true)
	}
	w.p.b.WriteByte(')')
}

// short tells whether fields can be written as values without names.
func (w *clauseWriter) short(fields []graph.Field) bool {
	for i := range fields {
		if len(fields[i].Values) != 1 {
			return false
		}
		prop, v := w.f.named[fields[i].Name], &fields[i].Values[0]
		date := v.Inline == nil && v.Value.Type() == graph.Date && prop != nil && prop == w.f.dates
		if !date && !w.tells(prop, v) {
			return false
		}
	}
	return len(fields) > 0
}

// valid writes when it holds.
func (w *clauseWriter) valid(v graph.Valid) {
	if v.IsZero() {
		return
	}
	w.begin()
	w.p.when(v)
}

// when writes an interval and the last day that is vouched for.
func (p *printer) when(v graph.Valid) {
	dated := v.Interval != (graph.Valid{}).Interval
	if dated {
		p.b.WriteString(v.Interval.String())
	}
	if !v.Vouched.IsZero() {
		if dated {
			p.b.WriteString(" ; ")
		}
		p.b.WriteString("vouched " + v.Vouched.String())
	}
}

// claim writes the first of some claims, and those behind it that say more of
// the same subject in the same way. It returns the others.
func (p *printer) claim(links []graph.Link, before string, about *graph.Relation) []graph.Link {
	first := &links[0]
	p.b.WriteString(before)
	if first.Deny {
		p.b.WriteString("deny ")
	}
	if before == "" {
		p.b.WriteString("claim ")
	}
	if about == nil || !p.own(about, first) {
		p.ref(first.Subject)
		p.b.WriteString(": ")
	}
	n := p.alike(links, about)
	for i := range links[:n] {
		l := &links[i]
		switch {
		case i > 0 && l.Property == links[i-1].Property:
			p.b.WriteString(", ")
		case i > 0:
			p.b.WriteString(" ; ")
			fallthrough
		default:
			p.b.WriteString(p.claimWord(l.Property) + " ")
		}
		p.claimValue(l.Value)
	}
	if first.Occurrence != "" {
		p.b.WriteString(" ; occurrence ")
		p.wordOrQuoted(first.Occurrence)
	}
	if v := first.Valid; v != nil {
		p.b.WriteString(" ; ")
		if v.IsZero() {
			p.b.WriteString("when ?")
		}
		p.when(*v)
	}
	return links[n:]
}

// own tells whether a claim is about the relation of its line, by its key, and
// says something that the relation's kind has.
func (p *printer) own(about *graph.Relation, l *graph.Link) bool {
	f := p.kinds[about.Kind]
	return f != nil && !f.identified() && l.Subject.ID.IsZero() && l.Subject.Key == about.Key && !about.Key.IsZero() &&
		f.Property(l.Property) != nil && !slices.Contains(reservedClauses, l.Property)
}

// alike counts the claims from the first on that one line may say.
func (p *printer) alike(links []graph.Link, about *graph.Relation) int {
	given := map[string]bool{}
	for i := range links {
		a, b := &links[0], &links[i]
		same := a.Subject == b.Subject && a.Occurrence == b.Occurrence && a.Deny == b.Deny && sameValid(a.Valid, b.Valid)
		again := i > 0 && given[b.Property] && links[i-1].Property != b.Property
		if !same || again || about != nil && p.own(about, a) != p.own(about, b) {
			return i
		}
		given[b.Property] = true
	}
	return len(links)
}

func sameValid(a, b *graph.Valid) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func (p *printer) claimWord(property string) string {
	if q := p.qualified[property]; q != "" {
		return q
	}
	return property
}

func (p *printer) claimValue(v graph.Value) {
	if v.Type() == graph.Code && plain(v.String()) && v.String() != "?" {
		p.b.WriteString(v.String())
		return
	}
	p.value(v)
}
