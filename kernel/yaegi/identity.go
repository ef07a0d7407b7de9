package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"
)

// A typ is the identity of a type: there is one for all that are identical, and
// for declarations that are the same again.
type typ struct {
	m      *Machine
	t      types.Type
	layout *layout

	newest  atomic.Pointer[types.Type] // declaration of it: its methods are those to call
	methods sync.Map                   // method name with package → *ssa.Function, nil if there is none
}

// typOf returns the identity of a type. m.mu is held.
func (m *Machine) typOf(t types.Type) *typ {
	if id := m.typs[t]; id != nil {
		return id
	}
	key := m.key(t)
	id := m.byKey[key]
	if id == nil {
		id = &typ{m: m, t: t, layout: m.layoutOf(t)}
		m.byKey[key] = id
		id.newest.Store(&t)
	}
	m.typs[t] = id
	return id
}

// key is equal for types that are the same.
func (m *Machine) key(t types.Type) string {
	var b strings.Builder
	m.writeKey(&b, t)
	return b.String()
}

func (m *Machine) writeKey(b *strings.Builder, t types.Type) {
	tuple := func(t *types.Tuple) {
		b.WriteByte('(')
		for i := range t.Len() {
			m.writeKey(b, t.At(i).Type())
			b.WriteByte(',')
		}
		b.WriteByte(')')
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString(t.Name())
	case *types.Named:
		obj := t.Origin().Obj()
		for m.same[obj] != nil {
			obj = m.same[obj]
		}
		if obj.Pkg() == nil {
			b.WriteString(obj.Name())
			return
		}
		id, ok := m.named[obj]
		if !ok {
			id = len(m.named)
			m.named[obj] = id
		}
		fmt.Fprintf(b, "N%d", id)
		if t.TypeArgs().Len() > 0 {
			b.WriteByte('[')
			for a := range t.TypeArgs().Types() {
				m.writeKey(b, a)
				b.WriteByte(',')
			}
			b.WriteByte(']')
		}
	case *types.Pointer:
		b.WriteByte('*')
		m.writeKey(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		m.writeKey(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		m.writeKey(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		m.writeKey(b, t.Key())
		b.WriteByte(']')
		m.writeKey(b, t.Elem())
	case *types.Chan:
		fmt.Fprintf(b, "chan%d ", t.Dir())
		m.writeKey(b, t.Elem())
	case *types.Signature:
		fmt.Fprintf(b, "func%t", t.Variadic())
		tuple(t.Params())
		tuple(t.Results())
	case *types.Struct:
		b.WriteString("struct{")
		for i := range t.NumFields() {
			f := t.Field(i)
			fmt.Fprintf(b, "%s %t %q ", f.Id(), f.Embedded(), t.Tag(i))
			m.writeKey(b, f.Type())
			b.WriteByte(';')
		}
		b.WriteByte('}')
	case *types.Interface:
		b.WriteString("interface{")
		for i := range t.NumMethods() {
			b.WriteString(t.Method(i).Id())
			m.writeKey(b, t.Method(i).Type())
			b.WriteByte(';')
		}
		b.WriteByte('}')
	case *types.Tuple:
		tuple(t)
	default:
		fmt.Fprintf(b, "%T %p", t, t)
	}
}

// Same implements engine.Executor.
func (m *Machine) Same(old, again *types.Named) bool {
	if again.TypeParams().Len() > 0 {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.same[again.Origin().Obj()] = old.Origin().Obj()
	clear(m.typs)
	for _, t := range []types.Type{again, types.NewPointer(again)} {
		id := m.typOf(t)
		id.newest.Store(&t)
		id.methods.Clear()
	}
	return true
}

// method returns the function for a method of the type, or nil.
func (t *typ) method(pkg *types.Package, name string) *ssa.Function {
	key := types.Id(pkg, name)
	if fn, ok := t.methods.Load(key); ok {
		return fn.(*ssa.Function)
	}
	var fn *ssa.Function
	if sel := types.NewMethodSet(*t.newest.Load()).Lookup(pkg, name); sel != nil {
		fn = t.m.cfg.MethodValue(sel)
	}
	t.methods.Store(key, fn)
	return fn
}

// methodNamed is method for an exported method.
func (t *typ) methodNamed(name string) *ssa.Function { return t.method(nil, name) }

// name is the type as people know it.
func (t *typ) name() string { return typeName(t.t) }

func typeName(t types.Type) string {
	var b strings.Builder
	writeName(&b, t)
	return b.String()
}

// implements reports whether values of the type have the methods of an interface,
// and if not names one that is missing.
func (t *typ) implements(i *types.Interface) (missing string, ok bool) {
	set := types.NewMethodSet(t.t)
	for j := range i.NumMethods() {
		f := i.Method(j)
		sel := set.Lookup(f.Pkg(), f.Name())
		if sel == nil || t.m.sigKey(sel.Type().(*types.Signature)) != t.m.sigKey(f.Type().(*types.Signature)) {
			return f.Name(), false
		}
	}
	return "", true
}

// sigKey is equal for methods of one signature, whatever they are methods of.
func (m *Machine) sigKey(s *types.Signature) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.key(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic()))
}

// compiledImplements is implements for a compiled type.
func (m *Machine) compiledImplements(rt reflect.Type, i *types.Interface) (missing string, ok bool) {
	for j := range i.NumMethods() {
		f := i.Method(j)
		method, ok := rt.MethodByName(f.Name())
		if !ok || !f.Exported() {
			return f.Name(), false
		}
		m.mu.Lock()
		want := m.layoutOf(f.Type().(*types.Signature)).rt
		m.mu.Unlock()
		got := method.Type
		skip := 1
		if rt.Kind() == reflect.Interface {
			skip = 0
		}
		if got.NumIn()-skip != want.NumIn() || got.NumOut() != want.NumOut() || got.IsVariadic() != want.IsVariadic() {
			return f.Name(), false
		}
		for k := range want.NumIn() {
			if got.In(k+skip) != want.In(k) {
				return f.Name(), false
			}
		}
		for k := range want.NumOut() {
			if got.Out(k) != want.Out(k) {
				return f.Name(), false
			}
		}
	}
	return "", true
}

// writeName writes a type as package reflect does.
func writeName(b *strings.Builder, t types.Type) {
	list := func(n int, sep string, each func(i int)) {
		for i := range n {
			if i > 0 {
				b.WriteString(sep)
			}
			each(i)
		}
	}
	signature := func(t *types.Signature) {
		b.WriteByte('(')
		list(t.Params().Len(), ", ", func(i int) {
			p := t.Params().At(i).Type()
			if t.Variadic() && i == t.Params().Len()-1 {
				b.WriteString("...")
				p = p.(*types.Slice).Elem()
			}
			writeName(b, p)
		})
		b.WriteByte(')')
		out := t.Results()
		switch out.Len() {
		case 0:
		case 1:
			b.WriteByte(' ')
			writeName(b, out.At(0).Type())
		default:
			b.WriteString(" (")
			list(out.Len(), ", ", func(i int) { writeName(b, out.At(i).Type()) })
			b.WriteByte(')')
		}
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil {
			b.WriteString(pkg.Name() + ".")
		}
		b.WriteString(t.Obj().Name())
		if n := t.TypeArgs().Len(); n > 0 {
			b.WriteByte('[')
			list(n, ",", func(i int) { writeName(b, t.TypeArgs().At(i)) })
			b.WriteByte(']')
		}
	case *types.Pointer:
		b.WriteByte('*')
		writeName(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		writeName(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		writeName(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		writeName(b, t.Key())
		b.WriteByte(']')
		writeName(b, t.Elem())
	case *types.Chan:
		b.WriteString(map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
		writeName(b, t.Elem())
	case *types.Signature:
		b.WriteString("func")
		signature(t)
	case *types.Struct:
		b.WriteString("struct {")
		list(t.NumFields(), ";", func(i int) {
			f := t.Field(i)
			b.WriteByte(' ')
			if !f.Embedded() {
				b.WriteString(f.Name() + " ")
			}
			writeName(b, f.Type())
			if tag := t.Tag(i); tag != "" {
				fmt.Fprintf(b, " %q", tag)
			}
		})
		b.WriteString(strings.Repeat(" ", min(1, t.NumFields())) + "}")
	case *types.Interface:
		b.WriteString("interface {")
		list(t.NumMethods(), ";", func(i int) {
			b.WriteString(" " + t.Method(i).Name())
			signature(t.Method(i).Type().(*types.Signature))
		})
		b.WriteString(strings.Repeat(" ", min(1, t.NumMethods())) + "}")
	case *types.Basic:
		switch t.Kind() {
		case types.Byte:
			b.WriteString("uint8")
		case types.Rune:
			b.WriteString("int32")
		default:
			b.WriteString(t.Name())
		}
	default:
		b.WriteString(t.String())
	}
}
