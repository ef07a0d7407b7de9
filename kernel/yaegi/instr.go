package yaegi

import (
	"fmt"
	"go/constant"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (c *printer) instruction(instr ssa.Instruction) {
	switch i := instr.(type) {
	case *ssa.Phi, *ssa.DebugRef, *ssa.Extract:
	case *ssa.Alloc:
		c.alloc(i)
	case *ssa.FieldAddr:
		c.fieldAddr(i)
	case *ssa.IndexAddr:
		c.indexAddr(i)
	case *ssa.Field:
		st := i.X.Type().Underlying().(*types.Struct)
		c.line("%s = %s.%s", c.dest(i), c.arg(i.X), c.field(i.X.Type(), st, i.Field))
	case *ssa.Index:
		c.index(i)
	case *ssa.UnOp:
		c.unOp(i)
	case *ssa.Store:
		c.at(i.Pos())
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
			c.line("%s = %s", c.dest(i), c.reshape(c.arg(i.X), c.layout(i.X), c.layout(i)))
		}
	case *ssa.ChangeInterface:
		c.changeInterface(i, i.X)
	case *ssa.MakeInterface:
		c.makeInterface(i)
	case *ssa.TypeAssert:
		c.typeAssert(i)
	case *ssa.SliceToArrayPointer:
		c.at(i.Pos())
		from, to := c.layout(i.X), c.m.layoutOf(types.NewPointer(elemOf(i.Type())))
		h := c.m.helper("A", from.rt.String()+"→"+to.rt.String(), func() reflect.Value {
			return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value {
				if v.Len() < to.rt.Elem().Len() {
					panic(goError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", v.Len(), to.rt.Elem().Len())))
				}
				return v.Convert(to.rt)
			})
		}, from.rt, to.rt)
		c.line("%s = %s(%s)", c.dest(i), h, c.under(i.X))
	case *ssa.MakeClosure:
		c.makeClosure(i)
	case *ssa.MakeSlice:
		c.makeSlice(i)
	case *ssa.MakeMap:
		l := c.m.inside(i.Type())
		h := c.m.helper("M", l.rt.String(), func() reflect.Value {
			return reflect.MakeFunc(reflect.FuncOf(nil, []reflect.Type{l.rt}, false), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.MakeMap(l.rt)} })
		}, l.rt)
		c.line("%s = %s", c.dest(i), c.reshape(h+"()", l, c.layout(i)))
	case *ssa.MakeChan:
		c.at(i.Pos())
		l := c.m.inside(i.Type())
		h := c.m.helper("Q", l.rt.String(), func() reflect.Value {
			return make1(reflect.TypeFor[int](), l.rt, func(n reflect.Value) reflect.Value { return makeChan(l.rt, int(n.Int())) })
		}, l.rt)
		c.line("%s = %s", c.dest(i), c.reshape(h+"("+c.asInt(i.Size)+")", l, c.layout(i)))
	case *ssa.Slice:
		c.slice(i)
	case *ssa.Lookup:
		c.lookup(i)
	case *ssa.MapUpdate:
		c.mapUpdate(i)
	case *ssa.Range:
		c.names[i] = c.declare("*h.Iter", fmt.Sprintf("v%d", len(c.names)))
		l := c.m.inside(i.X.Type())
		h := c.m.helper("R", l.rt.String(), func() reflect.Value {
			return make1(l.rt, reflect.TypeFor[*iterator](), func(v reflect.Value) reflect.Value { return reflect.ValueOf(newIterator(v)) })
		}, l.rt)
		c.line("%s = %s(%s)", c.names[i], h, c.under(i.X))
	case *ssa.Next:
		c.next(i)
	case *ssa.Select:
		c.selectStmt(i)
	case *ssa.Send:
		c.send(i)
	case *ssa.Call:
		c.call(i)
	case *ssa.Go:
		c.goStmt(i)
	case *ssa.Defer:
		c.deferStmt(i)
	case *ssa.RunDefers:
		c.at(i.Pos())
		c.line("h.RunDefers(fr)")
	case *ssa.Panic:
		c.at(i.Pos())
		if !c.rangePanic(i) {
			c.line("h.Panic(%s)", c.arg(i.X))
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

// rangePanic prints a panic of the SSA builder's own, about the use of the body of
// a range over a function, in Go's words.
func (c *printer) rangePanic(i *ssa.Panic) bool {
	mi, ok := i.X.(*ssa.MakeInterface)
	if !ok || i.Pos().IsValid() {
		return false
	}
	k, ok := mi.X.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.String {
		return false
	}
	switch constant.StringVal(k.Value) {
	case "iterator call did not preserve panic":
		c.line("h.RangePanic(0)")
		return true
	case "yield function called after range loop exit":
		state := "-2"
		if preds := c.block.Preds; len(preds) == 1 {
			if br, ok := preds[0].Instrs[len(preds[0].Instrs)-1].(*ssa.If); ok {
				if cmp, ok := br.Cond.(*ssa.BinOp); ok {
					state = c.arg(cmp.X)
				}
			}
		}
		c.line("h.RangePanic(%s)", state)
		return true
	}
	return false
}

// rangePanic panics for what a loop's body found in its state variable.
func rangePanic(state int) {
	switch state {
	case 0:
		panic(goError("range function recovered a loop body panic and did not resume panicking"))
	case -1:
		panic(goError("range function continued iteration after loop body panic"))
	case -2:
		panic(goError("range function continued iteration after whole loop exit"))
	}
	panic(goError("range function continued iteration after function for loop body returned false"))
}
