package goruntime

import (
	"errors"
	"reflect"
	"unsafe"
)

// A function value is a word that points to a closure, whose first word is the
// address of the code. A method value has the receiver behind it. What
// reflect.MakeFunc returns has the Go function that it was given somewhere
// behind it.

// A MethodValue is the closure of a method value with a pointer as its receiver.
type MethodValue struct {
	Code uintptr // the method's wrapper
	Recv unsafe.Pointer
}

// Code returns the address of the code of a function value. F must be a function
// type.
func Code[F any](f F) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

// FuncWord returns the word that v, a function, consists of.
func FuncWord(v reflect.Value) unsafe.Pointer {
	if v.CanInterface() {
		f := v.Interface() // whose data is the word
		return (*Iface)(unsafe.Pointer(&f)).Data
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

// FuncValue is the inverse of FuncWord.
func FuncValue(typ reflect.Type, f unsafe.Pointer) reflect.Value {
	return reflect.NewAt(typ, unsafe.Pointer(&f)).Elem()
}

// reflected is what is known of the functions that package reflect makes. It is
// found from some that it has made, and is zero if that failed.
var reflected = findReflected()

type reflectedFuncs struct {
	made   uintptr // code of every function that MakeFunc returns
	method uintptr // code of method values that reflect makes
	given  uintptr // offset of the function that MakeFunc was given
}

type bound struct{}

func (*bound) call(args []reflect.Value) []reflect.Value { return args }

// Bound is only there for its method value to be looked at.
func (*bound) Bound() {}

func findReflected() (r reflectedFuncs) {
	_ = try(func() error {
		f := new(bound).call
		given := *(*uintptr)(unsafe.Pointer(&f))
		impl := FuncWord(reflect.MakeFunc(reflect.TypeFor[func()](), f))
		method := FuncWord(reflect.ValueOf(new(bound)).MethodByName("Bound"))
		// The words up to the function are few; look for ours among them.
		for off := word; off <= 8*word; off += word {
			if *(*uintptr)(unsafe.Add(impl, off)) == given {
				r = reflectedFuncs{made: *(*uintptr)(impl), method: *(*uintptr)(method), given: off}
				break
			}
		}
		return nil
	})
	return r
}

// MadeFrom returns the closure of the function from which reflect.MakeFunc made
// f, a function word, or nil if f was made in another way. Only its Code may be
// looked at unless that is the code of a method value.
func MadeFrom(f unsafe.Pointer) *MethodValue {
	if f == nil || *(*uintptr)(f) != reflected.made {
		return nil
	}
	return *(**MethodValue)(unsafe.Add(f, reflected.given))
}

// madeHead is how many words of a function of reflect.MakeFunc come before the function
// that it was given: code, a stack map, its length, a map of registers, the type.
const madeHead = 5

// A Made is the beginning of a function value that is like those of reflect.MakeFunc
// and has what it calls in the same piece of memory: what MakeFunc makes is several.
type Made struct {
	head   [madeHead]uintptr
	given  *MethodValue // the following
	method MethodValue
	like   unsafe.Pointer // keeps alive what the head leads to
}

// Init makes m like a function word that MakeFunc has made of a method value with a
// pointer as its receiver, but for the receiver.
func (m *Made) Init(like, recv unsafe.Pointer) {
	m.head = *(*[madeHead]uintptr)(like)
	m.method = MethodValue{MadeFrom(like).Code, recv}
	m.given, m.like = &m.method, like
}

// For machine code: a function is a Made if its first word is MadeCode(), and the one
// at MadeGiven is the address of what is at MadeMethod.
const (
	MadeGiven  = unsafe.Offsetof(Made{}.given)
	MadeMethod = unsafe.Offsetof(Made{}.method)
)

// MadeCode is the code of functions that MakeFunc makes.
func MadeCode() uintptr { return reflected.made }

// IsReflected reports whether f, a function word that is not nil, was made by
// package reflect or leads to one that was: a method of [SetSlot].
func IsReflected(f unsafe.Pointer) bool {
	code := *(*uintptr)(f)
	return code == reflected.made || code == reflected.method || isSlot(code)
}

func checkFunctions() error {
	if reflected.given != MadeGiven {
		return errors.New("the function that reflect.MakeFunc was given is not where it was")
	}
	recv := new(bound)
	f := recv.call
	made := FuncWord(reflect.MakeFunc(reflect.TypeFor[func(int) int](), f))
	switch v := MadeFrom(made); {
	case v == nil || v.Code != Code(f) || v.Recv != unsafe.Pointer(recv):
		return errors.New("a method value that reflect.MakeFunc was given")
	case Code(f) == Code(checkFunctions) || MadeFrom(*(*unsafe.Pointer)(unsafe.Pointer(&f))) != nil:
		return errors.New("a function's code")
	case FuncValue(reflect.TypeFor[func(int) int](), made).Call([]reflect.Value{reflect.ValueOf(4)})[0].Int() != 4:
		return errors.New("a function put together")
	case likeMade(made) != 4:
		return errors.New("a function like those of reflect.MakeFunc")
	case !IsReflected(made) || !IsReflected(FuncWord(reflect.ValueOf(recv).MethodByName("Bound"))):
		return errors.New("the code of functions that reflect makes")
	}
	return nil
}

// likeMade calls a Made, and returns what that returns for 4.
func likeMade(like unsafe.Pointer) int64 {
	f := new(struct {
		Made
		bound
	})
	f.Init(like, unsafe.Pointer(&f.bound))
	v := FuncValue(reflect.TypeFor[func(int) int](), unsafe.Pointer(f))
	return v.Call([]reflect.Value{reflect.ValueOf(4)})[0].Int()
}
