package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/order"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A Translation makes the code of one session's functions.
type Translation struct {
	links  *link.Table
	shapes frame.Shapes
	jit    jitState
}

// New returns a translation by what l says of names.
func New(l *link.Table) *Translation {
	tr := &Translation{links: l}
	tr.jit.start(l.JIT())
	return tr
}

// A compiler turns one SSA function into closures.
type compiler struct {
	links    *link.Table
	fn       *frame.Function
	ssa      *ssa.Function
	observed bool // the code is for observed goroutines
	l        frame.Slots
	defers   bool
	later    func(*frame.Function) // completes the function once offsets are known

	slots  map[ssa.Value]*frame.Slot   // where each value is
	tuples map[ssa.Value][]*frame.Slot // where the parts of a tuple are
	addrs  map[ssa.Value]*addr         // pointers that are never materialised
	fused  map[ssa.Value]bool          // comparisons that their If evaluates
	blocks map[*ssa.BasicBlock]*frame.Block

	updates  map[*ssa.MapUpdate]*ssa.BinOp // of m[k] op= y, whose; nil where there is none
	updating map[ssa.Instruction]bool      // looking up and computing these do

	names *operand.Names

	cur    *frame.Block // being filled
	curPos token.Pos

	dying *dying // what is let go where, or nil
	loops *loops // when they have been looked for

	jit    *jitState
	places *places // for machine code, or nil
	// dynamics is what calls have called, which machine code is made for.
	dynamics map[*ssa.CallCommon]*dynamic
	inRoom   map[ssa.Instruction][]ssa.Value // what machine code appends, by call
	varargs  map[ssa.Instruction]bool        // what only makes arguments of these

	noted map[*frame.Block][]string // for Dump: which instruction each closure is of
	note  string
}

// compiler is for the code of a function, of a body that may have been made late.
func (tr *Translation) compiler(fn *frame.Function, body *ssa.Function) *compiler {
	count := 0
	for _, b := range body.Blocks {
		count += len(b.Instrs)
	}
	return &compiler{
		links: tr.links, fn: fn, ssa: body, jit: &tr.jit, names: operand.In(body),
		slots:  make(map[ssa.Value]*frame.Slot, count),
		tuples: map[ssa.Value][]*frame.Slot{},
		addrs:  map[ssa.Value]*addr{},
		fused:  map[ssa.Value]bool{},

		dynamics: map[*ssa.CallCommon]*dynamic{},
		blocks:   map[*ssa.BasicBlock]*frame.Block{},
	}
}

// Translate makes fn's code. Failures are kept in fn.err and reported by the
// first call, and by Machine.Compile before that.
func (tr *Translation) Translate(fn *frame.Function) {
	body := tr.body(fn)
	if body == nil {
		fn.Err = &unsupported.Error{Pos: fn.SSA.Pos(), What: fmt.Sprintf("%s has no body that could be made", fn.SSA)}
		return
	}
	c := tr.compiler(fn, body)
	defer func() {
		if r := recover(); r != nil {
			u, ok := r.(*unsupported.Error)
			if !ok {
				panic(fmt.Sprintf("compiling %s: %v", fn.SSA, r))
			}
			fn.Err = u
		}
	}()
	order.Sort(body)
	c.plan()
	fn.Shape = c.l.Finish(&tr.shapes)
	c.bindConstants()
	c.places = c.newPlaces()
	fn.Plain = c.generate()
	c.dying = nil // machine code may keep c for long
	c.machineCode()
}

// body is what of a function is compiled. It may be made now.
func (tr *Translation) body(fn *frame.Function) *ssa.Function {
	if fn.SSA.Blocks != nil {
		return fn.SSA
	}
	return tr.links.BodyOf(fn.SSA)
}

func (c *compiler) refuse(pos token.Pos, format string, args ...any) {
	unsupported.Refuse(pos, format, args...)
}

// memory returns the layout of a type's values.
func (c *compiler) memory(t types.Type) memory.Layout {
	rt, err := c.links.LayoutOf(t)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	return memory.Of(rt)
}

// typeOf returns the run-time type of a type, of which values become those of interfaces.
func (c *compiler) typeOf(t types.Type) reflect.Type {
	rt, err := c.links.TypeOf(t)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	return rt
}

// newSlot asks for a place for a value of type t.
func (c *compiler) newSlot(t types.Type) *frame.Slot { return c.l.Want(c.memory(t), false) }

// off returns the offset of a value's slot.
func (c *compiler) off(v ssa.Value) uintptr { return c.slot(v).Off }

func (c *compiler) slot(v ssa.Value) frame.Slot {
	s := c.slots[v]
	if s == nil {
		panic(fmt.Sprintf("no slot for %s = %s", v.Name(), v))
	}
	return *s
}

func (c *compiler) emit(in frame.Instr) {
	c.cur.Code = append(c.cur.Code, in)
	c.cur.Pos = append(c.cur.Pos, c.curPos)
	if c.noted != nil {
		c.noted[c.cur] = append(c.noted[c.cur], c.note)
	}
}

// generate makes the code of all blocks.
func (c *compiler) generate() (made frame.Code) {
	c.dying = c.lettingGo()
	for _, b := range c.ssa.Blocks {
		c.blocks[b] = &frame.Block{}
	}
	if r := c.ssa.Recover; r != nil && c.blocks[r] == nil {
		c.blocks[r] = &frame.Block{}
	}
	merged := map[*ssa.BasicBlock]bool{}
	for b := range c.blocks {
		if s := soleSuccessor(b); s != nil {
			merged[s] = true
		}
	}
	order := c.ssa.Blocks
	if r := c.ssa.Recover; r != nil && !containsBlock(order, r) {
		order = append(order[:len(order):len(order)], r)
	}
	for _, b := range order {
		if merged[b] {
			continue // its predecessor goes straight on into it
		}
		c.cur = c.blocks[b]
		if p := firstPosition(b); p.IsValid() {
			c.curPos = p // what comes before has no position of its own
		}
		for {
			c.instructions(b)
			s := soleSuccessor(b)
			if s == nil {
				break
			}
			b = s
		}
		c.terminate(b)
		c.cur.Pos = append(c.cur.Pos, c.curPos)
	}
	made.Entry = c.blocks[c.ssa.Blocks[0]]
	if c.ssa.Recover != nil {
		made.Recover = c.blocks[c.ssa.Recover]
	}
	return made
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
		if c.noted != nil {
			c.note = noteOf(in)
		}
		c.letGo(in)
		begin, from := c.cur, len(c.cur.Code)
		switch in := in.(type) {
		case *ssa.If, *ssa.Jump, *ssa.Return, *ssa.Panic:
		case *ssa.Phi:
			if len(b.Preds) == 1 && soleSuccessor(b.Preds[0]) == b {
				c.copySlot(c.slot(in), c.slot(in.Edges[0]))
			}
		default:
			if c.observed {
				c.observedInstruction(in)
			} else {
				c.instruction(in)
			}
		}
		c.places.end(in, begin, from, c.cur)
	}
}

func (c *compiler) copySlot(dst, src frame.Slot) {
	if dst.Off != src.Off {
		c.emit(copyInstr(dst.Layout, dst.Off, src.Off))
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
	if c.updating[in] && !c.observed {
		return
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
		c.runDefers(in)
	case *ssa.Send:
		c.send(in)
	case *ssa.Select:
		c.selectStmt(in)
	default:
		c.refuse(in.Pos(), "%T is not supported", in)
	}
}
