package typedata

import (
	"encoding/binary"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
)

type reader struct {
	data   []byte
	pkg    *types.Package
	files  []*token.File
	starts []int
	others Others

	packages   []*types.Package
	types      []types.Type
	params     []*types.TypeParam
	interfaces []*types.Interface
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
	for range r.len() {
		name := r.string()
		obj := types.NewTypeName(r.pos(), r.pkg, name, nil)
		n := types.NewNamed(obj, nil, nil)
		n.SetTypeParams(r.paramList())
		list = append(list, n)
		scope.Insert(obj)
	}
	for range r.len() {
		r.types = append(r.types, r.newType())
	}
	for _, n := range list {
		n.SetUnderlying(r.typ())
		for range r.len() {
			n.AddMethod(r.function())
		}
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

func (r *reader) string() string {
	n := r.len()
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}

func (r *reader) pos() token.Pos {
	at := r.int()
	if at == 0 {
		return token.NoPos
	}
	i := fileOf(r.starts, at)
	return token.Pos(r.files[i].Base() + at - r.starts[i])
}

func (r *reader) typ() types.Type { return r.types[r.int()] }

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
		return types.NewSignatureType(recv, receiver, own, params, results, r.bool())
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
	r.interfaces = append(r.interfaces, t)
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
