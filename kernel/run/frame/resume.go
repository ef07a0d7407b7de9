package frame

import (
	"sync"
	"unsafe"
)

// Machine code, which package compile has made for some functions, leaves frames in
// the midst of a block. Closures go on with them from there.

// Do carries out instructions of a block.
func (fr *Frame) Do(b *Block, from, to int) {
	fr.block = b
	for i := from; i < to; i++ {
		fr.pc = int32(i)
		b.Code[i](fr)
	}
}

// GoOn carries out the rest of a block and returns the next one.
func (fr *Frame) GoOn(b *Block, from int) *Block {
	fr.Do(b, from, len(b.Code))
	fr.pc = int32(len(b.Code))
	return b.Next(fr)
}

// At says that the frame is at an instruction of a block.
func (fr *Frame) At(b *Block, pc int) { fr.block, fr.pc = b, int32(pc) }

// maxResumed is how deep calls may be that closures did not make: their frames are
// on the heap and leave no trace on the stack.
const maxResumed = 1 << 20

// Depth is how deep the thread's calls are.
func (t *Thread) Depth() int32 { return t.depth }

// Deepen says how deep a thread's calls are now, the innermost of which is fr:
// machine code has made some.
func (t *Thread) Deepen(depth int32, fr *Frame) {
	before := t.depth
	t.Cur, t.depth = fr, depth
	if depth/stackLooks > before/stackLooks {
		t.checkStack()
	}
	if depth > maxResumed {
		t.overflow()
	}
}

// Finish runs a call of which closures did not know from a block on to its end.
// Its results are in the frame afterwards.
func (fr *Frame) Finish(b *Block) {
	fr.run(b)
	fr.Thread.depth--
}

// CopyResults copies the results of a finished call from memory with the layout of
// the function's frames into the caller's frame.
func (fn *Function) CopyResults(mem unsafe.Pointer, to *Frame, dst []Slot) {
	for i := range dst {
		dst[i].Layout.Move(unsafe.Add(to.Mem, dst[i].Off), unsafe.Add(mem, fn.Results[i].Off))
	}
}

// An away stands for calls without frames, between a frame and its caller. It is the
// one frame without a function.
type away struct {
	Frame
	once sync.Once
	list func(add func(fn *Function, b *Block, pc int))
}

// Away returns what is to be the caller of a frame if there are other calls between
// it and the real one. Where these are, list tells, innermost first, when somebody
// asks, which may be another goroutine.
func Away(caller *Frame, list func(add func(fn *Function, b *Block, pc int))) *Frame {
	return &(&away{Frame: Frame{Caller: caller}, list: list}).Frame
}

// caller is the frame of the call that made this one, or a likeness of it.
func (fr *Frame) caller() *Frame {
	c := fr.Caller
	if c == nil || c.Fn != nil {
		return c
	}
	a := (*away)(unsafe.Pointer(c))
	a.once.Do(func() {
		last := &a.Frame
		outermost := last.Caller
		a.list(func(fn *Function, b *Block, pc int) {
			last.Caller = &Frame{Fn: fn, block: b, pc: int32(pc), Caller: outermost}
			last = last.Caller
		})
	})
	return c.Caller
}
