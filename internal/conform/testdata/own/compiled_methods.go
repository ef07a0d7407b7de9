package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"reflect"
	"syscall"
	"time"
)

type key struct{ n int }

// Methods of compiled types through interfaces, whatever the dynamic type is: a
// pointer, a struct, a number, a slice.
func main() {
	for _, err := range []error{
		io.EOF, syscall.ENOENT, context.Canceled, context.DeadlineExceeded,
		&fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}, fmt.Errorf("wrapped %w", io.EOF),
		errors.Join(io.EOF, io.ErrUnexpectedEOF),
	} {
		f := err.Error
		fmt.Println(err.Error(), f())
		defer fmt.Println("deferred:", err.Error())
	}
	for _, s := range []fmt.Stringer{
		time.Second, time.March, netip.MustParseAddr("10.0.0.1"), reflect.TypeFor[int](), reflect.ValueOf("v"),
	} {
		fmt.Println(s.String())
	}
	var e interface {
		error
		Timeout() bool
	} = syscall.EAGAIN
	fmt.Println(e.Error(), e.Timeout())

	base := context.WithValue(context.Background(), key{1}, "one")
	ctx, cancel := context.WithCancelCause(base)
	_, has := ctx.Deadline()
	fmt.Println(ctx.Value(key{1}), ctx.Value(key{2}), ctx.Err(), has, base.Done() == nil, ctx.Done() == ctx.Done())
	cancel(io.EOF)
	<-ctx.Done()
	fmt.Println(ctx.Err(), context.Cause(ctx))
	at := time.Now().Add(time.Hour)
	timed, stop := context.WithDeadline(base, at)
	defer stop()
	got, has := timed.Deadline()
	fmt.Println(got.Equal(at), has)

	defer func() { fmt.Println("recovered:", recover()) }()
	var none error
	_ = none.Error()
}
