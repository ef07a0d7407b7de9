package link

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/rtype"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/sched"
)

// A Table knows, for one session, what the functions and variables that code
// refers to are at run time.
type Table struct {
	World   *frame.World
	Library *standin.Library
	cfg     Config
	types   *rtype.Types

	callees sync.Map // *ssa.Function → *callee
	targets sync.Map // invokeKey → *Target

	forgotHands atomic.Bool // of what is forgotten, something hands locks over
	functionIDs atomic.Uint32

	mu       sync.Mutex
	globals  map[*ssa.Global]unsafe.Pointer
	unset    map[*ssa.Global]func(reflect.Value) error       // see Fill
	released map[weak.Pointer[ssa.Global]]weak.Pointer[byte] // see Release
}

// New returns a table that knows nothing yet but where to ask.
func New(cfg Config, lib *standin.Library) (*Table, error) {
	l := &Table{
		World:    lib.World,
		Library:  lib,
		cfg:      cfg,
		globals:  map[*ssa.Global]unsafe.Pointer{},
		unset:    map[*ssa.Global]func(reflect.Value) error{},
		released: map[weak.Pointer[ssa.Global]]weak.Pointer[byte]{},
	}
	types, err := rtype.New(rtype.Options{Facts: cfg.Facts, Native: cfg.NamedType, Source: cfg.Source, Own: cfg.Own, Method: l.methodImplementation})
	if err != nil {
		return nil, err
	}
	l.types = types
	return l, nil
}

// TypeOf returns the run-time type of a type.
func (l *Table) TypeOf(t types.Type) (reflect.Type, error) {
	if isDeferStack(t) {
		return frame.PtrType, nil
	}
	return l.types.Of(t)
}

// LayoutOf is TypeOf for who wants to know how values lie in memory, and nothing else.
func (l *Table) LayoutOf(t types.Type) (reflect.Type, error) {
	if isDeferStack(t) {
		return frame.PtrType, nil
	}
	return l.types.LayoutOf(t)
}

// isDeferStack recognises the SSA builder's own type of defer stacks.
func isDeferStack(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "deferStack" && n.Obj().Pkg() == nil
}

func (l *Table) goType(rt reflect.Type) types.Type { return l.types.GoType(rt) }

// Function returns the compiled form of an SSA function with a body.
func (l *Table) Function(fn *ssa.Function) *frame.Function {
	c := l.callee(fn)
	if f := c.function.Load(); f != nil {
		return f
	}
	f := &frame.Function{World: l.World, SSA: fn, ID: l.functionIDs.Add(1)}
	f.Wrapper = funcname.Wrapper(fn)
	return first(&c.function, f)
}

// BodyOf returns what to interpret for a call of fn, or nil for compiled code.
func (l *Table) BodyOf(fn *ssa.Function) *ssa.Function {
	c := l.callee(fn)
	if b := c.body.Load(); b != nil {
		return b.fn
	}
	var b *ssa.Function
	switch {
	case fn.Blocks == nil:
		if l.cfg.Body != nil && (len(fn.TypeArgs()) == 0 || !l.compiledInstance(fn, c)) {
			b = l.cfg.Body(fn)
		}
	case len(fn.TypeArgs()) == 0 || !l.compiledInstance(fn, c):
		b = fn
	}
	c.body.Store(&body{b})
	return b
}

// Interpreted returns the compiled form of what is interpreted for a call of fn, or nil
// for compiled code. A body that is made late is not made for it, but when it is first
// called.
func (l *Table) Interpreted(fn *ssa.Function) *frame.Function {
	if fn.Blocks == nil && l.cfg.Late != nil {
		c := l.callee(fn)
		if f := c.function.Load(); f != nil {
			return f
		}
		if l.cfg.Late(fn) {
			return l.Function(fn)
		}
	}
	if body := l.BodyOf(fn); body != nil {
		return l.Function(body)
	}
	return nil
}

// compiledInstance looks whether an instance of a generic function exists in
// compiled form, and if so has calls go there.
func (l *Table) compiledInstance(fn *ssa.Function, c *callee) bool {
	origin := fn.Origin()
	if l.cfg.Instance == nil || origin == nil || origin.Pkg == nil || origin.Signature.Recv() != nil {
		return false
	}
	path := origin.Pkg.Pkg.Path()
	if path == "main" || l.cfg.Own != nil && l.cfg.Own(path) {
		return false
	}
	targs := make([]reflect.Type, len(fn.TypeArgs()))
	for i, t := range fn.TypeArgs() {
		rt, err := l.TypeOf(t)
		if err != nil {
			return false
		}
		targs[i] = rt
	}
	v, ok := l.cfg.Instance(path+"."+origin.Name(), targs)
	if ok {
		call := standin.ReflectCall(v)
		c.native.Store(&call)
		c.instance.Store(&v)
	}
	return ok
}

