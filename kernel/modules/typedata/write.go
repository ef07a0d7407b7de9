package typedata

import (
	"encoding/binary"
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
)

// ErrUnsupported says that a package cannot be written.
var ErrUnsupported = errors.New("package cannot be written")

// An Importer returns the package of a path that others refer to.
type Importer func(path string) (*types.Package, error)

// Others are where [Read] has from what a package refers to.
type Others struct {
	Import Importer // with all that it declares
	Refer  Importer // of which no more need be known than its name
	// Named returns a type of a package that Refer has returned. It is neither an alias
	// nor generic.
	Named func(pkg *types.Package, name string) (types.Type, error)
}

type writer struct {
	pkg     *types.Package
	files   []*token.File
	starts  []int // of each file in the row of all
	imports Importer

	packages []*types.Package // that are referred to
	pkgIndex map[*types.Package]int
	whole    map[*types.Package]bool // those of which a type's name does not do
	types    map[types.Type]int
	table    buffer // of types, each after those that it consists of
	lengths  buffer // of what is in the table for each
	embeds   []int  // interfaces that embed others
	params   []*types.TypeParam
}

// Write writes a package that has been checked without errors, and types that it
// uses. Positions are kept that are in one of the files.
func Write(pkg *types.Package, used []types.Type, files []*token.File, imports Importer) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(unsupported)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("%w: %s", ErrUnsupported, string(e))
		}
	}()
	w := &writer{
		pkg: pkg, files: files, starts: startsOf(files), imports: imports,
		pkgIndex: map[*types.Package]int{}, whole: map[*types.Package]bool{}, types: map[types.Type]int{},
	}
	var named, objects buffer
	var list []*types.Named
	scope := pkg.Scope()
	count := 0
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if t, ok := obj.(*types.TypeName); ok && !t.IsAlias() {
			n, ok := t.Type().(*types.Named)
			if !ok {
				fail("type %s", name)
			}
			list = append(list, n)
			continue
		}
		count++
		w.object(&objects, obj)
	}
	for _, n := range list {
		var b buffer
		b.int(w.typ(n.Underlying()))
		b.int(n.NumMethods())
		for m := range n.Methods() {
			w.function(&b, m)
		}
		named.string(string(b))
	}
	var others, params buffer
	var constraints []int
	others.int(len(used))
	for _, t := range used {
		others.int(w.typ(t))
	}
	var names buffer
	names.int(len(list))
	for _, n := range list {
		names.string(n.Obj().Name())
		names.int(w.pos(n.Obj().Pos()))
		w.paramList(&names, n.TypeParams())
	}
	for i := 0; i < len(w.params); i++ { // a constraint may lead to others
		constraints = append(constraints, w.typ(w.params[i].Constraint()))
	}
	params.int(len(w.params))
	for i, p := range w.params {
		params.string(p.Obj().Name())
		params.int(w.pos(p.Obj().Pos()))
		others.int(constraints[i])
	}
	var out buffer
	out.string(pkg.Name())
	out.int(len(w.packages))
	for _, p := range w.packages {
		out.string(p.Path())
		out.bool(w.whole[p])
	}
	out.int(len(pkg.Imports()))
	for _, p := range pkg.Imports() {
		w.mustImport(p)
		out.string(p.Path())
	}
	out = append(append(out, params...), names...)
	out.int(len(w.types))
	out = append(out, w.lengths...)
	out = append(out, w.table...)
	out = append(out, named...)
	out.int(len(w.embeds))
	for _, i := range w.embeds {
		out.int(i)
	}
	out.int(count)
	out = append(out, objects...)
	return append(out, others...), nil
}

type unsupported string

func fail(format string, args ...any) { panic(unsupported(fmt.Sprintf(format, args...))) }

func (w *writer) pos(p token.Pos) int {
	if !p.IsValid() {
		return 0
	}
	for i, f := range w.files {
		if f.Base() <= int(p) && int(p) <= f.Base()+f.Size() {
			return w.starts[i] + int(p) - f.Base()
		}
	}
	return 0
}

// mustImport holds that a package can be found again by its path.
func (w *writer) mustImport(p *types.Package) {
	if p == types.Unsafe {
		return
	}
	if q, err := w.imports(p.Path()); err != nil || q != p {
		fail("package %s cannot be imported", p.Path())
	}
}

// in is the number of a package; that of this one is 0.
func (w *writer) in(p *types.Package) int {
	if p == w.pkg {
		return 0
	}
	if p == nil {
		fail("an object of no package")
	}
	i, ok := w.pkgIndex[p]
	if !ok {
		w.mustImport(p)
		w.packages = append(w.packages, p)
		i = len(w.packages)
		w.pkgIndex[p] = i
	}
	return i
}

func (w *writer) object(b *buffer, obj types.Object) {
	switch obj := obj.(type) {
	case *types.Const:
		b.int(objConst)
		w.variable(b, obj)
		w.value(b, obj.Val())
	case *types.Var:
		b.int(objVar)
		w.variable(b, obj)
	case *types.Func:
		b.int(objFunc)
		w.function(b, obj)
	case *types.TypeName:
		b.int(objAlias)
		if _, ok := obj.Type().(*types.Alias); !ok {
			fail("alias %s without a type of its own", obj.Name())
		}
		b.int(w.typ(obj.Type()))
	default:
		fail("%T", obj)
	}
}

// variable writes what objects of all kinds have.
func (w *writer) variable(b *buffer, obj types.Object) {
	b.string(obj.Name())
	b.int(w.pos(obj.Pos()))
	b.int(w.typ(obj.Type()))
}

func (w *writer) function(b *buffer, f *types.Func) {
	b.int(w.in(f.Pkg()))
	b.string(f.Name())
	b.int(w.pos(f.Pos()))
	b.int(w.typ(f.Type()))
}

func (w *writer) value(b *buffer, v constant.Value) {
	switch x := constant.Val(v).(type) {
	case bool:
		b.int(valBool)
		b.bool(x)
	case string:
		b.int(valString)
		b.string(x)
	case int64:
		b.int(valInt64)
		*b = binary.AppendVarint(*b, x)
	case *big.Int:
		b.int(valInt)
		b.gob(x)
	case *big.Rat:
		b.int(valRat)
		b.gob(x)
	case *big.Float:
		b.int(valFloat)
		b.gob(x)
	default:
		if v.Kind() != constant.Complex {
			fail("constant %s", v)
		}
		b.int(valComplex)
		w.value(b, constant.Real(v))
		w.value(b, constant.Imag(v))
	}
}
