package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

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
			return c.under(p.X) + "[" + c.arg(p.Index) + "]"
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
	l = c.m.layoutOf(v.Type().Underlying())
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
		l := c.m.layoutOf(i.Type().Underlying())
		h := c.m.helper("M", l.rt.String(), func() reflect.Value {
			return reflect.MakeFunc(reflect.FuncOf(nil, []reflect.Type{l.rt}, false), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.MakeMap(l.rt)} })
		}, l.rt)
		c.line("%s = %s", c.dest(i), c.reshape(h+"()", l, c.layout(i)))
	case *ssa.MakeChan:
		c.at(i.Pos())
		l := c.m.layoutOf(i.Type().Underlying())
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
		l := c.m.layoutOf(i.X.Type().Underlying())
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
	from, to := c.m.layoutOf(i.X.Type().Underlying()), c.layout(i)
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

func (c *printer) unOp(i *ssa.UnOp) {
	switch i.Op {
	case token.MUL:
		c.at(i.Pos())
		c.line("%s = %s", c.dest(i), c.deref(i.X))
	case token.ARROW:
		c.recv(i)
	default:
		c.line("%s = %s%s", c.dest(i), i.Op, c.arg(i.X))
	}
}

func (c *printer) binOp(i *ssa.BinOp) {
	x, y := c.arg(i.X), c.arg(i.Y)
	switch i.Op {
	case token.EQL, token.NEQ:
		c.comparison(i, x, y)
		return
	case token.QUO, token.REM:
		c.at(i.Pos())
		if isInteger(i.Y.Type()) {
			k, constant := i.Y.(*ssa.Const)
			switch {
			case !constant || k.Value == nil:
				c.line("if %s == %s { h.Divide() }", y, c.zero(c.layout(i.Y).text))
			case k.Value.String() == "0": // which yaegi does not compile
				c.line("h.Divide()")
				return
			}
		}
	case token.SHL, token.SHR:
		c.at(i.Pos())
		b := i.Y.Type().Underlying().(*types.Basic)
		if k, ok := i.Y.(*ssa.Const); ok && constant.Sign(k.Value) < 0 {
			c.line("h.Shift()")
			y = "uint(0)" // never reached
		} else if ok {
			y = fmt.Sprintf("uint(%s)", k.Value)
		} else {
			if b.Info()&types.IsUnsigned == 0 {
				c.line("if %s < 0 { h.Shift() }", c.asInt(i.Y))
			}
			t := c.temp("uint")
			c.line("%s = uint(%s)", t, y)
			y = t
		}
		if _, ok := i.X.(*ssa.Const); ok { // or yaegi takes it for a constant
			t := c.temp(c.layout(i.X).text)
			c.line("%s = %s", t, x)
			x = t
		}
	}
	l := c.layout(i)
	if l.rt.Kind() == reflect.Complex64 || l.rt.Kind() == reflect.Complex128 || l.rt.Kind() == reflect.Bool && c.layout(i.X).rt.Kind() == reflect.String && (isConst(i.X) && isConst(i.Y)) {
		c.line("%s = %s(%s, %s)", c.dest(i), c.m.operator(i.Op, c.layout(i.X).rt), x, y)
		return
	}
	if isConst(i.X) && isConst(i.Y) {
		t := c.temp(c.layout(i.X).text)
		c.line("%s = %s", t, x)
		x = t
	}
	c.line("%s = %s %s %s", c.dest(i), x, i.Op, y)
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// comparison prints == and !=.
func (c *printer) comparison(i *ssa.BinOp, x, y string) {
	d := c.dest(i)
	l := c.layout(i.X)
	switch l.rt.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.String:
		if !isConst(i.X) || !isConst(i.Y) {
			c.line("%s = %s %s %s", d, x, i.Op, y)
			return
		}
	}
	c.at(i.Pos())
	ly := c.layout(i.Y)
	isNil := func(v ssa.Value) bool { k, ok := v.(*ssa.Const); return ok && k.Value == nil }
	nilable := false
	switch l.rt.Kind() {
	case reflect.Slice, reflect.Map, reflect.Func, reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Interface:
		nilable = true
	}
	switch {
	case nilable && (isNil(i.Y) || isNil(i.X)):
		if isNil(i.X) {
			x, l = y, ly
		}
		h := c.m.helper("Z", l.rt.String(), func() reflect.Value {
			return make1(l.rt, reflect.TypeFor[bool](), func(v reflect.Value) reflect.Value { return reflect.ValueOf(v.IsNil()) })
		}, l.rt)
		c.line("%s = %s(%s)", d, h, x)
	default:
		h := c.m.helper("B", fmt.Sprint(l.rt, " == ", ly.rt), func() reflect.Value {
			return makeFunc([]reflect.Type{l.rt, ly.rt}, []reflect.Type{reflect.TypeFor[bool]()}, func(in []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(equalValues(in[0], in[1]))}
			})
		}, l.rt, ly.rt)
		c.line("%s = %s(%s, %s)", d, h, x, y)
	}
	if i.Op == token.NEQ {
		c.line("%s = !%s", d, d)
	}
}

