package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

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

// slotUseOf lists what the closures of an instruction may read and write.
func (c *compiler) slotUseOf(in ssa.Instruction) (t slotUse) {
	waits := false
	switch in := in.(type) {
	case *ssa.Call:
		_, builtin := in.Call.Value.(*ssa.Builtin)
		waits = !builtin
	case *ssa.Send, *ssa.Select, *ssa.Defer:
		waits = true
	case *ssa.UnOp:
		waits = in.Op == token.ARROW
	}
	seen := map[ssa.Value]bool{}
	var read func(v ssa.Value)
	read = func(v ssa.Value) {
		if v == nil || seen[v] {
			return
		}
		seen[v] = true
		if waits {
			// What it waits for is named by what it was computed from, such as an
			// index: see namer.
			switch def := v.(type) {
			case *ssa.Extract: // the other parts are not read
				var ops [8]*ssa.Value
				for _, op := range def.Tuple.(ssa.Instruction).Operands(ops[:0]) {
					read(*op)
				}
			case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.UnOp, *ssa.ChangeType, *ssa.Lookup, *ssa.Slice:
				var ops [8]*ssa.Value
				for _, op := range def.(ssa.Instruction).Operands(ops[:0]) {
					read(*op)
				}
			}
		}
		if s := c.slots[v]; s != nil {
			t.reads = append(t.reads, *s)
		}
		for _, s := range c.tuples[v] {
			t.reads = append(t.reads, *s)
		}
		if a := c.addrs[v]; a != nil {
			read(a.base)
			read(a.slice)
			read(a.index)
			return
		}
		if def, ok := v.(ssa.Instruction); ok && (c.slots[v] == nil || c.fused[v]) {
			var ops [16]*ssa.Value
			for _, op := range def.Operands(ops[:0]) {
				read(*op)
			}
		}
		if mc, ok := v.(*ssa.MakeClosure); ok {
			for _, b := range mc.Bindings {
				read(b)
			}
		}
	}
	var ops [16]*ssa.Value
	for _, op := range in.Operands(ops[:0]) {
		read(*op)
	}
	if v, ok := in.(ssa.Value); ok {
		if c.addrs[v] != nil || c.fused[v] {
			read(v)
		} else {
			if s := c.slots[v]; s != nil {
				t.writes = append(t.writes, *s)
			}
			for _, s := range c.tuples[v] {
				t.writes = append(t.writes, *s)
			}
		}
	}
	return t
}
