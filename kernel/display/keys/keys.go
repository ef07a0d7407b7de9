// Package keys has the order in which the entries of a map are printed: that of package
// fmt, as far as it does not depend on addresses.
package keys

import (
	"cmp"
	"reflect"
	"slices"
)

// Sorted are the keys of m in their order. Open, where it is not nil, is what stands for
// a key that is in an interface.
func Sorted(m reflect.Value, open func(v reflect.Value) reflect.Value) []reflect.Value {
	all := m.MapKeys()
	slices.SortFunc(all, func(a, b reflect.Value) int { return compare(a, b, open) })
	return all
}

// Compare is 0 for keys that have no order of their own.
func Compare(a, b reflect.Value) int { return compare(a, b, nil) }

func compare(a, b reflect.Value, open func(v reflect.Value) reflect.Value) int {
	if a.IsValid() && a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
		if open != nil && a.IsValid() && b.IsValid() {
			a, b = open(a), open(b)
		}
	}
	if c := cmp.Compare(kindOf(a), kindOf(b)); c != 0 || !a.IsValid() {
		return c
	}
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.CanComplex():
		return cmp.Or(cmp.Compare(real(a.Complex()), real(b.Complex())), cmp.Compare(imag(a.Complex()), imag(b.Complex())))
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	case a.Kind() == reflect.Bool && a.Bool() != b.Bool():
		if b.Bool() {
			return -1
		}
		return 1
	case a.Type() != b.Type(): // in interfaces
		return cmp.Compare(a.Type().String(), b.Type().String())
	case a.Kind() == reflect.Struct:
		for i := range a.NumField() {
			if c := compare(a.Field(i), b.Field(i), open); c != 0 {
				return c
			}
		}
	case a.Kind() == reflect.Array:
		for i := range a.Len() {
			if c := compare(a.Index(i), b.Index(i), open); c != 0 {
				return c
			}
		}
	}
	return 0
}

func kindOf(v reflect.Value) reflect.Kind {
	if !v.IsValid() {
		return reflect.Invalid
	}
	return v.Kind()
}
