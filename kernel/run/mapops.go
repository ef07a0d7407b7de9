package run

import (
	"go/types"
	"reflect"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Maps are worked on by the runtime's own functions for map types of any kind.

//go:linkname mapaccess2 runtime.mapaccess2
func mapaccess2(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool)

//go:linkname mapassign runtime.mapassign
func mapassign(typ, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapdelete runtime.mapdelete
func mapdelete(typ, m, key unsafe.Pointer)

// The runtime reports concurrent use of a map without saying where in the
// user's code that was, since it knows only compiled calls. So the engine marks
// a map that it is writing to, in bytes of internal/runtime/maps.Map that are
// padding (after tombstonePossible, before clearSeq), and looks first.
const mapMark = 36

func mark(m unsafe.Pointer) *uint32 { return at[uint32](m, mapMark) }

// beginWrite marks the map at m; it is not to be called for a nil map, nor
// where the write may panic.
func (t *thread) beginWrite(m unsafe.Pointer) {
	if atomic.SwapUint32(mark(m), 1) != 0 {
		t.fatal("", "concurrent map writes")
	}
}

func endWrite(m unsafe.Pointer) { atomic.StoreUint32(mark(m), 0) }

// checkRead ends the process when the map at m is being written to by another
// goroutine.
func (t *thread) checkRead(m unsafe.Pointer, text string) {
	if m != nil && atomic.LoadUint32(mark(m)) != 0 {
		t.fatal("", text)
	}
}

// mayPanic reports whether hashing a key of type t may panic: if there is an
// interface in it, which may hold anything.
func mayPanic(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return mayPanic(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if mayPanic(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// lookup generates m[k] or s[i] of a string, with or without ok.
func (c *compiler) lookup(in *ssa.Lookup) {
	x, k := c.slot(in.X), c.slot(in.Index)
	if x.mem.class == classStr {
		d := c.off(in)
		index := c.indexOperand(in.Index)
		c.emit(func(fr *frame) {
			s := *at[string](fr.mem, x.off)
			i := index(fr)
			if uint64(i) >= uint64(len(s)) {
				indexPanic(i, len(s))
			}
			*at[byte](fr.mem, d) = s[i]
		})
		return
	}
	var d, ok slot
	if in.CommaOk {
		d, ok = *c.tuples[in][0], *c.tuples[in][1]
	} else {
		d = c.slot(in)
	}
	typ, comma := x.mem.rtype, in.CommaOk
	c.emit(func(fr *frame) {
		m := *at[unsafe.Pointer](fr.mem, x.off)
		fr.t.checkRead(m, "concurrent map read and map write")
		p, found := mapaccess2(typ, m, unsafe.Add(fr.mem, k.off))
		if found {
			d.mem.move(unsafe.Add(fr.mem, d.off), p)
		} else {
			d.mem.clear(unsafe.Add(fr.mem, d.off))
		}
		if comma {
			*at[bool](fr.mem, ok.off) = found
		}
	})
}

// mapUpdate generates m[k] = v.
func (c *compiler) mapUpdate(in *ssa.MapUpdate) {
	m, k, v := c.slot(in.Map), c.slot(in.Key), c.slot(in.Value)
	typ, certain := m.mem.rtype, !mayPanic(k.mem.typ)
	c.emit(func(fr *frame) {
		dst := *at[unsafe.Pointer](fr.mem, m.off)
		guarded := certain && dst != nil
		if guarded {
			fr.t.beginWrite(dst)
		}
		p := mapassign(typ, dst, unsafe.Add(fr.mem, k.off))
		v.mem.move(p, unsafe.Add(fr.mem, v.off))
		if guarded {
			endWrite(dst)
		}
	})
}

// makeMap generates make(map[K]V, n).
func (c *compiler) makeMap(in *ssa.MakeMap) {
	d := c.slot(in)
	typ := d.mem.typ
	reserve := func(*frame) int64 { return 0 }
	if in.Reserve != nil {
		reserve = c.indexOperand(in.Reserve)
	}
	c.emit(func(fr *frame) {
		n := max(reserve(fr), 0)
		v := reflect.MakeMapWithSize(typ, int(min(n, 1<<24)))
		*at[unsafe.Pointer](fr.mem, d.off) = v.UnsafePointer()
	})
}

// An iterator is the state of a range over a map or string.
type iterator struct {
	m     *reflect.MapIter
	words unsafe.Pointer // the map
	s     string
	i     int
}

// rangeIter generates the start of a range over a map or string.
func (c *compiler) rangeIter(in *ssa.Range) {
	d, x := c.off(in), c.slot(in.X)
	if x.mem.class == classStr {
		c.emit(func(fr *frame) {
			*at[unsafe.Pointer](fr.mem, d) = unsafe.Pointer(&iterator{s: *at[string](fr.mem, x.off)})
		})
		return
	}
	c.emit(func(fr *frame) {
		m := reflect.New(x.mem.typ).Elem()
		m.Set(x.mem.value(unsafe.Add(fr.mem, x.off)))
		*at[unsafe.Pointer](fr.mem, d) = unsafe.Pointer(&iterator{m: m.MapRange(), words: m.UnsafePointer()})
	})
}

// next generates one step of a range.
func (c *compiler) next(in *ssa.Next) {
	it := c.off(in.Iter)
	parts := c.tuples[in]
	ok, k, v := *parts[0], *parts[1], *parts[2]
	if in.IsString {
		c.emit(func(fr *frame) {
			s := (*iterator)(*at[unsafe.Pointer](fr.mem, it))
			if s.i >= len(s.s) {
				*at[bool](fr.mem, ok.off) = false
				return
			}
			r, n := utf8.DecodeRuneInString(s.s[s.i:])
			*at[bool](fr.mem, ok.off) = true
			if k.mem.class != classZero {
				*at[int](fr.mem, k.off) = s.i
			}
			if v.mem.class != classZero {
				*at[rune](fr.mem, v.off) = r
			}
			s.i += n
		})
		return
	}
	tuple := in.Type().(*types.Tuple)
	wantKey, wantValue := isValid(tuple.At(1).Type()), isValid(tuple.At(2).Type())
	c.emit(func(fr *frame) {
		s := (*iterator)(*at[unsafe.Pointer](fr.mem, it))
		fr.t.checkRead(s.words, "concurrent map iteration and map write")
		more := s.m.Next()
		*at[bool](fr.mem, ok.off) = more
		if !more {
			return
		}
		if wantKey {
			k.mem.value(unsafe.Add(fr.mem, k.off)).SetIterKey(s.m)
		}
		if wantValue {
			v.mem.value(unsafe.Add(fr.mem, v.off)).SetIterValue(s.m)
		}
	})
}

func isValid(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return !ok || b.Kind() != types.Invalid
}
