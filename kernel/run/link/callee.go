package link

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// A callee is what is known of a function. Each part is found out when it is first
// asked for.
type callee struct {
	body     atomic.Pointer[body]
	function atomic.Pointer[frame.Function]   // the compiled form, of a body
	native   atomic.Pointer[frame.NativeCall] // what a call does, without a body
	instance atomic.Pointer[reflect.Value]    // a compiled instance of a generic function
	value    atomic.Pointer[byte]             // the function word
	locks    atomic.Pointer[lockUse]
	others   []unsafe.Pointer // words that were those of functions in whose place it is, see Redirect
}

// A body is what is interpreted for calls of a function: itself, what stands in for
// it, or nothing.
type body struct{ fn *ssa.Function }

// callee returns the record of a function.
func (l *Table) callee(fn *ssa.Function) *callee {
	if c, ok := l.callees.Load(fn); ok {
		return c.(*callee)
	}
	c, _ := l.callees.LoadOrStore(fn, new(callee))
	return c.(*callee)
}

// known is the record of a function of which something is known, or an empty one.
func (l *Table) known(fn *ssa.Function) *callee {
	if c, ok := l.callees.Load(fn); ok {
		return c.(*callee)
	}
	return new(callee)
}

// first makes p hold v unless it holds something, and returns what it holds.
func first[T any](p *atomic.Pointer[T], v *T) *T {
	for {
		if p.CompareAndSwap(nil, v) {
			return v
		}
		if got := p.Load(); got != nil { // else it was forgotten meanwhile
			return got
		}
	}
}
