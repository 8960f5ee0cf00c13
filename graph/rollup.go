package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
)

// Representative is somebody who stands for somebody else: by holding an
// office, as an envoy, in a delegation, or as whatever else the ontology
// declares so (rule 12).
type Representative struct {
	Entity EntityID
	For    EntityID
	Path   []Tie    // from Entity to For, none twice
	During Interval // when every tie of the path is in force
}

// Tie is one step of who stands for whom. Relation says so; of an office and
// its body, or of a delegation and its party, that is the agent itself.
type Tie struct {
	Agent, Principal, Relation EntityID
	During                     Interval
}

// StandsFor lists who stands for a party at the view's point, those with the
// shortest path first, then the earliest, then by id; without a day, whoever
// ever did, with when. It is transitive; a way round leads nowhere, and nobody
// stands for a bloc, nor a bloc for anybody.
//
// Who stood for whom is an index, made of all relations of the kinds that are
// declared so when it is first asked for after a transaction, and kept for
// each point.
func (v View) StandsFor(ctx context.Context, party EntityID) (list []Representative, err error) {
	err = v.read(ctx, func(rd *reading) error {
		list, err = rd.standFor(party)
		return err
	})
	return list, err
}

// Representatives is StandsFor for several parties. Those that the view does
// not show have none.
func (v View) Representatives(ctx context.Context, parties []EntityID) (map[EntityID][]Representative, error) {
	all := make(map[EntityID][]Representative, len(parties))
	err := v.read(ctx, func(rd *reading) error {
		for _, party := range parties {
			list, err := rd.standFor(party)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			all[party] = list
		}
		return nil
	})
	return all, err
}

// Principals lists for whom agents stand at the view's point, like
// Representatives: those that the view does not show stand for nobody.
func (v View) Principals(ctx context.Context, agents []EntityID) (map[EntityID][]Representative, error) {
	all := make(map[EntityID][]Representative, len(agents))
	err := v.read(ctx, func(rd *reading) error {
		index, err := rd.ties()
		for i := 0; i < len(agents) && err == nil; i++ {
			n, missing := rd.lookup(ByID(agents[i]))
			if errors.Is(missing, ErrNotFound) {
				continue
			}
			if err = missing; err == nil {
				all[agents[i]], err = rd.onTheDay(index.upward(n))
			}
		}
		return err
	})
	return all, err
}

func (rd *reading) standFor(party EntityID) ([]Representative, error) {
	n, err := rd.lookup(ByID(party))
	if err != nil {
		return nil, err
	}
	index, err := rd.ties()
	if err != nil {
		return nil, err
	}
	return rd.onTheDay(index.ways(n))
}

// onTheDay gives the ways that are open on the view's day, in order.
func (rd *reading) onTheDay(ways []way) (list []Representative, err error) {
	for i := range ways {
		r, err := rd.representative(&ways[i])
		if err != nil {
			return nil, err
		}
		if on := rd.point.On; on.IsZero() || r.During.Overlaps(on) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b Representative) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.During.From, b.During.From), bytes.Compare(a.Entity[:], b.Entity[:]),
			bytes.Compare(a.For[:], b.For[:]), cmp.Compare(a.During.To, b.During.To))
	})
	return list, nil
}

// ties is the index of who stood for whom when, by for whom, and by who did.
type ties struct{ of, by map[num][]tie }

type tie struct {
	agent, principal, relation num
	during                     Interval
}

func (t *ties) add(x tie) {
	t.of[x.principal] = append(t.of[x.principal], x)
	t.by[x.agent] = append(t.by[x.agent], x)
}

// way is a path in the making, from an agent up to a party.
type way struct {
	end    num // the one that is not asked about
	during Interval
	ties   []tie
}

