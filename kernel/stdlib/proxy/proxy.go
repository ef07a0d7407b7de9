// Package proxy makes values that run elsewhere, such as those of an interpreter's own
// types, ones of the interfaces that the compiled-in packages declare: for each
// interface it has a type whose methods ask the value for one of that name.
//
// Interfaces with methods that are not exported cannot be had, nor generic ones.
package proxy

//go:generate go run ../internal/proxygen

import (
	"fmt"
	"reflect"
)

// An Elsewhere is a value that runs elsewhere. What is made of one has its methods,
// too, so that it prints itself and can be found again.
type Elsewhere interface {
	fmt.Formatter
	// Self is the value itself, also where it is asked for by way of an interface.
	Self() any
	// Has reports whether there is an exported method of that signature.
	Has(method string, sig reflect.Type) bool
	// Invoke calls a method; for a variadic one, the last argument is a slice.
	Invoke(method string, args ...any) []reflect.Value
}

// New is e as a value of an interface, or nil if there is no such proxy.
func New(iface reflect.Type, e Elsewhere) any {
	return proxyOf(iface.PkgPath()+"."+iface.Name(), e)
}

// as is a result of a method, where a nil one may have no type.
func as[T any](v reflect.Value) T {
	r, _ := v.Interface().(T)
	return r
}
