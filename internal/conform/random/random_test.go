package random

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// Every program compiles, and the same seed gives the same one.
func TestProgram(t *testing.T) {
	testenv.FindGo()
	fset := token.NewFileSet()
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	for seed := range uint64(100) {
		program := Program
		switch {
		case seed >= 60:
			program = func(seed uint64) string { return "package main\n" + Pointers(seed) }
		case seed >= 50:
			program = func(seed uint64) string { return Numbers(seed, 20) }
		}
		src := program(seed)
		if src != program(seed) {
			t.Fatalf("seed %d gives two programs", seed)
		}
		f, err := parser.ParseFile(fset, "program.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if _, err := conf.Check("main", fset, []*ast.File{f}, nil); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}
