// Package facadetest holds a package of package facade against what it says of
// itself.
package facadetest

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/facade"
)

// Run compares the package that go/types sees with the one that runs: every
// name is declared, bound, documented, and of the same type in both.
func Run(t testing.TB, p *facade.Package, functions map[string]reflect.Value, importer func(*token.FileSet) types.Importer) {
	t.Helper()
	fset := token.NewFileSet()
	pkg, err := p.Declare(fset, importer(fset))
	if err != nil {
		t.Fatal(err)
	}
	if pkg.Path() != p.Path || pkg.Name() != p.Name {
		t.Errorf("the package is %v", pkg)
	}
	count := 0
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		count++
		if p.Doc(name) == "" {
			t.Errorf("%s has no documentation", name)
		}
		switch obj := obj.(type) {
		case *types.Func:
			f, ok := functions[name]
			if !ok {
				t.Errorf("%s is declared and not bound", name)
				continue
			}
			if got, want := signature(obj.Signature()), f.Type().String(); got != want {
				t.Errorf("%s is declared as %s and bound as %s", name, got, want)
			}
		case *types.TypeName:
			native, ok := p.Types[name]
			if !ok {
				t.Errorf("type %s is declared and not there", name)
				continue
			}
			runType(t, p, name, obj, native)
		}
	}
	if want := len(functions) + len(p.Types); count != want {
		t.Errorf("%d names are declared, want %d", count, want)
	}
}

func runType(t testing.TB, p *facade.Package, name string, obj *types.TypeName, native reflect.Type) {
	t.Helper()
	declared, actual := obj.Type(), native
	if native.Kind() != reflect.Interface {
		declared, actual = types.NewPointer(declared), reflect.PointerTo(native)
	}
	methods := types.NewMethodSet(declared)
	n := 0
	for i := range methods.Len() {
		m := methods.At(i).Obj().(*types.Func)
		if !m.Exported() {
			t.Errorf("%s.%s is declared", name, m.Name())
			continue
		}
		n++
		method, ok := actual.MethodByName(m.Name())
		if !ok {
			t.Errorf("%s.%s is declared and not there", name, m.Name())
			continue
		}
		got, want := signature(m.Signature()), method.Type.String()
		if native.Kind() != reflect.Interface {
			want = reflect.Zero(actual).Method(method.Index).Type().String()
			if p.Doc(name+"."+m.Name()) == "" {
				t.Errorf("%s.%s has no documentation", name, m.Name())
			}
		}
		if got != want {
			t.Errorf("%s.%s is declared as %s and is %s", name, m.Name(), got, want)
		}
	}
	if n != actual.NumMethod() {
		t.Errorf("%s has %d methods, want %d", name, n, actual.NumMethod())
	}
	if got, want := types.SizesFor("gc", "amd64").Sizeof(obj.Type()), int64(native.Size()); got != want && reflect.TypeFor[uintptr]().Size() == 8 {
		t.Errorf("%s is declared with %d bytes and has %d", name, got, want)
	}
}

// signature writes a signature as package reflect does.
func signature(s *types.Signature) string {
	qualifier := func(p *types.Package) string { return p.Name() }
	var in []string
	for i := range s.Params().Len() {
		p := types.TypeString(s.Params().At(i).Type(), qualifier)
		if s.Variadic() && i == s.Params().Len()-1 {
			p = "..." + strings.TrimPrefix(p, "[]")
		}
		in = append(in, p)
	}
	text := "func(" + strings.Join(in, ", ") + ")"
	var out []string
	for v := range s.Results().Variables() {
		out = append(out, types.TypeString(v.Type(), qualifier))
	}
	switch len(out) {
	case 0:
	case 1:
		text += " " + out[0]
	default:
		text += " (" + strings.Join(out, ", ") + ")"
	}
	return strings.NewReplacer("any", "interface {}", "byte", "uint8", "struct{}", "struct {}").Replace(text)
}
