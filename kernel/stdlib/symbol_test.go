package stdlib

import (
	"fmt"
	"go/token"
	"go/types"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"testing"
)

func TestLookup(t *testing.T) {
	println, ok := Lookup("fmt", "Sprintf")
	if !ok || println.IsVar() || println.Type != nil {
		t.Fatalf("fmt.Sprintf is %+v, %v", println, ok)
	}
	out := println.Value.Call([]reflect.Value{reflect.ValueOf("%d"), reflect.ValueOf(7)})
	if got := out[0].String(); got != "7" {
		t.Errorf("fmt.Sprintf(\"%%d\", 7) = %q", got)
	}
	stdout, ok := Lookup("os", "Stdout")
	if !ok || !stdout.IsVar() || stdout.Value.Addr().Interface() != any(&os.Stdout) {
		t.Errorf("os.Stdout is %+v, %v; want the variable itself", stdout, ok)
	}
	server, ok := Lookup("net/http", "Server")
	if !ok || server.Type != reflect.TypeFor[http.Server]() || server.Value.IsValid() {
		t.Errorf("http.Server is %+v, %v", server, ok)
	}
	for _, name := range [][2]string{
		{"math", "Pi"}, {"slices", "Sort"}, {"sync", "OnceValue"}, {"sync/atomic", "Pointer"},
		{"fmt", "println"}, {"fmt", ""}, {"nowhere", "X"}, {"unsafe", "Pointer"}, {"cmp", "Ordered"},
	} {
		if s, ok := Lookup(name[0], name[1]); ok {
			t.Errorf("%s.%s is %+v, want nothing", name[0], name[1], s)
		}
	}
}

// Everything that type data promise is there and is what they say.
func TestSymbolsMatchTypes(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	funcs, vars, typs := 0, 0, 0
	for _, path := range append(Packages(), nativePath) {
		imp.mu.Lock()
		pkg, err := imp.load(path)
		imp.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		if Sources(path) != nil {
			continue
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			s, ok := Lookup(path, name)
			switch obj := obj.(type) {
			case *types.Const:
				if ok {
					t.Errorf("%s.%s is a constant and has a symbol", path, name)
				}
			case *types.Func:
				if obj.Signature().TypeParams() != nil {
					if ok {
						t.Errorf("%s.%s is generic and has a symbol", path, name)
					}
					break
				}
				funcs++
				if !ok || s.IsVar() || s.Type != nil || s.Value.Kind() != reflect.Func {
					t.Errorf("%s.%s: %+v, %v, want a function", path, name, s, ok)
				} else if sig := obj.Signature(); s.Value.Type().NumIn() != sig.Params().Len() || s.Value.Type().NumOut() != sig.Results().Len() {
					t.Errorf("%s.%s is %v, want %v", path, name, s.Value.Type(), sig)
				}
			case *types.Var:
				vars++
				if !ok || !s.IsVar() {
					t.Errorf("%s.%s: %+v, %v, want a variable", path, name, s, ok)
				}
			case *types.TypeName:
				if generic(obj) {
					if ok {
						t.Errorf("%s.%s is generic and has a symbol", path, name)
					}
					break
				}
				typs++
				if !ok || s.Type == nil {
					t.Errorf("%s.%s: %+v, %v, want a type", path, name, s, ok)
					break
				}
				if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && named.Obj().Pkg() != nil && named.TypeArgs() == nil {
					want := fmt.Sprintf("%s.%s", named.Obj().Pkg().Path(), named.Obj().Name())
					if got := s.Type.PkgPath() + "." + s.Type.Name(); got != want {
						t.Errorf("%s.%s is %s, want %s", path, name, got, want)
					}
					if size := types.SizesFor("gc", runtime.GOARCH).Sizeof(obj.Type()); uintptr(size) != s.Type.Size() {
						t.Errorf("%s.%s has %d bytes, go/types says %d", path, name, s.Type.Size(), size)
					}
				}
			}
		}
	}
	if funcs < 1500 || vars < 300 || typs < 1000 {
		t.Errorf("only %d functions, %d variables and %d types seen", funcs, vars, typs)
	}
	t.Logf("%d functions, %d variables, %d types", funcs, vars, typs)
}

// generic reports whether a type name has no type at run time.
func generic(obj *types.TypeName) bool {
	if named, ok := obj.Type().(*types.Named); ok && named.TypeParams() != nil {
		return true
	}
	i, ok := obj.Type().Underlying().(*types.Interface)
	return ok && !i.IsMethodSet()
}

// Looking a name up must not cost what an import costs.
func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Lookup("net/http", "ListenAndServe"); !ok {
			b.Fatal("not found")
		}
	}
}
