package yaegi

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/types"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"sort"
	"sync"
	"time"
)

// A box is a value of a type that compiled code does not know, in an interface.
// Boxes are equal if what is in them is.
type box struct {
	t *typ
	v any // of the type's layout
}

// boxed is what is or wraps a box.
type boxed interface{ unbox() box }

func (b box) unbox() box { return b }

// Format implements fmt.Formatter.
func (b box) Format(s fmt.State, verb rune) { formatBox(s, verb, b) }

// PanicText is what the report of a panic says of the value.
func (b box) PanicText() string {
	if text, ok := b.text("Error"); ok {
		return text
	}
	if text, ok := b.text("String"); ok {
		return text
	}
	switch reflect.ValueOf(b.v).Kind() {
	case reflect.String:
		return fmt.Sprintf("%s(%q)", b.t.name(), b.v)
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return fmt.Sprintf("%s(%v)", b.t.name(), b.v)
	}
	return fmt.Sprintf("(%s) %+v", b.t.name(), b)
}

// text calls a method with one string result, if there is one.
func (b box) text(name string) (text string, ok bool) {
	fn := b.t.methodNamed(name)
	if fn == nil || fn.Signature.Params().Len() != 0 || fn.Signature.Results().Len() != 1 || !types.Identical(fn.Signature.Results().At(0).Type(), types.Typ[types.String]) {
		return "", false
	}
	return b.call(name)[0].String(), true
}

// has reports whether the type has an exported method of that signature, as a
// type of package reflect.
func (b box) has(name string, sig reflect.Type) bool {
	fn := b.t.methodNamed(name)
	if fn == nil {
		return false
	}
	b.t.m.mu.Lock()
	defer b.t.m.mu.Unlock()
	s := fn.Signature
	return b.t.m.layoutOf(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())).rt == sig
}

// call calls a method for compiled code.
func (b box) call(name string, args ...any) []reflect.Value {
	fn := b.t.methodNamed(name)
	if fn == nil {
		panic(fmt.Sprintf("%s has no method %s", b.t.name(), name))
	}
	f := b.t.m.compiled(fn)
	in := make([]reflect.Value, len(args)+1)
	in[0] = reflect.ValueOf(b.v)
	for i, a := range args {
		if in[i+1] = reflect.ValueOf(a); a == nil {
			in[i+1] = reflect.Zero(f.in(i + 1))
		}
	}
	return b.t.m.callBack(f, nil, in)
}

func result[T any](v reflect.Value) T {
	r, _ := v.Interface().(T)
	return r
}

// An errorBox is a box that is an error.
type errorBox struct{ box }

func (b errorBox) Error() string { return b.call("Error")[0].String() }

// Unwrap serves package errors, like Is and As.
func (b errorBox) Unwrap() error {
	if !b.has("Unwrap", reflect.TypeFor[func() error]()) {
		return nil
	}
	return result[error](b.call("Unwrap")[0])
}

func (b errorBox) Is(target error) bool {
	return b.has("Is", reflect.TypeFor[func(error) bool]()) && b.call("Is", target)[0].Bool()
}

// A joinedBox is an error that wraps several.
type joinedBox struct{ box }

func (b joinedBox) Error() string { return b.call("Error")[0].String() }

func (b joinedBox) Unwrap() []error { return result[[]error](b.call("Unwrap")[0]) }

func (b box) Timeout() bool {
	return b.has("Timeout", reflect.TypeFor[func() bool]()) && b.call("Timeout")[0].Bool()
}
func (b box) Temporary() bool {
	return b.has("Temporary", reflect.TypeFor[func() bool]()) && b.call("Temporary")[0].Bool()
}

type (
	stringerBox  struct{ box }
	readerBox    struct{ box }
	writerBox    struct{ box }
	closerBox    struct{ box }
	rwBox        struct{ box }
	readCloseBox struct{ box }
	writeClose   struct{ box }
	rwcBox       struct{ box }
	byteReader   struct{ box }
	writerTo     struct{ box }
	readerFrom   struct{ box }
	sortBox      struct{ box }
	heapBox      struct{ sortBox }
	handlerBox   struct{ box }
	tripBox      struct{ box }
	responseBox  struct{ box }
	contextBox   struct{ box }
	lockerBox    struct{ box }
	flagBox      struct{ box }
	marshalBox   struct{ box }
	logBox       struct{ box }
)

