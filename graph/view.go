package graph

import (
	"context"
	"errors"
	"fmt"
)

// View is the graph at a point: an immutable value, shared and copied at will.
// It is pinned to the newest transaction of the moment when it was made, so
// that its answers are repeatable, and keeps that moment for embargoes and for
// "today".
type View struct {
	db    *DB
	point Point
	ts    TS   // rows recorded later do not exist
	known Time // what was published later is not known; MaxTime on basis RECORDED
	now   Time // embargoes end by then
	today Time
}

// At returns the view at a point.
func (db *DB) At(p Point) View { return db.at(p, TimeOf(db.opts.Now())) }

// At returns the view of the same database at another point, as of the same
// moment: what was recorded since this view was made is left out. Within
// Excerpt, what it reads is part of the excerpt.
func (v View) At(p Point) View { return v.db.at(p, v.today).UpTo(v.ts) }

func (db *DB) at(p Point, now Time) View {
	v := View{db: db, point: p, ts: TS(db.published.Load()), known: MaxTime, now: now, today: now}
	if p.KnownOn != 0 {
		v.now = min(now, milli(p.KnownOn)) // asking for tomorrow lifts no embargo today
		if p.Basis == Published {
			v.known = milli(p.KnownOn)
		} else {
			v.ts = min(v.ts, p.KnownOn)
		}
	}
	return v
}

// Point returns the point that the view was made for.
func (v View) Point() Point { return v.point }

// TS returns the transaction that the view is pinned to.
func (v View) TS() TS { return v.ts }

// Ontology returns the ontology in force, or nil.
func (v View) Ontology() *Ontology { return v.db.ontology }

// UpTo returns the view as of an earlier transaction, with embargoes as they are
// at this one: what was recorded since is left out, and nothing else.
func (v View) UpTo(ts TS) View {
	v.ts = min(v.ts, ts)
	return v
}

// On returns the view at the same state of knowledge and another valid time.
func (v View) On(on Interval) View {
	v.point.On = on
	return v
}

// Day is the valid time by which states are carried forward: the point's
// interval, else the moment when the view was made.
func (v View) Day() Interval {
	if !v.point.On.IsZero() {
		return v.point.On
	}
	return Interval{v.today, v.today + 1}
}

// sees tells whether a row's own account is known at the view's point. Rows
// that ask are settled by their s rows.
func (v *View) sees(r *row) bool {
	return r.tf <= v.ts && (r.tt == 0 || v.ts < r.tt) && r.pf <= v.known && r.marking() <= v.point.Clearance
}

// alone tells whether a row answers by itself: it does not ask, nor is it
// asked for what it does not tell of.
func (v *View) alone(r *row) bool { return !r.ask() && !v.byRecord() }

// byRecord tells whether claims are resolved by their records alone: the policy
// drops some for their voice, or they count from when they were made.
func (v *View) byRecord() bool { return v.point.Policy == SelfOnly || v.bySpeech() }

// live is rule 5 for one record's say on a claim, and the dropping of rule 13.
func (v *View) live(s *support) bool {
	return s.tf <= v.ts && (s.tt == 0 || v.ts < s.tt) && s.pf <= v.known && s.marking <= v.point.Clearance &&
		s.status == AcceptedStatus && s.embargo <= v.now && v.point.Policy.keeps(s.voice)
}

// live is View.live; it notes for which moments that holds.
func (rd *reading) live(s *support) bool {
	rd.note(s.embargo)
	return rd.View.live(s)
}

// knows is View.knows; it notes for which moments that holds.
func (rd *reading) knows(r *record) bool {
	rd.note(r.judge.Embargo)
	return rd.View.knows(r)
}

// note notes for which moments an embargo is, or is not, over.
func (rd *reading) note(embargo Time) {
	m := rd.moments
	switch {
	case m == nil || embargo == 0:
	case embargo <= rd.now:
		m.From = max(m.From, embargo)
	default:
		m.To = min(m.To, embargo)
	}
}

// Entity finds an entity that the point shows, or reports ErrNotFound.
func (v View) Entity(ctx context.Context, r Ref) (Entity, error) {
	return v.entityIf(ctx, r, (*reading).visible)
}

// entityIf finds an entity of which something holds, or reports ErrNotFound.
func (v View) entityIf(ctx context.Context, r Ref, holds func(*reading, num) (bool, error)) (e Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(r)
		if err != nil {
			return err
		}
		ok, err := holds(rd, n)
		if err == nil && !ok {
			err = fmt.Errorf("%w: entity %s", ErrNotFound, r)
		}
		if err != nil {
			return err
		}
		e, err = rd.entity(n)
		return err
	})
	return e, err
}

// entity is the identity of an entity, with the keys of all that it is one with.
func (rd *reading) entity(n num) (Entity, error) {
	h, err := rd.header(n)
	if err != nil {
		return Entity{}, err
	}
	e := Entity{ID: h.id, Keys: h.known(rd.ts, rd.point.Clearance)}
	if e.Kind, err = rd.nameOf(h.kind); err != nil || !rd.same().merged(n) {
		return e, err
	}
	return e, rd.gather(&e, n)
}

// Entities gives those of the entities that the point shows, in the order
// asked for, each once.
func (v View) Entities(ctx context.Context, ids []EntityID) (list []Entity, err error) {
	err = v.read(ctx, func(rd *reading) error {
		seen := make(map[num]bool, len(ids))
		for _, id := range ids {
			n, err := rd.lookup(ByID(id))
			if errors.Is(err, ErrNotFound) || (err == nil && seen[n]) {
				continue
			}
			if err != nil {
				return err
			}
			seen[n] = true
			if err := rd.appendVisible(n, &list); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (rd *reading) appendVisible(n num, list *[]Entity) error {
	ok, err := rd.visible(n)
	if err != nil || !ok {
		return err
	}
	e, err := rd.entity(n)
	*list = append(*list, e)
	return err
}
