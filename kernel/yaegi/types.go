package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// A layout is how values of a type are kept: as a type that package reflect can
// make, and its name in core Go.
type layout struct {
	rt   reflect.Type
	text string
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

	anyLayout = &layout{rt: anyType, text: "interface{}"}
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
		return &layout{rt: reflect.PointerTo(e.rt), text: "*" + e.text, exact: e.exact}
	case *types.Slice:
		e := m.layoutOf(t.Elem())
		return &layout{rt: reflect.SliceOf(e.rt), text: "[]" + e.text, exact: e.exact}
	case *types.Array:
		e := m.layoutOf(t.Elem())
		if t.Len() > 1<<31 || uint64(t.Len())*uint64(e.rt.Size()) > 2_000_000_000 {
			refuse(token.NoPos, "an array of %d elements", t.Len())
		}
		rt := reflect.ArrayOf(int(t.Len()), e.rt)
		return &layout{rt: rt, text: m.export(rt), exact: e.exact}
	case *types.Map:
		k, e := m.layoutOf(t.Key()), m.layoutOf(t.Elem())
		return &layout{rt: reflect.MapOf(k.rt, e.rt), text: "map[" + k.text + "]" + e.text, exact: k.exact && e.exact}
	case *types.Chan:
		e := m.layoutOf(t.Elem())
		dir, text := reflect.BothDir, "chan "+e.text
		if strings.HasPrefix(e.text, "<-") {
			text = "chan (" + e.text + ")"
		}
		switch t.Dir() {
		case types.SendOnly:
			dir, text = reflect.SendDir, "chan<- "+e.text
		case types.RecvOnly:
			dir, text = reflect.RecvDir, "<-chan "+e.text
		}
		return &layout{rt: reflect.ChanOf(dir, e.rt), text: text, exact: e.exact}
	case *types.Struct:
		return m.structLayout(t)
	case *types.Signature:
		return m.funcLayout(t)
	case *types.Interface:
		if t.Empty() {
			return &layout{rt: anyType, text: "interface{}", exact: true}
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
		float32(0), 0.0, complex64(0), 0i, unsafe.Pointer(nil)} {
		basics[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
}

func basicLayout(t *types.Basic) *layout {
	t = types.Typ[types.Default(t).(*types.Basic).Kind()] // not one of its aliases
	switch t.Kind() {
	case types.UntypedNil:
		return anyLayout
	case types.UnsafePointer:
		return &layout{rt: pointerType, text: "h.UP", exact: true}
	}
	return &layout{rt: basics[t.Name()], text: t.Name(), exact: true}
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
			return &layout{rt: frameType, text: "*h.Frame"}
		case "rangeIter":
			return &layout{rt: reflect.TypeFor[*iterator](), text: "*h.Iter"}
		}
	}
	if n.Obj().Pkg() == nil { // error; comparable is no type of values
		return &layout{rt: errorType, text: "error", exact: true}
	}
	if rt := m.compiledType(n); rt != nil {
		return &layout{rt: rt, text: m.export(rt), exact: true}
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
	return fmt.Sprintf("X%d_%s", i, strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, f.Name()))
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
	return &layout{rt: rt, text: m.export(rt), exact: exact}
}

func (m *Machine) funcLayout(t *types.Signature) *layout {
	exact := true
	list := func(tuple *types.Tuple) (rts []reflect.Type, texts []string) {
		for i := range tuple.Len() {
			l := m.layoutOf(tuple.At(i).Type())
			exact = exact && l.exact
			rts, texts = append(rts, l.rt), append(texts, l.text)
		}
		return rts, texts
	}
	in, inTexts := list(t.Params())
	out, outTexts := list(t.Results())
	if t.Variadic() {
		last := len(inTexts) - 1
		if in[last].Kind() != reflect.Slice { // append([]byte, string...)
			refuse(token.NoPos, "a function with parameters of type %s", t)
		}
		inTexts[last] = "..." + strings.TrimPrefix(inTexts[last], "[]")
	}
	return &layout{
		rt:    reflect.FuncOf(in, out, t.Variadic()),
		text:  "func(" + strings.Join(inTexts, ", ") + ") (" + strings.Join(outTexts, ", ") + ")",
		exact: exact,
	}
}

// export makes a type known to yaegi and returns its name there.
func (m *Machine) export(rt reflect.Type) string {
	if name, ok := m.exported[rt]; ok {
		return name
	}
	name := fmt.Sprintf("T%d", len(m.exported))
	m.symbols[name] = reflect.Zero(reflect.PointerTo(rt))
	m.exported[rt] = "h." + name
	return "h." + name
}
