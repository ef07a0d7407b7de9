package run

import (
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A frame is one activation of a function.
type frame struct {
	mem    unsafe.Pointer // the slots
	t      *thread
	fn     *function
	caller *frame // or the next free frame, when not in use
	block  *block
	pc     int32 // index in block.code of the instruction that runs, or len(block.code)
	depth  int32 // of the call, or hasReturned; see execDeferring

	defers *deferList // nil until the function defers something

	// deferred is the panic (possibly none) for which this call was made by
	// the deferring machinery itself, so that recover may end it.
	deferred *panicking
}

// An instr carries out one instruction of a frame's function.
type instr func(fr *frame)

// A block is a basic block of compiled code.
type block struct {
	code []instr
	pos  []position // for each instruction, and one for the terminator
	// next ends the block and says which block follows; nil ends the call.
	next func(fr *frame) *block
	// decides says that next is a branch, which a jump to a block without
	// code may carry out itself.
	decides bool
}

// run executes from b until the function returns.
func (fr *frame) run(b *block) {
	for b != nil {
		fr.block = b
		code := b.code
		for i, in := range code {
			fr.pc = int32(i)
			in(fr)
		}
		fr.pc = int32(len(code))
		b = b.next(fr)
	}
}

// A shape is how a frame's memory is laid out: slots sorted by what the
// garbage collector must know about them.
type shape struct {
	typ  unsafe.Pointer
	rtyp reflect.Type
	// The parts that hold pointers and belong to the call (not constants),
	// cleared when the frame is put back.
	ptrs   clearRange
	strs   clearRange
	slices clearRange
	ifaces clearRange
	typed  []typedSlot
}

type clearRange struct {
	off uintptr
	n   int
}

type typedSlot struct {
	off uintptr
	mem memory
}

// A layout hands out slots and then makes the shape.
type layout struct {
	slots [6][]slotRequest
}

type slotRequest struct {
	mem      memory
	constant bool
	out      *uintptr
}

const (
	sectPtr = iota
	sectStr
	sectSlice
	sectIface
	sectTyped
	sectRaw
)

func section(c class) int {
	switch c {
	case classPtr:
		return sectPtr
	case classStr:
		return sectStr
	case classSlice:
		return sectSlice
	case classIface:
		return sectIface
	case classTyped:
		return sectTyped
	}
	return sectRaw
}

// want asks for a slot; out is set by finish. Constants keep their value from
// call to call.
func (l *layout) want(m memory, constant bool, out *uintptr) {
	if m.class == classZero {
		*out = 0 // anywhere within the frame
		return
	}
	s := section(m.class)
	l.slots[s] = append(l.slots[s], slotRequest{m, constant, out})
}

type shapeKey struct{ p, g, l, i, s int }

// shapes remembers frame types, so that functions of like size share them.
type shapes struct {
	mu sync.Mutex
	m  map[shapeKey]reflect.Type
}

var (
	ptrType    = reflect.TypeFor[unsafe.Pointer]()
	stringType = reflect.TypeFor[string]()
	bytesType  = reflect.TypeFor[[]byte]()
	anyType    = reflect.TypeFor[any]()
	wordType   = reflect.TypeFor[uint64]()
)

func roundUp(n int) int {
	switch {
	case n <= 4:
		return n
	case n <= 32:
		return (n + 3) &^ 3
	}
	return (n + 15) &^ 15
}

// finish fixes every slot's offset.
func (l *layout) finish(sh *shapes) *shape {
	var s shape
	off := uintptr(0)
	simple := func(sect int, size uintptr) (int, clearRange) {
		// Variables first: constants are not cleared.
		r := clearRange{off: off}
		for _, constants := range []bool{false, true} {
			for _, q := range l.slots[sect] {
				if q.constant != constants {
					continue
				}
				*q.out = off
				off += size
				if !constants {
					r.n++
				}
			}
		}
		n := roundUp(len(l.slots[sect]))
		off += size * uintptr(n-len(l.slots[sect]))
		return n, r
	}
	var key shapeKey
	key.p, s.ptrs = simple(sectPtr, 8)
	key.g, s.strs = simple(sectStr, 16)
	key.l, s.slices = simple(sectSlice, 24)
	key.i, s.ifaces = simple(sectIface, 16)
	raw := off
	for _, q := range l.slots[sectRaw] {
		*q.out = off
		off += (q.mem.size + 7) &^ 7
	}
	words := roundUp(int(off-raw) / 8)
	off = raw + uintptr(words)*8
	key.s = words

	sh.mu.Lock()
	defer sh.mu.Unlock()
	typ := sh.m[key]
	if typ == nil {
		var fields []reflect.StructField
		add := func(name string, n int, t reflect.Type) {
			if n > 0 {
				fields = append(fields, reflect.StructField{Name: name, Type: reflect.ArrayOf(n, t)})
			}
		}
		add("P", key.p, ptrType)
		add("G", key.g, stringType)
		add("L", key.l, bytesType)
		add("I", key.i, anyType)
		add("S", key.s, wordType)
		typ = reflect.StructOf(fields)
		sh.m[key] = typ
	}
	if len(l.slots[sectTyped]) > 0 {
		fields := []reflect.StructField{{Name: "A", Type: typ}}
		for i, q := range l.slots[sectTyped] {
			fields = append(fields, reflect.StructField{Name: "T" + strconv.Itoa(i), Type: q.mem.typ})
		}
		typ = reflect.StructOf(fields)
		for i, q := range l.slots[sectTyped] {
			*q.out = typ.Field(i + 1).Offset
			if !q.constant {
				s.typed = append(s.typed, typedSlot{*q.out, q.mem})
			}
		}
	}
	s.rtyp = typ
	s.typ = typeWord(typ)
	return &s
}

// clear drops what a finished call's slots refer to.
func (s *shape) clear(mem unsafe.Pointer) {
	if s.ptrs.n > 0 {
		clear(unsafe.Slice(at[unsafe.Pointer](mem, s.ptrs.off), s.ptrs.n))
	}
	if s.strs.n > 0 {
		clear(unsafe.Slice(at[string](mem, s.strs.off), s.strs.n))
	}
	if s.slices.n > 0 {
		clear(unsafe.Slice(at[[]byte](mem, s.slices.off), s.slices.n))
	}
	if s.ifaces.n > 0 {
		clear(unsafe.Slice(at[any](mem, s.ifaces.off), s.ifaces.n))
	}
	for i := range s.typed {
		s.typed[i].mem.clear(unsafe.Add(mem, s.typed[i].off))
	}
}

// A function is a compiled function.
type function struct {
	m    *Machine
	ssa  *ssa.Function
	id   uint32
	once sync.Once

	shape   *shape
	entry   *block
	recover *block // runs after a recovered panic, or nil
	params  []slot
	free    []slot // captured values
	results []slot
	consts  []constSlot
	defers  bool
	wrapper bool // a synthetic method wrapper: recover looks through it
	err     error
	display atomic.Pointer[string]
	later   func() // completes the function once offsets are known

	pool sync.Pool
}

// A slot is a place in a frame.
type slot struct {
	off uintptr
	mem memory
}

type constSlot struct {
	slot  slot
	value unsafe.Pointer // where the constant is kept
}

// enter takes a frame for a call of fn.
func (fn *function) enter(t *thread, caller *frame) *frame {
	fn.once.Do(fn.compile)
	if fn.err != nil {
		panic(fn.err)
	}
	if c := &t.free[fn.id%freeLists]; c.fn == fn && c.frames != nil {
		fr := c.frames
		c.frames = fr.caller
		fr.t, fr.caller = t, caller
		return fr
	}
	fr, _ := fn.pool.Get().(*frame)
	if fr == nil {
		fr = &frame{fn: fn, mem: unsafeNew(fn.shape.typ)}
		for i := range fn.consts {
			c := &fn.consts[i]
			c.slot.mem.move(unsafe.Add(fr.mem, c.slot.off), c.value)
		}
	}
	fr.t = t
	fr.caller = caller
	return fr
}

// exec runs the call. Results are in the frame's result slots afterwards.
func (fr *frame) exec() {
	t := fr.t
	t.cur = fr
	t.depth++
	if t.depth > maxDepth {
		t.stackOverflow()
	}
	if fr.fn.defers {
		fr.execDeferring()
	} else {
		fr.run(fr.fn.entry)
	}
	t.depth--
	t.cur = fr.caller
}

// leave gives the frame back. A frame that is unwound by a panic is simply
// left to the garbage collector.
func (fr *frame) leave() {
	fn, t := fr.fn, fr.t
	fn.shape.clear(fr.mem)
	fr.t, fr.caller, fr.block, fr.defers, fr.deferred = nil, nil, nil, nil, nil
	c := &t.free[fn.id%freeLists]
	if c.fn != fn {
		if c.fn != nil {
			fn.pool.Put(fr)
			return
		}
		c.fn = fn
	}
	fr.caller, c.frames = c.frames, fr
}

// freeLists is how many functions a thread keeps free frames of. What does
// not fit goes to the function's own pool, which all threads share.
const freeLists = 4

type freeList struct {
	fn     *function
	frames *frame
}

// giveBack puts a finished thread's free frames where other threads find them.
func (t *thread) giveBack() {
	for i := range t.free {
		c := &t.free[i]
		for c.frames != nil {
			fr := c.frames
			c.frames, fr.caller = fr.caller, nil
			c.fn.pool.Put(fr)
		}
	}
}
