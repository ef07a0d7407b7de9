package frame

import (
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// A Closure is an interpreted function with the values it captured. In
// memory, a function value is always what compiled code expects, made by
// reflect.MakeFunc; ClosureOf finds the closure behind it, so that
// interpreted code calls it without reflection.
type Closure struct {
	World *World
	Fn    *Function
	Free  []unsafe.Pointer // a pointer each, or a pointer to the value
}

// Call runs the closure for compiled code.
func (cl *Closure) Call(args []reflect.Value) (out []reflect.Value) {
	fn := cl.Fn
	cl.World.Run(fn, func(t *Thread) {
		nf := fn.Enter(t, t.Cur)
		for i, a := range args {
			p := &fn.Params[i]
			p.Layout.Value(unsafe.Add(nf.Mem, p.Off)).Set(a)
		}
		nf.SetFree(cl.Free)
		nf.Deferred, t.Handover = t.Handover, nil
		nf.Exec()
		out = make([]reflect.Value, len(fn.Results))
		for i := range out {
			r := &fn.Results[i]
			v := reflect.New(r.Layout.Type).Elem()
			v.Set(r.Layout.Value(unsafe.Add(nf.Mem, r.Off)))
			out[i] = v
		}
		nf.Leave()
	})
	return out
}

// closureCall is the code of the method value closure.call, from which all our
// functions are made.
var closureCall uintptr

func init() { closureCall = goruntime.Code(new(Closure).Call) }

// ClosureOf returns the closure behind a function value, or nil for compiled
// code.
func ClosureOf(f unsafe.Pointer) *Closure {
	v := goruntime.MadeFrom(f)
	if v == nil || v.Code != closureCall {
		return nil
	}
	return (*Closure)(v.Recv)
}

// funcValue is what a function value points to.
type funcValue struct {
	goruntime.Made
	Closure
}

// capturing is one with the values it has captured.
type capturing[A any] struct {
	funcValue
	free A
}

// FuncValueFn is where a function value has its function, for machine code. What a
// function value has does not change.
const FuncValueFn = int32(unsafe.Offsetof(funcValue{}.Closure) + unsafe.Offsetof(Closure{}.Fn))

// FuncValueFree is where a function value has the values it has captured, if they are
// [FewCaptured] at most, and FuncValueMany where it has a pointer to them otherwise.
const (
	FewCaptured   = 3
	FuncValueFree = int32(unsafe.Offsetof(capturing[[FewCaptured]unsafe.Pointer]{}.free))
	FuncValueMany = int32(unsafe.Offsetof(funcValue{}.Closure) + unsafe.Offsetof(Closure{}.Free))
)

// LikeFunc is what NewFunc needs for function values of a type.
func LikeFunc(typ reflect.Type) unsafe.Pointer {
	return goruntime.FuncWord(reflect.MakeFunc(typ, new(Closure).Call))
}

// NewFunc makes a function value that compiled code can call. What fn captures, n
// values, is to be put into free.
func NewFunc(like unsafe.Pointer, w *World, fn *Function, n int) (f unsafe.Pointer, free []unsafe.Pointer) {
	var v *funcValue
	switch n {
	case 0:
		v = new(funcValue)
	case 1:
		c := new(capturing[[1]unsafe.Pointer])
		v, free = &c.funcValue, c.free[:]
	case 2:
		c := new(capturing[[2]unsafe.Pointer])
		v, free = &c.funcValue, c.free[:]
	case 3:
		c := new(capturing[[3]unsafe.Pointer])
		v, free = &c.funcValue, c.free[:]
	default:
		v, free = new(funcValue), make([]unsafe.Pointer, n)
	}
	v.Closure = Closure{World: w, Fn: fn, Free: free}
	v.Init(like, unsafe.Pointer(&v.Closure))
	return unsafe.Pointer(v), free
}

// SetFree puts captured values where the code looks for them.
func (fr *Frame) SetFree(free []unsafe.Pointer) {
	for i, p := range free {
		s := &fr.Fn.Free[i]
		if s.Layout.Class == memory.ClassPtr {
			*memory.At[unsafe.Pointer](fr.Mem, s.Off) = p
		} else {
			s.Layout.Move(unsafe.Add(fr.Mem, s.Off), p)
		}
	}
}

// CallFunc calls a func() value on a goroutine that is g's own.
func (w *World) CallFunc(g *sched.G, f func()) {
	w.WithThread(g, func(t *Thread) {
		if nf := t.EnterFunc(f); nf != nil {
			nf.Exec()
			nf.Leave()
		} else {
			f()
		}
	})
}

// EnterFunc makes the frame for a call of f, or returns nil if f is compiled.
func (t *Thread) EnterFunc(f func()) *Frame {
	cl := ClosureOf(*(*unsafe.Pointer)(unsafe.Pointer(&f)))
	if cl == nil {
		return nil
	}
	nf := cl.Fn.Enter(t, nil)
	nf.SetFree(cl.Free)
	return nf
}
