package compile

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
)

// Functions that are hot are compiled to machine code, by package jit. The code
// works on the same frames as the closures and takes as much of a function as it
// can. It is entered where a loop begins, or the function; it is left wherever
// something is to be done that it does not take, and closures go on from there:
// with the very instruction that divides by zero, say, so that the panic is theirs.
// Calls among compiled functions have their frames on the machine's stack, with the
// layout of others. When one of them leaves, these wait: see waiting. Who looks at
// frames finds likenesses of theirs, so nobody else needs to know of machine code.

// jitState is what a translation keeps for machine code.
type jitState struct {
	on, always bool
	facts      *goruntime.Facts
	target     jit.Target
	mu         sync.Mutex // held to compile

	// faults says that a function was seen that has faults of memory become panics,
	// by debug.SetPanicOnFault. The runtime does that for Go's own code alone.
	faults atomic.Bool
}

// Modes of link.Config.JIT that turn it on. By default it is off: it has not run
// for long enough to be trusted with everybody's memory.
const (
	jitOn     = "on"
	jitAlways = "always"
)

func (s *jitState) start(mode string, facts *goruntime.Facts) {
	if mode != jitOn && mode != jitAlways || !goruntime.MachineKnown {
		return
	}
	s.on, s.always, s.facts = true, mode == jitAlways, facts
	s.target = jit.Target{
		Top: goruntime.ContextTop, Limit: goruntime.ContextLimit,
		ExitSP: goruntime.ContextExitSP, Spill: goruntime.ContextSpill,
		Guard: goruntime.StackGuard, Preempt: goruntime.StackPreempt,
		Barrier: uint64(goruntime.BarrierFlag()),
	}
}

// hot is how often a loop goes round, or a function is called, before it is
// compiled.
const hot = 200

// A native is a function that is a candidate for machine code.
type native struct {
	jit     *jitState
	fn      *frame.Function
	ir      *jit.Func
	places  []place
	calls   []machineCall
	regions []frame.Slot // variables in the frame that are no slots
	stubs   []stubbed

	count atomic.Int32
	code  atomic.Pointer[nativeCode]
}

// stubbed is a block whose place a stub has taken.
type stubbed struct {
	stub, closures *frame.Block
	number         int
}

// A place is where closures go on when code is left.
type place struct {
	kind placeKind
	span
	results []frame.Slot // of a call
}

type placeKind uint8

const (
	goesOn    placeKind = iota // closures go on with the instruction
	comesBack                  // closures do it, and the code goes on
	polled                     // the goroutine was asked to stop, at the end of a round
)

// A machineCall is a call that machine code may make.
type machineCall struct {
	caller        *native
	block         *jit.Block
	ins           int
	callee        *frame.Function
	args, results []argPart
}

// argPart is which part of which argument or result.
type argPart struct{ value, part int }

// A nativeCode is compiled code; without a unit it says that there is none.
type nativeCode struct {
	unit    *jit.Unit
	entries map[int]uintptr // by block
}

// stub puts a look for machine code before a block.
func (n *native) stub(b *frame.Block, number int) {
	for i := range n.stubs {
		if n.stubs[i].stub == b {
			return
		}
	}
	orig := new(frame.Block)
	*orig = *b
	b.Code, b.Decides = nil, false
	b.Pos = b.Pos[:1:1]
	b.Next = func(fr *frame.Frame) *frame.Block {
		if fr.Thread.Due() {
			fr.Thread.Attend()
			if fr.Thread.Due() { // it is observed, say
				return orig
			}
		}
		if n.jit.faults.Load() {
			return orig
		}
		code := n.code.Load()
		if code == nil {
			if n.count.Add(1) < hot && !n.jit.always {
				return orig
			}
			code = n.compile()
		}
		if code.unit == nil {
			return orig
		}
		return code.run(fr, code.entries[number], orig, nil)
	}
	n.ir.Blocks[number].Entry = true
	n.stubs = append(n.stubs, stubbed{b, orig, number})
	for i := range n.places {
		if p := &n.places[i]; p.b == b && p.kind != polled {
			p.b = orig
		}
	}
}

// run runs code on a frame from an entry on, and returns the block with which
// closures go on, or nil, if the function has returned. The entry is that of block
// from, or what comes after the instruction of a place.
func (code *nativeCode) run(fr *frame.Frame, entry uintptr, from *frame.Block, after *place) *frame.Block {
	for {
		c := goruntime.PinMachine()
		if c == nil { // there are too many processors
			if after != nil {
				return fr.GoOn(after.b, after.to)
			}
			return from
		}
		pc := goruntime.CallMachine(entry, c, fr.Mem)
		if pc == 0 {
			goruntime.UnpinMachine(c)
			runtime.KeepAlive(code)
			return nil
		}
		x := code.unit.Find(pc)
		if x.Func.Owner != fr.Fn.Native || c.ExitSP != c.Top-jit.LinkSize-uintptr(x.Func.StackSize()) {
			w := waiting{code: code, fr: fr}
			return w.run(c, x)
		}
		for i, off := range x.Spilled {
			*(*unsafe.Pointer)(unsafe.Add(fr.Mem, off)) = c.Spill[i]
		}
		goruntime.UnpinMachine(c)
		p := &nativeOf(fr.Fn).places[x.Exit]
		switch p.kind {
		case comesBack:
			fr.Do(p.b, p.from, p.to)
			if fr.Thread.Due() || fr.Fn.Native.(*native).jit.faults.Load() {
				// Closures look what is due. Where a goroutine that waits a lot makes
				// its rounds, nobody might ask it to stop otherwise.
				return fr.GoOn(p.b, p.to)
			}
			entry, after = x.Resume, p
			continue
		case polled:
			runtime.Gosched()
			return p.b
		}
		return fr.GoOn(p.b, p.from)
	}
}

// nativeOf is what is known of a function's machine code, or nil.
func nativeOf(fn *frame.Function) *native {
	n, _ := fn.Native.(*native)
	return n
}
