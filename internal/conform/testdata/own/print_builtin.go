// The builtin print and println, which write to standard error.
package main

type T int

func main() {
	println("a", 1, true, nil == any(nil), 'x', T(5))
	println(1.5, float32(0.25), 1e100, -3.0, 0.1)
	println(complex(1, -2), "s"+"t", uint8(200), int64(-1)<<40)
	print("no newline ", 1, 2, "\n")
	println()
	var e any
	var p *int
	var s []int
	println(e == nil, p == nil, len(s), cap(s))
	const c = 1 << 20
	println(c, "é世", "\x00"[0])
	defer println("deferred", 7)
	f := func() (int, string) { return 1, "two" }
	n, str := f()
	println(n, str)
}
