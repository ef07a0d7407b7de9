package frame

import (
	"go/token"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// A Frame is one activation of a function.
type Frame struct {
	Mem    unsafe.Pointer // the slots
	Thread *Thread
	Fn     *Function
	Caller *Frame // or the next free frame, when not in use
	block  *Block
	pc     int32 // index in block.code of the instruction that runs, or len(block.code)
	depth  int32 // of the call, or hasReturned; see execDeferring

	defers *DeferList // nil until the function defers something

	// deferred is the panic (possibly none) for which this call was made by
	// the deferring machinery itself, so that recover may end it.
	Deferred *sched.Panicking
}

// An Instr carries out one instruction of a frame's function.
type Instr func(fr *Frame)

// A Block is a basic block of compiled code.
type Block struct {
	Code []Instr
	Pos  []token.Pos // for each instruction, and one for the terminator
	// next ends the block and says which block follows; nil ends the call.
	Next func(fr *Frame) *Block
	// decides says that next is a branch, which a jump to a block without
	// code may carry out itself.
	Decides bool
}

// run executes from b until the function returns.
func (fr *Frame) run(b *Block) {
	for b != nil {
		fr.block = b
		code := b.Code
		for i, in := range code {
			fr.pc = int32(i)
			in(fr)
		}
		fr.pc = int32(len(code))
		b = b.Next(fr)
	}
}

// Enter takes a frame for a call of fn.
func (fn *Function) Enter(t *Thread, caller *Frame) *Frame {
	fn.once.Do(fn.translate)
	if fn.Err != nil {
		panic(fn.Err)
	}
	fr := fn.kept(t)
	if fr == nil {
		if fr, _ = fn.pool.Get().(*Frame); fr == nil {
			fr = fn.newFrame()
		}
	}
	fr.Thread, fr.Caller = t, caller
	return fr
}

// EnterPinned is Enter for a goroutine that must not wait, as a pool may. The
// function must be Ready.
func (fn *Function) EnterPinned(t *Thread, caller *Frame) *Frame {
	fr := fn.kept(t)
	if fr == nil {
		fr = fn.newFrame()
	}
	fr.Thread, fr.Caller = t, caller
	return fr
}

// kept takes a free frame that the goroutine has itself, or returns nil.
func (fn *Function) kept(t *Thread) *Frame {
	c := &t.free[fn.ID%freeLists]
	if c.fn != fn || c.frames == nil {
		return nil
	}
	fr := c.frames
	c.frames = fr.Caller
	return fr
}

func (fn *Function) newFrame() *Frame {
	fr := &Frame{Fn: fn, Mem: goruntime.New(fn.Shape.Word)}
	for i := range fn.Consts {
		c := &fn.Consts[i]
		c.Slot.Layout.Move(unsafe.Add(fr.Mem, c.Slot.Off), c.Value)
	}
	return fr
}

// Exec runs the call. Results are in the frame's result slots afterwards. It is
// where recursion without loops is stopped.
func (fr *Frame) Exec() {
	t := fr.Thread
	t.Cur = fr
	t.depth++
	if t.depth%stackLooks == 0 {
		t.checkStack()
	}
	entry := fr.Fn.Plain.Entry
	if t.Due() {
		t.Attend()
		entry = fr.code().Entry
	}
	if fr.Fn.Defers {
		fr.execDeferring()
	} else {
		fr.run(entry)
	}
	t.depth--
	t.Cur = fr.Caller
}

// Leave gives the frame back. A frame that is unwound by a panic is simply
// left to the garbage collector.
func (fr *Frame) Leave() {
	if !fr.keep() {
		fr.Fn.pool.Put(fr)
	}
}

// LeavePinned is Leave for a goroutine that must not wait. What the goroutine cannot
// keep is left to the garbage collector.
func (fr *Frame) LeavePinned() { fr.keep() }

// keep clears the frame and tries to put it where its goroutine finds it again.
func (fr *Frame) keep() bool {
	fn, t := fr.Fn, fr.Thread
	fn.Shape.clear(fr.Mem)
	fr.Thread, fr.Caller, fr.block, fr.defers, fr.Deferred = nil, nil, nil, fr.defers.again(), nil
	c := &t.free[fn.ID%freeLists]
	if c.fn != fn {
		if c.fn != nil {
			return false
		}
		c.fn = fn
	}
	fr.Caller, c.frames = c.frames, fr
	return true
}

// freeLists is how many functions a thread keeps free frames of. What does
// not fit goes to the function's own pool, which all threads share.
const freeLists = 4

type freeList struct {
	fn     *Function
	frames *Frame
}

// giveBack puts a finished thread's free frames where other threads find them.
func (t *Thread) giveBack() {
	for i := range t.free {
		c := &t.free[i]
		for c.frames != nil {
			fr := c.frames
			c.frames, fr.Caller = fr.Caller, nil
			c.fn.pool.Put(fr)
		}
	}
}

// Reads tells that the frame's goroutine is about to read shared memory.
func (fr *Frame) Reads(p unsafe.Pointer, size uintptr, site *sched.Site) {
	if size != 0 {
		fr.Thread.G.Touches(false, p, size, site, fr)
	}
}

// Writes tells that it is about to write.
func (fr *Frame) Writes(p unsafe.Pointer, size uintptr, site *sched.Site) {
	if size != 0 {
		fr.Thread.G.Touches(true, p, size, site, fr)
	}
}

// Results copies a finished call's results into the caller's frame.
func (fr *Frame) Results(to *Frame, dst []Slot) {
	src := fr.Fn.Results
	for i := range dst {
		d := &dst[i]
		p, q := unsafe.Add(to.Mem, d.Off), unsafe.Add(fr.Mem, src[i].Off)
		if d.Layout.Class == memory.Class8 {
			*(*uint64)(p) = *(*uint64)(q)
		} else {
			d.Layout.Move(p, q)
		}
	}
}

// A NativeCall runs compiled code, or what stands in for it: args and res point to
// the memory of the arguments and results. Where a stand-in is called in place,
// Thread.Site names its first argument for reports.
type NativeCall func(t *Thread, args, res []unsafe.Pointer)

// Fingerprint is a number for where the frame is and by which calls it has come
// there: of the innermost ones, which are told.
func (fr *Frame) Fingerprint() uintptr {
	h := uintptr(1)
	for n := 0; fr != nil && n < 8; n++ {
		h = (h ^ uintptr(unsafe.Pointer(fr.block)) ^ uintptr(fr.pc)) * 0x9E3779B1
		fr = fr.Caller
	}
	return h
}
