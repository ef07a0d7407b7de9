package jit_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/jit"
)

// memory is what pointers point to. It does not move, as what is on a stack may.
var memory [24]uint64

// Loads and stores of every kind, by every scale, within and beyond bounds: what is
// read is what Go reads, what is beside stays as it is, and outside nothing happens.
func TestMemory(t *testing.T) {
	const length = 5
	indexes := []uint64{0, 1, 2, 4, 5, 6, 1 << 31, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1}
	for _, k := range allKinds {
		for _, scale := range []int32{1, 2, 3, 4, 8, 12, 16, 24} {
			if int(scale) < k.Size() {
				continue
			}
			for _, pressure := range []bool{false, true} {
				for _, form := range []string{"variables", "constant bound", "constant index", "no bounds", "frame"} {
					for _, store := range []bool{false, true} {
						oneAccess(t, k, scale, length, indexes, form, pressure, store)
					}
				}
			}
		}
	}
}

func oneAccess(t *testing.T, k jit.Kind, scale int32, length uint64, indexes []uint64, form string, pressure, store bool) {
	t.Helper()
	const disp, frameDisp = 8, 512
	data := &memory
	base := uint64(uintptr(unsafe.Pointer(data)))
	kinds := [3]jit.Kind{jit.Pointer, jit.Int64, k}
	a := jit.Address{Base: jit.Use(0), NilCheck: true, Index: jit.Use(1), Scale: scale, Disp: disp, Bounded: true, Bound: jit.Imm(length)}
	try := indexes
	var funcs []*jit.Func
	build := func(a jit.Address) *jit.Func {
		ins := jit.Ins{Op: jit.Load, Dst: jit.NoVar, Exit: 1, Memory: a, Dsts: []jit.Var{2}}
		if store {
			ins = jit.Ins{Op: jit.Store, Dst: jit.NoVar, Exit: 1, Memory: a, Srcs: []jit.Operand{jit.Use(2)}, Kinds: []jit.Kind{k}}
		}
		f := single(ins, kinds, jit.Use(2), k, pressure)
		if form == "variables" {
			f.Vars = append(f.Vars, jit.VarInfo{Off: boundAt, Kind: jit.Int64})
		}
		return f
	}
	switch form {
	case "variables":
		n := 3
		if pressure {
			n += padding
		}
		a.Bound = jit.Use(jit.Var(n))
		funcs = []*jit.Func{build(a)}
	case "constant index":
		for _, i := range indexes {
			b := a
			b.Index = jit.Imm(i)
			if i < length || i > 1<<32 {
				funcs = append(funcs, build(b))
			}
		}
	case "no bounds":
		a.Bounded = false
		try = indexes[:4]
		funcs = []*jit.Func{build(a)}
	case "frame":
		if int(scale)*int(length) > 150 || pressure {
			return
		}
		a.Base, a.NilCheck, a.Disp = none, false, frameDisp
		funcs = []*jit.Func{build(a)}
	default:
		funcs = []*jit.Func{build(a)}
	}
	p := compiled(t, funcs...)
	for fn, f := range funcs {
		for _, i := range try {
			for _, null := range []bool{false, true} {
				if null && form == "frame" {
					continue
				}
				var fr frame
				for j := range data {
					data[j] = 0x1122334455667788 * uint64(j+1)
				}
				fr[0], fr[boundAt/8] = base, length
				if null {
					fr[0] = 0
				}
				fr[1] = i
				index := i
				if form == "constant index" {
					index = funcs[fn].Blocks[0].Ins[accessOf(f)].Memory.Index.Const
				}
				value := cut(k, 0xfedcba9876543210)
				fr.store(16, k, value)
				mem := unsafe.Pointer(data)
				off := disp + int(scale)*int(index)
				if form == "frame" {
					mem, off = unsafe.Pointer(&fr), frameDisp+int(scale)*int(index)
					for j := frameDisp / 8; j < boundAt/8; j++ {
						fr[j] = 0x1122334455667788 * uint64(j+1)
					}
				}
				ok := !null && (index < length || form == "no bounds")
				want := value
				wantData := *data
				wantFrame := fr
				if ok {
					if store {
						if form == "frame" {
							wantFrame.store(int32(off), k, value)
						} else {
							(*frame)(unsafe.Pointer(&wantData)).store(int32(off), k, value)
						}
					} else {
						want = (*frame)(unsafe.Add(mem, off)).load(0, k)
					}
				}
				x := p.enter(p.unit.Entry(f, 0), &fr)
				name := fmt.Sprintf("kind %d, scale %d, %s, pressure %v, store %v, index %#x, nil %v", k, scale, form, pressure, store, index, null)
				if (x == nil) != ok {
					t.Errorf("%s: left: %v", name, x != nil)
					continue
				}
				if *data != wantData {
					t.Errorf("%s: memory is %x, want %x", name, *data, wantData)
				}
				if ok && fr.load(outAt, whole(k)) != want {
					t.Errorf("%s: %#x, want %#x", name, fr.load(outAt, k), want)
				}
				if form == "frame" && store && ok {
					for j := frameDisp / 8; j < boundAt/8; j++ {
						if fr[j] != wantFrame[j] {
							t.Errorf("%s: the frame at %d is %x, want %x", name, j*8, fr[j], wantFrame[j])
						}
					}
				}
			}
		}
	}
}

