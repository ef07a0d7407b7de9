package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// Addresses: folded into the loads and stores that use them where they can be, since
// yaegi cannot take that of an element.

// fold finds the addresses that need not be taken, since they are only loaded
// from and stored to.
func (c *printer) fold() {
	c.folded = map[ssa.Value]bool{}
	var foldable func(v ssa.Value) bool
	foldable = func(v ssa.Value) bool {
		if f, known := c.folded[v]; known {
			return f
		}
		c.folded[v] = false
		switch v.(type) {
		case *ssa.FieldAddr, *ssa.IndexAddr:
		default:
			return false
		}
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.UnOp:
			case *ssa.Store:
				if r.Val == v {
					return false
				}
			case *ssa.FieldAddr:
				if !foldable(r) {
					return false
				}
			case *ssa.IndexAddr:
				if r.X != v || !foldable(r) {
					return false
				}
			case *ssa.DebugRef:
			default:
				return false
			}
		}
		c.folded[v] = true
		return true
	}
	for _, b := range c.fn.ssa.Blocks {
		for _, i := range b.Instrs {
			if v, ok := i.(ssa.Value); ok {
				foldable(v)
			}
		}
	}
}

// deref is what a pointer points at, as an operand or to assign to.
func (c *printer) deref(p ssa.Value) string {
	if c.folded[p] {
		switch p := p.(type) {
		case *ssa.FieldAddr:
			st := elemOf(p.X.Type()).Underlying().(*types.Struct)
			return c.selectable(p.X) + "." + c.field(elemOf(p.X.Type()), st, p.Field)
		case *ssa.IndexAddr:
			if _, ok := p.X.Type().Underlying().(*types.Pointer); ok {
				return c.selectable(p.X) + "[" + c.arg(p.Index) + "]"
			}
			return c.variable(p.X) + "[" + c.arg(p.Index) + "]"
		}
	}
	if l := c.layout(p); l.rt == pointerType {
		return "*(" + "(*" + c.m.layoutOf(elemOf(p.Type())).text + ")(" + c.arg(p) + "))"
	}
	return "*" + c.variable(p)
}

// variable is an operand as a variable of the type that it consists of.
func (c *printer) variable(v ssa.Value) string {
	l := c.layout(v)
	if !l.opaque {
		return c.arg(v)
	}
	l = c.m.inside(v.Type())
	t := c.temp(l.text)
	c.line("%s = %s", t, c.under(v))
	return t
}

// selectable is what a pointer points at, to select a field or an element of it.
func (c *printer) selectable(p ssa.Value) string {
	if c.folded[p] {
		return c.deref(p)
	}
	elem := c.m.layoutOf(elemOf(p.Type()))
	base := c.arg(p)
	if c.layout(p).rt == pointerType {
		base = "(*" + elem.text + ")(" + base + ")"
	}
	if elem.rt.Kind() == reflect.Struct {
		return base
	}
	return "(*" + base + ")"
}

// field is a field's name in the layout of a struct type, which compiled code may
// know.
func (c *printer) field(t types.Type, st *types.Struct, i int) string {
	if n, ok := types.Unalias(t).(*types.Named); ok && !c.m.isOwn(n) {
		if !st.Field(i).Exported() {
			refuse(c.fn.ssa.Pos(), "a field that is not exported, %s of %s,", st.Field(i).Name(), n)
		}
		return st.Field(i).Name()
	}
	return fieldName(st, i)
}

func elemOf(t types.Type) types.Type { return t.Underlying().(*types.Pointer).Elem() }

func (c *printer) alloc(i *ssa.Alloc) {
	l := c.m.layoutOf(elemOf(i.Type()))
	if l.rt.Size() > maxVariable {
		refuse(i.Pos(), "a variable of %d bytes", l.rt.Size())
	}
	if c.layout(i).rt == pointerType {
		c.line("%s = h.UP(new(%s))", c.dest(i), l.text)
		return
	}
	c.line("%s = new(%s)", c.dest(i), l.text)
}

// maxVariable is how large a variable may be.
const maxVariable = 2_000_000_000

// pointerTo is the type of pointers to a layout that package reflect sees.
func pointerArg(v reflect.Value, elem reflect.Type) reflect.Value {
	if v.Type() == pointerType {
		return reflect.NewAt(elem, v.UnsafePointer())
	}
	return v
}

