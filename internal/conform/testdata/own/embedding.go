// Promotion of fields and methods, depth, shadowing, and embedded interfaces.
package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

type Animal interface {
	Sound() string
	Name() string
}
type base struct{ name string }

func (b base) Name() string     { return b.name }
func (b *base) Rename(n string) { b.name = n }
func (b base) Sound() string    { return "..." }
func (b base) Describe() string { return b.Name() + " says " + b.Sound() }

type Dog struct {
	base
	tricks []string
}

func (d Dog) Sound() string { return "Woof" }

type Puppy struct {
	*Dog
	age int
}

func (p Puppy) Name() string { return "little " + p.Dog.Name() }

type Robot struct {
	Animal
	io.Writer
	id int
}

type A struct{ x, y int }
type B struct{ x, z int }
type C struct {
	A
	B
	y string
}

type Counter struct {
	sync.Mutex
	n map[string]int
}

func (c *Counter) Inc(k string) int {
	c.Lock()
	defer c.Unlock()
	c.n[k]++
	return c.n[k]
}

type ReadCounter struct {
	io.Reader
	n int
}

func (r *ReadCounter) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += n
	return n, err
}

type deep struct{ mid }
type mid struct{ *leaf }
type leaf struct{ v int }

func (l *leaf) Add(n int) *leaf { l.v += n; return l }
func (l leaf) Get() int         { return l.v }

func main() {
	d := Dog{base: base{"Rex"}}
	fmt.Println(d.Name(), d.Sound(), d.Describe(), d.base.Sound())
	d.Rename("Max")
	fmt.Println(d.name, d.base.name)
	p := Puppy{&d, 1}
	p.Rename("Tim")
	fmt.Println(p.Name(), p.Sound(), d.Name(), p.name)
	var a Animal = p
	fmt.Println(a.Name(), a.Sound())
	a = &d
	fmt.Println(a.Name())
	var sb strings.Builder
	r := Robot{Animal: p, Writer: &sb, id: 1}
	fmt.Fprint(r, r.Name(), r.Sound())
	fmt.Println(sb.String())
	r.Animal = &p
	fmt.Println(r.Name())
	c := C{A{1, 2}, B{3, 4}, "y"}
	fmt.Println(c.A.x, c.B.x, c.y, c.A.y, c.z)
	cnt := Counter{n: map[string]int{}}
	cnt.Inc("a")
	fmt.Println(cnt.Inc("a"), cnt.n)
	rc := &ReadCounter{Reader: strings.NewReader("hello world")}
	io.Copy(io.Discard, rc)
	fmt.Println(rc.n)
	dp := deep{mid{&leaf{1}}}
	dp.Add(2).Add(3)
	fmt.Println(dp.Get(), dp.v, dp.mid.leaf.v)
	get, add := dp.Get, dp.Add
	add(10)
	fmt.Println(get(), dp.Get(), deep.Get(dp), (*deep).Add(&dp, 1).v)
	defer func() {
		fmt.Println(recover())
	}()
	var nobody Robot
	fmt.Println(nobody.Name())
}
