package effect

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/gosched/gosched/kernel/stdlib"
)

// TestOf looks at calls of each kind.
func TestOf(t *testing.T) {
	tests := []struct {
		name, call string
		want       Effect
	}{
		{"by name", "sort.Ints(ints)", Effect{Args: []Touch{{0, Writes}}}},
		{"an exception", "runtime.GC()", Effect{Object: "runtime.GC"}},
		{"an instance", "slices.Sort(ints)", Effect{Args: []Touch{{0, Writes}}}},
		{"a quiet package", "strings.ToUpper(text)", Effect{}},
		{"a speaking package", "gz.Flush()", Effect{Tells: true}},
		{"any other package", "os.Remove(text)", Effect{Tells: true, Hears: true}},
		{"a method that changes", "buf.Reset()", Effect{Args: []Touch{{0, Writes}}}},
		{"a method that does not", "buf.Len()", Effect{Args: []Touch{{0, Reads}}}},
		{"a method with bytes", "buf.Write(bytes)", Effect{Args: []Touch{{0, Writes}, {1, Reads}}}},
		{"a map's method", "values.Set(text, text)", Effect{Tells: true, Hears: true, Args: []Touch{{0, Writes}}}},
		{"reflection sets", "value.SetInt(1)", Effect{Args: []Touch{{0, SetsValue}}}},
		{"reflection gets", "value.Int()", Effect{Args: []Touch{{0, GetsValue}}}},
		{"an interface", "reader.Read(bytes)", Effect{Tells: true, Hears: true, Args: []Touch{{0, Fills}}}},
		{"a quiet interface", "stringer.String()", Effect{}},
		{"error", "err.Error()", Effect{}},
		{"a function value", "fn()", Effect{Tells: true, Hears: true}},
	}
	var src strings.Builder
	src.WriteString(`package main
import ("bytes"; "compress/gzip"; "fmt"; "io"; "net/url"; "os"; "reflect"; "runtime"; "slices"; "sort"; "strings")
`)
	for i, tt := range tests {
		fmt.Fprintf(&src, `func f%d(ints []int, text string, bytes []byte, buf *bytes.Buffer, gz *gzip.Writer, values url.Values,
	value reflect.Value, reader io.Reader, stringer fmt.Stringer, err error, fn func()) {
	%s
}
`, i, tt.call)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src.String(), parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: stdlib.NewImporter(fset)}, fset,
		types.NewPackage("main", "main"), []*ast.File{file}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			call := callIn(pkg.Func(fmt.Sprint("f", i)))
			if call == nil {
				t.Fatalf("no call in %s", tt.call)
			}
			if got := Of(call); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s: %+v, want %+v", tt.call, got, tt.want)
			}
		})
	}
}

// callIn is the first call that a function makes, or nil.
func callIn(fn *ssa.Function) *ssa.CallCommon {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if c, ok := in.(*ssa.Call); ok {
				return c.Common()
			}
		}
	}
	return nil
}
