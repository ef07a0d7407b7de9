package shadow

import (
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unique"
	"unsafe"
	"weak"
)

// The shadows take generic types to be laid out as they are in this release:
// one pointer, at offset 0, and nothing else.
func TestLayouts(t *testing.T) {
	for _, typ := range []reflect.Type{
		reflect.TypeFor[atomic.Pointer[string]](),
		reflect.TypeFor[unique.Handle[string]](),
		reflect.TypeFor[weak.Pointer[string]](),
	} {
		last := typ.Field(typ.NumField() - 1)
		if typ.Size() != unsafe.Sizeof(uintptr(0)) || last.Offset != 0 ||
			last.Type.Kind() != reflect.Pointer && last.Type.Kind() != reflect.UnsafePointer {
			t.Errorf("%v has %d bytes and its %s is a %v at %d", typ, typ.Size(), last.Name, last.Type, last.Offset)
		}
	}
}

func TestAtomicPointer(t *testing.T) {
	var p atomic.Pointer[int]
	a, b := new(1), new(2)
	if AtomicPointerLoad(&p) != nil {
		t.Error("zero pointer is not nil")
	}
	AtomicPointerStore(&p, a)
	if p.Load() != a || AtomicPointerLoad(&p) != a {
		t.Error("store and load differ")
	}
	if old := AtomicPointerSwap(&p, b); old != a || p.Load() != b {
		t.Error("swap")
	}
	if AtomicPointerCompareAndSwap(&p, a, a) || !AtomicPointerCompareAndSwap(&p, b, a) || p.Load() != a {
		t.Error("compare and swap")
	}
}

func TestOnceValues(t *testing.T) {
	var calls atomic.Int32
	f := OnceValues(func() (int, error) { calls.Add(1); return 7, errors.ErrUnsupported })
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if n, err := f(); n != 7 || err != errors.ErrUnsupported {
				t.Errorf("got %d, %v", n, err)
			}
		})
	}
	wg.Wait()
	if calls.Load() != 1 {
		t.Errorf("called %d times", calls.Load())
	}
}

func TestOnceValuePanics(t *testing.T) {
	calls := 0
	f := OnceValue(func() int { calls++; panic("no") })
	for range 2 {
		func() {
			defer func() {
				if p := recover(); p != "no" {
					t.Errorf("panic %v", p)
				}
			}()
			f()
		}()
	}
	if calls != 1 {
		t.Errorf("called %d times", calls)
	}
}

func TestUnique(t *testing.T) {
	type point struct{ x, y int }
	a, b := UniqueMake(point{1, 2}), UniqueMake(point{1, 2})
	if a != b || UniqueHandleValue(a) != (point{1, 2}) || a.Value() != (point{1, 2}) {
		t.Errorf("handles %v and %v of equal values", a, b)
	}
	if c := UniqueMake(point{2, 1}); c == a {
		t.Error("handles of different values are equal")
	}
	long := strings.Repeat("x", 100)
	if !equal(UniqueMake(long[:3]), UniqueMake("xxx")) || UniqueHandleValue(UniqueMake("xxx")) != "xxx" {
		t.Error("handles of equal strings differ")
	}
	if !equal(UniqueMake[any](1), UniqueMake[any](1)) || equal(UniqueMake[any](1), UniqueMake[any](int8(1))) {
		t.Error("handles of interface values")
	}
	if UniqueHandleValue(UniqueMake[error](fs.ErrExist)) != fs.ErrExist {
		t.Error("value of an interface type's handle")
	}
	if !equal(UniqueMake[error](nil), UniqueMake[error](nil)) {
		t.Error("handles of nil differ")
	}
	if !equal(UniqueMake(struct{}{}), UniqueMake(struct{}{})) {
		t.Error("handles of empty structs differ")
	}
	// A value of one type is not one of another that looks the same.
	if unsafe.Pointer(valuePointer(UniqueMake(int32(5)))) == unsafe.Pointer(valuePointer(UniqueMake(uint32(5)))) {
		t.Error("handles of different types share a value")
	}
	runtime.GC()
	if UniqueHandleValue(a) != (point{1, 2}) || UniqueMake(point{1, 2}) != a {
		t.Error("a handle that is held has changed after a collection")
	}
}

// equal compares two results that are meant to be made one by one.
func equal[T comparable](a, b T) bool { return a == b }

