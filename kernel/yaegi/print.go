package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/order"
	"github.com/gosched/gosched/kernel/lower/rangefunc"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
)

// A function is one in SSA form and its form in core Go:
//
//	func f7(up *h.Frame, free variables, parameters) (results) {
//		var …
//		fr = h.Enter(up, h.Fn7, &p)
//		…
//	}
//
// p says where the call is: an index into positions.
type function struct {
	m         *Machine
	ssa       *ssa.Function
	id        int
	name      string // as tracebacks print it
	wrapper   bool   // made by the SSA builder, and no function of the user's
	positions []token.Pos
	text      string                        // in core Go, once it is printed
	code      atomic.Pointer[reflect.Value] // what interprets it
}

// place translates a position.
func (f *function) place(pos int) sched.Place {
	p := f.m.cfg.Place(f.ssa, f.positions[max(pos, 0)])
	p.Func = f.name
	return p
}

// call runs the function.
func (f *function) call(caller *Frame, args values) values {
	code := f.code.Load()
	if code == nil { // what was compiled together with it could not be
		code = f.m.compiled(f.ssa).code.Load()
	}
	return code.Call(append(values{reflect.ValueOf(caller)}, args...))
}

// A variable is one of core Go.
type variable struct {
	name string
	rt   reflect.Type
}

// A printer prints one function. m.mu is held.
type printer struct {
	m        *Machine
	fn       *function
	body     strings.Builder
	vars     []variable
	names    map[ssa.Value][]string   // of their variables
	labels   map[*ssa.BasicBlock]bool // those that something jumps to
	block    *ssa.BasicBlock
	pos      int // p's value, 0 if not known
	defers   bool
	loops    bool // there is a jump back
	operands *operand.Names
}

func (c *printer) line(format string, args ...any) {
	fmt.Fprintf(&c.body, "\t"+format+"\n", args...)
}

// at notes where the code is that follows.
func (c *printer) at(pos token.Pos) {
	if !pos.IsValid() || c.pos > 0 && c.fn.positions[c.pos] == pos {
		return
	}
	c.pos = slices.Index(c.fn.positions, pos)
	if c.pos <= 0 {
		c.pos = len(c.fn.positions)
		c.fn.positions = append(c.fn.positions, pos)
	}
	c.line("p = %d", c.pos)
}

// print prints the function.
func (c *printer) print() string {
	fn := c.fn.ssa
	order.Sort(fn)
	c.defers = fn.Recover != nil || rangefunc.Defers(fn)
	var head strings.Builder
	fmt.Fprintf(&head, "func f%d(up *h.Frame", c.fn.id)
	parameter := func(v ssa.Value) {
		name := fmt.Sprintf("a%d", len(c.names))
		c.names[v] = []string{name}
		fmt.Fprintf(&head, ", %s %s", name, c.m.text(c.typ(v).rt))
	}
	for _, v := range fn.FreeVars {
		parameter(v)
	}
	for _, v := range fn.Params {
		parameter(v)
	}
	head.WriteString(") (")
	results := composite.List(fn.Signature.Results(), func(t types.Type) reflect.Type { return c.m.typOf(t).rt })
	for i, rt := range results {
		if c.defers {
			fmt.Fprintf(&head, "r%d ", i)
		}
		head.WriteString(c.m.text(rt) + ", ")
	}
	head.WriteString(") {\n\tvar p int\n\tvar fr *h.Frame\n")

	code := c.blocks(slices.DeleteFunc(slices.Clone(fn.Blocks), func(b *ssa.BasicBlock) bool { return b == fn.Recover }))
	recovery := ""
	if fn.Recover != nil {
		recovery = c.blocks([]*ssa.BasicBlock{fn.Recover})
	} else if c.defers {
		for i, rt := range results {
			recovery += fmt.Sprintf("\tr%d = %s\n", i, c.zero(rt))
		}
	}

	for _, v := range c.vars {
		fmt.Fprintf(&head, "\tvar %s %s\n", v.name, c.m.text(v.rt))
	}
	fmt.Fprintf(&head, "\tfr = h.Enter(up, h.Fn%d, &p)\n", c.fn.id)
	if c.loops {
		head.WriteString("\tvar st *bool\n\tst = fr.Stop\n")
	}
	if !c.defers {
		return head.String() + code + "}\n"
	}
	head.WriteString("\th.Protect(fr, func() {\n" + code + "\t}, func() {\n" + recovery + "\t})\n\tp = -1\n\treturn\n}\n")
	return head.String()
}

