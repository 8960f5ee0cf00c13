package negotiation

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/parleydb/parley/graph"
)

// readVersions reads the versions that are asked for, else those of the
// provisions, and what their texts are worth.
func (r *draftReading) readVersions() error {
	ids := slices.Clone(r.q.Versions)
	if len(ids) == 0 {
		for i := range r.provisions {
			ids = append(ids, r.provisions[i].Version)
		}
		ids = sorted(ids)
	}
	states, err := r.v.States(r.ctx, ids)
	if err != nil {
		return err
	}
	var drafts []graph.EntityID
	for i := range states {
		drafts = append(drafts, filler(&states[i], draftRole))
	}
	of, err := r.v.States(r.ctx, sorted(drafts))
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.versions = append(r.versions, r.version(id, states, of))
	}
	if len(r.q.Versions) == 0 {
		inOrder(r.versions)
	}
	return r.hearVersions()
}

func stateIn(states []graph.Standing, id graph.EntityID) *graph.Standing {
	for i := range states {
		if states[i].ID == id {
			return &states[i]
		}
	}
	return &graph.Standing{}
}

func (r *draftReading) version(id graph.EntityID, versions, drafts []graph.Standing) Version {
	s := stateIn(versions, id)
	v := Version{ID: id, Draft: filler(s, draftRole), Start: graph.MinTime, Counts: s.All(pointsField)}
	v.Authenticity = s.All(authenticityField)
	if len(v.Authenticity) == 0 && !v.Draft.IsZero() {
		v.Authenticity = stateIn(drafts, v.Draft).All(authenticityField)
	}
	if c, ok := s.Head(numberField); ok {
		v.Number = c.Value.Int()
	}
	var seen []string
	for i := range r.provisions {
		p := &r.provisions[i]
		if p.Version != id {
			continue
		}
		if p.Start != graph.MinTime && (v.Start == graph.MinTime || p.Start < v.Start) {
			v.Start = p.Start
		}
		if p.Point != "" {
			seen = append(seen, p.Point)
		}
	}
	slices.Sort(seen)
	v.Seen = len(slices.Compact(seen))
	return v
}

// hearVersions reads who says what a text is worth and how long it is, in one call.
func (r *draftReading) hearVersions() error {
	var claims []graph.Claim
	for i := range r.versions {
		claims = slices.Concat(claims, r.versions[i].Authenticity, r.versions[i].Counts)
	}
	evidence, err := evidenceOf(r.ctx, r.v, claims)
	for i := range r.versions {
		v := &r.versions[i]
		for _, c := range slices.Concat(v.Authenticity, v.Counts) {
			v.Evidence = append(v.Evidence, evidence[c.ID]...)
		}
	}
	return err
}

// inOrder sorts versions: drafts by the start of their first version, and the
// versions of one draft by number where all have one, else by start.
func inOrder(list []Version) {
	family := func(v *Version) graph.EntityID {
		if v.Draft.IsZero() {
			return v.ID
		}
		return v.Draft
	}
	first, numbered := map[graph.EntityID]graph.Time{}, map[graph.EntityID]bool{}
	for i := range list {
		f := family(&list[i])
		start, known := first[f]
		if !known || list[i].Start < start {
			first[f] = list[i].Start
		}
		numbered[f] = (!known || numbered[f]) && list[i].Number != 0
	}
	slices.SortFunc(list, func(a, b Version) int {
		f, g := family(&a), family(&b)
		if f != g {
			return cmp.Or(cmp.Compare(first[f], first[g]), bytes.Compare(f[:], g[:]))
		}
		if numbered[f] && a.Number != b.Number {
			return cmp.Compare(a.Number, b.Number)
		}
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Number, b.Number), bytes.Compare(a.ID[:], b.ID[:]))
	})
}