func (c *printer) convert(i ssa.Value, x ssa.Value) {
	from, to := c.layout(x), c.layout(i)
	switch {
	case from.rt == to.rt:
		c.line("%s = %s", c.dest(i), c.arg(x))
		return
	case from.rt == pointerType || to.rt == pointerType:
		c.line("%s = (%s)(%s)", c.dest(i), to.text, c.arg(x))
		return
	}
	if isNumber(from.rt.Kind()) && isNumber(to.rt.Kind()) && !isConst(x) && to.rt.PkgPath() == "" && from.rt.PkgPath() == "" {
		c.line("%s = %s(%s)", c.dest(i), to.text, c.arg(x))
		return
	}
	c.at(i.Pos())
	h := c.m.helper("C", from.rt.String()+"→"+to.rt.String(), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return reshaped(v, to.rt) })
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.under(x))
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}

func (c *printer) makeInterface(i *ssa.MakeInterface) {
	t, from, to := c.m.typOf(i.X.Type()), c.layout(i.X), c.layout(i)
	c.at(i.Pos())
	if !t.layout.exact {
		c.m.needMethods(i.X.Type())
		if !canWrap(to.rt) {
			refuse(i.Pos(), "a %s as a %s", t.name(), typeName(i.Type()))
		}
	}
	if from.rt == fileType {
		c.line("%s = %s(%s)", c.dest(i), c.m.fileHelper(to.rt), c.arg(i.X))
		return
	}
	h := c.m.helper("I", fmt.Sprint(c.m.key(i.X.Type()), "→", to.rt), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return t.put(v, to.rt) })
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(i.X))
}

func (c *printer) changeInterface(i, x ssa.Value) {
	from, to := c.layout(x), c.layout(i)
	if from.rt == to.rt {
		c.line("%s = %s", c.dest(i), c.arg(x))
		return
	}
	t := c.m.typOf(i.Type())
	h := c.m.helper("J", fmt.Sprint(from.rt, "→", c.m.key(i.Type())), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value {
			if v.IsNil() {
				return reflect.Zero(to.rt)
			}
			out, missing, ok := t.convert(v.Interface())
			if !ok {
				panic(assertionError(fmt.Sprintf("%s is not %s: missing method %s", nameOf(v.Interface()), t.name(), missing)))
			}
			return out
		})
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(x))
}

