// Package latetype has named types of go/types read what they are when somebody asks.
//
// Importers of the standard library have a way to, which nobody else has; so it is set
// by reflection.
package latetype

import (
	"go/types"
	"reflect"
)

// Set has a type, which has been made without and has not been asked anything, call a
// function once to know what it stands for and which methods it has. It must not be
// generic. False is returned where types have no such way; what the type is must be set
// at once then.
//
// The function runs while the type is locked: it must not ask the type itself.
func Set(n *types.Named, read func() (underlying types.Type, methods []*types.Func)) bool {
	load := func(*types.Named) ([]*types.TypeParam, types.Type, []*types.Func, []func()) {
		underlying, methods := read()
		return nil, underlying, methods, nil
	}
	f := reflect.ValueOf(n).Elem().FieldByName("loader")
	if !f.IsValid() || f.Type() != reflect.TypeOf(load) {
		return false
	}
	reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Set(reflect.ValueOf(load))
	return true
}
