package facadetest

import (
	"go/importer"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/facade"
)

// What runs.
type (
	api   struct{}
	Guest struct{ name string }
	Host  interface{ Name() string }
)

func (api) Greet(g *Guest, times ...int) (string, error) { return g.name, nil }
func (api) Leave()                                       {}
func (g *Guest) Name() string                            { return g.name }

const source = `package facadetest

type api struct{}

// Greet says hello.
func (api) Greet(g *Guest, times ...int) (string, error) { return "", nil }

// Leave says goodbye.
func (api) Leave() {}

// A Guest is somebody.
type Guest struct{ name string }

// Name is what he is called.
func (g *Guest) Name() string { return g.name }

// A Host has guests.
type Host interface{ Name() string }
`

// A package that is what it says of itself passes, and each way not to be fails.
func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string // in the source
		change         func(p *facade.Package, functions map[string]reflect.Value)
		want           string
	}{
		{name: "right"},
		{name: "no Go", old: "package facadetest", new: "package", want: "declaring gosched/greet"},
		{name: "another name", old: "package facadetest", new: "package other", want: "package is"},
		{name: "no documentation", old: "// Leave says goodbye.\n", want: "Leave has no documentation"},
		{name: "a method without documentation", old: "// Name is what he is called.\n", want: "Guest.Name has no documentation"},
		{name: "other parameters", old: "times ...int", new: "times []int", want: "Greet is declared as"},
		{name: "another method", old: "Name() string { return", new: "Called() string { return", want: "Guest.Called is declared and not there"},
		{name: "another result", old: "Name() string { return g.name }", new: "Name() (string, bool) { return g.name, true }", want: "Guest.Name is declared as"},
		{name: "a method less", old: "interface{ Name() string }", new: "interface{}", want: "Host has 0 methods, want 1"},
		{name: "another size", old: "struct{ name string }\n\n// Name", new: "struct{ name string; age int }\n\n// Name", want: "Guest is declared with"},
		{name: "a method of its own", old: "Name() string }", new: "Name() string; name() }", want: "Host.name is declared"},
		{name: "not bound", change: func(_ *facade.Package, functions map[string]reflect.Value) { delete(functions, "Leave") }, want: "Leave is declared and not bound"},
		{name: "not declared", change: func(_ *facade.Package, functions map[string]reflect.Value) { functions["More"] = functions["Leave"] }, want: "4 names are declared, want 5"},
		{name: "a type that is not there", change: func(p *facade.Package, _ map[string]reflect.Value) { delete(p.Types, "Guest") }, want: "type Guest is declared and not there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &facade.Package{
				Path: "gosched/greet", Name: "facadetest", About: "Package greet greets.", Sources: []string{strings.Replace(source, tt.old, tt.new, 1)},
				Types: map[string]reflect.Type{"Guest": reflect.TypeFor[Guest](), "Host": reflect.TypeFor[Host]()},
			}
			functions := p.Bind(api{})
			if tt.change != nil {
				tt.change(p, functions)
			}
			got := testenv.Failures(t, func(t testing.TB) {
				Run(t, p, functions, func(*token.FileSet) types.Importer { return importer.Default() })
			})
			if text := strings.Join(got, "\n"); tt.want == "" && text != "" || !strings.Contains(text, tt.want) {
				t.Errorf("it reports %q, want %q", text, tt.want)
			}
		})
	}
}