func valuePointer[T comparable](h unique.Handle[T]) *T { return *(**T)(unsafe.Pointer(&h)) }

func TestUniqueUnhashable(t *testing.T) {
	defer func() {
		if err, ok := recover().(runtime.Error); !ok || !strings.Contains(err.Error(), "unhashable") {
			t.Errorf("panic %v", err)
		}
	}()
	UniqueMake[any]([]int{1})
}

func TestWeak(t *testing.T) {
	type large [64]byte
	p := new(large)
	w := WeakMake(p)
	if WeakPointerValue(w) != p || w.Value() != p || weak.Make(p) != w {
		t.Error("weak pointer does not lead back")
	}
	if WeakMake[large](nil) != (weak.Pointer[large]{}) || WeakPointerValue(weak.Pointer[large]{}) != nil {
		t.Error("weak pointer to nil")
	}
	done := make(chan string, 1)
	AddCleanup(p, func(s string) { done <- s }, "gone")
	runtime.KeepAlive(p)
	p = nil
	for deadline := time.After(5 * time.Second); ; {
		runtime.GC()
		select {
		case s := <-done:
			if s != "gone" || WeakPointerValue(w) != nil {
				t.Errorf("cleanup of %q, weak pointer %v", s, WeakPointerValue(w))
			}
			return
		case <-deadline:
			t.Fatal("no cleanup")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestAddCleanupStop(t *testing.T) {
	p := new([64]byte)
	called := make(chan int, 1)
	AddCleanup(p, func(n int) { called <- n }, 1).Stop()
	runtime.KeepAlive(p)
	p = nil
	_ = p
	for range 3 {
		runtime.GC()
	}
	select {
	case <-called:
		t.Error("stopped cleanup was called")
	case <-time.After(20 * time.Millisecond):
	}
}

func TestAddCleanupMistakes(t *testing.T) {
	p := new([4]int)
	for want, f := range map[string]func(){
		"ptr is nil":          func() { AddCleanup[int](nil, func(int) {}, 1) },
		"ptr is equal to arg": func() { AddCleanup(p, func(*[4]int) {}, p) },
		"ptr is within arg":   func() { AddCleanup(p, func(*int) {}, &p[2]) },
	} {
		if got := panicOf(f); !strings.Contains(got, "runtime.AddCleanup: "+want) {
			t.Errorf("panic %q, want one that says %q", got, want)
		}
	}
}

func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return
}

func TestTypeFor(t *testing.T) {
	if TypeFor[error]() != reflect.TypeFor[error]() || TypeFor[int]() != reflect.TypeFor[int]() {
		t.Error("types differ")
	}
}

func TestTypeAssert(t *testing.T) {
	v := struct {
		Err    error
		Any    any
		N      int
		hidden int
	}{fs.ErrExist, 7, 3, 4}
	rv := reflect.ValueOf(&v).Elem()
	same(t, rv.Field(0), TypeAssert[error], reflect.TypeAssert[error])
	same(t, rv.Field(1), TypeAssert[int], reflect.TypeAssert[int])
	same(t, rv.Field(1), TypeAssert[string], reflect.TypeAssert[string])
	same(t, rv.Field(2), TypeAssert[any], reflect.TypeAssert[any])
	same(t, rv.Field(2), TypeAssert[int8], reflect.TypeAssert[int8])
	same(t, rv.Field(3), TypeAssert[int], reflect.TypeAssert[int])
	same(t, reflect.Value{}, TypeAssert[int], reflect.TypeAssert[int])
	same(t, reflect.Zero(reflect.TypeFor[error]()), TypeAssert[error], reflect.TypeAssert[error])
}

func same[T any](t *testing.T, v reflect.Value, got, want func(reflect.Value) (T, bool)) {
	t.Helper()
	result := func(f func(reflect.Value) (T, bool)) string {
		var x T
		var ok bool
		p := panicOf(func() { x, ok = f(v) })
		return fmt.Sprintf("%T %v %v %s", x, x, ok, p)
	}
	if g, w := result(got), result(want); g != w {
		t.Errorf("TypeAssert gives %s, want %s", g, w)
	}
}

type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.code) }

type asCode struct{}

func (asCode) Error() string { return "as code" }
func (asCode) As(target any) bool {
	p, ok := target.(**codeError)
	if ok {
		*p = &codeError{9}
	}
	return ok
}