func asPointer(v reflect.Value, want reflect.Type) reflect.Value {
	if want == pointerType {
		return reflect.ValueOf(v.UnsafePointer())
	}
	return v
}

func (c *printer) fieldAddr(i *ssa.FieldAddr) {
	if c.folded[i] {
		return
	}
	c.at(i.Pos())
	st := elemOf(i.X.Type()).Underlying().(*types.Struct)
	name := c.field(elemOf(i.X.Type()), st, i.Field)
	from, elem, to := c.layout(i.X), c.m.layoutOf(elemOf(i.X.Type())), c.layout(i)
	h := c.m.helper("A", fmt.Sprint(elem.rt, ".", name, from.rt, to.rt), func() reflect.Value {
		field, _ := elem.rt.FieldByName(name)
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value {
			p := pointerArg(v, elem.rt)
			if p.IsNil() {
				panic(nilDereference())
			}
			return asPointer(p.Elem().FieldByIndex(field.Index).Addr(), to.rt)
		})
	}, elem.rt, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(i.X))
}

// check panics if an index is out of range.
func (c *printer) check(index ssa.Value, length string, pos token.Pos) {
	c.at(pos)
	x := c.asInt(index)
	report := "Index"
	if b, ok := index.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned != 0 {
		report = "UIndex"
	}
	c.line("if uint(%s) >= uint(%s) { h.%s(%s, %s) }", x, length, report, x, length)
}

// asInt is an integer operand as an int.
func (c *printer) asInt(v ssa.Value) string {
	if b, ok := v.Type().Underlying().(*types.Basic); ok && (b.Kind() == types.Int || b.Kind() == types.UntypedInt) && c.layout(v).rt == reflect.TypeFor[int]() {
		return c.arg(v)
	}
	if _, ok := v.(*ssa.Const); ok {
		l := &layout{rt: reflect.TypeFor[int]()}
		k := v.(*ssa.Const)
		r := reflect.New(l.rt).Elem()
		setConstant(r, k.Value)
		return fmt.Sprint(r.Int())
	}
	t := c.temp("int")
	c.line("%s = int(%s)", t, c.arg(v))
	return t
}

func (c *printer) indexAddr(i *ssa.IndexAddr) {
	_, isPointer := i.X.Type().Underlying().(*types.Pointer)
	if isPointer {
		array := elemOf(i.X.Type()).Underlying().(*types.Array)
		if k, ok := i.Index.(*ssa.Const); !ok || k.Int64() >= array.Len() {
			c.check(i.Index, fmt.Sprint(array.Len()), i.Pos())
		}
	} else {
		c.check(i.Index, "len("+c.under(i.X)+")", i.Pos())
	}
	if c.folded[i] {
		return
	}
	from, to := c.m.inside(i.X.Type()), c.layout(i)
	elem := from
	if isPointer {
		elem = c.m.layoutOf(elemOf(i.X.Type()))
	}
	h := c.m.helper("E", fmt.Sprint(elem.rt, from.rt, to.rt), func() reflect.Value {
		return makeFunc([]reflect.Type{from.rt, reflect.TypeFor[int]()}, []reflect.Type{to.rt}, func(in []reflect.Value) []reflect.Value {
			v := in[0]
			if isPointer {
				v = pointerArg(v, elem.rt)
				if v.IsNil() {
					panic(nilDereference())
				}
				v = v.Elem()
			}
			return []reflect.Value{asPointer(v.Index(int(in[1].Int())).Addr(), to.rt)}
		})
	}, elem.rt, from.rt, to.rt)
	c.line("%s = %s(%s, %s)", c.dest(i), h, c.under(i.X), c.asInt(i.Index))
}

func (c *printer) index(i *ssa.Index) {
	switch t := i.X.Type().Underlying().(type) {
	case *types.Array:
		c.check(i.Index, fmt.Sprint(t.Len()), i.Pos())
	default:
		c.check(i.Index, "len("+c.arg(i.X)+")", i.Pos())
	}
	x := c.arg(i.X)
	if _, ok := i.X.(*ssa.Const); ok { // yaegi takes indices of variables only
		t := c.temp(c.layout(i.X).text)
		c.line("%s = %s", t, x)
		x = t
	}
	c.line("%s = %s[%s]", c.dest(i), x, c.asInt(i.Index))
}
