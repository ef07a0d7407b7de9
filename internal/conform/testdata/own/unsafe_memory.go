package main

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"
)

type Inner[T any] struct {
	a byte
	b T
}
type Outer[T any] struct {
	x bool
	Inner[T]
	last T
}

func sizes[T any](x []T) (uintptr, uintptr, uintptr, uintptr, uintptr, uintptr) {
	var o Outer[T]
	var p *Outer[T]
	return unsafe.Sizeof(x[0]), unsafe.Alignof(o), unsafe.Offsetof(o.b), unsafe.Offsetof(o.Inner.b), unsafe.Offsetof(p.last), unsafe.Offsetof(p.b)
}

type S struct {
	a byte
	b int64
	c string
	d [3]int16
}

func main() {
	fmt.Println(sizes[int16](nil))
	fmt.Println(sizes[string](nil))
	fmt.Println(sizes[[3]byte](nil))
	var z []int
	for i := range 10 {
		z = slices.Insert(z, 0, i)
	}
	fmt.Println(z, slices.Replace(make([]string, 3, 10), 0, 1, "x", "y"))
	s := S{1, 2, "three", [3]int16{4, 5, 6}}
	fmt.Println(unsafe.Sizeof(s), unsafe.Offsetof(s.c), unsafe.Alignof(s.d))
	p := (*int64)(unsafe.Pointer(uintptr(unsafe.Pointer(&s)) + unsafe.Offsetof(s.b)))
	*p = 77
	q := (*[3]int16)(unsafe.Add(unsafe.Pointer(&s), unsafe.Offsetof(s.d)))
	q[1] = 55
	fmt.Println(s)
	b := []byte("hello")
	str := unsafe.String(unsafe.SliceData(b), 3)
	b[0] = 'J'
	fmt.Println(str, string(unsafe.Slice(unsafe.StringData("wörld"), 3)))
	f := 1.5
	fmt.Printf("%x\n", *(*uint64)(unsafe.Pointer(&f)))
	func() { defer func() { fmt.Println(recover()) }(); n := -1; _ = unsafe.Slice(&b[0], n) }()
	func() { defer func() { fmt.Println(recover()) }(); n := 3; var p *byte; _ = unsafe.Slice(p, n) }()
	func() { defer func() { fmt.Println(recover()) }(); n := -3; var p *byte; _ = unsafe.String(p, n) }()
	arr := [4]int32{1, 2, 3, 4}
	for i := range 4 {
		fmt.Print(*(*int32)(unsafe.Add(unsafe.Pointer(&arr[0]), i*4)), " ")
	}
	var e any = 7
	words := (*[2]uintptr)(unsafe.Pointer(&e))
	fmt.Println(*(*int)(unsafe.Pointer(words[1])), unsafe.Sizeof(e))
	type T struct{ a, b int }
	done := make(chan int, 1)
	func() { t := &T{1, 2}; runtime.AddCleanup(t, func(n int) { done <- n }, 7); fmt.Println("added", t.a) }()
	runtime.GC()
	fmt.Println("cleanup", <-done)
	var m map[string]int
	fmt.Println(unsafe.Sizeof(m["x"]), uintptr(unsafe.Pointer(nil)))
	type hdr struct {
		data     unsafe.Pointer
		len, cap int
	}
	h := (*hdr)(unsafe.Pointer(&b))
	fmt.Println(h.len, h.cap >= 5)
}
