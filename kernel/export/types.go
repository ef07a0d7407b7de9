package export

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// typeKey is the same for types that are the same in the program.
func (x *exporter) typeKey(t types.Type) string {
	w := typeWriter{name: func(o *types.TypeName) (string, error) {
		if inSession(o) {
			return fmt.Sprintf("%p", x.canon(o)), nil
		}
		return types.TypeString(o.Type(), nil), nil
	}}
	w.write(t)
	return w.b.String()
}

// typeText is a type as the program writes it. It fails for one that cannot be
// named there.
func (x *exporter) typeText(t types.Type) (string, error) {
	w := typeWriter{name: func(o *types.TypeName) (string, error) {
		if o.Pkg() == nil {
			return o.Name(), nil
		}
		if name, ok := x.nameOf(o); ok {
			return name, nil
		}
		if o.Parent() != o.Pkg().Scope() || !o.Exported() {
			return "", fmt.Errorf("the type %s cannot be written outside of where it is declared", o.Name())
		}
		path := o.Pkg().Path()
		name := x.names.pkg(path, o.Pkg().Name())
		x.names.used[path] = true
		return name + "." + o.Name(), nil
	}}
	w.write(t)
	return w.b.String(), w.err
}

// A typeWriter writes types.
type typeWriter struct {
	b    strings.Builder
	name func(*types.TypeName) (string, error)
	err  error
}

func (w *typeWriter) put(s string) { w.b.WriteString(s) }

func (w *typeWriter) named(o *types.TypeName, args *types.TypeList) {
	name, err := w.name(o)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.put(name)
	if args.Len() == 0 {
		return
	}
	w.put("[")
	for i := range args.Len() {
		if i > 0 {
			w.put(", ")
		}
		w.write(args.At(i))
	}
	w.put("]")
}

func (w *typeWriter) write(t types.Type) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			w.named(types.Unsafe.Scope().Lookup("Pointer").(*types.TypeName), nil)
			return
		}
		w.put(t.Name())
	case *types.Alias:
		w.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		w.named(t.Obj(), t.TypeArgs())
	case *types.TypeParam:
		w.put(t.Obj().Name())
	case *types.Pointer:
		w.put("*")
		w.write(t.Elem())
	case *types.Slice:
		w.put("[]")
		w.write(t.Elem())
	case *types.Array:
		w.put("[" + strconv.FormatInt(t.Len(), 10) + "]")
		w.write(t.Elem())
	case *types.Map:
		w.put("map[")
		w.write(t.Key())
		w.put("]")
		w.write(t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.RecvOnly:
			w.put("<-chan ")
		case types.SendOnly:
			w.put("chan<- ")
		default:
			w.put("chan ")
		}
		if c, ok := t.Elem().(*types.Chan); ok && c.Dir() == types.RecvOnly {
			w.put("(")
			w.write(c)
			w.put(")")
			return
		}
		w.write(t.Elem())
	case *types.Signature:
		w.put("func")
		w.signature(t)
	case *types.Struct:
		w.structure(t)
	case *types.Interface:
		w.iface(t)
	case *types.Union:
		for i := range t.Len() {
			if i > 0 {
				w.put(" | ")
			}
			if t.Term(i).Tilde() {
				w.put("~")
			}
			w.write(t.Term(i).Type())
		}
	case *types.Tuple:
		w.tuple(t, false)
	}
}

func (w *typeWriter) tuple(t *types.Tuple, variadic bool) {
	w.put("(")
	for i := range t.Len() {
		if i > 0 {
			w.put(", ")
		}
		typ := t.At(i).Type()
		if s, ok := typ.(*types.Slice); ok && variadic && i == t.Len()-1 {
			w.put("...")
			typ = s.Elem()
		}
		w.write(typ)
	}
	w.put(")")
}

func (w *typeWriter) signature(t *types.Signature) {
	w.tuple(t.Params(), t.Variadic())
	switch t.Results().Len() {
	case 0:
	case 1:
		w.put(" ")
		w.write(t.Results().At(0).Type())
	default:
		w.put(" ")
		w.tuple(t.Results(), false)
	}
}

func (w *typeWriter) structure(t *types.Struct) {
	w.put("struct{")
	for i := range t.NumFields() {
		if i > 0 {
			w.put("; ")
		}
		f := t.Field(i)
		if !f.Embedded() {
			w.put(f.Name() + " ")
		}
		w.write(f.Type())
		if tag := t.Tag(i); tag != "" {
			w.put(" " + strconv.Quote(tag))
		}
	}
	w.put("}")
}

func (w *typeWriter) iface(t *types.Interface) {
	if t.NumExplicitMethods() == 0 && t.NumEmbeddeds() == 0 {
		w.put("any")
		return
	}
	w.put("interface{")
	for i := range t.NumExplicitMethods() {
		if i > 0 {
			w.put("; ")
		}
		m := t.ExplicitMethod(i)
		w.put(m.Name())
		w.signature(m.Signature())
	}
	for i := range t.NumEmbeddeds() {
		if i > 0 || t.NumExplicitMethods() > 0 {
			w.put("; ")
		}
		w.write(t.EmbeddedType(i))
	}
	w.put("}")
}
