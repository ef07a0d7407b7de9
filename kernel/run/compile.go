package run

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

type position = token.Pos

// An unsupported panics through the compiler when a function holds something
// that cannot be run faithfully.
type unsupported struct {
	pos  token.Pos
	what string
}

// A compiler turns one SSA function into closures.
type compiler struct {
	m   *Machine
	fn  *function
	ssa *ssa.Function
	l   layout

	slots  map[ssa.Value]*slot   // where each value is
	tuples map[ssa.Value][]*slot // where the parts of a tuple are
	addrs  map[ssa.Value]*addr   // pointers that are never materialised
	fused  map[ssa.Value]bool    // comparisons that their If evaluates
	blocks map[*ssa.BasicBlock]*block

	names map[token.Pos]string // variables that calls are assigned to; see assignedName

	cur    *block // being filled
	curPos token.Pos
}

// compile makes fn's code. Failures are kept in fn.err and reported by the
// first call, and by Machine.Compile before that.
func (fn *function) compile() {
	c := &compiler{
		m: fn.m, fn: fn, ssa: fn.ssa,
		slots:  map[ssa.Value]*slot{},
		tuples: map[ssa.Value][]*slot{},
		addrs:  map[ssa.Value]*addr{},
		fused:  map[ssa.Value]bool{},
		blocks: map[*ssa.BasicBlock]*block{},
	}
	defer func() {
		if r := recover(); r != nil {
			u, ok := r.(unsupported)
			if !ok {
				panic(fmt.Sprintf("compiling %s: %v", fn.ssa, r))
			}
			fn.err = &UnsupportedError{Pos: u.pos, What: u.what}
		}
	}()
	c.plan()
	fn.shape = c.l.finish(&c.m.shapes)
	c.bindConstants()
	c.generate()
}

func (c *compiler) refuse(pos token.Pos, format string, args ...any) {
	panic(unsupported{pos, fmt.Sprintf(format, args...)})
}

// memory returns the layout of a type's values.
func (c *compiler) memory(t types.Type) memory {
	rt, err := c.m.typeOf(t)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	return memoryOf(rt)
}

// newSlot asks for a place for a value of type t.
func (c *compiler) newSlot(t types.Type) *slot {
	s := &slot{mem: c.memory(t)}
	c.l.want(s.mem, false, &s.off)
	return s
}

// off returns the offset of a value's slot.
func (c *compiler) off(v ssa.Value) uintptr { return c.slot(v).off }

func (c *compiler) slot(v ssa.Value) slot {
	s := c.slots[v]
	if s == nil {
		panic(fmt.Sprintf("no slot for %s = %s", v.Name(), v))
	}
	return *s
}

func (c *compiler) emit(in instr) {
	c.cur.code = append(c.cur.code, in)
	c.cur.pos = append(c.cur.pos, c.curPos)
}

// generate makes the code of all blocks.
func (c *compiler) generate() {
	for _, b := range c.ssa.Blocks {
		c.blocks[b] = &block{}
	}
	if r := c.ssa.Recover; r != nil && c.blocks[r] == nil {
		c.blocks[r] = &block{}
	}
	merged := map[*ssa.BasicBlock]bool{}
	for b := range c.blocks {
		if s := soleSuccessor(b); s != nil {
			merged[s] = true
		}
	}
	for b, out := range c.blocks {
		if merged[b] {
			continue // its predecessor goes straight on into it
		}
		c.cur = out
		for {
			c.instructions(b)
			s := soleSuccessor(b)
			if s == nil {
				break
			}
			b = s
		}
		c.terminate(b)
		c.cur.pos = append(c.cur.pos, c.curPos)
	}
	c.fn.entry = c.blocks[c.ssa.Blocks[0]]
	if c.ssa.Recover != nil {
		c.fn.recover = c.blocks[c.ssa.Recover]
	}
}

// soleSuccessor returns the block that b always continues with and that
// nothing else continues with.
func soleSuccessor(b *ssa.BasicBlock) *ssa.BasicBlock {
	if len(b.Succs) != 1 {
		return nil
	}
	s := b.Succs[0]
	if len(s.Preds) != 1 || s == b || s.Index == 0 {
		return nil
	}
	return s
}

// instructions generates a block's body, all but its terminator. Phis of a
// block with one predecessor are plain copies.
func (c *compiler) instructions(b *ssa.BasicBlock) {
	for _, in := range b.Instrs {
		if p := in.Pos(); p.IsValid() {
			c.curPos = p
		}
		switch in := in.(type) {
		case *ssa.If, *ssa.Jump, *ssa.Return, *ssa.Panic:
		case *ssa.Phi:
			if len(b.Preds) == 1 && soleSuccessor(b.Preds[0]) == b {
				c.copySlot(c.slot(in), c.slot(in.Edges[0]))
			}
		default:
			c.instruction(in)
		}
	}
}

func (c *compiler) copySlot(dst, src slot) {
	if dst.off != src.off {
		c.emit(copyInstr(dst.mem, dst.off, src.off))
	}
}

// instruction generates one instruction.
func (c *compiler) instruction(in ssa.Instruction) {
	if v, ok := in.(ssa.Value); ok {
		if c.fused[v] {
			return
		}
		if a := c.addrs[v]; a != nil {
			c.lazyAddress(v, a)
			return
		}
	}
	switch in := in.(type) {
	case *ssa.DebugRef, *ssa.Extract:
	case *ssa.Alloc:
		c.alloc(in)
	case *ssa.BinOp:
		c.binOp(in)
	case *ssa.UnOp:
		c.unOp(in)
	case *ssa.Store:
		c.store(in)
	case *ssa.FieldAddr:
		c.fieldAddr(in)
	case *ssa.IndexAddr:
		c.indexAddr(in)
	case *ssa.Field:
		c.field(in)
	case *ssa.Index:
		c.index(in)
	case *ssa.Lookup:
		c.lookup(in)
	case *ssa.MapUpdate:
		c.mapUpdate(in)
	case *ssa.Slice:
		c.slice(in)
	case *ssa.SliceToArrayPointer:
		c.sliceToArrayPointer(in)
	case *ssa.ChangeType:
		c.copySlot(c.slot(in), c.slot(in.X))
	case *ssa.Convert:
		c.convert(in, in.X, in.X.Type(), in.Type())
	case *ssa.MultiConvert:
		c.convert(in, in.X, in.X.Type(), in.Type())
	case *ssa.ChangeInterface:
		c.changeInterface(in)
	case *ssa.MakeInterface:
		c.makeInterface(in)
	case *ssa.TypeAssert:
		c.typeAssert(in)
	case *ssa.MakeClosure:
		c.makeClosure(in)
	case *ssa.MakeMap:
		c.makeMap(in)
	case *ssa.MakeChan:
		c.makeChan(in)
	case *ssa.MakeSlice:
		c.makeSlice(in)
	case *ssa.Range:
		c.rangeIter(in)
	case *ssa.Next:
		c.next(in)
	case *ssa.Call:
		c.call(in)
	case *ssa.Go:
		c.goStmt(in)
	case *ssa.Defer:
		c.deferStmt(in)
	case *ssa.RunDefers:
		c.emit(func(fr *frame) { fr.normalDefers() })
	case *ssa.Send:
		c.send(in)
	case *ssa.Select:
		c.selectStmt(in)
	default:
		c.refuse(in.Pos(), "%T is not supported", in)
	}
}
