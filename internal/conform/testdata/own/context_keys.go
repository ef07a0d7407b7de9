// context.WithValue with key types of one's own.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type key int
type other int
type named string

const (
	userKey key = iota
	traceKey
)

type user struct{ name string }

func (u user) String() string { return "user " + u.name }

func handle(ctx context.Context) {
	u, ok := ctx.Value(userKey).(user)
	fmt.Println(u, ok)
	fmt.Println(ctx.Value(traceKey), ctx.Value(other(0)), ctx.Value(0), ctx.Value(named("x")), ctx.Value("x"))
}

func main() {
	ctx := context.WithValue(context.Background(), userKey, user{"ann"})
	handle(ctx)
	ctx = context.WithValue(ctx, traceKey, []string{"a", "b"})
	ctx = context.WithValue(ctx, other(0), "other")
	ctx = context.WithValue(ctx, named("x"), 1)
	handle(ctx)
	ctx, cancel := context.WithCancelCause(ctx)
	fmt.Println(ctx.Err(), context.Cause(ctx))
	cancel(errors.New("because"))
	<-ctx.Done()
	fmt.Println(ctx.Err(), context.Cause(ctx), errors.Is(ctx.Err(), context.Canceled))
	handle(ctx)
	short, stop := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer stop()
	<-short.Done()
	fmt.Println(short.Err(), errors.Is(short.Err(), context.DeadlineExceeded))
	after := make(chan string)
	c2, cancel2 := context.WithCancel(context.Background())
	context.AfterFunc(c2, func() { after <- "after" })
	cancel2()
	fmt.Println(<-after)
	fmt.Println(context.WithoutCancel(ctx).Err(), context.WithoutCancel(ctx).Value(userKey))
}
