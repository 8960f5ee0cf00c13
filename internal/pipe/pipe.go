// Package pipe lets two goroutines work on one sequence: one makes values, the
// other uses them, in order. From runs the maker in a goroutine of its own, Into
// the user. Both return when both have ended.
package pipe

// From runs made in a goroutine of its own, at most so many values ahead of use,
// which is called for each that made gives. The first error of use ends both: give
// returns false from then on. An error of made counts when all is used that was
// given before.
func From[T any](most int, made func(give func(T) bool) error, use func(T) error) error {
	p := newPipe[T](most)
	var failed error
	go func() {
		defer close(p.values)
		failed = made(p.give)
	}()
	defer p.drain()
	if err := p.each(use); err != nil {
		return err
	}
	return failed // each has seen the end of the values
}

// Into is From with use in the goroutine of its own, and made in the caller's.
func Into[T any](most int, made func(give func(T) bool) error, use func(T) error) error {
	p := newPipe[T](most)
	used := make(chan error, 1)
	go func() { used <- p.each(use) }()
	err := p.fill(made)
	if failed := <-used; failed != nil {
		return failed
	}
	return err
}

type pipe[T any] struct {
	values  chan T
	stopped chan struct{} // closed when nothing is used any more
}

func newPipe[T any](most int) *pipe[T] {
	return &pipe[T]{make(chan T, most), make(chan struct{})}
}

func (p *pipe[T]) fill(made func(give func(T) bool) error) error {
	defer close(p.values)
	return made(p.give)
}

func (p *pipe[T]) give(v T) bool {
	select {
	case p.values <- v:
		return true
	case <-p.stopped:
		return false
	}
}

// each uses values until there are no more, or one cannot be used.
func (p *pipe[T]) each(use func(T) error) error {
	defer close(p.stopped)
	for v := range p.values {
		if err := use(v); err != nil {
			return err
		}
	}
	return nil
}

// drain waits for the maker to end.
func (p *pipe[T]) drain() {
	for range p.values {
	}
}
