package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/display/keys"
)

// fmt knows nothing of the types in boxes, so boxes print themselves, as fmt would print a
// value of their type: methods, names of types and fields, and the rest as fmt does it.

// Format implements fmt.Formatter.
func (b box) Format(s fmt.State, verb rune) {
	if verb == typeVerb {
		fmt.Fprintf(s, fmt.FormatString(s, 's'), b.t.name())
		return
	}
	p := &formatter{m: b.t.m, s: s, verb: verb, format: fmt.FormatString(s, verb), sharp: verb == 'v' && s.Flag('#')}
	p.value(b.t.t, b.value(), 0, true)
}

type formatter struct {
	m      *Machine
	s      fmt.State
	verb   rune
	format string
	sharp  bool // %#v
}

func (p *formatter) write(text string) { _, _ = p.s.Write([]byte(text)) }

func (p *formatter) leaf(v any) { fmt.Fprintf(p.s, p.format, v) }

// method prints what a method of the value returns, or what it panics with, if it has one
// that the verb asks for.
func (p *formatter) method(id *typ, v reflect.Value) (done bool) {
	b := box{id, v.Interface()}
	if fn := id.method(nil, "Format").fn; fn != nil && fn.Signature.Params().Len() == 2 {
		b.Invoke("Format", p.s, p.verb)
		return true
	}
	var names []string
	if p.sharp {
		names = []string{"GoString"}
	} else if strings.ContainsRune("vsxXq", p.verb) {
		names = []string{"Error", "String"}
	}
	i := slices.IndexFunc(names, func(name string) bool { return b.Has(name, textType) })
	if i < 0 {
		return false
	}
	defer func() {
		done = true
		switch r := recover(); {
		case r == nil:
		case id.inside.Kind() == reflect.Pointer && v.IsNil(): // and the method could not take that
			p.write("<nil>")
		default:
			p.write(fmt.Sprintf("%%!%c(PANIC=%s method: %v)", p.verb, names[i], inGoWords(r)))
		}
	}()
	if text := b.Invoke(names[i])[0].String(); p.sharp {
		p.write(text)
	} else {
		p.leaf(text)
	}
	return true
}

// value prints v, which has the layout of t. Depth is how many values it is in;
// methods are not called within fields that are not exported.
func (p *formatter) value(t types.Type, v reflect.Value, depth int, methods bool) {
	id := p.m.identity(t)
	if v.Type() != id.rt { // in a field named _
		v = memory(v, id.rt)
	}
	switch {
	case p.verb == 'p':
		p.leaf(v.Interface())
		return
	case types.IsInterface(t):
		if b, ok := unbox(inside(v)); ok {
			p.value(b.t.t, b.value(), depth+1, methods)
		} else if !v.IsNil() {
			p.compiled(v.Elem(), depth+1, methods)
		} else if p.sharp {
			p.write(id.name() + "(nil)")
		} else {
			p.write("<nil>")
		}
		return
	case id.exact:
		p.compiled(v, depth, methods)
		return
	case methods && p.method(id, v):
		return
	}
	v = reshaped(v, id.inside)
	if k := v.Kind(); p.sharp && (k == reflect.Slice || k == reflect.Map) && v.IsNil() {
		p.write(id.name() + "(nil)")
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		p.leaf(v.Interface())
	case *types.Struct:
		p.list(id, "{", u.NumFields(), "}", func(i int) {
			f := u.Field(i)
			if p.sharp || p.verb == 'v' && p.s.Flag('+') {
				p.write(f.Name() + ":")
			}
			p.value(f.Type(), v.Field(i), depth+1, methods && f.Exported())
		})
	case *types.Pointer:
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Slice, *types.Array, *types.Map:
			if depth == 0 && !v.IsNil() {
				p.write("&")
				p.value(u.Elem(), v.Elem(), depth+1, methods)
				return
			}
		}
		p.reference(id, v)
	case *types.Slice, *types.Array:
		elem := u.(interface{ Elem() types.Type }).Elem()
		if v.Type().Elem().Kind() == reflect.Uint8 && strings.ContainsRune("sqxX", p.verb) {
			p.leaf(v.Interface())
			return
		}
		p.list(id, "[", v.Len(), "]", func(i int) { p.value(elem, v.Index(i), depth+1, methods) })
	case *types.Map:
		sorted := keys.Sorted(v, func(k reflect.Value) reflect.Value {
			if b, ok := unbox(k.Interface()); ok {
				return b.value()
			}
			return k
		})
		if !p.sharp {
			p.write("map")
		}
		p.list(id, "[", len(sorted), "]", func(i int) {
			p.value(u.Key(), sorted[i], depth+1, methods)
			p.write(":")
			p.value(u.Elem(), v.MapIndex(sorted[i]), depth+1, methods)
		})
	default: // channels and functions
		p.reference(id, v)
	}
}

// list prints what has parts.
func (p *formatter) list(id *typ, open string, n int, end string, part func(i int)) {
	sep := " "
	if p.sharp {
		open, sep, end = id.name()+"{", ", ", "}"
	}
	p.write(open)
	for i := range n {
		if i > 0 {
			p.write(sep)
		}
		part(i)
	}
	p.write(end)
}

// reference prints an address.
func (p *formatter) reference(id *typ, v reflect.Value) {
	switch {
	case !p.sharp:
		p.leaf(v.UnsafePointer())
	case v.IsNil():
		p.write("(" + id.name() + ")(nil)")
	default:
		p.write(fmt.Sprintf("(%s)(%#x)", id.name(), v.Pointer()))
	}
}

// compiled prints a value of a type that compiled code knows, which within others
// prints as it does in a field: pointers are addresses, and without methods in one
// that fmt may not look at.
func (p *formatter) compiled(v reflect.Value, depth int, methods bool) {
	basic := v.Type().PkgPath() == "" && (v.Kind() < reflect.Array || v.Kind() == reflect.String)
	if basic || depth == 0 {
		p.leaf(v.Interface())
		return
	}
	var in any = struct{ F any }{v.Interface()}
	if !methods {
		in = struct{ f any }{v.Interface()}
	}
	text := strings.TrimSuffix(fmt.Sprintf(p.format, in), "}")
	for _, before := range []string{reflect.TypeOf(in).String(), "{", reflect.TypeOf(in).Field(0).Name + ":"} {
		text = strings.TrimPrefix(text, before)
	}
	p.write(text)
}

// verbs are those of a format, with their flags; the last one may lack its letter.
var verbs = regexp.MustCompile(`%[-+# 0-9.*\[\]]*[^-+# 0-9.*\[\]]?`)

// typeVerb is %T of a box, whose type fmt does not know: it asks boxes for other verbs.
const typeVerb = '\ue000'

// typeVerbs replaces the verb %T where the argument is a box.
func typeVerbs(format string, args []any) string {
	next := 0
	return verbs.ReplaceAllStringFunc(format, func(verb string) string {
		for i, flag := range verb {
			switch flag {
			case '*':
				next++
			case '[':
				_, _ = fmt.Sscanf(verb[i+1:], "%d", &next)
				next--
			}
		}
		if strings.HasSuffix(verb[1:], "%") {
			return verb
		}
		next++
		if letter := len(verb) - 1; verb[letter] == 'T' && next > 0 && next <= len(args) {
			if _, ok := unbox(args[next-1]); ok {
				return verb[:letter] + string(typeVerb)
			}
		}
		return verb
	})
}