// methodImplementation lets compiled code call a method of a user's type.
func (l *Table) methodImplementation(_ reflect.Type, sel *types.Selection) func([]reflect.Value) []reflect.Value {
	fn := l.cfg.MethodValue(sel)
	if fn == nil {
		return nil
	}
	if f := l.Interpreted(fn); f != nil {
		cl := &frame.Closure{World: l.World, Fn: f}
		return cl.Call
	}
	call, err := l.Native(fn)
	if err != nil {
		panic(err)
	}
	out := make([]reflect.Type, fn.Signature.Results().Len())
	for i := range out {
		if out[i], err = l.TypeOf(fn.Signature.Results().At(i).Type()); err != nil {
			panic(err)
		}
	}
	return asFunc(l.World, out, call)
}

// FunctionValue returns the function word for a function used as a value.
func (l *Table) FunctionValue(fn *ssa.Function, typ reflect.Type) unsafe.Pointer {
	c := l.callee(fn)
	if p := c.value.Load(); p != nil {
		return unsafe.Pointer(p)
	}
	var p unsafe.Pointer
	if f := l.Interpreted(fn); f != nil {
		p, _ = frame.NewFunc(frame.LikeFunc(typ), l.World, f, 0)
	} else {
		v, err := l.NativeFunc(fn)
		if err != nil {
			unsupported.Refuse(fn.Pos(), "%v", err)
		}
		code := v.Pointer()
		if call := l.Intrinsic(fn); call != nil {
			v = reflect.MakeFunc(typ, asFunc(l.World, slices.Collect(typ.Outs()), call))
		}
		p = goruntime.FuncWord(v)
		l.Library.StoodIn(p, code)
	}
	return unsafe.Pointer(first(&c.value, (*byte)(p)))
}

// ElemOf is what a pointer type points to.
func ElemOf(ptr types.Type) types.Type { return ptr.Underlying().(*types.Pointer).Elem() }

// asFunc makes a call of compiled code, or of what stands in for it, a Go function
// with results of such types, for use as a value.
func asFunc(w *frame.World, results []reflect.Type, call frame.NativeCall) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value {
		ptrs := make([]unsafe.Pointer, len(args))
		for i, a := range args {
			p := reflect.New(a.Type())
			p.Elem().Set(a)
			ptrs[i] = p.UnsafePointer()
		}
		out := make([]reflect.Value, len(results))
		res := make([]unsafe.Pointer, len(out))
		for i, t := range results {
			out[i] = reflect.New(t).Elem()
			res[i] = out[i].Addr().UnsafePointer()
		}
		w.Run(nil, func(t *frame.Thread) { call(t, ptrs, res) })
		return out
	}
}

// Config is what a Machine asks of its surroundings.
type Config struct {
	// Facts says what of the runtime is as expected; nil is goruntime.Check().
	Facts *goruntime.Facts

	// MethodValue is ssa.Program's, made safe for use while the program grows.
	MethodValue func(sel *types.Selection) *ssa.Function
	// Method returns what implements a method of an interface for a type, or
	// nil.
	Method func(t types.Type, method *types.Func) *ssa.Function

	// Symbol returns a compiled function, or a variable (addressable).
	Symbol func(pkgPath, name string) (reflect.Value, bool)
	// Source reports whether a package is run from source. It may be nil.
	Source func(pkgPath string) bool
	// Own reports whether a package is the session's alone, whatever this
	// program has of the same path. It may be nil.
	Own func(pkgPath string) bool
	// NamedType returns a compiled package's type, or nil.
	NamedType func(pkgPath, name string) reflect.Type
	// Body returns the interpreted function that stands in for one that has
	// no body of its own in SSA form, or nil if there is none.
	Body func(fn *ssa.Function) *ssa.Function
	// Late reports whether Body makes one for a function when it is asked, which takes
	// its time. It may be nil.
	Late func(fn *ssa.Function) bool
	// Instance returns a compiled instance of a generic function, by its
	// package path and name.
	Instance func(name string, targs []reflect.Type) (reflect.Value, bool)
	// JIT says when functions are compiled to machine code: "on", when they are
	// hot; "always", before they are first called; anything else, never.
	JIT string
	// Place translates a position in the user's source.
	Place func(fn *ssa.Function, pos token.Pos) sched.Place
}

// Callable returns a function of the program as a value that compiled code can
// call.
func (l *Table) Callable(fn *ssa.Function) (reflect.Value, error) {
	rt, err := l.TypeOf(fn.Signature)
	if err != nil {
		return reflect.Value{}, err
	}
	v := reflect.New(rt).Elem()
	*(*unsafe.Pointer)(v.Addr().UnsafePointer()) = l.FunctionValue(fn, rt)
	return v, nil
}

// JIT is when functions are compiled to machine code (see [Config]), and what is
// known of the runtime.
func (l *Table) JIT() (mode string, facts *goruntime.Facts) { return l.cfg.JIT, l.cfg.Facts }
