package proxy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"testing"
)

// A told value notes what it is asked, and answers with what it is told to.
type told struct {
	asked   *string
	answers []reflect.Value
}

func (t told) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "told by %c", verb) }
func (t told) Self() any                     { return t }
func (t told) Has(string, reflect.Type) bool { return false }
func (t told) Invoke(method string, args ...any) []reflect.Value {
	*t.asked = fmt.Sprint(method, args)
	return t.answers
}

func of[T any](t *testing.T, answers ...any) (as T, asked *string) {
	t.Helper()
	e := told{asked: new(string)}
	for _, a := range answers {
		e.answers = append(e.answers, reflect.ValueOf(&a).Elem())
	}
	as, ok := New(reflect.TypeFor[T](), e).(T)
	if !ok {
		t.Fatalf("no proxy for %s", reflect.TypeFor[T]())
	}
	if self, ok := any(as).(Elsewhere); !ok || self.Self().(told).asked != e.asked || fmt.Sprint(as) != "told by v" {
		t.Errorf("%v is not found again", as)
	}
	return as, e.asked
}

// Each method asks the value for the one of its name.
func TestNew(t *testing.T) {
	failed := errors.New("failed")
	r, asked := of[io.ReadCloser](t, 3, failed)
	if n, err := r.Read(make([]byte, 2)); n != 3 || err != failed || *asked != "Read[[0 0]]" {
		t.Errorf("Read returned %d, %v and asked %s", n, err, *asked)
	}
	w, _ := of[io.Writer](t, 3, nil)
	if n, err := w.Write(nil); n != 3 || err != nil {
		t.Errorf("Write returned %d, %v", n, err)
	}
	list, asked := of[sort.Interface](t)
	if list.Swap(1, 2); *asked != "Swap[1 2]" {
		t.Errorf("Swap asked %s", *asked)
	}
	h, asked := of[slog.Handler](t, nil)
	if again := h.WithAttrs([]slog.Attr{slog.Int("a", 1)}); again != nil || *asked != "WithAttrs[[a=1]]" {
		t.Errorf("WithAttrs returned %v and asked %s", again, *asked)
	}
	ctx, asked := of[context.Context](t, "v")
	if v := ctx.Value("k"); v != "v" || *asked != "Value[k]" {
		t.Errorf("Value returned %v and asked %s", v, *asked)
	}
	tx, _ := of[driver.Tx](t, failed)
	if err := tx.Commit(); err != failed {
		t.Errorf("Commit returned %v", err)
	}
}

// An echo answers each method with zero values and notes what it was asked.
type echo struct {
	told
	results []reflect.Type
	method  string
	args    []any
}

func (e *echo) Invoke(method string, args ...any) (answers []reflect.Value) {
	e.method, e.args = method, args
	for _, t := range e.results {
		answers = append(answers, reflect.Zero(t))
	}
	return answers
}

// All methods of all proxies ask for the one of their own name, with all arguments and
// results.
func TestAll(t *testing.T) {
	source, err := os.ReadFile("zz_proxies.go")
	if err != nil {
		t.Fatal(err)
	}
	own := reflect.TypeFor[Elsewhere]()
	methods := 0
	for _, m := range regexp.MustCompile(`(?m)^\tcase "(.*)":$`).FindAllSubmatch(source, -1) {
		name := string(m[1])
		e := &echo{}
		p := reflect.ValueOf(proxyOf(name, e))
		for i := range p.NumMethod() {
			method := p.Type().Method(i)
			if _, is := own.MethodByName(method.Name); is {
				continue
			}
			methods++
			call := p.Method(i)
			var args []reflect.Value
			for i := range call.Type().NumIn() {
				args = append(args, reflect.Zero(call.Type().In(i)))
			}
			e.results = slices.Collect(call.Type().Outs())
			if call.Type().IsVariadic() {
				call.CallSlice(args)
			} else {
				call.Call(args)
			}
			if e.method != method.Name || len(e.args) != len(args) {
				t.Errorf("%s.%s asks for %s with %d arguments, not %d", name, method.Name, e.method, len(e.args), len(args))
			}
		}
	}
	if methods < 300 {
		t.Errorf("only %d methods", methods)
	}
}

// Who asks for what is made gets equal values, as of the value itself.
func TestEqual(t *testing.T) {
	e := told{asked: new(string)}
	if a, b := New(reflect.TypeFor[io.Reader](), &e), New(reflect.TypeFor[io.Reader](), &e); a != b {
		t.Errorf("%v and %v differ", a, b)
	}
}

// What no other package can implement has no proxy, nor has a type of no package.
func TestNone(t *testing.T) {
	for _, iface := range []reflect.Type{reflect.TypeFor[testing.TB](), reflect.TypeFor[reflect.Type](), reflect.TypeFor[error](), reflect.TypeFor[any]()} {
		if p := New(iface, told{}); p != nil {
			t.Errorf("%s is %T", iface, p)
		}
	}
}
