package compile

import (
	"fmt"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// Machine code works on the frames of the closures: what is in a slot for these is
// a variable for package jit, or several. What it does not take, it leaves to the
// closure, so that every instruction is lowered or has a place to leave for.

// A part is a word or less of a value.
type part struct {
	off  uintptr
	kind jit.Kind
}

// partsOf lists the parts of values of a type at an offset, or nil where machine
// code does not take them.
func partsOf(t reflect.Type, off uintptr) []part {
	switch k := t.Kind(); k {
	case reflect.Bool, reflect.Uint8:
		return []part{{off, jit.Uint8}}
	case reflect.Int8:
		return []part{{off, jit.Int8}}
	case reflect.Int16:
		return []part{{off, jit.Int16}}
	case reflect.Int32:
		return []part{{off, jit.Int32}}
	case reflect.Int, reflect.Int64:
		return []part{{off, jit.Int64}}
	case reflect.Uint16:
		return []part{{off, jit.Uint16}}
	case reflect.Uint32:
		return []part{{off, jit.Uint32}}
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return []part{{off, jit.Uint64}}
	case reflect.Float32:
		return []part{{off, jit.Float32}}
	case reflect.Float64:
		return []part{{off, jit.Float64}}
	case reflect.Complex64:
		return []part{{off, jit.Float32}, {off + 4, jit.Float32}}
	case reflect.Complex128:
		return []part{{off, jit.Float64}, {off + 8, jit.Float64}}
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return []part{{off, jit.Pointer}}
	case reflect.String:
		return []part{{off, jit.Pointer}, {off + 8, jit.Int64}}
	case reflect.Slice:
		return []part{{off, jit.Pointer}, {off + 8, jit.Int64}, {off + 16, jit.Int64}}
	case reflect.Interface:
		return []part{{off, jit.Pointer}, {off + 8, jit.Pointer}}
	case reflect.Struct:
		return partsOfStruct(t, off)
	}
	return nil
}

// maxParts is how many parts a struct may have.
const maxParts = 6

// partsOfStruct lists the parts of a small struct, if there is nothing between them.
func partsOfStruct(t reflect.Type, off uintptr) (all []part) {
	if t.NumField() > maxParts || t.Size() > 8*maxParts {
		return nil
	}
	next := off
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			return nil
		}
		ps := partsOf(f.Type, off+f.Offset)
		if ps == nil || ps[0].off != next {
			return nil
		}
		all = append(all, ps...)
		last := all[len(all)-1]
		next = last.off + uintptr(last.kind.Size())
	}
	if next != off+t.Size() || len(all) > maxParts {
		return nil
	}
	return all
}

// A lowering turns a function into package jit's form.
type lowering struct {
	c    *compiler
	low  *lowered
	f    *jit.Func
	vars map[uintptr]jit.Var // by offset
	cons map[uintptr]uint64  // the parts of constants, by offset

	order  map[*ssa.BasicBlock]int // where a block is in f.Blocks
	asides asides
	out    *jit.Block
	at     span // closures of the instruction that is lowered
	errors error

	scalars       map[*ssa.Alloc]bool // see isScalar
	pointerRegion bool                // a variable in the frame has pointers

	touched map[*jit.Block][]slotUse // what closures read and write
	emitted []emitted                // for the instruction that is lowered
}

func (l *lowering) fail(format string, args ...any) {
	if l.errors == nil {
		l.errors = fmt.Errorf(format, args...)
	}
}

// variable is the variable at an offset.
func (l *lowering) variable(p part) jit.Var {
	v, ok := l.vars[p.off]
	if !ok {
		v = jit.Var(len(l.f.Vars))
		l.vars[p.off] = v
		l.f.Vars = append(l.f.Vars, jit.VarInfo{Off: int32(p.off), Kind: p.kind})
	}
	if l.f.Vars[v].Kind != p.kind {
		l.fail("two kinds of values at %d", p.off)
	}
	return v
}

// fresh is a variable that is in no frame, for use within an instruction.
func (l *lowering) fresh(k jit.Kind, nth int) jit.Var {
	v := jit.Var(len(l.f.Vars))
	l.f.Vars = append(l.f.Vars, jit.VarInfo{Off: jit.Nowhere(nth), Kind: k})
	return v
}

// parts lists the parts of a value, or nil.
func (l *lowering) parts(v ssa.Value) []part {
	s := l.c.slots[v]
	if s == nil {
		return nil
	}
	return partsOf(s.Layout.Type, s.Off)
}

// operand is a part of a value that is read.
func (l *lowering) operand(p part) jit.Operand {
	if bits, ok := l.cons[p.off]; ok {
		return jit.Imm(bits)
	}
	return jit.Use(l.variable(p))
}

