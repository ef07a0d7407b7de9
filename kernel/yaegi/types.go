package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

var (
	anyType     = reflect.TypeFor[any]()
	errorType   = reflect.TypeFor[error]()
	pointerType = reflect.TypeFor[unsafe.Pointer]()

	rawSliceType = reflect.TypeFor[rawSlice]()
	rawRefType   = reflect.TypeFor[rawRef]()
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
	panic(&UnsupportedError{Pos: pos, What: fmt.Sprintf(format, args...) + " cannot be run by the yaegi engine" + otherwise})
}

// cannot panics in a program that asks for what there is not.
func cannot(format string, args ...any) {
	panic("gosched: the yaegi engine cannot " + fmt.Sprintf(format, args...) + otherwise)
}

const otherwise = "; the direct engine can (--engine direct)"

// compose makes the type as which values of t are kept, from those of its parts. Exact
// says that it is the very type that compiled code has for t, so that values can go there
// and to interfaces as they are.
func (m *Machine) compose(t types.Type) (rt reflect.Type, exact bool) {
	switch t := t.(type) {
	case *types.Alias:
		return m.compose(types.Unalias(t))
	case *types.Basic:
		return basicType(t), t.Kind() != types.UntypedNil
	case *types.Named:
		return m.namedType(t)
	case *types.Pointer:
		e := m.find(t.Elem())
		return reflect.PointerTo(e.rt), e.exact
	case *types.Slice:
		e := m.find(t.Elem())
		return reflect.SliceOf(e.rt), e.exact
	case *types.Array:
		e := m.find(t.Elem())
		if t.Len() > 1<<31 || uint64(t.Len())*uint64(e.rt.Size()) > maxVariable {
			refuse(token.NoPos, "an array of %d elements", t.Len())
		}
		return reflect.ArrayOf(int(t.Len()), e.rt), e.exact
	case *types.Map:
		k, e := m.find(t.Key()), m.find(t.Elem())
		return reflect.MapOf(k.rt, e.rt), k.exact && e.exact
	case *types.Chan:
		e := m.find(t.Elem())
		return reflect.ChanOf(directions[t.Dir()], e.rt), e.exact
	case *types.Struct:
		return m.structType(t)
	case *types.Signature:
		return m.funcType(t)
	case *types.Interface:
		return anyType, t.Empty()
	case *types.Tuple:
		return anyType, false // never a value of its own
	}
	panic(fmt.Sprintf("nothing to keep a %s (%T) as", t, t))
}

var directions = map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}

// basics are the types of the language by their names.
var basics = map[string]reflect.Type{}

func init() {
	for _, v := range []any{false, "", 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), 0.0, complex64(0), 0i} {
		basics[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
}

func basicType(t *types.Basic) reflect.Type {
	switch t.Kind() {
	case types.UntypedNil:
		return anyType
	case types.UnsafePointer:
		return pointerType
	}
	return basics[types.Typ[types.Default(t).(*types.Basic).Kind()].Name()] // not one of its aliases
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

func (m *Machine) namedType(n *types.Named) (rt reflect.Type, exact bool) {
	pkg := n.Obj().Pkg()
	if pkg == nil || pkg.Path() == "$ssa" { // the SSA builder's own
		switch n.Obj().Name() {
		case "deferStack":
			return frameType, false
		case "rangeIter":
			return reflect.TypeFor[iterator](), false
		}
	}
	if pkg == nil { // error; comparable is no type of values
		return errorType, true
	}
	if rt := m.compiledType(n); rt != nil {
		return rt, true
	}
	rt, _ = m.compose(n.Underlying())
	return rt, false
}

// fieldName is what a field is called in its layout, where all are exported.
func fieldName(t *types.Struct, i int) string {
	f := t.Field(i)
	if f.Exported() {
		return f.Name()
	}
	return fmt.Sprintf("X%d_", i)
}

func (m *Machine) structType(t *types.Struct) (rt reflect.Type, exact bool) {
	exact = true
	fields := make([]reflect.StructField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		l := m.find(f.Type())
		exact = exact && l.exact && f.Exported() && !f.Embedded()
		fields[i] = reflect.StructField{Name: fieldName(t, i), Type: l.rt, Tag: reflect.StructTag(t.Tag(i))}
	}
	return reflect.StructOf(fields), exact
}

func (m *Machine) funcType(t *types.Signature) (rt reflect.Type, exact bool) {
	exact = true
	list := func(tuple *types.Tuple) (rts []reflect.Type) {
		for v := range tuple.Variables() {
			l := m.find(v.Type())
			exact = exact && l.exact
			rts = append(rts, l.rt)
		}
		return rts
	}
	in, out := list(t.Params()), list(t.Results())
	if t.Variadic() && in[len(in)-1].Kind() != reflect.Slice { // append([]byte, string...)
		refuse(token.NoPos, "a function with parameters of type %s", t)
	}
	return reflect.FuncOf(in, out, t.Variadic()), exact
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
