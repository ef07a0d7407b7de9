package standin

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
)

// Stand-ins are written as Go functions with the parameters and results of what
// they stand for; these adapters make them intrinsics. They are named for how
// many parameters and results there are. Results that nobody wants have no
// memory, see set.

func fn0x3[R, S, T any](f func(*frame.Thread) (R, S, T)) frame.NativeCall {
	return func(t *frame.Thread, _, res []unsafe.Pointer) {
		r, s, u := f(t)
		set(res, 0, r)
		set(res, 1, s)
		set(res, 2, u)
	}
}

func fn1x0[A any](f func(*frame.Thread, A)) frame.NativeCall {
	return func(t *frame.Thread, args, _ []unsafe.Pointer) { f(t, arg[A](args[0])) }
}

func fn1x1[A, R any](f func(*frame.Thread, A) R) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, f(t, arg[A](args[0]))) }
}

func fn1x2[A, R, S any](f func(*frame.Thread, A) (R, S)) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		r, s := f(t, arg[A](args[0]))
		set(res, 0, r)
		set(res, 1, s)
	}
}

func fn1x3[A, R, S, T any](f func(*frame.Thread, A) (R, S, T)) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		r, s, u := f(t, arg[A](args[0]))
		set(res, 0, r)
		set(res, 1, s)
		set(res, 2, u)
	}
}

func fn2x0[A, B any](f func(*frame.Thread, A, B)) frame.NativeCall {
	return func(t *frame.Thread, args, _ []unsafe.Pointer) { f(t, arg[A](args[0]), arg[B](args[1])) }
}

func fn2x1[A, B, R any](f func(*frame.Thread, A, B) R) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, f(t, arg[A](args[0]), arg[B](args[1]))) }
}

func fn2x2[A, B, R, S any](f func(*frame.Thread, A, B) (R, S)) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		r, s := f(t, arg[A](args[0]), arg[B](args[1]))
		set(res, 0, r)
		set(res, 1, s)
	}
}

func fn3x0[A, B, C any](f func(*frame.Thread, A, B, C)) frame.NativeCall {
	return func(t *frame.Thread, args, _ []unsafe.Pointer) {
		f(t, arg[A](args[0]), arg[B](args[1]), arg[C](args[2]))
	}
}

func fn3x1[A, B, C, R any](f func(*frame.Thread, A, B, C) R) frame.NativeCall {
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		set(res, 0, f(t, arg[A](args[0]), arg[B](args[1]), arg[C](args[2])))
	}
}

// arg reads an argument.
func arg[T any](p unsafe.Pointer) T { return *(*T)(p) }

// set writes a result.
func set[T any](res []unsafe.Pointer, i int, v T) {
	if i < len(res) {
		*(*T)(res[i]) = v
	}
}
