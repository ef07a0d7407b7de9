package jit

import (
	"fmt"

	"github.com/gosched/gosched/kernel/jit/asm"
)

// The registers that are not given to variables.
const (
	tmp   = asm.RAX
	tmp2  = asm.RDX
	count = asm.RCX
	base  = asm.RBX // the frame
	self  = asm.R14 // the runtime's record of the goroutine
	ctx   = asm.R15

	xtmp  = asm.XReg(0)
	xtmp2 = asm.XReg(1)
)

// linkSize is what lies between a frame and its caller's: the caller's base and
// the return address.
const linkSize = 16

// An emitter writes the code of one function.
type emitter struct {
	*asm.Buffer
	u    *Unit
	f    *Func
	t    Target
	regs []uint8

	liveIn []set
	before []set // what is alive before each instruction of the block
	after  set   // and after the one that is written
	clean  set   // whose homes have their values
	fixed  set   // never written

	blocks []asm.Label
	next   int // the block that follows in the code

	in    *Ins
	index int
	exit  asm.Label // of the instruction, if it has one already
	stubs []stub
}

// A stub is code out of the way.
type stub struct {
	at   asm.Label
	emit func()
}

func emit(u *Unit, b *asm.Buffer, f *Func, t Target, callees map[*Func]asm.Label) {
	e := &emitter{Buffer: b, u: u, f: f, t: t}
	e.liveIn = liveness(f)
	e.regs = allocate(f, e.liveIn)
	e.fixed = newSet(len(f.Vars))
	for v := range f.Vars {
		e.fixed.add(Var(v))
	}
	for _, blk := range f.Blocks {
		for i := range blk.Ins {
			blk.Ins[i].defs(e.fixed.del)
		}
		e.blocks = append(e.blocks, e.NewLabel())
	}
	if f.Callable {
		e.prologue(callees[f])
	}
	for i, blk := range f.Blocks {
		e.block(i, blk, callees)
	}
	for i, blk := range f.Blocks {
		if blk.Entry {
			e.enter(i)
		}
	}
	for len(e.stubs) > 0 { // writing one may need another
		s := e.stubs[0]
		e.stubs = e.stubs[1:]
		e.Bind(s.at)
		s.emit()
	}
}

func (e *emitter) out(at asm.Label, f func()) { e.stubs = append(e.stubs, stub{at, f}) }

func (e *emitter) home(v Var) asm.Mem {
	off := e.f.Vars[v].Off
	if off < 0 {
		return asm.At(ctx, e.t.Spill+8*int32(len(intRegs))-8-off)
	}
	return asm.At(base, off)
}

// prologue begins a call from compiled code.
func (e *emitter) prologue(here asm.Label) {
	e.Bind(here)
	e.Push(base)
	e.OpImm(asm.SUB, asm.RSP, e.f.Size)
	e.Mov(base, asm.RSP)
	stop := e.NewLabel()
	e.OpMem(asm.CMP, asm.RSP, asm.At(ctx, e.t.Limit))
	e.Jcc(asm.CondB, stop)
	if !e.f.Leaf {
		e.CmpMemImm(asm.At(self, e.t.Guard), e.t.Preempt, 8)
		e.Jcc(asm.CondE, stop)
	}
	e.out(stop, func() { e.leave(Exit{Func: e.f, Exit: AtEntry, Live: e.pointersIn(e.liveIn[0])}) })
	e.load(e.liveIn[0])
	e.Jmp(e.blocks[0])
}

// enter is where Go enters at a block.
func (e *emitter) enter(i int) {
	l := e.NewLabel()
	e.Bind(l)
	e.arrive(e.liveIn[i])
	e.Jmp(e.blocks[i])
	e.u.entries[entryKey{e.f, i}] = l
}

// arrive begins what Go has called.
func (e *emitter) arrive(live set) {
	e.Push(base)
	e.OpImm(asm.SUB, asm.RSP, e.f.StackSize())
	e.load(live)
}

// load reads variables from their homes.
func (e *emitter) load(vars set) {
	vars.each(func(v Var) {
		if r := e.regs[v]; r != noReg {
			e.loadVar(v, r)
		}
	})
}

