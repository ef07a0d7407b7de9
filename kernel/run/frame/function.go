package frame

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/memory"
)

// A Function is a compiled function.
type Function struct {
	World *World
	SSA   *ssa.Function
	ID    uint32
	once  sync.Once

	Shape   *Shape
	Plain   Code
	Params  []Slot
	Free    []Slot // captured values
	Results []Slot
	Consts  []ConstSlot
	Defers  bool
	Wrapper bool // a synthetic method wrapper: recover looks through it
	Err     error
	display atomic.Pointer[string]
	Over    atomic.Bool // the body of a cell, which has run

	observe  sync.Once
	observed atomic.Pointer[Code] // see observedCode

	Native any // for package compile: what it knows of the function's machine code

	pool sync.Pool
}

// A Code is one form of a function's code.
type Code struct {
	Entry   *Block
	Recover *Block // runs after a recovered panic, or nil
}

// code is the form of the function that the frame's goroutine runs.
func (fr *Frame) code() *Code {
	if fr.Thread.G.Observed() {
		return fr.Fn.observedCode()
	}
	return &fr.Fn.Plain
}

// observedCode is the form of fn for observed goroutines.
func (fn *Function) observedCode() *Code {
	if c := fn.observed.Load(); c != nil {
		return c
	}
	fn.observe.Do(func() {
		made := fn.World.Translator.Observed(fn)
		fn.observed.Store(&made)
	})
	return fn.observed.Load()
}

// Ready makes the function's code, unless it is made, and says why there is none.
func (fn *Function) Ready() error {
	fn.once.Do(fn.translate)
	return fn.Err
}

func (fn *Function) translate() { fn.World.Translator.Translate(fn) }

// A Slot is a place in a frame.
type Slot struct {
	Off    uintptr
	Layout memory.Layout
}

// A ConstSlot is a slot that keeps its value from call to call.
type ConstSlot struct {
	Slot  Slot
	Value unsafe.Pointer // where the constant is kept
}
