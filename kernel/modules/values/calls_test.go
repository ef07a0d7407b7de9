package values

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"runtime"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

const callers = `package p
import ("errors"; "fmt"; "io"; "reflect"; "regexp"; "strings")
type ( Grade uint8; Pattern *regexp.Regexp; Namer interface { Name() string }; T struct { f *int; in struct { n int } } )
func (Grade) Name() string { return "" }
func (*T) Name() string { return "" }
func call() int { return 1 }
const text = "te" + "xt"
var v, p, list, any = 1, &T{}, []int{1}, interface{}(1)
var _, _, _, _, _ = errors.New, fmt.Errorf, reflect.TypeOf, regexp.MustCompile, strings.NewReplacer
var _ io.Reader
`

// last is a writer for callers with one declaration more, which is of x.
func last(t *testing.T, expr string) (*Writer, *types.Package, ast.Expr) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", callers+"var x "+expr, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	pkg, err := (&types.Config{Sizes: sizes, Importer: stdlib.NewImporter(fset)}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return NewWriter(sizes, info), pkg, f.Decls[len(f.Decls)-1].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0]
}

// What calls return that depends on a constant or a type alone is data, each time anew.
func TestCalls(t *testing.T) {
	type Pattern *regexp.Regexp
	dynamic := map[string]reflect.Type{"p.Grade": reflect.TypeFor[Grade](), "*int": reflect.TypeFor[*int](), "int": reflect.TypeFor[int]()}
	for expr, want := range map[string]any{
		`= errors.New("a" + text)`:           errors.New("atext"),
		`= fmt.Errorf(text)`:                 errors.New("text"),
		`= regexp.MustCompile("a+")`:         regexp.MustCompile("a+"),
		`Pattern = regexp.MustCompile("a+")`: Pattern(regexp.MustCompile("a+")),
		`= reflect.TypeOf(Grade(0))`:         reflect.TypeFor[Grade](),
		`= reflect.TypeOf((*int)(nil))`:      reflect.TypeFor[*int](),
		`= reflect.TypeOf(1)`:                reflect.TypeFor[int](),
		`= []error{errors.New(text), nil}`:   []error{errors.New("text"), nil},
		`= map[string]*regexp.Regexp{"a": nil, "b": regexp.MustCompile("b")}`: map[string]*regexp.Regexp{"a": nil, "b": regexp.MustCompile("b")},
		`= fmt.Errorf("%d", 1)`:              nil,
		`= errors.New([]string{"a"}[0])`:     nil,
		`= reflect.TypeOf(any)`:              nil,
		`= reflect.TypeOf(nil)`:              nil,
		`= reflect.TypeOf(call())`:           nil,
		`= regexp.MustCompile("(")`:          nil,
		`= regexp.MustCompile("a").String()`: nil,
		`= strings.NewReplacer("a", "b")`:    nil,
	} {
		w, pkg, x := last(t, expr)
		data, ok := w.Value(pkg.Scope().Lookup("x").Type(), x)
		if ok != (want != nil) {
			t.Errorf("%s: is data: %v", expr, ok)
		}
		if !ok {
			continue
		}
		r := &Reader{Dynamic: func(i int) (reflect.Type, error) { return dynamic[types.TypeString(w.Dynamic()[i], nil)], nil }}
		wanted := reflect.TypeOf(want)
		switch want.(type) {
		case error:
			wanted = reflect.TypeFor[error]()
		case reflect.Type:
			wanted = reflect.TypeFor[reflect.Type]()
		}
		got, again := reflect.New(wanted), reflect.New(wanted)
		if err := errors.Join(r.Fill(got.Elem(), data), r.Fill(again.Elem(), data)); err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if e, isError := want.(error); isError {
			a, b := got.Elem().Interface().(error), again.Elem().Interface().(error)
			if a.Error() != e.Error() || a == b {
				t.Errorf("%s is %v and %v", expr, a, b)
			}
		} else if !reflect.DeepEqual(got.Elem().Interface(), want) {
			t.Errorf("%s is %#v, want %#v", expr, got.Elem(), want)
		}
		for n := range data {
			if err := r.Fill(reflect.New(wanted).Elem(), data[:n]); err == nil {
				t.Errorf("%s: %d bytes of %d are enough", expr, n, len(data))
			}
		}
	}
}

// What does nothing is not run.
func TestIdle(t *testing.T) {
	for expr, want := range map[string]bool{
		`Namer = (*T)(nil)`: true,
		`Namer = p`:         true,
		`Namer = &T{f: &v}`: true,
		`Namer = Grade(3)`:  true,
		`= Namer(Grade(3))`: true,
		`= Namer.Name`:      true,
		`= fmt.Errorf`:      true,
		`= io.EOF`:          true,
		`= []interface{}{v, p, func() { call() }, T{}}`: true,
		`= call()`:                         false,
		`= T{f: new(int)}`:                 false,
		`= p.in`:                           false,
		`= *p`:                             false,
		`= list[0]`:                        false,
		`= [1]int(list)`:                   false,
		`= (*[1]int)(list)`:                false,
		`= any.(int)`:                      false,
		`= 1 / v`:                          false,
		`= p.Name`:                         false,
		`= map[interface{}]int{any: 1}`:    false,
		`= <-make(chan int)`:               false,
		`= []func(){func() { call() }}[0]`: false,
	} {
		w, _, x := last(t, expr)
		if got := w.Idle(x); got != want {
			t.Errorf("%s: nobody can tell: %v", expr, got)
		}
	}
}
