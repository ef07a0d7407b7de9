package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var packageClause = regexp.MustCompile(`(?m)^package \w+`)

// loadExamples makes programs of the examples in the standard library's
// documentation: a file's example functions, called one after the other.
func loadExamples(root string) ([]program, error) {
	src := filepath.Join(root, "src")
	var all []program
	err := filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case "internal", "cmd", "vendor", "testdata":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasPrefix(d.Name(), "example") || !strings.HasSuffix(d.Name(), "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		if p, ok := exampleProgram(string(text)); ok {
			all = append(all, program{name: "examples/" + filepath.ToSlash(rel), group: "examples", source: p})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for examples: %w", err)
	}
	return all, nil
}

// exampleProgram turns a file of examples into a program. Examples without an
// output comment only have to compile, and are not called.
func exampleProgram(src string) (string, bool) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "example_test.go", src, parser.ParseComments)
	if err != nil || !strings.HasSuffix(f.Name.Name, "_test") {
		return "", false
	}
	if why := unfit("", src); why != "" {
		return "", false
	}
	var calls strings.Builder
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if fn.Recv == nil && fn.Name.Name == "main" {
			return "", false
		}
		if fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Example") && hasOutput(f, fn) {
			fmt.Fprintf(&calls, "\t%s()\n", fn.Name.Name)
		}
	}
	if calls.Len() == 0 {
		return "", false
	}
	return packageClause.ReplaceAllString(src, "package main") + "\nfunc main() {\n" + calls.String() + "}\n", true
}

func hasOutput(f *ast.File, fn *ast.FuncDecl) bool {
	for _, c := range f.Comments {
		if fn.Pos() <= c.Pos() && c.End() <= fn.End() {
			text := strings.ToLower(c.Text())
			if strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:") {
				return true
			}
		}
	}
	return false
}
