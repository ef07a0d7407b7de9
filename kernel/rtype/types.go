package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
	"weak"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/typename"
)

// userPath is the package path of what a notebook declares. Every cell is a
// package of its own with this path.
const userPath = "main"

// Options says what a [Types] cannot know itself.
type Options struct {
	// Facts says what of the runtime is as expected; nil is goruntime.Check().
	Facts *goruntime.Facts

	// Native returns the run-time type of a named type of a compiled-in
	// package, or nil. The name of an instantiated generic type is as in
	// reflect, such as "Pointer[int]". Types that the program's own types
	// refer to are found without it.
	Native func(pkgPath, name string) reflect.Type

	// Source reports whether a package is not compiled in but run from source.
	// Its types are made like those of a notebook. It may be nil.
	Source func(pkgPath string) bool

	// Own reports whether a package's types are the session's alone, also where
	// this program has been built with a package of the same path. It may be nil.
	Own func(pkgPath string) bool

	// Method returns the implementation of a method of a made type. It is
	// asked when native code first calls the method through an interface or
	// reflection, and its answer is kept. The first argument is the receiver,
	// a value of type recv, which is m.Recv(); it may be addressable and then
	// aliases memory that the caller owns, so it is to be copied, not changed.
	// The last argument of a variadic method is a slice. m is an element of the
	// method set of m.Recv() and may be promoted from an embedded field.
	Method func(recv reflect.Type, m *types.Selection) func(args []reflect.Value) []reflect.Value
}

// Types makes and remembers the run-time type of each type of one session.
// Identical types have the same run-time type; different named types, also of
// the same name, have different ones. It is safe for concurrent use.
type Types struct {
	opt Options

	fast sync.Map // types.Type, by pointer → reflect.Type
	laid sync.Map // the same, for LayoutOf
	back sync.Map // reflect.Type → types.Type

	mu     sync.Mutex
	known  typeutil.Map // types.Type → reflect.Type
	names  names
	blocks map[blockKey]reflect.Type
	byPtr  map[reflect.Type]reflect.Type      // function types with a pointer before the other parameters
	impls  map[reflect.Type][]*implementation // of the methods of own types and their pointers
	bare   map[reflect.Type]*ownType          // own types that have been given no methods yet
	whole  map[reflect.Type]bool              // types that lead to none of these
	locals typename.Locals
	// gone are declared types that are let go, for code that still refers to them.
	gone     map[weak.Pointer[types.Named]]reflect.Type
	families map[weak.Pointer[types.Named]]*family // of generic types
}

// New returns an empty Types. It fails where the program was built with a Go
// release, or for a processor, whose run-time types it does not know.
func New(opt Options) (*Types, error) {
	if err := opt.Facts.Direct(); err != nil {
		return nil, fmt.Errorf("making run-time types: %w", err)
	}
	return &Types{
		opt:    opt,
		names:  make(names),
		blocks: make(map[blockKey]reflect.Type),
		byPtr:  make(map[reflect.Type]reflect.Type),
		impls:  make(map[reflect.Type][]*implementation),
		bare:   make(map[reflect.Type]*ownType),
		whole:  make(map[reflect.Type]bool),
		locals: make(typename.Locals),
		gone:   make(map[weak.Pointer[types.Named]]reflect.Type),

		families: make(map[weak.Pointer[types.Named]]*family),
	}, nil
}

