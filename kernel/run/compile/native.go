package compile

import (
	"runtime"
	"slices"
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
// layout of others. When one of them leaves, these are made into frames as if
// closures had made the calls; so nobody else needs to know of machine code.

// jitState is what a translation keeps for machine code.
type jitState struct {
	on, always bool
	facts      *goruntime.Facts
	target     jit.Target
	mu         sync.Mutex // held to compile
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
			goruntime.UnpinMachine()
			runtime.KeepAlive(code)
			return nil
		}
		x := code.unit.Find(pc)
		if x.Func.Owner != fr.Fn.Native || c.ExitSP != c.Top-jit.LinkSize-uintptr(x.Func.StackSize()) {
			calls := lift(c, x, code.unit)
			goruntime.UnpinMachine()
			return land(fr, calls)
		}
		for i, off := range x.Spilled {
			*(*unsafe.Pointer)(unsafe.Add(fr.Mem, off)) = c.Spill[i]
		}
		goruntime.UnpinMachine()
		p := &nativeOf(fr.Fn).places[x.Exit]
		switch p.kind {
		case comesBack:
			fr.Do(p.b, p.from, p.to)
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

// A lifted is a call that machine code was making when it was left: what its frame
// on the stack had.
type lifted struct {
	at       *jit.Exit
	words    []byte           // the frame, if not the first
	pointers []unsafe.Pointer // those that are alive, in the order of at.Live and at.Spilled
}

// lift takes the frames from the stack, innermost first, down to the one that Go
// has entered. It allocates, but must not wait: the goroutine is pinned.
func lift(c *goruntime.MachineContext, x *jit.Exit, u *jit.Unit) []lifted {
	var calls []lifted
	for sp := c.ExitSP; ; {
		size := x.Func.StackSize()
		link := sp + uintptr(size)
		if link+jit.LinkSize == c.Top {
			return append(calls, lifted{at: x})
		}
		l := lifted{at: x}
		for _, off := range x.Live {
			l.pointers = append(l.pointers, *(*unsafe.Pointer)(c.StackAt(sp, off)))
		}
		if sp == c.ExitSP {
			for i := range x.Spilled {
				l.pointers = append(l.pointers, c.Spill[i])
			}
		}
		l.words = slices.Clone(unsafe.Slice((*byte)(c.StackAt(sp, 0)), size))
		calls = append(calls, l)
		ret := c.StackWord(link, jit.LinkSize-8)
		sp = link + jit.LinkSize
		x = u.Find(ret)
	}
}

// land makes frames of calls as if closures had made them, the last of which is
// fr's own, and runs them to their ends. It returns the block with which fr goes on.
func land(fr *frame.Frame, calls []lifted) *frame.Block {
	t := fr.Thread
	outer := len(calls) - 1
	frames := make([]*frame.Frame, len(calls))
	frames[outer] = fr
	for i := outer - 1; i >= 0; i-- {
		caller := frames[i+1]
		p := calls[i+1].place()
		caller.At(p.b, p.from)
		frames[i] = calls[i].frame(t, caller)
	}
	t.Deepen(outer, frames[0])
	for i, nf := range frames[:outer] {
		t.Cur = nf
		if i == 0 {
			nf.Finish(arrive(nf, calls[0].at))
		} else {
			nf.Finish(nf.GoOn(calls[i].place().b, calls[i].place().to))
		}
		nf.Results(frames[i+1], calls[i+1].place().results)
		nf.Leave()
	}
	t.Cur = fr
	p := calls[outer].place()
	return fr.GoOn(p.b, p.to)
}

// place is where a call is.
func (l *lifted) place() *place { return &l.at.Func.Owner.(*native).places[l.at.Exit] }

// frame makes a call's frame.
func (l *lifted) frame(t *frame.Thread, caller *frame.Frame) *frame.Frame {
	n := l.at.Func.Owner.(*native)
	nf := n.fn.Enter(t, caller)
	words := unsafe.Pointer(unsafe.SliceData(l.words))
	for i := range n.ir.Vars {
		v := &n.ir.Vars[i]
		if v.Off < 0 || v.Kind == jit.Pointer {
			continue
		}
		dst, src := unsafe.Add(nf.Mem, v.Off), unsafe.Add(words, v.Off)
		switch v.Kind.Size() {
		case 1:
			*(*uint8)(dst) = *(*uint8)(src)
		case 2:
			*(*uint16)(dst) = *(*uint16)(src)
		case 4:
			*(*uint32)(dst) = *(*uint32)(src)
		default:
			*(*uint64)(dst) = *(*uint64)(src)
		}
	}
	for _, r := range n.regions {
		copy(unsafe.Slice((*byte)(unsafe.Add(nf.Mem, r.Off)), r.Layout.Size), unsafe.Slice((*byte)(unsafe.Add(words, r.Off)), r.Layout.Size))
	}
	for i, off := range slices.Concat(l.at.Live, l.at.Spilled) {
		*(*unsafe.Pointer)(unsafe.Add(nf.Mem, off)) = l.pointers[i]
	}
	return nf
}

// arrive is where the innermost call goes on.
func arrive(fr *frame.Frame, x *jit.Exit) *frame.Block {
	if x.Exit == jit.AtEntry {
		fr.At(fr.Fn.Plain.Entry, 0)
		runtime.Gosched()
		return fr.Fn.Plain.Entry
	}
	n := nativeOf(fr.Fn)
	p := &n.places[x.Exit]
	switch p.kind {
	case polled:
		fr.At(p.b, 0)
		runtime.Gosched()
		return p.b
	case comesBack:
		fr.Do(p.b, p.from, p.to)
		return n.code.Load().run(fr, x.Resume, nil, p)
	}
	return fr.GoOn(p.b, p.from)
}
