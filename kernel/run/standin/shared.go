package standin

import (
	"fmt"
	"os/exec"
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
)

// insteadTable lists what is done in place of compiled functions by either engine.
func insteadTable() map[string]frame.NativeCall {
	table := map[string]frame.NativeCall{}
	for name, f := range instead.Functions(fmt.Sprintf) {
		table[name] = reflected(reflect.ValueOf(f))
	}
	return table
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
