// Counts of shifts: large, of every type, and negative although the compiler
// knows them.
package main

import "fmt"

func caught(f func() int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(r)
		}
	}()
	fmt.Println(f())
}

func main() {
	n := -1
	caught(func() int { return 1 << n })
	caught(func() int { m := -3; return 8 >> m })
	var small int8 = -128
	caught(func() int { return 2 << small })
	var big uint64 = 1 << 40
	caught(func() int { return 5<<big + 5>>big - -1>>big })
	for _, k := range []uint8{0, 1, 31, 32, 63, 64, 255} {
		fmt.Println(1<<k, int32(-5)>>k, uint16(0xffff)<<k, uint64(1)<<k)
	}
}
