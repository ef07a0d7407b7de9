package observe

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// noisy would tell of itself, if it were asked.
type noisy struct{ n int }

func (noisy) String() string { panic("asked") }
func (noisy) Error() string  { panic("asked") }

func TestValueText(t *testing.T) {
	when := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	at := &noisy{1}
	for _, tt := range []struct {
		v    any
		want string
	}{
		{42, "42"},
		{struct{}{}, "{}"},
		{"a \"word\"", `"a \"word\""`},
		{strings.Repeat("é", 100), `"` + strings.Repeat("é", 37) + `…"`},
		{1500 * time.Millisecond, "1.5s"},
		{when, "03:04:05.006"},
		{struct {
			at time.Time
			n  uint8
		}{when, 7}, "{03:04:05.006 7}"},
		{noisy{3}, "{3}"},
		{at, "*observe.noisy"},
		{[]int{1, 2}, "[]int len 2"},
		{[2]bool{true}, "[true false]"},
		{map[string]int{}, "map[string]int"},
		{(func())(nil), "nil"},
		{[1]any{errors.New("late")}, `["late"]`},
		{[1]any{nil}, "[nil]"},
		{2.5, "2.5"},
		{complex(1, 2), "(1+2i)"},
	} {
		p := reflect.New(reflect.TypeOf(tt.v))
		p.Elem().Set(reflect.ValueOf(tt.v))
		if got := string(appendText(nil, reflect.TypeOf(tt.v), unsafe.Pointer(p.Pointer()))); got != tt.want {
			t.Errorf("%T: %s, want %s", tt.v, got, tt.want)
		}
	}
}

func TestPanicText(t *testing.T) {
	var m map[string]int
	caught := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	for want, v := range map[string]any{
		"assignment to entry in nil map": caught(func() { m["a"] = 1 }),
		"plain words":                    "plain words",
		`"gone"`:                         errors.New("gone"),
		"{4}":                            noisy{4},
		"nil":                            nil,
	} {
		if got := panicText(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}
