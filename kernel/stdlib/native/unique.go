package native

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// canonical holds a weak pointer to the one copy of each value that handles
// have been made of. It is shared by the whole process, as in package unique:
// two handles of equal values are equal wherever they were made.
var canonical struct {
	sync.Mutex
	values map[uniqueKey]weak.Pointer[byte]
}

// A uniqueKey is a value with the type that it was given as, which for a
// value of interface type is the interface's.
type uniqueKey struct {
	typ   reflect.Type
	value any
}

var zero uintptr

// UniqueMake returns the pointer that represents the value of type t that ptr
// points to: the same for all equal values of that type, as long as somebody
// holds it.
func UniqueMake(t reflect.Type, ptr unsafe.Pointer) unsafe.Pointer {
	if t.Size() == 0 {
		return unsafe.Pointer(&zero)
	}
	v := reflect.NewAt(t, ptr).Elem()
	key := uniqueKey{typ: t, value: v.Interface()}

	canonical.Lock()
	defer canonical.Unlock()
	if p := canonical.values[key].Value(); p != nil {
		return unsafe.Pointer(p)
	}
	copied := reflect.New(t)
	copied.Elem().Set(v)
	if t.Kind() == reflect.String {
		// Do not keep alive the larger string that this one is cut from.
		copied.Elem().SetString(strings.Clone(v.String()))
		key.value = copied.Elem().Interface()
	}
	p := (*byte)(copied.UnsafePointer())
	w := weak.Make(p)
	if canonical.values == nil {
		canonical.values = make(map[uniqueKey]weak.Pointer[byte])
	}
	canonical.values[key] = w
	runtime.AddCleanup(p, func(key uniqueKey) {
		canonical.Lock()
		defer canonical.Unlock()
		// A new copy may have taken the place of the one that is gone.
		if canonical.values[key] == w {
			delete(canonical.values, key)
		}
	}, key)
	return unsafe.Pointer(p)
}
