package observe

import (
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Values are told as short text that is made of the value's own memory, which is a
// copy: what it points at may be written by others, and methods are the program's.

const (
	maxValue = 40 // runes
	maxPrint = 80
	maxDepth = 3
)

// short cuts text to so many runes.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

func signed(n int64) string {
	if n > 0 {
		return "+" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// appendText appends the text of the value of type t at p.
func appendText(b []byte, t reflect.Type, p unsafe.Pointer) []byte {
	if t == nil {
		return b
	}
	// Without reflection's detours for the commonest ones.
	switch {
	case t == intType:
		return strconv.AppendInt(b, int64(*(*int)(p)), 10)
	case t.Size() == 0 && t.Kind() == reflect.Struct:
		return append(b, "{}"...)
	}
	var buf [8 * maxValue]byte
	return append(b, short(string(appendValue(buf[:0], reflect.NewAt(t, p).Elem(), 0)), maxValue)...)
}

// panicText is a panic's value. Of errors and other values with methods only that is
// told which needs none of them.
func panicText(v any) string {
	if v == nil {
		return "nil"
	}
	if e, ok := v.(interface{ RuntimeError() }); ok {
		if err, ok := e.(error); ok && fromRuntime(reflect.TypeOf(v)) {
			return short(err.Error(), maxPrint)
		}
	}
	if s, ok := v.(string); ok {
		return short(s, maxPrint)
	}
	return short(string(appendValue(nil, reflect.ValueOf(v), 0)), maxPrint)
}

// fromRuntime reports whether a type is one whose methods are not the program's.
func fromRuntime(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "runtime" || strings.HasPrefix(t.PkgPath(), "github.com/gosched/gosched/kernel/")
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	intType      = reflect.TypeFor[int]()
)

func appendValue(b []byte, v reflect.Value, depth int) []byte {
	if len(b) > 4*maxValue {
		return b
	}
	t := v.Type()
	if t == durationType {
		return append(b, time.Duration(v.Int()).String()...)
	}
	if t == timeType && v.CanAddr() {
		return (*time.Time)(v.Addr().UnsafePointer()).AppendFormat(b, "15:04:05.000")
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, t.Bits())
	case reflect.Complex64, reflect.Complex128:
		return append(b, strconv.FormatComplex(v.Complex(), 'g', -1, t.Bits())...)
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Interface:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		return appendValue(b, v.Elem(), depth) // what an interface holds does not change
	case reflect.Pointer:
		return appendPointer(b, v)
	case reflect.Slice:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		b = append(append(b, t.String()...), " len "...)
		return strconv.AppendInt(b, int64(v.Len()), 10)
	case reflect.Array:
		return appendParts(b, '[', ']', v.Len(), v.Index, depth)
	case reflect.Struct:
		return appendParts(b, '{', '}', v.NumField(), v.Field, depth)
	}
	if v.IsNil() { // a map, channel or function, or an unsafe pointer
		return append(b, "nil"...)
	}
	return append(b, t.String()...)
}

func appendString(b []byte, s string) []byte {
	if len(s) > 4*maxValue {
		s = s[:4*maxValue]
		for len(s) > 0 && !utf8.ValidString(s[len(s)-1:]) && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	return strconv.AppendQuote(b, short(s, maxValue-3)) // with quotes and an ellipsis it fits
}

func appendParts(b []byte, open, end byte, n int, part func(int) reflect.Value, depth int) []byte {
	b = append(b, open)
	for i := range n {
		if i > 0 {
			b = append(b, ' ')
		}
		if depth == maxDepth || len(b) > 2*maxValue {
			b = append(b, "…"...)
			break
		}
		b = appendValue(b, part(i), depth+1)
	}
	return append(b, end)
}

// appendPointer tells only the type of what is pointed at, but for errors that hold
// a text and are never written.
func appendPointer(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, "nil"...)
	}
	switch v.Type().String() {
	case "*errors.errorString", "*fmt.wrapError", "*fmt.wrapErrors", "*fmt.fmtError":
		if e := v.Elem(); fromStandard(e.Type()) && e.NumField() > 0 && e.Field(0).Kind() == reflect.String {
			return appendString(b, e.Field(0).String())
		}
	}
	return append(b, v.Type().String()...)
}

func fromStandard(t reflect.Type) bool { return t.PkgPath() == "errors" || t.PkgPath() == "fmt" }
