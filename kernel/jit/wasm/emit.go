// Package wasm is the back end of package jit for WebAssembly, as a module that shares
// the memory of the Go program.
//
// What package jit calls registers are locals here, and its labels are nodes of a graph,
// which package flow makes blocks of. A function of the module is one of package jit's,
// and has three parameters: the label of where it is entered, its frame, and the
// context. It answers with the address where it has left, or, where it has returned,
// with a number below 0: minus the size of its frame on the stack and the link. An
// address says which function of the module is meant and where in it; Go and other
// modules have all functions in one table, by the number in the upper part of their
// addresses.
//
// Nobody can jump out of several calls. So a function that finds that the one which it
// has called has left does so, too; its frame is on the stack, as it is elsewhere, which
// is why a call writes there where it will go on.
//
// There is one thread, and nothing that asks it to stop. So code counts how often a
// loop goes round and a function is called, and leaves when that is often enough.
package wasm

import (
	"errors"
	"fmt"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/code"
	"github.com/gosched/gosched/kernel/jit/wasm/asm"
	"github.com/gosched/gosched/kernel/jit/wasm/flow"
)

// An address is the number of a function in the table, and, in so many bits, of a place
// in it. Places where code is entered come first.
const (
	placeBits = 20
	firstExit = 1 << (placeBits - 1)
)

var errTooManyPlaces = errors.New("the function is left and entered in too many places")

const (
	ints   = 24
	floats = 32
)

// Backend makes code for WebAssembly.
type Backend struct{}

// Registers implements [jit.Backend].
func (Backend) Registers() (i, f []uint8) { return numbers(ints), numbers(floats) }

func numbers(n uint8) []uint8 {
	all := make([]uint8, n)
	for i := range all {
		all[i] = uint8(i)
	}
	return all
}

// Takes implements [jit.Backend].
func (Backend) Takes(op jit.Op) bool { return op != jit.FMulAdd && op != jit.FMulSub }

// Writer implements [jit.Backend].
func (Backend) Writer(t jit.Target) jit.Writer { return &emitter{t: t, numbers: map[*jit.Func]int{}} }

// An emitter writes the code of one function after the other.
type emitter struct {
	*flow.Node   // where code is appended
	*jit.Emitter // of the function that is written
	t            jit.Target
	module       asm.Module
	labels       []label
	err          error

	numbers map[*jit.Func]int // of functions in the module

	// Of the function:
	number  int
	bound   code.Label // the last one
	locals  locals
	entries []*flow.Node // by their places
	exits   int
	counts  bool // it has the count in a local
}

// A label is a node, or a place with an address.
type label struct {
	node    *flow.Node
	address int // if it has one, or -1
}

// NewLabel implements [jit.Writer].
func (e *emitter) NewLabel() code.Label {
	e.labels = append(e.labels, label{&flow.Node{}, -1})
	return code.Label(len(e.labels) - 1)
}

// Bind implements [jit.Writer].
func (e *emitter) Bind(l code.Label) {
	n := e.labels[l].node
	if e.Node != nil && !e.Node.Ended() {
		e.Node.Jump(n)
	}
	e.Node, e.bound = n, l
}

// Offset implements [jit.Writer].
func (e *emitter) Offset(l code.Label) int { return e.labels[l].address }

// Len implements [jit.Writer].
func (e *emitter) Len() int { return len(e.module.Funcs) << placeBits }

// place gives a label an address in the function that is written.
func (e *emitter) place(l code.Label, nth int) {
	e.labels[l].address = e.number<<placeBits | nth
}

// entered makes a node one where code is entered, at the address of a label.
func (e *emitter) entered(l code.Label, n *flow.Node) {
	e.place(l, len(e.entries))
	e.entries = append(e.entries, n)
	if len(e.entries) == firstExit {
		e.err = errTooManyPlaces
	}
}

// numberOf is the number that a function has in the module.
func (e *emitter) numberOf(f *jit.Func) int {
	n, ok := e.numbers[f]
	if !ok {
		n = len(e.numbers)
		e.numbers[f] = n
	}
	return n
}

// Begin implements [jit.Writer].
func (e *emitter) Begin(of *jit.Emitter) {
	e.end()
	e.Emitter = of
	e.number = e.numberOf(of.F)
	e.locals = newLocals(of)
	e.counts = counts(of.F)
	e.Node = &flow.Node{}
	e.Op(asm.Unreachable)
	e.Node.Return()
	e.entries, e.exits = []*flow.Node{e.Node}, 0
}

// counts reports whether anything in a function counts how often it is done.
func counts(f *jit.Func) bool {
	for _, b := range f.Blocks {
		for i := range b.Ins {
			if b.Ins[i].Poll || b.Ins[i].Op == jit.Call {
				return true
			}
		}
	}
	return f.Callable && !f.Leaf
}

// end completes the function that has been written.
func (e *emitter) end() {
	if e.Emitter == nil {
		return
	}
	for len(e.module.Funcs) < len(e.numbers) {
		e.module.Funcs = append(e.module.Funcs, asm.Func{})
	}
	e.module.Funcs[e.number] = asm.Func{Locals: e.locals.declared(), Code: flow.Code(e.entries, where)}
}

// Code implements [jit.Writer].
func (e *emitter) Code() ([]byte, error) {
	e.end()
	e.module.Params, e.module.Result = []asm.Type{asm.I32, asm.I32, asm.I32}, asm.I64
	return e.module.Bytes(), e.err
}

// Instruction implements [jit.Writer].
func (e *emitter) Instruction(in *jit.Ins) {
	switch in.Op {
	case jit.Move:
		e.move(in)
	case jit.Add, jit.Sub, jit.Mul, jit.And, jit.Or, jit.Xor, jit.AndNot:
		e.arith(in)
	case jit.Div, jit.Rem:
		e.divide(in)
	case jit.Shl, jit.Shr:
		e.shift(in)
	case jit.Neg, jit.Com, jit.Not:
		e.unary(in)
	case jit.FAdd, jit.FSub, jit.FMul, jit.FDiv, jit.FNeg, jit.FAbs, jit.FSqrt:
		e.float(in)
	case jit.Convert:
		e.convert(in)
	case jit.Compare:
		e.assign(in.Dst, func() {
			e.condition(in)
			e.Op(asm.I64ExtendI32U)
		})
	case jit.Guard:
		e.condition(in)
		e.leaveIf()
	case jit.Load:
		e.loads(in)
	case jit.Store:
		e.stores(in)
	case jit.Lea:
		e.GuardHomes(in.Dst)
		e.checks(&in.Memory)
		e.assign(in.Dst, func() {
			e.address(&in.Memory)
			e.Op(asm.I64ExtendI32U)
		})
	case jit.Check:
		e.checks(&in.Memory)
	case jit.Zero:
		in.Memory.Words(func(off int32, size int) {
			e.Get(base)
			e.I64(0)
			e.Memory(storeOps[size], uint32(off))
		})
	default:
		panic(fmt.Sprint("no code for operation ", in.Op))
	}
}
