package graph

// wanted tells whether the query asks for an edge.
func (w *walk) wanted(f *found) bool {
	if w.props != nil && !w.props[f.prop] {
		return false
	}
	switch {
	case w.other == 0:
		return true
	case w.other == w.entity:
		return w.same.head(f.other) == w.entity
	case w.q.Direction == Both:
		return true
	}
	return (w.same.head(f.subject) == w.entity) == (w.q.Direction == Out)
}

// shown settles whether the view shows the edge, and with which end.
func (w *walk) shown(f *found) (bool, error) {
	if w.same.touches(f.subject, f.ref) {
		if ok, err := w.joined(f); err != nil || !ok {
			return false, err
		}
	} else if w.rd.alone(&f.row) {
		if !w.rd.sees(&f.row) {
			return false, nil
		}
	} else {
		res, err := w.rd.settle(f.claim, f.from)
		if err != nil || !res.live || res.truth == Denied {
			return false, err
		}
		f.settle(&res)
	}
	if !f.rank().AtLeast(w.q.MinRank.floor(w.q.Ranked)) {
		return false, nil
	}
	on := w.rd.point.On
	return !w.q.Starts.IsZero() || on.IsZero() || f.class() == Timeless || Interval{f.from, f.until}.Overlaps(on), nil
}

// joined settles an edge together with those that equal it, and tells whether
// it is the one that stands for them, or in whose place that one is shown.
func (w *walk) joined(f *found) (bool, error) {
	c, err := w.rd.claimContent(f.claim)
	if err != nil {
		return false, err
	}
	shown, with, res, err := w.rd.joined(c)
	if err != nil || res.truth == Denied {
		return false, err
	}
	first, err := w.first(append([]num{shown}, with...), f.from)
	if err != nil || first != f.claim {
		return false, err
	}
	f.as = &joint{shown, with}
	f.settle(&res)
	return true, nil
}

// first is, of claims that are equal, the first by which the walk comes.
func (w *walk) first(list []num, from Time) (num, error) {
	for _, n := range list {
		if passed, err := w.passed(n, from); err != nil || !passed {
			return n, err
		}
	}
	return 0, nil
}

// passed tells whether a walk that looks for what holds on a day does not come
// by a claim: it was said to be bounded, and to begin long before.
func (w *walk) passed(n num, from Time) (bool, error) {
	on := w.rd.point.On
	if w.entity == 0 || w.sections[0].prefix[0] != famEdge || !w.q.Starts.IsZero() || on.IsZero() || from >= on.From-MaxEvent {
		return false, nil
	}
	c, err := w.rd.claimContent(n)
	if err != nil || c.section(outEvent, outState) == outState {
		return false, err
	}
	b, err := w.rd.r.Get(c.home(n))
	return err == nil && !moved(b), err
}

func (f *found) settle(res *resolution) {
	f.truth, f.until = res.truth, res.end.Until
	f.flags = f.flags&^(3<<shiftEnd|3<<shiftRank) | flags(res.end.Kind)<<shiftEnd | flags(res.rank)<<shiftRank
}

// floor is the rank that is asked for, or the lowest where none is.
func (r Rank) floor(asked bool) Rank {
	if asked {
		return r
	}
	return Deprecated
}
