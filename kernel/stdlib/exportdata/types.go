package exportdata

import (
	"fmt"
	"go/types"
)

// Kinds of types.
const (
	definedType = iota
	pointerType
	sliceType
	arrayType
	chanType
	mapType
	signatureType
	structType
	interfaceType
	typeParamType
	instanceType
	unionType
	aliasType
)

func (d *decoder) typ() types.Type { return d.typeAt(d.int(), nil) }

// typeAt reads the type at a place. Base is the type that it is declared for.
func (a *archive) typeAt(at int, base *types.Named) types.Type {
	if at < reserved {
		return a.of.known[at]
	}
	if t := a.types[at]; t != nil && mayShare(t, base) {
		return t
	}
	d := a.declaration(at - reserved)
	t := d.newType(base)
	if mayShare(t, base) {
		a.types[at] = t
	}
	return t
}

// mayShare reports whether a type may be used wherever it stands. Methods of an interface
// have its declared type as receiver; one with others in it is not complete at once.
func mayShare(t types.Type, base *types.Named) bool {
	i, ok := t.(*types.Interface)
	return !ok || i.NumEmbeddeds() == 0 && (base == nil || i.NumExplicitMethods() == 0)
}

func (d *decoder) newType(base *types.Named) types.Type {
	switch kind := d.int(); kind {
	case definedType, aliasType:
		name := d.string()
		return d.declare(d.pkg(), name).Type()
	case pointerType:
		return types.NewPointer(d.typ())
	case sliceType:
		return types.NewSlice(d.typ())
	case arrayType:
		n := d.int()
		return types.NewArray(d.typ(), int64(n))
	case chanType:
		dir := [...]types.ChanDir{1: types.RecvOnly, 2: types.SendOnly, 3: types.SendRecv}[d.int()]
		return types.NewChan(dir, d.typ())
	case mapType:
		key := d.typ()
		return types.NewMap(key, d.typ())
	case signatureType:
		return d.signature(d.pkg(), nil, nil, nil)
	case structType:
		return d.newStruct()
	case interfaceType:
		return d.newInterface(base)
	case typeParamType:
		name := d.string()
		pkg := d.pkg()
		if d.params[param{pkg, name}] == nil {
			at, ok := d.find(pkg, name)
			if !ok {
				panic("there is no type parameter " + name)
			}
			d.read(pkg, name, at)
		}
		return d.params[param{pkg, name}]
	case instanceType:
		d.pos()
		args := make([]types.Type, d.int())
		for i := range args {
			args[i] = d.typ()
		}
		return d.instance(d.typ(), args)
	case unionType:
		terms := make([]*types.Term, d.int())
		for i := range terms {
			tilde := d.bool()
			terms[i] = types.NewTerm(tilde, d.typ())
		}
		return types.NewUnion(terms)
	default:
		panic(fmt.Sprintf("a type is of kind %d", kind))
	}
}

func (d *decoder) newStruct() types.Type {
	pkg := d.pkg()
	fields := make([]*types.Var, d.int())
	tags := make([]string, len(fields))
	for i := range fields {
		d.pos()
		name := d.string()
		t := d.typ()
		fields[i] = types.NewField(0, pkg, name, t, d.bool())
		tags[i] = d.string()
	}
	return types.NewStruct(fields, tags)
}

func (d *decoder) newInterface(base *types.Named) types.Type {
	pkg := d.pkg()
	embedded := make([]types.Type, d.int())
	for i := range embedded {
		d.pos()
		embedded[i] = d.typ()
	}
	methods := make([]*types.Func, d.int())
	for i := range methods {
		d.pos()
		name := d.string()
		var recv *types.Var
		if base != nil {
			recv = types.NewVar(0, pkg, "", base)
		}
		methods[i] = types.NewFunc(0, pkg, name, d.signature(pkg, recv, nil, nil))
	}
	t := types.NewInterfaceType(methods, embedded)
	if len(embedded) == 0 {
		return t.Complete()
	}
	d.of.later = append(d.of.later, func() { t.Complete() })
	return t
}

// instance instantiates a type. What stands for one of a generic interface is completed,
// which package types does not do.
func (d *decoder) instance(origin types.Type, args []types.Type) types.Type {
	t, err := types.Instantiate(nil, origin, args, false)
	if err != nil {
		panic(err)
	}
	d.of.later = append(d.of.later, func() {
		if types.IsInterface(origin) {
			t.Underlying().(*types.Interface).Complete()
		}
	})
	return t
}

func (d *decoder) signature(pkg *types.Package, recv *types.Var, receiver, own []*types.TypeParam) *types.Signature {
	params := d.tuple(pkg)
	results := d.tuple(pkg)
	variadic := params.Len() > 0 && d.bool()
	return types.NewSignatureType(recv, receiver, own, params, results, variadic)
}

func (d *decoder) tuple(pkg *types.Package) *types.Tuple {
	list := make([]*types.Var, d.int())
	for i := range list {
		list[i] = d.param(pkg)
	}
	return types.NewTuple(list...)
}

func (d *decoder) param(pkg *types.Package) *types.Var {
	d.pos()
	name := d.string()
	return types.NewParam(0, pkg, name, d.typ())
}

// typeParams reads a list of type parameters, or nil.
func (d *decoder) typeParams() (list []*types.TypeParam) {
	for range d.int() {
		list = append(list, types.Unalias(d.typ()).(*types.TypeParam))
	}
	return list
}
