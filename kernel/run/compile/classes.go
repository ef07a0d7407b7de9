package compile

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// An ops makes the instructions that move values, for values of one class: they
// differ in nothing else. What has no ops is moved by its layout.
type ops struct {
	copy       func(d, s uintptr) frame.Instr
	clear      func(d uintptr) frame.Instr
	load       func(p pointerFunc, d uintptr) frame.Instr
	loadConst  func(p unsafe.Pointer, d uintptr) frame.Instr
	loadFast   func(c *compiler, a *addr, d uintptr) frame.Instr // or nil
	store      func(p pointerFunc, s uintptr) frame.Instr
	storeFast  func(c *compiler, a *addr, s uintptr) frame.Instr // or nil
	box        func(d, s uintptr, tab unsafe.Pointer) frame.Instr
	appendAll  func(d, s, t uintptr) frame.Instr
	send       func(ch, x uintptr, site *sched.Site) frame.Instr
	receive    func(ch, d, ok uintptr, site *sched.Site) frame.Instr
	park       func(send bool) sched.Parker
	selectTry  func(m attempt) frame.Instr
	selectPair [classes]func(p pair) frame.Instr // by the class of the second channel
}

const classes = memory.ClassTyped + 1

// byClass has the ops of each class. A channel's operations copy the bytes that
// its own type says, so that any type of a class stands for all of it. For pointers
// it must not be unsafe.Pointer: reflect.ChanOf makes channel types after that of
// chan unsafe.Pointer, and takes along what is known of pointers to it if this
// program has any.
var byClass = [classes]*ops{
	memory.ClassZero:  opsOf[struct{}](),
	memory.Class1:     opsOf[uint8](),
	memory.Class2:     opsOf[uint16](),
	memory.Class4:     opsOf[uint32](),
	memory.Class8:     opsOf[uint64](),
	memory.ClassPtr:   opsOf[*byte](),
	memory.ClassStr:   opsOf[string](),
	memory.ClassSlice: opsOf[[]byte](),
	memory.ClassIface: opsOf[any](),
}

func opsOf[T any]() *ops {
	return &ops{
		copy:      copyOf[T],
		clear:     clearOf[T],
		load:      loadVia[T],
		loadConst: loadConst[T],
		loadFast:  loadFastOf[T],
		store:     storeVia[T],
		storeFast: storeFastOf[T],
		box:       boxOf[T],
		appendAll: appendOf[T],
		send:      sendOf[T],
		receive:   receiveOf[T],
		park:      parker[T],
		selectTry: tryOf[T],
		selectPair: [classes]func(p pair) frame.Instr{
			memory.ClassZero:  pairOf[T, struct{}],
			memory.Class1:     pairOf[T, uint8],
			memory.Class2:     pairOf[T, uint16],
			memory.Class4:     pairOf[T, uint32],
			memory.Class8:     pairOf[T, uint64],
			memory.ClassPtr:   pairOf[T, *byte],
			memory.ClassStr:   pairOf[T, string],
			memory.ClassSlice: pairOf[T, []byte],
			memory.ClassIface: pairOf[T, any],
		},
	}
}

// copyInstr copies a slot to another.
func copyInstr(mem memory.Layout, d, s uintptr) frame.Instr {
	if o := byClass[mem.Class]; o != nil {
		return o.copy(d, s)
	}
	return func(fr *frame.Frame) { mem.Move(unsafe.Add(fr.Mem, d), unsafe.Add(fr.Mem, s)) }
}

func copyOf[T any](d, s uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, s) }
}

func clearOf[T any](d uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *new(T) }
}

// boxOf copies a value to memory of its own, for an interface.
func boxOf[T any](d, s uintptr, tab unsafe.Pointer) frame.Instr {
	return func(fr *frame.Frame) {
		p := new(T)
		*p = *memory.At[T](fr.Mem, s)
		*memory.At[goruntime.Iface](fr.Mem, d) = goruntime.Iface{Tab: tab, Data: unsafe.Pointer(p)}
	}
}
