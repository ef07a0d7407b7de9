// Package literal makes values of the constants in SSA form, for whichever engine runs
// the program.
package literal

import (
	"fmt"
	"go/constant"
	"reflect"
	"unicode/utf8"
)

// Set sets v to a constant's value.
func Set(v reflect.Value, k constant.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k))
	case reflect.String:
		v.SetString(text(k))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, _ := constant.Int64Val(constant.ToInt(k))
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		v.SetUint(u)
	case reflect.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(k))
		v.SetFloat(float64(f))
	case reflect.Float64:
		f, _ := constant.Float64Val(constant.ToFloat(k))
		v.SetFloat(f)
	case reflect.Complex64, reflect.Complex128:
		z := constant.ToComplex(k)
		re, _ := constant.Float64Val(constant.Real(z))
		im, _ := constant.Float64Val(constant.Imag(z))
		v.SetComplex(complex(re, im))
	case reflect.UnsafePointer:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(u)
	default:
		panic(fmt.Sprintf("constant %s of type %s", k, v.Type()))
	}
}

// text is a constant as a string. In an instance of a generic function it can be a
// number, as 65 is in T(65) where T is string.
func text(k constant.Value) string {
	if k.Kind() == constant.String {
		return constant.StringVal(k)
	}
	if i, ok := constant.Int64Val(constant.ToInt(k)); ok && i >= 0 && i <= utf8.MaxRune {
		return string(rune(i))
	}
	return string(utf8.RuneError)
}
