package engine

import (
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/confine"
)

// confined is what [sched.Execution.Confine] wants to know of a cell that runs: the
// channels and locks in its variables that only its own goroutines reach.
func (e *Engine) confined(p *prepared) func() func(object unsafe.Pointer) bool {
	x, ok := e.executor.(variables)
	if !ok {
		return nil
	}
	found := sync.OnceValue(func() []*ssa.Global {
		var vars []*ssa.Global
		for _, v := range p.unit.Vars {
			if v.Old == nil { // else it is an earlier cell's, which lives on
				vars = append(vars, p.cell.Global(v.Obj))
			}
		}
		return confine.Variables(p.cell, vars, e.program.Body)
	})
	return func() func(object unsafe.Pointer) bool {
		e.mu.Lock() // nobody lets go of code meanwhile
		defer e.mu.Unlock()
		objects := map[unsafe.Pointer]bool{}
		for _, g := range found() {
			v, err := x.Variable(g)
			if err != nil {
				continue
			}
			if v.Kind() == reflect.Chan {
				objects[v.UnsafePointer()] = true
			} else {
				objects[v.Addr().UnsafePointer()] = true
			}
		}
		return func(object unsafe.Pointer) bool { return objects[object] }
	}
}
