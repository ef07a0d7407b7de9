package run

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"math/big"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/rtype"
	"github.com/gosched/gosched/kernel/sched"
)

// Config is what a Machine asks of its surroundings.
type Config struct {
	Program *ssa.Program
	// MethodValue is Program's, made safe for use while the program grows.
	MethodValue func(sel *types.Selection) *ssa.Function

	// Symbol returns a compiled function, or a variable (addressable).
	Symbol func(pkgPath, name string) (reflect.Value, bool)
	// Source reports whether a package is run from source. It may be nil.
	Source func(pkgPath string) bool
	// NamedType returns a compiled package's type, or nil.
	NamedType func(pkgPath, name string) reflect.Type
	// Body returns the interpreted function that stands in for one that has
	// no body of its own in SSA form, or nil if there is none.
	Body func(fn *ssa.Function) *ssa.Function
	// Instance returns a compiled instance of a generic function, by its
	// package path and name.
	Instance func(name string, targs []reflect.Type) (reflect.Value, bool)
	// Place translates a position in the user's source.
	Place func(fn *ssa.Function, pos token.Pos) sched.Place
}

// A Machine executes the functions of one session.
type Machine struct {
	cfg    Config
	types  *rtype.Types
	shapes shapes

	functions sync.Map // *ssa.Function → *function
	bodies    sync.Map // *ssa.Function → *ssa.Function, nil if compiled
	natives   sync.Map // *ssa.Function → nativeCall
	values    sync.Map // *ssa.Function → unsafe.Pointer
	targets   sync.Map // invokeKey → *target
	traces    sync.Map // *sched.G → *panicking, between a panic and its report
	instances sync.Map // *ssa.Function → reflect.Value, compiled instances
	passed    sync.Map // runtime's goroutine → passedPanic, until it is logged
	standIns  sync.Map // unsafe.Pointer, an intrinsic as a value → uintptr, code of what it stands for
	logLocks  sync.Map // *log.Logger → *sync.Mutex

	mu       sync.Mutex
	globals  map[*ssa.Global]unsafe.Pointer
	released map[*ssa.Global]weak.Pointer[byte] // see Release

	intrinsics map[string]intrinsic

	functionIDs atomic.Uint32
	lastMain    atomic.Pointer[sched.G]
	streams     *streams
	pcs         pcTable
}

// An UnsupportedError says what in the source cannot be run.
type UnsupportedError struct {
	Pos  token.Pos
	What string
}

func (e *UnsupportedError) Error() string { return e.What }

// New returns a machine with no variables.
func New(cfg Config) (*Machine, error) {
	m := &Machine{
		cfg:      cfg,
		shapes:   shapes{m: map[shapeKey]reflect.Type{}},
		globals:  map[*ssa.Global]unsafe.Pointer{},
		released: map[*ssa.Global]weak.Pointer[byte]{},
	}
	m.streams = newStreams(m)
	m.intrinsics = intrinsicTable()
	for _, more := range []map[string]intrinsic{stoppableTable(), callersTable(), stacksTable(), logTable(), slogTable()} {
		maps.Copy(m.intrinsics, more)
	}
	types, err := rtype.New(rtype.Options{Native: cfg.NamedType, Source: cfg.Source, Method: m.methodImplementation})
	if err != nil {
		return nil, err
	}
	m.types = types
	return m, nil
}

// TypeOf returns the run-time type of a type.
func (m *Machine) TypeOf(t types.Type) (reflect.Type, error) { return m.typeOf(t) }

func (m *Machine) typeOf(t types.Type) (reflect.Type, error) {
	if isDeferStack(t) {
		return ptrType, nil
	}
	return m.types.Of(t)
}

// isDeferStack recognises the SSA builder's own type of defer stacks.
func isDeferStack(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "deferStack" && n.Obj().Pkg() == nil
}

func (m *Machine) goType(rt reflect.Type) types.Type { return m.types.GoType(rt) }

func (m *Machine) place(fn *ssa.Function, pos token.Pos) sched.Place {
	p := m.cfg.Place(fn, pos)
	p.Func = displayName(fn)
	return p
}

