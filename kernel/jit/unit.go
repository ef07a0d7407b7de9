package jit

import (
	"cmp"
	"errors"
	"slices"

	"github.com/gosched/gosched/kernel/jit/code"
)

// A Target is what the code has to know of the process that it runs in: constants
// and places in the context and in the runtime's record of a goroutine.
type Target struct {
	Top, Limit, ExitSP, Spill int32 // in the context
	Count                     int32 // and how often to poll until the code is to leave, where nobody else says so

	Guard   int32  // in the record: the word that asks the goroutine to stop
	Preempt int32  // what it is then
	Barrier uint64 // address of four bytes that are not 0 while stores of pointers need a barrier
}

// AtEntry is the exit of a function that is left before it has begun.
const AtEntry = -1

// An Exit is a place where code is left, or where a call returns to.
type Exit struct {
	Func *Func
	Exit int // of the instruction
	// Live is where the frame has pointers that are alive, Spilled where those
	// belong that are in the context, in its order.
	Live, Spilled []int32
	// Resume is where Go enters to go on after it, if Resumes.
	Resume  uintptr
	Resumes bool

	resume code.Label
}

type entryKey struct {
	f     *Func
	block int
}

// A Unit is the code of functions that were compiled together.
type Unit struct {
	Base uintptr // where the code is; see Place
	Code []byte
	Deps []*Unit // whose code this code calls

	entries map[entryKey]code.Label
	exits   map[code.Label]Exit
	returns map[code.Label]Exit
	calls   map[*Func]code.Label
	at      []exitAt // in the order of their places
	all     []*Unit  // this one, and whose code may be called from it
	size    uintptr  // of the code
	offsets func(code.Label) int
}

// errTooLarge says that a function is not worth the time.
var errTooLarge = errors.New("the function is too large")

// Limits of what is compiled.
const (
	maxVars   = 1500
	maxBlocks = 1500
	maxIns    = 20000
)

// errRefused says that there is an instruction for which the back end has no code.
var errRefused = errors.New("the function has an operation for which there is no code")

// Compile makes the code of functions. Whom they call must be among them, or have
// been compiled before.
func Compile(funcs []*Func, by Backend, t Target) (*Unit, error) {
	for _, f := range funcs {
		n := 0
		for _, b := range f.Blocks {
			n += len(b.Ins)
		}
		if len(f.Vars) > maxVars || len(f.Blocks) > maxBlocks || n > maxIns {
			return nil, errTooLarge
		}
		if !takes(by, f) {
			return nil, errRefused
		}
	}
	u := &Unit{
		entries: map[entryKey]code.Label{}, exits: map[code.Label]Exit{}, returns: map[code.Label]Exit{},
		calls: map[*Func]code.Label{},
	}
	w := by.Writer(t)
	ints, floats := by.Registers()
	for _, f := range funcs {
		if f.Callable {
			u.calls[f] = w.NewLabel()
		}
	}
	deps := map[*Unit]bool{}
	for _, f := range funcs {
		emit(u, w, f, ints, floats, u.calls)
		for _, blk := range f.Blocks {
			for i := range blk.Ins {
				if c := blk.Ins[i].Callee; c != nil && c.Unit != nil && !deps[c.Unit] {
					deps[c.Unit] = true
					u.Deps = append(u.Deps, c.Unit)
				}
			}
		}
	}
	var err error
	if u.Code, err = w.Code(); err != nil {
		return nil, err
	}
	u.offsets = w.Offset
	u.size = uintptr(w.Len())
	for _, exits := range []map[code.Label]Exit{u.exits, u.returns} {
		for l, x := range exits {
			u.at = append(u.at, exitAt{uintptr(w.Offset(l)), &x})
		}
	}
	slices.SortFunc(u.at, func(a, b exitAt) int { return cmp.Compare(a.off, b.off) })
	u.exits, u.returns = nil, nil
	u.all = []*Unit{u}
	for _, d := range u.Deps {
		for _, x := range d.all {
			if !slices.Contains(u.all, x) {
				u.all = append(u.all, x)
			}
		}
	}
	return u, nil
}

// Place says where the code has been put.
func (u *Unit) Place(base uintptr) {
	u.Base = base
	for i := range u.at {
		if x := u.at[i].exit; x.Resumes {
			x.Resume = base + uintptr(u.offsets(x.resume))
		}
	}
}

// Entry is the address at which Go enters a function at a block.
func (u *Unit) Entry(f *Func, block int) uintptr {
	return u.Base + uintptr(u.offsets(u.entries[entryKey{f, block}]))
}

// CallAddress is the address at which compiled code calls a function.
func (u *Unit) CallAddress(f *Func) uintptr { return u.Base + uintptr(u.offsets(u.calls[f])) }

// Find returns what is known of an address that code has left, or that a call
// returns to: one of this unit's or of those that it calls. A goroutine that is pinned
// to its processor calls it, and would not notice afterwards that it was asked to stop
// if that was found by one of Go's own looks at the stack. So there is none.
//
//go:nosplit
func (u *Unit) Find(pc uintptr) *Exit {
	for _, d := range u.all {
		off := pc - d.Base
		if off >= d.size {
			continue
		}
		low, high := 0, len(d.at)
		for low < high {
			if m := int(uint(low+high) / 2); d.at[m].off < off {
				low = m + 1
			} else {
				high = m
			}
		}
		if low < len(d.at) && d.at[low].off == off {
			return d.at[low].exit
		}
		return nil
	}
	return nil
}

// An exitAt is an exit by its place in the code.
type exitAt struct {
	off  uintptr
	exit *Exit
}
