package display

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/display/keys"
)

// How much of a value is shown.
const (
	maxText     = 64 << 10 // bytes of text
	maxParts    = 8 << 10  // bytes after which no more parts of a value are begun
	maxElements = 100      // of one slice or map
	maxString   = 8 << 10  // bytes of a string
	maxInner    = 1 << 10  // bytes of a string that is part of a value
	maxKeys     = 10_000   // of a map that are sorted
	maxDepth    = 20       // of values in values
	maxKeyText  = 1000     // bytes of a map's key, when keys are put in order
	maxDump     = 256      // bytes of a []byte that is no text
)

// Text is the text/plain form of a value.
func Text(v any) string {
	p := &printer{limit: maxText}
	if v == nil {
		return "<nil>"
	}
	if f, ok := v.(Foreign); ok {
		return foreign(f).Data[mimeText].(string)
	}
	p.value(reflect.ValueOf(v), true)
	s := clean(p.b.String())
	if p.full {
		s += "\n… (cut after " + strconv.Itoa(maxText>>10) + " kB)"
	}
	return s
}

// A printer writes one value. When it is full it writes no more and visits no
// more, so that what it costs is bounded however large the value is.
type printer struct {
	b     strings.Builder
	limit int // bytes
	full  bool
	depth int
	name  string // of the struct type at the top, if not its own
	// visiting are the pointers, maps and slices that are being printed.
	visiting map[visit]bool
}

type visit struct {
	p   uintptr
	len int
	t   reflect.Type
}

func (p *printer) write(s string) {
	if room := p.limit - p.b.Len(); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		s, p.full = s[:room], true
	}
	p.b.WriteString(s)
}

// quote writes s as a Go string: its beginning, and how much is left out, where it
// is long.
func (p *printer) quote(s string) {
	bound := maxString
	if p.depth > 1 {
		bound = maxInner
	}
	bound = min(bound, p.limit)
	if len(s) <= bound {
		p.write(strconv.Quote(s))
		return
	}
	n := bound
	for n > bound-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	p.write(strconv.Quote(s[:n]) + fmt.Sprintf(" … %d more bytes", len(s)-n))
}

// enough says whether the part with index i of a value is left out.
func (p *printer) enough(i int) bool {
	return i == maxElements || i > 0 && p.b.Len() >= maxParts
}