func (c *printer) typeAssert(i *ssa.TypeAssert) {
	c.at(i.Pos())
	from, t := c.layout(i.X), c.m.typOf(i.AssertedType)
	to := c.m.layoutOf(i.AssertedType)
	static := typeName(i.X.Type())
	if static == "any" {
		static = "interface {}"
	}
	isInterface := types.IsInterface(i.AssertedType)
	// A method value of a nil interface is such an assertion in SSA form.
	nilCheck := isInterface && !i.CommaOk && types.Identical(i.X.Type(), i.AssertedType)
	out := []reflect.Type{to.rt}
	if i.CommaOk {
		out = append(out, reflect.TypeFor[bool]())
	}
	key := fmt.Sprint(from.rt, static, "→", c.m.key(i.AssertedType), i.CommaOk, nilCheck, t.layout.rt)
	h := c.m.helper("X", key, func() reflect.Value {
		return makeFunc([]reflect.Type{from.rt}, out, func(in []reflect.Value) []reflect.Value {
			v := in[0].Interface()
			var got reflect.Value
			var missing string
			var ok bool
			if nilCheck && v == nil {
				panic(nilDereference())
			}
			if isInterface {
				got, missing, ok = t.convert(v)
			} else {
				got, ok = t.get(v)
			}
			if !ok {
				got = reflect.Zero(to.rt)
			}
			if i.CommaOk {
				return []reflect.Value{got, reflect.ValueOf(ok)}
			}
			if !ok {
				panic(assertionError(failedAssertion(static, v, t.name(), missing, isInterface)))
			}
			return []reflect.Value{got}
		})
	}, from.rt, to.rt)
	if i.CommaOk {
		d := c.dests(i, i.Type().(*types.Tuple))
		c.line("%s = %s(%s)", strings.Join(d, ", "), h, c.arg(i.X))
		return
	}
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(i.X))
}

// failedAssertion words a failed assertion as Go does.
func failedAssertion(static string, v any, want, missing string, isInterface bool) string {
	switch {
	case v == nil && isInterface:
		return "interface is nil, not " + want
	case v == nil:
		return static + " is nil, not " + want
	case isInterface:
		return fmt.Sprintf("%s is not %s: missing method %s", nameOf(v), want, missing)
	}
	return fmt.Sprintf("%s is %s, not %s", static, nameOf(v), want)
}

func (c *printer) makeSlice(i *ssa.MakeSlice) {
	c.at(i.Pos())
	l := c.m.layoutOf(i.Type().Underlying())
	h := c.m.helper("S", l.rt.String(), func() reflect.Value {
		return makeFunc([]reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[int]()}, []reflect.Type{l.rt}, func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{makeSlice(l.rt, int(in[0].Int()), int(in[1].Int()))}
		})
	}, l.rt)
	c.line("%s = %s", c.dest(i), c.reshape(fmt.Sprintf("%s(%s, %s)", h, c.asInt(i.Len), c.asInt(i.Cap)), l, c.layout(i)))
}

func (c *printer) slice(i *ssa.Slice) {
	c.at(i.Pos())
	from, to := c.m.layoutOf(i.X.Type().Underlying()), c.m.layoutOf(i.Type().Underlying())
	elem := from
	if _, ok := i.X.Type().Underlying().(*types.Pointer); ok {
		elem = c.m.layoutOf(elemOf(i.X.Type()))
	}
	bound := func(v ssa.Value) string {
		if v == nil {
			return "-1"
		}
		x := c.asInt(v)
		if !isConst(v) {
			c.line("if %s < 0 { h.SliceBound(%s) }", x, x)
		}
		return x
	}
	in := []reflect.Type{from.rt, reflect.TypeFor[int](), reflect.TypeFor[int](), reflect.TypeFor[int]()}
	h := c.m.helper("L", fmt.Sprint(elem.rt, from.rt, to.rt), func() reflect.Value {
		return makeFunc(in, []reflect.Type{to.rt}, func(in []reflect.Value) []reflect.Value {
			v := in[0]
			if elem != from {
				v = pointerArg(v, elem.rt)
				if v.IsNil() {
					panic(nilDereference())
				}
				v = v.Elem()
			}
			return []reflect.Value{reshaped(sliced(v, int(in[1].Int()), int(in[2].Int()), int(in[3].Int())), to.rt)}
		})
	}, elem.rt, from.rt, to.rt)
	low, high, max := bound(i.Low), bound(i.High), bound(i.Max)
	c.line("%s = %s", c.dest(i), c.reshape(fmt.Sprintf("%s(%s, %s, %s, %s)", h, c.under(i.X), low, high, max), to, c.layout(i)))
}

