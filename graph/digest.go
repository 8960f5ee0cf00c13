package graph

import (
	"fmt"
	"slices"
	"strings"
)

// digest is a relation's state in a line.
type digest struct {
	id     EntityID
	text   string
	state  string
	start  Time
	turned Time // when the state started
	known  bool // anything at all
	ahead  bool // nothing of it has begun, or is known
}

// digested are the properties that say in a word or line how a relation stands.
var digested = []string{"status", "state", "stance", "act", "response", "text", "option", "authenticity"}

// digest takes the newest word of each property up to a day.
func (rd *reading) digest(s *stateOf, day Interval) (digest, error) {
	d := digest{id: s.ID, start: s.start, turned: s.start}
	if !s.begunBy(day) {
		d.ahead = !slices.ContainsFunc(s.Claims, func(c Claim) bool { return c.Class != Timeless && c.From < day.To })
		return d, nil
	}
	var words []string
	for _, property := range digested {
		i := slices.IndexFunc(s.Claims, func(c Claim) bool { return c.Property == property && c.stands(day) })
		if i < 0 {
			continue
		}
		word, err := rd.word(&s.Claims[i])
		if err != nil {
			return d, err
		}
		if d.state == "" {
			d.state, d.turned = word, s.Claims[i].From
		}
		words = append(words, word)
	}
	d.known = slices.ContainsFunc(s.Claims, func(c Claim) bool { return c.stands(day) && !builtin(c.Property) })
	d.ahead = !d.known && len(s.Denied) == 0
	switch {
	case len(words) > 1:
		d.text = words[0] + ": " + strings.Join(slices.Compact(words[1:]), "; ")
	case len(words) == 1:
		d.text = words[0]
	case d.known:
		d.text = s.Kind
	}
	return d, nil
}

// begunBy tells whether anything that has a time stands on a day, or nothing
// has one: what is timeless about a relation does not make it stand.
func (s *stateOf) begunBy(day Interval) bool {
	timed := func(c Claim) bool { return c.Class != Timeless }
	return !slices.ContainsFunc(s.Claims, timed) || slices.ContainsFunc(s.Claims, func(c Claim) bool { return timed(c) && c.stands(day) })
}

// stands tells whether a claim has started by the end of a day, and has not
// ended as a state before it.
func (c *Claim) stands(day Interval) bool {
	return c.Class == Timeless || (c.From < day.To && !c.ended(day))
}

func (rd *reading) word(c *Claim) (string, error) {
	if c.Value.typ != Reference {
		return c.Value.String(), nil
	}
	label, err := rd.label(c.Value.entity, nil)
	if err != nil {
		return "", fmt.Errorf("label of %s: %w", c.Value, err)
	}
	return label, nil
}