func (c *printer) blocks(blocks []*ssa.BasicBlock) string {
	var out strings.Builder
	parts := make([]string, len(blocks))
	for i, b := range blocks {
		c.block, c.pos = b, 0
		c.body.Reset()
		for _, instr := range b.Instrs {
			c.instruction(instr)
		}
		parts[i] = c.body.String()
	}
	for i, b := range blocks {
		if c.labels[b] {
			// The empty statement is for yaegi: a label right before a return
			// has no end there.
			fmt.Fprintf(&out, "L%d:\n\tp = p\n", b.Index)
		}
		out.WriteString(parts[i])
	}
	return out.String()
}

// jump goes from the current block to another.
func (c *printer) jump(to *ssa.BasicBlock, indent string) {
	c.phis(to, indent)
	if to.Index <= c.block.Index {
		c.loops = true
		c.line("%sif *st { h.Poll(fr) }", indent)
	}
	c.labels[to] = true
	c.line("%sgoto L%d", indent, to.Index)
}

// phis assigns what the phis of a block get from the current one, as if all at once.
func (c *printer) phis(to *ssa.BasicBlock, indent string) {
	edge := slices.Index(to.Preds, c.block)
	var dsts, srcs []string
	overlap := false // one gets the old value of another
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if dst, src := c.dest(phi), c.arg(phi.Edges[edge]); dst != src {
			overlap = overlap || slices.Contains(dsts, src)
			dsts, srcs = append(dsts, dst), append(srcs, src)
		}
	}
	if overlap {
		c.line("%s%s = %s", indent, strings.Join(dsts, ", "), strings.Join(srcs, ", "))
		return
	}
	for i := range dsts {
		c.line("%s%s = %s", indent, dsts[i], srcs[i])
	}
}

