package graph

import (
	"fmt"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// resolution is what the live evidence makes of a claim at a point.
type resolution struct {
	live     bool // there is live evidence at all
	truth    Truth
	end      End
	conflict bool
	rank     Rank
	said     Time
}

// settle resolves a claim that asks by its s rows, and any claim by its records
// where the rows do not tell what the point asks for.
func (rd *reading) settle(claim num, from Time) (resolution, error) {
	if rd.byRecord() {
		row, err := rd.claimContent(claim)
		if err != nil {
			return resolution{}, err
		}
		live, err := rd.supporting(claim, row, nil)
		return resolve(live, from), err
	}
	live := rd.scratch().live[:0]
	err := rd.supports(claim, func(s *support) {
		if rd.live(s) {
			live = append(live, *s)
		}
	})
	rd.scratch().live = live
	return resolve(live, from), err
}

// supports calls fn for each s row of a claim, in the order of the records.
func (rd *reading) supports(claim num, fn func(*support)) error {
	if list, ok, err := rd.packedSupports(claim); err != nil || (ok && !rd.bySpeech()) {
		for i := range list {
			fn(&list[i])
		}
		return err
	}
	both := put5(append(put5(append(make([]byte, 0, 2*lenNumbered), famSupport), claim), famSupport), claim+1)
	return rd.r.Scan(kv.Range{Start: both[:lenNumbered:lenNumbered], End: both[lenNumbered:]}, func(k, v []byte) error {
		if len(k) != 11 {
			return fmt.Errorf("%w: support key", ErrDamaged)
		}
		s, err := decodeSupport(get5(k[6:]), v)
		if err == nil && rd.bySpeech() {
			var rec *record
			if rec, err = rd.record(s.record); err == nil {
				s.pf = rec.pf
			}
		}
		if err == nil {
			fn(&s)
		}
		return err
	})
}

// resolve is rules 4 and 5: pure, and the same in whatever order the records
// came in. from is the claim's start.
func resolve(live []support, from Time) resolution {
	r := resolution{live: len(live) > 0, truth: Denied, rank: Deprecated, said: MinTime, end: End{Kind: UnknownEnd, Until: from}}
	denied, affirmed := false, false
	for i := range live {
		s := &live[i]
		r.said = max(r.said, s.when)
		if s.said.deny {
			denied = true
			continue
		}
		affirmed = true
		if s.rank.AtLeast(r.rank) {
			r.rank = s.rank
		}
	}
	if !affirmed {
		return r
	}
	r.truth = Held
	if denied {
		r.truth = Contested
	}
	r.end, r.conflict = resolveEnds(live, from)
	return r
}

// resolveEnds is rule 4: a dated end beats OPEN, OPEN beats UNKNOWN, an exact
// date an approximate one. Two exact dates, and an OPEN said after a dated end,
// are a conflict, in which the claim holds wherever any of them says so.
func resolveEnds(live []support, from Time) (End, bool) {
	var best End
	exact := false  // best is a dated end that is not approximate
	differ := false // exact dates differ
	open := MinTime // latest OPEN said
	isOpen := false // somebody says OPEN
	first := true   // nothing chosen yet
	for i := range live {
		s := &live[i]
		if s.said.deny {
			continue
		}
		if s.said.end == OpenEnd {
			isOpen, open = true, max(open, s.when)
		}
		e := End{Kind: s.said.end, Date: s.said.date, Until: untilOf(s.said.end, s.said.date, from)}
		sure := e.Kind == DatedEnd && !e.Date.Approximate()
		switch {
		case first || e.Kind > best.Kind || (e.Kind == best.Kind && sure && !exact):
			best, exact, first = e, sure, false
		case e.Kind == best.Kind && sure == exact:
			differ = differ || (sure && e.Until != best.Until)
			if later(e, best) {
				best = e
			}
		}
	}
	if best.Kind != DatedEnd {
		return best, false
	}
	if isOpen && open >= best.Until {
		return End{Kind: OpenEnd, Until: MaxTime}, true
	}
	return best, differ
}

// later chooses between two ends of the same kind, always the same one.
func later(a, b End) bool {
	if a.Until != b.Until {
		return a.Until > b.Until
	}
	return a.Date.String() > b.Date.String()
}

// dateText writes a claim's validity as EDTF.
func dateText(start edtf.Endpoint, end End) string {
	i := edtf.Interval{Start: start}
	switch end.Kind {
	case OpenEnd:
		i.End = edtf.Endpoint{Kind: edtf.Open}
	case DatedEnd:
		i.End = edtf.Endpoint{Kind: edtf.Dated, Date: end.Date}
		if start.Kind == edtf.Dated && end.Date.Plain() == start.Date {
			return end.Date.String()
		}
	case UnknownEnd:
		if start.Kind == edtf.Unknown {
			return ""
		}
		i.End = edtf.Endpoint{Kind: edtf.Unknown}
	}
	return i.String()
}