func (c *printer) lookup(i *ssa.Lookup) {
	c.at(i.Pos())
	l := c.m.layoutOf(i.X.Type().Underlying())
	if l.rt.Kind() == reflect.String {
		c.check(i.Index, "len("+c.arg(i.X)+")", i.Pos())
		c.line("%s = %s[%s]", c.dest(i), c.arg(i.X), c.asInt(i.Index))
		return
	}
	out := []reflect.Type{l.rt.Elem()}
	if i.CommaOk {
		out = append(out, reflect.TypeFor[bool]())
	}
	h := c.m.helper("G", fmt.Sprint(l.rt, i.CommaOk), func() reflect.Value {
		return makeFunc([]reflect.Type{l.rt, l.rt.Key()}, out, func(in []reflect.Value) []reflect.Value {
			v := mapIndex(in[0], in[1])
			ok := v.IsValid()
			if !ok {
				v = reflect.Zero(l.rt.Elem())
			}
			return []reflect.Value{v, reflect.ValueOf(ok)}[:len(out)]
		})
	}, l.rt)
	d := []string{""}
	if i.CommaOk {
		d = c.dests(i, i.Type().(*types.Tuple))
	} else {
		d[0] = c.dest(i)
	}
	c.line("%s = %s(%s, %s)", strings.Join(d, ", "), h, c.under(i.X), c.arg(i.Index))
}

func (c *printer) mapUpdate(i *ssa.MapUpdate) {
	c.at(i.Pos())
	l := c.m.layoutOf(i.Map.Type().Underlying())
	h := c.m.helper("U", l.rt.String(), func() reflect.Value {
		return makeFunc([]reflect.Type{l.rt, l.rt.Key(), l.rt.Elem()}, nil, func(in []reflect.Value) []reflect.Value {
			hashable(in[1])
			in[0].SetMapIndex(in[1], in[2])
			return nil
		})
	}, l.rt)
	c.line("%s(%s, %s, %s)", h, c.under(i.Map), c.arg(i.Key), c.arg(i.Value))
}

func (c *printer) next(i *ssa.Next) {
	tuple := i.Type().(*types.Tuple)
	d := c.dests(i, tuple)
	out := []reflect.Type{reflect.TypeFor[bool]()}
	rng := i.Iter.(*ssa.Range)
	types2 := [2]types.Type{types.Typ[types.Int], types.Typ[types.Rune]}
	if m, ok := rng.X.Type().Underlying().(*types.Map); ok {
		types2 = [2]types.Type{m.Key(), m.Elem()}
	}
	for n, t := range types2 {
		if d[n+1] != "_" {
			t = tuple.At(n + 1).Type()
		} else {
			d[n+1] = c.temp(c.m.layoutOf(t).text)
		}
		out = append(out, c.m.layoutOf(t).rt)
	}
	h := c.m.helper("W", fmt.Sprint(out), func() reflect.Value {
		return makeFunc([]reflect.Type{reflect.TypeFor[*iterator]()}, out, func(in []reflect.Value) []reflect.Value {
			ok, k, v := in[0].Interface().(*iterator).next()
			if !ok {
				return []reflect.Value{reflect.ValueOf(false), reflect.Zero(out[1]), reflect.Zero(out[2])}
			}
			return []reflect.Value{reflect.ValueOf(true), k, v}
		})
	}, out...)
	c.line("%s = %s(%s)", strings.Join(d, ", "), h, c.names[rng])
}
