package graph

import "slices"

// withinKeys is rule 8: of the relations that share a key, those with the
// latest start stand, and of these those that the policy chooses (rule 13). A
// relation that several speakers report is in several keys and stands if it
// does so in one of them.
func (rd *reading) withinKeys(k *Kind, states []*stateOf) ([]*stateOf, error) {
	if k.Key == nil {
		return states, nil
	}
	newest := map[string]inKey{}
	keys, own := make([][]string, len(states)), make([]inKey, len(states))
	for i, s := range states {
		var err error
		if keys[i], err = rd.keysOf(k, s); err != nil {
			return nil, err
		}
		if own[i], err = rd.placeInKey(s); err != nil {
			return nil, err
		}
		for _, key := range keys[i] {
			if best, ok := newest[key]; !ok || own[i].after(best) {
				newest[key] = own[i]
			}
		}
	}
	var kept []*stateOf
	for i, s := range states {
		if slices.ContainsFunc(keys[i], func(key string) bool { return newest[key] == own[i] }) {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// inKey is by what one relation takes over from another in their key.
type inKey struct {
	start Time
	said  Time // under LATEST only
}

func (p inKey) after(q inKey) bool {
	return p.start > q.start || (p.start == q.start && p.said > q.said)
}

func (rd *reading) placeInKey(s *stateOf) (inKey, error) {
	p := inKey{s.start, MinTime}
	if rd.point.Policy != Latest {
		return p, nil
	}
	for i := range s.Claims {
		if err := rd.say(&s.Claims[i]); err != nil {
			return p, err
		}
		p.said = max(p.said, s.Claims[i].said)
	}
	return p, nil
}

// keysOf writes the keys that a relation stands in.
func (rd *reading) keysOf(k *Kind, s *stateOf) ([]string, error) {
	base := s.fieldsKey(k.Key.Fields)
	if !k.Key.PerSpeaker || s.own() {
		return []string{base}, nil
	}
	roots, err := rd.roots(s)
	if err != nil || len(roots) == 0 {
		return []string{base}, err
	}
	keys := make([]string, len(roots))
	for i, root := range roots {
		keys[i] = base + root.key()
	}
	return keys, nil
}

// fieldsKey is the canonical form of what fills the fields.
func (s *stateOf) fieldsKey(fields []string) string {
	var e enc
	for _, f := range fields {
		var values []Value
		for _, c := range s.All(f) {
			values = append(values, c.Value)
		}
		e.strings(canonical(values))
	}
	return string(e)
}

// own tells whether a relation is in the party's own voice, and in no other.
func (s *stateOf) own() bool {
	voices := s.All("voice")
	return len(voices) > 0 && !slices.ContainsFunc(voices, func(c Claim) bool { return c.Value.text != Self.String() })
}

// evidenceOf calls fn for each live record that affirms a claim, or one that
// equals it.
func (rd *reading) evidenceOf(c *Claim, fn func(*record) error) error {
	affirms := func(_ num, rec *record, own *support) error {
		if own != nil && own.said.deny {
			return nil
		}
		return fn(rec)
	}
	err := rd.evidence(c.num, c.first, affirms)
	for _, n := range c.with {
		if err != nil {
			break
		}
		var row *claimRow
		if row, err = rd.claimContent(n); err == nil {
			err = rd.evidence(n, row.first, affirms)
		}
	}
	return err
}

// evidence calls fn for each live record on a claim, the first one first.
// support is nil where the claim has only its first record.
func (rd *reading) evidence(claim, first num, fn func(num, *record, *support) error) error {
	var list []support
	if err := rd.supports(claim, func(s *support) { list = append(list, *s) }); err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(s support) bool { return s.record == first }) {
		rec, err := rd.record(first)
		if err != nil {
			return err
		}
		if rd.recordLive(rec) {
			if err := fn(first, rec, nil); err != nil {
				return err
			}
		}
	}
	for i := range list {
		if !rd.live(&list[i]) {
			continue
		}
		rec, err := rd.record(list[i].record)
		if err != nil {
			return err
		}
		if err := fn(list[i].record, rec, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// withoutEnded leaves out what an event of a kind declared @ends has ended
// (rule 4): one that agrees in the declared fields and starts later, by the point.
func (rd *reading) withoutEnded(k *Kind, states []*stateOf) ([]*stateOf, error) {
	for i := range rd.db.ontology.Kinds {
		ender := &rd.db.ontology.Kinds[i]
		for _, rule := range ender.Ends {
			if rule.Kind != k.Name {
				continue
			}
			ends, err := rd.endings(ender)
			if err != nil {
				return nil, err
			}
			states = slices.DeleteFunc(states, func(s *stateOf) bool { return s.endAmong(ends, rule.Fields) < MaxTime-1 })
		}
	}
	return states, nil
}

// endAmong is when the first of the events happened that is about this
// relation, which may have more fillers from other sources, and that starts no
// earlier; MaxTime-1: there is none.
func (s *stateOf) endAmong(events []*stateOf, fields []string) Time {
	first := MaxTime - 1
	for _, e := range events {
		if e.start >= s.start && !slices.ContainsFunc(fields, func(f string) bool { return !s.has(f, e.All(f)) }) {
			first = min(first, e.start)
		}
	}
	return first
}

// has tells whether all of the claims' values, of which there is one at least, fill the field.
func (s *stateOf) has(field string, claims []Claim) bool {
	own := s.All(field)
	return len(claims) > 0 && !slices.ContainsFunc(claims, func(c Claim) bool {
		return !slices.ContainsFunc(own, func(o Claim) bool { return o.Value == c.Value })
	})
}

// endings lists the events of a kind up to the point.
func (rd *reading) endings(k *Kind) ([]*stateOf, error) {
	number, ok, err := rd.kindNumber(k.Name)
	if err != nil || !ok {
		return nil, err
	}
	upTo := *rd
	upTo.point.On = Interval{MinTime, rd.point.On.From}
	list, err := upTo.kindRows(number, upTo.point.On.To-1, MinTime)
	if err != nil {
		return nil, err
	}
	var ends []*stateOf
	for _, n := range rd.heads(list) {
		s, err := upTo.state(n)
		if err != nil {
			return nil, err
		}
		if s.happens {
			ends = append(ends, s)
		}
	}
	return ends, nil
}
