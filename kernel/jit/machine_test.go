package jit_test

import (
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
)

// target is what the code has to know of this process.
func target() jit.Target {
	return jit.Target{
		Top: goruntime.ContextTop, Limit: goruntime.ContextLimit,
		ExitSP: goruntime.ContextExitSP, Spill: goruntime.ContextSpill, Count: goruntime.ContextCount,
		Guard: goruntime.StackGuard, Preempt: goruntime.StackPreempt,
		Barrier: uint64(goruntime.BarrierFlag()),
	}
}

// A program is functions that can be called here.
type program struct {
	unit *jit.Unit
	mem  *goruntime.MachineCode
}

func compiled(t testing.TB, funcs ...*jit.Func) *program {
	t.Helper()
	if !goruntime.MachineKnown {
		t.Skip("machine code is made for Linux, on amd64 and arm64")
	}
	elsewhere(t, funcs)
	u, err := jit.Compile(funcs, host.Backend, target())
	if err != nil {
		t.Fatal(err)
	}
	mem, err := goruntime.NewMachineCode(u.Code)
	if err != nil {
		t.Fatal(err)
	}
	u.Place(mem.Address())
	t.Cleanup(mem.Free)
	return &program{u, mem}
}

// A frame is memory for a function to work on.
type frame [frameSize / 8]uint64

// frameSize is room for a variable for each register, twice, and some more.
const frameSize = 1024

func (f *frame) at(off int32) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(f), off) }

func (f *frame) load(off int32, k jit.Kind) uint64 {
	switch k {
	case jit.Int8:
		return uint64(*(*int8)(f.at(off)))
	case jit.Int16:
		return uint64(*(*int16)(f.at(off)))
	case jit.Int32:
		return uint64(*(*int32)(f.at(off)))
	case jit.Uint8:
		return uint64(*(*uint8)(f.at(off)))
	case jit.Uint16:
		return uint64(*(*uint16)(f.at(off)))
	case jit.Uint32, jit.Float32:
		return uint64(*(*uint32)(f.at(off)))
	}
	return *(*uint64)(f.at(off))
}

func (f *frame) store(off int32, k jit.Kind, v uint64) {
	switch k.Size() {
	case 1:
		*(*uint8)(f.at(off)) = uint8(v)
	case 2:
		*(*uint16)(f.at(off)) = uint16(v)
	case 4:
		*(*uint32)(f.at(off)) = uint32(v)
	default:
		*(*uint64)(f.at(off)) = v
	}
}

// left is where a call has left, or nil, if it has returned.
func (p *program) enter(entry uintptr, f *frame) *jit.Exit {
	for {
		c := goruntime.PinMachine()
		pc := goruntime.CallMachine(entry, c, unsafe.Pointer(f))
		var x *jit.Exit
		if pc != 0 {
			x = p.unit.Find(pc)
			for i, off := range x.Spilled {
				*(*unsafe.Pointer)(f.at(off)) = c.Spill[i]
			}
		}
		goruntime.UnpinMachine(c)
		if x != nil && x.Exit == pollExit { // the runtime has asked
			entry = p.unit.Entry(x.Func, pollBlock)
			continue
		}
		return x
	}
}

// What a loop that polls leaves by, and the block where it goes on.
const (
	pollExit  = 1_000_000
	pollBlock = 1
)
