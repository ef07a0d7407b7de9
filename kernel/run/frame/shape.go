package frame

import (
	"reflect"
	"strconv"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/memory"
)

// A Shape is how a frame's memory is laid out: slots sorted by what the
// garbage collector must know about them.
type Shape struct {
	Word unsafe.Pointer
	Type reflect.Type
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
	mem memory.Layout
}

// Slots hands out slots and then makes the shape.
type Slots struct {
	slots [6][]slotRequest
	made  []Slot
}

type slotRequest struct {
	slot     *Slot
	constant bool
}

const (
	sectPtr = iota
	sectStr
	sectSlice
	sectIface
	sectTyped
	sectRaw
)

func section(c memory.Class) int {
	switch c {
	case memory.ClassPtr:
		return sectPtr
	case memory.ClassStr:
		return sectStr
	case memory.ClassSlice:
		return sectSlice
	case memory.ClassIface:
		return sectIface
	case memory.ClassTyped:
		return sectTyped
	}
	return sectRaw
}

// Want returns a slot, of which Finish sets the offset. Constants keep their value from
// call to call.
func (l *Slots) Want(m memory.Layout, constant bool) *Slot {
	if len(l.made) == cap(l.made) {
		l.made = make([]Slot, 0, slotsAtOnce)
	}
	l.made = append(l.made, Slot{Layout: m})
	slot := &l.made[len(l.made)-1]
	if m.Class != memory.ClassZero { // that is anywhere within the frame
		s := section(m.Class)
		l.slots[s] = append(l.slots[s], slotRequest{slot, constant})
	}
	return slot
}

// slotsAtOnce is for how many slots room is made at a time.
const slotsAtOnce = 16

// PtrType is that of slots that hold a pointer.
var PtrType = reflect.TypeFor[unsafe.Pointer]()

func roundUp(n int) int {
	switch {
	case n <= 4:
		return n
	case n <= 32:
		return (n + 3) &^ 3
	}
	return (n + 15) &^ 15
}

// Finish fixes every slot's offset.
func (l *Slots) Finish(sh *Shapes) *Shape {
	var s Shape
	off := uintptr(0)
	simple := func(sect int, size uintptr) (int, clearRange) {
		// Variables first: constants are not cleared.
		r := clearRange{off: off}
		for _, constants := range []bool{false, true} {
			for _, q := range l.slots[sect] {
				if q.constant != constants {
					continue
				}
				q.slot.Off = off
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
	var key ShapeKey
	key.p, s.ptrs = simple(sectPtr, 8)
	key.g, s.strs = simple(sectStr, 16)
	key.l, s.slices = simple(sectSlice, 24)
	key.i, s.ifaces = simple(sectIface, 16)
	raw := off
	for _, q := range l.slots[sectRaw] {
		q.slot.Off = off
		off += (q.slot.Layout.Size + 7) &^ 7
	}
	words := roundUp(int(off-raw) / 8)
	off = raw + uintptr(words)*8
	key.s = words

	if len(l.slots[sectTyped]) == 0 {
		s.Type = sh.of(key, off)
		s.Word = goruntime.TypeWord(s.Type)
		return &s
	}
	fields := key.fields()
	simpler := len(fields)
	for i, q := range l.slots[sectTyped] {
		fields = append(fields, reflect.StructField{Name: "T" + strconv.Itoa(i), Type: q.slot.Layout.Type})
	}
	s.Type = reflect.StructOf(fields)
	for i, q := range l.slots[sectTyped] {
		q.slot.Off = s.Type.Field(simpler + i).Offset
		if !q.constant {
			s.typed = append(s.typed, typedSlot{q.slot.Off, q.slot.Layout})
		}
	}
	s.Word = goruntime.TypeWord(s.Type)
	return &s
}

// clear drops what a finished call's slots refer to.
func (s *Shape) clear(mem unsafe.Pointer) {
	if s.ptrs.n > 0 {
		clear(unsafe.Slice(memory.At[unsafe.Pointer](mem, s.ptrs.off), s.ptrs.n))
	}
	if s.strs.n > 0 {
		clear(unsafe.Slice(memory.At[string](mem, s.strs.off), s.strs.n))
	}
	if s.slices.n > 0 {
		clear(unsafe.Slice(memory.At[[]byte](mem, s.slices.off), s.slices.n))
	}
	if s.ifaces.n > 0 {
		clear(unsafe.Slice(memory.At[any](mem, s.ifaces.off), s.ifaces.n))
	}
	for i := range s.typed {
		s.typed[i].mem.Clear(unsafe.Add(mem, s.typed[i].off))
	}
}
