package link

import (
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
)

// A goroutine that waits in a circle of locks is lost unless somebody else
// releases a lock of the circle. Code that does such a thing releases a lock that
// it has not taken; most code has both in one function.

// HandsLocksOver reports whether the session has code that may release a lock
// which somebody else has taken, and which could still run.
func (l *Table) HandsLocksOver() bool {
	seen := make(map[*ssa.Function]bool)
	found := l.forgotHands.Load()
	l.callees.Range(func(_, c any) bool {
		f := c.(*callee).function.Load()
		found = found || f != nil && l.handsOver(f.SSA, seen)
		return !found
	})
	return found
}

// handsOver asks that of a function and of those that it refers to.
func (l *Table) handsOver(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	work := []*ssa.Function{fn}
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		if fn = l.BodyOf(fn); fn == nil || seen[fn] {
			continue
		}
		seen[fn] = true
		code := l.lockUseOf(fn)
		if code.hands && !l.over(fn) {
			return true
		}
		work = append(work, code.refers...)
	}
	return false
}

// over reports whether fn is the body of a cell that has run: it never does again.
func (l *Table) over(fn *ssa.Function) bool {
	f := l.known(fn).function.Load()
	return f != nil && f.Over.Load()
}

// lockUse is what a function does with locks.
type lockUse struct {
	hands  bool            // it releases what it has not taken
	refers []*ssa.Function // functions in it, which it may call or pass on
}

func (l *Table) lockUseOf(fn *ssa.Function) *lockUse {
	c := l.callee(fn)
	if u := c.locks.Load(); u != nil {
		return u
	}
	s := lockSearch{taken: map[string]bool{}, released: map[string]bool{}, use: new(lockUse)}
	s.search(fn)
	// Otherwise those that call it are asked.
	if releases[strings.ToLower(fn.Name())] == "" && !inPlace(fn) {
		for name := range s.released {
			s.use.hands = s.use.hands || !s.taken[name]
		}
	}
	return first(&c.locks, s.use)
}

// releases are the names of methods that release a lock, with what has taken it.
var releases = map[string]string{"unlock": "lock", "runlock": "rlock"}

// takes are those of methods that take one.
var takes = map[string]string{"lock": "lock", "trylock": "lock", "rlock": "rlock", "tryrlock": "rlock"}

type lockSearch struct {
	taken, released map[string]bool
	use             *lockUse
}

// search goes through a function, and through the literals in it that are only
// called or deferred there.
func (s *lockSearch) search(fn *ssa.Function) {
	var operands [16]*ssa.Value
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			call, isCall := in.(ssa.CallInstruction)
			if isCall {
				s.call(call)
			}
			for _, op := range in.Operands(operands[:0]) {
				f, ok := (*op).(*ssa.Function)
				if !ok {
					continue
				}
				s.use.refers = append(s.use.refers, f)
				name, bound := strings.CutSuffix(strings.ToLower(f.Name()), "$bound")
				if bound || !isCall || call.Common().Value != f {
					if releases[name] != "" { // mu.Unlock as a value
						s.use.hands = true
					}
				}
				if f.Parent() == fn && inPlace(f) {
					s.search(f)
				}
			}
		}
	}
}

// inPlace reports whether fn is a literal that search goes through with the
// function around it.
func inPlace(fn *ssa.Function) bool {
	if fn.Parent() == nil {
		return false
	}
	found := false
	var operands [16]*ssa.Value
	for _, b := range fn.Parent().Blocks {
		for _, in := range b.Instrs {
			for _, op := range in.Operands(operands[:0]) {
				if *op == fn {
					if !calledInPlace(in, fn) {
						return false
					}
					found = true
				}
			}
		}
	}
	return found
}

// calledInPlace reports whether in, which refers to a literal of its function,
// leads only to calls of it on the same goroutine.
func calledInPlace(in ssa.Instruction, lit *ssa.Function) bool {
	mc, ok := in.(*ssa.MakeClosure)
	if !ok {
		call, ok := in.(ssa.CallInstruction)
		_, spawns := in.(*ssa.Go)
		return ok && !spawns && call.Common().Value == lit
	}
	for _, ref := range *mc.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if _, spawns := ref.(*ssa.Go); !ok || spawns || call.Common().Value != mc {
			return false
		}
	}
	return true
}

func (s *lockSearch) call(in ssa.CallInstruction) {
	common := in.Common()
	var receiver ssa.Value
	var name string
	if common.IsInvoke() {
		receiver, name = common.Value, common.Method.Name()
	} else if f := common.StaticCallee(); f != nil && f.Signature.Recv() != nil && len(common.Args) > 0 {
		receiver, name = common.Args[0], f.Name()
	} else {
		return
	}
	name = strings.ToLower(name)
	_, spawns := in.(*ssa.Go)
	switch {
	case releases[name] != "" && spawns:
		s.use.hands = true
	case releases[name] != "":
		s.released[releases[name]+" "+lockName(receiver)] = true
	case takes[name] != "":
		s.taken[takes[name]+" "+lockName(receiver)] = true
	}
}

// lockName is the same for values that the source names in the same way.
func lockName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Alloc:
		return v.Comment
	case *ssa.Phi:
		return v.Comment
	case *ssa.UnOp:
		return lockName(v.X)
	case *ssa.ChangeType:
		return lockName(v.X)
	case *ssa.MakeInterface:
		return lockName(v.X)
	case *ssa.ChangeInterface:
		return lockName(v.X)
	case *ssa.FieldAddr:
		return lockName(v.X) + "." + operand.FieldName(v)
	case *ssa.IndexAddr:
		return lockName(v.X) + operand.UnknownIndex
	case *ssa.Lookup:
		return lockName(v.X) + operand.UnknownIndex
	case *ssa.Call:
		if f := v.Call.StaticCallee(); f != nil {
			return f.Name() + "()"
		}
	}
	return v.Name()
}
