package typedata

import (
	"go/types"
	"slices"
)

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