func TestAsType(t *testing.T) {
	for _, err := range []error{
		nil, fs.ErrExist, &codeError{1}, fmt.Errorf("wrapped: %w", &codeError{2}),
		errors.Join(fs.ErrExist, fmt.Errorf("in: %w", &codeError{3})), asCode{}, fmt.Errorf("x: %w", asCode{}),
	} {
		got, gotOK := AsType[*codeError](err)
		want, wantOK := errors.AsType[*codeError](err)
		if gotOK != wantOK || gotOK && *got != *want {
			t.Errorf("AsType(%v) = %v, %v, want %v, %v", err, got, gotOK, want, wantOK)
		}
	}
}

func TestRandN(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 1000 {
		n := RandN(5 * time.Nanosecond)
		if n < 0 || n >= 5 {
			t.Fatalf("RandN(5) = %d", n)
		}
		seen[n] = true
	}
	if len(seen) != 5 {
		t.Errorf("seen only %v", seen)
	}
	if got := panicOf(func() { RandN(0) }); got != "invalid argument to N" {
		t.Errorf("RandN(0): panic %q", got)
	}
}

func TestHash(t *testing.T) {
	type key struct {
		s string
		n any
	}
	seed := maphash.MakeSeed()
	if !equal(HashComparable(seed, key{"a", 1}), HashComparable(seed, key{"a", 1})) {
		t.Error("equal values have different hashes")
	}
	if HashComparable(seed, key{"a", 1}) == HashComparable(seed, key{"a", 2}) {
		t.Error("different values have one hash")
	}
	sum := func(n int) uint64 {
		var h maphash.Hash
		h.SetSeed(seed)
		h.WriteString("x")
		HashWriteComparable(&h, n)
		return h.Sum64()
	}
	if !equal(sum(1), sum(1)) || equal(sum(1), sum(2)) {
		t.Error("WriteComparable")
	}
}

func TestKeyDerivation(t *testing.T) {
	secret, salt := []byte("secret"), []byte("salt")
	check := func(name string, got []byte, err error, want []byte, wantErr error) {
		t.Helper()
		if !bytes.Equal(got, want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("%s: %x, %v, want %x, %v", name, got, err, want, wantErr)
		}
	}
	got, err := HKDFKey(sha256.New, secret, salt, "info", 32)
	want, wantErr := hkdf.Key(sha256.New, secret, salt, "info", 32)
	check("hkdf.Key", got, err, want, wantErr)
	got, err = HKDFExtract(sha256.New, secret, salt)
	want, wantErr = hkdf.Extract(sha256.New, secret, salt)
	check("hkdf.Extract", got, err, want, wantErr)
	got, err = HKDFExpand(sha256.New, secret, "info", 1<<20)
	want, wantErr = hkdf.Expand(sha256.New, secret, "info", 1<<20)
	check("hkdf.Expand", got, err, want, wantErr)
	got, err = PBKDF2Key(sha256.New, "password", salt, 10, 32)
	want, wantErr = pbkdf2.Key(sha256.New, "password", salt, 10, 32)
	check("pbkdf2.Key", got, err, want, wantErr)
}

type celsius float64

func (c celsius) Value() (driver.Value, error) { return float64(c) * 2, nil }

type badValue struct{}

func (badValue) Value() (driver.Value, error) { return nil, fs.ErrClosed }

func TestSQLNull(t *testing.T) {
	for _, src := range []any{nil, int64(7), "8", []byte("9"), "x", 1.5} {
		var got, want sql.Null[int]
		err, wantErr := SQLNullScan(&got, src), want.Scan(src)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("Scan(%v): %v, %v, want %v, %v", src, got, err, want, wantErr)
		}
	}
	sameValue(t, sql.Null[int]{V: 3, Valid: true})
	sameValue(t, sql.Null[int]{V: 3})
	sameValue(t, sql.Null[celsius]{V: 3, Valid: true})
	sameValue(t, sql.Null[*celsius]{Valid: true})
	sameValue(t, sql.Null[*celsius]{V: new(celsius(4)), Valid: true})
	sameValue(t, sql.Null[badValue]{Valid: true})
	sameValue(t, sql.Null[chan int]{Valid: true})
}

func sameValue[T any](t *testing.T, n sql.Null[T]) {
	t.Helper()
	got, err := SQLNullValue(n)
	want, wantErr := n.Value()
	if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("%T %v: %v, %v, want %v, %v", n, n, got, err, want, wantErr)
	}
}
