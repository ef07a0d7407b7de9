// Structs that have lists, maps and channels of themselves.
package main

import (
	"fmt"
	"slices"
	"strings"
)

type Node struct {
	Name string
	Kids []Node
}

func (n Node) count() int {
	c := 1
	for _, k := range n.Kids {
		c += k.count()
	}
	return c
}

func (n *Node) rename(f func(string) string) {
	n.Name = f(n.Name)
	for i := range n.Kids {
		n.Kids[i].rename(f)
	}
}

func depth(n Node) (d int) {
	for _, k := range n.Kids {
		d = max(d, depth(k))
	}
	return d + 1
}

type Folder struct {
	Size int
	In   map[string]Folder
}

func (f Folder) total() int {
	sum := f.Size
	for _, in := range f.In {
		sum += in.total()
	}
	return sum
}

type Relay struct {
	id   int
	back chan Relay
}

type Even struct{ odds []Odd }
type Odd struct{ even Even }

type Pair[T any] struct {
	value T
	more  [][]Pair[T]
}

type Images []Image
type Image struct {
	Parts Images
	Sizes [2][]Image
}

func main() {
	tree := Node{"a", []Node{{"b", nil}, {"c", []Node{{Name: "d"}, {"e", []Node{}}}}}}
	fmt.Println(tree.count(), depth(tree))
	tree.rename(strings.ToUpper)
	fmt.Println(tree)
	fmt.Printf("%+v\n", tree.Kids[1])
	fmt.Println(tree.Kids[0].Kids == nil, tree.Kids[1].Kids[1].Kids == nil, len(tree.Kids), cap(tree.Kids[0].Kids))
	tree.Kids = append(tree.Kids, Node{Name: "F"}, tree.Kids[0])
	kids := tree.Kids
	kids[0].Name = "first"
	fmt.Println(tree.Kids[0].Name, len(tree.Kids), tree.Kids[3].Name)
	slices.SortFunc(tree.Kids, func(a, b Node) int { return -strings.Compare(a.Name, b.Name) })
	fmt.Println(tree.Kids)
	last := &kids[len(kids)-1]
	last.Kids = append(last.Kids, Node{Name: "leaf"})
	fmt.Println(kids[len(kids)-1].count(), copy(kids, kids[2:]), kids[0].Name)
	fmt.Println(kids[1:3:3], len(kids[:0]))
	clear(kids[:1])
	fmt.Println(kids[0])

	root := Folder{1, map[string]Folder{"usr": {2, map[string]Folder{"bin": {Size: 3}}}, "tmp": {Size: 4}}}
	fmt.Println(root.total(), root)
	in := root.In["usr"].In
	in["lib"] = Folder{Size: 10}
	fmt.Println(root.total(), len(in))
	delete(in, "bin")
	sub, ok := in["bin"]
	fmt.Println(root.total(), sub, ok, sub.In == nil)

	r := Relay{1, make(chan Relay, 1)}
	r.back <- Relay{2, r.back}
	got := <-r.back
	fmt.Println(got.id, got.back == r.back, len(r.back), cap(got.back))
	select {
	case r, ok := <-got.back:
		fmt.Println("odd", r.id, ok)
	default:
		fmt.Println("nothing")
	}
	close(got.back)
	for range r.back {
		fmt.Println("never")
	}

	e := Even{[]Odd{{Even{}}, {Even{[]Odd{{}}}}}}
	fmt.Println(len(e.odds[1].even.odds), e)

	p := Pair[string]{"x", [][]Pair[string]{{{value: "y"}}, nil}}
	fmt.Println(p.more[0][0].value, len(p.more), p.more[1] == nil, p)

	im := Image{Parts: Images{{}, {Parts: Images{{}}}}}
	im.Sizes[1] = append(im.Sizes[1], im)
	fmt.Println(len(im.Sizes[1][0].Parts), im.Sizes[0] == nil, im.Parts[1])

	var any any = tree.Kids
	if kids, ok := any.([]Node); ok {
		fmt.Println(len(kids))
	}
	switch any.(type) {
	case []Image:
		fmt.Println("images")
	case []Node:
		fmt.Printf("%T\n", any)
	}
	defer func() { fmt.Println(recover()) }()
	fmt.Println(tree.Kids[len(tree.Kids)])
}
