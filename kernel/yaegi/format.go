package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// fmt knows nothing of the types in boxes, so boxes print themselves, as fmt
// would print a value of their type: methods, names of types and fields, and the
// rest as fmt does it.

// formatBox is box.Format.
func formatBox(s fmt.State, verb rune, b box) {
	b.t.m.mu.Lock()
	l := b.t.layout
	b.t.m.mu.Unlock()
	v := reflect.New(l.rt).Elem()
	if b.v != nil {
		v.Set(reflect.ValueOf(b.v))
	}
	p := &formatter{m: b.t.m, s: s, verb: verb, format: fmt.FormatString(s, verb)}
	p.value(b.t.t, v, 0)
}

type formatter struct {
	m      *Machine
	s      fmt.State
	verb   rune
	format string
}

func (p *formatter) write(text string) { _, _ = p.s.Write([]byte(text)) }

func (p *formatter) leaf(v any) { fmt.Fprintf(p.s, p.format, v) }

// method prints by a method of the value, if it has one that the verb asks for.
func (p *formatter) method(t types.Type, v reflect.Value) bool {
	if _, ok := types.Unalias(t).(*types.Interface); ok || types.IsInterface(t) {
		return false
	}
	p.m.mu.Lock()
	id := p.m.typOf(t)
	p.m.mu.Unlock()
	b := box{id, v.Interface()}
	if id.layout.exact {
		return false
	}
	if fn := id.methodNamed("Format"); fn != nil && fn.Signature.Params().Len() == 2 {
		b.call("Format", p.s, p.verb)
		return true
	}
	names := []string{"Error", "String"}
	if p.verb == 'v' && p.s.Flag('#') {
		names = []string{"GoString"}
	} else if !strings.ContainsRune("vsxXq", p.verb) {
		return false
	}
	for _, name := range names {
		if id.methodNamed(name) == nil {
			continue
		}
		text, ok := "", false
		func() {
			defer func() {
				if r := recover(); r != nil {
					if isNil(v) { // and the method could not take that
						p.write("<nil>")
						text, ok = "", true
						return
					}
					p.write(fmt.Sprintf("%%!%c(PANIC=%s method: %v)", p.verb, name, inGoWords(r)))
					text, ok = "", true
				}
			}()
			if text, ok = b.text(name); ok {
				if name == "GoString" {
					p.write(text)
				} else {
					p.leaf(text)
				}
			}
		}()
		if ok {
			return true
		}
	}
	return false
}

// value prints v, which has the layout of t.
func (p *formatter) value(t types.Type, v reflect.Value, depth int) {
	if p.verb == 'p' {
		if v.Kind() == reflect.UnsafePointer {
			fmt.Fprintf(p.s, p.format, v.UnsafePointer())
			return
		}
		p.leaf(v.Interface())
		return
	}
	if v.CanInterface() && p.method(t, v) {
		return
	}
	p.m.mu.Lock()
	l := p.m.layoutOf(t)
	p.m.mu.Unlock()
	sharp := p.verb == 'v' && p.s.Flag('#')
	plus := p.verb == 'v' && p.s.Flag('+')
	if l.exact && !types.IsInterface(t) {
		if v.Kind() == reflect.Pointer && depth > 0 && !sharp && !v.IsNil() && isComposite(v.Type().Elem().Kind()) {
			p.write("0x" + strconv.FormatUint(uint64(v.Pointer()), 16))
			return
		}
		p.leaf(v.Interface())
		return
	}
	if l.opaque {
		p.m.mu.Lock()
		inside := p.m.inside(t)
		p.m.mu.Unlock()
		v = reshaped(v, inside.rt)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if sharp {
			if u.Kind() == types.Uintptr {
				p.write(typeName(t) + "(")
				defer p.write(")")
			}
		}
		p.leaf(v.Interface())
	case *types.Interface:
		if v.IsNil() {
			if sharp {
				p.write(typeName(t) + "(nil)")
			} else {
				p.write("<nil>")
			}
			return
		}
		in := v.Interface()
		if b, ok := in.(boxed); ok {
			b := b.unbox()
			inner := reflect.New(b.t.layout.rt).Elem()
			if b.v != nil {
				inner.Set(reflect.ValueOf(b.v))
			}
			p.value(b.t.t, inner, depth+1)
			return
		}
		if rv := reflect.ValueOf(in); rv.Kind() == reflect.Pointer && !rv.IsNil() && isComposite(rv.Type().Elem().Kind()) {
			if _, isError := in.(error); !isError {
				if _, isStringer := in.(fmt.Stringer); !isStringer && !sharp {
					p.write("0x" + strconv.FormatUint(uint64(rv.Pointer()), 16))
					return
				}
			}
		}
		p.leaf(in)
	case *types.Struct:
		if sharp {
			p.write(typeName(t))
		}
		p.write("{")
		for i := range u.NumFields() {
			if i > 0 {
				p.write(map[bool]string{true: ", ", false: " "}[sharp])
			}
			if plus || sharp {
				p.write(u.Field(i).Name() + ":")
			}
			p.field(u.Field(i), v.Field(i), depth)
		}
		p.write("}")
	case *types.Pointer:
		addr := v
		if v.Kind() == reflect.UnsafePointer {
			p.m.mu.Lock()
			e := p.m.layoutOf(u.Elem())
			p.m.mu.Unlock()
			addr = reflect.NewAt(e.rt, v.UnsafePointer())
			if v.UnsafePointer() == nil {
				addr = reflect.Zero(reflect.PointerTo(e.rt))
			}
		}
		if depth == 0 && !addr.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Struct, *types.Slice, *types.Array, *types.Map:
				p.write("&")
				p.value(u.Elem(), addr.Elem(), depth+1)
				return
			}
		}
		switch {
		case sharp && addr.IsNil():
			p.write("(" + typeName(t) + ")(nil)")
		case sharp:
			p.write(fmt.Sprintf("(%s)(%#x)", typeName(t), addr.Pointer()))
		case addr.IsNil() && p.verb == 'v':
			p.write("<nil>")
		case p.verb == 'v':
			p.write("0x" + strconv.FormatUint(uint64(addr.Pointer()), 16))
		default:
			fmt.Fprintf(p.s, p.format, addr.Pointer())
		}
	case *types.Slice, *types.Array:
		var elem types.Type
		if s, ok := u.(*types.Slice); ok {
			elem = s.Elem()
		} else {
			elem = u.(*types.Array).Elem()
		}
		if b, ok := elem.Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 && strings.ContainsRune("sqxX", p.verb) {
			p.leaf(v.Interface())
			return
		}
		open, sep, end := "[", " ", "]"
		if sharp {
			if v.Kind() == reflect.Slice && v.IsNil() {
				p.write(typeName(t) + "(nil)")
				return
			}
			open, sep, end = typeName(t)+"{", ", ", "}"
		}
		p.write(open)
		for i := range v.Len() {
			if i > 0 {
				p.write(sep)
			}
			p.value(elem, v.Index(i), depth+1)
		}
		p.write(end)
	case *types.Map:
		open, sep, end := "map[", " ", "]"
		if sharp {
			if v.IsNil() {
				p.write(typeName(t) + "(nil)")
				return
			}
			open, sep, end = typeName(t)+"{", ", ", "}"
		}
		p.write(open)
		keys := v.MapKeys()
		slices.SortFunc(keys, compareKeys)
		for i, k := range keys {
			if i > 0 {
				p.write(sep)
			}
			p.value(u.Key(), k, depth+1)
			p.write(":")
			p.value(u.Elem(), v.MapIndex(k), depth+1)
		}
		p.write(end)
	default: // channels and functions
		switch {
		case v.IsNil() && sharp:
			p.write("(" + typeName(t) + ")(nil)")
		case v.IsNil():
			p.write("<nil>")
		case sharp:
			p.write(fmt.Sprintf("(%s)(%#x)", typeName(t), v.Pointer()))
		default:
			p.write("0x" + strconv.FormatUint(uint64(v.Pointer()), 16))
		}
	}
}

