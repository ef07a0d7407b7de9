package instead

import (
	"fmt"
	"reflect"
	"strconv"
)

// Print formats as the builtins print and println do, but for numbers with fractions,
// which are as fmt has them: addresses of what has no text.
func Print(values []reflect.Value, line bool) string {
	var b []byte
	for i, v := range values {
		if line && i > 0 {
			b = append(b, ' ')
		}
		switch k := v.Kind(); k {
		case reflect.Bool:
			b = strconv.AppendBool(b, v.Bool())
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			b = strconv.AppendInt(b, v.Int(), 10)
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			b = strconv.AppendUint(b, v.Uint(), 10)
		case reflect.Float32, reflect.Float64:
			b = strconv.AppendFloat(b, v.Float(), 'g', -1, v.Type().Bits())
		case reflect.Complex64, reflect.Complex128:
			b = append(b, strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())...)
		case reflect.String:
			b = append(b, v.String()...)
		case reflect.Slice:
			b = fmt.Appendf(b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
		default: // its words
			p := reflect.New(v.Type())
			p.Elem().Set(v)
			if word := p.UnsafePointer(); k == reflect.Interface {
				w := *(*[2]uintptr)(word)
				b = fmt.Appendf(b, "(%#x,%#x)", w[0], w[1])
			} else {
				b = fmt.Appendf(b, "%#x", *(*uintptr)(word))
			}
		}
	}
	if line {
		b = append(b, '\n')
	}
	return string(b)
}
