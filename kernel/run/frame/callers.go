package frame

import (
	"go/token"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/funcname"
)

// Programs ask where they are: runtime.Caller and its relatives. What the Go
// runtime would answer is where the interpreter is, so these functions are
// stood in for. A program counter of interpreted code is a number that no
// machine code has; PCs knows which place it stands for.

// A PCs gives out program counters.
type PCs struct {
	mu     sync.Mutex
	sites  []CallSite
	number map[CallSite]int
	funcs  map[uintptr]*runtime.Func
}

// A CallSite is a place in a function; without one, it is the runtime's panic.
// It does not lead to the function's compiled code, which is let go when nobody
// can call it any more.
type CallSite struct {
	Fn  *ssa.Function
	pos token.Pos
}

// StartOf is the place at which a function begins.
func StartOf(fn *ssa.Function) CallSite { return CallSite{fn, fn.Pos()} }

const (
	pcBase = uintptr(0xc0de) << 32 // between text and heap, where nothing is
	pcStep = 16                    // so that pc-1, which callers ask for, is still the same place
)

// PC returns the program counter of a place.
func (pt *PCs) PC(s CallSite) uintptr {
	if s.Fn == nil {
		return panicFrame().PC + 1 // where the call returns to, as the runtime has it
	}
	pt.mu.Lock()
	defer pt.mu.Unlock()
	n, ok := pt.number[s]
	if !ok {
		if pt.number == nil {
			pt.number = make(map[CallSite]int)
		}
		n = len(pt.sites)
		pt.number[s] = n
		pt.sites = append(pt.sites, s)
	}
	return pcBase + uintptr(n)*pcStep + pcStep/2
}

// Site is the inverse of pc.
func (pt *PCs) Site(pc uintptr) (CallSite, bool) {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if n := (pc - pcBase) / pcStep; pc >= pcBase && n < uintptr(len(pt.sites)) {
		return pt.sites[n], true
	}
	return CallSite{}, false
}

// Sites lists where the thread is, innermost call first, without the first
// skip ones.
func (t *Thread) Sites(skip, max int) []CallSite {
	var out []CallSite
	for f := range t.Cur.calls {
		if len(out) >= max {
			break
		}
		if skip--; skip >= 0 {
			continue
		}
		if f == nil {
			out = append(out, CallSite{})
		} else {
			out = append(out, CallSite{f.Fn.SSA, f.position()})
		}
	}
	return out
}

// calls yields a call of the user's and its callers, innermost first. A function
// that was deferred and that a panic has called has the calls below it that the
// panic left, after a nil for the runtime's own.
func (fr *Frame) calls(yield func(*Frame) bool) {
	for f := fr; f != nil; {
		if !f.Fn.hidden() && (f == fr || !f.nowhere()) && !yield(f) {
			return
		}
		if p := f.Deferred; p != nil && p.At != nil && !f.Fn.Wrapper {
			if !yield(nil) {
				return
			}
			f = p.At.(*Frame)
		} else {
			f = f.caller()
		}
	}
}

// nowhere reports whether a call is in no cell: that of a program's main.
func (fr *Frame) nowhere() bool {
	return fr.Caller == nil && fr.Fn.World.Place(fr.Fn.SSA, fr.position()).Line == 0
}

// panicFrame is the runtime's function that carries out a panic, as a program
// finds it on the stack of a function that the panic calls.
var panicFrame = sync.OnceValue(func() (f runtime.Frame) {
	defer func() {
		_ = recover()
		var pcs [8]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
		for more := true; more && f.Function != "runtime.gopanic"; {
			f, more = frames.Next()
		}
	}()
	panic("to be found")
})

// Source is what a program is told of a place: the function's name as the
// linker would have it, a cell in place of a file, and the line.
func (w *World) Source(s CallSite) (function, file string, line int) {
	if s.Fn == nil {
		f := panicFrame()
		return f.Function, f.File, f.Line
	}
	p := w.Place(s.Fn, s.pos)
	function = p.Func
	if function == "main" {
		function = "main.main"
	}
	if pkg := funcname.Package(s.Fn); pkg != nil && pkg.Path() != pkg.Name() {
		function = pkg.Path() + strings.TrimPrefix(function, pkg.Name())
	}
	return function, p.FileName(), p.Line
}

// frame is the place as package runtime describes it.
func (w *World) frame(s CallSite) runtime.Frame {
	f := runtime.Frame{PC: w.PCs.PC(s), Entry: w.PCs.PC(StartOf(s.Fn))}
	f.Function, f.File, f.Line = w.Source(s)
	f.Func = w.FuncForPC(f.PC)
	return f
}

// FuncForPC is runtime.FuncForPC.
func (w *World) FuncForPC(pc uintptr) *runtime.Func {
	s, ok := w.PCs.Site(pc)
	if !ok || !w.Knows.FuncInfo {
		return runtime.FuncForPC(pc)
	}
	entry := w.PCs.PC(StartOf(s.Fn))
	name, file, line := w.Source(s)
	w.PCs.mu.Lock()
	defer w.PCs.mu.Unlock()
	if f := w.PCs.funcs[pc]; f != nil {
		return f // so that equal counters give equal pointers
	}
	if w.PCs.funcs == nil {
		w.PCs.funcs = make(map[uintptr]*runtime.Func)
	}
	f := goruntime.NewFunc(entry, name, file, line)
	w.PCs.funcs[pc] = f
	return f
}

// CallersFrames is runtime.CallersFrames.
func (w *World) CallersFrames(pcs []uintptr) *runtime.Frames {
	if !w.Knows.Frames {
		return runtime.CallersFrames(pcs)
	}
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
		if s, ok := w.PCs.Site(pc); ok {
			flush()
			list = append(list, w.frame(s))
		} else {
			native = append(native, pc)
		}
	}
	flush()
	return goruntime.NewFrames(list)
}
