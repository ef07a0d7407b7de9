// Integers wrap, shifts count, operators bind, floats are IEEE.
package main

import (
	"fmt"
	"math"
	"math/bits"
)

//go:noinline
func id[T any](x T) T { return x }

func main() {
	a, b := id(17), id(-5)
	fmt.Println(a/b, a%b, -a/b, -a%b, a&b, a|b, a^b, a&^b, ^a, -b, +a)
	var u8, s8 = id(uint8(200)), id(int8(-128))
	fmt.Println(u8+100, u8*2, u8<<1, u8>>3, -u8, s8-1, s8/-1, -s8, s8>>1, s8<<1, s8%-1)
	var u uint = id(uint(70))
	fmt.Println(1<<id(uint(3)), int8(1)<<id(uint(7)), uint32(1)<<u, int32(-1)>>u, uint64(1)<<63>>u, 1<<u == 0, int64(math.MinInt64)>>62)
	var i64 int64 = id(int64(math.MaxInt64))
	fmt.Println(i64+1, i64*2, i64*i64, uint64(i64)*2, i64<<1)
	var m int64 = id(int64(math.MinInt64))
	fmt.Println(m/id(int64(-1)), m%id(int64(-1)), -m)
	x := 10
	x += 5
	x -= 3
	x *= 4
	x /= 5
	x %= 7
	x <<= 3
	x >>= 1
	x |= 5
	x &= 13
	x ^= 6
	x &^= 2
	x++
	fmt.Println(x, 2+3*4<<1, 1|2&3, 7&^5|1, !true || true && !false, -3 < 2 == true)
	f := id(0.1)
	fmt.Println(f+0.2, f*3, f/0.3, 1e308*id(10.0), math.Sqrt(2), float32(f)*3, math.Mod(7.5, 2), math.Trunc(-2.7))
	f32 := id(float32(16777216))
	fmt.Println(f32+1, f32+2, f32*f32, float32(1)/3, 1.0/3)
	n := id(math.NaN())
	fmt.Println(n < 1, n > 1, n != n, n == n, !(n < 1), math.IsNaN(n), min(n, 1), max(1, n))
	nz := math.Copysign(0, -1)
	fmt.Println(nz, 1/nz, nz == 0, min(0, nz), max(nz, 0))
	fmt.Println(bits.OnesCount(255), bits.LeadingZeros8(1), bits.Reverse8(1), bits.Len(1023))
	hi, lo := bits.Mul64(1<<63, 6)
	fmt.Println(hi, lo)
	c := complex(id(1.0), -2)
	fmt.Println(c, c*c, c/complex(0, 1), -c, real(c), imag(c), c == complex(1, -2), c != 1)
	var c64 complex64 = 3 + 4i
	c64 *= 2i
	fmt.Printf("%v %.1f %T %g\n", c64, c, c64, c/0)
	fmt.Println(0x1p-2, 0b101, 0o17, 1_000_000, 'a', '\'', '\x41', 1e3, .5, 5.)
	i := 0
	arr := []int{0, 0, 0}
	i, arr[i] = 2, 9
	fmt.Println(i, arr)
	i, arr[i%3] = i+1, i*10
	fmt.Println(i, arr)
	g, h := 1, 2
	g, h = h, g+h
	g, h = h, g+h
	fmt.Println(g, h)
	fmt.Println(uintptr(5)+1, byte('a')+1, rune('a')+1, uint8(255)+id(uint8(1)))
	fmt.Println(7.0 == 7, 'a' == 97, 1<<3 == 8.0, "a"+"b" == "ab")
}
