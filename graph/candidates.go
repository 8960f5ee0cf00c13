package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// candidates lists the relations of a kind that may matter, by number: those
// that the fillers take part in and, where there is a key, what may take over
// from them; where no fillers are given, all that start early enough.
func (rd *reading) candidates(k *Kind, q *relationQuery) ([]num, error) {
	number, ok, err := rd.kindNumber(k.Name)
	if err != nil || !ok {
		return nil, err
	}
	var list []num
	var by []string
	switch role := leading(k, q.Fillers); {
	case role != "":
		wanted := q.wanted[role]
		by = []string{role}
		list, err = rd.filledBy(number, by, wanted.candidates())
	case len(q.Of)+len(q.Or) > 0:
		list, by, err = rd.either(number, q)
	default:
		list, err = rd.ofKind(number, k)
		return rd.heads(list), err
	}
	list = rd.heads(list)
	if err == nil && rd.carries(k) && !k.keyed(by) {
		list, err = rd.withRivals(number, k, list)
	}
	return list, err
}

// carries tells whether relations of a kind are carried forward to the point.
func (rd *reading) carries(k *Kind) bool { return k.Class != Event && !rd.point.On.IsZero() }

// either looks relations up by who fills any of several roles.
func (rd *reading) either(kind uint16, q *relationQuery) (list []num, roles []string, err error) {
	list, err = rd.filledBy(kind, q.Roles, q.any.candidates())
	roles = slices.Clone(q.Roles)
	for role, wanted := range q.or {
		if err != nil {
			break
		}
		var more []num
		more, err = rd.filledBy(kind, []string{role}, wanted.candidates())
		list, roles = append(list, more...), append(roles, role)
	}
	return list, roles, err
}

// keyed tells whether all of these roles belong to the kind's key, if it has
// one: what takes over from a relation has the same fillers there, but maybe
// others elsewhere.
func (k *Kind) keyed(roles []string) bool {
	return k.Key == nil || !slices.ContainsFunc(roles, func(r string) bool { return !slices.Contains(k.Key.Fields, r) })
}

// leading chooses the role by whose fillers to look relations up: one that
// belongs to the key, with the fewest fillers.
func leading(k *Kind, fillers map[string][]EntityID) string {
	best := ""
	for role := range fillers {
		better := len(fillers[role]) < len(fillers[best]) || (len(fillers[role]) == len(fillers[best]) && role < best)
		if keyed, other := k.keyed([]string{role}), k.keyed([]string{best}); keyed != other {
			better = keyed
		}
		if best == "" || better {
			best = role
		}
	}
	return best
}

// filledBy lists the entities of a kind that name one of the fillers by one of
// the roles.
func (rd *reading) filledBy(kind uint16, roles []string, fillers []EntityID) ([]num, error) {
	props, err := rd.numbers(roles)
	if err != nil || len(props) == 0 {
		return nil, err
	}
	var list []num
	for _, id := range fillers {
		n, err := rd.lookup(ByID(id))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if list, err = rd.namedBy(n, props, list); err != nil {
			return nil, err
		}
	}
	return rd.ofThatKind(kind, list)
}

// namedBy appends who names an entity, or what it is one with, by some properties.
func (rd *reading) namedBy(n num, props map[uint16]bool, list []num) ([]num, error) {
	for _, member := range rd.same().of(n) {
		all, err := rd.naming(member)
		if err != nil {
			return nil, err
		}
		for _, name := range all {
			if props[name.prop] {
				list = append(list, name.by)
			}
		}
	}
	return list, nil
}

// ofThatKind keeps the entities of a kind, each once, in order.
func (rd *reading) ofThatKind(kind uint16, list []num) ([]num, error) {
	slices.Sort(list)
	list = slices.Compact(list)
	if err := rd.headers(list); err != nil {
		return nil, err
	}
	var fit []num
	for _, n := range list {
		e, err := rd.header(n)
		if err == nil && e.kind == kind {
			fit = append(fit, n)
		}
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return nil, err
		}
	}
	return fit, nil
}

// naming is one link or role by which another entity names one.
type naming struct {
	by   num
	prop uint16
}

// naming lists who names an entity itself, whether that stands or not.
func (rd *reading) naming(n num) ([]naming, error) {
	if list, ok := rd.has().namings[n]; ok {
		return list, nil
	}
	var list []naming
	in := kv.Range{Start: append(key(famEdge, n), inEvent), End: behind(append(key(famEdge, n), inState))}
	err := rd.r.Scan(in, func(k, v []byte) error {
		s, err := edgeOf(k)
		d := dec{b: v}
		d.row(s.from)
		by := d.num()
		if err == nil && d.bad {
			err = fmt.Errorf("%w: edge row", ErrDamaged)
		}
		list = append(list, naming{by, s.prop})
		return err
	})
	put(&rd.has().namings, n, list)
	return list, err
}

// withRivals adds to relations what may take over from them: all that name the
// same in a field of their key; where one names nothing there, all of the kind.
func (rd *reading) withRivals(kind uint16, k *Kind, list []num) ([]num, error) {
	props, err := rd.numbers(k.Key.Fields)
	if err != nil {
		return nil, err
	}
	seen := map[num]bool{}
	all := slices.Clone(list)
	for _, n := range list {
		fillers, err := rd.namedIn(n, props)
		if err != nil {
			return nil, err
		}
		if len(fillers) == 0 {
			whole, err := rd.ofKind(kind, k)
			return rd.heads(whole), err
		}
		for _, f := range fillers {
			if seen[f] {
				continue
			}
			seen[f] = true
			if all, err = rd.namedBy(f, props, all); err != nil {
				return nil, err
			}
		}
	}
	all, err = rd.ofThatKind(kind, all)
	return rd.heads(all), err
}

// namedIn lists whom an entity, and what it is one with, names by some
// properties, whether that stands or not.
func (rd *reading) namedIn(n num, props map[uint16]bool) (list []num, err error) {
	for _, section := range sectionsOf(rd.same().of(n), Out) {
		err := rd.r.Scan(section.whole(), func(k, v []byte) error {
			var f found
			err := section.decode(k, v, &f)
			if err == nil && props[f.prop] {
				list = append(list, f.other)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// rivals lists the relations that may be in a key with one: those of its kind
// that name, in each field of the key, one of those that it does.
func (rd *reading) rivals(s *stateOf) (list []num, err error) {
	number, ok, err := rd.kindNumber(s.Kind)
	if err != nil || !ok {
		return nil, err
	}
	whole := true
	for _, field := range s.kind.Key.Fields {
		var fillers []EntityID
		for _, c := range s.All(field) {
			if c.Value.typ == Reference {
				fillers = append(fillers, c.Value.entity)
			}
		}
		if len(fillers) == 0 {
			continue
		}
		found, err := rd.filledBy(number, []string{field}, fillers)
		if err != nil {
			return nil, err
		}
		if found = rd.heads(found); whole {
			list = found
		} else {
			list = slices.DeleteFunc(list, func(n num) bool { _, in := slices.BinarySearch(found, n); return !in })
		}
		whole = false
	}
	if whole {
		list, err = rd.ofKind(number, s.kind)
		list = rd.heads(list)
	}
	return list, err
}
