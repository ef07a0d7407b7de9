// sort, heap, io, bufio and flag with types of one's own.
package main

import (
	"bufio"
	"bytes"
	"container/heap"
	"container/list"
	"errors"
	"flag"
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
)

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type item struct {
	name string
	prio int
	idx  int
}
type queue []*item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].prio > q[j].prio }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].idx, q[j].idx = i, j
}
func (q *queue) Push(x any) { it := x.(*item); it.idx = len(*q); *q = append(*q, it) }
func (q *queue) Pop() any {
	old := *q
	it := old[len(old)-1]
	*q = old[:len(old)-1]
	return it
}

type countdown int

func (c *countdown) Read(p []byte) (int, error) {
	if *c == 0 {
		return 0, io.EOF
	}
	n := copy(p, fmt.Sprintf("line %d\n", *c))
	*c--
	return n, nil
}

type upper struct {
	w io.Writer
	n int
}

func (u *upper) Write(p []byte) (int, error) {
	u.n += len(p)
	return u.w.Write(bytes.ToUpper(p))
}

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return l.left, errors.New("full")
	}
	l.left -= len(p)
	return len(p), nil
}

type colors []string

func (c *colors) String() string     { return strings.Join(*c, "+") }
func (c *colors) Set(s string) error { *c = append(*c, s); return nil }

func main() {
	words := []string{"ccc", "a", "bb", "dddd", ""}
	sort.Sort(sort.Reverse(byLen(words)))
	fmt.Println(words, sort.IsSorted(byLen(words)))
	sort.Stable(byLen(words))
	fmt.Printf("%q\n", words)
	sort.Slice(words, func(i, j int) bool { return words[i] > words[j] })
	fmt.Printf("%q\n", words)

	q := &queue{}
	for i, n := range []string{"low", "high", "mid"} {
		heap.Push(q, &item{name: n, prio: []int{1, 9, 5}[i]})
	}
	(*q)[2].prio = 10
	heap.Fix(q, 2)
	for q.Len() > 0 {
		it := heap.Pop(q).(*item)
		fmt.Print(it.name, ":", it.prio, " ")
	}
	fmt.Println()

	c := countdown(3)
	sc := bufio.NewScanner(&c)
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	fmt.Println(sc.Err())
	var sb strings.Builder
	u := &upper{w: &sb}
	c = 2
	n, err := io.Copy(u, &c)
	fmt.Println(n, err, u.n, sb.String())
	fmt.Fprintf(io.MultiWriter(u, &sb), "%s-%d|", "x", 1)
	fmt.Printf("%q\n", sb.String())
	l := &limited{5}
	_, err = fmt.Fprint(l, "abc", "def")
	fmt.Println(err)
	bw := bufio.NewWriterSize(l, 16)
	bw.WriteString("0123456789")
	fmt.Println(bw.Flush())
	c = 1
	b, err := io.ReadAll(io.TeeReader(&c, u))
	fmt.Printf("%q %v\n", b, err)

	fs := flag.NewFlagSet("t", flag.ContinueOnError)
	var cs colors
	fs.Var(&cs, "c", "colours")
	fmt.Println(fs.Parse([]string{"-c", "red", "-c=blue", "rest"}), cs, fs.Args(), &cs)

	tw := tabwriter.NewWriter(u, 0, 0, 1, '.', 0)
	fmt.Fprintln(tw, "a\tb\tc")
	fmt.Fprintln(tw, "aaa\tbbb\tc")
	tw.Flush()
	fmt.Println(sb.String()[len(sb.String())-20:])
	ls := list.New()
	ls.PushBack(item{name: "x"})
	ls.PushFront(&item{name: "y"})
	for e := ls.Front(); e != nil; e = e.Next() {
		fmt.Printf("%T ", e.Value)
	}
	fmt.Println()
}
