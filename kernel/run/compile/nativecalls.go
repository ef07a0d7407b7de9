package compile

import (
	"runtime"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
)

// When machine code is left within calls that it has made, the innermost call gets a
// frame, with which closures go on. Those around it wait: what the stack has of them
// is copied to Go's memory, and comes back when the innermost one has returned. They
// are not made into frames, as that takes longer than to make the calls.
//
// They come back a few at a time. Otherwise a call that is made again and again just
// where the stack is full would have all of it copied each time.

// backAtLeast is how many bytes of calls come back at least, if there are as many.
const backAtLeast = 8 << 10

// A waitingCall is a call that waits for one that it has made.
type waitingCall struct {
	at  *jit.Exit
	ret uintptr // where it goes on
	off int     // of its frame, in the stretch
}

// A stretch is what the stack had of calls, innermost first. It does not change, as
// who asks for the calls of a goroutine may look at it.
type stretch struct {
	words    *[]byte
	calls    []waitingCall
	pointers []unsafe.Pointer // what is in words, for the garbage collector
	outer    *stretch
	depth    int32 // how many calls there are, with those of outer
}

// freeWords is what words of stretches can be reused, for each context of machine
// code: nobody but the goroutine that is pinned with it looks at them.
var freeWords [goruntime.MachineContexts][]*[]byte

// mostFreeWords is how many are kept for a context. Each is as large as the stack of
// machine code at most, and recursion that goes deep fills some.
const mostFreeWords = 16

func takeWords(c *goruntime.MachineContext) *[]byte {
	free := &freeWords[c.Index]
	last := len(*free) - 1
	if last < 0 {
		return new([]byte)
	}
	words := (*free)[last]
	*free = (*free)[:last]
	return words
}

func giveWords(c *goruntime.MachineContext, words *[]byte) {
	if free := &freeWords[c.Index]; len(*free) < mostFreeWords {
		*free = append(*free, words)
	}
}

// waiting is the calls within a frame's machine code that wait.
type waiting struct {
	code  *nativeCode
	fr    *frame.Frame
	place *place   // of the call that fr makes
	inner *stretch // the calls within that, or nil
}

// run goes on with what has left within calls, and returns the block with which
// closures go on in the frame that has made the first of them.
func (w *waiting) run(c *goruntime.MachineContext, x *jit.Exit) *frame.Block {
	t := w.fr.Thread
	depth := t.Depth()
	for {
		nf := w.put(c, x)
		goruntime.UnpinMachine(c)
		goruntime.RecallStop()
		t.Deepen(depth+1+w.inner.size(), nf)
		nf.Finish(arrive(nf, x))
		t.Deepen(depth, w.fr)
		if w.inner == nil {
			nf.Results(w.fr, w.place.results)
			nf.Leave()
			break
		}
		c = pinned()
		back := w.back(c)
		for i := range nf.Fn.Results {
			r := &nf.Fn.Results[i]
			to := c.StackAt(back.sp-jit.LinkSize-uintptr(machineSize(nf.Fn)), int32(r.Off))
			copy(unsafe.Slice((*byte)(to), r.Layout.Size), unsafe.Slice((*byte)(unsafe.Add(nf.Mem, r.Off)), r.Layout.Size))
		}
		nf.LeavePinned()
		pc := goruntime.ResumeMachine(back.pc, c, back.sp)
		for pc == 0 && w.inner != nil {
			// The last of those that came back has returned.
			size := uintptr(back.last.ir.Size)
			from := c.StackAt(c.Top-jit.LinkSize-size, 0)
			returned := append([]byte(nil), unsafe.Slice((*byte)(from), size)...)
			back = w.back(c)
			copy(unsafe.Slice((*byte)(c.StackAt(back.sp-jit.LinkSize-size, 0)), size), returned)
			pc = goruntime.ResumeMachine(back.pc, c, back.sp)
		}
		if pc == 0 {
			size := uintptr(back.last.ir.Size)
			back.last.n.fn.CopyResults(c.StackAt(c.Top-jit.LinkSize-size, 0), w.fr, w.place.results)
			goruntime.UnpinMachine(c)
			goruntime.RecallStop()
			break
		}
		x = w.code.unit.Find(pc)
	}
	runtime.KeepAlive(w.code)
	return w.fr.GoOn(w.place.b, w.place.to)
}

// pinned pins the goroutine to a processor that has a stack for machine code.
func pinned() *goruntime.MachineContext {
	for {
		if c := goruntime.PinMachine(); c != nil {
			return c
		}
		runtime.Gosched() // it has been on one that has
	}
}

