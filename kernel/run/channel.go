package run

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// site describes a channel or lock operand for reports.
func (c *compiler) site(v ssa.Value) *sched.Site {
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // the receiver of a lock's method
	}
	name := operandName(v)
	if name == "" {
		name = c.assignedName(v)
	}
	return &sched.Site{Name: name, Type: types.TypeString(t, shortPackage)}
}

// assignedName looks in the source for the variable that a call's value is
// assigned to; in SSA form it has none.
func (c *compiler) assignedName(v ssa.Value) string {
	if ct, ok := v.(*ssa.ChangeType); ok {
		v = ct.X
	}
	if c.names == nil {
		c.names = map[token.Pos]string{}
		top := c.ssa
		for top.Parent() != nil {
			top = top.Parent()
		}
		if n := top.Syntax(); n != nil {
			collectNames(n, c.names)
		}
	}
	return c.names[v.Pos()]
}

// collectNames finds x = call(...) and the like, by the call's position.
func collectNames(n ast.Node, names map[token.Pos]string) {
	note := func(lhs, rhs ast.Expr) {
		id, ok := lhs.(*ast.Ident)
		call, isCall := ast.Unparen(rhs).(*ast.CallExpr)
		if ok && isCall && id.Name != "_" {
			names[call.Lparen], names[call.Pos()] = id.Name, id.Name
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i := range n.Lhs {
					note(n.Lhs[i], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					note(n.Names[i], n.Values[i])
				}
			}
		}
		return true
	})
}

func shortPackage(p *types.Package) string { return p.Name() }

// operandName is the variable that a value comes from, as far as that can be
// told.
func operandName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.FreeVar:
		return v.Name()
	case *ssa.Global:
		return v.Name()
	case *ssa.Alloc:
		return v.Comment
	case *ssa.Phi:
		return v.Comment
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return operandName(v.X)
		}
	case *ssa.ChangeType:
		return operandName(v.X)
	case *ssa.FieldAddr:
		st := elemOf(v.X.Type()).Underlying().(*types.Struct)
		if x := operandName(v.X); x != "" {
			return x + "." + st.Field(v.Field).Name()
		}
		return st.Field(v.Field).Name()
	case *ssa.Field:
		st := v.X.Type().Underlying().(*types.Struct)
		return st.Field(v.Field).Name()
	case *ssa.IndexAddr:
		if x := operandName(v.X); x != "" {
			return x + "[…]"
		}
	case *ssa.Call:
		if v.Call.IsInvoke() {
			return operandName(v.Call.Value) + "." + v.Call.Method.Name() + "()"
		}
		if f := v.Call.StaticCallee(); f != nil {
			return f.Name() + "()"
		}
	}
	return ""
}

// makeChan generates make(chan T, n).
func (c *compiler) makeChan(in *ssa.MakeChan) {
	d := c.slot(in)
	typ := d.mem.typ
	if typ.ChanDir() != reflect.BothDir {
		typ = reflect.ChanOf(reflect.BothDir, typ.Elem())
	}
	size := c.indexOperand(in.Size)
	c.emit(func(fr *frame) {
		n := size(fr)
		if n < 0 || n > 1<<40 {
			l := -1
			_ = make(chan byte, l) // panics in Go's words
		}
		*at[unsafe.Pointer](fr.mem, d.off) = reflect.MakeChan(typ, int(n)).UnsafePointer()
	})
}

// send generates ch <- v.
func (c *compiler) send(in *ssa.Send) {
	ch, x := c.slot(in.Chan), c.slot(in.X)
	site := sched.SendSite(x.mem.typ, c.site(in.Chan))
	switch x.mem.class {
	case classZero:
		c.emit(sendOf[struct{}](ch.off, x.off, site))
	case class1:
		c.emit(sendOf[uint8](ch.off, x.off, site))
	case class4:
		c.emit(sendOf[uint32](ch.off, x.off, site))
	case class8:
		c.emit(sendOf[uint64](ch.off, x.off, site))
	case classPtr:
		c.emit(sendOf[*byte](ch.off, x.off, site))
	case classStr:
		c.emit(sendOf[string](ch.off, x.off, site))
	case classSlice:
		c.emit(sendOf[[]byte](ch.off, x.off, site))
	case classIface:
		c.emit(sendOf[any](ch.off, x.off, site))
	default:
		c.emit(func(fr *frame) {
			sched.Communicate(fr.t.g, sched.Comm{
				Send: true, Chan: *at[unsafe.Pointer](fr.mem, ch.off), Val: unsafe.Add(fr.mem, x.off), Size: x.mem.size, Site: site,
			}, fr)
		})
	}
}

// sendOf sends on a channel whose elements have the layout of a T: channel
// operations copy the bytes that the channel's own type says.
func sendOf[T any](ch, x uintptr, site *sched.Site) instr {
	return func(fr *frame) {
		sched.Send(fr.t.g, *at[chan T](fr.mem, ch), *at[T](fr.mem, x), fr, site)
	}
}

// receive generates <-ch, with or without ok.
func (c *compiler) receive(in *ssa.UnOp) {
	ch := c.slot(in.X)
	var d, ok slot
	if in.CommaOk {
		d, ok = *c.tuples[in][0], *c.tuples[in][1]
	} else {
		d = c.slot(in)
		ok.off = noOffset
	}
	site := c.site(in.X)
	switch d.mem.class {
	case classZero:
		c.emit(receiveOf[struct{}](ch.off, d.off, ok.off, site))
	case class1:
		c.emit(receiveOf[uint8](ch.off, d.off, ok.off, site))
	case class4:
		c.emit(receiveOf[uint32](ch.off, d.off, ok.off, site))
	case class8:
		c.emit(receiveOf[uint64](ch.off, d.off, ok.off, site))
	case classPtr:
		c.emit(receiveOf[*byte](ch.off, d.off, ok.off, site))
	case classStr:
		c.emit(receiveOf[string](ch.off, d.off, ok.off, site))
	case classSlice:
		c.emit(receiveOf[[]byte](ch.off, d.off, ok.off, site))
	case classIface:
		c.emit(receiveOf[any](ch.off, d.off, ok.off, site))
	default:
		c.emit(func(fr *frame) {
			good := sched.Communicate(fr.t.g, sched.Comm{
				Chan: *at[unsafe.Pointer](fr.mem, ch.off), Val: unsafe.Add(fr.mem, d.off), Site: site,
			}, fr)
			if ok.off != noOffset {
				*at[bool](fr.mem, ok.off) = good
			}
		})
	}
}

const noOffset = ^uintptr(0)

func receiveOf[T any](ch, d, ok uintptr, site *sched.Site) instr {
	if ok == noOffset {
		return func(fr *frame) {
			v, _ := sched.Recv(fr.t.g, *at[<-chan T](fr.mem, ch), fr, site)
			*at[T](fr.mem, d) = v
		}
	}
	return func(fr *frame) {
		v, good := sched.Recv(fr.t.g, *at[<-chan T](fr.mem, ch), fr, site)
		*at[T](fr.mem, d) = v
		*at[bool](fr.mem, ok) = good
	}
}
