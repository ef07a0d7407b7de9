package random

// header is what all units of a program use.
const header = `
type node struct { h int16; f float64; b [4]uint8; s []int64; next *node; any any; k box; text string }
type box struct { a [4]int16; n int64; b [2][3]uint8 }

var global uint32
var trace []int
var steps int
var boxes [2]box

func bits(f float64) uint64 { if f != f { return 1 }; return math.Float64bits(f) }

func show(q *node) {
	for range 2 {
		println(q.h, bits(q.f), q.b[0], q.b[1], q.b[2], q.b[3], len(q.s), q.any != nil, q.k.n, q.k.a[0], q.k.a[1], q.k.a[2], q.k.a[3], q.k.b[0][0], q.k.b[1][2])
		for _, v := range q.s { print(v, " ") }
		q = q.next
	}
	println(global, len(trace), boxes[0].n, boxes[1].n, boxes[1].a[3], boxes[0].b[1][1])
	for _, v := range trace { print(v, " ") }
	println()
}

func try(name string, f func()) {
	defer func() { if e := recover(); e != nil { println(name, e.(error).Error()) } }()
	steps = 300
	f()
}

`