// accessOf is the instruction of a function that single was given.
func accessOf(f *jit.Func) int {
	for i, in := range f.Blocks[0].Ins {
		if in.Op != jit.Move {
			return i
		}
	}
	return -1
}

// A function that calls itself: arguments and results of every kind arrive, what the
// caller has stays, and a call that leaves can be found with its callers.
func TestCalls(t *testing.T) {
	for _, k := range allKinds {
		// f(n, x) = n == 0 ? x : f(n-1, x) + own, where own is a variable that is kept
		f := &jit.Func{Size: 48, Callable: true, Vars: []jit.VarInfo{{Off: 0, Kind: jit.Int64}, {Off: 8, Kind: k}, {Off: 16, Kind: k}, {Off: 24, Kind: jit.Int64}, {Off: 32, Kind: jit.Int64}}}
		store := func(x jit.Operand) jit.Ins {
			return jit.Ins{Op: jit.Store, Dst: jit.NoVar, Memory: jit.Address{Base: none, Index: none, Disp: 16}, Srcs: []jit.Operand{x}, Kinds: []jit.Kind{k}}
		}
		f.Blocks = []*jit.Block{
			{Entry: true, Ins: []jit.Ins{{Op: jit.Branch, Kind: jit.Int64, Cond: jit.NE, Dst: jit.NoVar, X: jit.Use(0), Y: none, Then: 2, Else: 1}}},
			{Ins: []jit.Ins{{Op: jit.Div, Kind: jit.Int64, Dst: 3, X: jit.Imm(100), Y: jit.Use(4), Exit: 2}, store(jit.Use(1)), {Op: jit.Return, Dst: jit.NoVar}}},
			{Ins: []jit.Ins{
				{Op: jit.Sub, Kind: jit.Int64, Dst: 3, X: jit.Use(0), Y: jit.Imm(1)},
				{Op: jit.Call, Dst: jit.NoVar, Callee: f, Exit: 3, Args: []jit.Arg{{Off: 0, Kind: jit.Int64, X: jit.Use(3)}, {Off: 8, Kind: k, X: jit.Use(1)}, {Off: 32, Kind: jit.Int64, X: jit.Use(4)}}, Results: []jit.Arg{{Off: 16, Kind: k, Dst: 2}}},
				{Op: addOf(k), Kind: k, Dst: 2, X: jit.Use(2), Y: jit.Use(1)},
				store(jit.Use(2)),
				{Op: jit.Return, Dst: jit.NoVar},
			}},
		}
		p := compiled(t, f)
		for _, x := range edges(k) {
			for _, n := range []uint64{0, 1, 2, 17} {
				want := x
				for range n {
					if k.Float() {
						want = ofFloats(k, jit.FAdd, want, x)
					} else {
						want, _ = integers(k, jit.Add, want, x, k)
					}
				}
				var got uint64
				x := call(t, p, f, func(fr *frame) { fr[0], fr[4] = n, 1; fr.store(8, k, x) }, func(fr *frame) { got = fr.load(16, k) })
				if x != nil || !same(k, got, want) {
					t.Errorf("kind %d: f(%d) is %#x, want %#x; left %v", k, n, got, want, x)
				}
			}
		}
		// The innermost call divides by zero.
		call(t, p, f, func(fr *frame) { fr[0], fr[4] = 5, 0; fr[1] = 7 }, nil)
	}
}

