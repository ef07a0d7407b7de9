package compile

import (
	"slices"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/frame"
)

// Calls of the smallest functions are made by doing what these do. Where that has to be
// left, closures make the call, so nothing that may be left comes behind what has an
// effect.

const (
	mostStraightened = 80 // instructions that are looked at
	maxInlined       = 16
	maxInlinedVars   = 12

	// Variables of copied functions that are in no frame have places of their own, up
	// to a number.
	firstOwn = 16
	maxOwn   = 80
)

// inlinable is the instructions of a function that is short enough, without its return.
func (low *lowered) inlinable() []jit.Ins {
	f := low.ir
	if len(f.Blocks) != 1 || len(low.regions) > 0 || len(f.Blocks[0].Ins) > mostStraightened {
		return nil
	}
	all := f.Blocks[0].Ins
	if all[len(all)-1].Op != jit.Return {
		return nil
	}
	body := straighten(all[:len(all)-1], f.Vars)
	if low.shortVars = variablesOf(body); len(body) > maxInlined || low.shortVars > maxInlinedVars {
		return nil
	}
	passed := map[int32]bool{}
	for _, slots := range [][]frame.Slot{low.n.fn.Params, low.n.fn.Free} {
		for _, s := range slots {
			for _, p := range partsOf(s.Layout.Type, s.Off) {
				passed[int32(p.off)] = true
			}
		}
	}
	stored, guarded := false, false
	for i := range body {
		in := &body[i]
		changes := false // what the caller passes, which stays the caller's
		in.Writes(func(v jit.Var) { changes = changes || passed[f.Vars[v].Off] })
		if changes {
			return nil
		}
		mayLeave := in.Memory.NilCheck || in.Memory.Bounded
		switch in.Op {
		case jit.Barrier:
		case jit.Div, jit.Rem, jit.Convert, jit.Shl, jit.Shr, jit.Guard:
			mayLeave = true
		case jit.Load, jit.Lea, jit.Check:
			if inFrame(in.Memory) {
				return nil
			}
		case jit.Store:
			if inFrame(in.Memory) {
				if !low.isResult(in) || in.Memory.Index != none {
					return nil
				}
				break
			}
			pointers := slices.Contains(in.Kinds, jit.Pointer)
			if stored && (mayLeave || pointers && !guarded) {
				return nil
			}
			stored, guarded = true, guarded || pointers
			continue
		default:
			if !isPure(in.Op) {
				return nil
			}
		}
		if stored && mayLeave || in.Dst == jit.SpareInt || in.Dst == jit.SpareFloat || in.X.Var < jit.NoVar {
			return nil
		}
	}
	return body
}

// isResult reports whether a store into the frame is that of a result.
func (low *lowered) isResult(in *jit.Ins) bool {
	for _, r := range low.n.fn.Results {
		for _, p := range partsOf(r.Layout.Type, r.Off) {
			if in.Memory.Disp == int32(p.off) && len(in.Srcs) == 1 {
				return true
			}
		}
	}
	return false
}

// inline puts what small functions do in the place of calls of them.
func (low *lowered) inline() {
	for _, b := range low.ir.Blocks {
		var out []jit.Ins
		for i := range b.Ins {
			in := &b.Ins[i]
			if in.Op == jit.Call && in.Callee != low.ir {
				callee := in.Callee.Owner.(*lowered)
				if callee.short != nil && low.own+callee.shortVars+len(in.Args) <= maxOwn {
					if out == nil {
						out = slices.Clone(b.Ins[:i])
					}
					out = low.inlined(out, in, callee)
					low.uses = append(low.uses, callee.n.fn)
					continue
				}
			}
			if out != nil {
				out = append(out, *in)
			}
		}
		if out != nil {
			b.Ins = out
		}
	}
	low.dropNilChecks()
	low.forward()
}

// ownVar is a variable that is in no frame, and has a place of its own.
func (low *lowered) ownVar(k jit.Kind) jit.Var {
	v := jit.Var(len(low.ir.Vars))
	low.ir.Vars = append(low.ir.Vars, jit.VarInfo{Off: jit.Nowhere(firstOwn + low.own), Kind: k})
	low.own++
	return v
}

// inlined appends what a callee does.
func (low *lowered) inlined(out []jit.Ins, call *jit.Ins, callee *lowered) []jit.Ins {
	vars := map[jit.Var]jit.Var{}
	fresh := func(k jit.Kind) jit.Var {
		if k == jit.Pointer {
			k = jit.Uint64 // it needs no barrier
		}
		return low.ownVar(k)
	}
	var pointers []jit.Var
	results := map[int32]*jit.Arg{}
	for i := range call.Results {
		r := &call.Results[i]
		results[r.Off] = r
		if r.Dst >= 0 && r.Kind == jit.Pointer {
			pointers = append(pointers, r.Dst)
		}
	}
	exits := func(in jit.Ins) jit.Ins {
		in.Exit, in.Kept = call.Exit, call.Uses
		return in
	}
	if pointers != nil {
		out = append(out, exits(jit.Ins{Op: jit.Barrier, Dst: jit.NoVar, Dsts: pointers}))
	}
	for v, info := range callee.ir.Vars {
		for _, a := range call.Args {
			if a.Off != info.Off {
				continue
			}
			if a.X.Var >= 0 {
				vars[jit.Var(v)] = a.X.Var
				continue
			}
			vars[jit.Var(v)] = fresh(info.Kind)
			out = append(out, jit.Ins{Op: jit.Move, Kind: info.Kind, Dst: vars[jit.Var(v)], X: a.X, Y: none})
		}
	}
	to := func(v jit.Var) jit.Var {
		if v < 0 {
			return v
		}
		w, ok := vars[v]
		if !ok {
			w = fresh(callee.ir.Vars[v].Kind)
			vars[v] = w
		}
		return w
	}
	operand := func(o jit.Operand) jit.Operand {
		o.Var = to(o.Var)
		return o
	}
	guarded := false
	var moves []jit.Ins
	for _, in := range callee.short {
		in.Dst = to(in.Dst)
		mapOperands(&in, operand)
		in.Dsts = slices.Clone(in.Dsts)
		for i, d := range in.Dsts {
			in.Dsts[i] = to(d)
		}
		switch {
		case in.Op == jit.Barrier && in.Kind != jit.Pointer:
			continue // of variables, which need none
		case in.Op == jit.Barrier: // of results, which have had theirs
			continue
		case in.Op == jit.Store && inFrame(in.Memory):
			if r := results[in.Memory.Disp]; r != nil && r.Dst >= 0 {
				moves = append(moves, jit.Ins{Op: jit.Move, Kind: r.Kind, Dst: r.Dst, X: in.Srcs[0], Y: none})
			}
			continue
		case in.Op == jit.Store:
			in.Guarded = in.Guarded || guarded
			guarded = guarded || slices.Contains(in.Kinds, jit.Pointer)
		}
		out = append(out, exits(in))
	}
	return append(out, moves...)
}

// dropNilChecks drops checks of pointers that have been looked at in the same block.
func (low *lowered) dropNilChecks() {
	for _, b := range low.ir.Blocks {
		known := map[jit.Var]bool{}
		for i := range b.Ins {
			in := &b.Ins[i]
			base := in.Memory.Base.Var
			switch in.Op {
			case jit.Load, jit.Store, jit.Lea, jit.Check:
				if in.Memory.NilCheck && base >= 0 {
					in.Memory.NilCheck = !known[base]
				}
			}
			checked := base >= 0 && in.Memory.NilCheck
			if checked {
				known[base] = true
			}
			in.Writes(func(v jit.Var) { delete(known, v) })
		}
	}
}
