package engine

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/stdlib"
)

// How much of a value is shown in one line.
const (
	briefLength   = 60 // runes
	briefElements = 8
	briefDepth    = 2
)

// brief says in a few words what a value is. Goroutines may be at work on it, so
// it goes through no map, follows no pointer, and calls no method of the cells'
// types.
func brief(v reflect.Value, depth int) string {
	if !v.IsValid() {
		return "nil"
	}
	if text, ok := display.State(v); ok {
		return cutTo(text, briefLength)
	}
	if text, ok := ownText(v); ok {
		return cutTo(text, briefLength)
	}
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		return cutTo(strconv.Quote(s[:min(len(s), 4*briefLength)]), briefLength)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Func:
		switch {
		case v.IsNil():
			return "nil"
		case v.Kind() == reflect.Pointer && depth > 0 && v.Elem().Kind() == reflect.Struct:
			return cutTo("&"+brief(v.Elem(), depth-1), briefLength)
		}
		return "not nil"
	case reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return brief(v.Elem(), depth)
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		return plural(v.Len(), "entry", "entries")
	case reflect.Chan:
		switch {
		case v.IsNil():
			return "nil: blocks for ever"
		case v.Cap() == 0:
			return "unbuffered"
		}
		return fmt.Sprintf("%d of %d filled", v.Len(), v.Cap())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "nil"
		}
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > 0 {
			if data := v.Bytes(); display.IsText(data[:min(len(data), 4*briefLength)]) {
				return cutTo(strconv.Quote(string(data[:min(len(data), 4*briefLength)])), briefLength)
			}
		}
		if depth == 0 {
			return "[…]"
		}
		parts := make([]string, 0, briefElements)
		for i := range min(v.Len(), briefElements) {
			parts = append(parts, brief(v.Index(i), depth-1))
		}
		text := "[" + strings.Join(parts, " ")
		if v.Len() > briefElements || len([]rune(text)) > briefLength-12 {
			return cutTo(text, briefLength-12) + " …] len " + strconv.Itoa(v.Len())
		}
		return text + "]"
	case reflect.Struct:
		switch {
		case v.NumField() == 0:
			return "{}"
		case depth == 0:
			return "{…}"
		}
		var parts []string
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "_" {
				parts = append(parts, v.Type().Field(i).Name+":"+brief(v.Field(i), depth-1))
			}
		}
		return cutTo("{"+strings.Join(parts, " ")+"}", briefLength)
	}
	return fmt.Sprint(v)
}

// ownText is what a value of a type of the standard library says about itself.
func ownText(v reflect.Value) (text string, ok bool) {
	t := v.Type()
	if v.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == "" || stdlib.Name(t.PkgPath()) == "" || !v.CanInterface() || v.Kind() == reflect.Interface ||
		v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Round(0).String(), true // without the monotonic clock's reading
	case error:
		return x.Error(), true
	case fmt.Stringer:
		return x.String(), true
	}
	return "", false
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// cutTo cuts a text to n runes, in one line.
func cutTo(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// A measure adds up what a value takes of memory.
type measure struct {
	bytes  uint64
	values int  // that may still be looked at
	cut    bool // something was left out
	seen   map[uintptr]bool
}

const (
	measuredValues = 10_000
	measuredDepth  = 20
)

// sizeOf is the memory that a value holds: its own, and that of the strings,
// slices and values that it points to. Of maps it counts keys and elements
// without looking at them. It begins with "over" where there was too much to
// look at.
func sizeOf(v reflect.Value) string {
	if !v.IsValid() {
		return "0 B"
	}
	m := measure{bytes: uint64(v.Type().Size()), values: measuredValues, seen: map[uintptr]bool{}}
	m.add(v, measuredDepth)
	if m.cut {
		return "over " + byteSize(m.bytes)
	}
	return byteSize(m.bytes)
}

// add adds what v refers to.
func (m *measure) add(v reflect.Value, depth int) {
	if m.values--; m.values < 0 || depth == 0 {
		m.cut = true
		return
	}
	switch v.Kind() {
	case reflect.String:
		m.bytes += uint64(v.Len())
	case reflect.Slice:
		if v.IsNil() || m.met(v.Pointer()) {
			return
		}
		m.bytes += uint64(v.Cap()) * uint64(v.Type().Elem().Size())
		m.elements(v, depth)
	case reflect.Array:
		m.elements(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			m.add(v.Field(i), depth-1)
		}
	case reflect.Pointer:
		if v.IsNil() || m.met(v.Pointer()) {
			return
		}
		m.bytes += uint64(v.Type().Elem().Size())
		m.add(v.Elem(), depth-1)
	case reflect.Interface:
		if !v.IsNil() {
			m.bytes += uint64(v.Elem().Type().Size())
			m.add(v.Elem(), depth-1)
		}
	case reflect.Map:
		m.bytes += uint64(v.Len()) * uint64(v.Type().Key().Size()+v.Type().Elem().Size())
		m.cut = m.cut || v.Len() > 0 && (refers(v.Type().Key()) || refers(v.Type().Elem()))
	case reflect.Chan:
		m.bytes += uint64(v.Cap()) * uint64(v.Type().Elem().Size())
	}
}

func (m *measure) elements(v reflect.Value, depth int) {
	if !refers(v.Type().Elem()) {
		return
	}
	for i := range v.Len() {
		if m.add(v.Index(i), depth-1); m.values < 0 {
			return
		}
	}
}

func (m *measure) met(at uintptr) bool {
	if m.seen[at] {
		return true
	}
	m.seen[at] = true
	return false
}

// refers reports whether values of a type may hold more memory than their own.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if refers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return refers(t.Elem())
	}
	return t.Kind() == reflect.String || t.Kind() >= reflect.Chan && t.Kind() != reflect.UnsafePointer
}

// byteSize is a number of bytes for people.
func byteSize(n uint64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n), 0
	for f >= 999.5 && unit < 4 {
		f /= 1000
		unit++
	}
	digits := 1
	if f >= 99.95 {
		digits = 0
	}
	return strconv.FormatFloat(f, 'f', digits, 64) + " " + [...]string{"B", "kB", "MB", "GB", "TB"}[unit]
}
