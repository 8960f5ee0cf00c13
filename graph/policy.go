package graph

import "slices"

// Policy is a named way to drop assertions, and to choose within a key (rule 13).
type Policy uint8

// The policies.
const (
	// AllSides drops nothing and chooses nothing.
	AllSides Policy = iota
	// SelfOnly keeps what a party says itself, and what is in nobody's voice:
	// assertions whose voice is SELF, OWN_SIDE or not stated.
	SelfOnly
	// Latest keeps, of what stands in one key, what was asserted last, else
	// published last; several that are equally late all stand.
	Latest
)

var policies = []string{"ALL_SIDES", "SELF_ONLY", "LATEST"}

// ParsePolicy reads a policy by its name.
func ParsePolicy(s string) (Policy, error) { return parseCode[Policy]("policy", policies, s) }

func (p Policy) String() string { return codeName(policies, p) }

// Own tells whether the voice is the holder's own (rule 8).
func (v Voice) Own() bool { return v == Self || v == OwnSide }

// keeps tells whether assertions in a voice count under the policy.
func (p Policy) keeps(v Voice) bool { return p != SelfOnly || v == VoiceNone || v.Own() }

// latest keeps of claims those that start last, and of these, under LATEST,
// those that were said last. When they were said was looked up where it matters.
func (p Policy) latest(claims []Claim) []Claim {
	from, said := MinTime, MinTime
	for i := range claims {
		from = max(from, claims[i].From)
	}
	for i := range claims {
		if claims[i].From == from {
			said = max(said, claims[i].said)
		}
	}
	return slices.DeleteFunc(claims, func(c Claim) bool { return c.From < from || (p == Latest && c.said < said) })
}
