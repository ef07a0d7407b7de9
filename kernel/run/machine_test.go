package run

import (
	"go/types"
	"io"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/testrun"
)

// A machine has variables, which can be looked at, set, and continued by others.
func TestVariables(t *testing.T) {
	s := compiled(t, `
type point struct{ X, Y int }
var p = point{1, 2}
var again point
func f() { p.X++; println(again.X) }`)
	s.Run("f")
	v, err := s.m.Variable(s.Pkg.Var("p"))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Field(0).Int(); got != 2 {
		t.Errorf("p.X is %d", got)
	}
	if rt, err := s.m.TypeOf(s.Pkg.Type("point").Type()); err != nil || rt != v.Type() || rt.String() != "main.point" {
		t.Errorf("the type is %v, of p %v: %v", rt, v.Type(), err)
	}
	s.m.Bind(s.Pkg.Var("again"), s.m.Memory(s.Pkg.Var("p")))
	v.Field(0).SetInt(7)
	if w, err := s.m.Variable(s.Pkg.Var("again")); err != nil || w.Field(0).Int() != 7 {
		t.Errorf("a variable that continues p is %v: %v", w, err)
	}
}

// Compile says what cannot be run, in function literals, too.
func TestCompile(t *testing.T) {
	s := compiled(t, `
func good() { func() { println() }() }
func bad() { _ = func() { var a [3_000_000_000]byte; for i := range a { println(a[i]) } } }`)
	if err := s.m.Compile(s.Pkg.Func("good")); err != nil {
		t.Error(err)
	}
	err := s.m.Compile(s.Pkg.Func("bad"))
	u, ok := err.(*unsupported.Error)
	if !ok || !strings.Contains(u.Error(), "too large") {
		t.Fatalf("got %v", err)
	}
	if at := s.Fset.Position(u.Pos); at.Line != 3 {
		t.Errorf("it is at %v", at)
	}
	var b strings.Builder
	if err := s.m.Dump(&b, s.Pkg.Func("bad").AnonFuncs[0]); err == nil {
		t.Error("it is dumped")
	}
}

// Functions are values that compiled code can call; what is compiled has no dump.
func TestFunction(t *testing.T) {
	s := compiled(t, `import "strings"
func f() { println(strings.ToUpper("x"), add(1, 2)) }
func add(a, b int) int { return a + b }`)
	v, err := s.m.Function(s.Pkg.Func("add"))
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	s.Run("f")
	s.Do(func(*sched.G) {
		sum = v.Call([]reflect.Value{reflect.ValueOf(1), reflect.ValueOf(2)})[0].Int()
	})
	if sum != 3 {
		t.Errorf("1+2 is %d", sum)
	}
	var upper *ssa.Function
	for _, in := range s.Pkg.Func("f").Blocks[0].Instrs {
		if c, ok := in.(*ssa.Call); ok && c.Call.StaticCallee() != nil && c.Call.StaticCallee().Name() == "ToUpper" {
			upper = c.Call.StaticCallee()
		}
	}
	var b strings.Builder
	if err := s.m.Dump(&b, upper); err == nil || !strings.Contains(err.Error(), "is compiled into the kernel") {
		t.Errorf("the dump of a compiled function: %v", err)
	}
}

// A goroutine is somewhere while it runs the program, and nowhere else.
func TestHere(t *testing.T) {
	s := compiled(t, `func f() {}`)
	s.Do(func(g *sched.G) {
		if at, site := s.m.Here(g); at != nil || site != nil {
			t.Errorf("it is at %v, %v", at, site)
		}
	})
}

// Where too little of the runtime is known, there is no machine.
func TestNoFacts(t *testing.T) {
	facts, err := goruntime.Check().Without("functions")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(link.Config{Facts: facts}); err == nil {
		t.Error("there is a machine")
	}
}

// What a machine does for sessions reaches its parts.
func TestForSessions(t *testing.T) {
	s := compiled(t, `
import ("fmt"; "sync"; "testing")
var mu sync.Mutex
type T struct{ n int }
type again struct{ n int }
var v fmt.Stringer
func (T) String() string { return "T" }
func (again) String() string { return "again" }
func f() { mu.Lock(); mu.Unlock(); v = T{1}; println(v.String()) }
func show() { println(v.String()) }
func end() { mu.Unlock() }
func TestIt(t *testing.T) { panic("in a test") }
func ExampleIt() { panic("in an example") }
`)
	s.Run("f")
	if s.m.HandsLocksOver() {
		t.Error("nothing hands locks over")
	}
	if err := s.m.Compile(s.Pkg.Func("end")); err != nil || !s.m.HandsLocksOver() {
		t.Errorf("unlock hands a lock over: %v", err)
	}
	named := func(name string) *types.Named { return s.Pkg.Type(name).Type().(*types.Named) }
	if !s.m.Same(named("T"), named("again")) {
		t.Error("the types cannot be the same")
	}
	if r := s.Call("show"); r.Printed != "again\n" {
		t.Errorf("printed %q", r.Printed)
	}
	example, err := s.m.Function(s.Pkg.Func("ExampleIt"))
	if err != nil {
		t.Fatal(err)
	}
	r := s.Do(func(*sched.G) { s.m.GuardExample(example.Interface().(func()))() })
	if r.Failed() != "" {
		t.Errorf("the panic of an example is passed on: %s", r.Failed())
	}
	test, err := s.m.Function(s.Pkg.Func("TestIt"))
	if err != nil {
		t.Fatal(err)
	}
	ok, report := true, ""
	s.Do(func(*sched.G) {
		res, err := testrun.Run(t.Context(), testrun.Suite{
			Tests:      []testing.InternalTest{{Name: "TestIt", F: s.m.GuardTest(test.Interface().(func(*testing.T)))}},
			Benchmarks: []testing.InternalBenchmark{{Name: "BenchmarkNone", F: s.m.GuardBenchmark(func(*testing.B) {})}},
		}, testrun.Options{Print: func(line string) { report += line }})
		ok = err != nil || res.OK
	})
	if ok || !strings.Contains(report, "panic: in a test") || !strings.Contains(report, "cell 1 line 12") {
		t.Errorf("the test passes, or does not say why not: %s", report)
	}
	s.m.Forget(s.Pkg.Func("f"))
	s.m.Release(s.Pkg.Var("mu"))
	s.m.LetGo(mention.Packages{s.Pkg.Pkg: true})
	if _, ok := s.m.Log(io.Discard).(frame.StackCleaner); !ok {
		t.Error("logs are not cleaned")
	}
	if s.m.GuardFuzz(func(*testing.F) {}) == nil {
		t.Error("no fuzz target")
	}
}

// A panic is told once, with where it came from.
func TestPanics(t *testing.T) {
	s := compiled(t, "func f() { g() }\nfunc g() { panic(1) }")
	r := s.Run("f")
	chain := r.Outcome.G.EndedWith()
	if len(chain) != 1 || chain[0].Value != 1 || len(chain[0].Trace) != 2 || chain[0].Trace[0].Func != "main.g" || chain[0].Trace[0].Line != 2 {
		t.Errorf("the panics are %v", chain)
	}
}