func (b stringerBox) String() string { return b.call("String")[0].String() }
func (b box) read(p []byte) (int, error) {
	out := b.call("Read", p)
	return int(out[0].Int()), result[error](out[1])
}
func (b box) write(p []byte) (int, error) {
	out := b.call("Write", p)
	return int(out[0].Int()), result[error](out[1])
}
func (b box) close() error                        { return result[error](b.call("Close")[0]) }
func (b readerBox) Read(p []byte) (int, error)    { return b.read(p) }
func (b writerBox) Write(p []byte) (int, error)   { return b.write(p) }
func (b closerBox) Close() error                  { return b.close() }
func (b rwBox) Read(p []byte) (int, error)        { return b.read(p) }
func (b rwBox) Write(p []byte) (int, error)       { return b.write(p) }
func (b readCloseBox) Read(p []byte) (int, error) { return b.read(p) }
func (b readCloseBox) Close() error               { return b.close() }
func (b writeClose) Write(p []byte) (int, error)  { return b.write(p) }
func (b writeClose) Close() error                 { return b.close() }
func (b rwcBox) Read(p []byte) (int, error)       { return b.read(p) }
func (b rwcBox) Write(p []byte) (int, error)      { return b.write(p) }
func (b rwcBox) Close() error                     { return b.close() }
func (b writerTo) WriteTo(w io.Writer) (int64, error) {
	out := b.call("WriteTo", w)
	return out[0].Int(), result[error](out[1])
}
func (b readerFrom) ReadFrom(r io.Reader) (int64, error) {
	out := b.call("ReadFrom", r)
	return out[0].Int(), result[error](out[1])
}
func (b byteReader) ReadByte() (byte, error) {
	out := b.call("ReadByte")
	return byte(out[0].Uint()), result[error](out[1])
}
func (b sortBox) Len() int                                            { return int(b.call("Len")[0].Int()) }
func (b sortBox) Less(i, j int) bool                                  { return b.call("Less", i, j)[0].Bool() }
func (b sortBox) Swap(i, j int)                                       { b.call("Swap", i, j) }
func (b heapBox) Push(x any)                                          { b.call("Push", x) }
func (b heapBox) Pop() any                                            { return result[any](b.call("Pop")[0]) }
func (b handlerBox) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.call("ServeHTTP", w, r) }
func (b responseBox) Header() http.Header                             { return result[http.Header](b.call("Header")[0]) }
func (b responseBox) Write(p []byte) (int, error)                     { return b.write(p) }
func (b responseBox) WriteHeader(code int)                            { b.call("WriteHeader", code) }
func (b tripBox) RoundTrip(r *http.Request) (*http.Response, error) {
	out := b.call("RoundTrip", r)
	return result[*http.Response](out[0]), result[error](out[1])
}
func (b contextBox) Deadline() (time.Time, bool) {
	out := b.call("Deadline")
	return result[time.Time](out[0]), out[1].Bool()
}
func (b contextBox) Done() <-chan struct{} { return result[<-chan struct{}](b.call("Done")[0]) }
func (b contextBox) Err() error            { return result[error](b.call("Err")[0]) }
func (b contextBox) Value(key any) any     { return result[any](b.call("Value", key)[0]) }
func (b lockerBox) Lock()                  { b.call("Lock") }
func (b lockerBox) Unlock()                { b.call("Unlock") }
func (b flagBox) String() string           { return b.call("String")[0].String() }
func (b flagBox) Set(s string) error       { return result[error](b.call("Set", s)[0]) }
func (b marshalBox) MarshalJSON() ([]byte, error) {
	out := b.call("MarshalJSON")
	return out[0].Bytes(), result[error](out[1])
}
func (b logBox) Enabled(ctx context.Context, l slog.Level) bool {
	return b.call("Enabled", ctx, l)[0].Bool()
}
func (b logBox) Handle(ctx context.Context, r slog.Record) error {
	return result[error](b.call("Handle", ctx, r)[0])
}
func (b logBox) WithAttrs(a []slog.Attr) slog.Handler {
	return result[slog.Handler](b.call("WithAttrs", a)[0])
}
func (b logBox) WithGroup(name string) slog.Handler {
	return result[slog.Handler](b.call("WithGroup", name)[0])
}

// heapInterface is container/heap.Interface.
type heapInterface interface {
	sort.Interface
	Push(x any)
	Pop() any
}

// wrappers make a box what compiled code asks for.
var wrappers = []struct {
	iface reflect.Type
	wrap  func(b box) any
}{
	{reflect.TypeFor[fmt.Stringer](), func(b box) any { return stringerBox{b} }},
	{reflect.TypeFor[io.Reader](), func(b box) any { return readerBox{b} }},
	{reflect.TypeFor[io.Writer](), func(b box) any { return writerBox{b} }},
	{reflect.TypeFor[io.Closer](), func(b box) any { return closerBox{b} }},
	{reflect.TypeFor[io.ReadWriter](), func(b box) any { return rwBox{b} }},
	{reflect.TypeFor[io.ReadCloser](), func(b box) any { return readCloseBox{b} }},
	{reflect.TypeFor[io.WriteCloser](), func(b box) any { return writeClose{b} }},
	{reflect.TypeFor[io.ReadWriteCloser](), func(b box) any { return rwcBox{b} }},
	{reflect.TypeFor[io.ByteReader](), func(b box) any { return byteReader{b} }},
	{reflect.TypeFor[io.WriterTo](), func(b box) any { return writerTo{b} }},
	{reflect.TypeFor[io.ReaderFrom](), func(b box) any { return readerFrom{b} }},
	{reflect.TypeFor[sort.Interface](), func(b box) any { return sortBox{b} }},
	{reflect.TypeFor[heapInterface](), func(b box) any { return heapBox{sortBox{b}} }},
	{reflect.TypeFor[http.Handler](), func(b box) any { return handlerBox{b} }},
	{reflect.TypeFor[http.ResponseWriter](), func(b box) any { return responseBox{b} }},
	{reflect.TypeFor[http.RoundTripper](), func(b box) any { return tripBox{b} }},
	{reflect.TypeFor[context.Context](), func(b box) any { return contextBox{b} }},
	{reflect.TypeFor[sync.Locker](), func(b box) any { return lockerBox{b} }},
	{reflect.TypeFor[flag.Value](), func(b box) any { return flagBox{b} }},
	{reflect.TypeFor[json.Marshaler](), func(b box) any { return marshalBox{b} }},
	{reflect.TypeFor[slog.Handler](), func(b box) any { return logBox{b} }},
}

