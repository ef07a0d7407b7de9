package rtype

//lint:file-ignore U1000 What is declared here is looked at, not used.

// The declarations of this file are compiled into the test, and their source
// is type-checked and made into run-time types by it; see compare_test.go.
// The file must stand alone.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Kinds.
type (
	Bool       bool
	Int        int
	Int8       int8
	Uint16     uint16
	Uint32     uint32
	Uintptr    uintptr
	Float32    float32
	Float      float64
	Complex64  complex64
	Complex    complex128
	Text       string
	unexported int
	Bytes      []byte
	Array3     [3]Int
	ArrayNone  [0]func()
	ArrayOne   [1]*Int
	ArrayBig   [5000]*Int
	Grid       [4][4]Text
	MapTI      map[Text]Int
	MapStruct  map[Padded][]Padded
	MapHuge    map[Huge]Huge
	Chan       chan Int
	ChanRecv   <-chan Text
	ChanSend   chan<- Text
	ChanChan   chan (<-chan Int)
	Func       func(Int, ...Text) (Text, error)
	FuncNone   func()
	PtrInt     *Int
	PtrPtr     **Text
	Unsafe     unsafe.Pointer
	Empty      struct{}
	Time       time.Time
	Duration   time.Duration
	Err        error
	Any        any
	Alias      = Padded
)

// Structs.
type (
	Point  struct{ X, Y int }
	Padded struct {
		A int8
		B int64
		C bool
	}
	Mixed struct {
		A any
		B error
		c string
		D []Text
		e map[string]*Mixed
		F func(Mixed) *Mixed
		g chan Mixed
		H [2]*Mixed
		I unsafe.Pointer
		J float32
		k complex128
	}
	Tagged struct {
		Name string `json:"name,omitempty" xml:"n"`
		age  int    `k:"age"`
		Next *Tagged
	}
	Blank struct {
		A int
		_ int
		B string
		_ [3]byte
	}
	OneBlank     struct{ _ int }
	TrailingZero struct {
		A int64
		_ struct{}
	}
	TrailingZeroNamed struct {
		p *int
		z [0]int
	}
	LeadingZero struct {
		z [0]int
		p *int
	}
	OnePointer  struct{ p *Point }
	OneMap      struct{ m map[int]int }
	Nested      struct{ a struct{ b struct{ c *int } } }
	ArrayStruct struct{ a [3]struct{ s string } }
	Float3      struct{ a, b, c float32 }
	AllInts     struct {
		a, b int32
		c    int64
	}
	NotComparable struct{ f func() }
	Big           struct {
		head string
		body [20000]struct {
			p *int
			n int
		}
		tail any
	}
	Huge   struct{ words [40]int }
	Atomic struct {
		n  atomic.Int64
		mu sync.Mutex
		wg sync.WaitGroup
		b  bool
	}
)

// Recursion.
type (
	Node struct {
		next  *Node
		Kids  []*Node
		m     map[string]Node
		f     func(Node) Node
		c     chan Node
		a     [2]*Node
		i     interface{ Visit(Node) }
		s     struct{ n *Node }
		inner *struct{ n Node }
	}
	SelfSlice []SelfSlice
	SelfFunc  func(SelfFunc) SelfFunc
	SelfMap   map[string]SelfMap
	SelfChan  chan SelfChan
	SelfPtr   *SelfPtr
	SelfArray [2]*SelfArray
	SelfIface interface{ Next() SelfIface }
	Ping      struct{ pong *Pong }
	Pong      struct {
		pings []Ping
		byKey map[PongKey]Ping
	}
	PongKey  struct{ p *Pong }
	PtrStr   *struct{ x PtrStr }
	EmbedRec struct {
		*EmbedRec
		n int
	}
	Visitor interface {
		Visit(*Tree) Visitor
	}
	Tree struct {
		left, right *Tree
		v           Visitor
	}
	MapInUnnamed struct {
		x struct{ m map[string]MapInUnnamed }
	}
)

