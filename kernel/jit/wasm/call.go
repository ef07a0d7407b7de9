package wasm

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/code"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
	"github.com/gosched/gosched/kernel/jit/wasm/flow"
)

// Prologue implements [jit.Writer].
func (e *emitter) Prologue(stop code.Label) {
	e.entries[0] = e.Node
	e.place(e.bound, 0)
	e.onStack()
	e.Get(sp)
	e.Get(ctx)
	e.Memory(asm.I64Load, uint32(e.t.Limit))
	e.Op(asm.I32WrapI64, asm.I32LtU)
	e.jumpIf(stop)
	if !e.F.Leaf {
		e.Poll(stop)
	}
}

// onStack begins where the frame is on the stack.
func (e *emitter) onStack() {
	e.Get(base)
	e.Set(sp)
	e.loadCount()
}

// Arrive implements [jit.Writer].
func (e *emitter) Arrive() {
	e.entered(e.bound, e.Node)
	e.Get(ctx)
	e.Memory(asm.I64Load, uint32(e.t.Top))
	e.Op(asm.I32WrapI64)
	e.I32(jit.LinkSize + e.F.StackSize())
	e.Op(asm.I32Sub)
	e.Set(sp)
	e.loadCount()
}

func (e *emitter) loadCount() {
	if e.counts {
		e.Get(ctx)
		e.Memory(asm.I32Load, uint32(e.t.Count))
		e.Set(count)
	}
}

func (e *emitter) storeCount() {
	if e.counts {
		e.Get(ctx)
		e.Get(count)
		e.Memory(asm.I32Store, uint32(e.t.Count))
	}
}

// Poll implements [jit.Writer].
func (e *emitter) Poll(stop code.Label) {
	e.Get(count)
	e.I32(1)
	e.Op(asm.I32Sub)
	e.Tee(count)
	e.I32(0)
	e.Op(asm.I32LtS)
	e.jumpIf(stop)
}

// Barrier implements [jit.Writer].
func (e *emitter) Barrier(fail code.Label) {
	e.I32(int32(e.t.Barrier))
	e.Memory(asm.I32Load, 0)
	e.jumpIf(fail)
}

// Return implements [jit.Writer].
func (e *emitter) Return() {
	e.storeCount()
	e.I64(-int64(e.F.StackSize() + jit.LinkSize))
	e.Op(asm.Return)
	e.Node.Return()
}

// Exit implements [jit.Writer].
func (e *emitter) Exit(here code.Label) {
	e.place(here, firstExit+e.exits)
	e.exits++
	if e.exits == 1<<placeBits-firstExit {
		e.err = errTooManyPlaces
	}
	e.storeCount()
	e.Get(ctx)
	e.Get(sp)
	e.Op(asm.I64ExtendI32U)
	e.Memory(asm.I64Store, uint32(e.t.ExitSP))
	e.pushAddress(here)
	e.Op(asm.Return)
	e.Node.Return()
}

// pushAddress puts the address of a place onto the stack.
func (e *emitter) pushAddress(l code.Label) {
	e.Index(asm.GlobalGet, 0) // the number of the module's first function in the table
	e.Op(asm.I64ExtendI32U)
	e.I64(placeBits)
	e.Op(asm.I64Shl)
	e.I64(int64(e.labels[l].address))
	e.Op(asm.I64Add)
}

// beside puts the address of a place beside the stack onto the stack: it returns
// what instructions are to add to it.
func (e *emitter) beside(off int32) uint32 {
	e.Get(sp)
	if off >= 0 {
		return uint32(off)
	}
	e.I32(off)
	e.Op(asm.I32Add)
	return 0
}

// Argument implements [jit.Writer].
func (e *emitter) Argument(off int32, a *jit.Arg) {
	add := e.beside(off)
	e.push(a.X, a.Kind)
	e.Memory(storeOp(a.Kind), add)
}

// Result implements [jit.Writer].
func (e *emitter) Result(off int32, r *jit.Arg) {
	e.assign(r.Dst, func() {
		e.Memory(loadOps[r.Kind], e.beside(off))
	})
}

// Call implements [jit.Writer].
func (e *emitter) Call(f *jit.Func, _, back code.Label) {
	e.calls(f, back, func() { e.Index(asm.Call, uint32(e.numberOf(f))) })
}

// CallAddress implements [jit.Writer].
func (e *emitter) CallAddress(f *jit.Func, to uintptr, back code.Label) {
	e.calls(f, back, func() {
		e.I32(int32(to >> placeBits))
		e.CallIndirect(0)
	})
}

func (e *emitter) calls(f *jit.Func, back code.Label, call func()) {
	caller := e.Node
	e.Node = &flow.Node{} // for who goes on after the call
	e.entered(back, e.Node)
	e.onStack()
	e.JumpTo(back)
	e.Node = caller
	e.Get(sp)
	e.I32(8)
	e.Op(asm.I32Sub)
	e.pushAddress(back)
	e.Memory(asm.I64Store, 0)
	e.storeCount()
	e.I32(0)
	e.Get(sp)
	e.I32(f.Size + jit.LinkSize)
	e.Op(asm.I32Sub)
	e.Get(ctx)
	call()
	e.Tee(tmp)
	e.I64(0)
	e.Op(asm.I64GeS)
	e.Open(asm.If, asm.Nothing)
	e.Get(tmp)
	e.Op(asm.Return, asm.End)
	e.loadCount()
}