// put takes all calls off the stack, and returns the frame of the innermost one. It
// allocates, but must not wait: the goroutine is pinned.
func (w *waiting) put(c *goruntime.MachineContext, x *jit.Exit) *frame.Frame {
	first := c.ExitSP + uintptr(x.Func.StackSize()) + jit.LinkSize // of the calls that wait
	s := &stretch{outer: w.inner}
	if n := int(c.Top-first) / (int(x.Func.StackSize()) + jit.LinkSize); n > 0 {
		s.calls = make([]waitingCall, 0, n) // most often they are all alike
	}
	var at *jit.Exit
	var ret uintptr
	end := c.Top
	for base := first; base != c.Top; base += uintptr(at.Func.StackSize()) + jit.LinkSize {
		if r := c.StackWord(base, -8); r != ret {
			ret, at = r, w.code.unit.Find(r)
		}
		if w.place == nil && base+uintptr(at.Func.StackSize())+jit.LinkSize == c.Top { // that of w.fr
			w.place = &at.Func.Owner.(*lowered).places[at.Exit]
			w.fr.At(w.place.b, w.place.from)
			end = base
			break
		}
		s.calls = append(s.calls, waitingCall{at, ret, int(base - first)})
		for _, off := range at.Live {
			s.pointers = append(s.pointers, *(*unsafe.Pointer)(c.StackAt(base, off)))
		}
	}
	caller := w.fr
	if len(s.calls) > 0 {
		words := takeWords(c)
		*words = append((*words)[:0], unsafe.Slice((*byte)(c.StackAt(first, 0)), end-jit.LinkSize-first)...)
		s.words = words
		s.depth = int32(len(s.calls)) + w.inner.size()
		w.inner = s
	}
	if w.inner != nil {
		caller = frame.Away(w.fr, w.inner.frames)
	}
	low := x.Func.Owner.(*lowered)
	nf := low.n.fn.EnterPinned(w.fr.Thread, caller)
	low.copy(nf.Mem, c.StackAt(c.ExitSP, 0))
	for _, off := range x.Live {
		*(*unsafe.Pointer)(unsafe.Add(nf.Mem, off)) = *(*unsafe.Pointer)(c.StackAt(c.ExitSP, off))
	}
	for i, off := range x.Spilled {
		*(*unsafe.Pointer)(unsafe.Add(nf.Mem, off)) = c.Spill[i]
	}
	return nf
}

// copy copies all but pointers from a frame on the stack.
func (low *lowered) copy(to, from unsafe.Pointer) {
	for i := range low.ir.Vars {
		v := &low.ir.Vars[i]
		if v.Off < 0 || v.Kind == jit.Pointer {
			continue
		}
		dst, src := unsafe.Add(to, v.Off), unsafe.Add(from, v.Off)
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
	for _, r := range low.regions {
		copy(unsafe.Slice((*byte)(unsafe.Add(to, r.Off)), r.Layout.Size), unsafe.Slice((*byte)(unsafe.Add(from, r.Off)), r.Layout.Size))
	}
}

// A comeback is where calls that have waited go on.
type comeback struct {
	pc, sp uintptr
	last   *lowered // whose is the outermost of the calls that have come back
}

// back puts calls back on the stack.
func (w *waiting) back(c *goruntime.MachineContext) comeback {
	s := w.inner
	words := *s.words
	n, low, high := len(s.calls), s.calls[0].off, len(words)
	for i := 1; i < n; i++ {
		if s.calls[i].off-low >= backAtLeast {
			n, high = i, s.calls[i].off-jit.LinkSize
			break
		}
	}
	sp := c.Top - jit.LinkSize - uintptr(high-low)
	copy(unsafe.Slice((*byte)(c.StackAt(sp, 0)), high-low), words[low:high])
	for i := 1; i < n; i++ { // each has its caller's base beside it
		base := sp + uintptr(s.calls[i].off-low)
		*(*uintptr)(c.StackAt(base, -jit.LinkSize)) = base
	}
	b := comeback{s.calls[0].ret, sp, s.calls[n-1].at.Func.Owner.(*lowered)}
	if w.inner = s.outer; n < len(s.calls) {
		w.inner = &stretch{s.words, s.calls[n:], s.pointers, s.outer, s.depth - int32(n)}
	} else {
		giveWords(c, s.words)
	}
	return b
}

func (s *stretch) size() int32 {
	if s == nil {
		return 0
	}
	return s.depth
}

// frames shows the calls as frames, for who wants to know where they are.
func (s *stretch) frames(add func(fn *frame.Function, b *frame.Block, pc int)) {
	for ; s != nil; s = s.outer {
		for i := range s.calls {
			low := s.calls[i].at.Func.Owner.(*lowered)
			p := &low.places[s.calls[i].at.Exit]
			add(low.n.fn, p.b, p.from)
		}
	}
}

// arrive is where the innermost call goes on.
func arrive(fr *frame.Frame, x *jit.Exit) *frame.Block {
	if x.Exit == jit.AtEntry {
		fr.At(fr.Fn.Plain.Entry, 0)
		fr.Thread.Rest()
		return fr.Fn.Plain.Entry
	}
	low := x.Func.Owner.(*lowered)
	p := &low.places[x.Exit]
	switch p.kind {
	case polled:
		fr.At(p.b, 0)
		fr.Thread.Rest()
		return p.b
	case comesBack:
		fr.Do(p.b, p.from, p.to)
		if p.misses != nil && low.n.missed(p.misses, low.code) {
			return fr.GoOn(p.b, p.to)
		}
		return low.code.run(fr, x.Resume, nil, p)
	}
	return fr.GoOn(p.b, p.from)
}