// standIns adds all who stand for a party, whenever, by their ids.
func (rd *reading) standIns(party num, into map[EntityID][]Representative) error {
	index, err := rd.ties()
	if err != nil {
		return err
	}
	for _, w := range index.ways(party) {
		r, err := rd.representative(&w)
		if err != nil {
			return err
		}
		into[r.Entity] = append(into[r.Entity], r)
	}
	return nil
}

// ways lists how anybody stands for a party, the shortest first. Of two ways
// for one agent, the longer one is left out where it adds no time.
func (t *ties) ways(party num) []way {
	return spread(party, t.of, func(w *way, t tie) way { return way{t.agent, t.during.within(w.during), append([]tie{t}, w.ties...)} })
}

// upward lists for whom an agent stands, as ways does.
func (t *ties) upward(agent num) []way {
	return spread(agent, t.by, func(w *way, t tie) way {
		return way{t.principal, t.during.within(w.during), append(slices.Clone(w.ties), t)}
	})
}

// spread goes on from one end of ways to the next, by the ties that begin there.
func spread(from num, ties map[num][]tie, longer func(*way, tie) way) []way {
	seen := map[num][]Interval{from: {Always}}
	next := []way{{end: from, during: Always}}
	for i := 0; i < len(next); i++ {
		for _, t := range ties[next[i].end] {
			w := longer(&next[i], t)
			covered := slices.ContainsFunc(seen[w.end], func(s Interval) bool { return s.From <= w.during.From && w.during.To <= s.To })
			if w.during.From >= w.during.To || covered {
				continue
			}
			seen[w.end] = append(seen[w.end], w.during)
			next = append(next, w)
		}
	}
	return next[1:]
}

func (i Interval) within(j Interval) Interval { return Interval{max(i.From, j.From), min(i.To, j.To)} }

func (rd *reading) representative(w *way) (r Representative, err error) {
	r.During = w.during
	for _, t := range w.ties {
		var ids [3]EntityID
		nums := [3]num{t.agent, t.principal, t.relation}
		if err := rd.ids(ids[:], func(i int) num { return nums[i] }); err != nil {
			return r, err
		}
		r.Path = append(r.Path, Tie{ids[0], ids[1], ids[2], t.during})
	}
	r.Entity, r.For = r.Path[0].Agent, r.Path[len(r.Path)-1].Principal
	return r, nil
}

// ties gives the index at the view's point, whatever its day.
func (rd *reading) ties() (*ties, error) {
	at := rd.place()
	if e, ok := rd.db.ties.get(at, rd.now); ok {
		return e.found, nil
	}
	rd.same()
	moments := rd.shared.moments
	whole := *rd
	whole.point.On, whole.moments = Interval{}, &moments
	whole.point.Policy = AllSides // who stands for whom is no party's position
	index, err := whole.findTies()
	if err == nil && rd.shared.err == nil {
		rd.db.ties.put(cached[*ties]{at, moments, index}, rd.current)
	}
	return index, err
}

func (rd *reading) findTies() (*ties, error) {
	index := &ties{map[num][]tie{}, map[num][]tie{}}
	if rd.db.ontology == nil {
		return index, nil
	}
	for i := range rd.db.ontology.Kinds {
		k := &rd.db.ontology.Kinds[i]
		if len(k.StandsFor) == 0 {
			continue
		}
		list, err := rd.lasting(k)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			if err := rd.tie(index, k, l); err != nil {
				return nil, err
			}
		}
	}
	return index, nil
}

// lasting is an entity of a kind that makes ties, and until when it lasts at
// most: until something took over in its key (rule 8), or ended it (rule 4).
type lasting struct {
	*stateOf
	n     num
	until Time
}

func (rd *reading) lasting(k *Kind) ([]lasting, error) {
	number, ok, err := rd.kindNumber(k.Name)
	if err != nil || !ok {
		return nil, err
	}
	nums, err := rd.kindRows(number, MaxTime-1, MinTime)
	if err != nil {
		return nil, err
	}
	var list []lasting
	for _, n := range rd.heads(nums) {
		s, err := rd.begun(n, Normal)
		if err != nil {
			return nil, err
		}
		if s.visible {
			list = append(list, lasting{s, n, MaxTime})
		}
	}
	if err := rd.overtake(k, list); err != nil {
		return nil, err
	}
	return list, rd.end(k, list)
}

