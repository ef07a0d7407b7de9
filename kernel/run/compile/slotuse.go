package compile

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/run/frame"
)

// A slotUse is the slots that the closures of an instruction of a block read and
// write.
type slotUse struct {
	ins    int
	reads  []frame.Slot
	writes []frame.Slot
	kept   bool // what is read is to be there where the instruction leaves
}

// uses are copies of the slots that the instruction reads and writes.
func (w *usesFinder) uses() (t slotUse) {
	for _, s := range w.reads {
		t.reads = append(t.reads, *s)
	}
	for _, s := range w.writes {
		t.writes = append(t.writes, *s)
	}
	return t
}

// A usesFinder finds what the closures of one instruction after the other may read and
// write.
type usesFinder struct {
	c             *compiler
	reads, writes []*frame.Slot

	waits bool
	seen  []ssa.Value
	ops   operand.Stack
}

// find has the slots that an instruction reads and writes, until it is called again.
func (w *usesFinder) find(in ssa.Instruction) {
	w.reads, w.writes, w.seen, w.waits = w.reads[:0], w.writes[:0], w.seen[:0], false
	switch in := in.(type) {
	case *ssa.Call:
		_, builtin := in.Call.Value.(*ssa.Builtin)
		w.waits = !builtin
	case *ssa.Send, *ssa.Select, *ssa.Defer:
		w.waits = true
	case *ssa.UnOp:
		w.waits = in.Op == token.ARROW
	}
	w.operands(in)
	if in, ok := in.(*ssa.MapUpdate); ok && w.c.updates[in] != nil {
		w.operands(w.c.updates[in])
	}
	if v, ok := in.(ssa.Value); ok {
		if w.c.addrs[v] != nil || w.c.fused[v] {
			w.read(v)
		} else {
			if s := w.c.slots[v]; s != nil {
				w.writes = append(w.writes, s)
			}
			w.writes = append(w.writes, w.c.tuples[v]...)
		}
	}
}

func (w *usesFinder) operands(in ssa.Instruction) {
	ops := w.ops.Push(in)
	for _, op := range ops {
		w.read(*op)
	}
	w.ops.Pop(ops)
}

// regions lists the variables in the frame that an instruction may read or write, after
// those that are in all.
func (w *usesFinder) regions(in ssa.Instruction, all []*frame.Slot) []*frame.Slot {
	ops := w.ops.Push(in)
	for _, op := range ops {
		if *op == nil {
			continue
		}
		if a := w.c.addrs[*op]; a != nil && a.region != nil {
			all = append(all, a.region)
		}
		if w.c.fused[*op] {
			all = w.regions((*op).(ssa.Instruction), all)
		}
	}
	w.ops.Pop(ops)
	return all
}

func (w *usesFinder) read(v ssa.Value) {
	if v == nil || slices.Contains(w.seen, v) {
		return
	}
	c := w.c
	w.seen = append(w.seen, v)
	if w.waits {
		// What it waits for is named by what it was computed from, such as an
		// index: see namer.
		switch def := v.(type) {
		case *ssa.Extract: // the other parts are not read
			w.operands(def.Tuple.(ssa.Instruction))
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.UnOp, *ssa.ChangeType, *ssa.Lookup, *ssa.Slice:
			w.operands(def.(ssa.Instruction))
		}
	}
	slot := c.slots[v]
	if slot != nil {
		w.reads = append(w.reads, slot)
	}
	w.reads = append(w.reads, c.tuples[v]...)
	if a := c.addrs[v]; a != nil {
		w.read(a.base)
		w.read(a.slice)
		w.read(a.index)
		return
	}
	if def, ok := v.(ssa.Instruction); ok && (slot == nil || c.fused[v]) {
		w.operands(def)
	}
	if mc, ok := v.(*ssa.MakeClosure); ok {
		for _, b := range mc.Bindings {
			w.read(b)
		}
	}
}
