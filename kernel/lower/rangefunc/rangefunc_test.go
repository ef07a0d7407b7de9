package rangefunc_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"iter"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/gosched/gosched/kernel/lower/rangefunc"
)

// The SSA builder's panics are found, with the variables of their loops, and no others.
func TestCheck(t *testing.T) {
	const src = `package p

func f(seq func(func(int) bool)) int {
	for i := range seq {
		if i == 3 {
			return i
		}
	}
	panic("yield function called after range loop exit")
}

func g(err any) { panic(err) }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.Default()}, fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	others := 0
	for fn := range ssautil.AllFunctions(pkg.Prog) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				p, isPanic := instr.(*ssa.Panic)
				if !isPanic {
					continue
				}
				variable, otherwise, ok := rangefunc.Check(p)
				switch {
				case !ok:
					others++
				case variable != nil:
					found = append(found, fmt.Sprint("state of type ", variable.Type(), ", or ", otherwise))
				default:
					found = append(found, fmt.Sprint(otherwise))
				}
			}
		}
	}
	counts := map[string]int{}
	for _, f := range found {
		counts[f]++
	}
	if len(counts) != 2 || counts["state of type int, or -2"] != 1 || counts["-3"] != 1 || others != 2 {
		t.Errorf("found %v and %d others", counts, others)
	}
}

// What defers calls is found, also for the function around a range over a function.
func TestDefers(t *testing.T) {
	const src = `package p

func none(f func()) { f() }

func one(f func()) { defer f() }

func inBody(seq func(func(int) bool), f func()) {
	for range seq {
		defer f()
	}
}

func inLiteral(f func()) { func() { defer f() }() }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{}, fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"none": false, "one": true, "inBody": true, "inLiteral": false} {
		if got := rangefunc.Defers(pkg.Func(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// caught is the text of the run-time error that f ends with.
func caught(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

// What is said is what Go says.
func TestText(t *testing.T) {
	var yield func(int) bool
	keeps := func(y func(int) bool) { yield = y }
	left := func() {
		for range iter.Seq[int](func(yield func(int) bool) { yield(1); yield(2) }) {
			break
		}
	}
	for state, native := range map[int]func(){
		rangefunc.Done: func() {
			for range iter.Seq[int](keeps) {
			}
			yield(1)
		},
		0: left,
		1: left, // where the loop is left for, which is numbered
		rangefunc.Busy: func() {
			for range iter.Seq[int](func(yield func(int) bool) {
				func() {
					defer func() { _ = recover() }()
					yield(1)
				}()
				yield(2)
			}) {
				panic("first")
			}
		},
		rangefunc.Lost: func() {
			for range iter.Seq[int](func(yield func(int) bool) {
				defer func() { _ = recover() }()
				yield(1)
			}) {
				panic("first")
			}
		},
	} {
		if got, want := "runtime error: "+rangefunc.Text(state), caught(native); got != want {
			t.Errorf("of state %d it is said %q, want %q", state, got, want)
		}
	}
}
