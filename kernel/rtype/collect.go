package rtype

import (
	"fmt"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/typename"
)

// A generic type may refer to itself with ever longer arguments. These bound
// how deep brackets are nested in a type's name, and its length.
const (
	maxNesting    = 64
	maxNameLength = 1 << 16
)

// nesting returns how deep brackets are nested in a type's name.
func nesting(name string) int {
	depth, deepest := 0, 0
	for _, c := range name {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		}
		deepest = max(deepest, depth)
	}
	return deepest
}

// A build makes the run-time types that one wanted type reaches.
type build struct {
	ts     *Types
	whole  bool         // with all methods
	own    []*ownType   // laid out here
	late   []*ownType   // laid out before, which get their methods here
	shells typeutil.Map // types.Type → *ownType, those of own
	seen   typeutil.Map // types.Type → true
	finals typeutil.Map // types.Type → reflect.Type

	again map[types.Type]reflect.Type // what final has returned

	methodTypes map[reflect.Type]*types.Signature // of methods, without receivers
}

// An ownType is a type whose descriptor is laid out here.
type ownType struct {
	typ     types.Type // *types.Named, *types.Struct or *types.Interface
	under   types.Type
	name    string // as reflect's String
	pkg     *types.Package
	methods []method // of typ
	ptr     []method // of the pointer to typ

	waits         bool // it has no methods yet,
	room, ptrRoom int  // but no more than so many will come

	state  layoutState
	t      *goruntime.Type
	block  *block
	ptrTo  *goruntime.Type // nil where reflect's will do
	ptrBlk *block
}

type layoutState uint8

const (
	notLaidOut layoutState = iota
	layingOut
	laidOut
)

func (o *ownType) named() bool {
	_, ok := o.typ.(*types.Named)
	return ok
}

// collect finds the types that t reaches and that are to be made, and fails
// for those that cannot be. After it, making them cannot fail but for size.
func (b *build) collect(t types.Type) error {
	t = types.Unalias(t)
	if b.seen.At(t) != nil {
		return nil
	}
	made := b.ts.made(t)
	if made != nil && (!b.whole || b.ts.whole[made]) {
		return nil
	}
	b.seen.Set(t, true)
	if made != nil {
		switch t.(type) {
		case *types.Named, *types.Struct, *types.Interface:
			return b.collectMade(t, made)
		}
	}
	switch t := t.(type) {
	case *types.Basic:
		if composite.Basic(t) == nil {
			return fmt.Errorf("%s is not the type of a value", t)
		}
		return nil
	case *types.Named:
		return b.collectNamed(t)
	case *types.Pointer:
		return b.collect(t.Elem())
	case *types.Slice:
		return b.collect(t.Elem())
	case *types.Array:
		return b.collect(t.Elem())
	case *types.Chan:
		return b.collect(t.Elem())
	case *types.Map:
		if err := b.collect(t.Key()); err != nil {
			return err
		}
		return b.collect(t.Elem())
	case *types.Signature:
		return b.collectSignature(t)
	case *types.Struct:
		return b.collectStruct(t)
	case *types.Interface:
		return b.collectInterface(t)
	case *types.TypeParam:
		return fmt.Errorf("type parameter %s has no type yet", t)
	}
	return fmt.Errorf("%s has no values", t)
}

func (b *build) collectNamed(t *types.Named) error {
	if rt := b.ts.native(t); rt != nil {
		b.ts.whole[rt] = true
		b.finals.Set(t, rt)
		return nil
	}
	obj := t.Obj()
	switch {
	case obj.Pkg() == nil:
		return fmt.Errorf("%s is not the type of a value", obj.Name())
	case t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0:
		return fmt.Errorf("generic type %s has no type arguments", obj.Name())
	case obj.Pkg().Path() != userPath && obj.Exported() && t.TypeArgs().Len() == 0 &&
		(b.ts.opt.Source == nil || !b.ts.opt.Source(obj.Pkg().Path())):
		return fmt.Errorf("%s.%s is not part of this kernel", obj.Pkg().Path(), obj.Name())
	}
	o, err := b.add(t)
	if err != nil {
		return err
	}
	if err := b.collectUnder(o.under); err != nil {
		return err
	}
	if !b.whole && b.ts.mayWait(t) {
		o.wait(t)
		return nil
	}
	return b.collectMethods(o)
}

func (b *build) collectUnder(u types.Type) error {
	switch u := u.(type) {
	case *types.Struct:
		return b.collectFields(u)
	case *types.Interface:
		return b.collectInterfaceMethods(u)
	}
	return b.collect(u)
}

// collectMade finds what a type leads to that was laid out before.
func (b *build) collectMade(t types.Type, rt reflect.Type) error {
	o := b.ts.bare[rt]
	if o == nil {
		o = &ownType{typ: t, under: t.Underlying()}
	} else {
		b.late = append(b.late, o)
	}
	if err := b.collectUnder(o.under); err != nil {
		return err
	}
	return b.collectMethods(o)
}

func (b *build) add(t types.Type) (*ownType, error) {
	name := typename.Of(t, b.ts.locals)
	if len(name) > maxNameLength || nesting(name) > maxNesting {
		return nil, fmt.Errorf("it leads to %.60s… and so on: a generic type refers to itself with ever longer type arguments", name)
	}
	o := &ownType{typ: t, under: t.Underlying(), name: name}
	if n, ok := t.(*types.Named); ok {
		o.pkg = n.Obj().Pkg()
	}
	b.own = append(b.own, o)
	b.shells.Set(t, o)
	return o, nil
}

func (b *build) collectSignature(t *types.Signature) error {
	if n := t.Params().Len() + t.Results().Len(); n >= goruntime.MaxFuncArgs {
		return fmt.Errorf("a function has %d parameters and results; at most %d are possible here", n, goruntime.MaxFuncArgs-1)
	}
	for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
		for v := range tuple.Variables() {
			if err := b.collect(v.Type()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *build) collectStruct(t *types.Struct) error {
	if err := b.collectFields(t); err != nil {
		return err
	}
	special := false // reflect.StructOf cannot make it
	for f := range t.Fields() {
		special = special || f.Embedded() || f.Name() == "_"
	}
	if !special {
		return nil
	}
	if rt := b.linked(t); rt != nil {
		b.ts.whole[rt] = true
		b.finals.Set(t, rt)
		return nil
	}
	o, err := b.add(t)
	if err != nil {
		return err
	}
	return b.collectMethods(o)
}

func (b *build) collectFields(t *types.Struct) error {
	for f := range t.Fields() {
		if err := b.collect(f.Type()); err != nil {
			return fmt.Errorf("field %s: %w", f.Name(), err)
		}
	}
	return nil
}

func (b *build) collectInterfaceMethods(t *types.Interface) error {
	if !t.IsMethodSet() {
		return fmt.Errorf("interface %s is a constraint, not the type of a value", t)
	}
	for m := range t.Methods() {
		if err := b.collect(m.Type()); err != nil {
			return fmt.Errorf("method %s: %w", m.Name(), err)
		}
	}
	return nil
}

func (b *build) collectInterface(t *types.Interface) error {
	if err := b.collectInterfaceMethods(t); err != nil {
		return err
	}
	if t.NumMethods() == 0 {
		return nil
	}
	if rt := b.linked(t); rt != nil {
		b.ts.whole[rt] = true
		b.finals.Set(t, rt)
		return nil
	}
	_, err := b.add(t)
	return err
}
