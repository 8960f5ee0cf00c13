package gqlschema

import (
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// sharedRows are the fields of a group of kinds. An abstract group, whose
// entities are always of one of its kinds, has what all of them have; one that
// entities may be of themselves has what any of them has, so that nobody needs
// to know of which kind somebody is.
func sharedRows(all []*kind, group *kind) []row {
	count := map[string]int{}
	seen := map[string]*row{}
	var order []string
	bad := map[string]bool{}
	members := 0
	each(all, group, func(k *kind) {
		members++
		for i := range k.rows {
			r := &k.rows[i]
			if old := seen[r.name]; old == nil {
				seen[r.name], order = r, append(order, r.name)
			} else if !alike(old, r) {
				bad[r.name] = true
			}
			count[r.name]++
		}
	})
	rows := slices.Clone(group.rows)
	for _, name := range order {
		shared := count[name] == members || !group.Abstract
		if shared && !bad[name] && !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			rows = append(rows, *seen[name])
		}
	}
	if !group.Abstract {
		rows = slices.DeleteFunc(rows, func(r row) bool { return commonNames[r.name] || happeningNames[r.name] })
	}
	return rows
}

// alike tells whether two fields of one name have one type.
func alike(a, b *row) bool {
	p, q := a.property, b.property
	return a.show == b.show && p.Name == q.Name && p.Type == q.Type && p.Enum == q.Enum && slices.Equal(p.Targets, q.Targets)
}

// inherit gives the kinds of a group the fields of the group that they lack.
func inherit(all []*kind, group *kind) {
	each(all, group, func(k *kind) {
		for _, r := range group.rows {
			if !slices.ContainsFunc(k.rows, func(own row) bool { return own.name == r.name }) {
				k.rows = append(k.rows, r)
			}
		}
	})
}

// partsOf are the lists of what points to entities of a kind, in the order of
// the names of the kinds listed.
func partsOf(o *graph.Ontology, all []*kind, k *kind) []part {
	var parts []part
	if k.group && k.Abstract {
		return nil
	}
	taken := map[string]bool{}
	for _, r := range k.rows {
		taken[r.name] = true
	}
	for _, of := range all {
		if of.Abstract {
			continue
		}
		var roles []string
		for _, p := range of.Kind.Properties {
			if p.Type == graph.Reference && len(p.Targets) > 0 && o.IsAny(k.Name, p.Targets) {
				roles = append(roles, p.Name)
			}
		}
		if len(roles) == 0 {
			continue
		}
		name := of.list
		if taken[name] || commonNames[name] || happeningNames[name] {
			name += "As" + title(roles[0])
		}
		parts = append(parts, part{name, of.Name, roles})
	}
	return parts
}

// sharedParts are the lists that all kinds of a group have.
func sharedParts(all []*kind, group *kind) []part {
	count := map[string]int{}
	found := map[string]*part{}
	var order []string
	members := 0
	each(all, group, func(k *kind) {
		members++
		for _, p := range k.parts {
			key := p.name + " " + p.kind
			count[key]++
			if f := found[key]; f != nil {
				for _, role := range p.roles {
					if !slices.Contains(f.roles, role) {
						f.roles = append(f.roles, role)
					}
				}
				continue
			}
			found[key], order = &part{p.name, p.kind, slices.Clone(p.roles)}, append(order, key)
		}
	})
	slices.Sort(order)
	var parts []part
	for _, key := range order {
		if count[key] == members {
			parts = append(parts, *found[key])
		}
	}
	return parts
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
