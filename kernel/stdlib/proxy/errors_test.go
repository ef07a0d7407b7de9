package proxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"testing"
)

// A failing value has methods of its own.
type failing map[string]any

func (failing) Self() any                { return nil }
func (f failing) Format(fmt.State, rune) {}
func (f failing) Has(method string, sig reflect.Type) bool {
	return f[method] != nil && reflect.TypeOf(f[method]) == sig
}
func (f failing) Invoke(method string, args ...any) []reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	return reflect.ValueOf(f[method]).Call(in)
}

// An error has what packages ask it for, and nothing else.
func TestError(t *testing.T) {
	yes, text := func() bool { return true }, func() string { return "failed" }
	for name, test := range map[string]struct {
		has  failing
		want []string
	}{
		"plain":        {failing{}, nil},
		"wrapping":     {failing{"Unwrap": func() error { return io.EOF }}, []string{"eof"}},
		"joined":       {failing{"Unwrap": func() []error { return []error{os.ErrExist, io.EOF} }}, []string{"eof", "exist"}},
		"like another": {failing{"Is": func(target error) bool { return target == os.ErrExist }}, []string{"exist"}},
		"timed":        {failing{"Timeout": yes, "Temporary": yes, "Unwrap": func() error { return io.EOF }}, []string{"eof", "timeout", "net"}},
		"never timed":  {failing{"Timeout": yes}, nil},
		"of other use": {failing{"Unwrap": yes, "Is": yes}, nil},
	} {
		test.has["Error"] = text
		err := Error(test.has)
		var got []string
		for what, is := range map[string]bool{
			"eof": errors.Is(err, io.EOF), "exist": errors.Is(err, os.ErrExist), "timeout": os.IsTimeout(err), "net": errors.As(err, new(net.Error)),
		} {
			if is {
				got = append(got, what)
			}
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if err.Error() != "failed" || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v is %q", name, err, got)
		}
	}
}
