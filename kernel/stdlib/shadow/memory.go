package shadow

import (
	"reflect"
	"runtime"
	"unique"
	"unsafe"
	"weak"

	"github.com/gosched/gosched/kernel/stdlib/native"
)

// UniqueMake is unique.Make.
func UniqueMake[T comparable](value T) unique.Handle[T] {
	var h unique.Handle[T]
	*(*unsafe.Pointer)(unsafe.Pointer(&h)) = native.UniqueMake(reflect.TypeOf((*T)(nil)).Elem(), unsafe.Pointer(&value))
	return h
}

// UniqueHandleValue is (unique.Handle[T]).Value.
func UniqueHandleValue[T comparable](h unique.Handle[T]) T {
	return **(**T)(unsafe.Pointer(&h))
}

// WeakMake is weak.Make.
func WeakMake[T any](ptr *T) weak.Pointer[T] {
	var p weak.Pointer[T]
	*(*unsafe.Pointer)(unsafe.Pointer(&p)) = native.WeakMake(unsafe.Pointer(ptr))
	return p
}

// WeakPointerValue is (weak.Pointer[T]).Value.
func WeakPointerValue[T any](p weak.Pointer[T]) *T {
	return (*T)(native.WeakValue(*(*unsafe.Pointer)(unsafe.Pointer(&p))))
}

// AddCleanup is runtime.AddCleanup.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	// The runtime sees a closure in place of arg, so look at arg here.
	if v := reflect.ValueOf(&arg).Elem(); v.Kind() == reflect.Pointer || v.Kind() == reflect.UnsafePointer {
		p, start := uintptr(v.UnsafePointer()), uintptr(unsafe.Pointer(ptr))
		if p == start {
			panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
		}
		if p > start && p < start+unsafe.Sizeof(*ptr) {
			panic("runtime.AddCleanup: ptr is within arg, cleanup will never run")
		}
	}
	return native.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) })
}
