package graph

import (
	"errors"
	"maps"
	"slices"
)

// relationQuery is a query as it is carried out.
type relationQuery struct {
	RelationQuery                  // with the ids by which the view shows the fillers
	wanted        map[string]asked // by role
	any           asked            // who must fill one of Roles
	or            map[string]asked // or who one of these
}

// asked are those of whom one must fill a role.
type asked struct {
	ids      map[EntityID]bool
	standIns map[EntityID][]Representative // rolling up: by who fills it
}

// prepare resolves the fillers of a query.
func (rd *reading) prepare(given RelationQuery) (*relationQuery, error) {
	q := &relationQuery{RelationQuery: given, wanted: make(map[string]asked, len(given.Fillers)), or: make(map[string]asked, len(given.Or))}
	for role, ids := range given.Fillers {
		a, err := rd.asked(ids, given.RollUp)
		if err != nil {
			return nil, err
		}
		q.wanted[role] = a
	}
	for role, ids := range given.Or {
		a, err := rd.asked(ids, false)
		if err != nil {
			return nil, err
		}
		q.or[role] = a
	}
	var err error
	q.any, err = rd.asked(given.Of, given.RollUp)
	return q, err
}

// asked resolves entities to the ids by which the view shows them. Those that
// there are not fill nothing.
func (rd *reading) asked(ids []EntityID, rollUp bool) (asked, error) {
	a := asked{map[EntityID]bool{}, map[EntityID][]Representative{}}
	for _, id := range ids {
		if rd.same() == nil && !rollUp {
			a.ids[id] = true
			continue
		}
		n, err := rd.lookup(ByID(id))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			id, err = rd.id(n)
		}
		if err == nil && rollUp {
			err = rd.standIns(n, a.standIns)
		}
		if err != nil {
			return a, err
		}
		a.ids[id] = true
	}
	return a, nil
}

// candidates are those who may fill a role, whenever.
func (a *asked) candidates() []EntityID {
	list := slices.Collect(maps.Keys(a.ids))
	return slices.AppendSeq(list, maps.Keys(a.standIns))
}

// filled tells whether each of the roles is filled by one of its entities, or,
// rolling up, by somebody who stood for one of them.
func (rd *reading) filled(s *stateOf, q *relationQuery) bool {
	for role, wanted := range q.wanted {
		if !rd.fills(s, role, &wanted) {
			return false
		}
	}
	found := len(q.Of)+len(q.Or) == 0
	for _, role := range q.Roles {
		found = rd.fills(s, role, &q.any) || found // all of them, since each may be filled for somebody
	}
	for role, wanted := range q.or {
		found = found || rd.fills(s, role, &wanted)
	}
	return found
}

func (rd *reading) fills(s *stateOf, role string, a *asked) (found bool) {
	for _, c := range s.fillersOf(role) {
		found = found || a.ids[c.Value.entity]
		for _, r := range a.standIns[c.Value.entity] {
			if r.During.Overlaps(rd.dated(&c)) {
				found = true
				s.through(Filling{role, r})
			}
		}
	}
	return found
}

// fillersOf lists the claims about who fills a role; of a relation of which
// nothing is left but denials, those that are denied.
func (s *stateOf) fillersOf(role string) []Claim {
	if s.visible {
		return s.All(role)
	}
	return slices.DeleteFunc(slices.Clone(s.Denied), func(c Claim) bool { return c.Property != role })
}

// through notes who fills a role for whom, the shortest way once.
func (s *stateOf) through(f Filling) {
	if !slices.ContainsFunc(s.Through, func(g Filling) bool { return g.Role == f.Role && g.Entity == f.Entity && g.For == f.For }) {
		s.Through = append(s.Through, f)
	}
}
