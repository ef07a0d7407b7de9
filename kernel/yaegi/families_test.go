package yaegi_test

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/yaegi"
)

// compiled makes a machine for source.
func compiled(t testing.TB, src string) (*snippet.Snippet, *yaegi.Machine) {
	t.Helper()
	s := snippet.Build(t, src)
	m, err := yaegi.New(yaegi.Config{
		MethodValue: s.Program.MethodValue,
		Symbol:      snippet.Symbol,
		NamedType:   snippet.NamedType,
		Body:        s.Program.Body,
		Place:       s.Place,
	})
	return s.On(m, err), m
}

// Each family of instructions by itself.
func TestFamilies(t *testing.T) {
	for _, tt := range snippet.Families {
		t.Run(tt.Name, func(t *testing.T) {
			s, _ := compiled(t, tt.Src)
			r := s.Run("f")
			if r.Printed != tt.Want || !strings.Contains(r.Failed(), tt.Panics) || (r.Failed() == "") != (tt.Panics == "") {
				t.Errorf("printed %q, want %q; ended with %q, want %q", r.Printed, tt.Want, r.Failed(), tt.Panics)
			}
		})
	}
}

// What yaegi is given for a function is core Go.
func TestDump(t *testing.T) {
	s, m := compiled(t, "import \"strings\"\nfunc f(a []int, i int) int { return a[i] + g() }\nfunc g() int { return strings.Count(\"aa\", \"a\") }")
	if got := s.Dump("f"); !strings.HasPrefix(got, "func f") || !strings.Contains(got, "h.") || got != s.Dump("f") {
		t.Errorf("it is given\n%s", got)
	}
	for _, b := range s.Pkg.Func("g").Blocks {
		for _, in := range b.Instrs {
			if call, ok := in.(*ssa.Call); ok {
				if err := m.Dump(io.Discard, call.Call.StaticCallee()); err == nil || !strings.Contains(err.Error(), "strings.Count is compiled into the kernel") {
					t.Errorf("strings.Count: %v", err)
				}
			}
		}
	}
}

// fails are the programs that are refused, with words of the refusal, or known to
// differ, with a reason; see internal/conform/known-yaegi.txt.
var fails = map[string]string{
	"capacities":         "slice bounds out of range",
	"generic_methods":    "cannot give TypeOf a *main.List[string]",
	"iota_stringer_enum": "cannot show a map[main.State]interface {} to compiled code",
	"json":               "cannot show a main.Doc to compiled code",
	"json_v2":            "yaegi cannot run what this cell is made of",
	"reflection":         "cannot give TypeOf a main.Thing",
	"stdlib_callbacks":   "cannot show a *main.Money to compiled code",
	"templates":          "value for join not a function",
	"unsafe_memory":      "Offsetof cannot be run by the yaegi engine",
}

// The project's programs, whole.
func TestPrograms(t *testing.T) {
	for _, p := range snippet.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			s, _ := compiled(t, p.Src)
			r := s.Run("main")
			if words, listed := fails[p.Name]; listed {
				if p.Is(r.Golden()) {
					t.Errorf("it runs: take it off the list, where it says %q", words)
				} else if !strings.Contains(r.Printed+r.Failed(), words) {
					t.Errorf("no %q in %q, ended with %q", words, r.Printed, r.Failed())
				}
				return
			}
			if got := r.Golden(); !p.Is(got) {
				t.Errorf("printed\n%s\nwant\n%s", got, p.Want)
			}
		})
	}
}

// Values of a cell's types are ones of any interface of the library whose methods are
// all exported.
func TestProxies(t *testing.T) {
	s, _ := compiled(t, `import ("fmt"; "image"; "image/color"; "io"; "io/fs"; "strings")
type one struct{ shade uint8 }
func (o one) ColorModel() color.Model { return color.GrayModel }
func (o one) Bounds() image.Rectangle { return image.Rect(0, 0, 1, 1) }
func (o one) At(x, y int) color.Color { return color.Gray{o.shade} }
type folder map[string]string
func (f folder) Open(name string) (fs.File, error) { return nil, fs.ErrNotExist }
func (f folder) ReadFile(name string) ([]byte, error) { return []byte(f[name]), nil }
type at struct{}
func (at) ReadAt(p []byte, off int64) (int, error) { return strings.NewReader("abcdef").ReadAt(p, off) }
func f() {
	var m image.Image = one{7}
	fmt.Println(m.At(0, 0), m)
	_, err := fs.ReadFile(struct{ fs.FS }{folder{}}, "x")
	fmt.Println(err)
	b, err := io.ReadAll(io.NewSectionReader(at{}, 2, 3))
	fmt.Println(string(b), err)
}`)
	if r := s.Run("f"); r.Printed != "{7} {7}\nfile does not exist\ncde <nil>\n" {
		t.Errorf("printed %q, ended with %q", r.Printed, r.Failed())
	}
}

// Fields named _ are not compared, and are printed as what they are.
func TestBlankFields(t *testing.T) {
	s, _ := compiled(t, `import ("fmt"; "unsafe")
type inner struct{ a, b, c int }
type point struct { X int; _ int32; _ bool; _ inner; _ string; _ any; _ *int; _ complex64; y string }
type other struct { X int; _ func() }
func f() {
	p, q := point{X: 1, y: "y"}, point{1, 7, true, inner{1, 2, 3}, "s", 5, nil, 1i, "y"}
	*(*int32)(unsafe.Add(unsafe.Pointer(&p), unsafe.Sizeof(int(0)))) = 8
	var a, b any = p, q
	m := map[point]int{p: 1}
	m[q]++
	n := map[any]int{p: 1}
	n[q]++
	fmt.Println(p == q, a == b, [2]point{p, q} == [2]point{q, p}, m[p], n[a], len(m), len(n))
	fmt.Println(q, p)
	fmt.Printf("%+v\n", p)
	defer func() { fmt.Println(recover()) }()
	var c, d any = other{}, other{}
	fmt.Println(c == d)
}`)
	const want = `true true true 2 2 1 1
{1 7 true {1 2 3} s 5 <nil> (0+1i) y} {1 8 false {0 0 0}  <nil> <nil> (0+0i) y}
{X:1 _:8 _:false _:{a:0 b:0 c:0} _: _:<nil> _:<nil> _:(0+0i) y:y}
runtime error: comparing uncomparable type main.other
`
	if r := s.Run("f"); r.Printed != want {
		t.Errorf("printed\n%s\nwant\n%s\nended with %q", r.Printed, want, r.Failed())
	}
}

// What was to be compiled together with something that is refused can be had afterwards.
func TestAfterRefusal(t *testing.T) {
	s, m := compiled(t, `import ("fmt"; "runtime")
func seven() int { return 7 }
func bad() { f := seven; runtime.SetFinalizer(new(int), nil); fmt.Println(f()) }
func f() { f := seven; fmt.Println(f(), seven()) }`)
	if err := m.Compile([]*ssa.Function{s.Pkg.Func("bad")}); err == nil || !strings.Contains(err.Error(), "SetFinalizer cannot be run") {
		t.Errorf("it is refused with %v", err)
	}
	if r := s.Run("f"); r.Printed != "7 7\n" {
		t.Errorf("printed %q, ended with %q", r.Printed, r.Failed())
	}
}
