package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// Addresses: folded into the loads and stores that use them where they can be, since
// yaegi cannot take that of an element.

// folded reports whether an address need not be taken, since it is only loaded from
// and stored to.
func folded(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		if operand.FieldName(v) == "_" { // which is kept as another type
			return false
		}
	case *ssa.IndexAddr:
	default:
		return false
	}
	return !slices.ContainsFunc(*v.Referrers(), func(r ssa.Instruction) bool {
		switch r := r.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
			return false
		case *ssa.Store:
			return r.Val == v
		case *ssa.FieldAddr:
			return !folded(r)
		case *ssa.IndexAddr:
			return r.X != v || !folded(r)
		}
		return true
	})
}

// deref is what a pointer points at, as an operand or to assign to.
func (c *printer) deref(p ssa.Value) string {
	if folded(p) {
		switch p := p.(type) {
		case *ssa.FieldAddr:
			return c.selectable(p.X) + "." + c.field(elemOf(p.X.Type()), p.Field)
		case *ssa.IndexAddr:
			return c.selectable(p.X) + "[" + c.arg(p.Index) + "]"
		}
	}
	return "*" + c.variable(p)
}

// selectable is a slice, or what a pointer points at, to select a field or an element.
func (c *printer) selectable(p ssa.Value) string {
	if folded(p) {
		return c.deref(p)
	}
	if ptr, ok := p.Type().Underlying().(*types.Pointer); ok && c.m.typOf(ptr.Elem()).rt.Kind() == reflect.Array {
		return "(*" + c.variable(p) + ")"
	}
	return c.variable(p)
}

// field is a field's name in the layout of a struct type, which compiled code may know.
func (c *printer) field(t types.Type, i int) string {
	st := t.Underlying().(*types.Struct)
	if n, ok := types.Unalias(t).(*types.Named); ok && !c.m.isOwn(n) {
		if !st.Field(i).Exported() {
			refuse(c.fn.ssa.Pos(), "a field that is not exported, %s of %s,", st.Field(i).Name(), n)
		}
		return st.Field(i).Name()
	}
	return kept(st, i).Name
}

func elemOf(t types.Type) types.Type { return t.Underlying().(*types.Pointer).Elem() }

func (c *printer) alloc(i *ssa.Alloc) {
	l := c.m.typOf(elemOf(i.Type()))
	unsupported.TooLarge(i.Pos(), i.Comment, l.rt)
	if c.typ(i).raw() {
		c.set(i, "%s(new(%s))", c.m.text(pointerType), c.m.text(l.rt))
	} else {
		c.set(i, "new(%s)", c.m.text(l.rt))
	}
}

func (c *printer) fieldAddr(i *ssa.FieldAddr) {
	if folded(i) {
		return
	}
	c.field(elemOf(i.X.Type()), i.Field) // it may be one that cannot be had
	c.native(i, fmt.Sprint("address ", i.Field), func(_ *Frame, in values) values {
		return one(in[0].Elem().Field(i.Field).Addr())
	}, opened{i.X})
}

func (c *printer) indexAddr(i *ssa.IndexAddr) {
	c.check(i.X, i.Index)
	if folded(i) {
		return
	}
	c.native(i, "address", func(_ *Frame, in values) values {
		return one(reflect.Indirect(in[0]).Index(asInt(in[1])).Addr())
	}, opened{i.X}, i.Index)
}

// index prints an element of an array or a string.
func (c *printer) index(v, x, index ssa.Value) {
	c.check(x, index)
	c.set(v, "%s[%s]", c.variable(x), c.asInt(index))
}

// check panics if an index is out of range.
func (c *printer) check(x, index ssa.Value) {
	t := x.Type().Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	length := ""
	if a, ok := t.(*types.Array); !ok {
		length = "len(" + c.variable(x) + ")"
	} else if k, ok := index.(*ssa.Const); ok && k.Int64() < a.Len() {
		return
	} else {
		length = fmt.Sprint(a.Len())
	}
	at := c.asInt(index)
	c.line("if uint(%s) >= uint(%s) { h.Index(%s, %s, %t) }", at, length, at, length, composite.Unsigned(index.Type()))
}

func (c *printer) slice(i *ssa.Slice) {
	args := []ssa.Value{opened{i.X}}
	var given, unsigned [3]bool
	for n, bound := range []ssa.Value{i.Low, i.High, i.Max} {
		if bound != nil {
			given[n], unsigned[n], args = true, composite.Unsigned(bound.Type()), append(args, bound)
		}
	}
	c.native(i, fmt.Sprint("slice", given), func(_ *Frame, in values) values {
		return one(sliced(reflect.Indirect(in[0]), in[1:], given, unsigned))
	}, args...)
}

// sliced slices a string, a slice or an addressable array by the bounds that are given.
func sliced(v reflect.Value, bounds values, given, unsigned [3]bool) reflect.Value {
	n, c := v.Len(), v.Len()
	if v.Kind() == reflect.Slice {
		c = v.Cap()
	}
	at := [3]int{0, n, c}
	for i := range at {
		if given[i] {
			at[i], bounds = asInt(bounds[0]), bounds[1:]
		}
	}
	if uint(at[2]) > uint(c) || uint(at[1]) > uint(at[2]) || uint(at[0]) > uint(at[1]) {
		runtimeerror.Slice(at, given, unsigned, n, c, v.Kind() != reflect.Slice)
	}
	if v.Kind() == reflect.String {
		return v.Slice(at[0], at[1])
	}
	return v.Slice3(at[0], at[1], at[2])
}

func (c *printer) lookup(i *ssa.Lookup) {
	if c.typ(i.X).rt.Kind() == reflect.String {
		c.index(i, i.X, i.Index)
		return
	}
	c.native(i, "lookup", func(_ *Frame, in values) values {
		hashable(in[1])
		v := in[0].MapIndex(in[1])
		return values{v, reflect.ValueOf(v.IsValid())}
	}, opened{i.X}, i.Index)
}
