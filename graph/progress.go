package graph

// Step is a part of a load.
type Step uint8

// The steps of a load, in order. A load need not have all of them.
const (
	Reading  Step = iota // what the source gives, in facts
	Checking             // links that are not held in memory
	Writing              // assertions, or links that are not held in memory
	Storing              // rows, by a store that takes them sorted
)

// String is what the step is called.
func (s Step) String() string { return [...]string{"reading", "checking", "writing", "storing"}[s] }

// weights are how much of a load each step takes, roughly.
var weights = [...]float64{Reading: 0.1, Checking: 0.2, Writing: 0.45, Storing: 0.25}

// Progress is how far a load is.
type Progress struct {
	Step      Step
	Done, All int // All is 0 where it is not known
	Facts     int // that were read so far
}

// Share is roughly how much of the load is done, from 0 to 1.
func (p Progress) Share() float64 {
	share := 0.0
	for _, w := range weights[:p.Step] {
		share += w
	}
	if p.All > 0 {
		share += weights[p.Step] * min(1, float64(p.Done)/float64(p.All))
	}
	return share
}

// often is how many links or facts there are from one report to the next.
const often = 1 << 10

// progress tells of a load now and then.
type progress struct {
	tell  func(Progress)
	facts int
}

// at reports a step that is at done of all.
func (p *progress) at(s Step, done, all int) {
	if p != nil && p.tell != nil && (done%often == 0 || done == all) {
		p.tell(Progress{Step: s, Done: done, All: all, Facts: p.facts})
	}
}
