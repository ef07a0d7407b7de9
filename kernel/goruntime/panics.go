package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// assertionError has the layout of runtime.TypeAssertionError.
type assertionError struct {
	iface, concrete, asserted unsafe.Pointer // type words
	missing                   string
}

// NewAssertionError returns the error of a failed assertion that an interface of
// type iface holds an asserted, while it holds a concrete. Any may be nil. It is
// missing a method.
func NewAssertionError(iface, concrete, asserted reflect.Type, missing string) *runtime.TypeAssertionError {
	of := func(t reflect.Type) unsafe.Pointer {
		if t == nil {
			return nil
		}
		return TypeWord(t)
	}
	e := &assertionError{of(iface), of(concrete), of(asserted), missing}
	return (*runtime.TypeAssertionError)(unsafe.Pointer(e))
}

func checkAssertionError() error {
	mirror, real := reflect.TypeFor[assertionError](), reflect.TypeFor[runtime.TypeAssertionError]()
	if mirror.NumField() != real.NumField() || mirror.Size() != real.Size() {
		return errors.New("it has other fields")
	}
	for i := range mirror.NumField() {
		m, r := mirror.Field(i), real.Field(i)
		if isPointer := r.Type.Kind() == reflect.Pointer; m.Offset != r.Offset || m.Type.Size() != r.Type.Size() ||
			isPointer != (m.Type.Kind() == reflect.UnsafePointer) {
			return fmt.Errorf("field %s", r.Name)
		}
	}
	for _, t := range []struct {
		assert func()
		made   error
	}{
		{
			func() { _ = any(1).(string) },
			NewAssertionError(reflect.TypeFor[any](), reflect.TypeFor[int](), reflect.TypeFor[string](), ""),
		},
		{
			func() { _ = any(1).(error) },
			NewAssertionError(nil, reflect.TypeFor[int](), reflect.TypeFor[error](), "Error"),
		},
		{
			func() { var e error; _ = e.(*sampleError) },
			NewAssertionError(reflect.TypeFor[error](), nil, reflect.TypeFor[*sampleError](), ""),
		},
	} {
		if real := panicOf(t.assert); t.made.Error() != real.Error() {
			return fmt.Errorf("it says %q instead of %q", t.made, real)
		}
	}
	return nil
}

func panicOf(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}
