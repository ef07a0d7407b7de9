// Generic packages of the standard library with types of one's own.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

type Person struct {
	Name string
	Age  int
}
type People []Person
type ID string

func (p Person) Compare(q Person) int {
	return cmp.Or(cmp.Compare(p.Age, q.Age), strings.Compare(p.Name, q.Name))
}

func (ps People) Adults() iter.Seq2[ID, Person] {
	return func(yield func(ID, Person) bool) {
		for _, p := range ps {
			if p.Age >= 18 && !yield(ID("#"+p.Name), p) {
				return
			}
		}
	}
}

func filter[V any](seq iter.Seq[V], keep func(V) bool) iter.Seq[V] {
	return func(yield func(V) bool) {
		for v := range seq {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

func zip[A, B any](a iter.Seq[A], b iter.Seq[B]) iter.Seq2[A, B] {
	return func(yield func(A, B) bool) {
		next, stop := iter.Pull(b)
		defer stop()
		for x := range a {
			y, ok := next()
			if !ok || !yield(x, y) {
				return
			}
		}
	}
}

func main() {
	ps := People{{"Zed", 30}, {"Amy", 17}, {"Bob", 30}, {"Cy", 5}}
	slices.SortFunc(ps, Person.Compare)
	fmt.Println(ps)
	i, ok := slices.BinarySearchFunc(ps, 17, func(p Person, age int) int { return p.Age - age })
	fmt.Println(i, ok, slices.IndexFunc(ps, func(p Person) bool { return p.Name == "Zed" }))
	oldest := slices.MaxFunc(ps, Person.Compare)
	fmt.Printf("%v %T\n", oldest, slices.Clone(ps))
	m := maps.Collect(ps.Adults())
	fmt.Println(slices.Sorted(maps.Keys(m)), m["#Bob"].Age)
	fmt.Println(slices.Collect(filter(slices.Values([]int{1, 2, 3, 4}), func(i int) bool { return i%2 == 0 })))
	for a, b := range zip(slices.Values([]string{"x", "y", "z"}), maps.Keys(map[ID]int{"only": 1})) {
		fmt.Println(a, b)
	}
	groups := map[int][]Person{}
	for _, p := range ps {
		groups[p.Age] = append(groups[p.Age], p)
	}
	for _, age := range slices.SortedFunc(maps.Keys(groups), func(a, b int) int { return b - a }) {
		fmt.Print(age, len(groups[age]), " ")
	}
	fmt.Println()
	ids := []ID{"b", "a", "b"}
	slices.Sort(ids)
	fmt.Println(slices.Compact(ids), slices.Contains(ids, "a"), slices.Index(ids, "b"), slices.Equal(ids, []ID{"a", "b", ""}))
	fmt.Println(slices.Repeat([]ID{"r"}, 2), slices.Concat([]int{1}, []int{2, 3}), slices.Delete([]int{1, 2, 3}, 0, 1), slices.Insert([]ID{"x"}, 0, "w"))
	get := sync.OnceValues(func() (Person, error) { fmt.Print("once "); return ps[0], nil })
	p1, _ := get()
	p2, err := get()
	fmt.Println(p1 == p2, err)
	var cur atomic.Pointer[Person]
	cur.Store(&ps[1])
	fmt.Println(cur.Load().Name, cur.Swap(&ps[0]).Name)
	maps.DeleteFunc(m, func(k ID, p Person) bool { return p.Name == "Bob" })
	fmt.Println(m, cmp.Compare("a", "b"), cmp.Less(ID("b"), ID("a")), min(ID("x"), "y"))
	fmt.Println(slices.ContainsFunc(ps, func(p Person) bool { return p.Age > 99 }), slices.Collect(maps.Values(map[int]Person{1: ps[0]})))
	next, stop := iter.Pull2(ps.Adults())
	k, v, more := next()
	fmt.Println(k, v, more)
	stop()
	for c := range slices.Chunk(ps, 3) {
		fmt.Printf("%T %d ", c, len(c))
	}
	fmt.Println()
	var sm sync.Map
	sm.Store(ID("k"), ps[0])
	sm.Range(func(k, v any) bool { fmt.Printf("%T %T\n", k, v); return true })
	lines := slices.Collect(strings.Lines("a\nb\n"))
	fmt.Printf("%q\n", lines)
}
