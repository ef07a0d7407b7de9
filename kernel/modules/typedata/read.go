package typedata

import (
	"encoding/binary"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
	"sync"

	"github.com/gosched/gosched/kernel/stdlib/latetype"
)

type reader struct {
	data   []byte
	pkg    *types.Package
	files  []*token.File
	starts []int
	others Others

	packages   []*types.Package
	params     []*types.TypeParam
	interfaces []*types.Interface // that embed others
	table      []byte
	places     []int // of each type in it

	mu    sync.Mutex   // after Read: of all that follows, and data
	types []types.Type // nil where one has not been read
	below int          // a type consists of those before it
}

// Read makes a package, and types that it uses, of what [Write] has written. Files are
// those that Write was given, of the same sizes. What cannot be read is an error.
func Read(data []byte, path string, files []*token.File, others Others) (pkg *types.Package, used []types.Type, err error) {
	defer func() {
		if r := recover(); r != nil {
			pkg, used, err = nil, nil, fmt.Errorf("type data of package %q: %v", path, r)
		}
	}()
	r := &reader{data: data, files: files, starts: startsOf(files), others: others}
	r.pkg = types.NewPackage(path, r.string())
	r.packages = append(r.packages, r.pkg)
	for range r.len() {
		r.packages = append(r.packages, r.imported())
	}
	var imported []*types.Package
	for range r.len() {
		imported = append(imported, r.from(r.others.Refer, r.string()))
	}
	r.pkg.SetImports(imported)
	for range r.len() {
		name := r.string()
		r.params = append(r.params, types.NewTypeParam(types.NewTypeName(r.pos(), r.pkg, name, nil), nil))
	}
	scope := r.pkg.Scope()
	var list []*types.Named
	generic := map[*types.Named]bool{} // a type that is asked is as it is then
	for range r.len() {
		name := r.string()
		obj := types.NewTypeName(r.pos(), r.pkg, name, nil)
		n := types.NewNamed(obj, nil, nil)
		if params := r.paramList(); params != nil {
			n.SetTypeParams(params)
			generic[n] = true
		}
		list = append(list, n)
		scope.Insert(obj)
	}
	r.readTable()
	for _, n := range list {
		r.named(n, r.bytes(), !eager && !generic[n])
	}
	for range r.len() {
		r.typ()
	}
	for range r.len() {
		r.object(scope)
	}
	for range r.len() {
		used = append(used, r.typ())
	}
	constraints := make([]types.Type, len(r.params))
	for i := range constraints {
		constraints[i] = r.typ()
	}
	for _, i := range r.interfaces {
		i.Complete()
	}
	for i, p := range r.params {
		p.SetConstraint(constraints[i])
	}
	if len(r.data) > 0 {
		return nil, nil, fmt.Errorf("type data of package %q: %d bytes more than there should be", path, len(r.data))
	}
	r.pkg.MarkComplete()
	return r.pkg, used, nil
}

func (r *reader) imported() *types.Package {
	path, from := r.string(), r.others.Refer
	if r.bool() {
		from = r.others.Import
	}
	return r.from(from, path)
}

func (r *reader) from(from Importer, path string) *types.Package {
	if path == "unsafe" {
		return types.Unsafe
	}
	pkg, err := from(path)
	if err != nil {
		panic(err)
	}
	return pkg
}

func (r *reader) int() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		panic("it ends early")
	}
	r.data = r.data[size:]
	return int(n)
}

// len is the number of things that follow.
func (r *reader) len() int {
	n := r.int()
	if n < 0 || n > len(r.data) {
		panic("it ends early")
	}
	return n
}

func (r *reader) bool() bool { return r.int() != 0 }

func (r *reader) bytes() []byte {
	n := r.len()
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) string() string { return string(r.bytes()) }

func (r *reader) pos() token.Pos {
	at := r.int()
	if at == 0 {
		return token.NoPos
	}
	i := fileOf(r.starts, at)
	return token.Pos(r.files[i].Base() + at - r.starts[i])
}

