// Structs: comparison, copies, anonymous types, zero size, nesting, tags.
package main

import "fmt"

type Inner struct {
	a int
	b string
}
type Outer struct {
	Inner
	In   Inner
	P    *Inner
	Arr  [2]Inner
	F    float64
	Any  any
	_    int
	anon struct {
		x, y int8
		z    struct{ deep bool }
	}
}
type Empty struct{}
type List struct {
	val  int
	next *List
}

func (l *List) push(v int) *List { return &List{v, l} }
func (l *List) String() string {
	if l == nil {
		return "nil"
	}
	return fmt.Sprint(l.val, "->", l.next)
}

type mixed struct {
	a byte
	b int64
	c byte
	d float32
	e bool
	f complex128
	g string
	h []byte
	i any
	j func() int
}

func get() Outer { return Outer{Inner: Inner{1, "x"}, F: 1.5} }
func ptr() *Outer {
	o := get()
	return &o
}

func main() {
	o := get()
	o2 := o
	o2.In.a = 5
	o2.Arr[1].b = "arr"
	o2.anon.z.deep = true
	fmt.Println(o == get(), o == o2, o.Arr[1].b == "")
	fmt.Printf("%+v\n", o2)
	o2.P = &o2.In
	o2.P.a++
	fmt.Println(o2.In.a, get().a, get().Inner.b, ptr().F, ptr().Inner)
	ptr().F = 3
	x := struct {
		Name string
		N    int
	}{"n", 1}
	var y struct {
		Name string
		N    int
	} = x
	y.N = 2
	fmt.Println(x, y, x == y)
	type local struct {
		Name string
		N    int
	}
	l := local(x)
	l.N = 7
	fmt.Printf("%v %T %T\n", l, l, x)
	var e1, e2 Empty
	fmt.Println(e1 == e2, len([]Empty{{}, {}}), map[Empty]int{{}: 1})
	var lst *List
	lst = lst.push(1).push(2).push(3)
	fmt.Println(lst)
	m := mixed{1, 2, 3, 4.5, true, 1i, "s", []byte("b"), 5, func() int { return 6 }}
	m2 := m
	m2.h[0] = 'B'
	m2.b++
	fmt.Println(m.a, m.b, m.c, m.d, m.e, m.f, m.g, string(m.h), m.i, m.j(), m2.b)
	ps := []*Inner{{1, "a"}, {2, "b"}}
	for _, p := range ps {
		p.a *= 10
	}
	fmt.Println(*ps[0], ps[1].a)
	arr := [2]struct{ n int }{{1}, {2}}
	for i := range arr {
		arr[i].n++
	}
	fmt.Println(arr)
	pp := &ps[0]
	(*pp).b = "via pp"
	(**pp).a = 3
	fmt.Println(*ps[0])
	f := &o.Inner.a
	*f = 77
	fmt.Println(o.a, &o.Inner.a == f)
	var nilO *Outer
	func() {
		defer func() { fmt.Println(recover() != nil) }()
		fmt.Println(nilO.In.a)
	}()
	swap := func(a, b *Inner) { *a, *b = *b, *a }
	swap(ps[0], ps[1])
	fmt.Println(*ps[0], *ps[1])
	mm := map[string]Inner{"k": {1, "v"}}
	v := mm["k"]
	v.a = 9
	mm["k"] = v
	fmt.Println(mm, mm["none"].b == "")
	ch := make(chan Inner, 1)
	in := Inner{1, "c"}
	ch <- in
	in.a = 2
	fmt.Println(<-ch, in)
	var iface any = in
	in.a = 3
	fmt.Println(iface, iface == any(Inner{2, "c"}), iface.(Inner).a)
	nested := map[string]map[string][]struct{ v *int }{}
	k := 4
	nested["a"] = map[string][]struct{ v *int }{"b": {{&k}}}
	*nested["a"]["b"][0].v++
	fmt.Println(k)
	fmt.Println(struct{ a, b any }{1, "x"} == struct{ a, b any }{1, "x"})
}