// Methods.
func (p Point) String() string              { return fmt.Sprintf("(%d,%d)", p.X, p.Y) }
func (p Point) Add(q Point) Point           { return Point{p.X + q.X, p.Y + q.Y} }
func (p *Point) Scale(k int)                { p.X *= k; p.Y *= k }
func (p Point) private() int                { return p.X }
func (p Point) Sum(ns ...int) (n int)       { n = p.X + p.Y + len(ns); return }
func (p Point) Écart() int                  { return 1 }
func (p *Point) zz()                        {}
func (i Int) String() string                { return fmt.Sprintf("Int(%d)", int(i)) }
func (f Float) Half() Float                 { return f / 2 }
func (t Text) Error() string                { return string(t) }
func (f Func) Call(s string) string         { r, _ := f(1, Text(s)); return string(r) }
func (m MapTI) Get(k Text) Int              { return m[k] }
func (c Chan) Cap() int                     { return cap(c) }
func (e Empty) Nothing()                    {}
func (o OnePointer) X() int                 { return o.p.X }
func (o *OnePointer) Reset()                { o.p = nil }
func (b Big) Head() string                  { return b.head }
func (f Float3) Mid() float32               { return f.b }
func (n *Node) Len() int                    { return len(n.Kids) }
func (s SelfSlice) Len() int                { return len(s) }
func (a Array3) Total() Int                 { return a[0] + a[1] + a[2] }
func (b Bytes) Write(p []byte) (int, error) { return len(p), nil }
func (t *Tree) Accept(v Visitor) Visitor    { return v }

type ByX []Point

func (b ByX) Len() int           { return len(b) }
func (b ByX) Less(i, j int) bool { return b[i].X < b[j].X }
func (b ByX) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type IntHeap []int

func (h IntHeap) Len() int           { return len(h) }
func (h IntHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h IntHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *IntHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *IntHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type MyError struct {
	Code int
	Msg  string
}

func (e *MyError) Error() string        { return fmt.Sprintf("%s (%d)", e.Msg, e.Code) }
func (e *MyError) Is(target error) bool { return target == io.EOF }
func (e *MyError) Unwrap() error        { return io.ErrUnexpectedEOF }

type Upper struct {
	r io.Reader
	n int64
}

func (u *Upper) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	u.n += int64(n)
	return n, err
}

type Handler struct{ greeting string }

func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "%s %s", h.greeting, r.URL.Path)
}

type Level uint8

