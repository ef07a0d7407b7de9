package standin

import (
	"reflect"
	"runtime"
	"slices"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
)

// functionPC is what reflect.Value.Pointer says of a function.
func (l *Library) functionPC(v reflect.Value) uintptr {
	if v.Kind() == reflect.Func && !v.IsNil() {
		word := goruntime.FuncWord(v)
		if cl := frame.ClosureOf(word); cl != nil {
			return l.World.PCs.PC(frame.StartOf(cl.Fn.SSA))
		}
		if pc, ok := l.standIns.Load(word); ok {
			return pc.(uintptr)
		}
	}
	return v.Pointer()
}

// runtimeFrames are the calls of the runtime's own that every stack of a main
// goroutine has below the program's: runtime.main and runtime.goexit. Variables
// are initialised there.
var runtimeFrames = func() []uintptr {
	var pcs [64]uintptr
	n := runtime.Callers(0, pcs[:])
	return slices.Clone(pcs[max(0, n-2):n])
}()

// bottom is what a stack has below the calls of the program. Who looks for his
// caller in a list of frames stops before the last.
func bottom(m *frame.World, sites []frame.CallSite) []uintptr {
	if len(sites) > 0 && sites[len(sites)-1].Fn != nil {
		if name, _, _ := m.Source(sites[len(sites)-1]); name == "main.main" {
			return runtimeFrames
		}
	}
	return runtimeFrames[len(runtimeFrames)-1:]
}

// callersTable lists the stand-ins for functions that ask where they are
// called.
func (l *Library) callersTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"runtime.Caller": func(t *frame.Thread, args, res []unsafe.Pointer) {
			s := t.Sites(arg[int](args[0]), 1)
			if len(s) == 0 {
				set(res, 0, uintptr(0))
				set(res, 1, "")
				set(res, 2, 0)
				set(res, 3, false)
				return
			}
			_, file, line := t.World.Source(s[0])
			set(res, 0, t.World.PCs.PC(s[0]))
			set(res, 1, file)
			set(res, 2, line)
			set(res, 3, true)
		},
		"runtime.Callers": func(t *frame.Thread, args, res []unsafe.Pointer) {
			skip, pcs := arg[int](args[0]), arg[[]uintptr](args[1])
			// The first of all is runtime.Callers itself, for which a program
			// has no use but to skip it.
			n := 0
			if skip == 0 && len(pcs) > 0 {
				pcs[0] = reflect.ValueOf(runtime.Callers).Pointer() + 1
				n = 1
			}
			sites := t.Sites(0, 1<<20)
			below := bottom(t.World, sites)
			for _, s := range sites[min(max(skip-1, 0), len(sites)):] {
				if n < len(pcs) {
					pcs[n] = t.World.PCs.PC(s)
					n++
				}
			}
			if !t.World.Knows.Frames {
				below = nil // CallersFrames would find these only
			}
			n += copy(pcs[n:], below[min(max(skip-1-len(sites), 0), len(below)):])
			set(res, 0, n)
		},
		"runtime.CallersFrames": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, t.World.CallersFrames(arg[[]uintptr](args[0])))
		},
		"runtime.FuncForPC": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, t.World.FuncForPC(arg[uintptr](args[0])))
		},
		"(reflect.Value).Pointer": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, l.functionPC(arg[reflect.Value](args[0])))
		},
	}
}
