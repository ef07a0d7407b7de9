package frame

import (
	"go/token"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/pace"
	"github.com/gosched/gosched/kernel/sched"
)

// A World is what the threads of one session have in common.
type World struct {
	Knows      Known
	Translator translator
	where      func(fn *ssa.Function, pos token.Pos) sched.Place
	// AnswersPanics reports whether a library that is further up on this
	// goroutine's stack recovers panics of the functions that it calls.
	AnswersPanics func() bool
	err           *os.File // where the process's own last words go
	stack         stackLimit
	PCs           PCs
	Pace          pace.Pace // of garbage collection

	LastMain atomic.Pointer[sched.G]
	Passed   sync.Map // runtime's goroutine → PassedPanic, until it is logged
}

// A translator makes the code of functions.
type translator interface {
	// translate makes what a function needs to be called: its shape and its
	// plain code, or its error.
	Translate(fn *Function)
	// observed makes the form of a translated function's code that tells what it
	// does.
	Observed(fn *Function) Code
}

// NewWorld returns a world without threads; its Translator is to be set.
func NewWorld(facts *goruntime.Facts, where func(fn *ssa.Function, pos token.Pos) sched.Place) *World {
	return &World{Knows: knownOf(facts), where: where, err: os.Stderr, stack: currentStackLimit()}
}

// Place is a position in the user's source.
func (w *World) Place(fn *ssa.Function, pos token.Pos) sched.Place {
	p := w.where(fn, pos)
	p.Func = funcname.Of(fn)
	return p
}
