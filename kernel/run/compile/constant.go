package compile

import (
	"fmt"
	"go/constant"
	"math/big"
	"reflect"
)

// setConstant sets v to a constant's value.
func setConstant(v reflect.Value, k constant.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k))
	case reflect.String:
		v.SetString(constant.StringVal(k))
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
		v.SetFloat(float64Of(constant.ToFloat(k)))
	case reflect.Complex64, reflect.Complex128:
		z := constant.ToComplex(k)
		re := float64Of(constant.Real(z))
		im := float64Of(constant.Imag(z))
		v.SetComplex(complex(re, im))
	case reflect.UnsafePointer:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(u)
	default:
		panic(fmt.Sprintf("constant %s of type %s", k, v.Type()))
	}
}

func float64Of(k constant.Value) float64 {
	f, exact := constant.Float64Val(k)
	if !exact {
		// Float64Val rounds twice for some large fractions.
		if r, ok := constant.Val(k).(*big.Rat); ok {
			f, _ = r.Float64()
		}
	}
	return f
}