// readTable reads where types are.
func (r *reader) readTable() {
	n := r.len()
	r.types, r.places, r.below = make([]types.Type, n), make([]int, n+1), n
	for i := range n {
		r.places[i+1] = r.places[i] + r.len()
	}
	size := r.places[n]
	r.table, r.data = r.data[:size], r.data[size:]
}

// typ is a type of the table, which is read if it has not been.
func (r *reader) typ() types.Type {
	i := r.int()
	if i >= r.below {
		panic("a type consists of itself")
	}
	if r.types[i] == nil {
		data, below := r.data, r.below
		r.data, r.below = r.table[r.places[i]:r.places[i+1]], i
		r.types[i] = r.newType()
		r.data, r.below = data, below
	}
	return r.types[i]
}

// named has a type read what it is when somebody asks, if it may be late. A generic one
// may not: what its type parameters are is known at the end.
func (r *reader) named(n *types.Named, data []byte, late bool) {
	if late && latetype.Set(n, func() (types.Type, []*types.Func) { return r.later(data) }) {
		return
	}
	rest := r.data
	underlying, methods := r.body(data)
	r.data = rest
	n.SetUnderlying(underlying)
	for _, m := range methods {
		n.AddMethod(m)
	}
}

var eager bool // for tests: as where types cannot be read late

// later reads what a type is after its package has been read. Meanwhile no type is
// asked what it is. What cannot be read is invalid.
func (r *reader) later(data []byte) (underlying types.Type, methods []*types.Func) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if recover() != nil {
			underlying, methods = types.Typ[types.Invalid], nil
		}
	}()
	r.below = len(r.types)
	return r.body(data)
}

func (r *reader) body(data []byte) (underlying types.Type, methods []*types.Func) {
	r.data = data
	switch underlying = r.typ(); underlying.(type) {
	case *types.Named, *types.Alias, *types.TypeParam:
		panic("a type stands for another")
	}
	for range r.len() {
		methods = append(methods, r.function())
	}
	return underlying, methods
}

func (r *reader) object(scope *types.Scope) {
	switch kind := r.int(); kind {
	case objConst:
		name, pos, t := r.string(), r.pos(), r.typ()
		scope.Insert(types.NewConst(pos, r.pkg, name, t, r.value()))
	case objVar:
		name, pos := r.string(), r.pos()
		scope.Insert(types.NewVar(pos, r.pkg, name, r.typ()))
	case objFunc:
		scope.Insert(r.function())
	case objAlias:
		scope.Insert(r.typ().(*types.Alias).Obj())
	default:
		panic(fmt.Sprintf("object of kind %d", kind))
	}
}

func (r *reader) function() *types.Func {
	pkg, name, pos := r.packages[r.int()], r.string(), r.pos()
	return types.NewFunc(pos, pkg, name, r.typ().(*types.Signature))
}

func (r *reader) tuple(kind types.VarKind) *types.Tuple {
	list := make([]*types.Var, r.len())
	for i := range list {
		list[i] = r.parameter(kind)
	}
	return types.NewTuple(list...)
}

func (r *reader) parameter(kind types.VarKind) *types.Var {
	pkg, name, pos := r.packages[r.int()], r.string(), r.pos()
	v := types.NewParam(pos, pkg, name, r.typ())
	v.SetKind(kind)
	return v
}