// call calls a function until the runtime does not interfere, and checks what a call
// that leaves, at exit 2, has on the stack.
func call(t *testing.T, p *program, f *jit.Func, set, get func(fr *frame)) *jit.Exit {
	t.Helper()
	for {
		fr := new(frame)
		set(fr)
		n := fr[0]
		c := goruntime.PinMachine()
		pc := goruntime.CallMachine(p.unit.Entry(f, 0), c, unsafe.Pointer(fr))
		if pc == 0 {
			if get != nil {
				get(fr)
			} else {
				t.Error("it has not left")
			}
			goruntime.UnpinMachine(c)
			return nil
		}
		x := p.unit.Find(pc)
		if x.Exit == jit.AtEntry {
			goruntime.UnpinMachine(c)
			continue // it was asked to stop
		}
		depth := uint64(0)
		for sp := c.ExitSP; sp+uintptr(f.Size)+jit.LinkSize != c.Top; depth++ {
			if got := uint64(c.StackWord(sp, 0)); depth > 0 && got != depth {
				t.Errorf("call %d has %d", depth, got)
			}
			link := sp + uintptr(f.Size)
			at := p.unit.Find(c.StackWord(link, jit.LinkSize-8))
			if at == nil || at.Exit != 3 || at.Func != f {
				t.Errorf("call %d returns to %v", depth, at)
				break
			}
			sp = link + jit.LinkSize
		}
		goruntime.UnpinMachine(c)
		if depth != n || x.Exit != 2 {
			t.Errorf("left by %d, %d calls deep, want 2 and %d", x.Exit, depth, n)
		}
		return x
	}
}

func addOf(k jit.Kind) jit.Op {
	if k.Float() {
		return jit.FAdd
	}
	return jit.Add
}

// A recursion without end leaves when the stack is full, before it has overrun it.
func TestStackLimit(t *testing.T) {
	f := &jit.Func{Size: 64, Callable: true, Vars: []jit.VarInfo{{Off: 0, Kind: jit.Int64}}}
	f.Blocks = []*jit.Block{{Entry: true, Ins: []jit.Ins{
		{Op: jit.Call, Dst: jit.NoVar, Callee: f, Exit: 3, Args: []jit.Arg{{Off: 0, Kind: jit.Int64, X: jit.Use(0)}}},
		{Op: jit.Return, Dst: jit.NoVar},
	}}}
	p := compiled(t, f)
	for range 20 {
		c := goruntime.PinMachine()
		pc := goruntime.CallMachine(p.unit.Entry(f, 0), c, unsafe.Pointer(new(frame)))
		exit, used, room := p.unit.Find(pc).Exit, c.Top-c.ExitSP, c.ExitSP-c.Limit
		goruntime.UnpinMachine(c)
		if exit != jit.AtEntry {
			t.Fatal("it left by ", exit)
		}
		if int(room) < 0 && int(room) > -256 && used > 20<<10 {
			return
		}
	}
	t.Error("it never used the whole stack")
}

