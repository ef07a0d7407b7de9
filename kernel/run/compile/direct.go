package compile

import (
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// Compiled functions whose parameters and results are single words are called
// without reflection, as functions of the one type that stands for all of their
// signature.

type (
	ptr   = unsafe.Pointer
	iface = any // two words, the first of which is not looked at here
)

// direct generates a call of compiled code by its signature, or nil if that is not
// one of the common ones. Slots for results that nobody wants may be missing.
func direct(fn reflect.Value, s, d []frame.Slot) frame.Instr {
	if fn.Type().IsVariadic() || len(d) != fn.Type().NumOut() {
		return nil
	}
	a := make([]uintptr, 4)
	for i := range min(len(s), len(a)) {
		a[i] = s[i].Off
	}
	x, y, z := a[0], a[1], a[2]
	var r, r2 uintptr
	if len(d) > 0 {
		r = d[0].Off
	}
	if len(d) > 1 {
		r2 = d[1].Off
	}
	switch goruntime.Signature(fn.Type()) {
	case ">":
		f := goruntime.As[func()](fn)
		return func(*frame.Frame) { f() }
	case ">i":
		return call0(goruntime.As[func() uint64](fn), r)
	case ">p":
		return call0(goruntime.As[func() ptr](fn), r)
	case ">e":
		return call0(goruntime.As[func() iface](fn), r)
	case "p>":
		f := goruntime.As[func(ptr)](fn)
		return func(fr *frame.Frame) { f(*memory.At[ptr](fr.Mem, x)) }
	case "i>":
		f := goruntime.As[func(uint64)](fn)
		return func(fr *frame.Frame) { f(*memory.At[uint64](fr.Mem, x)) }
	case "p>i":
		return call1(goruntime.As[func(ptr) uint64](fn), x, r)
	case "p>u":
		return call1(goruntime.As[func(ptr) uint32](fn), x, r)
	case "p>b":
		return call1(goruntime.As[func(ptr) uint8](fn), x, r)
	case "p>p":
		return call1(goruntime.As[func(ptr) ptr](fn), x, r)
	case "p>s":
		return call1(goruntime.As[func(ptr) string](fn), x, r)
	case "p>e":
		return call1(goruntime.As[func(ptr) iface](fn), x, r)
	case "i>i":
		return call1(goruntime.As[func(uint64) uint64](fn), x, r)
	case "i>s":
		return call1(goruntime.As[func(uint64) string](fn), x, r)
	case "u>b":
		return call1(goruntime.As[func(uint32) uint8](fn), x, r)
	case "u>u":
		return call1(goruntime.As[func(uint32) uint32](fn), x, r)
	case "f>f":
		return call1(goruntime.As[func(float64) float64](fn), x, r)
	case "f>b":
		return call1(goruntime.As[func(float64) uint8](fn), x, r)
	case "s>s":
		return call1(goruntime.As[func(string) string](fn), x, r)
	case "s>i":
		return call1(goruntime.As[func(string) uint64](fn), x, r)
	case "s>e":
		return call1(goruntime.As[func(string) iface](fn), x, r)
	case "e>s":
		return call1(goruntime.As[func(iface) string](fn), x, r)
	case "s>ie":
		f := goruntime.As[func(string) (uint64, iface)](fn)
		return func(fr *frame.Frame) {
			*memory.At[uint64](fr.Mem, r), *memory.At[iface](fr.Mem, r2) = f(*memory.At[string](fr.Mem, x))
		}
	case "pi>":
		return call2v(goruntime.As[func(ptr, uint64)](fn), x, y)
	case "pu>":
		return call2v(goruntime.As[func(ptr, uint32)](fn), x, y)
	case "pb>":
		return call2v(goruntime.As[func(ptr, uint8)](fn), x, y)
	case "pp>":
		return call2v(goruntime.As[func(ptr, ptr)](fn), x, y)
	case "pi>i":
		return call2(goruntime.As[func(ptr, uint64) uint64](fn), x, y, r)
	case "pu>u":
		return call2(goruntime.As[func(ptr, uint32) uint32](fn), x, y, r)
	case "pb>b":
		return call2(goruntime.As[func(ptr, uint8) uint8](fn), x, y, r)
	case "pb>e":
		return call2(goruntime.As[func(ptr, uint8) iface](fn), x, y, r)
	case "pp>p":
		return call2(goruntime.As[func(ptr, ptr) ptr](fn), x, y, r)
	case "ii>i":
		return call2(goruntime.As[func(uint64, uint64) uint64](fn), x, y, r)
	case "ff>f":
		return call2(goruntime.As[func(float64, float64) float64](fn), x, y, r)
	case "ss>b":
		return call2(goruntime.As[func(string, string) uint8](fn), x, y, r)
	case "ss>i":
		return call2(goruntime.As[func(string, string) uint64](fn), x, y, r)
	case "ss>s":
		return call2(goruntime.As[func(string, string) string](fn), x, y, r)
	case "si>s":
		return call2(goruntime.As[func(string, uint64) string](fn), x, y, r)
	case "ee>b":
		return call2(goruntime.As[func(iface, iface) uint8](fn), x, y, r)
	case "ps>ie":
		f := goruntime.As[func(ptr, string) (uint64, iface)](fn)
		return func(fr *frame.Frame) {
			*memory.At[uint64](fr.Mem, r), *memory.At[iface](fr.Mem, r2) = f(*memory.At[ptr](fr.Mem, x), *memory.At[string](fr.Mem, y))
		}
	case "pu>ie":
		f := goruntime.As[func(ptr, uint32) (uint64, iface)](fn)
		return func(fr *frame.Frame) {
			*memory.At[uint64](fr.Mem, r), *memory.At[iface](fr.Mem, r2) = f(*memory.At[ptr](fr.Mem, x), *memory.At[uint32](fr.Mem, y))
		}
	case "pii>b":
		return call3(goruntime.As[func(ptr, uint64, uint64) uint8](fn), x, y, z, r)
	case "puu>b":
		return call3(goruntime.As[func(ptr, uint32, uint32) uint8](fn), x, y, z, r)
	case "sss>s":
		return call3(goruntime.As[func(string, string, string) string](fn), x, y, z, r)
	}
	return nil
}

func call0[R any](f func() R, r uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[R](fr.Mem, r) = f() }
}

func call1[A, R any](f func(A) R, a, r uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[R](fr.Mem, r) = f(*memory.At[A](fr.Mem, a)) }
}

func call2[A, B, R any](f func(A, B) R, a, b, r uintptr) frame.Instr {
	return func(fr *frame.Frame) {
		*memory.At[R](fr.Mem, r) = f(*memory.At[A](fr.Mem, a), *memory.At[B](fr.Mem, b))
	}
}

func call2v[A, B any](f func(A, B), a, b uintptr) frame.Instr {
	return func(fr *frame.Frame) { f(*memory.At[A](fr.Mem, a), *memory.At[B](fr.Mem, b)) }
}

func call3[A, B, C, R any](f func(A, B, C) R, a, b, c, r uintptr) frame.Instr {
	return func(fr *frame.Frame) {
		*memory.At[R](fr.Mem, r) = f(*memory.At[A](fr.Mem, a), *memory.At[B](fr.Mem, b), *memory.At[C](fr.Mem, c))
	}
}
