package goruntime

import (
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// IsUnlocked reports whether nobody has m, nor waits for it.
func IsUnlocked(m *sync.Mutex) bool {
	return atomic.LoadInt32((*int32)(unsafe.Pointer(m))) == 0
}

func checkMutexState() error {
	m := new(sync.Mutex)
	for range 2 {
		if !IsUnlocked(m) {
			return errors.New("unlocked")
		}
		m.Lock()
		if IsUnlocked(m) {
			return errors.New("locked")
		}
		m.Unlock()
	}
	return nil
}

// WaitCount reads the counter of a wait group.
func WaitCount(wg *sync.WaitGroup) int32 {
	return int32(atomic.LoadUint64((*uint64)(unsafe.Pointer(wg))) >> 32)
}

func checkWaitGroupCount() error {
	wg := new(sync.WaitGroup)
	for _, step := range []struct{ delta, count int }{{3, 3}, {1 << 20, 1<<20 + 3}, {-1, 1<<20 + 2}, {-1<<20 - 2, 0}} {
		if wg.Add(step.delta); int(WaitCount(wg)) != step.count {
			return errors.New("the counter")
		}
	}
	return nil
}

// IsDone reports whether o has been done.
func IsDone(o *sync.Once) bool {
	return atomic.LoadUint32((*uint32)(unsafe.Pointer(o))) != 0
}

func checkOnceDone() error {
	o := new(sync.Once)
	during := false
	before := IsDone(o)
	o.Do(func() { during = IsDone(o) })
	if before || during || !IsDone(o) {
		return errors.New("the word")
	}
	return nil
}

// rLocker is the type of what (*sync.RWMutex).RLocker returns.
var rLocker = reflect.TypeOf(new(sync.RWMutex).RLocker())

// RLockerOf returns the mutex whose RLocker l is, or nil: it is the mutex itself
// under another type.
func RLockerOf(l sync.Locker) *sync.RWMutex {
	if v := reflect.ValueOf(l); v.IsValid() && v.Type() == rLocker {
		return (*sync.RWMutex)(v.UnsafePointer())
	}
	return nil
}

func checkRLocker() error {
	m := new(sync.RWMutex)
	if rLocker.Kind() != reflect.Pointer || rLocker.Elem().Size() != reflect.TypeOf(m).Elem().Size() {
		return errors.New("it has another type")
	}
	if RLockerOf(m.RLocker()) != m || RLockerOf(m) != nil {
		return errors.New("it is another object")
	}
	return nil
}