func (l Level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", uint8(l))), nil }
func (l *Level) UnmarshalText(b []byte) error {
	if len(b) != 2 {
		return errors.New("bad level")
	}
	*l = Level(b[1] - '0')
	return nil
}

// Many takes more arguments than there are registers.
type Many struct{ n int }

func (m Many) All(a, b, c, d, e, f, g, h, i, j, k int, x, y float64, s string, p Point, t []string) (int, float64, string, Point, []string, error) {
	return m.n + a + b + c + d + e + f + g + h + i + j + k, x + y, s, p, t, nil
}
func (m *Many) Struct(h Huge, e Empty, f Float3, p *Point) (Huge, Empty, Float3, *Point) {
	return h, e, f, p
}

// Interfaces.
type (
	Shape interface {
		Area() float64
		Perimeter() float64
	}
	private interface {
		hidden(Point) *Point
		Shown()
		another()
	}
	Composed interface {
		Shape
		fmt.Stringer
		io.ReadWriter
	}
	Generic interface{ Apply(func(Point) Int) []Shape }
)

type Square struct{ side float64 }

func (s Square) Area() float64      { return s.side * s.side }
func (s Square) Perimeter() float64 { return 4 * s.side }

type Hidden struct{ Point }

func (h *Hidden) hidden(p Point) *Point { return &p }
func (h *Hidden) Shown()                {}
func (h *Hidden) another()              {}

// Embedding.
type (
	EmbedValue struct {
		Point
		Name string
	}
	EmbedPtr struct {
		*Point
		Name string
	}
	EmbedOnlyPtr struct{ *Point }
	EmbedIface   struct {
		fmt.Stringer
		Shape
		n int
	}
	EmbedDeep struct {
		EmbedValue
		*Square
	}
	EmbedNative struct {
		sync.Mutex
		n int
	}
	EmbedNativePtr struct {
		*bytes.Buffer
		context.Context
	}
	EmbedAmbiguous struct {
		Point
		Int
	}
	EmbedUnexported struct {
		unexported
		inner
	}
	inner    struct{ V int }
	EmbedAll struct {
		inner
		*MyError
		Level
	}
)

func (i inner) Get() int   { return i.V }
func (i *inner) Set(v int) { i.V = v }

// Generics.
type (
	Pair[A, B any] struct {
		First  A
		second B
	}
	List[T any] struct {
		head *element[T]
		size int
	}
	element[T any] struct {
		v    T
		next *element[T]
	}
	Set[K comparable] map[K]struct{}
	Number            interface{ ~int | ~float64 }
	Vec[N Number]     []N
	Opt[T any]        func(*T) error
	Container[T any]  interface {
		Put(T)
		Take() (T, bool)
	}
	Holder[T any, P *T]    struct{ p P }
	Registry[K comparable] struct {
		mu sync.RWMutex
		m  map[K]*Pair[K, List[K]]
		p  atomic.Pointer[K]
	}
)

func (p Pair[A, B]) Swap() Pair[B, A] { return Pair[B, A]{} }
func (l *List[T]) Push(v T)           { l.head = &element[T]{v, l.head}; l.size++ }
func (l *List[T]) All() iter.Seq[T]   { return nil }
func (s Set[K]) Has(k K) bool         { _, ok := s[k]; return ok }
func (v Vec[N]) Sum() (n N) {
	for _, x := range v {
		n += x
	}
	return n
}

var samples = []any{
	(*Bool)(nil), (*Int)(nil), (*Int8)(nil), (*Uint16)(nil), (*Uint32)(nil), (*Uintptr)(nil),
	(*Float32)(nil), (*Float)(nil), (*Complex64)(nil), (*Complex)(nil), (*Text)(nil), (*unexported)(nil),
	(*Bytes)(nil), (*Array3)(nil), (*ArrayNone)(nil), (*ArrayOne)(nil), (*ArrayBig)(nil), (*Grid)(nil),
	(*MapTI)(nil), (*MapStruct)(nil), (*MapHuge)(nil), (*Chan)(nil), (*ChanRecv)(nil), (*ChanSend)(nil),
	(*ChanChan)(nil), (*Func)(nil), (*FuncNone)(nil), (*PtrInt)(nil), (*PtrPtr)(nil), (*Unsafe)(nil),
	(*Empty)(nil), (*Time)(nil), (*Duration)(nil), (*Err)(nil), (*Any)(nil), (*Alias)(nil),
	(*Point)(nil), (*Padded)(nil), (*Mixed)(nil), (*Tagged)(nil), (*Blank)(nil), (*OneBlank)(nil),
	(*TrailingZero)(nil), (*TrailingZeroNamed)(nil), (*LeadingZero)(nil), (*OnePointer)(nil), (*OneMap)(nil),
	(*Nested)(nil), (*ArrayStruct)(nil), (*Float3)(nil), (*AllInts)(nil), (*NotComparable)(nil), (*Big)(nil),
	(*Huge)(nil), (*Atomic)(nil),
	(*Node)(nil), (*SelfSlice)(nil), (*SelfFunc)(nil), (*SelfMap)(nil), (*SelfChan)(nil), (*SelfPtr)(nil),
	(*SelfArray)(nil), (*SelfIface)(nil), (*Ping)(nil), (*Pong)(nil), (*PongKey)(nil), (*PtrStr)(nil),
	(*EmbedRec)(nil), (*Visitor)(nil), (*Tree)(nil), (*MapInUnnamed)(nil),
	(*ByX)(nil), (*IntHeap)(nil), (*MyError)(nil), (*Upper)(nil), (*Handler)(nil), (*Level)(nil), (*Many)(nil),
	(*Shape)(nil), (*private)(nil), (*Composed)(nil), (*Generic)(nil), (*Square)(nil), (*Hidden)(nil),
	(*EmbedValue)(nil), (*EmbedPtr)(nil), (*EmbedOnlyPtr)(nil), (*EmbedIface)(nil), (*EmbedDeep)(nil),
	(*EmbedNative)(nil), (*EmbedNativePtr)(nil), (*EmbedAmbiguous)(nil), (*EmbedUnexported)(nil), (*inner)(nil),
	(*EmbedAll)(nil),
	(*Pair[int, string])(nil), (*Pair[Point, *List[Int]])(nil), (*List[Text])(nil), (*List[List[int]])(nil),
	(*element[Point])(nil), (*Set[Point])(nil), (*Vec[Int])(nil), (*Vec[Float])(nil), (*Opt[Point])(nil),
	(*Container[Point])(nil), (*Container[struct{ a int }])(nil), (*Registry[Text])(nil), (*Registry[*http.Request])(nil),
	(*Pair[any, error])(nil), (*Pair[interface {
		m()
		M(int) string
	}, struct {
		a int
		B string `json:"b"`
		Point
	}])(nil),
	(*Pair[func(int, ...string) (a, b int), chan (<-chan int)])(nil), (*Pair[[3]Point, map[Text][]byte])(nil),
	(*Pair[iter.Seq[int], sync.Mutex])(nil), (*Pair[Unsafe, unsafe.Pointer])(nil), (*Holder[int, *int])(nil),
	(*atomic.Pointer[Point])(nil), (*iter.Seq2[Text, Int])(nil), (*sync.Map)(nil), (*http.Handler)(nil),
	// Unnamed types.
	(*struct {
		a int
		B string `json:"b"`
		Point
	})(nil),
	(*int)(nil), (*[]int)(nil), (*map[string]time.Duration)(nil), (*func(int) string)(nil), (*struct{ A int })(nil),
	(*chan error)(nil), (*[4]byte)(nil), (*any)(nil), (*error)(nil), (*struct{})(nil), (*func(...any))(nil),
	(**Point)(nil), (***Point)(nil), (*[]Point)(nil), (*[]*Point)(nil), (*map[Point]*Node)(nil), (*map[Huge]Text)(nil),
	(*[3]Point)(nil), (*[1]*Point)(nil), (*chan Point)(nil), (*<-chan *Point)(nil), (*func(Point, ...*Point) (Shape, error))(nil),
	(*struct {
		P Point
		q *Point
	})(nil), (*struct {
		A, b Text
		_    int
	})(nil),
	(*struct {
		sync.Mutex
		n int
	})(nil),
	(*struct{ *Point })(nil), (*struct {
		Point
		X string `tag:"x"`
	})(nil),
	(*struct {
		fmt.Stringer
		inner
	})(nil),
	(*interface{ M() })(nil), (*interface {
		m()
		M(Point) Point
		A()
	})(nil), (*interface {
		Shape
		sort.Interface
		hidden(Point) *Point
	})(nil),
	(*[]interface{ String() string })(nil), (*map[Shape]func(*strings.Builder) Shape)(nil),
	(*http.Request)(nil), (*http.HandlerFunc)(nil), (*[]http.Handler)(nil),
}

func localSamples() []any {
	type Local struct {
		x int
		P Point
	}
	type Chain struct {
		next *Chain
		l    Local
	}
	return []any{
		(*Local)(nil), (*Chain)(nil), (*Pair[Local, Chain])(nil), (*[]Local)(nil), (*map[Local]Chain)(nil),
	}
}
