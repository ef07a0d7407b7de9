package compile

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
)

// extreme lowers min and max of integers.
func (l *lowering) extreme(in *ssa.Call, largest bool) bool {
	d, ok := l.one(in)
	if !ok || d.kind.Float() || d.kind == jit.Pointer {
		return false
	}
	var args []jit.Operand
	for _, a := range in.Call.Args {
		x, k, ok := l.use(a)
		if !ok || k != d.kind {
			return false
		}
		args = append(args, x)
	}
	cond := jit.LT
	if largest {
		cond = jit.GT
	}
	v := l.fresh(d.kind, 0)
	l.emit(jit.Ins{Op: jit.Move, Kind: d.kind, Dst: v, X: args[0], Y: none})
	for _, x := range args[1:] {
		other, rest := l.aside(true), l.aside(true)
		l.branch(d.kind, cond, x, jit.Use(v), other, rest)
		l.goInto(other)
		l.emit(jit.Ins{Op: jit.Move, Kind: d.kind, Dst: v, X: x, Y: none})
		l.jumpTo(rest)
		l.goInto(rest)
	}
	l.emit(jit.Ins{Op: jit.Move, Kind: d.kind, Dst: l.variable(d), X: jit.Use(v), Y: none})
	return true
}

func (l *lowering) builtin(in *ssa.Call, b *ssa.Builtin) bool {
	args := in.Call.Args
	switch b.Name() {
	case "append":
		return l.append(in)
	case "min", "max":
		return l.extreme(in, b.Name() == "max")
	case "len", "cap":
		d, ok := l.one(in)
		if !ok {
			return false
		}
		s := l.parts(args[0])
		switch args[0].Type().Underlying().(type) {
		case *types.Slice, *types.Basic:
		default:
			return false
		}
		part := 1
		if b.Name() == "cap" {
			part = 2
		}
		if len(s) <= part {
			return false
		}
		l.moves([]move{{d, s[part]}})
	case "real", "imag":
		d, ok := l.one(in)
		s := l.parts(args[0])
		if !ok || len(s) != 2 {
			return false
		}
		if b.Name() == "real" {
			l.moves([]move{{d, s[0]}})
		} else {
			l.moves([]move{{d, s[1]}})
		}
	case "complex":
		d := l.parts(in)
		re, ok1 := l.one(args[0])
		im, ok2 := l.one(args[1])
		if len(d) != 2 || !ok1 || !ok2 || re.kind != d[0].kind || im.kind != d[0].kind {
			return false
		}
		l.moves([]move{{d[0], re}, {d[1], im}})
	default:
		return false
	}
	return true
}
