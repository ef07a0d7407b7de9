package values

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"runtime"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

type (
	Grade uint8
	Point struct {
		X, Y float32
		_    bool
		deep [2]int16
	}
	Node struct {
		Name string
		Next *Node
		any  any
		f    func()
		at   Point
		list []Point
	}
	Namer interface{ name() string }
)

func (n *Node) name() string { return n.Name }
func (g Grade) name() string { return "grade" }

const source = `package p
type (
	Grade uint8
	Point struct { X, Y float32; _ bool; deep [2]int16 }
	Node struct { Name string; Next *Node; any any; f func(); at Point; list []Point }
	Namer interface { name() string }
)
func (n *Node) name() string { return n.Name }
func (g Grade) name() string { return "grade" }
func call() int { return 1 }
const most, third = 1<<64 - 1, 1.0 / 3
const first Grade = iota + 1
var v = call()
`

// What Go's compiler makes of an expression, we make of it as data.
func TestValues(t *testing.T) {
	dynamic := map[string]reflect.Type{
		"p.Grade": reflect.TypeFor[Grade](), "*p.Node": reflect.TypeFor[*Node](), "p.Point": reflect.TypeFor[Point](), "int": reflect.TypeFor[int](),
		"string": reflect.TypeFor[string](), "[]string": reflect.TypeFor[[]string](), "float64": reflect.TypeFor[float64](), "rune": reflect.TypeFor[rune](), "bool": reflect.TypeFor[bool](),
	}
	for expr, want := range map[string]any{
		`7`:                                      7,
		`uint64(most)`:                           uint64(math.MaxUint64),
		`int64(-1 << 63)`:                        int64(math.MinInt64),
		`third`:                                  1.0 / 3,
		`float32(third)`:                         float32(1.0 / 3),
		`complex64(1 - 2i)`:                      complex64(1 - 2i),
		`complex(third, -1e300)`:                 complex(1.0/3, -1e300),
		`1 < 2`:                                  true,
		`"a\x00b"`:                               "a\x00b",
		`first + 1`:                              Grade(2),
		`[]byte("text")`:                         []byte("text"),
		`[]byte(nil)`:                            []byte(nil),
		`[]int{}`:                                []int{},
		`[...]int8{3: -1, 1, 1: 5}`:              [...]int8{3: -1, 1, 1: 5},
		`[]string{2: "c", 0: "a"}`:               []string{2: "c", 0: "a"},
		`[3]string{"a"}`:                         [3]string{"a"},
		`Point{1, -2, false, [2]int16{3, 4}}`:    Point{1, -2, false, [2]int16{3, 4}},
		`Point{deep: [2]int16{1: -4}, X: third}`: Point{deep: [2]int16{1: -4}, X: 1.0 / 3},
		`[]Point{{X: 1}, {}, {Y: 2}}`:            []Point{{X: 1}, {}, {Y: 2}},
		`map[Grade][]string{first: {"a"}, 7: nil}`:                      map[Grade][]string{1: {"a"}, 7: nil},
		`map[Point]bool{{X: 1}: true}`:                                  map[Point]bool{{X: 1}: true},
		`&Node{Name: "a", Next: &Node{Name: "b"}, any: first}`:          &Node{Name: "a", Next: &Node{Name: "b"}, any: Grade(1)},
		`[]*Node{{Name: "a", f: nil, list: []Point{{X: 1}}}, nil}`:      []*Node{{Name: "a", f: nil, list: []Point{{X: 1}}}, nil},
		`Node{at: Point{Y: 3}, any: []string{"x"}}`:                     Node{at: Point{Y: 3}, any: []string{"x"}},
		`map[string]Namer{"n": &Node{Name: "x"}, "g": first, "0": nil}`: map[string]Namer{"n": &Node{Name: "x"}, "g": Grade(1), "0": nil},
		`[]any{1, 2.5, 'x', "s", true, Point{X: 1}, (nil)}`:             []any{1, 2.5, 'x', "s", true, Point{X: 1}, nil},
		`Namer(nil)`:              Namer(nil),
		`[2]Namer{1: (Grade(3))}`: [2]Namer{1: Grade(3)},
		`Grade.name`:              nil,
		`call()`:                  nil,
		`[]int{1, call()}`:        nil,
		`[]int{v}`:                nil,
		`&v`:                      nil,
		`[]func() int{call}`:      nil,
		`map[string]int{"a": v}`:  nil,
		`Namer(Grade(3)).name()`:  nil,
		`make(chan int)`:          nil,
		`[1 << 30]byte{}`:         nil,
		`append([]byte("a"), 1)`:  nil,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", source+"var x = "+expr, 0)
		if err != nil {
			t.Fatal(err)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		sizes := types.SizesFor("gc", runtime.GOARCH)
		pkg, err := (&types.Config{Sizes: sizes, Importer: stdlib.NewImporter(fset)}).Check("p", fset, []*ast.File{f}, info)
		if err != nil {
			t.Fatal(err)
		}
		w := NewWriter(sizes, info)
		decl := f.Decls[len(f.Decls)-1].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
		data, ok := w.Value(pkg.Scope().Lookup("x").Type(), decl.Values[0])
		isNil := expr == "Namer(nil)"
		if ok != (want != nil || isNil) {
			t.Errorf("%s: is data: %v", expr, ok)
		}
		if !ok {
			if len(w.Dynamic()) > 0 {
				t.Errorf("%s: leaves %v", expr, w.Dynamic())
			}
			continue
		}
		wanted := reflect.TypeOf(want)
		if isNil {
			wanted = reflect.TypeFor[Namer]()
		}
		r := &Reader{Dynamic: func(i int) (reflect.Type, error) { return dynamic[types.TypeString(w.Dynamic()[i], nil)], nil }}
		got := reflect.New(wanted)
		if err := r.Fill(got.Elem(), data); err != nil {
			t.Errorf("%s: %v", expr, err)
		}
		if !reflect.DeepEqual(got.Elem().Interface(), want) {
			t.Errorf("%s is %#v, want %#v", expr, got.Elem(), want)
		}
		for n := range data {
			if err := r.Fill(reflect.New(wanted).Elem(), data[:n]); err == nil {
				t.Errorf("%s: %d bytes of %d are enough", expr, n, len(data))
			}
		}
		if err := r.Fill(reflect.New(reflect.TypeFor[[7]uint16]()).Elem(), data); err == nil {
			t.Errorf("%s: a variable of another shape is filled", expr)
		}
	}
}

// Literals that nobody has checked are those that Go would have.
func TestUnchecked(t *testing.T) {
	x, err := parser.ParseExpr(`[]any{1, 2.5, 'x', "s", -3, -1.5}`)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(types.SizesFor("gc", runtime.GOARCH), &types.Info{})
	data, ok := w.Value(types.NewSlice(types.Universe.Lookup("any").Type()), x)
	if !ok {
		t.Fatal("they are no data")
	}
	runtimeTypes := map[string]reflect.Type{"int": reflect.TypeFor[int](), "float64": reflect.TypeFor[float64](), "rune": reflect.TypeFor[rune](), "string": reflect.TypeFor[string]()}
	var got []any
	r := &Reader{Dynamic: func(i int) (reflect.Type, error) { return runtimeTypes[w.Dynamic()[i].String()], nil }}
	if err := r.Fill(reflect.ValueOf(&got).Elem(), data); err != nil {
		t.Fatal(err)
	}
	if want := []any{1, 2.5, 'x', "s", -3, -1.5}; !reflect.DeepEqual(got, want) {
		t.Errorf("they are %#v, want %#v", got, want)
	}
	for _, bad := range []string{`[]int8{300}`, `[]int8{-129}`, `[]uint8{-1}`, `[]string{1}`, `[]int{"s"}`, `[]int{1.5}`, `[2]int{1, 2, 3}`, `[]bool{1}`} {
		x, err := parser.ParseExpr(bad)
		if err != nil {
			t.Fatal(err)
		}
		tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, bad[:indexOf(bad, '{')])
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := w.Value(tv.Type, x); ok {
			t.Errorf("%s has a value", bad)
		}
	}
}

func indexOf(s string, c byte) int {
	for i := range s {
		if s[i] == c {
			return i
		}
	}
	return len(s)
}
