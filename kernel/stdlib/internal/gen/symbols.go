package main

import (
	"fmt"
	"go/token"
	"go/types"
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

// writeSymbols makes a file for each package, and the index of all packages.
func writeSymbols(out content, w *world) error {
	var bound []string
	for _, path := range w.paths() {
		if w.source[path] {
			continue
		}
		bound = append(bound, path)
		// The suffix keeps names like os_linux or x_test from meaning a build
		// constraint.
		file := "symbols/zz_" + identifier(path) + "_table.go"
		if err := out.goFile(file, symbolFile(path, packageSymbols(w.packages[path].Types))); err != nil {
			return err
		}
	}
	return out.goFile("symbols/zz_index.go", indexFile(bound))
}

func symbolFile(path string, syms []symbol) string {
	var b strings.Builder
	b.WriteString("//lint:file-ignore SA1019 deprecated symbols are part of the package\n\npackage symbols\n\n")
	fn := "pkg_" + identifier(path)
	if len(syms) == 0 {
		if path == "runtime/race" {
			// Without effect unless built with -race, and its object files need
			// the C compiler's library for the platform that is built for.
			b.WriteString("import \"reflect\"\n\n")
		} else {
			// Linked all the same: importing it may be for its effects.
			fmt.Fprintf(&b, "import (\n\"reflect\"\n\n_ %q\n)\n\n", path)
		}
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
