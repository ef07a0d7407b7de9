package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/literal"
	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/rangefunc"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// plan decides where every value lives.
func (c *compiler) plan() {
	fn := c.ssa
	for _, p := range fn.Params {
		c.slots[p] = c.newSlot(p.Type())
	}
	for _, v := range fn.FreeVars {
		c.slots[v] = c.newSlot(v.Type())
	}
	var results []*frame.Slot
	for v := range fn.Signature.Results().Variables() {
		results = append(results, c.newSlot(v.Type()))
	}
	blocks := fn.Blocks
	if fn.Recover != nil && !containsBlock(blocks, fn.Recover) {
		blocks = append(blocks[:len(blocks):len(blocks)], fn.Recover)
	}
	for _, b := range blocks {
		for _, in := range b.Instrs {
			if isUnevaluated(in) {
				c.planUnevaluated(in.(*ssa.Call).Call.Args[0])
			}
		}
	}
	for _, b := range blocks {
		for _, in := range b.Instrs {
			c.curPos = in.Pos()
			c.planFold(in)
		}
	}
	c.coalescePhis(blocks)
	c.defers = rangefunc.Defers(fn)
	var stack operand.Stack
	for _, b := range blocks {
		for _, in := range b.Instrs {
			c.curPos = in.Pos()
			called, ops := calledBy(in), stack.Push(in)
			for _, op := range ops {
				if _, ok := (*op).(*ssa.Function); !ok || op != called {
					c.planConstant(*op)
				}
			}
			stack.Pop(ops)
			if v, ok := in.(ssa.Value); ok {
				c.planValue(v)
			}
		}
	}
	// The offsets are known once the layout is finished.
	c.later = func(f *frame.Function) {
		for _, p := range fn.Params {
			f.Params = append(f.Params, *c.slots[p])
		}
		for _, v := range fn.FreeVars {
			f.Free = append(f.Free, *c.slots[v])
		}
		for _, r := range results {
			f.Results = append(f.Results, *r)
		}
		f.Defers = c.defers
	}
}

func containsBlock(bs []*ssa.BasicBlock, b *ssa.BasicBlock) bool {
	for _, x := range bs {
		if x == b {
			return true
		}
	}
	return false
}

// planValue gives an instruction's value its slot.
func (c *compiler) planValue(v ssa.Value) {
	if c.slots[v] != nil || c.addrs[v] != nil || c.fused[v] {
		return
	}
	switch v := v.(type) {
	case *ssa.Extract:
		parts := c.tuples[v.Tuple]
		if parts == nil {
			c.planTuple(v.Tuple)
			parts = c.tuples[v.Tuple]
		}
		c.slots[v] = parts[v.Index]
		return
	case *ssa.Range:
		// An iterator is kept as a pointer.
		c.slots[v] = c.l.Want(memory.Of(frame.PtrType), false)
		return
	}
	if _, ok := v.Type().(*types.Tuple); ok {
		c.planTuple(v)
		return
	}
	c.slots[v] = c.newSlot(v.Type())
}

func (c *compiler) planTuple(v ssa.Value) {
	if c.tuples[v] != nil {
		return
	}
	tuple := v.Type().(*types.Tuple)
	parts := make([]*frame.Slot, tuple.Len())
	for i := range parts {
		t := tuple.At(i).Type()
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.Invalid {
			// An unused part of a Next or Select tuple.
			parts[i] = c.l.Want(memory.Layout{Class: memory.ClassZero}, false)
			continue
		}
		parts[i] = c.newSlot(t)
	}
	c.tuples[v] = parts
}

// planConstant gives operands that are not computed by an instruction a slot
// that keeps its value from call to call.
func (c *compiler) planConstant(v ssa.Value) {
	if v == nil || c.slots[v] != nil {
		return
	}
	switch v := v.(type) {
	case *ssa.Const, *ssa.Global, *ssa.Function:
		t := v.Type()
		if f, ok := v.(*ssa.Function); ok && f.Signature.Recv() != nil {
			return // only ever called
		}
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			t = types.Typ[types.UnsafePointer]
		}
		c.slots[v] = c.l.Want(c.memory(types.Default(t)), true)
	}
}

// bindConstants makes the values of the constant slots.
func (c *compiler) bindConstants() {
	c.later(c.fn)
	for v, s := range c.slots { // first, as a variable that is too large has a name
		if g, ok := v.(*ssa.Global); ok {
			p := s.Layout.Alloc()
			*(*unsafe.Pointer)(p) = c.links.Global(g)
			c.fn.Consts = append(c.fn.Consts, frame.ConstSlot{Slot: *s, Value: p})
		}
	}
	for v, s := range c.slots {
		var p unsafe.Pointer
		switch v := v.(type) {
		case *ssa.Const:
			p = c.constant(v, s.Layout)
		case *ssa.Function:
			if !c.usedAsValue(v) {
				continue
			}
			p = s.Layout.Alloc()
			*(*unsafe.Pointer)(p) = c.links.FunctionValue(v, s.Layout.Type)
		default:
			continue
		}
		c.fn.Consts = append(c.fn.Consts, frame.ConstSlot{Slot: *s, Value: p})
	}
}

// usedAsValue reports whether f is needed as a function value and not only
// called.
func (c *compiler) usedAsValue(f *ssa.Function) bool {
	var stack operand.Stack
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			called, ops := calledBy(in), stack.Push(in)
			for _, op := range ops {
				if *op == f && op != called {
					return true
				}
			}
			stack.Pop(ops)
		}
	}
	return false
}

// calledBy is the operand of an instruction that is only called, or becomes part of a
// closure, or nil. Of a function there, neither the type nor a value is needed.
func calledBy(in ssa.Instruction) *ssa.Value {
	switch in := in.(type) {
	case *ssa.MakeClosure:
		return &in.Fn
	case ssa.CallInstruction:
		return &in.Common().Value
	}
	return nil
}

// constant returns memory that holds a constant's value.
func (c *compiler) constant(k *ssa.Const, mem memory.Layout) unsafe.Pointer {
	unsupported.TooLarge(c.curPos, "", mem.Type)
	p := mem.Alloc()
	if k.Value != nil {
		literal.Set(reflect.NewAt(mem.Type, p).Elem(), k.Value)
	}
	return p
}
