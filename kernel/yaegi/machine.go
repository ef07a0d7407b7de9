package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/traefik/yaegi/interp"
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/standard"
)

// Config is what a Machine asks of its surroundings.
type Config struct {
	MethodValue func(sel *types.Selection) *ssa.Function          // as of ssa.Program, while the program grows
	Symbol      func(pkgPath, name string) (reflect.Value, bool)  // a compiled function, or a variable (addressable)
	NamedType   func(pkgPath, name string) reflect.Type           // a compiled package's type, or nil
	Body        func(fn *ssa.Function) *ssa.Function              // what to run for a function without a body, or nil
	Place       func(fn *ssa.Function, pos token.Pos) sched.Place // a position in the user's source
}

// A Machine executes the functions of one session. It implements engine.Executor; what
// yaegi has read it does not forget.
type Machine struct {
	cfg     Config
	interp  *interp.Interpreter
	streams *standard.Streams

	standIns map[string]any // by the full name of what they stand for

	threads  sync.Map // *sched.G → *thread
	lastMain atomic.Pointer[sched.G]

	mu sync.Mutex // of what follows

	typs  map[types.Type]*typ
	byKey map[string]*typ
	cut   []*typ // of which it is not known yet what is inside
	same  map[*types.TypeName]*types.TypeName

	helpers   map[string]string        // by kind and key, names in core Go
	symbols   map[string]reflect.Value // that yaegi has not been told yet
	functions map[*ssa.Function]*function
	ids       int         // of functions
	wanted    []*function // that are not printed yet
	globals   map[*ssa.Global]reflect.Value
}