func (e *emitter) loadVar(v Var, r uint8) {
	if k := e.f.Vars[v].Kind; k.Float() {
		e.LoadX(asm.XReg(r), e.home(v), k.Size())
	} else {
		e.Load(asm.Reg(r), e.home(v), k.Size(), k.Signed())
	}
}

func (e *emitter) storeVar(v Var, r uint8) {
	if k := e.f.Vars[v].Kind; k.Float() {
		e.StoreX(e.home(v), asm.XReg(r), k.Size())
	} else {
		e.Store(e.home(v), asm.Reg(r), k.Size())
	}
}

func (e *emitter) block(i int, blk *Block, callees map[*Func]asm.Label) {
	e.Bind(e.blocks[i])
	e.next = i + 1
	e.clean = e.fixed.copy()
	n := len(blk.Ins)
	e.before = make([]set, n)
	afters := make([]set, n)
	live := liveOut(e.f, blk, e.liveIn)
	for j := n - 1; j >= 0; j-- {
		afters[j] = live.copy()
		live.step(&blk.Ins[j])
		e.before[j] = live.copy()
	}
	for j := range blk.Ins {
		e.in, e.index, e.exit, e.after = &blk.Ins[j], j, -1, afters[j]
		e.ins(callees)
		e.in.defs(e.clean.del)
		if e.in.Op == Closure {
			e.clean.union(e.after)
		}
	}
}

func (e *emitter) ins(callees map[*Func]asm.Label) {
	in := e.in
	switch in.Op {
	case Move:
		e.move(in)
	case Barrier:
		if in.Kind == Pointer {
			e.barrier()
		} else {
			e.barrierFor(in.Dsts...)
		}
	case Add, Sub, Mul, And, Or, Xor, AndNot:
		e.arith(in)
	case Div, Rem:
		e.divide(in)
	case Shl, Shr:
		e.shift(in)
	case Neg, Com, Not:
		d := e.dstInt(in.Dst)
		e.toInt(d, in.X)
		switch in.Op {
		case Neg:
			e.Neg(d)
			e.extend(in.Kind, d)
		case Com:
			e.Asm().Not(d)
			e.extend(in.Kind, d)
		default:
			e.OpImm(asm.XOR, d, 1)
		}
		e.put(in.Dst, d)
	case FAdd, FSub, FMul, FDiv:
		e.floatOp(in)
	case FNeg, FAbs, FSqrt:
		e.floatUnary(in)
	case Convert:
		e.convert(in)
	case Compare:
		e.compare(in)
	case Load:
		e.loads(in)
	case Store:
		e.stores(in)
	case Lea:
		e.barrierFor(in.Dst)
		m := e.address(&in.Memory)
		d := e.dstInt(in.Dst)
		e.Asm().Lea(d, m)
		e.put(in.Dst, d)
	case Check:
		e.checks(&in.Memory)
	case Guard:
		e.Jcc(e.flags(in.Kind, in.Cond, in.X, in.Y), e.fail())
	case Zero:
		e.MovImm(tmp, 0)
		off := in.Memory.Disp
		for n := in.Memory.Scale; n > 0; {
			size := int32(8)
			for size > n {
				size /= 2
			}
			e.Store2(asm.At(base, off), tmp, int(size))
			off, n = off+size, n-size
		}
	case Call:
		e.call(in, callees)
	case Closure:
		resume := e.NewLabel()
		stub := e.NewLabel()
		e.Jmp(stub)
		after := e.after.copy()
		leave := e.leaveWith(e.before[e.index], in.Exit, resume, true)
		back := e.NewLabel()
		e.out(stub, func() {
			leave()
			e.Bind(resume)
			e.arrive(after)
			e.Jmp(back)
		})
		e.Bind(back)
	case Jump:
		e.jump(in)
	case Branch:
		e.branch(in)
	case Return:
		e.OpImm(asm.ADD, asm.RSP, e.f.StackSize())
		e.Pop(base)
		e.MovImm(tmp, 0)
		e.Ret()
	case Leave:
		e.Jmp(e.fail())
	default:
		panic(fmt.Sprint("no code for operation ", in.Op))
	}
}
