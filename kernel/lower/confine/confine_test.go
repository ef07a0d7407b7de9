package confine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/stdlib"
)

// In each source, variables named yes… are confined to the function body, and
// those named no… are not.
func TestVariables(t *testing.T) {
	tests := map[string]string{
		"the body alone": `
			var yes chan int
			func body() { yes = make(chan int); yes <- 1; <-yes; close(yes); println(len(yes), yes == nil) }`,
		"goroutines in the body": `
			var yes, yesToo chan int
			var yesWG sync.WaitGroup
			var yesMu sync.Mutex
			func body() {
				yes, yesToo = make(chan int), make(chan int)
				yesWG.Add(1)
				go func() { defer yesWG.Done(); yesMu.Lock(); defer yesMu.Unlock(); yes <- 1; for v := range yesToo { println(v) } }()
				yesWG.Go(func() { select { case v := <-yes: println(v); case yesToo <- 1: } })
				yesWG.Wait()
			}`,
		"handed to functions": `
			var yes chan int
			var yesWG sync.WaitGroup
			var yesMu sync.RWMutex
			func send(out chan<- int, wg *sync.WaitGroup, n int) { if n > 0 { out <- n; send(out, wg, n-1) }; wg.Done() }
			func with(c chan int, mu *sync.RWMutex) { d := c; go func() { mu.RLock(); d <- 1; mu.RUnlock() }() }
			func body() { yes = make(chan int); go send(yes, &yesWG, 3); with(yes, &yesMu); <-yes }`,
		"made by functions": `
			var yes <-chan int
			func numbers() <-chan int { out := make(chan int); go func() { defer close(out); out <- 1 }(); return out }
			func body() { yes = numbers(); for v := range yes { println(v) } }`,
		"another variable": `
			var yes, yesToo chan int
			func body() { yes = make(chan int); yesToo = yes; <-yesToo }`,
		"another variable that gives it away": `
			var no, noToo chan int
			var others []chan int
			func body() { no = make(chan int); noToo = no; others = append(others, noToo); <-no }`,
		"a named function that is started": `
			var yes chan int
			func produce() { yes <- 1 }
			func body() { yes = make(chan int); go produce(); defer produce(); <-yes }`,
		"a function that somebody else may call": `
			var no chan int
			func produce() { no <- 1 }
			var hook func()
			func body() { no = make(chan int); hook = produce; <-no }`,
		"a literal that somebody else may call": `
			var no chan int
			func body() { no = make(chan int); time.AfterFunc(time.Second, func() { no <- 1 }); <-no }`,
		"a named function in such a literal": `
			var no chan int
			func produce() { no <- 1 }
			func body() { no = make(chan int); time.AfterFunc(time.Second, func() { produce() }); <-no }`,
		"a method": `
			var no chan int
			type T struct{}
			func (T) Produce() { no <- 1 }
			func body() { no = make(chan int); <-no }`,
		"stored, sent, shown, and given to compiled code": `
			var no1, no2, no3, no4, no5 chan int
			var noWG sync.WaitGroup
			var noMu sync.Mutex
			var m = map[string]chan int{}
			var cc = make(chan chan int, 1)
			func body() {
				no1, no2, no3, no4, no5 = make(chan int), make(chan int), make(chan int), make(chan int), make(chan int)
				m["x"] = no1
				cc <- no2
				var x any = no3
				_ = x
				_ = struct{ c chan int }{no4}
				p := &noWG
				_ = []*sync.WaitGroup{p}
				sync.NewCond(&noMu)
				func(c chan int) { m["y"] = c }(no5)
			}`,
		"not made here": `
			var no <-chan time.Time
			var noToo chan int
			var m = map[string]chan int{}
			func body() { no = time.After(1); noToo = m["x"] }`,
		"a parameter that a literal gives away": `
			var no chan int
			func later(c chan int) { time.AfterFunc(1, func() { c <- 1 }) }
			func body() { no = make(chan int); later(no) }`,
		"a lock that is kept": `
			var noMu sync.Mutex
			var mus []*sync.Mutex
			func keep(mu *sync.Mutex) { go func() { mus = append(mus, mu) }() }
			func body() { keep(&noMu); noMu.Lock() }`,
		"returned by what it is given to": `
			var no chan int
			func id(c chan int) chan int { return c }
			func body() { no = make(chan int); m := id(no); _ = m }`,
		"another type": `
			var no int
			var noOnce sync.Once
			func body() { no = 1 }`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			cell, vars := build(t, "package main\nimport (\"sync\"; \"time\")\nvar _ = time.Now\nvar _ sync.Mutex\n"+src)
			confined := map[*ssa.Global]bool{}
			for _, g := range Variables(cell, vars, nil) {
				confined[g] = true
			}
			for _, g := range vars {
				if want := strings.HasPrefix(g.Name(), "yes"); confined[g] != want {
					t.Errorf("%s: confined is %v, want %v", g.Name(), confined[g], want)
				}
			}
		})
	}
}

func build(t *testing.T, src string) (*lower.Cell, []*ssa.Global) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "cell.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: stdlib.NewImporter(fset)}, fset, types.NewPackage("main", "main"), []*ast.File{file}, ssa.InstantiateGenerics|ssa.BareInits)
	if err != nil {
		t.Fatal(err)
	}
	var vars []*ssa.Global
	for name, m := range pkg.Members {
		if g, ok := m.(*ssa.Global); ok && (strings.HasPrefix(name, "yes") || strings.HasPrefix(name, "no")) {
			vars = append(vars, g)
		}
	}
	return &lower.Cell{Package: pkg, Body: pkg.Func("body")}, vars
}
