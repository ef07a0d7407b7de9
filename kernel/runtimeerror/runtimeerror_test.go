package runtimeerror_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/gosched/gosched/kernel/runtimeerror"
)

type pair[T any] []T

func (p pair[T]) Close() error { return nil }

type thing int

func (thing) Close() error { return nil }

// caught is what f panics with.
func caught(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

// What is said is what Go says.
func TestWords(t *testing.T) {
	var nothing, number any = nil, 1
	closers := map[string]io.Closer{"thing": (*thing)(nil), "pair": (*pair[int])(nil)}
	none := []int{}
	const here = "github.com/gosched/gosched/kernel/runtimeerror_test."
	for _, test := range []struct {
		got  runtimeerror.Error
		want func()
	}{
		{runtimeerror.Conversion(0, 2), func() { _ = [2]int(none) }},
		{runtimeerror.Assertion("interface {}", "", "int", ""), func() { _ = nothing.(int) }},
		{runtimeerror.Assertion("interface {}", "int", "string", ""), func() { _ = number.(string) }},
		{runtimeerror.Assertion("interface", "", "io.Closer", ""), func() { _ = nothing.(io.Closer) }},
		{runtimeerror.Assertion("interface", "int", "io.Closer", "Close"), func() { _ = number.(io.Closer) }},
		{runtimeerror.NilMethod(here+"thing", "Close"), func() { _ = closers["thing"].Close() }},
		{runtimeerror.NilMethod(here+"pair[...]", "Close"), func() { _ = closers["pair"].Close() }},
		{runtimeerror.Of("index out of range [%d] with length %d", 3, 0), func() { _ = none[len(fmt.Sprint(100))] }},
	} {
		want := caught(test.want)
		if want == nil || test.got.Error() != want.Error() {
			t.Errorf("it says %q, Go says %v", test.got, want)
		}
	}
	if !errors.As(error(runtimeerror.Of("x")), new(runtime.Error)) {
		t.Error("it is no runtime.Error")
	}
}
