package goruntime

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// SyncState says in words what a value of package sync or sync/atomic, or a
// pointer to one, is at: "sync.Mutex, locked". It finds fields by their names,
// reads them as they are at the moment, and has no answer where the release
// calls them otherwise.
func SyncState(v reflect.Value) (text string, ok bool) {
	prefix := ""
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v, prefix = v.Elem(), "*"
	}
	if v.Kind() != reflect.Struct {
		return "", false
	}
	t := v.Type()
	switch t.PkgPath() {
	case "sync":
	case "sync/atomic":
		if prefix != "" || !strings.HasPrefix(t.Name(), "Pointer[") {
			return atomicState(v, t)
		}
		return "", false
	default:
		return "", false
	}
	text, ok = "", false
	switch t {
	case reflect.TypeFor[sync.Mutex]():
		text, ok = mutexState(v)
	case reflect.TypeFor[sync.RWMutex]():
		text, ok = rwMutexState(v)
	case reflect.TypeFor[sync.WaitGroup]():
		text, ok = waitGroupState(v)
	case reflect.TypeFor[sync.Once]():
		var n int64
		if n, ok = number(v, "done"); n != 0 {
			text = "done"
		} else {
			text = "not done"
		}
	default:
		return "", false
	}
	return prefix + t.String() + ", " + text, ok
}

// Of a mutex's state, the lowest bit says that it is locked, and what is above
// the third counts who waits.
func mutexState(v reflect.Value) (string, bool) {
	n, ok := number(v, "mu", "state")
	switch waiting := n >> 3; {
	case !ok:
		return "", false
	case n&1 == 0:
		return "unlocked", true
	case waiting == 0:
		return "locked", true
	default:
		return fmt.Sprintf("locked, %d waiting", waiting), true
	}
}

func rwMutexState(v reflect.Value) (string, bool) {
	const maxReaders = 1 << 30
	readers, ok := number(v, "readerCount")
	if !ok {
		return "", false
	}
	switch {
	case readers < 0 && readers+maxReaders > 0:
		return fmt.Sprintf("a writer has it or waits, %d reading or waiting", readers+maxReaders), true
	case readers < 0:
		return "locked for writing", true
	case readers == 1:
		return "locked by 1 reader", true
	case readers > 1:
		return fmt.Sprintf("locked by %d readers", readers), true
	}
	return "unlocked", true
}

func waitGroupState(v reflect.Value) (string, bool) {
	n, ok := number(v, "state")
	if !ok {
		return "", false
	}
	text := fmt.Sprintf("counter %d", int32(uint64(n)>>32))
	if waiting := uint32(n) &^ (1 << 31); waiting > 0 {
		text += fmt.Sprintf(", %d waiting", waiting)
	}
	return text, true
}

// atomicState is what an atomic number holds.
func atomicState(v reflect.Value, t reflect.Type) (string, bool) {
	n, ok := number(v)
	if !ok {
		return "", false
	}
	switch t {
	case reflect.TypeFor[atomic.Bool]():
		return fmt.Sprint(n != 0), true
	case reflect.TypeFor[atomic.Uint64](), reflect.TypeFor[atomic.Uintptr]():
		return fmt.Sprint(uint64(n)), true
	}
	return fmt.Sprint(n), true
}

// number reads the integer at the end of a path of fields, which may be an atomic
// one: those have it in a field v.
func number(v reflect.Value, path ...string) (int64, bool) {
	for _, name := range path {
		if v = v.FieldByName(name); !v.IsValid() {
			return 0, false
		}
	}
	if v.Kind() == reflect.Struct {
		if v = v.FieldByName("v"); !v.IsValid() {
			return 0, false
		}
	}
	switch {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		return int64(v.Uint()), true
	}
	return 0, false
}
