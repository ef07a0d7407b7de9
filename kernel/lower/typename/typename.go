// Package typename names types as reflect.Type's String does, for whichever engine runs
// the program, and has the order that the methods of a type are in at run time.
package typename

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A printer writes types. In type arguments the compiler writes package paths for
// package names, qualifies unexported struct fields, and numbers local types.
type printer struct {
	strings.Builder
	link   bool // in type arguments
	locals Locals
	name   func(*types.TypeName) string // names declared types in another way, if not nil
}

// Of is the name of a type. Locals may be nil.
func Of(t types.Type, locals Locals) string {
	p := printer{locals: locals}
	p.typ(t)
	return p.String()
}

// Identity is equal for types that are identical where name is equal for what declares
// them.
func Identity(t types.Type, name func(*types.TypeName) string) string {
	p := printer{link: true, name: name}
	p.typ(t)
	return p.String()
}

func (p *printer) typ(t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		p.basic(t)
	case *types.Named:
		p.named(t)
	case *types.Pointer:
		p.WriteByte('*')
		p.typ(t.Elem())
	case *types.Slice:
		p.WriteString("[]")
		p.typ(t.Elem())
	case *types.Array:
		p.WriteString("[" + strconv.FormatInt(t.Len(), 10) + "]")
		p.typ(t.Elem())
	case *types.Map:
		p.WriteString("map[")
		p.typ(t.Key())
		p.WriteByte(']')
		p.typ(t.Elem())
	case *types.Chan:
		p.channel(t)
	case *types.Signature:
		p.WriteString("func")
		p.signature(t)
	case *types.Struct:
		p.structure(t)
	case *types.Interface:
		p.interf(t)
	default:
		p.WriteString(t.String())
	}
}

func (p *printer) basic(t *types.Basic) {
	switch t.Kind() {
	case types.UnsafePointer:
		p.WriteString("unsafe.Pointer")
	case types.Uint8:
		p.WriteString("uint8") // byte is its alias
	case types.Int32:
		p.WriteString("int32") // rune is its alias
	default:
		p.WriteString(t.Name())
	}
}

func (p *printer) named(t *types.Named) {
	obj := t.Origin().Obj()
	if p.name != nil {
		p.WriteString(p.name(obj))
	} else {
		p.qualifier(obj.Pkg())
		p.WriteString(obj.Name())
	}
	if p.link && p.name == nil {
		if n := p.locals.number(obj); n > 0 {
			p.WriteString("·" + strconv.Itoa(n))
		}
	}
	if args := t.TypeArgs(); args.Len() > 0 {
		link := p.link
		p.link = true
		p.WriteByte('[')
		for i := range args.Len() {
			if i > 0 {
				p.WriteByte(',')
			}
			p.typ(args.At(i))
		}
		p.WriteByte(']')
		p.link = link
	}
}

// qualifier writes what goes before a name of pkg.
func (p *printer) qualifier(pkg *types.Package) {
	switch {
	case pkg == nil:
	case p.link:
		p.WriteString(pkg.Path() + ".")
	default:
		p.WriteString(pkg.Name() + ".")
	}
}

func (p *printer) channel(t *types.Chan) {
	switch t.Dir() {
	case types.SendOnly:
		p.WriteString("chan<- ")
	case types.RecvOnly:
		p.WriteString("<-chan ")
	default:
		p.WriteString("chan ")
		if e, ok := types.Unalias(t.Elem()).(*types.Chan); ok && e.Dir() == types.RecvOnly {
			p.WriteByte('(')
			p.typ(e)
			p.WriteByte(')')
			return
		}
	}
	p.typ(t.Elem())
}

func (p *printer) signature(t *types.Signature) {
	p.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			p.WriteString(", ")
		}
		pt := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			if s, ok := types.Unalias(pt).(*types.Slice); ok {
				p.WriteString("...")
				pt = s.Elem()
			}
		}
		p.typ(pt)
	}
	p.WriteByte(')')
	n := t.Results().Len()
	if n == 0 {
		return
	}
	p.WriteByte(' ')
	if n > 1 {
		p.WriteByte('(')
	}
	for i := range n {
		if i > 0 {
			p.WriteString(", ")
		}
		p.typ(t.Results().At(i).Type())
	}
	if n > 1 {
		p.WriteByte(')')
	}
}