// function returns the compiled form of an SSA function with a body.
func (m *Machine) function(fn *ssa.Function) *function {
	if f, ok := m.functions.Load(fn); ok {
		return f.(*function)
	}
	f := &function{m: m, ssa: fn, id: m.functionIDs.Add(1)}
	f.wrapper = fn.Synthetic != "" && fn.Syntax() == nil
	got, _ := m.functions.LoadOrStore(fn, f)
	return got.(*function)
}

// Compile prepares a function and the function literals in it, and reports
// what in them cannot be run.
func (m *Machine) Compile(fn *ssa.Function) error {
	f := m.function(fn)
	f.once.Do(f.compile)
	if f.err != nil {
		return f.err
	}
	for _, lit := range fn.AnonFuncs {
		if err := m.Compile(lit); err != nil {
			return err
		}
	}
	return nil
}

// bodyOf returns what to interpret for a call of fn, or nil for compiled code.
func (m *Machine) bodyOf(fn *ssa.Function) *ssa.Function {
	if b, ok := m.bodies.Load(fn); ok {
		return b.(*ssa.Function)
	}
	if fn.Blocks != nil && (len(fn.TypeArgs()) == 0 || !m.compiledInstance(fn)) {
		m.bodies.Store(fn, fn)
		return fn
	}
	if fn.Blocks != nil {
		m.bodies.Store(fn, (*ssa.Function)(nil))
		return nil
	}
	var b *ssa.Function
	if m.cfg.Body != nil {
		b = m.cfg.Body(fn)
	}
	m.bodies.Store(fn, b)
	return b
}

// compiledInstance looks whether an instance of a generic function exists in
// compiled form, and if so has calls go there.
func (m *Machine) compiledInstance(fn *ssa.Function) bool {
	origin := fn.Origin()
	if m.cfg.Instance == nil || origin == nil || origin.Pkg == nil || origin.Signature.Recv() != nil {
		return false
	}
	path := origin.Pkg.Pkg.Path()
	if path == "main" {
		return false
	}
	targs := make([]reflect.Type, len(fn.TypeArgs()))
	for i, t := range fn.TypeArgs() {
		rt, err := m.typeOf(t)
		if err != nil {
			return false
		}
		targs[i] = rt
	}
	v, ok := m.cfg.Instance(path+"."+origin.Name(), targs)
	if ok {
		m.natives.Store(fn, reflectCall(v))
		m.instances.Store(fn, v)
	}
	return ok
}

// global returns a variable's memory.
func (m *Machine) global(g *ssa.Global) unsafe.Pointer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.known(g); p != nil {
		return p
	}
	if g.Pkg != nil {
		if v, ok := m.cfg.Symbol(g.Pkg.Pkg.Path(), g.Name()); ok && v.CanAddr() {
			p := v.Addr().UnsafePointer()
			m.globals[g] = p
			return p
		}
	}
	rt, err := m.typeOf(elemOf(g.Type()))
	if err != nil {
		panic(unsupported{g.Pos(), err.Error()})
	}
	if rt.Size() > maxVariable {
		panic(unsupported{g.Pos(), tooLarge(g.Name(), rt)})
	}
	p := reflect.New(rt).UnsafePointer()
	m.globals[g] = p
	return p
}

// maxVariable is how large a variable may be: what Go's linker allows.
const maxVariable = 2_000_000_000

func tooLarge(name string, rt reflect.Type) string {
	return fmt.Sprintf("variable %s is too large: %s has %d bytes, and %d are the most", name, rt, rt.Size(), maxVariable)
}

// Bind makes a variable live in the memory at p, which must have its type's
// layout: that of an earlier variable whose place it takes.
func (m *Machine) Bind(g *ssa.Global, p unsafe.Pointer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.globals[g] = p
}

// Memory returns where a variable lives.
func (m *Machine) Memory(g *ssa.Global) unsafe.Pointer { return m.global(g) }

// Variable returns a variable as an addressable value.
func (m *Machine) Variable(g *ssa.Global) (reflect.Value, error) {
	rt, err := m.typeOf(elemOf(g.Type()))
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.NewAt(rt, m.global(g)).Elem(), nil
}