// Of returns the run-time type of T, which must have no type parameters left.
// Its error says which part of T cannot exist at run time, and why.
func (ts *Types) Of(T types.Type) (reflect.Type, error) {
	if T == nil {
		return nil, fmt.Errorf("no type")
	}
	if rt, ok := ts.fast.Load(T); ok {
		return rt.(reflect.Type), nil
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	rt := ts.made(T)
	if rt == nil || !ts.whole[rt] {
		var err error
		if rt, err = ts.build(T, true); err != nil {
			return nil, fmt.Errorf("type %s: %w", types.TypeString(T, shortName), err)
		}
	}
	ts.fast.Store(T, rt)
	return rt, nil
}

// LayoutOf returns what Of does, for who wants to know how values of T lie in memory.
// Types that packages declare, T or those that it leads to, may have no methods before
// somebody asks Of for what leads to them. So no interface must hold a value of T, nor
// compiled code hear of T, before that.
func (ts *Types) LayoutOf(T types.Type) (reflect.Type, error) {
	if T == nil {
		return nil, fmt.Errorf("no type")
	}
	if rt, ok := ts.laid.Load(T); ok {
		return rt.(reflect.Type), nil
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	rt := ts.made(T)
	if rt == nil {
		var err error
		if rt, err = ts.build(T, false); err != nil {
			return nil, fmt.Errorf("type %s: %w", types.TypeString(T, shortName), err)
		}
	}
	ts.laid.Store(T, rt)
	return rt, nil
}

// Same has now, a declared type, be the same type at run time as was, which was
// declared before it with the same structure and methods: both have one
// run-time type from then on, whose methods are those of now. Of generic types
// that is so of every instance. It returns those run-time types: none where was
// has none, and nothing is to be done.
func (ts *Types) Same(was, now *types.Named) []reflect.Type {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if now.TypeParams().Len() > 0 {
		return ts.sameInstances(was, now)
	}
	rt := ts.made(was)
	if rt == nil || ts.made(now) != nil {
		return nil
	}
	ts.take(rt, now)
	return []reflect.Type{rt}
}

// take makes rt the run-time type of now.
func (ts *Types) take(rt reflect.Type, now *types.Named) {
	ts.known.Set(now, rt)
	ts.back.Store(rt, now)
	ts.become(rt, now)
	if rt.Kind() != reflect.Interface {
		ptr, pointer := reflect.PointerTo(rt), types.NewPointer(now)
		ts.known.Set(pointer, ptr)
		ts.back.Store(ptr, pointer)
		ts.become(ptr, pointer)
	}
}

// become has the methods of rt be those of t.
func (ts *Types) become(rt reflect.Type, t types.Type) {
	set := types.NewMethodSet(t)
	for _, m := range ts.impls[rt] {
		old := m.sel.Load().Obj()
		if sel := set.Lookup(old.Pkg(), old.Name()); sel != nil {
			m.sel.Store(sel)
			m.fn.Store(nil)
		}
	}
}

func shortName(p *types.Package) string { return p.Name() }

// GoType returns the type whose run-time type is rt, for a type that Of has
// made or met on its way, or that is composed of such types; otherwise nil.
func (ts *Types) GoType(rt reflect.Type) types.Type {
	if rt == nil {
		return nil
	}
	if T, ok := ts.back.Load(rt); ok {
		return T.(types.Type)
	}
	if rt.Name() != "" {
		return nil
	}
	var T types.Type
	switch rt.Kind() {
	case reflect.Pointer:
		if e := ts.GoType(rt.Elem()); e != nil {
			T = types.NewPointer(e)
		}
	case reflect.Slice:
		if e := ts.GoType(rt.Elem()); e != nil {
			T = types.NewSlice(e)
		}
	case reflect.Array:
		if e := ts.GoType(rt.Elem()); e != nil {
			T = types.NewArray(e, int64(rt.Len()))
		}
	case reflect.Chan:
		if e := ts.GoType(rt.Elem()); e != nil {
			dir := map[reflect.ChanDir]types.ChanDir{
				reflect.BothDir: types.SendRecv, reflect.SendDir: types.SendOnly, reflect.RecvDir: types.RecvOnly,
			}[rt.ChanDir()]
			T = types.NewChan(dir, e)
		}
	case reflect.Map:
		k, e := ts.GoType(rt.Key()), ts.GoType(rt.Elem())
		if k != nil && e != nil {
			T = types.NewMap(k, e)
		}
	}
	if T == nil {
		return nil
	}
	prior, _ := ts.back.LoadOrStore(rt, T)
	return prior.(types.Type)
}
