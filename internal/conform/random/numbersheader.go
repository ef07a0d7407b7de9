package random

// header is what all units of a program use.
const header = `
type node struct { h int16; f float64; b [4]uint8; s []int64; next *node; any any; k box; text string }
type pair struct { f float32; n int; q *node }
type box struct { a [4]int16; n int64; b [2][3]uint8 }

var global uint32
var trace []int
var steps int
var boxes [2]box

type thing interface { do(q *node, n int) int }
type small int8
type wide struct { a, b int32; f float64 }
func (q *node) do(n int) int { q.h += int16(n); return int(q.h) + len(q.s) }
func (s small) do(q *node, n int) int { return int(s) * n }
func (w wide) do(q *node, n int) int { q.f += w.f; return int(w.a) + int(w.b)*n }
func (w *wide) grow(n int) int { w.a += int32(n); return int(w.a) }
func (b *box) do(q *node, n int) int { b.n += int64(n); b.a[n&3]++; return int(b.n) / (n + 1) }
func add(n int) int { return n + 3 }
func applied(f func(int) int, n int) uint32 { return uint32(f(n)) + uint32(f(n+1)) }

var things = []thing{small(3), &boxes[1], wide{1, 2, 0.5}, &box{n: 7}}
var total wide
var doings = []func(int) int{add, total.grow, func(n int) int { total.b ^= int32(n); return int(total.b) }, func(n int) int { return n * n }}

func bits(f float64) uint64 { if f != f { return 1 }; return math.Float64bits(f) }

func show(q *node) {
	for range 2 {
		println(q.h, bits(q.f), q.b[0], q.b[1], q.b[2], q.b[3], len(q.s), q.any != nil, q.k.n, q.k.a[0], q.k.a[1], q.k.a[2], q.k.a[3], q.k.b[0][0], q.k.b[1][2])
		for _, v := range q.s { print(v, " ") }
		q = q.next
	}
	println(global, len(trace), total.a, total.b, boxes[0].n, boxes[1].n, boxes[1].a[3], boxes[0].b[1][1])
	for _, v := range trace { print(v, " ") }
	println()
}

func try(name string, f func()) {
	defer func() { if e := recover(); e != nil { println(name, e.(error).Error()) } }()
	steps = 300
	f()
}

`
