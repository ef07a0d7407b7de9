package rtype

import (
	"fmt"
	"go/types"
	"hash/fnv"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/typename"
)

// Descriptors of the program's own, to copy and to stand for the types that
// are not made yet: these have the shape that every type of the kind has.
var (
	pointerShape = reflect.TypeFor[unsafe.Pointer]()
	shapes       = map[reflect.Kind]*goruntime.Type{
		reflect.Pointer: goruntime.DescriptorOf(reflect.TypeFor[*int]()),
		reflect.Slice:   goruntime.DescriptorOf(reflect.TypeFor[[]int]()),
		reflect.Map:     goruntime.DescriptorOf(reflect.TypeFor[map[int]int]()),
		reflect.Chan:    goruntime.DescriptorOf(reflect.TypeFor[chan int]()),
		reflect.Func:    goruntime.DescriptorOf(reflect.TypeFor[func()]()),
	}
	emptyInterface = goruntime.DescriptorOf(reflect.TypeFor[any]())
	interfaceShape = goruntime.DescriptorOf(reflect.TypeFor[interface{ M() }]())
)

// built numbers the named types of the process, which makes the hashes of
// types of the same name differ.
var built atomic.Uint32

// build makes T and whatever it reaches, with the methods of all of that or without
// those that may wait. Nothing of a build that fails stays in ts.
func (ts *Types) build(T types.Type, whole bool) (rt reflect.Type, err error) {
	b := &build{ts: ts, whole: whole}
	defer func() {
		// reflect panics where it finds a type too large.
		if r := recover(); r != nil {
			rt, err = nil, fmt.Errorf("%v", r)
		}
	}()
	if err := b.collect(T); err != nil {
		return nil, err
	}
	for _, o := range b.own {
		if err := b.layOut(o); err != nil {
			return nil, err
		}
	}
	for _, o := range b.own {
		b.complete(o)
	}
	if err := b.addMethods(); err != nil {
		return nil, err
	}
	rt = b.final(T)
	for _, o := range b.own {
		ts.remember(o.typ, goruntime.ReflectOf(o.t))
	}
	b.finals.Iterate(func(t types.Type, rt any) { ts.remember(t, rt.(reflect.Type)) })
	for rt, sig := range b.methodTypes {
		ts.back.LoadOrStore(rt, sig)
	}
	for _, o := range b.own {
		ts.addInstance(o.typ, goruntime.ReflectOf(o.t))
		if o.waits {
			ts.bare[goruntime.ReflectOf(o.t)] = o
		}
	}
	for _, o := range b.late {
		delete(ts.bare, goruntime.ReflectOf(o.t))
	}
	if whole {
		b.seen.Iterate(func(t types.Type, _ any) { ts.whole[b.final(t)] = true })
	}
	return rt, nil
}

func (ts *Types) remember(t types.Type, rt reflect.Type) {
	ts.known.Set(t, rt)
	ts.back.LoadOrStore(rt, t)
}

// A block is the memory of one descriptor and what must follow it: the
// uncommon type, the parameters and results of a function type, the methods.
type block struct {
	t       *goruntime.Type
	u       *goruntime.Uncommon
	args    []*goruntime.Type
	methods []goruntime.Method
}

type blockKey struct {
	kind          reflect.Kind
	args, methods int
}

// newBlock allocates a descriptor with an uncommon type, which is kept for ever: the
// runtime keeps what has an offset, and itabs point to types without keeping them.
func (ts *Types) newBlock(kind reflect.Kind, args, methods int) *block {
	b := ts.allocate(kind, args, methods)
	goruntime.AddReflectOff(unsafe.Pointer(b.t))
	return b
}

func (ts *Types) allocate(kind reflect.Kind, args, methods int) *block {
	key := blockKey{kind, args, methods}
	rt, ok := ts.blocks[key]
	if !ok {
		rt = reflect.StructOf([]reflect.StructField{
			{Name: "Type", Type: goruntime.DescriptorType(kind)},
			{Name: "Uncommon", Type: reflect.TypeFor[goruntime.Uncommon]()},
			{Name: "Args", Type: reflect.ArrayOf(args, reflect.TypeFor[*goruntime.Type]())},
			{Name: "Methods", Type: reflect.ArrayOf(methods, reflect.TypeFor[goruntime.Method]())},
		})
		ts.blocks[key] = rt
	}
	p := reflect.New(rt).UnsafePointer()
	b := &block{t: (*goruntime.Type)(p), u: (*goruntime.Uncommon)(unsafe.Add(p, rt.Field(1).Offset))}
	if args > 0 {
		b.args = unsafe.Slice((**goruntime.Type)(unsafe.Add(p, rt.Field(2).Offset)), args)
	}
	if methods > 0 {
		b.methods = unsafe.Slice((*goruntime.Method)(unsafe.Add(p, rt.Field(3).Offset)), methods)
	}
	b.t.Kind_ = uint8(kind)
	b.u.Moff = uint32(rt.Field(3).Offset - rt.Field(1).Offset)
	return b
}

