package run

import (
	"go/token"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Programs ask where they are: runtime.Caller and its relatives. What the Go
// runtime would answer is where the interpreter is, so these functions are
// stood in for. A program counter of interpreted code is a number that no
// machine code has; pcTable knows which place it stands for.

// A pcTable gives out program counters.
type pcTable struct {
	mu     sync.Mutex
	sites  []callSite
	number map[callSite]int
	funcs  map[uintptr]*funcInl
}

// A callSite is a place in a function. It does not lead to the function's
// compiled code, which is let go when nobody can call it any more.
type callSite struct {
	fn  *ssa.Function
	pos token.Pos
}

// startOf is the place at which a function begins.
func startOf(fn *ssa.Function) callSite { return callSite{fn, fn.Pos()} }

const (
	pcBase = uintptr(0xc0de) << 32 // between text and heap, where nothing is
	pcStep = 16                    // so that pc-1, which callers ask for, is still the same place
)

// pc returns the program counter of a place.
func (pt *pcTable) pc(s callSite) uintptr {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	n, ok := pt.number[s]
	if !ok {
		if pt.number == nil {
			pt.number = make(map[callSite]int)
		}
		n = len(pt.sites)
		pt.number[s] = n
		pt.sites = append(pt.sites, s)
	}
	return pcBase + uintptr(n)*pcStep + pcStep/2
}

// site is the inverse of pc.
func (pt *pcTable) site(pc uintptr) (callSite, bool) {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if n := (pc - pcBase) / pcStep; pc >= pcBase && n < uintptr(len(pt.sites)) {
		return pt.sites[n], true
	}
	return callSite{}, false
}

// sites lists where the thread is, innermost call first, without the first
// skip ones.
func (t *thread) sites(skip, max int) []callSite {
	var out []callSite
	for f := t.cur; f != nil && len(out) < max; f = f.caller {
		if f.fn.hidden() {
			continue
		}
		if skip--; skip < 0 {
			out = append(out, callSite{f.fn.ssa, f.position()})
		}
	}
	return out
}

// source is what a program is told of a place: the function's name as the
// linker would have it, a cell in place of a file, and the line.
func (m *Machine) source(s callSite) (function, file string, line int) {
	p := m.place(s.fn, s.pos)
	function, file = p.Func, p.File
	if function == "main" {
		function = "main.main"
	}
	if file == "" {
		file = "cell " + strconv.Itoa(p.Cell)
	}
	return function, file, p.Line
}

// frame is the place as package runtime describes it.
func (m *Machine) frame(s callSite) runtime.Frame {
	f := runtime.Frame{PC: m.pcs.pc(s), Entry: m.pcs.pc(startOf(s.fn))}
	f.Function, f.File, f.Line = m.source(s)
	f.Func = m.funcForPC(f.PC)
	return f
}

// funcInl has the layout of the runtime's funcinl: what a *runtime.Func points
// to that describes a function without machine code of its own.
type funcInl struct {
	ones      uint32
	entry     uintptr
	name      string
	file      string
	line      int32
	startLine int32
}

// funcForPC is runtime.FuncForPC.
func (m *Machine) funcForPC(pc uintptr) *runtime.Func {
	s, ok := m.pcs.site(pc)
	if !ok {
		return runtime.FuncForPC(pc)
	}
	fi := &funcInl{ones: ^uint32(0), entry: m.pcs.pc(startOf(s.fn))}
	var line int
	fi.name, fi.file, line = m.source(s)
	fi.line, fi.startLine = int32(line), int32(line)
	m.pcs.mu.Lock()
	defer m.pcs.mu.Unlock()
	if known := m.pcs.funcs[pc]; known != nil {
		fi = known // so that equal counters give equal pointers
	} else {
		if m.pcs.funcs == nil {
			m.pcs.funcs = make(map[uintptr]*funcInl)
		}
		m.pcs.funcs[pc] = fi
	}
	return (*runtime.Func)(unsafe.Pointer(fi))
}

// framesField is where a runtime.Frames keeps the frames that it returns next.
var framesField = func() uintptr {
	f, ok := reflect.TypeFor[runtime.Frames]().FieldByName("frames")
	if !ok || f.Type != reflect.TypeFor[[]runtime.Frame]() {
		panic("gosched: the layout of runtime.Frames is not known for this Go release")
	}
	return f.Offset
}()

// callersFrames is runtime.CallersFrames.
func (m *Machine) callersFrames(pcs []uintptr) *runtime.Frames {
	var list []runtime.Frame
	var native []uintptr
	flush := func() {
		if len(native) == 0 {
			return
		}
		frames := runtime.CallersFrames(native)
		for {
			f, more := frames.Next()
			if f.PC != 0 {
				list = append(list, f)
			}
			if !more {
				break
			}
		}
		native = nil
	}
	for _, pc := range pcs {
		if s, ok := m.pcs.site(pc); ok {
			flush()
			list = append(list, m.frame(s))
		} else {
			native = append(native, pc)
		}
	}
	flush()
	frames := runtime.CallersFrames(nil)
	*(*[]runtime.Frame)(unsafe.Add(unsafe.Pointer(frames), framesField)) = list
	return frames
}

// functionPC is what reflect.Value.Pointer says of a function.
func (m *Machine) functionPC(v reflect.Value) uintptr {
	if v.Kind() == reflect.Func && !v.IsNil() {
		word := *(*unsafe.Pointer)(funcPointer(v))
		if cl := closureOf(word); cl != nil {
			return m.pcs.pc(startOf(cl.fn.ssa))
		}
		if pc, ok := m.standIns.Load(word); ok {
			return pc.(uintptr)
		}
	}
	return v.Pointer()
}

// callersTable lists the stand-ins for functions that ask where they are
// called.
func callersTable() map[string]intrinsic {
	return map[string]intrinsic{
		"runtime.Caller": func(t *thread, args, res []unsafe.Pointer) {
			s := t.sites(arg[int](args[0]), 1)
			if len(s) == 0 {
				set(res, 0, uintptr(0))
				set(res, 1, "")
				set(res, 2, 0)
				set(res, 3, false)
				return
			}
			_, file, line := t.m.source(s[0])
			set(res, 0, t.m.pcs.pc(s[0]))
			set(res, 1, file)
			set(res, 2, line)
			set(res, 3, true)
		},
		"runtime.Callers": func(t *thread, args, res []unsafe.Pointer) {
			skip, pcs := arg[int](args[0]), arg[[]uintptr](args[1])
			// The first of all is runtime.Callers itself, for which a program
			// has no use but to skip it.
			n := 0
			if skip == 0 && len(pcs) > 0 {
				pcs[0] = reflect.ValueOf(runtime.Callers).Pointer() + 1
				n = 1
			}
			for _, s := range t.sites(skip-1, len(pcs)-n) {
				pcs[n] = t.m.pcs.pc(s)
				n++
			}
			set(res, 0, n)
		},
		"runtime.CallersFrames": func(t *thread, args, res []unsafe.Pointer) {
			set(res, 0, t.m.callersFrames(arg[[]uintptr](args[0])))
		},
		"runtime.FuncForPC": func(t *thread, args, res []unsafe.Pointer) {
			set(res, 0, t.m.funcForPC(arg[uintptr](args[0])))
		},
		"(reflect.Value).Pointer": func(t *thread, args, res []unsafe.Pointer) {
			set(res, 0, t.m.functionPC(arg[reflect.Value](args[0])))
		},
	}
}
