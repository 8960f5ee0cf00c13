package schema

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/parleydb/parley/graph"
)

// scalars are the types of values that need no declaration.
var scalars = map[string]graph.ValueType{
	"String": graph.Text, "Int": graph.Integer, "Float": graph.Number, "Boolean": graph.Boolean, "Date": graph.Date,
}

func builtin(name string) bool {
	_, ok := scalars[name]
	return (ok && name != "Date") || name == graph.KindDocument
}

// compile turns the definitions into the ontology.
func (c *compiler) compile() {
	c.o.Kinds = append(c.o.Kinds, graph.Kind{Name: graph.KindDocument, Doc: "A document that assertions stand in.", Properties: names()})
	for _, def := range c.order {
		c.checkDirectives(def.Directives)
		switch def.Kind {
		case ast.Enum:
			c.enum(def)
		case ast.Union:
			c.group(def)
		case ast.Object:
			c.object(def)
		}
	}
	slices.SortFunc(c.o.Kinds, func(a, b graph.Kind) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(c.o.Enums, func(a, b graph.Enum) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(c.o.Machines, func(a, b graph.Machine) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(c.o.Links, func(a, b graph.Property) int { return cmp.Compare(a.Name, b.Name) })
	c.groups()
	c.checkRules()
	c.checkNames()
}

// names are the properties that every kind has.
func names() []graph.Property {
	return []graph.Property{
		{Name: graph.PropertyName, Plural: "names", Type: graph.Text, Class: graph.Timeless, Doc: "A name."},
		{Name: graph.PropertyAlias, Plural: "aliases", Type: graph.Text, Class: graph.Timeless, Doc: "Another name."},
	}
}

func (c *compiler) enum(def *ast.Definition) {
	e := graph.Enum{Name: def.Name}
	for _, v := range def.EnumValues {
		if slices.Contains(e.Values, v.Name) {
			c.fail(v.Position, "%s.%s is declared twice", def.Name, v.Name)
			continue
		}
		e.Values = append(e.Values, v.Name)
	}
	c.o.Enums = append(c.o.Enums, e)
	for _, d := range def.Directives.ForNames("machine") {
		c.machine(def, d, e.Values)
	}
}

// machine reads steps such as "OPEN -> NARROWED, FROZEN".
func (c *compiler) machine(def *ast.Definition, d *ast.Directive, values []string) {
	m := graph.Machine{Name: text(d, "name"), Steps: map[string][]string{}}
	if slices.ContainsFunc(c.o.Machines, func(o graph.Machine) bool { return o.Name == m.Name }) {
		c.fail(d.Position, "machine %q is declared twice", m.Name)
		return
	}
	for _, step := range list(d, "steps") {
		from, to, ok := strings.Cut(step, "->")
		from = strings.TrimSpace(from)
		if !ok || m.Steps[from] != nil {
			c.fail(d.Position, "step %q: want FROM -> TO, TO, and each FROM once", step)
			continue
		}
		for _, s := range strings.Split(to, ",") {
			m.Steps[from] = append(m.Steps[from], strings.TrimSpace(s))
		}
		for _, s := range append([]string{from}, m.Steps[from]...) {
			if !slices.Contains(values, s) {
				c.fail(d.Position, "step %q: %s has no value %q%s", step, def.Name, s, nearest(s, values))
			}
		}
	}
	c.o.Machines = append(c.o.Machines, m)
}

// group compiles a union: its members get it as a supertype.
func (c *compiler) group(def *ast.Definition) {
	k := graph.Kind{Name: def.Name, Doc: def.Description, Abstract: def.Directives.ForName("concrete") == nil, Properties: names()}
	for i, member := range def.Types {
		at := def.Position
		if i < len(def.TypePositions) {
			at = def.TypePositions[i]
		}
		t := c.types[member]
		if member != graph.KindDocument && (t == nil || t.Kind != ast.Object) {
			c.fail(at, "unknown kind %q%s", member, c.near(member))
		}
		if slices.Contains(def.Types[:i], member) {
			c.fail(at, "%s is in %s twice", member, def.Name)
		}
	}
	c.o.Kinds = append(c.o.Kinds, k)
}

// groups gives the members of unions their supertypes.
func (c *compiler) groups() {
	for i := range c.o.Kinds {
		k := &c.o.Kinds[i]
		for _, def := range c.order {
			if def.Kind == ast.Union && slices.Contains(def.Types, k.Name) {
				k.Is = append(k.Is, def.Name)
			}
		}
		slices.Sort(k.Is)
	}
}

func (c *compiler) object(def *ast.Definition) {
	if d := def.Directives.ForName("links"); d != nil {
		c.links(def, d)
		return
	}
	entity, relation := def.Directives.ForName("entity"), def.Directives.ForName("relation")
	if (entity == nil) == (relation == nil) {
		c.fail(def.Position, "%s: say either @entity or @relation", def.Name)
		return
	}
	k := graph.Kind{Name: def.Name, Doc: def.Description, Relation: relation != nil}
	k.Class, k.Plural = c.class(cmp.Or(entity, relation), graph.State), text(cmp.Or(entity, relation), "plural")
	if relation == nil && k.Class == graph.Event {
		c.fail(entity.Position, "%s: an entity is no event: say @relation", def.Name)
	}
	for _, f := range def.Fields {
		if p, ok := c.property(&k, f); ok {
			k.Properties = append(k.Properties, p)
		}
	}
	slices.SortStableFunc(k.Properties, func(a, b graph.Property) int { return order(a) - order(b) })
	k.Properties = append(k.Properties, names()...)
	for _, d := range def.Directives.ForNames("identity") {
		k.Identity = append(k.Identity, list(d, "fields"))
	}
	if d := def.Directives.ForName("key"); d != nil {
		k.Key = &graph.KeyRule{Fields: list(d, "fields"), PerSpeaker: truth(d, "perSpeaker", false)}
	}
	k.Fuzzy = def.Directives.ForName("fuzzy") != nil
	for _, d := range def.Directives.ForNames("standsFor") {
		k.StandsFor = append(k.StandsFor, graph.StandRule{Agent: text(d, "agent"), Principal: text(d, "principal")})
	}
	if d := def.Directives.ForName("mayBe"); d != nil {
		k.MayBe = list(d, "kinds")
	}
	for _, d := range def.Directives.ForNames("ends") {
		k.Ends = append(k.Ends, graph.EndRule{Kind: text(d, "kind"), Fields: list(d, "fields")})
	}
	c.o.Kinds = append(c.o.Kinds, k)
}

// order puts roles before attributes.
func order(p graph.Property) int {
	if p.Role {
		return 0
	}
	return 1
}

// property compiles a field of a kind.
func (c *compiler) property(k *graph.Kind, f *ast.FieldDefinition) (graph.Property, bool) {
	c.checkDirectives(f.Directives)
	p := graph.Property{Name: f.Name, Doc: f.Description, Class: k.Class}
	if len(f.Arguments) > 0 || f.Type.Elem != nil || f.Type.NonNull {
		c.fail(f.Position, "%s.%s: give the bare type; cardinality stands in the directive", k.Name, f.Name)
		return p, false
	}
	role, attribute := f.Directives.ForName("role"), f.Directives.ForName("attribute")
	if role == nil && attribute == nil {
		if _, scalar := scalars[f.Type.NamedType]; scalar || c.isEnum(f.Type.NamedType) {
			attribute = &ast.Directive{Name: "attribute", Position: f.Position}
		} else {
			role = &ast.Directive{Name: "role", Position: f.Position}
		}
	}
	if role != nil && attribute != nil {
		c.fail(f.Position, "%s.%s: say either @role or @attribute", k.Name, f.Name)
		return p, false
	}
	compile := func() bool { return c.attribute(k, f, attribute, &p) }
	if role != nil {
		compile = func() bool { return c.role(k, f, role, &p) }
	}
	return p, compile() && c.unique(k, f, &p)
}

func (c *compiler) isEnum(name string) bool {
	def := c.types[name]
	return def != nil && def.Kind == ast.Enum
}

func (c *compiler) role(k *graph.Kind, f *ast.FieldDefinition, d *ast.Directive, p *graph.Property) bool {
	target := f.Type.NamedType
	t := c.types[target]
	if target != graph.KindDocument && (t == nil || (t.Kind != ast.Object && t.Kind != ast.Union)) {
		c.fail(f.Type.Position, "unknown type %q%s", target, c.near(target))
		return false
	}
	p.Type, p.Role, p.Targets = graph.Reference, k.Relation, []string{target}
	p.Min, p.Max = number(d, "min", 0), number(d, "max", 0)
	switch given := d.Arguments.ForName("max"); {
	case p.Min < 0 || (given != nil && p.Max < 1):
		c.fail(d.Position, "%s.%s: min must be 0 or more, max 1 or more", k.Name, f.Name)
		return false
	case p.Max > 0 && p.Min > p.Max:
		c.fail(d.Position, "%s.%s: min %d is more than max %d", k.Name, f.Name, p.Min, p.Max)
		return false
	}
	p.Class = c.class(d, p.Class)
	if p.Word = text(d, "word"); p.Word != "" && !plainWord(p.Word) {
		c.fail(d.Position, "%s.%s: word %q: want one word of letters", k.Name, f.Name, p.Word)
		return false
	}
	p.Single = p.Max == 1 && p.Class == graph.State && !k.Relation
	if p.Max != 1 {
		p.Plural = cmp.Or(text(d, "plural"), plural(p.Name))
	}
	return true
}

// plainWord tells whether a word is made of letters only.
func plainWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

func (c *compiler) attribute(k *graph.Kind, f *ast.FieldDefinition, d *ast.Directive, p *graph.Property) bool {
	name := f.Type.NamedType
	typ, ok := scalars[name]
	switch {
	case ok:
		p.Type = typ
	case c.isEnum(name):
		p.Type, p.Enum = graph.Code, name
	default:
		c.fail(f.Type.Position, "unknown type %q%s", name, c.near(name))
		return false
	}
	p.Single = truth(d, "single", true)
	p.Class = c.class(d, p.Class)
	if p.Machine = text(d, "machine"); p.Machine != "" && !c.hasMachine(name, p.Machine) {
		c.fail(d.Position, "%s.%s: %s has no machine %q", k.Name, f.Name, name, p.Machine)
		return false
	}
	if !p.Single {
		p.Plural = cmp.Or(text(d, "plural"), plural(p.Name))
	}
	return true
}

func (c *compiler) hasMachine(enum, machine string) bool {
	def := c.types[enum]
	return def != nil && slices.ContainsFunc(def.Directives.ForNames("machine"), func(d *ast.Directive) bool { return text(d, "name") == machine })
}

// links compiles a code list.
func (c *compiler) links(def *ast.Definition, d *ast.Directive) {
	from, to, scheme := text(d, "from"), text(d, "to"), text(d, "scheme")
	for _, name := range []string{from, to} {
		if c.types[name] == nil {
			c.fail(d.Position, "unknown type %q%s", name, c.near(name))
		}
	}
	class := c.class(d, graph.Event)
	for _, f := range def.Fields {
		c.checkDirectives(f.Directives)
		code := f.Directives.ForName("code")
		if code == nil {
			c.fail(f.Position, "%s.%s: a code needs @code(name:, code:)", def.Name, f.Name)
			continue
		}
		p := graph.Property{Name: scheme + ":" + text(code, "code"), Type: graph.Reference, Class: class,
			Sources: []string{from}, Targets: []string{to}, Label: text(code, "name"), Doc: f.Description}
		if slices.ContainsFunc(c.o.Links, func(o graph.Property) bool { return o.Name == p.Name }) {
			c.fail(f.Position, "code %s is declared twice", p.Name)
			continue
		}
		c.o.Links = append(c.o.Links, p)
	}
}

// near suggests a declared type.
func (c *compiler) near(name string) string {
	names := make([]string, 0, len(c.types))
	for n := range c.types {
		names = append(names, n)
	}
	return nearest(name, names)
}

// nearest suggests the name that is closest to one that is not there.
func nearest(name string, names []string) string {
	if found := graph.Nearest(name, names, 1); len(found) > 0 {
		return ": did you mean " + found[0] + "?"
	}
	return ""
}
