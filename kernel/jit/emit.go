package jit

import (
	"fmt"

	"github.com/gosched/gosched/kernel/bitset"
	"github.com/gosched/gosched/kernel/jit/code"
)

// LinkSize is what lies between a frame on the stack and the one that called: the
// caller's base and, above it, the return address.
const LinkSize = 16

// An Emitter has the code of one function written.
type Emitter struct {
	F    *Func
	Regs []uint8 // of each variable, or NoReg
	Next int     // the block that follows in the code

	w       Writer
	u       *Unit
	callees map[*Func]code.Label

	liveIn []set
	before []set // what is alive before each instruction of the block
	after  set   // and after the one that is written
	clean  set   // whose homes have their values
	fixed  set   // never written

	blocks []code.Label

	in    *Ins
	index int
	exit  code.Label // of the instruction, if it has one already
	stubs []stub
}

// A stub is code out of the way.
type stub struct {
	at   code.Label
	emit func()
}

func emit(u *Unit, w Writer, f *Func, ints, floats []uint8, callees map[*Func]code.Label) {
	e := &Emitter{F: f, w: w, u: u, callees: callees}
	e.liveIn = liveness(f)
	e.Regs = allocate(f, e.liveIn, ints, floats)
	e.fixed = bitset.New[Var](len(f.Vars))
	for v := range f.Vars {
		e.fixed.Add(Var(v))
	}
	for _, blk := range f.Blocks {
		for i := range blk.Ins {
			blk.Ins[i].defs(e.fixed.Del)
		}
		e.blocks = append(e.blocks, w.NewLabel())
	}
	w.Begin(e)
	if f.Callable {
		e.prologue()
	}
	for i, blk := range f.Blocks {
		e.block(i, blk)
	}
	for i, blk := range f.Blocks {
		if blk.Entry {
			e.enter(i)
		}
	}
	for len(e.stubs) > 0 { // writing one may need another
		s := e.stubs[0]
		e.stubs = e.stubs[1:]
		w.Bind(s.at)
		s.emit()
	}
}

// Out has code written out of the way.
func (e *Emitter) Out(at code.Label, f func()) { e.stubs = append(e.stubs, stub{at, f}) }

// Block is where a block begins.
func (e *Emitter) Block(i int) code.Label { return e.blocks[i] }

// Kind is what a variable holds.
func (e *Emitter) Kind(v Var) Kind { return e.F.Vars[v].Kind }

// prologue begins a call from compiled code.
func (e *Emitter) prologue() {
	e.w.Bind(e.callees[e.F])
	stop := e.w.NewLabel()
	e.w.Prologue(stop)
	e.Out(stop, func() { e.leave(Exit{Func: e.F, Exit: AtEntry, Live: e.pointersIn(e.liveIn[0])}) })
	e.load(e.liveIn[0])
	e.w.JumpTo(e.blocks[0])
}

// enter is where Go enters at a block.
func (e *Emitter) enter(i int) {
	l := e.w.NewLabel()
	e.w.Bind(l)
	e.arrive(e.liveIn[i])
	e.w.JumpTo(e.blocks[i])
	e.u.entries[entryKey{e.F, i}] = l
}

// arrive begins what Go has called.
func (e *Emitter) arrive(live set) {
	e.w.Arrive()
	e.load(live)
}

// load reads variables from their homes.
func (e *Emitter) load(vars set) {
	vars.Each(func(v Var) {
		if r := e.Regs[v]; r != NoReg {
			e.w.LoadVar(v, r)
		}
	})
}

func (e *Emitter) block(i int, blk *Block) {
	e.w.Bind(e.blocks[i])
	e.Next = i + 1
	e.clean = e.fixed.Copy()
	n := len(blk.Ins)
	e.before = make([]set, n)
	afters := make([]set, n)
	live := liveOut(e.F, blk, e.liveIn)
	for j := n - 1; j >= 0; j-- {
		afters[j] = live.Copy()
		step(live, &blk.Ins[j])
		e.before[j] = live.Copy()
	}
	for j := range blk.Ins {
		e.in, e.index, e.exit, e.after = &blk.Ins[j], j, -1, afters[j]
		if in := e.in; in.Op == Move && in.Dst >= 0 && !e.after.Has(in.Dst) {
			continue // nobody reads it
		}
		e.ins()
		e.in.defs(e.clean.Del)
		if e.in.Op == Closure {
			e.clean.Union(e.after)
		}
	}
}

func (e *Emitter) ins() {
	in := e.in
	switch in.Op {
	case Barrier:
		if in.Kind == Pointer {
			e.Guard()
		} else {
			e.GuardHomes(in.Dsts...)
		}
	case Call:
		e.call(in)
	case Closure:
		resume := e.w.NewLabel()
		stub := e.w.NewLabel()
		e.w.JumpTo(stub)
		after := e.after.Copy()
		leave := e.leaveWith(e.before[e.index], in.Exit, resume, true)
		back := e.w.NewLabel()
		e.Out(stub, func() {
			leave()
			e.w.Bind(resume)
			e.arrive(after)
			e.w.JumpTo(back)
		})
		e.w.Bind(back)
	case Jump:
		e.jump(in)
	case Branch:
		e.w.Branch(in)
	case Return:
		e.w.Return()
	case Leave:
		e.w.JumpTo(e.Fail())
	default:
		e.w.Instruction(in)
	}
}

func (e *Emitter) jump(in *Ins) {
	if in.Poll {
		stop := e.w.NewLabel()
		e.w.Poll(stop)
		e.Out(stop, e.leaveWith(e.after, in.Exit, 0, false))
	}
	to := e.F.Blocks[in.Then]
	if len(to.Ins) == 1 && to.Ins[0].Op == Branch {
		e.w.Branch(&to.Ins[0]) // a loop has one jump less
		return
	}
	if in.Then != e.Next {
		e.w.JumpTo(e.blocks[in.Then])
	}
}

// Fail is where the instruction's exit is.
func (e *Emitter) Fail() code.Label {
	if e.exit < 0 {
		if e.in.Exit <= 0 {
			panic(fmt.Sprint("no exit for operation ", e.in.Op))
		}
		e.exit = e.w.NewLabel()
		e.Out(e.exit, e.leaveWith(e.before[e.index], e.in.Exit, 0, false))
	}
	return e.exit
}

// Guard leaves if a pointer cannot be stored without more ado, because the garbage
// collector is marking.
func (e *Emitter) Guard() { e.w.Barrier(e.Fail()) }

// GuardHomes is Guard if one of the variables is a pointer at home.
func (e *Emitter) GuardHomes(vars ...Var) {
	for _, v := range vars {
		if v >= 0 && e.Kind(v) == Pointer && e.Regs[v] == NoReg {
			e.Guard()
			return
		}
	}
}
