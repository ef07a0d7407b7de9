package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

const word = unsafe.Sizeof(uintptr(0))

// An Iface is the memory of an interface value: a type word (for an interface
// without methods) or a method table, and the data. The data word is the value
// itself where that is one pointer, and otherwise points at it.
type Iface struct {
	Tab  unsafe.Pointer
	Data unsafe.Pointer
}

// TypeWord returns the runtime's descriptor of t, the first word of an empty
// interface that holds a t.
func TypeWord(t reflect.Type) unsafe.Pointer {
	return (*Iface)(unsafe.Pointer(&t)).Data
}

// TypeOfWord is the inverse of TypeWord.
func TypeOfWord(w unsafe.Pointer) reflect.Type {
	var e any
	*(*Iface)(unsafe.Pointer(&e)) = Iface{Tab: w}
	// The dynamic value is never looked at.
	return reflect.TypeOf(e)
}

// TypeOfTab returns the type word of the dynamic type in a method table: its
// second word.
func TypeOfTab(tab unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(tab, word))
}

// TabType is where that is, for machine code.
const TabType = int32(word)

// Eface reads the interface with methods at p as one without.
func Eface(p unsafe.Pointer) any {
	w := (*Iface)(p)
	if w.Tab == nil {
		return nil
	}
	var e any
	*(*Iface)(unsafe.Pointer(&e)) = Iface{TypeOfTab(w.Tab), w.Data}
	return e
}

// TabFor returns the first word of an interface of type iface that holds a
// value of type t: t's type word, or a method table. t must implement iface.
func TabFor(iface, t reflect.Type) unsafe.Pointer {
	if iface.NumMethod() == 0 {
		return TypeWord(t)
	}
	v := reflect.New(iface)
	v.Elem().Set(reflect.Zero(t))
	return (*Iface)(v.UnsafePointer()).Tab
}

// IsDirect reports whether interfaces keep a t in the data word itself: a value
// that is one pointer word. The second word of a type's descriptor is how many
// of a value's leading bytes may hold pointers.
func IsDirect(t reflect.Type) bool {
	return t.Size() == word && *(*uintptr)(unsafe.Add(TypeWord(t), word)) == word
}

type sampleError struct{ text string }

func (e *sampleError) Error() string { return e.text }

func checkInterfaces() error {
	if word != 8 {
		return fmt.Errorf("words have %d bytes instead of 8", word)
	}
	number, failed := 7, &sampleError{"sample"}
	var empty any = number
	var err error = failed
	e, i := (*Iface)(unsafe.Pointer(&empty)), (*Iface)(unsafe.Pointer(&err))
	made := any(nil)
	*(*Iface)(unsafe.Pointer(&made)) = Iface{TypeWord(reflect.TypeFor[int]()), unsafe.Pointer(&number)}
	switch {
	case unsafe.Sizeof(empty) != unsafe.Sizeof(Iface{}) || unsafe.Sizeof(err) != unsafe.Sizeof(Iface{}):
		return errors.New("it is not two words")
	case e.Tab != TypeWord(reflect.TypeFor[int]()) || TypeOfWord(e.Tab) != reflect.TypeFor[int]():
		return errors.New("the first word of an empty interface")
	case *(*int)(e.Data) != number || i.Data != unsafe.Pointer(failed):
		return errors.New("the data word")
	case TypeOfTab(i.Tab) != TypeWord(reflect.TypeFor[*sampleError]()):
		return errors.New("the type in a method table")
	case TabFor(reflect.TypeFor[error](), reflect.TypeFor[*sampleError]()) != i.Tab:
		return errors.New("method tables are made anew")
	case made != any(7) || Eface(unsafe.Pointer(&err)) != any(failed):
		return errors.New("an interface put together")
	}
	for _, t := range []struct {
		typ  reflect.Type
		want bool
	}{
		{reflect.TypeFor[*int](), true}, {reflect.TypeFor[map[int]int](), true}, {reflect.TypeFor[chan int](), true},
		{reflect.TypeFor[func()](), true}, {reflect.TypeFor[unsafe.Pointer](), true},
		{reflect.TypeFor[struct{ p *int }](), true}, {reflect.TypeFor[[1]*int](), true},
		{reflect.TypeFor[uintptr](), false}, {reflect.TypeFor[string](), false}, {reflect.TypeFor[error](), false},
		{reflect.TypeFor[struct{}](), false}, {reflect.TypeFor[struct{ n int }](), false},
	} {
		v := reflect.Zero(t.typ)
		if !t.want && t.typ.Kind() != reflect.Interface {
			v = reflect.New(t.typ).Elem()
		}
		if IsDirect(t.typ) != t.want {
			return fmt.Errorf("how a %s is held", t.typ)
		}
		// Of the zero value the data word is nil where it is the value.
		if x := v.Interface(); x != nil && ((*Iface)(unsafe.Pointer(&x)).Data == nil) != t.want {
			return fmt.Errorf("the data word of a %s", t.typ)
		}
	}
	return nil
}
