package typedata

import (
	"encoding/binary"
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
	"slices"
	"sort"
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

// Kinds of types, as they are written.
const (
	tagBasic = iota
	tagUniverse
	tagOwn
	tagOther
	tagNamed
	tagInstance
	tagAlias
	tagPointer
	tagSlice
	tagArray
	tagMap
	tagChan
	tagStruct
	tagSignature
	tagInterface
	tagUnion
	tagParam
)

// Kinds of objects and of constants.
const (
	objConst = iota
	objVar
	objFunc
	objAlias

	valBool
	valString
	valInt64
	valInt
	valRat
	valFloat
	valComplex
)

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

// startsOf gives each file its place in a row of all, which begins at 1.
func startsOf(files []*token.File) []int {
	starts := make([]int, len(files)+1)
	starts[0] = 1
	for i, f := range files {
		starts[i+1] = starts[i] + f.Size() + 1
	}
	return starts
}

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

func (w *writer) tuple(b *buffer, t *types.Tuple) {
	b.int(t.Len())
	for v := range t.Variables() {
		w.parameter(b, v)
	}
}

func (w *writer) parameter(b *buffer, v *types.Var) {
	if v.Pkg() == nil { // of a function of the universe
		b.int(0)
	} else {
		b.int(w.in(v.Pkg()))
	}
	w.variable(b, v)
}

// typ is the number of a type in the table, to which it is added.
func (w *writer) typ(t types.Type) int {
	if i, ok := w.types[t]; ok {
		return i
	}
	var b buffer
	switch t := t.(type) {
	case *types.Basic:
		if u, ok := types.Universe.Lookup(t.Name()).(*types.TypeName); ok && u.Type() == t && types.Typ[t.Kind()] != t { // byte, rune
			b.int(tagUniverse)
			b.string(t.Name())
			break
		}
		b.int(tagBasic)
		b.int(int(t.Kind()))
	case *types.Named:
		w.named(&b, t)
	case *types.Alias:
		if t.TypeArgs().Len() > 0 || t.TypeParams().Len() > 0 {
			fail("generic alias %s", t)
		}
		if t.Obj().Pkg() == w.pkg {
			w.declared(t.Obj())
			rhs := w.typ(t.Rhs())
			b.int(tagAlias)
			b.string(t.Obj().Name())
			b.int(w.pos(t.Obj().Pos()))
			b.int(rhs)
			break
		}
		w.name(&b, t.Obj())
	case *types.Pointer:
		elem := w.typ(t.Elem())
		b.int(tagPointer)
		b.int(elem)
	case *types.Slice:
		elem := w.typ(t.Elem())
		b.int(tagSlice)
		b.int(elem)
	case *types.Array:
		elem := w.typ(t.Elem())
		b.int(tagArray)
		b.int(elem)
		b.int(int(t.Len()))
	case *types.Map:
		key, elem := w.typ(t.Key()), w.typ(t.Elem())
		b.int(tagMap)
		b.int(key)
		b.int(elem)
	case *types.Chan:
		elem := w.typ(t.Elem())
		b.int(tagChan)
		b.int(int(t.Dir()))
		b.int(elem)
	case *types.Struct:
		b.int(tagStruct)
		b.int(t.NumFields())
		for i := range t.NumFields() {
			f := t.Field(i)
			w.parameter(&b, f)
			b.bool(f.Embedded())
			b.string(t.Tag(i))
		}
	case *types.Signature:
		w.signature(&b, t)
	case *types.Interface:
		b.int(tagInterface)
		b.bool(t.IsImplicit())
		b.int(t.NumExplicitMethods())
		for m := range t.ExplicitMethods() {
			w.function(&b, m)
		}
		b.int(t.NumEmbeddeds())
		for e := range t.EmbeddedTypes() {
			b.int(w.typ(e))
		}
	case *types.TypeParam:
		b.int(tagParam)
		b.int(w.param(t))
	case *types.Union:
		b.int(tagUnion)
		b.int(t.Len())
		for term := range t.Terms() {
			b.bool(term.Tilde())
			b.int(w.typ(term.Type()))
		}
	default:
		fail("type %s", t)
	}
	i := len(w.types)
	w.types[t] = i
	w.lengths.int(len(b))
	w.table = append(w.table, b...)
	if u, ok := t.(*types.Interface); ok && u.NumEmbeddeds() > 0 {
		w.embeds = append(w.embeds, i)
	}
	return i
}

// param is the number of a type parameter.
func (w *writer) param(p *types.TypeParam) int {
	if i := slices.Index(w.params, p); i >= 0 {
		return i
	}
	if p.Obj().Pkg() != w.pkg {
		fail("type parameter %s of another package", p)
	}
	w.params = append(w.params, p)
	return len(w.params) - 1
}

func (w *writer) paramList(b *buffer, list *types.TypeParamList) {
	b.int(list.Len())
	for p := range list.TypeParams() {
		b.int(w.param(p))
	}
}

func (w *writer) signature(b *buffer, t *types.Signature) {
	b.int(tagSignature)
	w.paramList(b, t.RecvTypeParams())
	w.paramList(b, t.TypeParams())
	recv := t.Recv()
	if recv != nil {
		if _, literal := types.Unalias(recv.Type()).(*types.Interface); literal {
			recv = nil // the interface itself, which gives it to its methods
		}
	}
	b.bool(recv != nil)
	if recv != nil {
		w.parameter(b, recv)
	}
	w.tuple(b, t.Params())
	w.tuple(b, t.Results())
	b.bool(t.Variadic())
}

func (w *writer) named(b *buffer, t *types.Named) {
	if t.TypeArgs().Len() == 0 {
		w.name(b, t.Obj())
		return
	}
	origin := w.typ(t.Origin())
	var args []int
	for a := range t.TypeArgs().Types() {
		args = append(args, w.typ(a))
	}
	b.int(tagInstance)
	b.int(origin)
	b.int(len(args))
	for _, a := range args {
		b.int(a)
	}
}

// name refers to a type by its name.
func (w *writer) name(b *buffer, obj *types.TypeName) {
	switch obj.Pkg() {
	case nil:
		b.int(tagUniverse)
		b.string(obj.Name())
	case w.pkg:
		w.declared(obj)
		b.int(tagOwn)
		b.string(obj.Name())
	default:
		in := w.in(obj.Pkg())
		w.declared(obj)
		if n, ok := obj.Type().(*types.Named); ok && n.TypeParams().Len() == 0 {
			b.int(tagNamed)
		} else {
			w.whole[obj.Pkg()] = true
			b.int(tagOther)
		}
		b.int(in)
		b.string(obj.Name())
	}
}

// declared holds that a type can be found again by its name: that it is not one
// that a function declares.
func (w *writer) declared(obj *types.TypeName) {
	if obj.Pkg().Scope().Lookup(obj.Name()) != obj {
		fail("type %s is not declared in its package", obj.Name())
	}
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

// A buffer is what has been written.
type buffer []byte

func (b *buffer) int(n int) { *b = binary.AppendUvarint(*b, uint64(n)) }

func (b *buffer) bool(v bool) {
	if v {
		b.int(1)
	} else {
		b.int(0)
	}
}

func (b *buffer) string(s string) {
	b.int(len(s))
	*b = append(*b, s...)
}

func (b *buffer) gob(v interface{ GobEncode() ([]byte, error) }) {
	data, err := v.GobEncode()
	if err != nil {
		fail("constant: %v", err)
	}
	b.string(string(data))
}

// fileOf is the file in which a place in the row of all is.
func fileOf(starts []int, at int) int {
	return sort.Search(len(starts)-1, func(i int) bool { return starts[i+1] > at })
}
