package compile

import (
	"go/ast"
	"go/token"
	"math/bits"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// unsafeBuiltin generates a call of one of package unsafe's functions.
func (c *compiler) unsafeBuiltin(in *ssa.Call, b *ssa.Builtin) {
	args := in.Call.Args
	d := c.off(in)
	switch b.Name() {
	case "Add":
		p, n := c.off(args[0]), c.indexOperand(args[1])
		c.emit(func(fr *frame.Frame) {
			*memory.At[unsafe.Pointer](fr.Mem, d) = unsafe.Add(*memory.At[unsafe.Pointer](fr.Mem, p), n(fr))
		})
	case "SliceData", "StringData":
		c.emit(copyOf[unsafe.Pointer](d, c.off(args[0])))
	case "Slice":
		p, n := c.off(args[0]), c.indexOperand(args[1])
		size := c.memory(link.ElemOf(args[0].Type())).Size
		c.emit(func(fr *frame.Frame) {
			p, l := *memory.At[unsafe.Pointer](fr.Mem, p), int(n(fr))
			checkUnsafe("unsafe.Slice", p, l, size)
			*memory.At[sliceHeader](fr.Mem, d) = sliceHeader{p, l, l}
		})
	case "String":
		p, n := c.off(args[0]), c.indexOperand(args[1])
		c.emit(func(fr *frame.Frame) {
			p, l := *memory.At[unsafe.Pointer](fr.Mem, p), int(n(fr))
			checkUnsafe("unsafe.String", p, l, 1)
			*memory.At[string](fr.Mem, d) = unsafe.String((*byte)(p), l)
		})
	// Of a type parameter these are no constants. Their arguments are not
	// evaluated: planUnevaluated has left them out.
	case "Sizeof":
		n := uint64(c.memory(args[0].Type()).Size)
		c.emit(func(fr *frame.Frame) { *memory.At[uint64](fr.Mem, d) = n })
	case "Alignof":
		n := uint64(c.memory(args[0].Type()).Type.Align())
		c.emit(func(fr *frame.Frame) { *memory.At[uint64](fr.Mem, d) = n })
	case "Offsetof":
		n := uint64(c.offsetof(in))
		c.emit(func(fr *frame.Frame) { *memory.At[uint64](fr.Mem, d) = n })
	}
}

// checkUnsafe panics in Go's words if the n elements at p cannot be.
func checkUnsafe(what string, p unsafe.Pointer, n int, size uintptr) {
	over, bytes := bits.Mul64(uint64(n), uint64(size))
	switch {
	case n < 0:
	case over == 0 && bytes <= -uint64(uintptr(p)):
		return
	case p == nil:
		panic(runtimeerror.Of("%s: ptr is nil and len is not zero", what))
	}
	panic(runtimeerror.Of("%s: len out of range", what))
}

// isUnevaluated reports whether a call is one of those of package unsafe that
// look at their argument's type only.
func isUnevaluated(in ssa.Instruction) bool {
	call, ok := in.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && (b.Name() == "Sizeof" || b.Name() == "Alignof" || b.Name() == "Offsetof")
}

// planUnevaluated leaves out what is only there for the argument of such a
// call: a pointer in it may be nil, an index out of range.
func (c *compiler) planUnevaluated(v ssa.Value) {
	in, ok := v.(ssa.Instruction)
	if !ok || c.fused[v] {
		return
	}
	switch in := in.(type) {
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			return
		}
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.BinOp, *ssa.Convert,
		*ssa.ChangeType, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.TypeAssert, *ssa.Slice:
	default:
		return
	}
	for _, ref := range *v.Referrers() {
		if r, ok := ref.(ssa.Value); !isUnevaluated(ref) && (!ok || !c.fused[r]) {
			return
		}
	}
	c.fused[v] = true
	var ops [4]*ssa.Value
	for _, op := range in.Operands(ops[:0]) {
		if *op != nil {
			c.planUnevaluated(*op)
		}
	}
}

// offsetof is where a field of a type parameter's or a generic type's struct
// lies.
func (c *compiler) offsetof(in *ssa.Call) uintptr {
	sel := c.offsetSelector(in.Pos())
	if sel == nil {
		c.refuse(in.Pos(), "unsafe.Offsetof of this expression is not supported")
	}
	// The selector names one field; fields that it is promoted through have
	// the position of the expression before them.
	var off uintptr
	v := in.Call.Args[0]
	if load, ok := v.(*ssa.UnOp); ok {
		v = load.X
	}
	for first := true; ; first = false {
		var x ssa.Value
		var field int
		switch f := v.(type) {
		case *ssa.FieldAddr:
			x, field = f.X, f.Field
		case *ssa.Field:
			x, field = f.X, f.Field
		default:
			return off
		}
		if !first && v.Pos() != sel.Pos() {
			return off
		}
		off += c.fieldOffset(x.Type(), field)
		v = x
	}
}

// offsetSelector finds the argument of the call whose parenthesis is at pos.
func (c *compiler) offsetSelector(pos token.Pos) (sel *ast.SelectorExpr) {
	syntax := c.ssa.Syntax()
	if syntax == nil {
		return nil
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos && len(call.Args) == 1 {
			sel, _ = ast.Unparen(call.Args[0]).(*ast.SelectorExpr)
		}
		return sel == nil
	})
	return sel
}
