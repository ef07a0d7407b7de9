package literal_test

import (
	"go/constant"
	"go/token"
	"math"
	"reflect"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/lower/literal"
)

// TestSet compares with what the compiler makes of the same constants.
func TestSet(t *testing.T) {
	const (
		tie   = 9007199254740993                // between two float64s
		above = 9007199254740993.00000000000001 // nearer to the upper one
		half  = 1 + 1.0/(1<<24) + 1.0/(1<<60)   // which a float64 would put between two float32s
		least = 0x1p-1074
	)
	lit := func(text string) constant.Value {
		kind := token.FLOAT
		if text[0] == '"' {
			kind = token.STRING
		}
		return constant.MakeFromLiteral(text, kind, 0)
	}
	sum := func(a, b constant.Value) constant.Value { return constant.BinaryOp(a, token.ADD, b) }
	for _, c := range []struct {
		k    constant.Value
		want any
	}{
		{constant.MakeBool(true), true},
		{lit(`"héllo\x00"`), "héllo\x00"},
		{constant.MakeInt64(65), "A"},
		{constant.MakeInt64(0x1F600), "😀"},
		{constant.MakeInt64(-1), "\uFFFD"},
		{constant.MakeInt64(1<<40 | 65), "\uFFFD"},
		{constant.MakeUint64(math.MaxUint64), uint64(math.MaxUint64)},
		{constant.MakeInt64(math.MinInt64), int64(math.MinInt64)},
		{lit("255.0"), uint8(255)},
		{lit("-128.0"), int8(-128)},
		{constant.MakeInt64(tie), float64(tie)},
		{lit("9007199254740993.00000000000001"), float64(above)},
		{sum(sum(lit("1"), lit("0x1p-24")), lit("0x1p-60")), float32(half)},
		{lit("0x1p-1074"), float64(least)},
		{lit("1e-400"), 0.0},
		{lit("0.1"), complex64(0.1)},
		{sum(lit("0.1"), constant.MakeImag(lit("0.2"))), 0.1 + 0.2i},
	} {
		v := reflect.New(reflect.TypeOf(c.want)).Elem()
		literal.Set(v, c.k)
		if got := v.Interface(); got != c.want {
			t.Errorf("%s as %T: %v, natively %v", c.k.ExactString(), c.want, got, c.want)
		}
	}
}

func TestSetUnsafePointer(t *testing.T) {
	var p unsafe.Pointer
	literal.Set(reflect.ValueOf(&p).Elem(), constant.MakeInt64(16))
	if uintptr(p) != 16 {
		t.Errorf("unsafe.Pointer(uintptr(16)) is %v", p)
	}
}

func TestSetRefuses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a slice was made of a number")
		}
	}()
	literal.Set(reflect.ValueOf(new([]int)).Elem(), constant.MakeInt64(1))
}