// value writes v. At the top a value is named by its type where that says
// something.
func (p *printer) value(v reflect.Value, top bool) {
	if p.full {
		return
	}
	if !v.IsValid() {
		p.write("<nil>")
		return
	}
	if p.depth == maxDepth {
		p.write("…")
		return
	}
	p.depth++
	defer func() { p.depth-- }()
	if err, ok := asError(v); ok && top && p.depth == 1 {
		if s, panicked := guard(func() string { return errorChain(err) }); panicked == nil {
			p.write(s)
			return
		}
	}
	if s, ok := knownText(v); ok {
		p.write(s)
		return
	}
	if p.byMethod(v) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		p.write(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.write(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.write(strconv.FormatUint(v.Uint(), 10))
	case reflect.Uintptr, reflect.UnsafePointer:
		p.write(fmt.Sprintf("%#x", pointerValue(v)))
	case reflect.Float32:
		p.write(fmt.Sprint(float32(v.Float())))
	case reflect.Float64:
		p.write(fmt.Sprint(v.Float()))
	case reflect.Complex64:
		p.write(fmt.Sprint(complex64(v.Complex())))
	case reflect.Complex128:
		p.write(fmt.Sprint(v.Complex()))
	case reflect.String:
		p.quote(v.String())
	case reflect.Func:
		p.reference(v, typeName(v.Type()))
	case reflect.Chan:
		name := typeName(v.Type())
		if !v.IsNil() && v.Cap() > 0 {
			name += fmt.Sprintf(" (%d of %d)", v.Len(), v.Cap())
		}
		p.reference(v, name)
	case reflect.Interface:
		p.value(v.Elem(), top)
	case reflect.Pointer:
		p.pointer(v, top)
	case reflect.Struct:
		p.structure(v, top)
	case reflect.Slice, reflect.Array:
		p.list(v, top)
	case reflect.Map:
		p.mapping(v)
	}
}

func pointerValue(v reflect.Value) uintptr {
	if v.Kind() == reflect.Uintptr {
		return uintptr(v.Uint())
	}
	return v.Pointer()
}

// reference writes a value that has nothing to look into.
func (p *printer) reference(v reflect.Value, name string) {
	if v.IsNil() {
		name = "<nil>"
	}
	p.write(name)
}

// enter says whether v may be visited: not when it contains itself.
func (p *printer) enter(v reflect.Value) (leave func(), ok bool) {
	at := visit{p: v.Pointer(), t: v.Type()}
	if v.Kind() == reflect.Slice {
		at.len = v.Len()
	}
	if p.visiting[at] {
		p.write("…")
		return nil, false
	}
	if p.visiting == nil {
		p.visiting = make(map[visit]bool)
	}
	p.visiting[at] = true
	return func() { delete(p.visiting, at) }, true
}

func (p *printer) pointer(v reflect.Value, top bool) {
	if v.IsNil() {
		p.write("<nil>")
		return
	}
	leave, ok := p.enter(v)
	if !ok {
		return
	}
	defer leave()
	p.write("&")
	p.value(v.Elem(), top)
}

func (p *printer) structure(v reflect.Value, top bool) {
	switch {
	case top && p.name != "":
		p.write(p.name)
	case top:
		p.write(typeName(v.Type()))
	}
	p.write("{")
	fields := visibleFields(v.Type())
	for i, f := range fields {
		if i > 0 {
			p.write(" ")
		}
		p.write(f.Name + ":")
		p.value(v.Field(f.Index[0]), false)
	}
	if len(fields) == 0 && v.NumField() > 0 {
		p.write("…")
	}
	p.write("}")
}

func (p *printer) list(v reflect.Value, top bool) {
	if v.Kind() == reflect.Slice {
		if v.Type().Elem().Kind() == reflect.Uint8 {
			p.bytes(v, top)
			return
		}
		if v.Len() > 0 {
			leave, ok := p.enter(v)
			if !ok {
				return
			}
			defer leave()
		}
	}
	p.write("[")
	n := v.Len()
	for i := range n {
		if p.full {
			return
		}
		if i > 0 {
			p.write(" ")
		}
		if p.enough(i) {
			p.write(fmt.Sprintf("… %d more", n-i))
			break
		}
		p.value(v.Index(i), false)
	}
	p.write("]")
}

// bytes writes a []byte. If it is text it is that, in quotes where it is inside
// of something. Otherwise it is its length and beginning as a dump at the top,
// and hexadecimal digits elsewhere.
func (p *printer) bytes(v reflect.Value, top bool) {
	if text := v.Bytes(); len(text) > 0 && IsText(text[:min(len(text), p.limit)]) {
		if top {
			p.write(string(text[:min(len(text), p.limit+1)]))
		} else {
			p.write(typeName(v.Type()) + "(")
			p.quote(string(text))
			p.write(")")
		}
		return
	}
	data := make([]byte, min(v.Len(), maxDump))
	for i := range data {
		data[i] = byte(v.Index(i).Uint())
	}
	if !top {
		data = data[:min(len(data), 16)]
		p.write(fmt.Sprintf("[% x", data))
		if n := v.Len() - len(data); n > 0 {
			p.write(fmt.Sprintf(" … %d more", n))
		}
		p.write("]")
		return
	}
	p.write(fmt.Sprintf("%s of %d bytes", typeName(v.Type()), v.Len()))
	if len(data) > 0 {
		p.write("\n" + strings.TrimSuffix(hex.Dump(data), "\n"))
	}
	if n := v.Len() - len(data); n > 0 {
		p.write(fmt.Sprintf("\n… %d more", n))
	}
}

func (p *printer) mapping(v reflect.Value) {
	if v.IsNil() {
		p.write("map[]")
		return
	}
	leave, ok := p.enter(v)
	if !ok {
		return
	}
	defer leave()
	p.write("map[")
	for i, e := range sortedEntries(v) {
		if p.full {
			return
		}
		if i > 0 {
			p.write(" ")
		}
		if p.enough(i) {
			p.write(fmt.Sprintf("… %d more", v.Len()-i))
			break
		}
		p.value(e.key, false)
		p.write(":")
		p.value(e.value, false)
	}
	p.write("]")
}

type entry struct {
	key, value reflect.Value
	text       string // of a key that has no order of its own
}

// sortedEntries are the entries of m in the order of their keys; of a very
// large map, some of them.
func sortedEntries(m reflect.Value) []entry {
	entries := make([]entry, 0, min(m.Len(), maxKeys))
	for it := m.MapRange(); len(entries) < maxKeys && it.Next(); {
		e := entry{key: it.Key(), value: it.Value()}
		k := e.key
		if k.Kind() == reflect.Interface {
			k = k.Elem()
		}
		if !ordered(k) {
			e.text, _ = fragment(k, maxKeyText)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, compareEntries)
	return entries
}

func ordered(v reflect.Value) bool {
	return v.IsValid() && (v.CanInt() || v.CanUint() || v.CanFloat() || v.Kind() == reflect.String)
}

func compareEntries(x, y entry) int {
	return cmp.Or(keys.Compare(x.key, y.key), cmp.Compare(x.text, y.text))
}

// fragment is the text of a value inside others, and whether it was cut.
func fragment(v reflect.Value, limit int) (string, bool) {
	p := &printer{limit: limit}
	p.value(v, false)
	return p.b.String(), p.full
}

// asError returns an error whose methods may be called.
func asError(v reflect.Value) (error, bool) {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false
	}
	err, ok := v.Interface().(error)
	return err, ok
}

// byMethod writes what the value's own Error, String or Format method says,
// if it has one that may be called.
func (p *printer) byMethod(v reflect.Value) bool {
	if !v.CanInterface() || v.Kind() == reflect.Interface {
		return false
	}
	var call func() string
	name := ""
	switch x := v.Interface().(type) {
	case reflect.Value:
		p.value(x, true)
		return true
	case fmt.Formatter:
		name, call = "Format", func() string { return fmt.Sprintf("%v", x) }
	case error:
		name, call = "Error", x.Error
	case fmt.Stringer:
		name, call = "String", x.String
	default:
		return false
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		p.write("<nil>")
		return true
	}
	s, panicked := guard(call)
	if panicked != nil {
		// fmt's words for it.
		s = fmt.Sprintf("%%!v(PANIC=%s method: %s)", name, panicText(panicked))
	}
	p.write(s)
	return true
}

func guard(call func() string) (s string, panicked any) {
	defer func() {
		if v := recover(); v != nil {
			panicked = v
		}
	}()
	return call(), nil
}

// panicText prints a value that somebody panicked with, trusting its methods
// no more than those of the value that is shown.
func panicText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case error:
		s, again := guard(v.Error)
		if again == nil {
			return s
		}
	}
	return fmt.Sprintf("(%s)", typeName(reflect.TypeOf(v)))
}

var mainQualifier = regexp.MustCompile(`\bmain\.`)

// typeName is a type as a cell would write it.
func typeName(t reflect.Type) string {
	s := mainQualifier.ReplaceAllString(t.String(), "")
	s = strings.ReplaceAll(s, "[]uint8", "[]byte")
	return strings.ReplaceAll(s, "interface {}", "any")
}