// New returns a machine with no variables.
func New(cfg Config) (*Machine, error) {
	m := &Machine{
		cfg:       cfg,
		typs:      map[types.Type]*typ{},
		byKey:     map[string]*typ{},
		same:      map[*types.TypeName]*types.TypeName{},
		helpers:   map[string]string{},
		functions: map[*ssa.Function]*function{},
		globals:   map[*ssa.Global]reflect.Value{},
		symbols:   map[string]reflect.Value{},
	}
	m.streams = standard.New(nil)
	m.standIn()
	m.interp = interp.New(interp.Options{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
	err := m.interp.Use(interp.Exports{
		"github.com/traefik/yaegi/yaegi": {"convert": reflect.ValueOf(convertHook)},
		"h/h": {
			"Frame":     reflect.ValueOf((*Frame)(nil)),
			"Enter":     reflect.ValueOf(enter),
			"Protect":   reflect.ValueOf((*Frame).protect),
			"RunDefers": reflect.ValueOf(normalDefers),
			"Poll":      reflect.ValueOf(poll),
			"Index":     reflect.ValueOf(runtimeerror.Index),
		},
	})
	if err == nil { // yaegi takes all that it reads for one file
		_, err = m.interp.Eval("package main\n\nimport \"h\"\n")
	}
	if err != nil {
		return nil, fmt.Errorf("starting yaegi: %w", err)
	}
	return m, nil
}

// bodyOf returns what to interpret for a call of fn, or nil for compiled code.
func (m *Machine) bodyOf(fn *ssa.Function) *ssa.Function {
	if fn.Blocks != nil {
		return fn
	}
	return m.cfg.Body(fn)
}

// need returns the form of a function with a body, and has it printed if it is
// not yet. m.mu is held.
func (m *Machine) need(fn *ssa.Function) *function {
	if f := m.functions[fn]; f != nil {
		return f
	}
	f := &function{m: m, ssa: fn, id: m.ids, name: funcname.Of(fn), positions: []token.Pos{fn.Pos()}}
	f.wrapper = funcname.Wrapper(fn)
	m.ids++
	m.functions[fn] = f
	m.symbols[fmt.Sprintf("Fn%d", f.id)] = reflect.ValueOf(f)
	m.wanted = append(m.wanted, f)
	return f
}

// locked calls f with m.mu held, and returns what it refuses as an error.
func (m *Machine) locked(f func() error) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer unsupported.Catch(&err)
	return f()
}

// Compile implements engine.Executor.
func (m *Machine) Compile(fns []*ssa.Function) error {
	return m.locked(func() error { m.compile(fns...); return nil })
}

// compiled returns the form of a function that is about to be called.
func (m *Machine) compiled(fn *ssa.Function) (f *function) {
	err := m.locked(func() error {
		if body := m.bodyOf(fn); body != nil {
			fn = body
		}
		if f = m.functions[fn]; f == nil || f.code.Load() == nil {
			m.compile(fn)
			f = m.functions[fn]
		}
		return nil
	})
	if err != nil {
		panic("gosched: " + err.Error())
	}
	return f
}

// Dump writes what yaegi is given for a function; literals in it are functions of
// their own.
func (m *Machine) Dump(w io.Writer, fn *ssa.Function) error {
	return m.locked(func() error {
		body := m.bodyOf(fn)
		if body == nil {
			return fmt.Errorf("%s is compiled into the kernel", fn)
		}
		m.compile(body)
		_, err := io.WriteString(w, m.functions[body].text)
		return err
	})
}

// compile prints functions and all that they need, and has yaegi read that. m.mu is held.
func (m *Machine) compile(fns ...*ssa.Function) {
	defer func() { // of what is refused with others none can be had
		m.wanted = nil
		maps.DeleteFunc(m.functions, func(_ *ssa.Function, f *function) bool { return f.code.Load() == nil })
	}()
	for _, fn := range fns {
		m.need(fn)
	}
	var printed []*function
	var text strings.Builder
	text.WriteString("package main\n\n")
	for len(m.wanted) > 0 {
		f := m.wanted[len(m.wanted)-1]
		m.wanted = m.wanted[:len(m.wanted)-1]
		printed = append(printed, f)
		c := &printer{m: m, fn: f, operands: operand.In(f.ssa), names: map[ssa.Value][]string{}, labels: map[*ssa.BasicBlock]bool{}}
		f.text = c.print()
		text.WriteString(f.text)
	}
	if len(printed) > 0 {
		m.interpret(text.String(), printed)
	}
}

// interpret has yaegi read text, and make the functions in it native ones, so that
// helpers can call them.
func (m *Machine) interpret(text string, printed []*function) {
	defer func() {
		if r := recover(); r != nil {
			unsupported.Refuse(printed[0].ssa.Pos(), "yaegi cannot run what this cell is made of%s: %v", otherwise, r)
		}
	}()
	must := func(v reflect.Value, err error) reflect.Value {
		if err != nil {
			panic(err)
		}
		return v
	}
	exports := interp.Exports{"h/h": m.symbols}
	m.symbols = map[string]reflect.Value{}
	must(reflect.Value{}, m.interp.Use(exports))
	must(m.interp.Eval(text))
	for _, f := range printed {
		code := must(m.interp.Eval(fmt.Sprintf("f%d", f.id)))
		f.code.Store(&code)
	}
}

// Call implements engine.Executor.
func (m *Machine) Call(g *sched.G, fn *ssa.Function) {
	m.lastMain.Store(g)
	f := m.compiled(fn)
	m.withThread(g, func(root *Frame) { f.call(root, nil) })
}

// memory is where a variable lives, as a pointer. m.mu is held.
func (m *Machine) memory(g *ssa.Global) reflect.Value {
	if v, ok := m.globals[g]; ok {
		return v
	}
	if g.Pkg != nil {
		if v, ok := m.cfg.Symbol(g.Pkg.Pkg.Path(), g.Name()); ok && v.CanAddr() {
			m.globals[g] = v.Addr()
			return v.Addr()
		}
	}
	rt := m.typOf(elemOf(g.Type())).rt
	unsupported.TooLarge(g.Pos(), g.Name(), rt)
	m.globals[g] = reflect.New(rt)
	return m.globals[g]
}

// Continue implements engine.Executor.
func (m *Machine) Continue(old, again *ssa.Global) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.globals[again] = m.memory(old)
}

// Fill implements engine.Executor.
func (m *Machine) Fill(g *ssa.Global, set func(reflect.Value) error) error {
	return m.locked(func() error { return set(m.memory(g).Elem()) })
}

// Value implements engine.Executor.
func (m *Machine) Value(g *ssa.Global) (v any, err error) {
	err = m.locked(func() error {
		v = m.memory(g).Elem().Interface()
		if t := m.typOf(elemOf(g.Type())); !t.exact && !types.IsInterface(t.t) {
			v = box{t, v}
		}
		return nil
	})
	if b, ok := unbox(v); ok {
		v = b
	}
	return v, err
}

// Release implements engine.Executor.
func (m *Machine) Release(g *ssa.Global) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.globals, g)
}