func (r *reader) newType() types.Type {
	switch tag := r.int(); tag {
	case tagBasic:
		return types.Typ[r.int()]
	case tagUniverse:
		return types.Universe.Lookup(r.string()).Type()
	case tagOwn:
		return r.pkg.Scope().Lookup(r.string()).Type()
	case tagOther:
		pkg, name := r.packages[r.int()], r.string()
		return pkg.Scope().Lookup(name).Type()
	case tagNamed:
		pkg, name := r.packages[r.int()], r.string()
		t, err := r.others.Named(pkg, name)
		if err != nil {
			panic(err)
		}
		return t
	case tagInstance:
		origin := r.typ()
		args := make([]types.Type, r.len())
		for i := range args {
			args[i] = r.typ()
		}
		t, err := types.Instantiate(nil, origin, args, false)
		if err != nil {
			panic(err)
		}
		return t
	case tagAlias:
		name, pos := r.string(), r.pos()
		return types.NewAlias(types.NewTypeName(pos, r.pkg, name, nil), r.typ())
	case tagPointer:
		return types.NewPointer(r.typ())
	case tagSlice:
		return types.NewSlice(r.typ())
	case tagArray:
		elem := r.typ()
		return types.NewArray(elem, int64(r.int()))
	case tagMap:
		key := r.typ()
		return types.NewMap(key, r.typ())
	case tagChan:
		dir := types.ChanDir(r.int())
		return types.NewChan(dir, r.typ())
	case tagStruct:
		return r.newStruct()
	case tagSignature:
		receiver, own := r.paramList(), r.paramList()
		var recv *types.Var
		if r.bool() {
			recv = r.parameter(types.RecvVar)
		}
		params, results := r.tuple(types.ParamVar), r.tuple(types.ResultVar)
		variadic := r.bool()
		if variadic && params.Len() > 0 {
			if _, named := params.At(params.Len() - 1).Type().(*types.Named); named {
				panic("a list of parameters is a named type")
			}
		}
		return types.NewSignatureType(recv, receiver, own, params, results, variadic)
	case tagInterface:
		return r.newInterface()
	case tagParam:
		return r.params[r.int()]
	case tagUnion:
		terms := make([]*types.Term, r.len())
		for i := range terms {
			tilde := r.bool()
			terms[i] = types.NewTerm(tilde, r.typ())
		}
		return types.NewUnion(terms)
	default:
		panic(fmt.Sprintf("type of kind %d", tag))
	}
}

// paramList reads type parameters, or nil.
func (r *reader) paramList() (list []*types.TypeParam) {
	for range r.len() {
		list = append(list, r.params[r.int()])
	}
	return list
}

func (r *reader) newStruct() types.Type {
	n := r.len()
	fields, tags := make([]*types.Var, n), make([]string, n)
	for i := range fields {
		pkg, name, pos, t := r.packages[r.int()], r.string(), r.pos(), r.typ()
		fields[i] = types.NewField(pos, pkg, name, t, r.bool())
		tags[i] = r.string()
	}
	return types.NewStruct(fields, tags)
}

func (r *reader) newInterface() types.Type {
	implicit := r.bool()
	methods := make([]*types.Func, r.len())
	for i := range methods {
		methods[i] = r.function()
	}
	embedded := make([]types.Type, r.len())
	for i := range embedded {
		embedded[i] = r.typ()
	}
	t := types.NewInterfaceType(methods, embedded)
	if implicit {
		t.MarkImplicit()
	}
	if len(embedded) == 0 {
		return t.Complete()
	}
	r.interfaces = append(r.interfaces, t) // Read reads all of these
	return t
}

func (r *reader) value() constant.Value {
	switch kind := r.int(); kind {
	case valBool:
		return constant.MakeBool(r.bool())
	case valString:
		return constant.MakeString(r.string())
	case valInt64:
		n, size := binary.Varint(r.data)
		if size <= 0 {
			panic("it ends early")
		}
		r.data = r.data[size:]
		return constant.MakeInt64(n)
	case valInt:
		return constant.Make(number(r, new(big.Int)))
	case valRat:
		return constant.Make(number(r, new(big.Rat)))
	case valFloat:
		return constant.Make(number(r, new(big.Float)))
	case valComplex:
		re, im := r.value(), r.value()
		return constant.BinaryOp(constant.ToComplex(re), token.ADD, constant.MakeImag(im))
	default:
		panic(fmt.Sprintf("constant of kind %d", kind))
	}
}

func number[T interface{ GobDecode([]byte) error }](r *reader, x T) T {
	if err := x.GobDecode([]byte(r.string())); err != nil {
		panic(err)
	}
	return x
}