// layOut gives o its descriptor, complete but for the final types in it, its
// methods, and their types.
func (b *build) layOut(o *ownType) error {
	switch o.state {
	case laidOut:
		return nil
	case layingOut:
		return fmt.Errorf("%s contains itself", o.name)
	}
	o.state = layingOut
	kind, args := kindOf(o.under), 0
	if s, ok := o.under.(*types.Signature); ok {
		args = s.Params().Len() + s.Results().Len()
	}
	o.block = b.ts.newBlock(kind, args, max(len(o.methods), o.room))
	o.t = o.block.t
	if err := b.shapeInto(o.t, o.under); err != nil {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	o.t.TFlag &^= goruntime.TFlagExtraStar | goruntime.TFlagNamed | goruntime.TFlagUncommon
	o.t.PtrToThis = 0
	if o.named() {
		o.t.TFlag |= goruntime.TFlagNamed | goruntime.TFlagUncommon
		o.block.u.PkgPath = b.ts.pathOff(o.pkg)
	} else if len(o.methods) > 0 {
		o.t.TFlag |= goruntime.TFlagUncommon
	}
	b.setName(o.t, o.name)
	if n := max(len(o.ptr), o.ptrRoom); n > 0 {
		o.ptrBlk = b.ts.newBlock(reflect.Pointer, 0, n)
		p := (*goruntime.ElemType)(unsafe.Pointer(o.ptrBlk.t))
		*p = *(*goruntime.ElemType)(unsafe.Pointer(shapes[reflect.Pointer]))
		p.TFlag = p.TFlag&^(goruntime.TFlagExtraStar) | goruntime.TFlagUncommon
		p.PtrToThis = 0
		p.Elem = o.t
		b.setName(&p.Type, "*"+o.name)
		o.ptrBlk.u.PkgPath = b.ts.pathOff(o.pkg)
		o.ptrTo = &p.Type
		o.t.PtrToThis = goruntime.AddReflectOff(unsafe.Pointer(o.ptrTo))
	}
	o.state = laidOut
	return nil
}

func (ts *Types) pathOff(pkg *types.Package) int32 {
	if pkg == nil {
		return 0
	}
	return ts.names.off(nameKey{name: pkg.Path()})
}

func (b *build) setName(t *goruntime.Type, name string) {
	t.Str = b.ts.names.off(nameKey{name: name})
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", name, built.Add(1))
	t.Hash = h.Sum32()
}

func kindOf(t types.Type) reflect.Kind {
	switch t := t.(type) {
	case *types.Basic:
		return composite.Basic(t).Kind()
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Signature:
		return reflect.Func
	case *types.Interface:
		return reflect.Interface
	default:
		return reflect.Struct
	}
}

// shapeInto fills dst, the descriptor of a type with the underlying type u,
// with shapes for what it refers to.
func (b *build) shapeInto(dst *goruntime.Type, u types.Type) error {
	switch u := u.(type) {
	case *types.Array:
		elem, err := b.shape(u.Elem())
		if err != nil {
			return err
		}
		return setArray((*goruntime.ArrayType)(unsafe.Pointer(dst)), elem, u.Len())
	case *types.Struct:
		return b.shapeStruct((*goruntime.StructType)(unsafe.Pointer(dst)), u)
	case *types.Interface:
		*(*goruntime.InterfaceType)(unsafe.Pointer(dst)) = *(*goruntime.InterfaceType)(unsafe.Pointer(interfaceOf(u)))
		return nil
	}
	src, err := b.shape(u)
	if err != nil {
		return err
	}
	switch p := unsafe.Pointer(dst); kindOf(u) {
	case reflect.Map:
		*(*goruntime.MapType)(p) = *(*goruntime.MapType)(unsafe.Pointer(src))
	case reflect.Chan:
		*(*goruntime.ChanType)(p) = *(*goruntime.ChanType)(unsafe.Pointer(src))
	case reflect.Pointer, reflect.Slice:
		*(*goruntime.ElemType)(p) = *(*goruntime.ElemType)(unsafe.Pointer(src))
	default:
		*dst = *src
	}
	return nil
}

func (b *build) shapeStruct(dst *goruntime.StructType, u *types.Struct) error {
	n := u.NumFields()
	dst.Fields = make([]goruntime.StructField, n)
	blank := make([]bool, n)
	for i := range n {
		f := u.Field(i)
		ft, err := b.shape(f.Type())
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Name(), err)
		}
		blank[i] = f.Name() == "_"
		dst.Fields[i] = goruntime.StructField{
			Name: b.ts.names.name(nameKey{name: f.Name(), tag: u.Tag(i), embedded: f.Embedded()}),
			Typ:  ft,
		}
		if !f.Exported() && f.Pkg() != nil {
			dst.PkgPath = b.ts.names.name(nameKey{name: f.Pkg().Path()})
		}
	}
	return setStruct(dst, blank)
}

