package compile

import (
	"go/types"
	"reflect"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// The runtime reports concurrent use of a map without saying where in the
// user's code that was, since it knows only compiled calls. So the engine marks
// a map that it is writing to, in bytes that the runtime does not use, and looks
// first. Where there are no such bytes the report is the runtime's.

// beginWrite marks the map at m; it is not to be called for a nil map, nor
// where the write may panic.
func beginWrite(t *frame.Thread, m unsafe.Pointer) {
	if atomic.SwapUint32(goruntime.Mark(m), 1) != 0 {
		t.Fatal("", "concurrent map writes")
	}
}

func endWrite(m unsafe.Pointer) { atomic.StoreUint32(goruntime.Mark(m), 0) }

// checkRead ends the process when the map at m is being written to by another
// goroutine.
func checkRead(t *frame.Thread, m unsafe.Pointer, text string) {
	if m != nil && t.World.Knows.MapMark && atomic.LoadUint32(goruntime.Mark(m)) != 0 {
		t.Fatal("", text)
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
	if x.Layout.Class == memory.ClassStr {
		d := c.off(in)
		index := c.indexOperand(in.Index)
		c.emit(func(fr *frame.Frame) {
			s := *memory.At[string](fr.Mem, x.Off)
			i := index(fr)
			if uint64(i) >= uint64(len(s)) {
				indexPanic(i, len(s))
			}
			*memory.At[byte](fr.Mem, d) = s[i]
		})
		return
	}
	var d, ok frame.Slot
	if in.CommaOk {
		d, ok = *c.tuples[in][0], *c.tuples[in][1]
	} else {
		d = c.slot(in)
	}
	typ, comma := x.Layout.Word, in.CommaOk
	access := goruntime.MapCallsFor(x.Layout.Type).Access
	c.observedMap(in.X, false)
	c.emit(func(fr *frame.Frame) {
		m := *memory.At[unsafe.Pointer](fr.Mem, x.Off)
		checkRead(fr.Thread, m, "concurrent map read and map write")
		p, found := access(typ, m, unsafe.Add(fr.Mem, k.Off))
		if found {
			d.Layout.Move(unsafe.Add(fr.Mem, d.Off), p)
		} else {
			d.Layout.Clear(unsafe.Add(fr.Mem, d.Off))
		}
		if comma {
			*memory.At[bool](fr.Mem, ok.Off) = found
		}
	})
}

// mapDelete returns what deletes the element of a key, if there is one.
func (c *compiler) mapDelete(m, key memory.Layout) func(t *frame.Thread, m, key unsafe.Pointer) {
	typ, certain := m.Word, c.links.World.Knows.MapMark && !mayPanic(key.Type)
	return func(t *frame.Thread, m, key unsafe.Pointer) {
		if m == nil || !certain {
			goruntime.MapDelete(typ, m, key)
			return
		}
		beginWrite(t, m)
		goruntime.MapDelete(typ, m, key)
		endWrite(m)
	}
}

// makeMap generates make(map[K]V, n).
func (c *compiler) makeMap(in *ssa.MakeMap) {
	d := c.slot(in)
	typ := d.Layout.Type
	reserve := func(*frame.Frame) int64 { return 0 }
	if in.Reserve != nil {
		reserve = c.indexOperand(in.Reserve)
	}
	c.emit(func(fr *frame.Frame) {
		n := max(reserve(fr), 0)
		v := reflect.MakeMapWithSize(typ, int(min(n, 1<<24)))
		*memory.At[unsafe.Pointer](fr.Mem, d.Off) = v.UnsafePointer()
	})
}

// An iterator is the state of a range over a map or string.
type iterator struct {
	m     *reflect.MapIter
	words unsafe.Pointer // the map
	s     string
	i     int
	order *chosenOrder // of a map, or nil
}

// rangeIter generates the start of a range over a map or string.
func (c *compiler) rangeIter(in *ssa.Range) {
	d, x := c.off(in), c.slot(in.X)
	if x.Layout.Class == memory.ClassStr {
		c.emit(func(fr *frame.Frame) {
			*memory.At[unsafe.Pointer](fr.Mem, d) = unsafe.Pointer(&iterator{s: *memory.At[string](fr.Mem, x.Off)})
		})
		return
	}
	c.emit(func(fr *frame.Frame) {
		m := reflect.New(x.Layout.Type).Elem()
		m.Set(x.Layout.Value(unsafe.Add(fr.Mem, x.Off)))
		it := &iterator{m: m.MapRange(), words: m.UnsafePointer()}
		if c.observed && !m.IsNil() {
			if random := fr.Thread.G.Random(); random != nil {
				it.order = chooseOrder(m, random)
			}
		}
		*memory.At[unsafe.Pointer](fr.Mem, d) = unsafe.Pointer(it)
	})
}

// next generates one step of a range.
func (c *compiler) next(in *ssa.Next) {
	it := c.off(in.Iter)
	parts := c.tuples[in]
	ok, k, v := *parts[0], *parts[1], *parts[2]
	if in.IsString {
		c.emit(func(fr *frame.Frame) {
			s := (*iterator)(*memory.At[unsafe.Pointer](fr.Mem, it))
			if s.i >= len(s.s) {
				*memory.At[bool](fr.Mem, ok.Off) = false
				return
			}
			r, n := utf8.DecodeRuneInString(s.s[s.i:])
			*memory.At[bool](fr.Mem, ok.Off) = true
			if k.Layout.Class != memory.ClassZero {
				*memory.At[int](fr.Mem, k.Off) = s.i
			}
			if v.Layout.Class != memory.ClassZero {
				*memory.At[rune](fr.Mem, v.Off) = r
			}
			s.i += n
		})
		return
	}
	tuple := in.Type().(*types.Tuple)
	wantKey, wantValue := isValid(tuple.At(1).Type()), isValid(tuple.At(2).Type())
	if c.observed {
		site := c.site(in.Iter.(*ssa.Range).X)
		c.emit(func(fr *frame.Frame) {
			fr.Reads((*iterator)(*memory.At[unsafe.Pointer](fr.Mem, it)).words, mapSize, site)
		})
	}
	c.emit(func(fr *frame.Frame) {
		s := (*iterator)(*memory.At[unsafe.Pointer](fr.Mem, it))
		checkRead(fr.Thread, s.words, "concurrent map iteration and map write")
		if o := s.order; o != nil {
			value, more := o.next()
			*memory.At[bool](fr.Mem, ok.Off) = more
			if more && wantKey {
				k.Layout.Value(unsafe.Add(fr.Mem, k.Off)).Set(o.key)
			}
			if more && wantValue {
				v.Layout.Value(unsafe.Add(fr.Mem, v.Off)).Set(value)
			}
			return
		}
		more := s.m.Next()
		*memory.At[bool](fr.Mem, ok.Off) = more
		if !more {
			return
		}
		if wantKey {
			k.Layout.Value(unsafe.Add(fr.Mem, k.Off)).SetIterKey(s.m)
		}
		if wantValue {
			v.Layout.Value(unsafe.Add(fr.Mem, v.Off)).SetIterValue(s.m)
		}
	})
}

func isValid(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return !ok || b.Kind() != types.Invalid
}
