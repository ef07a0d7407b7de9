// Package rangefunc knows the panics with which the SSA builder checks that the body of
// a range over a function is used rightly: it has words of its own for what went wrong,
// and a state variable with values of its own. It knows what Go says then, and where the
// calls that such a body defers belong.
package rangefunc

import (
	"go/constant"

	"golang.org/x/tools/go/ssa"
)

// Defers reports whether calls of fn may have deferred calls, be they of fn itself or of
// the body of a range over a function in it.
func Defers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Defer:
				if i.DeferStack == nil {
					return true
				}
			case *ssa.Call:
				if b, ok := i.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					return true
				}
			}
		}
	}
	return false
}

// What state variables have when something went wrong.
const (
	Busy = -1
	Done = -2
	Lost = -3 // never that of a variable: the function has kept a panic of the body to itself
)

// Check reports whether a panic is one of the SSA builder's own. Then what went wrong
// is in the state variable, or, where that is nil, it is otherwise.
func Check(i *ssa.Panic) (variable ssa.Value, otherwise int, ok bool) {
	mi, isInterface := i.X.(*ssa.MakeInterface)
	if !isInterface || i.Pos().IsValid() {
		return nil, 0, false
	}
	k, isConst := mi.X.(*ssa.Const)
	if !isConst || k.Value == nil || k.Value.Kind() != constant.String {
		return nil, 0, false
	}
	switch constant.StringVal(k.Value) {
	case "iterator call did not preserve panic":
		return nil, Lost, true
	case "yield function called after range loop exit":
		if preds := i.Block().Preds; len(preds) == 1 {
			if br, ok := preds[0].Instrs[len(preds[0].Instrs)-1].(*ssa.If); ok {
				if cmp, ok := br.Cond.(*ssa.BinOp); ok {
					return cmp.X, Done, true
				}
			}
		}
		return nil, Done, true
	}
	return nil, 0, false
}

// Text is what Go's run-time error says of what went wrong.
func Text(state int) string {
	const after = "range function continued iteration after "
	switch state {
	case Lost:
		return "range function recovered a loop body panic and did not resume panicking"
	case Done:
		return after + "whole loop exit"
	case Busy:
		return after + "loop body panic"
	}
	return after + "function for loop body returned false"
}
