package engine

import (
	"fmt"
	"go/types"
	"maps"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/gone"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/rtype"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

// letGo lets go of what no later cell can name any more.
func (e *Engine) letGo(superseded []types.Object) {
	for _, o := range superseded {
		switch o := o.(type) {
		case *types.Var:
			if g := e.globals[o]; g != nil {
				e.executor.Release(g)
				delete(e.globals, o)
			}
		case *types.Func:
			e.forget(e.program.Function(o))
		}
	}
}

// remember keeps the cells that a unit is made of for as long as code of the unit
// is there, which is told by its places in them. e.mu is held.
func (e *Engine) remember(unit *ssa.Package, u *check.Unit) {
	key := gone.Tell(unit, e, func(e *Engine, key weak.Pointer[ssa.Package]) {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.units, key)
	})
	e.units[key] = u.Cells()
}

// begin says that the statements of a cell are about to run. e.mu is held.
func (e *Engine) begin(cell *types.Package) { e.running[cell] = true }

// end lets go of what a cell that has run does not need any more.
func (e *Engine) end(p *prepared) {
	e.forget(p.cell.Body)
	for _, r := range p.unit.Results {
		e.executor.Release(p.cell.Global(r))
	}
	e.program.Ran(p.cell)
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.running, p.unit.Pkg)
	e.sweep()
}

// sweep lets go of whole cells that nothing refers to any more, when there are so
// many new ones that looking at all is worth it. e.mu is held.
func (e *Engine) sweep() {
	x, ok := e.executor.(forgetter)
	if n := e.session.Packages() + len(e.lost); !ok || n < e.later+max(32, e.later/4) {
		return
	}
	gone := mention.Packages(e.session.LetGo(func(p *types.Package) bool { return e.running[p] }))
	maps.Copy(gone, e.lost)
	clear(e.lost)
	e.later = e.session.Packages()
	if len(gone) == 0 {
		return
	}
	e.program.LetGo(gone)
	x.LetGo(gone)
	e.vetter.LetGo(func(p *types.Package) bool { return gone[p] })
	for v := range e.globals {
		if gone[v.Pkg()] {
			delete(e.globals, v)
		}
	}
}

// warnMethods says once, while there is time, that types with methods are coming
// to an end.
func (e *Engine) warnMethods(exec *sched.Execution) {
	left, few := rtype.MethodsLeft()
	if few && !e.warned {
		e.warned = true
		exec.Emit(session.Stream{Name: session.Stderr, Text: fmt.Sprintf(
			"note: there is room for about %d more methods of types in this session; every change of a type takes some. Restart the kernel when it suits you.\n", left)})
	}
}
