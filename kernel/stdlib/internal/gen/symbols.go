package main

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A symbol is one exported thing that exists at run time.
type symbol struct {
	name string
	kind string // "func", "var" or "type"
}

// packageSymbols lists what the table of pkg holds, sorted by name.
func packageSymbols(pkg *types.Package) []symbol {
	var syms []symbol
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !token.IsExported(name) || isGeneric(obj) {
			continue
		}
		switch obj.(type) {
		case *types.Func:
			syms = append(syms, symbol{name, "func"})
		case *types.Var:
			syms = append(syms, symbol{name, "var"})
		case *types.TypeName:
			syms = append(syms, symbol{name, "type"})
		}
	}
	return syms
}

// writeSymbols makes a file for each package, shared between the platforms if
// they agree, and the index of all packages.
func writeSymbols(out output, worlds []*world) error {
	var bound []string
	for _, path := range worlds[0].paths() {
		if worlds[0].source[path] {
			continue
		}
		bound = append(bound, path)
		tables := make([][]symbol, len(worlds))
		shared := true
		for i, w := range worlds {
			pkg, ok := w.packages[path]
			if !ok {
				return fmt.Errorf("package %s exists on %s but not on %s", path, worlds[0].platform, w.platform)
			}
			tables[i] = packageSymbols(pkg.Types)
			shared = shared && slices.Equal(tables[i], tables[0])
		}
		file := "symbols/zz_" + identifier(path)
		if shared {
			// The suffix keeps names like os_linux or x_test from meaning a
			// build constraint.
			if err := out.goFile(file+"_table.go", symbolFile(path, tables[0])); err != nil {
				return err
			}
			continue
		}
		for i, w := range worlds {
			text := symbolFile(path, tables[i])
			if err := out.goFile(fmt.Sprintf("%s_table_%s.go", file, w.platform), text); err != nil {
				return err
			}
		}
	}
	return out.goFile("symbols/zz_index.go", indexFile(bound))
}

func symbolFile(path string, syms []symbol) string {
	var b strings.Builder
	b.WriteString("//lint:file-ignore SA1019 deprecated symbols are part of the package\n\npackage symbols\n\n")
	fn := "pkg_" + identifier(path)
	if len(syms) == 0 {
		// Linked all the same: importing it may be for its effects.
		fmt.Fprintf(&b, "import (\n\"reflect\"\n\n_ %q\n)\n\n", path)
		fmt.Fprintf(&b, "func %s(string) (reflect.Value, reflect.Type) { return reflect.Value{}, nil }\n", fn)
		return b.String()
	}
	name := "p"
	if path == "reflect" {
		b.WriteString("import \"reflect\"\n\n")
		name = "reflect"
	} else {
		fmt.Fprintf(&b, "import (\n\"reflect\"\n\np %q\n)\n\n", path)
	}
	fmt.Fprintf(&b, "func %s(name string) (reflect.Value, reflect.Type) {\nswitch name {\n", fn)
	for _, s := range syms {
		fmt.Fprintf(&b, "case %q:\n", s.name)
		switch s.kind {
		case "func":
			fmt.Fprintf(&b, "return reflect.ValueOf(%s.%s), nil\n", name, s.name)
		case "var":
			fmt.Fprintf(&b, "return reflect.ValueOf(&%s.%s).Elem(), nil\n", name, s.name)
		case "type":
			fmt.Fprintf(&b, "return reflect.Value{}, reflect.TypeFor[%s.%s]()\n", name, s.name)
		}
	}
	b.WriteString("}\nreturn reflect.Value{}, nil\n}\n")
	return b.String()
}

func indexFile(paths []string) string {
	var b strings.Builder
	b.WriteString(`package symbols

import "reflect"

// Table returns the function that looks names up in the package with the
// given import path, or nil. A function or variable comes as a value, a
// variable's addressable; a type as a type.
func Table(path string) func(name string) (reflect.Value, reflect.Type) {
switch path {
`)
	for _, p := range paths {
		fmt.Fprintf(&b, "case %q:\nreturn pkg_%s\n", p, identifier(p))
	}
	b.WriteString("}\nreturn nil\n}\n")
	return b.String()
}
