package goruntime

import (
	"reflect"
	"sync/atomic"
	"unsafe"
)

// Machine code that was made while the program runs is called on a stack of its
// own, one for each of the runtime's processors. The runtime knows nothing of it
// and does not preempt a goroutine in it; the code looks itself, as compiled
// functions do, at the word of the goroutine's record by which the runtime asks it
// to stop, and returns then. From before it is entered until what it has left has
// been looked at, the goroutine is pinned to its processor, so that the garbage
// collector does not scan it: pointers may be on that stack meanwhile.

// A MachineContext is what machine code is called with. The code finds its fields
// by their offsets.
type MachineContext struct {
	goStack uintptr // the caller's stack pointer
	Top     uintptr // where the stack begins; it grows down
	Limit   uintptr // below which it must not grow
	ExitSP  uintptr // the stack pointer of code that has left
	Index   uintptr // of the context, below MachineContexts
	// Spill is pointers that code leaves behind: to be read before Unpin. The code
	// also has variables there that are in no frame.
	Spill [120]unsafe.Pointer
	// Count is how often code may go round a loop before it is to leave, where the
	// runtime does not ask it to stop.
	Count int32
}

// Offsets of the fields of a MachineContext.
const (
	ContextTop    = int32(unsafe.Offsetof(MachineContext{}.Top))
	ContextLimit  = int32(unsafe.Offsetof(MachineContext{}.Limit))
	ContextExitSP = int32(unsafe.Offsetof(MachineContext{}.ExitSP))
	ContextSpill  = int32(unsafe.Offsetof(MachineContext{}.Spill))
	ContextCount  = int32(unsafe.Offsetof(MachineContext{}.Count))
)

const (
	// machineStack is how much stack machine code has. What calls have filled it
	// is taken to Go memory while nobody can stop the goroutine, so it is small.
	machineStack = 32 << 10
	// machineMargin is what lies below the limit: a call's arguments are written
	// before it looks at the limit.
	machineMargin = 4 << 10
	// machineSlack is what lies above the top, for whoever looks for the caller
	// of a function that has just changed stacks.
	machineSlack = 256
)

// MachineContexts is for how many of the runtime's processors there may be stacks,
// and contexts.
const MachineContexts = 1024

// machines are the stacks. The memory has no pointers as far as the garbage
// collector is concerned, and is never freed.
var machines [MachineContexts]atomic.Pointer[machine]

type machine struct {
	context MachineContext
	stack   [machineStack/8 - unsafe.Sizeof(MachineContext{})/8]uintptr
}

// PinMachine pins the goroutine to its processor and returns the context to call
// machine code with, or nil, if there are too many processors. The caller must call
// UnpinMachine soon and do nothing before that that might wait: no lock, and no
// [sync.Pool] either, which takes one when a collection has emptied it. Allocating is
// allowed. Until then the context, and what belongs to its Index, is the caller's alone.
func PinMachine() *MachineContext {
	for {
		id := procPin()
		if id < MachineContexts {
			if m := machines[id].Load(); m != nil {
				raceAcquire(&m.context)
				return &m.context
			}
		}
		procUnpin()
		if id >= MachineContexts {
			return nil
		}
		machines[id].CompareAndSwap(nil, newMachine(id))
		// The processor may be another one by now, which has none.
	}
}

// newMachine makes a stack in memory without pointers.
func newMachine(id int) *machine {
	words := make([]uintptr, unsafe.Sizeof(machine{})/8)
	m := (*machine)(unsafe.Pointer(unsafe.SliceData(words)))
	low := uintptr(unsafe.Pointer(&m.stack[0]))
	m.context.Top = (low + unsafe.Sizeof(m.stack) - machineSlack) &^ 15
	m.context.Limit = low + machineMargin
	m.context.Index = uintptr(id)
	return m
}

// UnpinMachine lets the goroutine that has been pinned with c go on anywhere.
func UnpinMachine(c *MachineContext) {
	raceRelease(c)
	procUnpin()
}

// RecallStop has the goroutine notice that the runtime wants it to stop, after it has
// called Go functions while it was pinned: these look at the stack and put that request
// aside if they must not stop. Unpinning alone does not bring it back, and it would
// run on until it is asked again, 100 microseconds later. Allocating does.
func RecallStop() { New(byteWord) }

var byteWord = TypeWord(reflect.TypeFor[byte]())

// CallMachine calls code on a frame at mem. It returns 0 if the code has returned,
// or else the address at which it has left. The goroutine must be pinned.
//
//go:nosplit
func CallMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr {
	return enterMachine(code, c, mem)
}

// ResumeMachine goes on with code whose calls have been put on the stack from sp
// upwards, such that the outermost ends two words below the top, and returns as
// CallMachine does. The goroutine must be pinned.
//
//go:nosplit
func ResumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr {
	return resumeMachine(code, c, sp)
}

// StackWord is a word of the stack on which machine code has left.
func (c *MachineContext) StackWord(sp uintptr, off int32) uintptr {
	return *(*uintptr)(c.StackAt(sp, off))
}

// StackAt is where a word of that stack is.
func (c *MachineContext) StackAt(sp uintptr, off int32) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(c), sp+uintptr(off)-uintptr(unsafe.Pointer(c)))
}

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()

// writeBarrier is the runtime's. The compiler has code of its own look at the
// first four bytes.
//
//go:linkname writeBarrier runtime.writeBarrier
var writeBarrier struct {
	enabled bool
	_       [3]byte
	_       uint64
}

// BarrierFlag is the address of four bytes that are not 0 while stores of pointers
// need a barrier.
func BarrierFlag() uintptr { return uintptr(unsafe.Pointer(&writeBarrier)) }

// Where the record of a goroutine has the word that is StackPreempt when the
// runtime wants it to stop.
const (
	StackGuard   = 16
	StackPreempt = -1314
)
