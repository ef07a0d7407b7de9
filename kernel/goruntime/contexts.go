package goruntime

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"
	"unsafe"
)

// A context with a deadline keeps the deadline and a timer, and the context that it
// was made from.
type contextLayout struct {
	parent, timer, deadline uintptr
	ok                      bool
}

var contextFields = sync.OnceValue(func() (l contextLayout) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	t := reflect.TypeOf(ctx)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return l
	}
	t = t.Elem()
	timer, ok := t.FieldByName("timer")
	if !ok || timer.Type != reflect.TypeFor[*time.Timer]() {
		return l
	}
	deadline, ok := t.FieldByName("deadline")
	if !ok || deadline.Type != reflect.TypeFor[time.Time]() {
		return l
	}
	inner, ok := t.FieldByName("cancelCtx")
	if !ok || inner.Type.Kind() != reflect.Struct {
		return l
	}
	parent, ok := inner.Type.FieldByName("Context")
	if !ok || parent.Type != reflect.TypeFor[context.Context]() {
		return l
	}
	return contextLayout{inner.Offset + parent.Offset, timer.Offset, deadline.Offset, true}
})

// endless is longer than a process lives.
const endless = 100 * 365 * 24 * time.Hour

// hidden is a context without its deadline.
type hidden struct{ context.Context }

func (hidden) Deadline() (time.Time, bool) { return time.Time{}, false }

// WithDeadline is [context.WithDeadlineCause] on a clock other than that of the
// process: deadline is not compared with the time, nor with that of parent, and
// passes when expire is called. That returns when the context and those made from it
// have been told. The context is to be cancelled in the end.
func WithDeadline(parent context.Context, deadline time.Time, cause error) (ctx context.Context, cancel context.CancelFunc, expire func()) {
	l := contextFields()
	ctx, cancel = context.WithDeadlineCause(hidden{parent}, time.Now().Add(endless), cause)
	if ctx.Err() != nil {
		return ctx, cancel, func() {} // parent's is over
	}
	p := (*Iface)(unsafe.Pointer(&ctx)).Data
	*(*context.Context)(unsafe.Add(p, l.parent)) = parent
	*(*time.Time)(unsafe.Add(p, l.deadline)) = deadline
	timer := *(**time.Timer)(unsafe.Add(p, l.timer))
	return ctx, cancel, func() {
		if ctx.Err() != nil {
			return
		}
		timer.Reset(0)
		<-ctx.Done()
		_ = context.Cause(ctx) // waits until those made from it know, too
	}
}

func checkContexts() error {
	if !contextFields().ok {
		return errors.New("they are not found")
	}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	cause := errors.New("late")
	first, cancelFirst, _ := WithDeadline(context.Background(), at, nil)
	defer cancelFirst()
	ctx, cancel, expire := WithDeadline(first, at.Add(-time.Hour), cause)
	defer cancel()
	child, cancelChild := context.WithCancel(ctx)
	defer cancelChild()
	if d, ok := child.Deadline(); !ok || !d.Equal(at.Add(-time.Hour)) || ctx.Err() != nil {
		return errors.New("the deadline")
	}
	expire()
	if ctx.Err() != context.DeadlineExceeded || context.Cause(ctx) != cause || child.Err() != context.DeadlineExceeded || first.Err() != nil {
		return errors.New("a deadline that has passed")
	}
	return nil
}
