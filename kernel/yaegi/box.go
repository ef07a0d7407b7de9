package yaegi

import (
	"container/heap"
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

// value is what is in the box, in a variable of its own.
func (b box) value() reflect.Value {
	v := reflect.New(b.t.layout.rt).Elem()
	if b.v != nil {
		v.Set(reflect.ValueOf(b.v))
	}
	return v
}

// PanicText is what the report of a panic says of the value.
func (b box) PanicText() string {
	if text, ok := b.text("Error"); ok {
		return text
	}
	if text, ok := b.text("String"); ok {
		return text
	}
	switch k := b.value().Kind(); {
	case k == reflect.String:
		return fmt.Sprintf("%s(%q)", b.t.name(), b.v)
	case k <= reflect.Float64:
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

// get1 and get2 call a method with so many results.
func get1[A any](b box, name string, args ...any) A { return result[A](b.call(name, args...)[0]) }

func get2[A, B any](b box, name string, args ...any) (A, B) {
	out := b.call(name, args...)
	return result[A](out[0]), result[B](out[1])
}

// An errorBox is a box that is an error. Unwrap, Is and As serve package errors.
type errorBox struct{ box }

func (b errorBox) Error() string { return get1[string](b.box, "Error") }
func (b errorBox) Unwrap() error {
	if !b.has("Unwrap", reflect.TypeFor[func() error]()) {
		return nil
	}
	return get1[error](b.box, "Unwrap")
}
func (b errorBox) Is(target error) bool {
	return b.has("Is", reflect.TypeFor[func(error) bool]()) && get1[bool](b.box, "Is", target)
}

// A joinedBox is an error that wraps several.
type joinedBox struct{ box }

func (b joinedBox) Error() string   { return get1[string](b.box, "Error") }
func (b joinedBox) Unwrap() []error { return get1[[]error](b.box, "Unwrap") }

func (b box) Timeout() bool {
	return b.has("Timeout", reflect.TypeFor[func() bool]()) && get1[bool](b, "Timeout")
}
func (b box) Temporary() bool {
	return b.has("Temporary", reflect.TypeFor[func() bool]()) && get1[bool](b, "Temporary")
}

type (
	stringerBox struct{ box }
	readerBox   struct{ box }
	writerBox   struct{ box }
	closerBox   struct{ box }
	byteReader  struct{ box }
	writerTo    struct{ box }
	readerFrom  struct{ box }
	sortBox     struct{ box }
	heapBox     struct{ sortBox }
	handlerBox  struct{ box }
	tripBox     struct{ box }
	responseBox struct{ writerBox }
	contextBox  struct{ box }
	lockerBox   struct{ box }
	flagBox     struct{ stringerBox }
	marshalBox  struct{ box }
	logBox      struct{ box }
)

func (b stringerBox) String() string                  { return get1[string](b.box, "String") }
func (b readerBox) Read(p []byte) (int, error)        { return get2[int, error](b.box, "Read", p) }
func (b writerBox) Write(p []byte) (int, error)       { return get2[int, error](b.box, "Write", p) }
func (b closerBox) Close() error                      { return get1[error](b.box, "Close") }
func (b byteReader) ReadByte() (byte, error)          { return get2[byte, error](b.box, "ReadByte") }
func (b writerTo) WriteTo(w io.Writer) (int64, error) { return get2[int64, error](b.box, "WriteTo", w) }
func (b readerFrom) ReadFrom(r io.Reader) (int64, error) {
	return get2[int64, error](b.box, "ReadFrom", r)
}
func (b sortBox) Len() int                                            { return get1[int](b.box, "Len") }
func (b sortBox) Less(i, j int) bool                                  { return get1[bool](b.box, "Less", i, j) }
func (b sortBox) Swap(i, j int)                                       { b.call("Swap", i, j) }
func (b heapBox) Push(x any)                                          { b.call("Push", x) }
func (b heapBox) Pop() any                                            { return get1[any](b.box, "Pop") }
func (b handlerBox) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.call("ServeHTTP", w, r) }
func (b responseBox) Header() http.Header                             { return get1[http.Header](b.box, "Header") }
func (b responseBox) WriteHeader(code int)                            { b.call("WriteHeader", code) }
func (b tripBox) RoundTrip(r *http.Request) (*http.Response, error) {
	return get2[*http.Response, error](b.box, "RoundTrip", r)
}
func (b contextBox) Deadline() (time.Time, bool)  { return get2[time.Time, bool](b.box, "Deadline") }
func (b contextBox) Done() <-chan struct{}        { return get1[<-chan struct{}](b.box, "Done") }
func (b contextBox) Err() error                   { return get1[error](b.box, "Err") }
func (b contextBox) Value(key any) any            { return get1[any](b.box, "Value", key) }
func (b lockerBox) Lock()                         { b.call("Lock") }
func (b lockerBox) Unlock()                       { b.call("Unlock") }
func (b flagBox) Set(s string) error              { return get1[error](b.box, "Set", s) }
func (b marshalBox) MarshalJSON() ([]byte, error) { return get2[[]byte, error](b.box, "MarshalJSON") }
func (b logBox) Enabled(ctx context.Context, l slog.Level) bool {
	return get1[bool](b.box, "Enabled", ctx, l)
}
func (b logBox) Handle(ctx context.Context, r slog.Record) error {
	return get1[error](b.box, "Handle", ctx, r)
}
func (b logBox) WithAttrs(a []slog.Attr) slog.Handler {
	return get1[slog.Handler](b.box, "WithAttrs", a)
}
func (b logBox) WithGroup(name string) slog.Handler {
	return get1[slog.Handler](b.box, "WithGroup", name)
}

// A wrapper makes a box what compiled code asks for.
type wrapper struct {
	iface reflect.Type
	wrap  func(b box) any
}

var wrappers = []wrapper{
	{anyType, func(b box) any { return b }},
	{errorType, func(b box) any {
		if b.has("Unwrap", reflect.TypeFor[func() []error]()) {
			return joinedBox{b}
		}
		return errorBox{b}
	}},
	{reflect.TypeFor[fmt.Stringer](), func(b box) any { return stringerBox{b} }},
	{reflect.TypeFor[io.Reader](), func(b box) any { return readerBox{b} }},
	{reflect.TypeFor[io.Writer](), func(b box) any { return writerBox{b} }},
	{reflect.TypeFor[io.Closer](), func(b box) any { return closerBox{b} }},
	{reflect.TypeFor[io.ReadWriter](), func(b box) any {
		return struct {
			box
			io.Reader
			io.Writer
		}{b, readerBox{b}, writerBox{b}}
	}},
	{reflect.TypeFor[io.ReadCloser](), func(b box) any {
		return struct {
			box
			io.Reader
			io.Closer
		}{b, readerBox{b}, closerBox{b}}
	}},
	{reflect.TypeFor[io.WriteCloser](), func(b box) any {
		return struct {
			box
			io.Writer
			io.Closer
		}{b, writerBox{b}, closerBox{b}}
	}},
	{reflect.TypeFor[io.ReadWriteCloser](), func(b box) any {
		return struct {
			box
			io.Reader
			io.Writer
			io.Closer
		}{b, readerBox{b}, writerBox{b}, closerBox{b}}
	}},
	{reflect.TypeFor[io.ByteReader](), func(b box) any { return byteReader{b} }},
	{reflect.TypeFor[io.WriterTo](), func(b box) any { return writerTo{b} }},
	{reflect.TypeFor[io.ReaderFrom](), func(b box) any { return readerFrom{b} }},
	{reflect.TypeFor[sort.Interface](), func(b box) any { return sortBox{b} }},
	{reflect.TypeFor[heap.Interface](), func(b box) any { return heapBox{sortBox{b}} }},
	{reflect.TypeFor[http.Handler](), func(b box) any { return handlerBox{b} }},
	{reflect.TypeFor[http.ResponseWriter](), func(b box) any { return responseBox{writerBox{b}} }},
	{reflect.TypeFor[http.RoundTripper](), func(b box) any { return tripBox{b} }},
	{reflect.TypeFor[context.Context](), func(b box) any { return contextBox{b} }},
	{reflect.TypeFor[sync.Locker](), func(b box) any { return lockerBox{b} }},
	{reflect.TypeFor[flag.Value](), func(b box) any { return flagBox{stringerBox{b}} }},
	{reflect.TypeFor[json.Marshaler](), func(b box) any { return marshalBox{b} }},
	{reflect.TypeFor[slog.Handler](), func(b box) any { return logBox{b} }},
}

// wrapperFor is what makes boxes values of an interface, or nil if there is none.
func wrapperFor(iface reflect.Type) *wrapper {
	for i, w := range wrappers {
		if w.iface == iface || w.iface.ConvertibleTo(iface) && iface.ConvertibleTo(w.iface) {
			return &wrappers[i]
		}
	}
	return nil
}

// wrap makes a box a value of an interface that compiled code knows.
func (b box) wrap(iface reflect.Type) any {
	w := wrapperFor(iface)
	if w == nil {
		panic(fmt.Sprintf("gosched: the yaegi engine cannot make a %s a %s; the direct engine can (--engine direct)", b.t.name(), iface))
	}
	return w.wrap(b)
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
	out.Set(reflect.ValueOf(box{t, v.Interface()}.wrap(iface)))
	return out
}

// get is the value of the type in an interface, if it is one of that type.
func (t *typ) get(v any) (reflect.Value, bool) {
	if b, ok := v.(boxed); ok {
		if b.unbox().t == t {
			return b.unbox().value(), true
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
		out.Set(reflect.ValueOf(b.wrap(t.layout.rt)))
		return out, "", true
	}
	if v == nil {
		return out, "", false
	}
	if rt := reflect.TypeOf(v); t.layout.rt == anyType || !rt.Implements(t.layout.rt) {
		if missing, ok = t.m.compiledImplements(rt, iface); !ok {
			return out, missing, false
		}
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
