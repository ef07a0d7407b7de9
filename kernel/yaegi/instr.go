package yaegi

import (
	"go/constant"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/rangefunc"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
)

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
		c.native(i, "array", func(_ *Frame, in []reflect.Value) []reflect.Value { return one(toArray(in[0], to)) }, opened{i.X})
	case *ssa.MakeClosure:
		c.makeClosure(i)
	case *ssa.MakeSlice:
		t := c.m.inside(i.Type())
		c.native(i, "make", func(_ *Frame, in []reflect.Value) []reflect.Value {
			return one(makeSlice(t, asInt(in[0]), asInt(in[1])))
		}, i.Len, i.Cap)
	case *ssa.MakeMap:
		t := c.m.inside(i.Type())
		c.native(i, "map", func(*Frame, []reflect.Value) []reflect.Value { return one(reflect.MakeMap(t)) })
	case *ssa.MakeChan:
		t := c.m.inside(i.Type())
		c.native(i, "chan", func(_ *Frame, in []reflect.Value) []reflect.Value { return one(makeChan(t, asInt(in[0]))) }, i.Size)
	case *ssa.Slice:
		c.slice(i)
	case *ssa.Lookup:
		c.lookup(i)
	case *ssa.MapUpdate:
		c.native(nil, "update", func(_ *Frame, in []reflect.Value) []reflect.Value {
			hashable(in[1])
			in[0].SetMapIndex(in[1], in[2])
			return nil
		}, opened{i.Map}, i.Key, i.Value)
	case *ssa.Range:
		c.native(i, "range", func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(newIterator(in[0])) }, opened{i.X})
	case *ssa.Next:
		c.native(i, "next", func(_ *Frame, in []reflect.Value) []reflect.Value { return in[0].Interface().(iterator)() }, i.Iter)
	case *ssa.Select:
		c.selectStmt(i)
	case *ssa.Send:
		site := c.site(i.Chan)
		c.native(nil, unique("send", i), func(f *Frame, in []reflect.Value) []reflect.Value {
			f.send(in[0], in[1], site)
			return nil
		}, opened{i.Chan}, i.X)
	case *ssa.Call:
		c.call(i)
	case *ssa.Go:
		k := c.callee(&i.Call)
		c.native(nil, unique("go", i), func(f *Frame, args []reflect.Value) []reflect.Value {
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
			c.native(nil, "misuse", func(_ *Frame, in []reflect.Value) []reflect.Value {
				panic(runtimeerror.Of("%s", rangefunc.Text(asInt(in[0]))))
			}, state)
		}
		c.labels[c.block] = true
		c.line("goto %s", label(c.block))
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
