package shadow

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// AtomicPointerLoad is (*atomic.Pointer[T]).Load.
func AtomicPointerLoad[T any](x *atomic.Pointer[T]) *T {
	return (*T)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(x))))
}

// AtomicPointerStore is (*atomic.Pointer[T]).Store.
func AtomicPointerStore[T any](x *atomic.Pointer[T], val *T) {
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(x)), unsafe.Pointer(val))
}

// AtomicPointerSwap is (*atomic.Pointer[T]).Swap.
func AtomicPointerSwap[T any](x *atomic.Pointer[T], new *T) (old *T) {
	return (*T)(atomic.SwapPointer((*unsafe.Pointer)(unsafe.Pointer(x)), unsafe.Pointer(new)))
}

// AtomicPointerCompareAndSwap is (*atomic.Pointer[T]).CompareAndSwap.
func AtomicPointerCompareAndSwap[T any](x *atomic.Pointer[T], old, new *T) (swapped bool) {
	return atomic.CompareAndSwapPointer((*unsafe.Pointer)(unsafe.Pointer(x)), unsafe.Pointer(old), unsafe.Pointer(new))
}

// OnceValue is sync.OnceValue.
func OnceValue[T any](f func() T) func() T {
	var (
		once   sync.Once
		valid  bool
		p      any
		result T
	)
	return func() T {
		once.Do(func() {
			defer func() {
				f = nil // Do not keep f alive after invoking it.
				p = recover()
				if !valid {
					// Re-panic immediately so on the first call the user
					// gets a complete stack trace into f.
					panic(p)
				}
			}()
			result = f()
			valid = true // Set only if f does not panic.
		})
		if !valid {
			panic(p)
		}
		return result
	}
}

// OnceValues is sync.OnceValues.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var (
		once  sync.Once
		valid bool
		p     any
		r1    T1
		r2    T2
	)
	return func() (T1, T2) {
		once.Do(func() {
			defer func() {
				f = nil
				p = recover()
				if !valid {
					panic(p)
				}
			}()
			r1, r2 = f()
			valid = true
		})
		if !valid {
			panic(p)
		}
		return r1, r2
	}
}
