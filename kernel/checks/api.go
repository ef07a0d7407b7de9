package check

// This file is the package that cells import: the exported methods of api are
// its functions, the other exported types its types. It is also embedded as
// source (package.go), so it may import nothing that cells cannot.

import (
	"fmt"
	"reflect"
	"time"
)

// api is the package for one session.
type api struct{ session session }

// session is what runs functions under control.
type session interface {
	check(name string, f func(*T), o options) (ok bool, report []string)
	fail(name string, report []string)
	say(line string)
	judged(name string, ok bool)
	answer(number int, answer string)
	score()
}

// Run checks a function of the learner's: f calls it and says with the methods of T
// what is wanted. f is called many times: with several sizes, see [T.Size], and for
// each under several schedules, with virtual time, so that sleeping costs nothing.
// Besides what f says, it must not panic, deadlock, race, or leave goroutines behind.
//
// The first run in which something is wrong fails the cell and is told: which
// property, one hint, and the goroutines that are left, by line.
func (a *api) Run(name string, f func(*T), how ...Option) {
	ok, report := a.session.check(name, f, collect(how))
	a.session.judged(name, ok)
	if !ok {
		a.session.fail(name, report)
		return
	}
	for _, line := range report {
		a.session.say(line)
	}
}

// Try is [Run] that fails no cell: it returns whether all was well, and what there is
// to tell, line by line.
func (a *api) Try(name string, f func(*T), how ...Option) (ok bool, report []string) {
	return a.session.check(name, f, collect(how))
}

// An Option says how to check. Its zero value says nothing.
type Option struct{ o options }

type options struct {
	sizes     []int
	schedules int
	left      bool
	only      bool
	size      int
	seed      string
}

// Sizes sets the sizes with which the function is called, instead of 1, 2, 3, 10 and 50.
func (a *api) Sizes(n ...int) Option { return Option{options{sizes: n}} }

// Schedules sets under how many schedules each size is tried, instead of 40.
func (a *api) Schedules(n int) Option { return Option{options{schedules: n}} }

// AllowLeft allows goroutines to be left over when the function has returned.
func (a *api) AllowLeft() Option { return Option{options{left: true}} }

// Only has one run be made, that of a size and a seed which a report names, and shows
// what it prints.
func (a *api) Only(size int, seed string) Option {
	return Option{options{only: true, size: size, seed: seed}}
}

func collect(how []Option) (all options) {
	for _, h := range how {
		o := h.o
		if o.sizes != nil {
			all.sizes = o.sizes
		}
		if o.schedules > 0 {
			all.schedules = o.schedules
		}
		all.left = all.left || o.left
		if o.only {
			all.only, all.size, all.seed = true, o.size, o.seed
		}
	}
	return all
}

// A T is one call of a function that is checked.
type T struct{ run *run }

// Size is how large the input is to be: 1, 2, 3, 10 and 50, or what [Sizes] says, one
// after the other. A function that does not ask is checked once.
func (t *T) Size() int {
	t.run.sized = true
	return t.run.size
}

// Hint is told if one of the properties that follow does not hold: one sentence that
// says where to look.
func (t *T) Hint(text string) { t.run.hint = text }

// Want says that a property is to hold: "the results are in order".
func (t *T) Want(ok bool, property string) {
	if !ok {
		t.run.failed(property, "")
	}
}

// Equal says that two values are to be equal, as reflect.DeepEqual has it.
func (t *T) Equal(got, want any, property string) {
	if !reflect.DeepEqual(got, want) {
		t.run.failed(property, fmt.Sprintf("got %v, want %v", short(got), short(want)))
	}
}

// Within says that f is to return within a time, by the clock that jumps when everybody
// waits: of what takes time there is only sleeping, timers and deadlines.
func (t *T) Within(most time.Duration, property string, f func()) {
	start := t.run.elapsed()
	f()
	if took := t.run.elapsed() - start; took > most {
		t.run.failed(property, fmt.Sprintf("it took %s, want %s at most", took, most))
	}
}

// Elapsed is how long the call has taken so far, by the same clock.
func (t *T) Elapsed() time.Duration { return t.run.elapsed() }

// Answer answers a question of the course's quiz with one of its letters, or with "?"
// where you do not know. Whether it is right, [Score] says.
func (a *api) Answer(number int, letter string) { a.session.answer(number, letter) }

// Score says how many questions of the quiz are answered right. The first score is kept
// as what you knew before; later ones are set beside it, with the reasons.
func (a *api) Score() { a.session.score() }
