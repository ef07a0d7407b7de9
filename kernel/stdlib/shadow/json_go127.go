//go:build go1.27

package shadow

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"reflect"

	"github.com/gosched/gosched/kernel/stdlib/native"
)

// cast makes a T of what package native calls functions for T with.
func cast[T any](v any) T {
	if x, ok := v.(T); ok && isReference[T]() {
		return x
	}
	return *v.(*T)
}

func isReference[T any]() bool {
	k := reflect.TypeOf((*T)(nil)).Elem().Kind()
	return k == reflect.Interface || k == reflect.Pointer
}

// JSONMarshalFunc is json.MarshalFunc.
func JSONMarshalFunc[T any](fn func(T) ([]byte, error)) *json.Marshalers {
	return native.JSONMarshalFunc(reflect.TypeOf((*T)(nil)).Elem(), func(v any) ([]byte, error) { return fn(cast[T](v)) })
}

// JSONMarshalToFunc is json.MarshalToFunc.
func JSONMarshalToFunc[T any](fn func(*jsontext.Encoder, T) error) *json.Marshalers {
	return native.JSONMarshalToFunc(reflect.TypeOf((*T)(nil)).Elem(), func(e *jsontext.Encoder, v any) error { return fn(e, cast[T](v)) })
}

// JSONUnmarshalFunc is json.UnmarshalFunc.
func JSONUnmarshalFunc[T any](fn func([]byte, T) error) *json.Unmarshalers {
	return native.JSONUnmarshalFunc(reflect.TypeOf((*T)(nil)).Elem(), func(data []byte, v any) error { return fn(data, cast[T](v)) })
}

// JSONUnmarshalFromFunc is json.UnmarshalFromFunc.
func JSONUnmarshalFromFunc[T any](fn func(*jsontext.Decoder, T) error) *json.Unmarshalers {
	return native.JSONUnmarshalFromFunc(reflect.TypeOf((*T)(nil)).Elem(), func(d *jsontext.Decoder, v any) error { return fn(d, cast[T](v)) })
}

// JSONGetOption is json.GetOption.
func JSONGetOption[T any](opts json.Options, setter func(T) json.Options) (T, bool) {
	v, ok := native.JSONGetOption(opts, setter)
	if v == nil {
		// No option has such a value.
		var zero T
		panic(fmt.Sprintf("unknown option %T", setter(zero)))
	}
	return v.(T), ok
}

// JSONAppendFormat is jsontext.AppendFormat.
func JSONAppendFormat[Bytes ~[]byte | ~string](dst []byte, src Bytes, opts ...jsontext.Options) ([]byte, error) {
	return native.JSONAppendFormat(dst, []byte(src), opts...)
}

// JSONAppendQuote is jsontext.AppendQuote.
func JSONAppendQuote[Bytes ~[]byte | ~string](dst []byte, src Bytes) ([]byte, error) {
	return native.JSONAppendQuote(dst, []byte(src))
}

// JSONAppendUnquote is jsontext.AppendUnquote.
func JSONAppendUnquote[Bytes ~[]byte | ~string](dst []byte, src Bytes) ([]byte, error) {
	return native.JSONAppendUnquote(dst, []byte(src))
}