// field prints a field; methods of those that are not exported are not called.
func (p *formatter) field(f *types.Var, v reflect.Value, depth int) {
	if f.Exported() || !types.IsInterface(f.Type()) && !hasText(f.Type()) {
		p.value(f.Type(), v, depth+1)
		return
	}
	if types.IsInterface(f.Type()) {
		if v.IsNil() {
			p.value(f.Type(), v, depth+1)
			return
		}
		if b, ok := v.Interface().(boxed); ok {
			b := b.unbox()
			inner := reflect.New(b.t.layout.rt).Elem()
			if b.v != nil {
				inner.Set(reflect.ValueOf(b.v))
			}
			p.plain(b.t.t, inner, depth)
			return
		}
		p.plainCompiled(v.Elem(), depth)
		return
	}
	p.plain(f.Type(), v, depth)
}

// plain is value without methods.
func (p *formatter) plain(t types.Type, v reflect.Value, depth int) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		p.m.mu.Lock()
		exact := p.m.layoutOf(t).exact
		p.m.mu.Unlock()
		if exact {
			p.plainCompiled(v, depth)
			return
		}
		if p.verb == 'v' && p.s.Flag('#') {
			if _, ok := n.Underlying().(*types.Basic); !ok {
				p.value(t, v, depth+1)
				return
			}
		}
		p.value(n.Underlying(), v, depth+1)
		return
	}
	if _, ok := t.(*types.Pointer); ok && hasText(t) {
		addr := v.Pointer()
		if addr == 0 {
			p.write("<nil>")
		} else {
			p.write("0x" + strconv.FormatUint(uint64(addr), 16))
		}
		return
	}
	p.value(t, v, depth+1)
}

// plainCompiled prints a value of a compiled type without its methods: in a field
// that fmt may not look at.
func (p *formatter) plainCompiled(v reflect.Value, _ int) {
	hidden := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "x", PkgPath: "main", Type: v.Type()}})).Elem()
	reflect.NewAt(v.Type(), hidden.Field(0).Addr().UnsafePointer()).Elem().Set(v)
	text := fmt.Sprintf(p.format, hidden.Interface())
	text = text[strings.IndexByte(text, '{')+1:]
	text = strings.TrimSuffix(text, "}")
	p.write(strings.TrimPrefix(text, "x:"))
}

// hasText reports whether a type has a method that fmt would call.
func hasText(t types.Type) bool {
	set := types.NewMethodSet(t)
	for _, name := range []string{"Error", "String", "GoString", "Format"} {
		if set.Lookup(nil, name) != nil {
			return true
		}
	}
	return false
}

func isComposite(k reflect.Kind) bool {
	return k == reflect.Struct || k == reflect.Slice || k == reflect.Array || k == reflect.Map
}
