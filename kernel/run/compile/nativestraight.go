package compile

import "github.com/gosched/gosched/kernel/jit"

// The code of the smallest functions is little but moves from one variable to another:
// what a caller passes, the fields of it, what is computed of these, a result. Where it
// is copied to, closures make the whole call if it is left, so nobody but the code itself
// reads its variables, and the moves can go.

// straighten returns straight-line code that does the same to memory.
func straighten(body []jit.Ins, vars []jit.VarInfo) []jit.Ins {
	return dropUnread(readThrough(body, vars))
}

// readThrough has instructions read what a variable is a copy of.
func readThrough(body []jit.Ins, vars []jit.VarInfo) []jit.Ins {
	copies := map[jit.Var]jit.Operand{}
	out := make([]jit.Ins, 0, len(body))
	for _, in := range body {
		mapOperands(&in, func(o jit.Operand) jit.Operand {
			c, ok := copies[o.Var]
			// Other operations may have no form for constants alone.
			if !ok || c.Var == jit.NoVar && in.Op != jit.Move && (in.Op != jit.Store || o == in.Memory.Base || o == in.Memory.Index) {
				return o
			}
			return c
		})
		in.Writes(func(v jit.Var) {
			delete(copies, v)
			for w, c := range copies {
				if c.Var == v {
					delete(copies, w)
				}
			}
		})
		if in.Op == jit.Move && in.Dst >= 0 && in.Kind != jit.Pointer && vars[in.Dst].Kind == in.Kind &&
			(in.X.Var == jit.NoVar || in.X.Var >= 0 && in.X.Var != in.Dst && vars[in.X.Var].Kind == in.Kind) {
			copies[in.Dst] = in.X
		}
		out = append(out, in)
	}
	return out
}

// dropUnread drops what computes a value that nobody reads.
func dropUnread(body []jit.Ins) []jit.Ins {
	read := map[jit.Var]bool{}
	out := make([]jit.Ins, len(body))
	first := len(body)
	for i := len(body) - 1; i >= 0; i-- {
		in := body[i]
		if in.Dst >= 0 && !read[in.Dst] && isPure(in.Op) {
			continue
		}
		in.Writes(func(v jit.Var) { delete(read, v) })
		mapOperands(&in, func(o jit.Operand) jit.Operand {
			read[o.Var] = true
			return o
		})
		first--
		out[first] = in
	}
	return out[first:]
}

// isPure reports whether an operation does nothing but give its Dst a value.
func isPure(op jit.Op) bool {
	switch op {
	case jit.Move, jit.Add, jit.Sub, jit.Mul, jit.And, jit.Or, jit.Xor, jit.AndNot, jit.Neg, jit.Com, jit.Not,
		jit.FAdd, jit.FSub, jit.FMul, jit.FDiv, jit.FNeg, jit.FSqrt, jit.FAbs, jit.Compare:
		return true
	}
	return false
}

// mapOperands has an instruction of straight-line code read other operands.
func mapOperands(in *jit.Ins, f func(jit.Operand) jit.Operand) {
	switch in.Op {
	case jit.Load, jit.Store, jit.Lea, jit.Check:
		in.Memory.Base, in.Memory.Index = f(in.Memory.Base), f(in.Memory.Index)
		if in.Memory.Bounded {
			in.Memory.Bound = f(in.Memory.Bound)
		}
		in.X, in.Y = none, none
	case jit.Move, jit.Convert, jit.Neg, jit.Com, jit.Not, jit.FNeg, jit.FSqrt, jit.FAbs:
		in.X, in.Y = f(in.X), none
	case jit.Barrier:
	default:
		in.X, in.Y = f(in.X), f(in.Y)
	}
	for i, s := range in.Srcs {
		if i == 0 {
			in.Srcs = append([]jit.Operand(nil), in.Srcs...) // others have them, too
		}
		in.Srcs[i] = f(s)
	}
}

// variablesOf counts the variables of straight-line code.
func variablesOf(body []jit.Ins) int {
	seen := map[jit.Var]bool{}
	for _, in := range body {
		in.Writes(func(v jit.Var) { seen[v] = true })
		mapOperands(&in, func(o jit.Operand) jit.Operand {
			seen[o.Var] = true
			return o
		})
	}
	delete(seen, jit.NoVar)
	return len(seen)
}
