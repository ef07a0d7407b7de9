package yaegi

import (
	"fmt"
	"reflect"
	"testing"
)

// What package reflect panics with for a nil pointer is Go's own error.
func TestInGoWords(t *testing.T) {
	caught := func(f func()) (r any) {
		defer func() { r = inGoWords(recover()) }()
		f()
		return nil
	}
	const want = "runtime error: invalid memory address or nil pointer dereference"
	for name, f := range map[string]func(){
		"field of a nil pointer": func() { reflect.ValueOf((*struct{ A int })(nil)).Elem().Field(0) },
		"call of a nil function": func() { reflect.ValueOf((func())(nil)).Call(nil) },
	} {
		if got := fmt.Sprint(caught(f)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := caught(func() { panic("my own") }); got != "my own" {
		t.Errorf("another panic became %v", got)
	}
}
