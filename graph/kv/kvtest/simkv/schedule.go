package simkv

import (
	"errors"
	"math/rand/v2"
)

// ErrCrashed is the error of every call that was under way in a crash, and of
// every later one.
var ErrCrashed = errors.New("simkv: crashed")

// Schedule runs tasks one at a time and decides, by its seed, who goes on. Its
// methods other than Go, Run and Yield are for a Store.
type Schedule struct {
	rand    *rand.Rand
	tasks   []*task
	running *task
	yielded chan struct{}
	left    int // steps until the crash; below 0: none
	crashed bool
}

// task is a goroutine that runs only when it is told to.
type task struct {
	resume chan struct{}
	ready  func() bool // nil: it may go on
	daemon bool        // ends with the others
	done   bool
}

// NewSchedule makes a schedule that crashes after so many steps; below 0: never.
func NewSchedule(r *rand.Rand, steps int) *Schedule {
	return &Schedule{rand: r, yielded: make(chan struct{}), left: steps}
}

// Go adds a task, which begins with Run.
func (s *Schedule) Go(fn func()) { s.add(fn, false) }

func (s *Schedule) add(fn func(), daemon bool) {
	t := &task{resume: make(chan struct{}), daemon: daemon}
	s.tasks = append(s.tasks, t)
	go func() {
		<-t.resume
		fn()
		t.done = true
		s.yielded <- struct{}{}
	}()
}

// Run runs all tasks to their ends, or to the crash and then, with every call
// failing, to their ends. It reports whether it crashed.
func (s *Schedule) Run() bool {
	for {
		var ready []*task
		working := false
		for _, t := range s.tasks {
			if !t.done && (t.ready == nil || t.ready() || s.crashed) {
				ready = append(ready, t)
			}
			working = working || (!t.done && !t.daemon)
		}
		if !working {
			crashed := s.crashed
			s.crashed = true // the daemons see it and end
			s.end()
			return crashed
		}
		if s.left == 0 {
			s.crashed = true
		} else if s.left--; s.left == 0 {
			continue
		}
		s.step(ready[s.rand.IntN(len(ready))])
	}
}

func (s *Schedule) step(t *task) {
	s.running = t
	t.resume <- struct{}{}
	<-s.yielded
}

// end lets the daemons end.
func (s *Schedule) end() {
	for _, t := range s.tasks {
		for !t.done {
			s.step(t)
		}
	}
}

// Yield lets others go on, and reports ErrCrashed behind the crash.
func (s *Schedule) Yield() error { return s.wait(nil) }

// wait lets others go on until ready, or at least once; nil is at once ready.
func (s *Schedule) wait(ready func() bool) error {
	t := s.running
	t.ready = ready
	s.yielded <- struct{}{}
	<-t.resume
	t.ready = nil
	if s.crashed {
		return ErrCrashed
	}
	return nil
}
