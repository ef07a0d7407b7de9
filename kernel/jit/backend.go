package jit

import "github.com/gosched/gosched/kernel/jit/code"

// A Backend makes machine code for one architecture. What is the same for all of them
// is done here: which variables have registers and what is alive, where code is entered
// and left, and what is stored before that.
type Backend interface {
	// Registers are those that variables may have, the best ones first.
	Registers() (ints, floats []uint8)
	// Takes reports whether there is code for an operation. What is refused is left
	// to closures.
	Takes(op Op) bool
	// Writer begins the code of a unit.
	Writer(t Target) Writer
}

// A Writer writes the code of functions, one after the other. Of the registers that are
// not among [Backend.Registers], two of each kind keep nothing from one instruction to
// the next, but the spare variables.
type Writer interface {
	NewLabel() code.Label
	Bind(code.Label)
	Offset(code.Label) int
	// Code ends the code, and fails where it is too large. Offsets are below Len then.
	Code() ([]byte, error)
	Len() int

	// Begin says whose code follows.
	Begin(e *Emitter)
	// Prologue begins a call from compiled code. It makes the frame and goes to stop if
	// there is no room for it, or, unless the function is a leaf, if the goroutine is
	// asked to stop.
	Prologue(stop code.Label)
	// Arrive begins what Go has called.
	Arrive()
	// Exit goes back to Go, and says that it was here: it binds the label.
	Exit(here code.Label)

	// LoadVar and StoreVar move a variable from its home to its register and back.
	// SpillVar puts it into the context, as the nth.
	LoadVar(v Var, r uint8)
	StoreVar(v Var, r uint8)
	SpillVar(n int, r uint8)

	// Instruction is the code of all that has no method of its own.
	Instruction(in *Ins)
	Branch(in *Ins)
	Return()
	JumpTo(l code.Label)
	// Poll goes to stop if the goroutine is asked to stop, Barrier to fail if pointers
	// cannot be stored just now.
	Poll(stop code.Label)
	Barrier(fail code.Label)

	// Argument writes an argument off bytes from the stack pointer. Call calls f, which
	// has the label, CallAddress f at an address; back is bound where it returns to.
	// Result reads a result.
	Argument(off int32, a *Arg)
	Call(f *Func, l, back code.Label)
	CallAddress(f *Func, at uintptr, back code.Label)
	Result(off int32, r *Arg)
}

// takes reports whether a back end takes all instructions of a function.
func takes(b Backend, f *Func) bool {
	for _, blk := range f.Blocks {
		for i := range blk.Ins {
			if !b.Takes(blk.Ins[i].Op) {
				return false
			}
		}
	}
	return true
}
