package run

import (
	"reflect"
	"strings"
	"unsafe"
)

// Compiled functions whose parameters and results are single words are called
// without reflection: a function is called in the same way whatever pointer,
// integer or string types it is declared with, so one Go function type stands
// for all of a shape. A shape is a letter for each parameter, ">", and one for
// each result: p pointer, i 8-byte integer, u 4 bytes, b 1 byte, f float64,
// s string, e interface.

func letter(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return 'p'
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return 'i'
	case reflect.Int32, reflect.Uint32:
		return 'u'
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 'b'
	case reflect.Float64:
		return 'f'
	case reflect.String:
		return 's'
	case reflect.Interface:
		return 'e'
	}
	return '?'
}

func shapeOf(t reflect.Type) string {
	var b strings.Builder
	for in := range t.Ins() {
		b.WriteByte(letter(in))
	}
	b.WriteByte('>')
	for out := range t.Outs() {
		b.WriteByte(letter(out))
	}
	return b.String()
}

type (
	ptr   = unsafe.Pointer
	iface = any // two words, the first of which is not looked at here
)

// as looks at a function value as one of another type of the same shape.
func as[F any](fn reflect.Value) F {
	return *(*F)(funcPointer(fn))
}

// direct generates a call of compiled code by its shape, or nil if that is not
// one of the common ones. Slots for results that nobody wants may be missing.
func direct(fn reflect.Value, s, d []slot) instr {
	if fn.Type().IsVariadic() || len(d) != fn.Type().NumOut() {
		return nil
	}
	a := make([]uintptr, 4)
	for i := range min(len(s), len(a)) {
		a[i] = s[i].off
	}
	x, y, z := a[0], a[1], a[2]
	var r, r2 uintptr
	if len(d) > 0 {
		r = d[0].off
	}
	if len(d) > 1 {
		r2 = d[1].off
	}
	switch shapeOf(fn.Type()) {
	case ">":
		f := as[func()](fn)
		return func(*frame) { f() }
	case ">i":
		return call0(as[func() uint64](fn), r)
	case ">p":
		return call0(as[func() ptr](fn), r)
	case ">e":
		return call0(as[func() iface](fn), r)
	case "p>":
		f := as[func(ptr)](fn)
		return func(fr *frame) { f(*at[ptr](fr.mem, x)) }
	case "i>":
		f := as[func(uint64)](fn)
		return func(fr *frame) { f(*at[uint64](fr.mem, x)) }
	case "p>i":
		return call1(as[func(ptr) uint64](fn), x, r)
	case "p>u":
		return call1(as[func(ptr) uint32](fn), x, r)
	case "p>b":
		return call1(as[func(ptr) uint8](fn), x, r)
	case "p>p":
		return call1(as[func(ptr) ptr](fn), x, r)
	case "p>s":
		return call1(as[func(ptr) string](fn), x, r)
	case "p>e":
		return call1(as[func(ptr) iface](fn), x, r)
	case "i>i":
		return call1(as[func(uint64) uint64](fn), x, r)
	case "i>s":
		return call1(as[func(uint64) string](fn), x, r)
	case "u>b":
		return call1(as[func(uint32) uint8](fn), x, r)
	case "u>u":
		return call1(as[func(uint32) uint32](fn), x, r)
	case "f>f":
		return call1(as[func(float64) float64](fn), x, r)
	case "f>b":
		return call1(as[func(float64) uint8](fn), x, r)
	case "s>s":
		return call1(as[func(string) string](fn), x, r)
	case "s>i":
		return call1(as[func(string) uint64](fn), x, r)
	case "s>e":
		return call1(as[func(string) iface](fn), x, r)
	case "e>s":
		return call1(as[func(iface) string](fn), x, r)
	case "s>ie":
		f := as[func(string) (uint64, iface)](fn)
		return func(fr *frame) {
			*at[uint64](fr.mem, r), *at[iface](fr.mem, r2) = f(*at[string](fr.mem, x))
		}
	case "pi>":
		return call2v(as[func(ptr, uint64)](fn), x, y)
	case "pu>":
		return call2v(as[func(ptr, uint32)](fn), x, y)
	case "pb>":
		return call2v(as[func(ptr, uint8)](fn), x, y)
	case "pp>":
		return call2v(as[func(ptr, ptr)](fn), x, y)
	case "pi>i":
		return call2(as[func(ptr, uint64) uint64](fn), x, y, r)
	case "pu>u":
		return call2(as[func(ptr, uint32) uint32](fn), x, y, r)
	case "pb>b":
		return call2(as[func(ptr, uint8) uint8](fn), x, y, r)
	case "pb>e":
		return call2(as[func(ptr, uint8) iface](fn), x, y, r)
	case "pp>p":
		return call2(as[func(ptr, ptr) ptr](fn), x, y, r)
	case "ii>i":
		return call2(as[func(uint64, uint64) uint64](fn), x, y, r)
	case "ff>f":
		return call2(as[func(float64, float64) float64](fn), x, y, r)
	case "ss>b":
		return call2(as[func(string, string) uint8](fn), x, y, r)
	case "ss>i":
		return call2(as[func(string, string) uint64](fn), x, y, r)
	case "ss>s":
		return call2(as[func(string, string) string](fn), x, y, r)
	case "si>s":
		return call2(as[func(string, uint64) string](fn), x, y, r)
	case "ee>b":
		return call2(as[func(iface, iface) uint8](fn), x, y, r)
	case "ps>ie":
		f := as[func(ptr, string) (uint64, iface)](fn)
		return func(fr *frame) {
			*at[uint64](fr.mem, r), *at[iface](fr.mem, r2) = f(*at[ptr](fr.mem, x), *at[string](fr.mem, y))
		}
	case "pu>ie":
		f := as[func(ptr, uint32) (uint64, iface)](fn)
		return func(fr *frame) {
			*at[uint64](fr.mem, r), *at[iface](fr.mem, r2) = f(*at[ptr](fr.mem, x), *at[uint32](fr.mem, y))
		}
	case "pii>b":
		return call3(as[func(ptr, uint64, uint64) uint8](fn), x, y, z, r)
	case "puu>b":
		return call3(as[func(ptr, uint32, uint32) uint8](fn), x, y, z, r)
	case "sss>s":
		return call3(as[func(string, string, string) string](fn), x, y, z, r)
	}
	return nil
}

func call0[R any](f func() R, r uintptr) instr {
	return func(fr *frame) { *at[R](fr.mem, r) = f() }
}

func call1[A, R any](f func(A) R, a, r uintptr) instr {
	return func(fr *frame) { *at[R](fr.mem, r) = f(*at[A](fr.mem, a)) }
}

func call2[A, B, R any](f func(A, B) R, a, b, r uintptr) instr {
	return func(fr *frame) { *at[R](fr.mem, r) = f(*at[A](fr.mem, a), *at[B](fr.mem, b)) }
}

func call2v[A, B any](f func(A, B), a, b uintptr) instr {
	return func(fr *frame) { f(*at[A](fr.mem, a), *at[B](fr.mem, b)) }
}

func call3[A, B, C, R any](f func(A, B, C) R, a, b, c, r uintptr) instr {
	return func(fr *frame) {
		*at[R](fr.mem, r) = f(*at[A](fr.mem, a), *at[B](fr.mem, b), *at[C](fr.mem, c))
	}
}
