package standin

import (
	"context"
	"io"
	"os"
	"os/exec"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
)

// insteadTable lists what is done in place of compiled functions by either engine.
func insteadTable(files *instead.Files[*frame.Thread]) map[string]frame.NativeCall {
	table := map[string]frame.NativeCall{}
	for name, f := range instead.Functions(files) {
		table[name] = shared(f)
	}
	return table
}

// shared makes a function of package instead an intrinsic: by its type, where what it
// does may take no longer than a call by reflection.
func shared(f any) frame.NativeCall {
	switch f := f.(type) {
	case func(*frame.Thread):
		return func(t *frame.Thread, _, _ []unsafe.Pointer) { f(t) }
	case func(*frame.Thread) int:
		return func(t *frame.Thread, _, res []unsafe.Pointer) { set(res, 0, f(t)) }
	case func(*frame.Thread, *sync.Mutex):
		return fn1x0(f)
	case func(*frame.Thread, *sync.Mutex) bool:
		return fn1x1(f)
	case func(*frame.Thread, *sync.RWMutex):
		return fn1x0(f)
	case func(*frame.Thread, *sync.RWMutex) bool:
		return fn1x1(f)
	case func(*frame.Thread, *sync.WaitGroup):
		return fn1x0(f)
	case func(*frame.Thread, *sync.WaitGroup, int):
		return fn2x0(f)
	case func(*frame.Thread, *sync.Cond):
		return fn1x0(f)
	case func(*frame.Thread, *sync.Once, func()):
		return fn2x0(f)
	case func(*frame.Thread, []any) (int, error):
		return fn1x2(f)
	case func(*frame.Thread, string, []any) (int, error):
		return fn2x2(f)
	case func(*frame.Thread, *os.File, []byte) (int, error):
		return fn2x2(f)
	case func(*frame.Thread, *os.File, string) (int, error):
		return fn2x2(f)
	case func(*frame.Thread, *io.PipeReader, []byte) (int, error):
		return fn2x2(f)
	case func(*frame.Thread, *io.PipeWriter, []byte) (int, error):
		return fn2x2(f)
	case func(*frame.Thread, time.Duration):
		return fn1x0(f)
	case func(*frame.Thread, *time.Timer, time.Duration) bool:
		return fn2x1(f)
	case func(*frame.Thread, context.Context, time.Duration) (context.Context, context.CancelFunc):
		return fn2x2(f)
	case func(*frame.Thread, context.Context, time.Time) (context.Context, context.CancelFunc):
		return fn2x2(f)
	}
	return reflected(reflect.ValueOf(f))
}

// reflected is a function of package instead, called by reflection: what it does takes
// long. Programs get connections as their twins, and package exec files as they are,
// since it gives them to the process.
func reflected(f reflect.Value) frame.NativeCall {
	typ := f.Type()
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		in := []reflect.Value{reflect.ValueOf(t)}
		for i, p := range args {
			v := reflect.NewAt(typ.In(i+1), p).Elem()
			if c, ok := v.Interface().(*exec.Cmd); ok && c != nil {
				c.Stdin, c.Stdout, c.Stderr = untwin(c.Stdin), untwin(c.Stdout), untwin(c.Stderr)
			}
			in = append(in, v)
		}
		for i, v := range f.Call(in) {
			if i >= len(res) {
				break // nobody wants it
			}
			reflect.NewAt(typ.Out(i), res[i]).Elem().Set(v)
			if typ.Out(i) == connType {
				c := (*goruntime.Iface)(res[i])
				c.Tab = twinTab(connType, c.Tab)
			}
		}
	}
}
