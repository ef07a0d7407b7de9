package native

import (
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"hash/maphash"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
	"weak"
)

// collected has garbage collected until something has come of it.
func collected(t *testing.T, come func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !come(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing has come of it")
		}
		runtime.GC()
	}
}

// A handle is what is in a weak pointer of any type.
func TestWeak(t *testing.T) {
	type thing struct{ text string }
	x := &thing{"here"}
	handle := WeakMake(unsafe.Pointer(x))
	p := weak.Make(x)
	if *(*unsafe.Pointer)(unsafe.Pointer(&p)) != handle {
		t.Error("weak.Make makes another handle")
	}
	if got := (*thing)(WeakValue(handle)); got != x || got.text != "here" {
		t.Errorf("it is %v", got)
	}
	gone := make(chan bool, 1)
	AddCleanup(unsafe.Pointer(x), func() { gone <- true })
	runtime.KeepAlive(x)
	x = nil
	collected(t, func() bool { return WeakValue(handle) == nil && len(gone) == 1 })
}

func TestHash(t *testing.T) {
	seed := maphash.MakeSeed()
	type point struct{ x, y int }
	if Hash(seed, point{1, 2}) != maphash.Comparable(seed, any(point{1, 2})) || Hash(seed, 1) == Hash(seed, 2) {
		t.Error("it is another hash")
	}
	var a, b maphash.Hash
	a.SetSeed(seed)
	b.SetSeed(seed)
	WriteHash(&a, "text")
	maphash.WriteComparable(&b, any("text"))
	if a.Sum64() != b.Sum64() {
		t.Error("another hash is written")
	}
}

func TestKeys(t *testing.T) {
	same := func(name string, got []byte, err error, want []byte, wantErr error) {
		t.Helper()
		if !bytes.Equal(got, want) || len(got) == 0 || err != nil || wantErr != nil {
			t.Errorf("%s is %x, %v, want %x, %v", name, got, err, want, wantErr)
		}
	}
	secret, salt := []byte("a secret of some length"), []byte("salt")
	got, err := HKDFExtract(sha256.New, secret, salt)
	want, wantErr := hkdf.Extract(sha256.New, secret, salt)
	same("extract", got, err, want, wantErr)
	got, err = HKDFExpand(sha256.New, want, "info", 40)
	expanded, wantErr := hkdf.Expand(sha256.New, want, "info", 40)
	same("expand", got, err, expanded, wantErr)
	got, err = HKDFKey(sha256.New, secret, salt, "info", 16)
	want, wantErr = hkdf.Key(sha256.New, secret, salt, "info", 16)
	same("key", got, err, want, wantErr)
	got, err = PBKDF2Key(sha256.New, "password", salt, 2, 16)
	want, wantErr = pbkdf2.Key(sha256.New, "password", salt, 2, 16)
	same("pbkdf2", got, err, want, wantErr)
}

func TestConvertAssign(t *testing.T) {
	var n int
	var text string
	var when time.Time
	if err := ConvertAssign(&n, "42"); err != nil || n != 42 {
		t.Errorf("%d, %v", n, err)
	}
	if err := ConvertAssign(&text, []byte("bytes")); err != nil || text != "bytes" {
		t.Errorf("%q, %v", text, err)
	}
	if err := ConvertAssign(&when, time.Unix(1, 0)); err != nil || when.Unix() != 1 {
		t.Errorf("%v, %v", when, err)
	}
	if err := ConvertAssign(&n, "text"); err == nil {
		t.Error("a text is a number")
	}
}

func unique[T any](v T) unsafe.Pointer {
	return UniqueMake(reflect.TypeFor[T](), unsafe.Pointer(&v))
}

// Equal values of a type have one pointer, as long as somebody holds it.
func TestUnique(t *testing.T) {
	type name string
	long := strings.Repeat("long text ", 1000)
	p := unique(long[10:14])
	if unique("long") != p || *(*string)(p) != "long" {
		t.Error("equal texts have two pointers")
	}
	if unsafe.StringData(*(*string)(p)) == unsafe.StringData(long[10:]) {
		t.Error("the longer text is kept")
	}
	for what, q := range map[string]unsafe.Pointer{
		"another text": unique("other"), "another type": unique(name("long")), "an interface": unique(any("long")),
	} {
		if q == p {
			t.Errorf("%s has the same pointer", what)
		}
	}
	if one, again := unique(any(1)), unique(any(1)); one != again || unique(struct{}{}) != unique([0]int{}) {
		t.Error("equal values have two pointers")
	}
	runtime.KeepAlive(p)

	known := func(key uniqueKey) bool {
		canonical.Lock()
		defer canonical.Unlock()
		_, ok := canonical.values[key]
		return ok
	}
	key := uniqueKey{reflect.TypeFor[[2]int](), [2]int{1, 2}}
	q := unique([2]int{1, 2})
	if !known(key) {
		t.Error("it is not known")
	}
	runtime.KeepAlive(q)
	collected(t, func() bool { return !known(key) })
}