// While the garbage collector marks, pointers are not stored, and nothing else is
// done in place of it. Pointers in registers come back.
func TestPointers(t *testing.T) {
	data := &memory
	f := single(jit.Ins{
		Op: jit.Store, Dst: jit.NoVar, Exit: 1, Memory: jit.Address{Base: jit.Use(0), NilCheck: true, Index: none, Disp: 8},
		Srcs: []jit.Operand{jit.Use(0)}, Kinds: []jit.Kind{jit.Pointer},
	}, [3]jit.Kind{jit.Pointer, jit.Int64, jit.Int64}, jit.Use(1), jit.Int64, false)
	loop := spinner()
	p := compiled(t, f, loop)
	flag := (*uint32)(*(*unsafe.Pointer)(unsafe.Pointer(&[]uintptr{goruntime.BarrierFlag()}[0])))
	keep := make([]*[1 << 10]byte, 1<<12)
	for i := range keep {
		keep[i] = new([1 << 10]byte)
	}
	stop := make(chan bool)
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	stored, left := 0, 0
	for i := 0; (stored == 0 || left == 0) && i < 100_000_000; i++ {
		data[1] = 0
		var fr frame
		fr[0], fr[1] = uint64(uintptr(unsafe.Pointer(data))), 42
		before := atomic.LoadUint32(flag)
		x := p.enter(p.unit.Entry(f, 0), &fr)
		after := atomic.LoadUint32(flag)
		switch {
		case x == nil:
			stored++
			if data[1] != fr[0] {
				t.Fatal("not stored")
			}
			if before != 0 && after != 0 {
				// It may have been off in between; a store then is right.
				continue
			}
		case data[1] != 0 || fr[outAt/8] != 0:
			t.Fatal("something was done before it left")
		default:
			left++
		}
	}
	runtime.KeepAlive(keep)
	if stored == 0 || left == 0 {
		t.Errorf("stored %d times, left %d times", stored, left)
	}
}

// spinner is a loop that goes on until variable 0 is 0, which it counts down.
func spinner() *jit.Func {
	return &jit.Func{Size: 32, Vars: []jit.VarInfo{{Off: 0, Kind: jit.Int64}}, Blocks: []*jit.Block{
		{Entry: true, Ins: []jit.Ins{{Op: jit.Jump, Dst: jit.NoVar, Then: 1}}},
		{Entry: true, Depth: 1, Ins: []jit.Ins{
			{Op: jit.Sub, Kind: jit.Int64, Dst: 0, X: jit.Use(0), Y: jit.Imm(1)},
			{Op: jit.Branch, Kind: jit.Int64, Cond: jit.NE, Dst: jit.NoVar, X: jit.Use(0), Y: none, Then: 2, Else: 3},
		}},
		{Depth: 1, Ins: []jit.Ins{{Op: jit.Jump, Dst: jit.NoVar, Then: 1, Poll: true, Exit: pollExit}}},
		{Ins: []jit.Ins{{Op: jit.Return, Dst: jit.NoVar}}},
	}}
}

// A loop that is asked to stop leaves with what it has, and goes on from there.
func TestPolls(t *testing.T) {
	loop := spinner()
	p := compiled(t, loop)
	done := make(chan int)
	go func() {
		polls := 0
		fr := frame{1 << 28}
		if runtime.GOARCH == "wasm" {
			fr[0] >>= 8 // it counts how often it polls
		}
		entry := p.unit.Entry(loop, 0)
		for last := fr[0]; ; {
			c := goruntime.PinMachine()
			pc := goruntime.CallMachine(entry, c, unsafe.Pointer(&fr))
			goruntime.UnpinMachine(c)
			if pc == 0 {
				break
			}
			if x := p.unit.Find(pc); x.Exit != pollExit || fr[0] > last || fr[0] == 0 {
				t.Errorf("left by %d with %d after %d", x.Exit, fr[0], last)
				break
			}
			last = fr[0]
			polls++
			entry = p.unit.Entry(loop, pollBlock)
			runtime.Gosched()
		}
		done <- polls
	}()
	var stats runtime.MemStats
	for {
		select {
		case polls := <-done:
			if polls == 0 {
				t.Error("nobody was heard")
			}
			return
		default:
			runtime.ReadMemStats(&stats) // stops everybody
			runtime.Gosched()
		}
	}
}
