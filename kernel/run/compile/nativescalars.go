package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
)

// Variables of struct types whose fields are read and written one by one are memory in
// the frame for closures: parameters of methods are such, as are composite literals. If
// no pointer leads there they are a variable a field for machine code, at home where
// closures have them.

// isScalar reports whether a variable in the frame is its parts: what is in the frame is
// but read and written (see foldable), and what has parts has no elements.
func (l *lowering) isScalar(al *ssa.Alloc) bool {
	is, known := l.scalars[al]
	if !known {
		a := l.c.addrs[al]
		is = a != nil && a.region != nil && !l.c.defers && l.c.ssa.Recover == nil &&
			!pointers(a.region.Layout) && partsOf(a.region.Layout.Type, a.region.Off) != nil
		l.scalars[al] = is
	}
	return is
}

// scalar is where in the frame the parts begin at which an address points, if it is in
// a variable that is its parts.
func (l *lowering) scalar(v ssa.Value) (off uintptr, ok bool) {
	a := l.c.addrs[v]
	if a == nil || a.region == nil || a.index != nil {
		return 0, false
	}
	for {
		fa, ok := v.(*ssa.FieldAddr)
		if !ok {
			break
		}
		v = fa.X
	}
	al, ok := v.(*ssa.Alloc)
	return a.region.Off + a.off, ok && l.isScalar(al)
}

// movesAt lists the moves of parts from there, and to there.
func movesAt(off uintptr, ps []part) (from, to []move) {
	for _, p := range ps {
		there := part{off + p.off - ps[0].off, p.kind}
		from, to = append(from, move{p, there}), append(to, move{there, p})
	}
	return from, to
}

// clearScalar has a variable begin with zeros.
func (l *lowering) clearScalar(al *ssa.Alloc) {
	region := l.c.addrs[al].region
	for _, p := range partsOf(region.Layout.Type, region.Off) {
		l.emit(jit.Ins{Op: jit.Move, Kind: p.kind, Dst: l.variable(p), X: jit.Imm(0), Y: none})
	}
}

// usesOf lists what the closures of an instruction may read and write of variables of
// machine code.
func (l *lowering) usesOf(in ssa.Instruction) slotUse {
	w := usesFinder{c: l.c}
	w.find(in)
	w.reads = w.regions(in, w.reads) // what is memory has no variables
	t := w.uses()
	if store, ok := in.(*ssa.Store); ok {
		if a := l.c.addrs[store.Addr]; a != nil && a.region != nil {
			t.writes = append(t.writes, *a.region) // a part of it, and all of it is read
		}
	}
	return t
}
