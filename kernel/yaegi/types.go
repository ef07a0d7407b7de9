package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// A layout is how values of a type are kept: as a type that package reflect can make.
type layout struct {
	rt reflect.Type
	// exact says that rt is the very type that compiled code has for it, so
	// that values can go there and to interfaces as they are.
	exact bool
	// raw says that it is only memory of the same size, because the type leads to
	// itself; see inside for what is in it.
	raw bool
}

var (
	anyType     = reflect.TypeFor[any]()
	errorType   = reflect.TypeFor[error]()
	pointerType = reflect.TypeFor[unsafe.Pointer]()

	rawSliceType = reflect.TypeFor[rawSlice]()
	rawRefType   = reflect.TypeFor[rawRef]()

	anyLayout = &layout{rt: anyType}
)

// An UnsupportedError says what in the source cannot be run, and where.
type UnsupportedError struct {
	Pos  token.Pos
	What string
}

func (e *UnsupportedError) Error() string { return e.What }

// Unsupported returns where what is.
func (e *UnsupportedError) Unsupported() (token.Pos, string) { return e.Pos, e.What }

// refuse panics with what cannot be run; the printer of the function catches it.
func refuse(pos token.Pos, format string, args ...any) {
	panic(&UnsupportedError{Pos: pos, What: fmt.Sprintf(format, args...) + " cannot be run by the yaegi engine; the direct engine can (--engine direct)"})
}

// layoutOf returns the layout of a type. m.mu is held.
func (m *Machine) layoutOf(t types.Type) *layout {
	if l := m.layouts[t]; l != nil {
		return l
	}
	l := m.rawLayout(t)
	if l == nil {
		l = m.compose(t)
	}
	m.layouts[t] = l
	return l
}

// compose makes the layout of a type from those of its parts.
func (m *Machine) compose(t types.Type) *layout {
	switch t := t.(type) {
	case *types.Alias:
		return m.layoutOf(types.Unalias(t))
	case *types.Basic:
		return basicLayout(t)
	case *types.Named:
		return m.namedLayout(t)
	case *types.Pointer:
		e := m.layoutOf(t.Elem())
		return &layout{rt: reflect.PointerTo(e.rt), exact: e.exact}
	case *types.Slice:
		e := m.layoutOf(t.Elem())
		return &layout{rt: reflect.SliceOf(e.rt), exact: e.exact}
	case *types.Array:
		e := m.layoutOf(t.Elem())
		if t.Len() > 1<<31 || uint64(t.Len())*uint64(e.rt.Size()) > 2_000_000_000 {
			refuse(token.NoPos, "an array of %d elements", t.Len())
		}
		return &layout{rt: reflect.ArrayOf(int(t.Len()), e.rt), exact: e.exact}
	case *types.Map:
		k, e := m.layoutOf(t.Key()), m.layoutOf(t.Elem())
		return &layout{rt: reflect.MapOf(k.rt, e.rt), exact: k.exact && e.exact}
	case *types.Chan:
		e, dir := m.layoutOf(t.Elem()), reflect.BothDir
		switch t.Dir() {
		case types.SendOnly:
			dir = reflect.SendDir
		case types.RecvOnly:
			dir = reflect.RecvDir
		}
		return &layout{rt: reflect.ChanOf(dir, e.rt), exact: e.exact}
	case *types.Struct:
		return m.structLayout(t)
	case *types.Signature:
		return m.funcLayout(t)
	case *types.Interface:
		if t.Empty() {
			return &layout{rt: anyType, exact: true}
		}
		return anyLayout
	case *types.Tuple:
		return anyLayout // never a value of its own
	}
	panic(fmt.Sprintf("no layout for %s (%T)", t, t))
}

// basics are the types of the language by their names.
var basics = map[string]reflect.Type{}

func init() {
	for _, v := range []any{false, "", 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), 0.0, complex64(0), 0i} {
		basics[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
}

func basicLayout(t *types.Basic) *layout {
	t = types.Typ[types.Default(t).(*types.Basic).Kind()] // not one of its aliases
	switch t.Kind() {
	case types.UntypedNil:
		return anyLayout
	case types.UnsafePointer:
		return &layout{rt: pointerType, exact: true}
	}
	return &layout{rt: basics[t.Name()], exact: true}
}

// isOwn reports whether a named type is one of the cells', or of a package that
// is run from source, and not a compiled one. m.mu is held.
func (m *Machine) isOwn(n *types.Named) bool {
	if n.Obj().Pkg() == nil {
		return false
	}
	return m.compiledType(n) == nil
}

// compiledType returns the type that compiled code has for n, or nil.
func (m *Machine) compiledType(n *types.Named) reflect.Type {
	obj := n.Obj()
	if obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() {
		return nil // local to a function
	}
	name := obj.Name()
	if n.TypeArgs().Len() > 0 {
		full := types.TypeString(n, nil)
		name = strings.TrimPrefix(full, obj.Pkg().Path()+".")
	}
	return m.cfg.NamedType(obj.Pkg().Path(), name)
}

func (m *Machine) namedLayout(n *types.Named) *layout {
	if pkg := n.Obj().Pkg(); pkg == nil || pkg.Path() == "$ssa" { // the SSA builder's own
		switch n.Obj().Name() {
		case "deferStack":
			return &layout{rt: frameType}
		case "rangeIter":
			return &layout{rt: reflect.TypeFor[*iterator]()}
		}
	}
	if n.Obj().Pkg() == nil { // error; comparable is no type of values
		return &layout{rt: errorType, exact: true}
	}
	if rt := m.compiledType(n); rt != nil {
		return &layout{rt: rt, exact: true}
	}
	if types.IsInterface(n) {
		return anyLayout
	}
	l := *m.layoutOf(n.Underlying())
	l.exact = false
	return &l
}

// fieldName is what a field is called in its layout, where all are exported.
func fieldName(t *types.Struct, i int) string {
	f := t.Field(i)
	if f.Exported() {
		return f.Name()
	}
	return fmt.Sprintf("X%d_", i)
}

func (m *Machine) structLayout(t *types.Struct) *layout {
	exact := true
	fields := make([]reflect.StructField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		l := m.layoutOf(f.Type())
		exact = exact && l.exact && f.Exported() && !f.Embedded()
		fields[i] = reflect.StructField{Name: fieldName(t, i), Type: l.rt, Tag: reflect.StructTag(t.Tag(i))}
	}
	rt := reflect.StructOf(fields)
	return &layout{rt: rt, exact: exact}
}

func (m *Machine) funcLayout(t *types.Signature) *layout {
	exact := true
	list := func(tuple *types.Tuple) (rts []reflect.Type) {
		for v := range tuple.Variables() {
			l := m.layoutOf(v.Type())
			exact = exact && l.exact
			rts = append(rts, l.rt)
		}
		return rts
	}
	in, out := list(t.Params()), list(t.Results())
	if t.Variadic() && in[len(in)-1].Kind() != reflect.Slice { // append([]byte, string...)
		refuse(token.NoPos, "a function with parameters of type %s", t)
	}
	return &layout{rt: reflect.FuncOf(in, out, t.Variadic()), exact: exact}
}

// text is what a type is called in core Go, which gets it as a helper if it has no name
// in the language.
func (m *Machine) text(rt reflect.Type) string {
	switch {
	case rt == anyType:
		return "interface{}"
	case rt == errorType, basics[rt.Name()] == rt:
		return rt.Name()
	}
	return m.helper("T", "", func() reflect.Value { return reflect.Zero(reflect.PointerTo(rt)) }, rt)
}
