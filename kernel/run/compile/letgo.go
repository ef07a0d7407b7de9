package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A frame must not keep for the garbage collector what its function has done with,
// as compiled code does not. Slots are cleared when the call is over, which comes
// too late where the function goes on for long. So what may hold pointers and is not
// read any more is cleared before what may last: before a wait, before a loop, and,
// outside of loops, before a call. Within a loop a slot is soon written again.
//
// The arguments of such a call go to the function that is called, where that is
// known: the caller does not keep them.

// largestLetGo is how many blocks a function may have for this to be worked out.
const largestLetGo = 2000

// lettingGo works out what is cleared before which instruction.
func (c *compiler) lettingGo() *dying {
	blocks := c.ssa.Blocks
	if c.fn.Wrapper || len(blocks) > largestLetGo {
		return nil
	}
	d := &dying{c: c, depth: c.findLoops().depth}
	d.findLasting()
	if len(d.lasting) == 0 {
		return nil
	}
	d.candidates()
	if len(d.slots) == 0 {
		return nil
	}
	d.findUses()
	d.findLive()
	d.findStale()
	return d
}

// findLasting lists the instructions that may last.
func (d *dying) findLasting() {
	d.lasting = map[ssa.Instruction]bool{}
	for _, b := range d.c.ssa.Blocks {
		for _, in := range b.Instrs {
			if d.mayLast(in) {
				d.lasting[in] = true
			}
		}
	}
}

func (d *dying) mayLast(in ssa.Instruction) bool {
	loops := d.depth[in.Block()] > 0
	switch in := in.(type) {
	case *ssa.Send:
		return true
	case *ssa.Select:
		return in.Blocking
	case *ssa.UnOp:
		return in.Op == token.ARROW
	case *ssa.Jump:
		return !loops && d.depth[in.Block().Succs[0]] > 0
	case *ssa.Call:
		if _, ok := in.Call.Value.(*ssa.Builtin); ok {
			return false
		}
		fn := in.Call.StaticCallee()
		if fn == nil {
			return !loops
		}
		if d.c.links.Interpreted(fn) == nil {
			return !loops || d.c.links.Intrinsic(fn) != nil
		}
		return !loops && fn != d.c.ssa && lasts(fn.Syntax())
	}
	return false
}

// lasts reports whether a function has loops or waits, or calls others that may. What
// is left are the smallest ones.
func lasts(syntax ast.Node) (found bool) {
	if syntax == nil {
		return true
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			found = n.Body == nil // it is made late
		case *ast.ForStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			name, ok := n.Fun.(*ast.Ident)
			found = found || !ok || types.Universe.Lookup(name.Name) == nil
		}
		return !found
	})
	return found
}

// passesOn reports whether a call's arguments are copied into the frame of a function
// that is known.
func (c *compiler) passesOn(call *ssa.Call) bool {
	if _, ok := call.Call.Value.(*ssa.Function); !ok || call.Call.IsInvoke() {
		return false
	}
	return c.links.Interpreted(call.Call.StaticCallee()) != nil
}

// letGo clears what is done with before an instruction that may last.
func (c *compiler) letGo(in ssa.Instruction) {
	if c.dying != nil {
		for _, clear := range c.dying.clearing(c.dying.gone[in]) {
			c.emit(clear)
		}
	}
}

// movedBy returns what clears those arguments of a call that the caller does not read
// any more, or nil.
func (c *compiler) movedBy(call *ssa.Call) frame.Instr {
	if c.dying == nil {
		return nil
	}
	all := c.dying.clearing(c.dying.moved[call])
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return func(fr *frame.Frame) {
		for _, clear := range all {
			clear(fr)
		}
	}
}

// clearing returns what clears slots.
func (d *dying) clearing(set slotSet) (all []frame.Instr) {
	var ptrs []uintptr
	set.Each(func(i int) {
		s := d.slots[i]
		switch o := byClass[s.Layout.Class]; {
		case s.Layout.Class == memory.ClassPtr:
			ptrs = append(ptrs, s.Off)
		case o == nil:
			all = append(all, func(fr *frame.Frame) { s.Layout.Clear(unsafe.Add(fr.Mem, s.Off)) })
		default:
			all = append(all, o.clear(s.Off))
		}
	})
	switch len(ptrs) {
	case 0:
	case 1:
		all = append(all, byClass[memory.ClassPtr].clear(ptrs[0]))
	default:
		all = append(all, func(fr *frame.Frame) {
			for _, off := range ptrs {
				*memory.At[unsafe.Pointer](fr.Mem, off) = nil
			}
		})
	}
	return all
}
