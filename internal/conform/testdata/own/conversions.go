// Conversions between numeric, string, slice, struct, func and interface types.
package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

type (
	Celsius    float64
	Fahrenheit float64
	Int        int
	Small      int8
	P          struct{ X, Y int }
	Q          struct {
		X int `tag:"x"`
		Y int
	}
	Ints    []int
	Handler func(string) int
	Dir     <-chan int
	Str     interface{ String() string }
)

func (c Celsius) F() Fahrenheit     { return Fahrenheit(c*9/5 + 32) }
func (h Handler) Call(s string) int { return h(s) }

func main() {
	f := 3.99
	i := 300
	fmt.Println(int(f), int(-f), int8(i), uint8(i), int16(70000+i), uint32(i-301), float32(f), byte(i))
	fmt.Println(uint64(math.MaxUint64), int64(uint64(1<<63)+uint64(i)), Small(i), Int(i)*2)
	fmt.Println(Celsius(100).F(), Celsius(Fahrenheit(5)), float64(Celsius(1.5)))
	fmt.Println(float64(float32(0.1)), float32(16777217), int64(float64(1<<53)), math.Float64bits(-0.0), math.Signbit(math.Copysign(0, -1)))
	p := P{1, 2}
	q := Q(p)
	fmt.Printf("%+v %T %+v\n", q, q, struct{ X, Y int }(q))
	pq := (*Q)(&p)
	pq.X = 10
	fmt.Println(p)
	var is Ints = []int{1, 2, 3}
	fmt.Println([]int(is), [3]int(is), *(*[2]int)(is), len(Ints(nil)))
	arr := (*[2]int)(is)
	arr[0] = 7
	fmt.Println(is, [2]int(is))
	h := Handler(func(s string) int { return len(s) })
	fmt.Println(h.Call("four"), (Handler)(h).Call("x"))
	ch := make(chan int, 1)
	var d Dir = ch
	ch <- 4
	fmt.Println(<-d)
	var r io.Reader = strings.NewReader("x")
	_, isW := r.(io.WriterTo)
	rs := r.(io.ReadSeeker)
	var r2 io.Reader = rs
	fmt.Println(isW, r2 == r)
	var s Str = time.Second
	var st fmt.Stringer = s
	fmt.Println(st, Str(st) == s)
	fmt.Println(string(rune('a'+1)), string([]byte{104, 105}), []byte("hi"), []rune("hi"), string([]rune{72, 105}))
	fmt.Println(complex64(complex(1, 2)), real(complex64(complex(1.5, 2))), complex128(3))
	fmt.Println(time.Duration(1500)*time.Millisecond, time.Duration(2.5*float64(time.Second)), int64(time.Minute/time.Second))
	var u8 uint8 = 255
	u8++
	var i8 int8 = 127
	i8++
	var u uint = 0
	u--
	fmt.Println(u8, i8, u == math.MaxUint, -i8, ^u8, uint16(^uint8(0)), int(^0))
	x := 0x12345678
	fmt.Printf("%x %x %x %x\n", uint8(x), uint16(x), uint8(x>>8), int8(x>>4))
	fmt.Println(math.Inf(1), -math.Inf(1), math.NaN(), math.NaN() == math.NaN(), 1/math.Inf(-1))
	var z float64
	fmt.Println(1/z, -1/z, z/z, int32(math.Float32frombits(0x4b000000)))
	var e any = 3
	n, ok := e.(Int)
	fmt.Println(n, ok, Int(e.(int)))
	type local Celsius
	fmt.Printf("%T %v\n", local(Celsius(2)), Celsius(local(3)))
}

func init() {
	fmt.Println("init")
}
