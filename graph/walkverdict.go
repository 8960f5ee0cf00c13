package graph

// verdict is what is known of rows that are alike.
type verdict uint8

const (
	unsure verdict = iota // it has to be found out row by row
	hidden
	plain // shown
	dated // shown if they hold on the day
)

// verdicts tells what is known of each likeness of a block.
func (w *walk) verdicts(b *block) []verdict {
	w.known = w.known[:0]
	for i := range b.likes {
		w.known = append(w.known, w.verdict(&b.likes[i]))
	}
	return w.known
}

// verdict tells what is known of rows that are alike.
func (w *walk) verdict(l *likeness) verdict {
	r := l.row(0)
	switch {
	case !w.rd.alone(&r):
		return unsure
	case !w.rd.sees(&r) || !r.rank().AtLeast(w.q.MinRank.floor(w.q.Ranked)):
		return hidden
	case w.q.Starts.IsZero() && !w.rd.point.On.IsZero() && r.class() != Timeless:
		return dated
	}
	return plain
}

// verdictOn tells what is known of one row.
func (w *walk) verdictOn(l *likeness, from Time) verdict {
	v := w.verdict(l)
	switch {
	case v != dated:
		return v
	case w.onDay(l, from):
		return plain
	}
	return hidden
}

// onDay tells whether what is dated holds on the point's day.
func (w *walk) onDay(l *likeness, from Time) bool {
	return Interval{from, l.until(from)}.Overlaps(w.rd.point.On)
}

// showsRow tells whether a row is shown of which something is known already.
func (w *walk) showsRow(v verdict, s *section, b *block, i int, f *found) (bool, error) {
	ends, _ := s.ends(b.one(i), 0)
	if v != unsure && !w.same.touches(ends.subject, ends.ref) {
		return v == plain || v == dated && w.onDay(b.like(i), b.from(i)), nil
	}
	s.take(b, i, f)
	return w.shown(f)
}
