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
	mu         sync.Mutex // held to compile; nobody waits for it

	// faults says that a function was seen that has faults of memory become panics,
	// by debug.SetPanicOnFault. The runtime does that for Go's own code alone.
	faults atomic.Bool

	// initialising says that packages are initialised.
	initialising atomic.Bool
}

// Modes of link.Config.JIT that turn it on.
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
		ExitSP: goruntime.ContextExitSP, Spill: goruntime.ContextSpill, Count: goruntime.ContextCount,
		Guard: goruntime.StackGuard, Preempt: goruntime.StackPreempt,
		Barrier: uint64(goruntime.BarrierFlag()),
	}
}

// hot is how often a loop goes round, or a function is called, before it is
// compiled. If that is to be done at once, it is done a little later where there are
// calls of whatever a value says, so that it has said something.
const (
	hot      = 200
	hotValue = 6
)

// patience is how many times as often code goes round before that while packages are
// initialised: it runs once, most of it for little longer than compiling takes, and
// functions are compiled with all that they call.
const patience = 50

// Initialising says whether packages are initialised from now on.
func (tr *Translation) Initialising(is bool) { tr.jit.initialising.Store(is) }

func (n *native) hot() int32 {
	if n.jit.initialising.Load() && !n.jit.always {
		return n.plan.hot * patience
	}
	return n.plan.hot
}

// A native is a function that is a candidate for machine code.
type native struct {
	jit   *jitState
	fn    *frame.Function
	plan  *nativePlan // how it is lowered
	stubs []stubbed

	count atomic.Int32
	code  atomic.Pointer[nativeCode]

	// The following is for who holds jit.mu.
	callable bool      // by machine code
	callers  []*native // whose code calls this one's
	remade   int       // how often it has been compiled again
}

// A lowered is a function in package jit's form, with what closures need to go on
// where its code is left. A function may have several, one after the other.
type lowered struct {
	n         *native
	ir        *jit.Func
	blocks    []int // where a block of the function is in ir
	places    []place
	calls     []machineCall
	regions   []frame.Slot // variables in the frame that are no slots
	uses      []any        // what its code knows by address
	short     []jit.Ins    // what calls of it do in its place, if it is short
	own       int          // how many variables have come with that, and for tests
	tests     []*functionTest
	shortVars int         // how many variables short has
	code      *nativeCode // made of it
}

// stubbed is a block whose place a stub has taken.
type stubbed struct {
	stub, closures *frame.Block
	number         int // of the block, in the function
}

// A place is where closures go on when code is left.
type place struct {
	kind placeKind
	span
	results []frame.Slot // of a call
	misses  *misses      // counts how often closures made a call of whatever a value says
}

type placeKind uint8

const (
	goesOn    placeKind = iota // closures go on with the instruction
	comesBack                  // closures do it, and the code goes on
	polled                     // the goroutine was asked to stop, at the end of a round
)

// A machineCall is a call that machine code may make.
type machineCall struct {
	caller        *lowered
	block         *jit.Block
	ins           int
	callee        *frame.Function
	args, results []argPart
}

// argPart is which part of which argument, result or captured value.
type argPart struct {
	value, part int
	of          slotsOf
}

type slotsOf uint8

const (
	ofParams slotsOf = iota
	ofResults
	ofCaptured
)

// A nativeCode is compiled code; without a unit it says that there is none.
type nativeCode struct {
	unit    *jit.Unit
	low     *lowered
	entries []uintptr // by block of the function; 0 where it is not entered
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
		code := n.code.Load()
		if code != nil && (code.unit == nil || code.entries[number] == 0) {
			return orig
		}
		if fr.Thread.Due() {
			fr.Thread.Attend()
			if fr.Thread.Due() { // it is observed, say
				return orig
			}
		}
		if n.jit.faults.Load() {
			return orig
		}
		if code == nil {
			if n.count.Add(1) < n.hot() {
				return orig
			}
			if code = n.compile(); code == nil {
				return orig
			}
		}
		if code.unit == nil || code.entries[number] == 0 {
			return orig // it is just made
		}
		return code.run(fr, code.entries[number], orig, nil)
	}
	n.stubs = append(n.stubs, stubbed{b, orig, number})
}

// closures is the block itself, if a stub has taken its place.
func (n *native) closures(b *frame.Block) *frame.Block {
	for i := range n.stubs {
		if n.stubs[i].stub == b {
			return n.stubs[i].closures
		}
	}
	return b
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
		low := x.Func.Owner.(*lowered)
		if low.n != fr.Fn.Native.(*native) || c.ExitSP != c.Top-jit.LinkSize-uintptr(x.Func.StackSize()) {
			w := waiting{code: code, fr: fr}
			return w.run(c, x)
		}
		for i, off := range x.Spilled {
			*(*unsafe.Pointer)(unsafe.Add(fr.Mem, off)) = c.Spill[i]
		}
		goruntime.UnpinMachine(c)
		p := &low.places[x.Exit]
		switch p.kind {
		case comesBack:
			fr.Do(p.b, p.from, p.to)
			if p.misses != nil && low.n.missed(p.misses, code) {
				return fr.GoOn(p.b, p.to) // and to other code, soon
			}
			if fr.Thread.Due() || fr.Fn.Native.(*native).jit.faults.Load() {
				// Closures look what is due. Where a goroutine that waits a lot makes
				// its rounds, nobody might ask it to stop otherwise.
				return fr.GoOn(p.b, p.to)
			}
			entry, after = x.Resume, p
			continue
		case polled:
			fr.Thread.Rest()
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