// shape returns a descriptor of the layout of t: size, pointers, comparability
// and the same of its parts.
func (b *build) shape(t types.Type) (*goruntime.Type, error) {
	t = types.Unalias(t)
	if o, ok := b.shells.At(t).(*ownType); ok {
		err := b.layOut(o)
		return o.t, err
	}
	if rt := b.made(t); rt != nil {
		return goruntime.DescriptorOf(rt), nil
	}
	switch t := t.(type) {
	case *types.Basic:
		return goruntime.DescriptorOf(composite.Basic(t)), nil
	case *types.Interface:
		return interfaceOf(t), nil
	case *types.Array, *types.Struct:
		// Seen by no one but reflect while it makes types out of this.
		dst := b.ts.newBlock(kindOf(t), 0, 0).t
		return dst, b.shapeInto(dst, t)
	}
	return shapes[kindOf(t)], nil
}

func interfaceOf(t *types.Interface) *goruntime.Type {
	if t.NumMethods() == 0 {
		return emptyInterface
	}
	return interfaceShape
}

// made returns the final type of t if it has been asked for before.
func (b *build) made(t types.Type) reflect.Type {
	if rt, ok := b.finals.At(t).(reflect.Type); ok {
		return rt
	}
	rt := b.ts.made(t)
	return rt
}

// complete puts the final types into o's descriptor.
func (b *build) complete(o *ownType) {
	switch p := unsafe.Pointer(o.t); u := o.under.(type) {
	case *types.Pointer:
		(*goruntime.ElemType)(p).Elem = b.finalAbi(u.Elem())
	case *types.Slice:
		(*goruntime.ElemType)(p).Elem = b.finalAbi(u.Elem())
	case *types.Array:
		a := (*goruntime.ArrayType)(p)
		a.Elem = b.finalAbi(u.Elem())
		a.Slice = goruntime.DescriptorOf(reflect.SliceOf(goruntime.ReflectOf(a.Elem)))
	case *types.Chan:
		c := (*goruntime.ChanType)(p)
		c.Elem, c.Dir = b.finalAbi(u.Elem()), int(composite.Dir(u))
		if c.Elem.Size_ >= goruntime.MaxChanElem {
			panic(fmt.Sprintf("the elements of a channel have %d bytes; the limit is %d", c.Elem.Size_, goruntime.MaxChanElem-1))
		}
	case *types.Map:
		m := (*goruntime.MapType)(p)
		of := (*goruntime.MapType)(unsafe.Pointer(goruntime.DescriptorOf(reflect.MapOf(b.final(u.Key()), b.final(u.Elem())))))
		head := m.Type
		*m = *of
		m.Type = head
	case *types.Signature:
		b.completeFunc(o, u)
	case *types.Struct:
		s := (*goruntime.StructType)(p)
		for i := range s.Fields {
			s.Fields[i].Typ = b.finalAbi(u.Field(i).Type())
		}
	case *types.Interface:
		b.completeInterface(o, u)
	}
}

func (b *build) completeFunc(o *ownType, u *types.Signature) {
	f := (*goruntime.FuncType)(unsafe.Pointer(o.t))
	f.InCount = uint16(u.Params().Len())
	f.OutCount = uint16(u.Results().Len())
	if u.Variadic() {
		f.OutCount |= goruntime.FuncVariadic
	}
	args := o.block.args[:0]
	for _, tuple := range []*types.Tuple{u.Params(), u.Results()} {
		for v := range tuple.Variables() {
			args = append(args, b.finalAbi(v.Type()))
		}
	}
}

func (b *build) completeInterface(o *ownType, u *types.Interface) {
	it := (*goruntime.InterfaceType)(unsafe.Pointer(o.t))
	it.PkgPath, it.Methods = goruntime.Name{}, nil
	var path string
	if o.pkg != nil {
		path = o.pkg.Path()
		it.PkgPath = b.ts.names.name(nameKey{name: path})
	}
	for _, m := range typename.Methods(u) {
		it.Methods = append(it.Methods, goruntime.IMethod{
			Name: b.ts.names.off(methodName(m, path)),
			Typ:  goruntime.AddReflectOff(unsafe.Pointer(b.finalAbi(m.Type()))),
		})
	}
}

// methodName is the name of m in a descriptor of package path home.
func methodName(m types.Object, home string) nameKey {
	k := nameKey{name: m.Name()}
	if !m.Exported() && typename.PkgPath(m) != home {
		k.pkgPath = typename.PkgPath(m)
	}
	return k
}

func (b *build) finalAbi(t types.Type) *goruntime.Type { return goruntime.DescriptorOf(b.final(t)) }

// final returns the run-time type of t. The own types that it reaches have
// been laid out.
func (b *build) final(t types.Type) reflect.Type {
	if rt := b.again[t]; rt != nil {
		return rt
	}
	rt := b.toBeFinal(types.Unalias(t))
	if b.again == nil {
		b.again = map[types.Type]reflect.Type{}
	}
	b.again[t] = rt
	return rt
}

func (b *build) toBeFinal(t types.Type) reflect.Type {
	if o, ok := b.shells.At(t).(*ownType); ok {
		return goruntime.ReflectOf(o.t)
	}
	if rt := b.made(t); rt != nil {
		return rt
	}
	rt := composite.Of(t, b.final, composite.Field)
	b.finals.Set(t, rt)
	return rt
}
