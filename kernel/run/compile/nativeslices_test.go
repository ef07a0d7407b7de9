package compile_test

import "testing"

// Slices of slices, strings and arrays, arrays of arrays, and values that are copied
// whole: the same with machine code, and Go's own panics.
func TestSlicesInMachineCode(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"bounds", `
func cut(a []int32, i, j int) []int32 { return a[i:j] }
func full(a []int32, i, j, k int8) []int32 { return a[i:j:k] }
func from(a []int32, i uint8) []int32 { return a[i:] }
func to(a []int32, j int64) []int32 { return a[:j] }
func text(s string, i, j int16) string { return s[i:j] }
func array(a *[4]int32, i, j uint64) []int32 { return a[i:j] }
func try(name string, f func() []int32) {
	defer func() { if e := recover(); e != nil { println(name, e.(error).Error()) } }()
	r := f()
	println(name, len(r), cap(r))
	if len(r) > 0 { println(r[0]) }
}
func main() {
	a := make([]int32, 5, 8)
	for i := range a { a[i] = int32(i) }
	arr := [4]int32{7, 8, 9, 10}
	for i := -1; i < 10; i++ {
		try("from", func() []int32 { return from(a, uint8(i)) })
		try("to", func() []int32 { return to(a, int64(i)) })
		for j := -2; j < 10; j++ {
			try("cut", func() []int32 { return cut(a, i, j) })
			try("array", func() []int32 { return array(&arr, uint64(i), uint64(j)) })
			try("text", func() []int32 { println(text("wörter", int16(i), int16(j))); return nil })
			for k := -1; k < 10; k += 3 { try("full", func() []int32 { return full(a, int8(i), int8(j), int8(k)) }) }
		}
	}
	try("nil array", func() []int32 { return array(nil, 0, 0) })
	try("nil", func() []int32 { return cut(nil, 0, 0) })
	try("nil", func() []int32 { return cut(nil, 0, 1) })
}`},
		{"end", `
func rest(a []*int, n int) []*int { return a[n:] }
func main() { // the end of one array is not the beginning of another
	for i := 0; i < 100; i++ {
		a := make([]*int, 4)
		b := rest(a, 4)
		c := make([]*int, 4)
		if len(b) != 0 || cap(b) != 0 || append(b, nil)[0] != nil { println("wrong") }
		_ = c
	}
}`},
		{"arrays", `
type cell struct { a [3][2]int16; n int64; c uint8 }
func rotate(g *[3][4]int32, i, j int) { g[i][j], g[j][i] = g[j][i], g[i][j] }
func whole(c cell, i int) cell { c.a[i][1]++; d := c; d.n += int64(d.a[i][1]); return d }
func main() {
	var g [3][4]int32
	for k := 0; k < 50; k++ {
		for i := range g { for j := range g[i] { g[i][j] += int32(i*10 + j*k) } }
		rotate(&g, k%3, (k+1)%3)
		row := g[k%3]
		row[k&3]--
		g[(k+1)%3] = row
	}
	for _, r := range g { for _, v := range r { println(v) } }
	var c cell
	cs := make([]cell, 4)
	for k := 0; k < 30; k++ { c = whole(c, k%3); cs[k&3] = c; c = cs[(k+1)&3]; c.n++; c.c += 9 }
	for _, c := range cs { println(c.a[0][0], c.a[0][1], c.a[1][1], c.a[2][1], c.n, c.c) }
}`},
		{"append", `
type pair struct { n int32; s string; p *int }
func more(a []pair, n int) []pair { return append(a, pair{int32(n), "ab"[n&1:], &n}) }
func two(a []float32, x, y float32) []float32 { return append(a, x, y) }
func sub(a, b []uint8) []uint8 { return append(a, b...) }
func anys(a []any, n int) []any { return append(a, n, "s", nil) }
func main() {
	var ps []pair
	var fs []float32
	var bs []uint8
	var as []any
	for i := 0; i < 500; i++ {
		ps, fs, as = more(ps, i), two(fs, float32(i), 0.5), anys(as, i)
		bs = sub(append(bs, uint8(i)), []uint8{1, 2}[:i&1])
		if i&63 == 63 { fs = fs[:7]; old := ps[:40]; ps = append(ps[:3], ps[9:]...); println(old[5].n, len(ps)) }
	}
	t := 0
	for i, p := range ps { t = t*3 + int(p.n) + len(p.s) + *p.p + i }
	for _, b := range bs { t = t*5 + int(b) }
	for _, f := range fs { t = t*7 + int(f*2) }
	for _, a := range as { if n, ok := a.(int); ok { t += n } }
	println(t, len(ps), len(fs), len(bs), len(as))
	a := make([]int, 2, 4) // whose rest others have
	b, c := append(a, 1), append(a, 2)
	for i := 0; i < 300; i++ { b, c = append(a, i), append(a[:1:1], i) }
	println(b[2], c[1], len(c), cap(a))
}`},
		{"characters", `
func count(s string) (n, last int, sum rune) { for i, r := range s { n++; last = i; sum = sum*31 + r }; return }
func only(s string) (n int) { for range s { n++ }; return }
func runes(s string) (sum rune) { for _, r := range s { sum += r }; return }
func main() {
	texts := []string{"", "plain", "wörter", "日本語 und €", "𝄞 clef", "\xff\xc3", "\xc3", "\xe2\x82", "\xe2\x82\xac", "\xed\xa0\x80", "\xe0\x80\x80", "\xf0\x9f\x98\x80", "a\xc3(", "\xe2(\xac", "\xc1\x80", "\ufffd", "\u07ff\u0800\uffff"}
	for k := 0; k < 3; k++ { for _, s := range texts { n, last, sum := count(s); println(n, last, sum, only(s), runes(s)) } }
	for a := 0; a < 256; a += 3 { for b := 0x70; b < 256; b += 7 {
		s := string([]byte{byte(a), byte(b), 0x91, 'x'})
		n, last, sum := count(s)
		if a & 7 == 0 { println(a, b, n, last, sum) }
	} }
}`},
		{"extremes", `
func of(a, b int8, c uint64, d uint64, x, y float64) (int8, uint64, float64) { return max(a, b, -100), min(c, d), min(x, y) }
func main() {
	for a := -128; a < 128; a += 51 { for b := -128; b < 128; b += 17 {
		i, u, f := of(int8(a), int8(b), uint64(a), uint64(b), float64(a), -float64(b)/0.1)
		println(i, u, f, max(a, b, 5))
	} }
}`},
		{"quicksort", `
func sort(a []int) {
	if len(a) < 2 { return }
	p, i, j := a[len(a)/2], 0, len(a)-1
	for i <= j { for a[i] < p { i++ }; for a[j] > p { j-- }; if i <= j { a[i], a[j] = a[j], a[i]; i++; j-- } }
	sort(a[:j+1]); sort(a[i:])
}
func main() {
	a := make([]int, 30000); x := uint32(1)
	for i := range a { x = x*1664525 + 1013904223; a[i] = int(x >> 8) }
	sort(a)
	for i := 1; i < len(a); i++ { if a[i-1] > a[i] { println("wrong", i) } }
	println(a[0], a[15000], a[29999])
}`},
	} {
		t.Run(tt.name, func(t *testing.T) { alike(t, tt.src) })
	}
}
