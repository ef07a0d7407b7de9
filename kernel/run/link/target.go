package link

import (
	"fmt"
	"go/types"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/run/standin"
)

// A Target is what a method call through an interface arrives at for one
// dynamic type.
type Target struct {
	Word   unsafe.Pointer
	Fn     *frame.Function // interpreted, or
	Native frame.NativeCall
	Recv   memory.Layout // the receiver, as fn takes it
	Direct bool
	Stale  atomic.Bool // the type has got other methods, see Machine.Same
}

// InvokeTarget finds the method of dynamic type word.
func (l *Table) InvokeTarget(word unsafe.Pointer, method *types.Func) (*Target, error) {
	key := invokeKey{word, method}
	if t, ok := l.targets.Load(key); ok {
		return t.(*Target), nil
	}
	rt := goruntime.TypeOfWord(word)
	t := &Target{Word: word, Recv: memory.Of(rt), Direct: goruntime.IsDirect(rt)}
	rt = standin.RealOf(rt)
	if gt := l.goType(rt); gt != nil {
		fn := l.cfg.Method(gt, method)
		if fn == nil {
			return nil, fmt.Errorf("type %s has no method %s", rt, method.Name())
		}
		if t.Fn = l.Interpreted(fn); t.Fn == nil {
			call, err := l.Native(fn)
			if err != nil {
				return nil, err
			}
			t.Native = call
		}
	} else {
		rm, ok := rt.MethodByName(method.Name())
		if !ok {
			return nil, fmt.Errorf("type %s has no method %s", rt, method.Name())
		}
		if f := l.Library.IntrinsicMethod(rt, method.Name()); f != nil {
			t.Native = f
		} else if f := standin.WellKnown(rt, method.Name()); f != nil {
			t.Native = f
		} else {
			t.Native = standin.WithDeadline(rt, rm.Type, method.Name(), standin.ReflectCall(rm.Func))
		}
	}
	l.targets.Store(key, t)
	return t, nil
}

type invokeKey struct {
	word   unsafe.Pointer
	method *types.Func
}
