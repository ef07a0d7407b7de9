//go:build go1.27

package native

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"reflect"
	"unsafe"
)

// A jsonValue stands for a type that exists only at run time when an instance
// of one of json's generic functions is made. All types that json gives to
// such a function implement it: what it is called with points to the value.
type jsonValue any

// JSONMarshalFunc is json.MarshalFunc for type t. What fn is called with is a
// T if T is an interface or a pointer, and points to a T otherwise.
func JSONMarshalFunc(t reflect.Type, fn func(any) ([]byte, error)) *json.Marshalers {
	checkCast(t, true)
	m := json.MarshalFunc(func(v jsonValue) ([]byte, error) { return fn(v) })
	retarget(reflect.ValueOf(m).Elem(), t)
	return m
}

// JSONMarshalToFunc is json.MarshalToFunc for type t; see [JSONMarshalFunc].
func JSONMarshalToFunc(t reflect.Type, fn func(*jsontext.Encoder, any) error) *json.Marshalers {
	checkCast(t, true)
	m := json.MarshalToFunc(func(e *jsontext.Encoder, v jsonValue) error { return fn(e, v) })
	retarget(reflect.ValueOf(m).Elem(), t)
	return m
}

// JSONUnmarshalFunc is json.UnmarshalFunc for type t; see [JSONMarshalFunc].
func JSONUnmarshalFunc(t reflect.Type, fn func([]byte, any) error) *json.Unmarshalers {
	checkCast(t, false)
	m := json.UnmarshalFunc(func(data []byte, v jsonValue) error { return fn(data, v) })
	retarget(reflect.ValueOf(m).Elem(), t)
	return m
}

// JSONUnmarshalFromFunc is json.UnmarshalFromFunc for type t; see
// [JSONMarshalFunc].
func JSONUnmarshalFromFunc(t reflect.Type, fn func(*jsontext.Decoder, any) error) *json.Unmarshalers {
	checkCast(t, false)
	m := json.UnmarshalFromFunc(func(d *jsontext.Decoder, v jsonValue) error { return fn(d, v) })
	retarget(reflect.ValueOf(m).Elem(), t)
	return m
}

// checkCast panics as json does for types that it has no functions for.
func checkCast(t reflect.Type, marshal bool) {
	switch {
	case t.Kind() == reflect.Interface, t.Kind() == reflect.Pointer && t.Name() == "",
		marshal && t.Kind() != reflect.Pointer:
	case marshal:
		panic(fmt.Sprintf("input type %v must be an interface type, an unnamed pointer type, or a non-pointer type", t))
	default:
		panic(fmt.Sprintf("input type %v must be an interface type or an unnamed pointer type", t))
	}
}

// retarget makes of json's record of a function for jsonValue one for type t,
// and lets the errors that json wraps around those of the function name t.
func retarget(functions reflect.Value, t reflect.Type) {
	record := functions.FieldByName("fncVals").Index(0)
	settable(record.FieldByName("typ")).Set(reflect.ValueOf(t))
	fnc := settable(record.FieldByName("fnc"))
	call := reflect.ValueOf(fnc.Interface())
	fnc.Set(reflect.MakeFunc(fnc.Type(), func(args []reflect.Value) []reflect.Value {
		results := call.Call(args)
		if e, ok := results[0].Interface().(*json.SemanticError); ok && e.GoType == reflect.TypeFor[jsonValue]() {
			e.GoType = t
		}
		return results
	}))
}

// settable returns an unexported field as if it were exported.
func settable(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

// JSONGetOption is json.GetOption for setters of the types that options have.
// The result is nil if the setter is of another type.
func JSONGetOption(opts json.Options, setter any) (value any, ok bool) {
	switch setter := setter.(type) {
	case func(bool) json.Options:
		return getOption(opts, setter)
	case func(string) json.Options:
		return getOption(opts, setter)
	case func(int) json.Options:
		return getOption(opts, setter)
	case func(int64) json.Options:
		return getOption(opts, setter)
	case func(*json.Marshalers) json.Options:
		return getOption(opts, setter)
	case func(*json.Unmarshalers) json.Options:
		return getOption(opts, setter)
	}
	return nil, false
}

func getOption[T any](opts json.Options, setter func(T) json.Options) (any, bool) {
	v, ok := json.GetOption(opts, setter)
	return v, ok
}

// JSONAppendFormat is jsontext.AppendFormat.
func JSONAppendFormat(dst, src []byte, opts ...jsontext.Options) ([]byte, error) {
	return jsontext.AppendFormat(dst, src, opts...)
}

// JSONAppendQuote is jsontext.AppendQuote.
func JSONAppendQuote(dst, src []byte) ([]byte, error) { return jsontext.AppendQuote(dst, src) }

// JSONAppendUnquote is jsontext.AppendUnquote.
func JSONAppendUnquote(dst, src []byte) ([]byte, error) { return jsontext.AppendUnquote(dst, src) }