// wrap makes a box a value of an interface that compiled code knows, or returns
// nil if there is no way.
func (b box) wrap(iface reflect.Type) any {
	switch iface {
	case anyType:
		return b
	case errorType:
		if b.has("Unwrap", reflect.TypeFor[func() []error]()) {
			return joinedBox{b}
		}
		return errorBox{b}
	}
	if !canWrap(iface) {
		return nil
	}
	for _, w := range wrappers {
		if w.iface == iface || w.iface.ConvertibleTo(iface) && iface.ConvertibleTo(w.iface) {
			return w.wrap(b)
		}
	}
	return nil
}

// canWrap reports whether boxes can be made values of an interface.
func canWrap(iface reflect.Type) bool {
	if iface == anyType || iface == errorType {
		return true
	}
	for _, w := range wrappers {
		if w.iface == iface || w.iface.ConvertibleTo(iface) && iface.ConvertibleTo(w.iface) {
			return true
		}
	}
	return false
}

// asAny is a value as an interface without methods has it.
func asAny(v any) any {
	if b, ok := v.(boxed); ok {
		return b.unbox()
	}
	return v
}

// put is a value of the type in an interface of the cells' code.
func (t *typ) put(v reflect.Value, iface reflect.Type) reflect.Value {
	out := reflect.New(iface).Elem()
	if t.layout.exact {
		out.Set(v)
		return out
	}
	w := box{t, v.Interface()}.wrap(iface)
	if w == nil {
		panic(fmt.Sprintf("gosched: the yaegi engine cannot make a %s a %s; the direct engine can (--engine direct)", t.name(), iface))
	}
	out.Set(reflect.ValueOf(w))
	return out
}

// get is the value of the type in an interface, if it is one of that type.
func (t *typ) get(v any) (reflect.Value, bool) {
	if b, ok := v.(boxed); ok {
		if b := b.unbox(); b.t == t {
			out := reflect.New(t.layout.rt).Elem()
			if b.v != nil {
				out.Set(reflect.ValueOf(b.v))
			}
			return out, true
		}
		return reflect.Value{}, false
	}
	if v == nil || !t.layout.exact || reflect.TypeOf(v) != t.layout.rt {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(v), true
}

// nameOf is the type of what is in an interface, as people know it.
func nameOf(v any) string {
	if b, ok := v.(boxed); ok {
		return b.unbox().t.name()
	}
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// convert is a value of an interface as one of another, which its type has to
// implement; missing is the method that it lacks.
func (t *typ) convert(v any) (out reflect.Value, missing string, ok bool) {
	iface := t.t.Underlying().(*types.Interface)
	out = reflect.New(t.layout.rt).Elem()
	if b, isBox := v.(boxed); isBox {
		b := b.unbox()
		if missing, ok = b.t.implements(iface); !ok {
			return out, missing, false
		}
		w := b.wrap(t.layout.rt)
		if w == nil {
			panic(fmt.Sprintf("gosched: the yaegi engine cannot make a %s a %s; the direct engine can (--engine direct)", b.t.name(), t.name()))
		}
		out.Set(reflect.ValueOf(w))
		return out, "", true
	}
	if v == nil {
		return out, "", false
	}
	rt := reflect.TypeOf(v)
	if t.layout.rt != anyType {
		if !rt.Implements(t.layout.rt) {
			missing, _ := t.m.compiledImplements(rt, iface)
			return out, missing, false
		}
	} else if missing, ok = t.m.compiledImplements(rt, iface); !ok {
		return out, missing, false
	}
	out.Set(reflect.ValueOf(v))
	return out, "", true
}

// equal is a == b of interfaces.
func equal(a, b any) bool {
	a, b = asAny(a), asAny(b)
	defer func() {
		if r := recover(); r != nil {
			if b, ok := a.(boxed); ok && !reflect.TypeOf(b.unbox().v).Comparable() {
				panic(goError("comparing uncomparable type " + nameOf(a)))
			}
			panic(r)
		}
	}()
	return a == b
}
