// Maps: keys of every comparable kind, nil maps, deletion while ranging.
package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

type point struct{ x, y int }
type key struct {
	name string
	pt   point
	arr  [2]int8
	i    any
}
type Graph map[string]map[string]int

func (g Graph) link(a, b string) {
	if g[a] == nil {
		g[a] = map[string]int{}
	}
	g[a][b]++
}

func main() {
	m := map[string]int{"a": 1}
	m["b"]++
	m["c"] += 5
	m["a"] <<= 3
	v, ok := m["zz"]
	fmt.Println(m, len(m), v, ok)
	delete(m, "a")
	delete(m, "nope")
	_, ok = m["a"]
	fmt.Println(ok, m)
	k := map[key]string{{"n", point{1, 2}, [2]int8{1, 2}, 1}: "one"}
	k[key{"n", point{1, 2}, [2]int8{1, 2}, "1"}] = "str"
	fmt.Println(k[key{"n", point{1, 2}, [2]int8{1, 2}, 1}], k[key{"n", point{1, 2}, [2]int8{1, 2}, int8(1)}], len(k))
	var nm map[point][]int
	fmt.Println(nm[point{1, 1}], len(nm), nm == nil)
	for range nm {
		fmt.Println("never")
	}
	delete(nm, point{})
	g := Graph{}
	g.link("a", "b")
	g.link("a", "b")
	g.link("b", "c")
	fmt.Println(g)
	ms := map[string]*point{"p": {1, 2}, "q": {3, 4}}
	ms["p"].x = 10
	fmt.Println(*ms["p"])
	mst := map[string]point{"p": {1, 2}}
	pt := mst["p"]
	pt.x = 99
	fmt.Println(mst)
	sl := map[string][]int{}
	sl["x"] = append(sl["x"], 1, 2)
	sl["x"][0] = 7
	fmt.Println(sl)
	fn := map[string]func(...int) int{"sum": func(xs ...int) (n int) {
		for _, x := range xs {
			n += x
		}
		return
	}}
	fmt.Println(fn["sum"](1, 2, 3), fn["none"] == nil)
	nan := map[float64]int{math.NaN(): 1, math.NaN(): 2, 0: 3}
	nan[math.Copysign(0, -1)] = 4
	fmt.Println(len(nan), nan[0], nan[math.NaN()])
	clear(nan)
	fmt.Println(len(nan))
	big := map[int]int{}
	for i := range 1000 {
		big[i] = i * i
	}
	seen, sum := 0, 0
	for k, v := range big {
		seen++
		sum += v - k*k
		delete(big, k)
	}
	fmt.Println(seen, sum, len(big))
	ib := map[bool]map[rune]struct{}{true: {'x': {}}}
	_, has := ib[true]['x']
	fmt.Println(has, ib)
	arr := map[[2]string]int{{"a", "b"}: 1}
	arr[[...]string{"a", "b"}]++
	fmt.Println(arr)
	words := strings.Fields("the cat the dog the end")
	freq := map[string]int{}
	for _, w := range words {
		freq[w]++
	}
	keys := slices.SortedFunc(maps.Keys(freq), func(a, b string) int {
		return freq[b]*100 - freq[a]*100 + strings.Compare(a, b)
	})
	fmt.Println(keys, freq)
	other := maps.Clone(freq)
	other["new"] = 1
	fmt.Println(maps.Equal(freq, other), len(freq), len(other))
	ch := map[chan int]string{}
	c := make(chan int)
	ch[c] = "c"
	fmt.Println(ch[c], ch[nil] == "")
	ifm := map[fmt.Stringer]int{}
	fmt.Println(ifm[nil])
	x, y := m["b"], m["c"]
	m["b"], m["c"] = y, x
	fmt.Println(m)
	i := 0
	mm := map[int]int{}
	i, mm[i] = 1, 2
	fmt.Println(i, mm)
	fmt.Printf("%v %#v %d\n", map[string]bool{"z": true, "a": false}, map[int8]string{2: "b", 1: "a"}, map[string]int{"k": 1})
}
