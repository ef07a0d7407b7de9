package yaegi

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// What fmt and errors see of the types of values in boxes.

// typeVerbs replaces the verb %T where the argument is a box, whose type fmt does
// not know.
func typeVerbs(format string, args []any) (string, []any) {
	if !strings.Contains(format, "T") {
		return format, args
	}
	var b strings.Builder
	out := append([]any(nil), args...)
	n := 0
	for i := 0; i < len(format); i++ {
		b.WriteByte(format[i])
		if format[i] != '%' {
			continue
		}
		for i++; i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0; i++ {
			b.WriteByte(format[i])
			switch format[i] {
			case '*':
				n++
			case '[':
				fmt.Sscanf(format[i+1:], "%d", &n)
				n--
			}
		}
		if i >= len(format) {
			break
		}
		verb := format[i]
		if verb == 'T' && n < len(out) {
			if _, ok := out[n].(boxed); ok {
				out[n] = nameOf(out[n])
				verb = 's'
			}
		}
		b.WriteByte(verb)
		if verb != '%' {
			n++
		}
	}
	return b.String(), out
}

// asErrors makes boxes errors again that are, for %w.
func asErrors(args []any) []any {
	out := append([]any(nil), args...)
	for i, a := range out {
		if b, ok := a.(boxed); ok && b.unbox().t.methodNamed("Error") != nil {
			out[i] = b.unbox().wrap(errorType)
		}
	}
	return out
}

// errorsAs is errors.As.
func errorsAs(_ *Frame, err error, target any) bool {
	b, ok := target.(boxed)
	if !ok {
		return errors.As(err, target)
	}
	ptr, ok := b.unbox().t.t.Underlying().(*types.Pointer)
	if !ok {
		panic("errors: target must be a non-nil pointer")
	}
	t := b.unbox().t
	t.m.mu.Lock()
	want := t.m.typOf(ptr.Elem())
	t.m.mu.Unlock()
	to := pointerArg(reflect.ValueOf(b.unbox().v), want.layout.rt)
	for err != nil {
		if types.IsInterface(want.t) {
			if v, _, ok := want.convert(err); ok {
				to.Elem().Set(v)
				return true
			}
		} else if v, ok := want.get(err); ok {
			to.Elem().Set(v)
			return true
		}
		if w, ok := err.(boxed); ok && w.unbox().has("As", reflect.TypeFor[func(any) bool]()) && w.unbox().call("As", target)[0].Bool() {
			return true
		}
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			err = x.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				if errorsAs(nil, e, target) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}
