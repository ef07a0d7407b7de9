package compile

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// An addr is a pointer that is computed where it is used and has no slot:
// either a place in the frame, or an offset from a pointer, or an element of
// a slice or array.
type addr struct {
	region *frame.Slot // in the frame, if base and slice are nil
	base   ssa.Value   // a pointer, or
	slice  ssa.Value   // a slice
	index  ssa.Value   // dynamic index, or nil
	length int64       // of the array that index goes into
	size   uintptr     // of an element
	off    uintptr     // added at the end
}

// constantAddr reports whether the address is a fixed place in the frame.
func (a *addr) constantAddr() bool { return a.region != nil && a.index == nil }

// maxFrameVariable is how large a variable in a frame may be; larger ones are
// allocated.
const maxFrameVariable = 64 << 10

// planFold finds pointers and comparisons that need no slot, and what one closure does.
func (c *compiler) planFold(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Alloc:
		elem := in.Type().Underlying().(*types.Pointer).Elem()
		if !in.Heap && foldable(in, nil) && c.memory(elem).Size <= maxFrameVariable {
			c.addrs[in] = &addr{region: c.newSlot(elem)}
		}
	case *ssa.FieldAddr:
		off := c.fieldOffset(in.X.Type(), in.Field)
		if a := c.addrs[in.X]; a != nil {
			b := *a
			b.off += off
			c.addrs[in] = &b
		} else if foldable(in, in.Block()) {
			c.addrs[in] = &addr{base: in.X, off: off}
		}
	case *ssa.IndexAddr:
		c.foldIndexAddr(in)
	case *ssa.BinOp:
		if isComparison(in.Op) {
			if refs := *in.Referrers(); len(refs) == 1 {
				if iff, ok := refs[0].(*ssa.If); ok && iff.Block() == in.Block() {
					c.fused[in] = true
				}
			}
		}
	case *ssa.MapUpdate:
		c.planUpdate(in)
	}
}

func isComparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

func (c *compiler) foldIndexAddr(in *ssa.IndexAddr) {
	elem := c.memory(in.Type().Underlying().(*types.Pointer).Elem())
	a := c.addrs[in.X]
	if _, ok := in.X.Type().Underlying().(*types.Slice); ok {
		if foldable(in, in.Block()) {
			c.addrs[in] = &addr{slice: in.X, index: in.Index, size: elem.Size}
		}
		return
	}
	length := arrayLen(in.X.Type())
	if k, ok := in.Index.(*ssa.Const); ok {
		// A constant index was checked by the type checker.
		i, _ := constant.Int64Val(constant.ToInt(k.Value))
		if i < 0 || i >= length {
			return
		}
		off := uintptr(i) * elem.Size
		if a != nil {
			b := *a
			b.off += off
			c.addrs[in] = &b
		} else if foldable(in, in.Block()) {
			c.addrs[in] = &addr{base: in.X, off: off}
		}
		return
	}
	switch {
	case a != nil && a.index == nil:
		if a.constantAddr() && !foldable(in, in.Block()) {
			return // computed by indexAddr, from the frame
		}
		b := *a
		b.index, b.length, b.size = in.Index, length, elem.Size
		// off is added before indexing; indexing adds to it all the same.
		c.addrs[in] = &b
	case a == nil && foldable(in, in.Block()):
		c.addrs[in] = &addr{base: in.X, index: in.Index, length: length, size: elem.Size}
	}
}

func arrayLen(ptr types.Type) int64 {
	t := ptr.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	return t.(*types.Array).Len()
}

// foldable reports whether a pointer is only used to load and store through,
// directly or by way of further foldable addresses. If block is not nil, the
// uses must also be in that block, so that nothing the address is computed
// from can have changed in between.
func foldable(v ssa.Value, block *ssa.BasicBlock) bool {
	for _, ref := range *v.Referrers() {
		if block != nil && ref.Block() != block {
			return false
		}
		switch ref := ref.(type) {
		case *ssa.UnOp:
			if ref.Op != token.MUL {
				return false
			}
		case *ssa.Store:
			if ref.Val == v {
				return false
			}
		case *ssa.FieldAddr:
			if !foldable(ref, block) {
				return false
			}
		case *ssa.IndexAddr:
			if ref.X != v {
				return false
			}
			if _, ok := v.Type().Underlying().(*types.Pointer); !ok {
				return false
			}
			if _, isConst := ref.Index.(*ssa.Const); isConst {
				if !foldable(ref, block) {
					return false
				}
				continue
			}
			// A second dynamic index would not fit one addr, and an index
			// may change between blocks.
			if !foldable(ref, ref.Block()) || hasDynamicIndex(ref) || block == nil && indexesInside(v) {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// hasDynamicIndex reports whether an address computed from v is indexed again
// with a variable.
func hasDynamicIndex(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.FieldAddr:
			if hasDynamicIndex(ref) {
				return true
			}
		case *ssa.IndexAddr:
			if _, ok := ref.Index.(*ssa.Const); !ok || hasDynamicIndex(ref) {
				return true
			}
		}
	}
	return false
}

func indexesInside(v ssa.Value) bool {
	_, isIndex := v.(*ssa.IndexAddr)
	return isIndex
}
