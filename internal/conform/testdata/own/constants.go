// Untyped constants, iota, and arithmetic that no run-time type could hold.
package main

import (
	"fmt"
	"math"
	"time"
)

type Weekday int

const (
	Sunday Weekday = iota
	Monday
	Tuesday
	_
	Thursday
)

func (d Weekday) String() string { return [...]string{"Sun", "Mon", "Tue", "Wed", "Thu"}[d] }

const (
	_  = iota
	KB = 1 << (10 * iota)
	MB
	GB
)
const (
	a, b = iota, iota * 10
	c, d
	e, f = "x", iota
	g, h
)

type Bits uint8

const (
	F0 Bits = 1 << iota
	F1
	F2
	Mask = F0 | F2
)
const (
	Huge           = 1 << 100
	Big            = Huge >> 98
	Third          = 1.0 / 3
	Name           = "const"
	L              = len(Name + "ant")
	Typed  float32 = 0.1
	Cplx           = 2i * 2i
	R              = 'a' + 1
	Tiny           = 1e-400 * 1e400
	Neg            = -5 / 2
	Mod            = -5 % 3
	Shift          = 1.0 << 3
	True           = 1 < 2 && Name == "const"
	Dur            = 3 * time.Second / 2
	MaxU           = ^uint32(0)
	AndNot         = 0b1111 &^ 0b0101
	Oct            = 0o17 + 0x_ff + 1_000
)

type Label string

// In an instance these are constants that are strings and numbers at once.
func text[T ~string]() T { return T(65) }
func wide[T ~string]() T { return T(1<<30 + 65) }

func main() {
	fmt.Println(Sunday, Monday, Thursday, int(Thursday))
	fmt.Println(KB, MB, GB)
	fmt.Println(a, b, c, d, e, f, g, h)
	fmt.Println(F0, F1, F2, Mask, Mask&^F0, ^F0)
	fmt.Println(Big, Third, L, Typed, Cplx, R, string(rune(R)), Tiny, Neg, Mod, Shift, True, Dur, MaxU, AndNot, Oct)
	fmt.Printf("%T %T %T %T %T %T\n", Sunday, R, Cplx, Third, Dur, Mask)
	var f32 float32 = Third
	var i8 int8 = 'a'
	var u = uint8(Big*50 - 1)
	var c64 complex64 = 1
	fmt.Println(f32, i8, u, c64, float64(Typed), math.MaxInt64, uint64(math.MaxUint64), math.Pi)
	const local = iota + 5
	const (
		x = local * (iota + 1)
		y
	)
	fmt.Println(local, x, y)
	s := 3
	fmt.Println(1<<s == 8, uint8(1<<s), float64(1<<3), 1.0*time.Second)
	var arr [L]int
	fmt.Println(len(arr), cap(arr[:2]), len([...]string{4: "x", "y"}))
	fmt.Println(math.MaxFloat64, math.SmallestNonzeroFloat64, math.MinInt64, -math.MaxInt8-1)
	fmt.Printf("%q %q %q\n", text[string](), text[Label](), wide[Label]())
	fmt.Println(7/2, 7/2.0, 7.0/2, -7/2, 7%-3, 1/3*3.0, 'a'*2, "s"+"t")
}
