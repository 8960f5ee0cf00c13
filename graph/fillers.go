package graph

import (
	"errors"
	"slices"
)

// relationQuery is a query as it is carried out.
type relationQuery struct {
	RelationQuery                                          // with the ids by which the view shows the fillers
	standIns      map[string]map[EntityID][]Representative // rolling up: by role and who fills it
}

// prepare resolves the fillers of a query.
func (rd *reading) prepare(given RelationQuery) (*relationQuery, error) {
	q := &relationQuery{RelationQuery: given}
	if len(given.Fillers) == 0 || (rd.same() == nil && !given.RollUp) {
		return q, nil
	}
	q.Fillers = make(map[string][]EntityID, len(given.Fillers))
	q.standIns = map[string]map[EntityID][]Representative{}
	for role, ids := range given.Fillers {
		q.standIns[role] = map[EntityID][]Representative{}
		for _, id := range ids {
			n, err := rd.lookup(ByID(id))
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err == nil {
				id, err = rd.id(n)
			}
			if err == nil && given.RollUp {
				err = rd.standIns(n, q.standIns[role])
			}
			if err != nil {
				return nil, err
			}
			q.Fillers[role] = append(q.Fillers[role], id)
		}
	}
	return q, nil
}

// candidates are those who may fill a role, whenever.
func (q *relationQuery) candidates(role string) []EntityID {
	list := slices.Clone(q.Fillers[role])
	for id := range q.standIns[role] {
		list = append(list, id)
	}
	return list
}

// filled tells whether each of the roles is filled by one of its entities, or,
// rolling up, by somebody who stood for one of them.
func (rd *reading) filled(s *stateOf, q *relationQuery) bool {
	for role, wanted := range q.Fillers {
		found := false
		for _, c := range s.fillersOf(role) {
			found = found || slices.Contains(wanted, c.Value.ref.ID)
			for _, r := range q.standIns[role][c.Value.ref.ID] {
				if r.During.Overlaps(rd.dated(&c)) {
					found = true
					s.through(Filling{role, r})
				}
			}
		}
		if !found {
			return false
		}
	}
	return true
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