// constants reads the slots that keep their value from call to call.
func constantsOf(fn *frame.Function) map[uintptr]uint64 {
	all := map[uintptr]uint64{}
	for i := range fn.Consts {
		c := &fn.Consts[i]
		for _, p := range partsOf(c.Slot.Layout.Type, 0) {
			all[c.Slot.Off+p.off] = bitsAt(unsafe.Add(c.Value, p.off), p.kind)
		}
	}
	return all
}

func bitsAt(p unsafe.Pointer, k jit.Kind) uint64 {
	switch k {
	case jit.Int8:
		return uint64(*(*int8)(p))
	case jit.Int16:
		return uint64(*(*int16)(p))
	case jit.Int32:
		return uint64(*(*int32)(p))
	case jit.Uint8:
		return uint64(*(*uint8)(p))
	case jit.Uint16:
		return uint64(*(*uint16)(p))
	case jit.Uint32, jit.Float32:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

// one is the only part of a value.
func (l *lowering) one(v ssa.Value) (part, bool) {
	ps := l.parts(v)
	if len(ps) != 1 {
		return part{}, false
	}
	return ps[0], true
}

func (l *lowering) use(v ssa.Value) (jit.Operand, jit.Kind, bool) {
	p, ok := l.one(v)
	if !ok {
		return jit.Operand{}, 0, false
	}
	return l.operand(p), p.kind, true
}

// place makes an exit.
func (l *lowering) place(p place) int {
	if p.kind != polled && l.low.n != nil {
		p.b = l.low.n.closures(p.b)
	}
	l.low.places = append(l.low.places, p)
	return len(l.low.places) - 1
}

// resume is the exit that leaves an instruction to its closures.
func (l *lowering) resume() int { return l.place(place{kind: goesOn, span: l.at}) }

// emitted is where an instruction is.
type emitted struct {
	block *jit.Block
	ins   int
}

func (l *lowering) emit(in jit.Ins) {
	if in.Exit > 0 {
		l.emitted = append(l.emitted, emitted{l.out, len(l.out.Ins)})
	}
	l.out.Ins = append(l.out.Ins, in)
}

// keep has what an instruction reads stay alive until the last place where code leaves
// it to closures, which do all of it.
func (l *lowering) keep(in ssa.Instruction) {
	if len(l.emitted) < 2 {
		return
	}
	l.keepFor(l.usesOf(in).reads)
}

func (l *lowering) keepFor(reads []frame.Slot) {
	for _, e := range l.emitted[1:] {
		if op := e.block.Ins[e.ins].Op; op != jit.Closure {
			l.touched[e.block] = append(l.touched[e.block], slotUse{ins: e.ins, reads: reads, kept: true})
		}
	}
	l.emitted = l.emitted[:0]
}

// emitOp emits an operation with a result.
func (l *lowering) emitOp(op jit.Op, k jit.Kind, d part, x, y jit.Operand) {
	l.emit(jit.Ins{Op: op, Kind: k, Dst: l.variable(d), X: x, Y: y, Exit: l.resume()})
}

var none = jit.Imm(0)

// takes lowers an instruction that is no end of a block, or reports false.
func (l *lowering) takes(in ssa.Instruction) bool {
	c := l.c
	if l.c.varargs[in] {
		return true // the append does it
	}
	if c.updating[in] {
		return true // the update does it
	}
	if v, ok := in.(ssa.Value); ok {
		if c.fused[v] {
			return true
		}
		if a := c.addrs[v]; a != nil {
			if al, ok := v.(*ssa.Alloc); ok {
				if l.isScalar(al) {
					l.clearScalar(al)
					return true
				}
				if pointers(a.region.Layout) {
					l.pointerRegion = true
				} else {
					l.low.regions = append(l.low.regions, frame.Slot{Off: a.region.Off, Layout: a.region.Layout})
				}
				return l.alloc(al)
			}
			return true
		}
	}
	switch in := in.(type) {
	case *ssa.If, *ssa.Jump, *ssa.Return, *ssa.Panic:
		return true
	case *ssa.Phi:
		b := in.Block()
		if len(b.Preds) == 1 && soleSuccessor(b.Preds[0]) == b {
			return l.copy(in, in.Edges[0])
		}
		return true
	}
	before, out, start := len(l.low.calls), l.out, len(l.out.Ins)
	ok := l.instruction(in)
	for i := start; ok && l.out == out && i < len(out.Ins); i++ {
		ok = host.Backend.Takes(out.Ins[i].Op)
	}
	if !ok {
		l.low.calls = l.low.calls[:before]
	}
	return ok
}

// pointers reports whether values of a layout hold any.
func pointers(l memory.Layout) bool {
	switch l.Class {
	case memory.ClassPtr, memory.ClassStr, memory.ClassSlice, memory.ClassIface, memory.ClassTyped:
		return true
	}
	return false
}
