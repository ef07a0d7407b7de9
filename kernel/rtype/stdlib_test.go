package rtype

import (
	"bytes"
	"container/heap"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
)

// These tests hand made types to native code that calls their methods.

func TestSort(t *testing.T) {
	tw := newTwins(t)
	v := tw.value(t, ByX{{3, 0}, {1, 0}, {2, 0}})
	sort.Sort(v.Interface().(sort.Interface))
	if got := fmt.Sprint(v); got != "[(1,0) (2,0) (3,0)]" {
		t.Errorf("sorted to %s", got)
	}
	sort.Sort(sort.Reverse(v.Interface().(sort.Interface)))
	if got := fmt.Sprint(v); got != "[(3,0) (2,0) (1,0)]" {
		t.Errorf("sorted in reverse to %s", got)
	}
	if n := tw.asked["rtype.ByX.Less"]; n != 1 {
		t.Errorf("the implementation of Less was asked for %d times", n)
	}
}

func TestHeap(t *testing.T) {
	tw := newTwins(t)
	h := tw.value(t, &IntHeap{5, 2, 8}).Interface().(heap.Interface)
	heap.Init(h)
	heap.Push(h, 3)
	var got []any
	for h.Len() > 0 {
		got = append(got, heap.Pop(h))
	}
	if fmt.Sprint(got) != "[2 3 5 8]" {
		t.Errorf("popped %v", got)
	}
}

func TestErrors(t *testing.T) {
	tw := newTwins(t)
	madeErr := tw.value(t, &MyError{7, "lost"})
	err := fmt.Errorf("loading: %w", madeErr.Interface().(error))
	if err.Error() != "loading: lost (7)" {
		t.Errorf("Error is %q", err)
	}
	target := reflect.New(madeErr.Type())
	if !errors.As(err, target.Interface()) || target.Elem().Elem().Field(0).Int() != 7 {
		t.Error("errors.As does not find the made type")
	}
	var other *MyError
	if errors.As(err, &other) {
		t.Error("errors.As takes the made type for another")
	}
	if !errors.Is(err, io.EOF) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) {
		t.Error("errors.Is does not use Is and Unwrap")
	}
	if joined := errors.Join(io.EOF, madeErr.Interface().(error)); !errors.As(joined, target.Interface()) {
		t.Error("errors.Join loses the made type")
	}
}

func TestReader(t *testing.T) {
	tw := newTwins(t)
	up := tw.value(t, &Upper{r: strings.NewReader("hello")})
	var out bytes.Buffer
	if n, err := io.Copy(&out, up.Interface().(io.Reader)); n != 5 || err != nil || out.String() != "HELLO" {
		t.Errorf("copied %d, %v: %q", n, err, out.String())
	}
}

func TestHandler(t *testing.T) {
	tw := newTwins(t)
	srv := httptest.NewServer(tw.value(t, Handler{"hi"}).Interface().(http.Handler))
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/there")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "hi /there" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestJSON(t *testing.T) {
	tw := newTwins(t)
	v := tw.value(t, Tagged{Name: "Ann", age: 3, Next: &Tagged{}})
	b, err := json.Marshal(v.Interface())
	if err != nil || string(b) != `{"name":"Ann","Next":{"Next":null}}` {
		t.Fatalf("%s, %v", b, err)
	}
	back := reflect.New(v.Type())
	if err := json.Unmarshal(b, back.Interface()); err != nil || back.Elem().Field(0).String() != "Ann" || back.Elem().Field(2).IsNil() {
		t.Errorf("%+v, %v", back.Elem(), err)
	}
	level := tw.made(t, "Level")
	m := reflect.MakeMap(reflect.MapOf(level, reflect.SliceOf(level)))
	two := reflect.ValueOf(uint8(2)).Convert(level)
	m.SetMapIndex(two, reflect.Append(reflect.Zero(reflect.SliceOf(level)), two))
	b, err = json.Marshal(m.Interface())
	if err != nil || string(b) != `{"L2":["L2"]}` {
		t.Fatalf("%s, %v", b, err)
	}
	got := reflect.New(m.Type())
	if err := json.Unmarshal(b, got.Interface()); err != nil || !reflect.DeepEqual(got.Elem().Interface(), m.Interface()) {
		t.Errorf("%v, %v", got.Elem(), err)
	}
}

func TestGob(t *testing.T) {
	tw := newTwins(t)
	v := tw.value(t, Pair[Point, *List[Int]]{First: Point{1, 2}})
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v.Interface()); err != nil {
		t.Fatal(err)
	}
	back := reflect.New(v.Type())
	if err := gob.NewDecoder(&b).Decode(back.Interface()); err != nil || back.Elem().Field(0).Field(1).Int() != 2 {
		t.Errorf("%+v, %v", back.Elem(), err)
	}
}

func TestAtomicValue(t *testing.T) {
	tw := newTwins(t)
	var v atomic.Value
	v.Store(tw.value(t, Point{1, 2}).Interface())
	if got := fmt.Sprint(v.Load()); got != "(1,2)" {
		t.Errorf("loaded %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("stored another type of the same name")
		}
	}()
	v.Store(Point{1, 2})
}

func TestNilReceiver(t *testing.T) {
	tw := newTwins(t)
	for name, want := range map[string]string{
		"Point":      "value method main.Point.String called using nil *Point pointer",
		"EmbedValue": "runtime error: invalid memory address or nil pointer dereference",
		"EmbedPtr":   "runtime error: invalid memory address or nil pointer dereference",
	} {
		func() {
			defer func() {
				r := recover()
				err, ok := r.(runtime.Error)
				if !ok || here(err.Error()) != here(strings.Replace(want, "main.", "rtype.", 1)) {
					t.Errorf("%s: panic %v, want %s", name, r, want)
				}
			}()
			s := reflect.Zero(reflect.PointerTo(tw.made(t, name))).Interface().(fmt.Stringer)
			t.Errorf("%s: printed %q", name, s.String())
		}()
	}
}

// TestUnexportedMethods looks whether the runtime finds unexported methods,
// for which package paths must agree.
func TestUnexportedMethods(t *testing.T) {
	tw := newTwins(t)
	private, hidden := tw.made(t, "private"), tw.made(t, "Hidden")
	if !reflect.PointerTo(hidden).Implements(private) || hidden.Implements(private) {
		t.Error("Implements")
	}
	iface := reflect.New(private).Elem()
	iface.Set(reflect.New(hidden)) // the runtime makes the itab
	if iface.NumMethod() != 3 || iface.Elem().Type() != reflect.PointerTo(hidden) {
		t.Error("the interface does not hold the value")
	}
}

// TestNativeCallsManyTimes makes calls through an itab while stacks grow and
// the collector runs.
func TestCallsUnderStackGrowth(t *testing.T) {
	tw := newTwins(t)
	p := tw.value(t, Point{3, 4}).Interface().(fmt.Stringer)
	var deep func(n int) string
	deep = func(n int) string {
		var pad [128]byte
		pad[n%128] = 1
		if n == 0 {
			return p.String()
		}
		return deep(n-1) + strings.Repeat(p.String(), int(pad[0]))
	}
	done := make(chan string)
	for range 50 {
		go func() { done <- deep(200) }()
		runtime.GC()
	}
	for range 50 {
		if s := <-done; !strings.HasPrefix(s, "(3,4)") {
			t.Fatal(s)
		}
	}
}
