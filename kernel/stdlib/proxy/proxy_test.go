package proxy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
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