func (c *printer) instruction(instr ssa.Instruction) {
	switch instr.(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Index, *ssa.Store, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.TypeAssert, *ssa.SliceToArrayPointer,
		*ssa.MakeSlice, *ssa.MakeChan, *ssa.Slice, *ssa.Lookup, *ssa.MapUpdate, *ssa.Select, *ssa.Send, *ssa.Call, *ssa.Go, *ssa.Defer, *ssa.RunDefers, *ssa.Panic:
		c.at(instr.Pos()) // these can fail, wait or call; of others only some can, and see to it
	}
	switch i := instr.(type) {
	case *ssa.Phi, *ssa.DebugRef, *ssa.Extract:
	case *ssa.Alloc:
		c.alloc(i)
	case *ssa.FieldAddr:
		c.fieldAddr(i)
	case *ssa.IndexAddr:
		c.indexAddr(i)
	case *ssa.Field:
		c.set(i, "%s.%s", c.arg(i.X), c.field(i.X.Type(), i.Field))
	case *ssa.Index:
		c.index(i, i.X, i.Index)
	case *ssa.UnOp:
		c.unOp(i)
	case *ssa.Store:
		c.line("%s = %s", c.deref(i.Addr), c.arg(i.Val))
	case *ssa.BinOp:
		c.binOp(i)
	case *ssa.Convert:
		c.convert(i, i.X)
	case *ssa.MultiConvert:
		c.convert(i, i.X)
	case *ssa.ChangeType:
		if types.IsInterface(i.Type()) {
			c.changeInterface(i, i.X)
		} else {
			c.convert(i, i.X)
		}
	case *ssa.ChangeInterface:
		c.changeInterface(i, i.X)
	case *ssa.MakeInterface:
		c.makeInterface(i)
	case *ssa.TypeAssert:
		c.typeAssert(i)
	case *ssa.SliceToArrayPointer:
		to := c.m.typOf(types.NewPointer(elemOf(i.Type()))).rt
		c.native(i, "array", func(_ *Frame, in values) values { return one(toArray(in[0], to)) }, opened{i.X})
	case *ssa.MakeClosure:
		c.makeClosure(i)
	case *ssa.MakeSlice:
		t := c.m.inside(i.Type())
		c.native(i, "make", func(_ *Frame, in values) values {
			n, most := room(t, in[0]), room(t, in[1])
			_ = make([]struct{}, n, most) // panics where Go does
			return one(reflect.MakeSlice(t, n, most))
		}, i.Len, i.Cap)
	case *ssa.MakeMap:
		t := c.m.inside(i.Type())
		c.native(i, "map", func(*Frame, values) values { return one(reflect.MakeMap(t)) })
	case *ssa.MakeChan:
		t := c.m.inside(i.Type())
		c.native(i, "chan", func(_ *Frame, in values) values {
			size := room(t, in[0])
			_ = make(chan struct{}, size) // panics where Go does
			return one(reflect.MakeChan(reflect.ChanOf(reflect.BothDir, t.Elem()), size))
		}, i.Size)
	case *ssa.Slice:
		c.slice(i)
	case *ssa.Lookup:
		c.lookup(i)
	case *ssa.MapUpdate:
		c.native(nil, "update", func(_ *Frame, in values) values {
			hashable(in[1])
			in[0].SetMapIndex(in[1], in[2])
			return nil
		}, opened{i.Map}, i.Key, i.Value)
	case *ssa.Range:
		c.native(i, "range", func(_ *Frame, in values) values { return oneOf(newIterator(in[0])) }, opened{i.X})
	case *ssa.Next:
		c.native(i, "next", func(_ *Frame, in values) values { return in[0].Interface().(iterator)() }, i.Iter)
	case *ssa.Select:
		c.selectStmt(i)
	case *ssa.Send:
		site := c.site(i.Chan)
		c.native(nil, fmt.Sprintf("send %p", i), func(f *Frame, in values) values {
			f.send(in[0], in[1], site)
			return nil
		}, opened{i.Chan}, i.X)
	case *ssa.Call:
		c.call(i)
	case *ssa.Go:
		k := c.callee(&i.Call)
		c.native(nil, fmt.Sprintf("go %p", i), func(f *Frame, args values) values {
			k.begin(args)
			m := f.t.m
			sched.Go(f.t.g, f.here(), k.name, func(g *sched.G) { m.withThread(g, func(root *Frame) { k.do(root, args) }) })
			return nil
		}, k.args...)
	case *ssa.Defer:
		c.deferStmt(i)
	case *ssa.RunDefers:
		c.line("h.RunDefers(fr)")
	case *ssa.Panic:
		if state, otherwise, ok := rangefunc.Check(i); !ok {
			c.native(nil, "panic", builtins["panic"], i.X)
		} else { // about the use of the body of a range over a function, in Go's words
			if state == nil {
				state = ssa.NewConst(constant.MakeInt64(int64(otherwise)), types.Typ[types.Int])
			}
			c.native(nil, "misuse", func(_ *Frame, in values) values {
				panic(runtimeerror.Of("%s", rangefunc.Text(asInt(in[0]))))
			}, state)
		}
		c.labels[c.block] = true
		c.line("goto L%d", c.block.Index)
	case *ssa.If:
		c.line("if %s {", c.arg(i.Cond))
		c.jump(c.block.Succs[0], "\t")
		c.line("}")
		c.jump(c.block.Succs[1], "")
	case *ssa.Jump:
		c.jump(c.block.Succs[0], "")
	case *ssa.Return:
		values := c.args(i.Results)
		if c.defers {
			for n, v := range values {
				c.line("r%d = %s", n, v)
			}
			c.line("return")
			return
		}
		c.line("p = -1")
		c.line("return %s", strings.Join(values, ", "))
	default:
		refuse(instr.Pos(), "%T", instr)
	}
}