// overtake ends what another one with a later start took over from.
func (rd *reading) overtake(k *Kind, list []lasting) error {
	if k.Key == nil {
		return nil
	}
	starts := map[string][]Time{}
	keys := make([][]string, len(list))
	for i := range list {
		var err error
		if keys[i], err = rd.keysOf(k, list[i].stateOf); err != nil {
			return err
		}
		for _, key := range keys[i] {
			starts[key] = append(starts[key], list[i].start)
		}
	}
	for i := range list {
		last := MinTime
		for _, key := range keys[i] {
			last = max(last, firstBehind(starts[key], list[i].start, MaxTime))
		}
		list[i].until = min(list[i].until, last)
	}
	return nil
}

// firstBehind is the first of the times that comes after one, or what else there is.
func firstBehind(times []Time, after, none Time) Time {
	first := none
	for _, t := range times {
		if t > after {
			first = min(first, t)
		}
	}
	return first
}

// end ends what an event has ended: on the day of the event it still stands.
func (rd *reading) end(k *Kind, list []lasting) error {
	for i := range rd.db.ontology.Kinds {
		ender := &rd.db.ontology.Kinds[i]
		for _, rule := range ender.Ends {
			if rule.Kind != k.Name {
				continue
			}
			always := *rd
			always.point.On = Interval{MaxTime, MaxTime}
			ends, err := always.endings(ender)
			if err != nil {
				return err
			}
			for j := range list {
				list[j].until = min(list[j].until, list[j].endAmong(ends, rule.Fields)+1)
			}
		}
	}
	return nil
}

// tie adds the ties that an entity makes.
func (rd *reading) tie(index *ties, k *Kind, l lasting) error {
	for _, rule := range k.StandsFor {
		itself := Claim{Class: Timeless, Value: EntityOf(l.ID)}
		agents := []Claim{itself}
		if rule.Agent != "" {
			agents = l.All(rule.Agent)
		}
		for _, a := range agents {
			for _, p := range l.All(rule.Principal) {
				during := a.inForce().within(p.inForce()).within(Interval{MinTime, l.until})
				if err := rd.addTie(index, a.Value, p.Value, l.n, during); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// inForce is when a claim counts: a state until its dated end, an event
// literally, what is timeless always.
func (c *Claim) inForce() Interval {
	switch {
	case c.Class == Timeless:
		return Always
	case c.Class == Event || c.End.Kind == DatedEnd:
		return c.Holds()
	}
	return Interval{c.From, MaxTime}
}

func (rd *reading) addTie(index *ties, agent, principal Value, relation num, during Interval) error {
	a, err := rd.lookup(ByID(agent.entity))
	if err != nil {
		return err
	}
	p, err := rd.lookup(ByID(principal.entity))
	if err != nil || a == p || during.From >= during.To {
		return err
	}
	for _, n := range []num{a, p} {
		e, err := rd.entity(n)
		if err != nil {
			return err
		}
		if k := rd.db.ontology.Kind(e.Kind); k != nil && k.Fuzzy {
			return nil
		}
	}
	index.add(tie{a, p, relation, during})
	return nil
}

// dated is when a role counts as filled: when an event happened, when a state
// began, else at the point.
func (rd *reading) dated(c *Claim) Interval {
	switch {
	case c.From == MinTime && !rd.point.On.IsZero():
		return rd.point.On
	case c.From == MinTime:
		return Always
	case c.Class == Event:
		return Interval{c.From, max(c.End.Until, c.From+1)}
	}
	return Interval{c.From, c.From + 1}
}
