// Types, constants and functions declared inside functions.
package main

import (
	"encoding/json"
	"fmt"
	"sort"
)

func a() any {
	type T struct{ N int }
	return T{1}
}

func b() any {
	type T struct{ N int }
	return T{1}
}

func scoped(x int) string {
	type kind int
	const (
		small kind = iota
		large
	)
	k := small
	if x > 10 {
		type kind string
		k := kind("shadowed")
		return fmt.Sprintf("%T %v", k, k)
	}
	if x > 5 {
		k = large
	}
	return fmt.Sprintf("%T %v", k, k)
}

func counter() func() any {
	n := 0
	type tick struct {
		n    int
		prev any
	}
	var last any
	return func() any {
		n++
		last = tick{n, last}
		return last
	}
}

func main() {
	fmt.Println(a() == b(), a() == a())
	fmt.Printf("%T %T\n", a(), b())
	fmt.Println(scoped(1), scoped(7), scoped(11))
	type Celsius float64
	type person struct {
		Name string `json:"name"`
		Age  int    `json:"age,omitempty"`
		Temp Celsius
	}
	people := []person{{"Bob", 5, 36.6}, {Name: "Al"}}
	sort.Slice(people, func(i, j int) bool { return people[i].Name < people[j].Name })
	j, _ := json.Marshal(people)
	fmt.Println(string(j))
	fmt.Printf("%+v %T %#v\n", people[0], people, people[1].Temp)
	c := counter()
	c()
	fmt.Println(c())
	type node struct {
		val  int
		next *node
	}
	var head *node
	for i := range 3 {
		head = &node{i, head}
	}
	for n := head; n != nil; n = n.next {
		fmt.Print(n.val, " ")
	}
	fmt.Println()
	type embed struct {
		person
		extra string
	}
	e := embed{people[1], "x"}
	fmt.Println(e.Name, e.person.Age, e)
	for i := range 2 {
		type loop struct{ i int }
		fmt.Printf("%T%v ", loop{i}, loop{i})
	}
	fmt.Println()
	type fn func(int) fn
	var f fn
	sum := 0
	f = func(i int) fn { sum += i; return f }
	f(1)(2)(3)
	fmt.Println(sum)
	type alias = map[string]Celsius
	var m alias = map[string]Celsius{"x": 1}
	fmt.Printf("%T %v\n", m, m)
	switch x := any(Celsius(3)).(type) {
	case Celsius:
		fmt.Println("Celsius", x)
	}
}