// Call runs a function without parameters or results on g, the main goroutine
// of a cell.
func (m *Machine) Call(g *sched.G, fn *ssa.Function) {
	m.lastMain.Store(g)
	m.withThread(g, func(t *thread) {
		fr := m.function(fn).enter(t, nil)
		fr.exec()
		fr.leave()
	})
}

// method returns the SSA function for an interface method of a type.
func (m *Machine) method(t types.Type, method *types.Func) *ssa.Function {
	sel := m.cfg.Program.MethodSets.MethodSet(t).Lookup(method.Pkg(), method.Name())
	if sel == nil {
		return nil
	}
	return m.cfg.MethodValue(sel)
}

// methodImplementation lets compiled code call a method of a user's type.
func (m *Machine) methodImplementation(_ reflect.Type, sel *types.Selection) func([]reflect.Value) []reflect.Value {
	fn := m.cfg.MethodValue(sel)
	if fn == nil {
		return nil
	}
	if body := m.bodyOf(fn); body != nil {
		cl := &closure{m: m, fn: m.function(body)}
		return cl.call
	}
	call, err := m.native(fn)
	if err != nil {
		panic(err)
	}
	sig := fn.Signature
	return func(args []reflect.Value) []reflect.Value {
		ptrs := make([]unsafe.Pointer, len(args))
		for i, a := range args {
			p := reflect.New(a.Type())
			p.Elem().Set(a)
			ptrs[i] = p.UnsafePointer()
		}
		out := make([]reflect.Value, sig.Results().Len())
		res := make([]unsafe.Pointer, len(out))
		for i := range out {
			rt, err := m.typeOf(sig.Results().At(i).Type())
			if err != nil {
				panic(err)
			}
			out[i] = reflect.New(rt).Elem()
			res[i] = out[i].Addr().UnsafePointer()
		}
		m.run(nil, func(t *thread) { call(t, ptrs, res) })
		return out
	}
}

// functionValue returns the function word for a function used as a value.
func (m *Machine) functionValue(fn *ssa.Function, typ reflect.Type) unsafe.Pointer {
	if p, ok := m.values.Load(fn); ok {
		return p.(unsafe.Pointer)
	}
	var p unsafe.Pointer
	if body := m.bodyOf(fn); body != nil {
		cl := &closure{m: m, fn: m.function(body)}
		p = cl.value(typ)
	} else {
		v, err := m.nativeFunc(fn)
		if err != nil {
			panic(unsupported{fn.Pos(), err.Error()})
		}
		code := v.Pointer()
		if call := m.intrinsic(fn); call != nil {
			v = reflect.MakeFunc(typ, intrinsicAsFunc(m, typ, call))
		}
		p = *(*unsafe.Pointer)(funcPointer(v))
		m.standIns.Store(p, code)
	}
	got, _ := m.values.LoadOrStore(fn, p)
	return got.(unsafe.Pointer)
}

// setConstant sets v to a constant's value.
func setConstant(v reflect.Value, k constant.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k))
	case reflect.String:
		v.SetString(constant.StringVal(k))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, _ := constant.Int64Val(constant.ToInt(k))
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		v.SetUint(u)
	case reflect.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(k))
		v.SetFloat(float64(f))
	case reflect.Float64:
		v.SetFloat(float64Of(constant.ToFloat(k)))
	case reflect.Complex64, reflect.Complex128:
		z := constant.ToComplex(k)
		re := float64Of(constant.Real(z))
		im := float64Of(constant.Imag(z))
		v.SetComplex(complex(re, im))
	case reflect.UnsafePointer:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(u)
	default:
		panic(fmt.Sprintf("constant %s of type %s", k, v.Type()))
	}
}

func float64Of(k constant.Value) float64 {
	f, exact := constant.Float64Val(k)
	if !exact {
		// Float64Val rounds twice for some large fractions.
		if r, ok := constant.Val(k).(*big.Rat); ok {
			f, _ = r.Float64()
		}
	}
	return f
}
