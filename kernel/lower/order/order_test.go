package order

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

const variables = `package p

type T struct{ n int }

func (t *T) add(int) int { return t.n }

var (
	v  int
	s  []int
	m  map[string]int
	t  *T
	ch chan int
	e  any
)

func f(...int) int  { v++; return v }
func each(yield func() bool) { yield() }
func g(a, b int) int { return a + b }
`

// events lists what the calls, reads and writes of a function are, in order.
func events(fn *ssa.Function) string {
	var out []string
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			switch in := in.(type) {
			case *ssa.UnOp:
				if g, ok := in.X.(*ssa.Global); ok {
					out = append(out, g.Name())
				} else if in.Op == token.ARROW {
					out = append(out, "<-")
				}
			case *ssa.Call:
				out = append(out, in.Call.Value.Name()+"()")
			case *ssa.Lookup:
				out = append(out, "[]")
			case *ssa.Store:
				if g, ok := in.Addr.(*ssa.Global); ok {
					out = append(out, g.Name()+"=")
				}
			case *ssa.MapUpdate:
				out = append(out, "[]=")
			}
		}
	}
	return strings.Join(out, " ")
}

func TestSort(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"_ = v + f()", "f() v"},
		{"_ = g(v, f())", "f() v g()"},
		{"_ = v + 1 + f() + v", "f() v v"},
		{"v = f(); _ = v", "f() v= v"},
		{"x := v; y := f(); _ = x + y", "v f()"},
		{"x, y := v, f(); _, _ = x, y", "f() v"},
		{"s = append(s, f())", "f() s append() s="},
		{"s[v] = f()", "f() s v"},
		{"_ = len(s) + f()", "s len() f()"},
		{"_ = t.add(f())", "f() t add()"},
		{"_ = []int{v, f(), v}", "f() v v"},
		{"_ = &T{v + f()}", "f() v"},
		{"m[\"a\"] = m[\"b\"] + f()", "f() m m [] []="},
		{"_ = map[string]int{\"a\": v, \"b\": f()}", "v []= f() []="},
		{"_ = v + <-ch", "ch <- v"},
		{"ch <- v + f()", "f() ch v"},
		{"v, s = f(v), s", "v f() s v= s="},
		{"println(v == f(), v)", "f() v v println()"},
		{"_ = [2]any{v == f(), v == f()}", "f() v f() v"},
		{"if v < f() { v = 1 }", "f() v v="},
		{"for i := v; i < v+f(); i += v + f() { }", "v f() v f() v"},
		{"func() { _ = v }()", "anon()"},
		{"_ = func() int { return v + f() }() + v", "anon() v"},
		{"for range each { v = v + f() }", "each()"},
		{"_ = v + len(make([]int, f()))", "f() len() v"},
		{"_ = v + cap(make(chan int, f()))", "f() cap() v"},
		{"_ = v + len(s[f():])", "f() s len() v"},
		{"_ = v + e.(int) + f()", "e f() v"},
		{"_ = v + len(e.(string)) + f()", "e len() f() v"},
		{"_ = v + len([]byte(e.(string))) + f()", "e len() f() v"},
		{"_ = g(v, (*t).add(f()))", "f() t add() v g()"},
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", variables+"func test() {\n"+test.src+"\n}\n", 0)
		if err != nil {
			t.Fatal(err)
		}
		pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.Default()}, fset, types.NewPackage("p", ""), []*ast.File{file}, ssa.BuildSerially)
		if err != nil {
			t.Fatalf("%s: %v", test.src, err)
		}
		fn := pkg.Func("test")
		before := map[ssa.Instruction]bool{}
		for _, b := range fn.Blocks {
			for _, in := range b.Instrs {
				before[in] = true
			}
		}
		Sort(fn)
		got := strings.ReplaceAll(events(fn), "test$1", "anon")
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.src, got, test.want)
		}
		var first [][]ssa.Instruction
		for _, b := range fn.Blocks {
			first = append(first, slices.Clone(b.Instrs))
			for _, in := range b.Instrs {
				if !before[in] {
					t.Errorf("%s: %s came from nowhere or twice", test.src, in)
				}
				delete(before, in)
			}
		}
		if len(before) > 0 {
			t.Errorf("%s: %d instructions are lost", test.src, len(before))
		}
		Sort(fn)
		for i, b := range fn.Blocks {
			if !slices.Equal(first[i], b.Instrs) {
				t.Errorf("%s: sorted again, it differs", test.src)
			}
		}
		if _, err := fn.WriteTo(&strings.Builder{}); err != nil {
			t.Error(err)
		}
	}
}

// An interface holds values of some types themselves, is given those of others by
// value, and the rest by address.
func TestByAddress(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", `package p
import "unsafe"
type named struct{ one [1]struct{ p *int } }
var (
	pointer *int
	lists map[string]int
	channel chan int
	function func()
	unsafely unsafe.Pointer
	inside named
	small int8
	short int16
	word int32
	long int64
	odd [3]byte
	flag bool
	text string
	slice []byte
	textInside struct{ s [1]string }
	sliceInside [1][]int
	two struct{ a, b int }
	texts [2]string
	empty struct{}
	anything any
)`, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range pkg.Scope().Names() {
		switch typ := pkg.Scope().Lookup(name).Type(); {
		case oneWord(typ):
			got = append(got, name+": itself")
		case byAddress(typ):
			got = append(got, name+": by address")
		}
	}
	want := []string{
		"channel: itself", "empty: by address", "flag: by address", "function: itself", "inside: itself", "lists: itself",
		"named: itself", "odd: by address", "pointer: itself", "small: by address", "texts: by address", "two: by address", "unsafely: itself",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