func (p *printer) structure(t *types.Struct) {
	p.WriteString("struct {")
	for i := range t.NumFields() {
		f := t.Field(i)
		if i > 0 {
			p.WriteByte(';')
		}
		p.WriteByte(' ')
		if !f.Embedded() {
			if p.link && !f.Exported() {
				p.qualifier(f.Pkg())
			}
			p.WriteString(f.Name() + " ")
		}
		p.typ(f.Type())
		if tag := t.Tag(i); tag != "" {
			p.WriteString(" " + strconv.Quote(tag))
		}
	}
	if t.NumFields() > 0 {
		p.WriteByte(' ')
	}
	p.WriteByte('}')
}

func (p *printer) interf(t *types.Interface) {
	p.WriteString("interface {")
	for i, m := range Methods(t) {
		if i > 0 {
			p.WriteByte(';')
		}
		p.WriteByte(' ')
		if !m.Exported() {
			p.qualifier(m.Pkg())
		}
		p.WriteString(m.Name())
		p.signature(m.Signature())
	}
	if t.NumMethods() > 0 {
		p.WriteByte(' ')
	}
	p.WriteByte('}')
}

// Methods returns the methods of an interface in the runtime's order.
func Methods(t *types.Interface) []*types.Func {
	ms := make([]*types.Func, t.NumMethods())
	for i := range ms {
		ms[i] = t.Method(i)
	}
	slices.SortFunc(ms, func(a, b *types.Func) int { return Compare(a, b) })
	return ms
}

// Compare is the order of methods in descriptors: exported ones first,
// then by name, then by package path.
func Compare(a, b types.Object) int {
	if ea, eb := a.Exported(), b.Exported(); ea != eb {
		if ea {
			return -1
		}
		return 1
	}
	if c := strings.Compare(a.Name(), b.Name()); c != 0 || a.Exported() {
		return c
	}
	return cmp.Compare(PkgPath(a), PkgPath(b))
}

// PkgPath is the path of the package that o belongs to, if any.
func PkgPath(o types.Object) string {
	if o.Pkg() == nil {
		return ""
	}
	return o.Pkg().Path()
}

// Locals are the numbers of the types that functions declare, by package, once
// somebody has asked for them.
type Locals map[*types.Package]map[*types.TypeName]int

// number returns the number that the compiler gives a type declared in a
// function: its place among those of its package, in source order. It is 0 for
// other types, and for those whose package keeps no scopes of functions.
func (l Locals) number(obj *types.TypeName) int {
	pkg := obj.Pkg()
	if pkg == nil || obj.Parent() == nil || obj.Parent() == pkg.Scope() || obj.Parent() == types.Universe {
		return 0
	}
	nums, ok := l[pkg]
	if !ok {
		nums = numberLocals(pkg.Scope())
		if l != nil {
			l[pkg] = nums
		}
	}
	return nums[obj]
}

func numberLocals(pkg *types.Scope) map[*types.TypeName]int {
	var found []*types.TypeName
	var visit func(*types.Scope)
	visit = func(s *types.Scope) {
		if s != pkg {
			for _, name := range s.Names() {
				tn, ok := s.Lookup(name).(*types.TypeName)
				if ok && !tn.IsAlias() && tn.Pos() != token.NoPos {
					if _, isParam := tn.Type().(*types.TypeParam); !isParam {
						found = append(found, tn)
					}
				}
			}
		}
		for c := range s.Children() {
			visit(c)
		}
	}
	visit(pkg)
	slices.SortFunc(found, func(a, b *types.TypeName) int { return cmp.Compare(a.Pos(), b.Pos()) })
	nums := make(map[*types.TypeName]int, len(found))
	for i, tn := range found {
		nums[tn] = i + 1
	}
	return nums
}
