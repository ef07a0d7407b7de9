package sessiontest

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// TestModules runs programs that use the modules beside the standard library.
func modules(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"errgroup", `import "golang.org/x/sync/errgroup"

type Failed struct{ id int }
func (f Failed) Error() string { return fmt.Sprint("task ", f.id, " failed") }

g, ctx := errgroup.WithContext(context.Background())
var stopped atomic.Int32
for i := range 5 {
	g.Go(func() error {
		if i == 3 {
			return Failed{i}
		}
		<-ctx.Done()
		stopped.Add(1)
		return ctx.Err()
	})
}
err := g.Wait()
var f Failed
fmt.Println(err, errors.As(err, &f), f.id, stopped.Load(), context.Cause(ctx) == err)`,
			"task 3 failed true 3 4 true\n"},
		{"errgroup limit", `import "golang.org/x/sync/errgroup"

var g errgroup.Group
g.SetLimit(3)
var running, most, sum atomic.Int64
for i := range 20 {
	g.Go(func() error {
		n := running.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() { }
		time.Sleep(time.Millisecond)
		sum.Add(int64(i))
		running.Add(-1)
		return nil
	})
}
fmt.Println(g.Wait(), most.Load() <= 3, sum.Load())

g.SetLimit(1)
block := make(chan bool)
fmt.Println(g.TryGo(func() error { <-block; return nil }), g.TryGo(func() error { return nil }))
close(block)
fmt.Println(g.Wait())`,
			"<nil> true 190\ntrue false\n<nil>\n"},
		{"errgroup pipeline", `import "golang.org/x/sync/errgroup"

func pipeline(ctx context.Context, n int) (int, error) {
	g, ctx := errgroup.WithContext(ctx)
	numbers, squares := make(chan int), make(chan int)
	g.Go(func() error {
		defer close(numbers)
		for i := range n {
			select {
			case numbers <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		defer close(squares)
		for x := range numbers {
			squares <- x * x
		}
		return nil
	})
	sum := 0
	g.Go(func() error {
		for s := range squares {
			sum += s
		}
		return nil
	})
	err := g.Wait()
	return sum, err
}
fmt.Println(pipeline(context.Background(), 100))`,
			"328350 <nil>\n"},
		{"semaphore", `import "golang.org/x/sync/semaphore"

ctx := context.Background()
sem := semaphore.NewWeighted(4)
var inside, most atomic.Int64
var wg sync.WaitGroup
for range 12 {
	wg.Go(func() {
		if err := sem.Acquire(ctx, 2); err != nil { panic(err) }
		defer sem.Release(2)
		n := inside.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() { }
		time.Sleep(time.Millisecond)
		inside.Add(-1)
	})
}
wg.Wait()
fmt.Println(most.Load() <= 2, sem.TryAcquire(4), sem.TryAcquire(1))
short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
fmt.Println(sem.Acquire(short, 1))
cancel()
sem.Release(4)`,
			"true true false\ncontext deadline exceeded\n"},
		{"singleflight", `import "golang.org/x/sync/singleflight"

var group singleflight.Group
var calls atomic.Int32
release := make(chan bool)
var wg sync.WaitGroup
results := make([]string, 5)
for i := range results {
	wg.Go(func() {
		v, err, shared := group.Do("key", func() (any, error) {
			calls.Add(1)
			<-release
			return "value", nil
		})
		results[i] = fmt.Sprint(v, err, shared)
	})
}
time.Sleep(20 * time.Millisecond)
close(release)
wg.Wait()
fmt.Println(calls.Load(), results[0], slices.Compact(results))
r := <-group.DoChan("other", func() (any, error) { return nil, io.EOF })
fmt.Println(r.Val, r.Err, r.Shared)`,
			"1 value<nil> true [value<nil> true]\n<nil> EOF false\n"},
		{"rate", `import "golang.org/x/time/rate"

limiter := rate.NewLimiter(rate.Every(10*time.Millisecond), 2)
start := time.Now()
for range 5 {
	if err := limiter.Wait(context.Background()); err != nil { panic(err) }
}
d := time.Since(start)
fmt.Println(d >= 29*time.Millisecond, limiter.Limit(), limiter.Burst())
slow := rate.NewLimiter(1, 1)
fmt.Println(slow.Allow(), slow.Allow(), slow.Reserve().Delay() > 0)
ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
defer cancel()
fmt.Println(slow.Wait(ctx))
fmt.Println(rate.NewLimiter(rate.Inf, 0).Allow())`,
			"true 100 2\ntrue false true\nrate: Wait(n=1) would exceed context deadline\ntrue\n"},
		{"without import", `var g errgroup.Group
g.Go(func() error { fmt.Println("hello"); return nil })
fmt.Println(g.Wait(), rate.Limit(2), semaphore.NewWeighted(1).TryAcquire(1))`,
			"hello\n<nil> 2 true\n"},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestModulesAcrossCells checks that what a module's goroutines do belongs to
// the cell that asked for it: output, panics, deadlock and interrupt.
func modulesAcrossCells(t *T) {
	nb := t.open()
	nb.run(`import "golang.org/x/sync/errgroup"
var g errgroup.Group
jobs := make(chan int)`)
	first, r := nb.exec(`g.Go(func() error {
	for j := range jobs { fmt.Println("job", j) }
	return nil
})`)
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if got := nb.run(`for i := range 3 { jobs <- i }
close(jobs)
fmt.Println(g.Wait())`); got != "<nil>\n" {
		t.Errorf("the cell that waits: %q", got)
	}
	const want = "job 0\njob 1\njob 2\n"
	for deadline := time.Now().Add(time.Second); first.stdout() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the cell that started the goroutine: %q", first.stdout())
		}
	}
	_, r = nb.exec(`var g errgroup.Group
g.Go(func() error {
	var m map[string]int
	m["a"] = 1
	return nil
})
g.Wait()`)
	if r.Failure == nil || r.Failure.Name != "panic" || !strings.Contains(r.Failure.Value, "assignment to entry in nil map") {
		t.Errorf("panic in an errgroup: %v", r.Failure)
	}
	const trace = `main.func1(...)
	cell 4 line 4
errgroup.(*Group).Go.func1(...)
	golang.org/x/sync/errgroup/errgroup.go:`
	if got := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(got, trace) {
		t.Errorf("traceback of a panic in an errgroup:\n%s", got)
	}
	_, r = nb.exec(`var g errgroup.Group
never := make(chan int)
g.Go(func() error { <-never; return nil })
g.Wait()`)
	if r.Failure == nil || r.Failure.Name != "deadlock" {
		t.Errorf("deadlock in an errgroup: %v", r.Failure)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	r = nb.s.Execute(ctx, session.Cell{ID: "i", Number: 9, Source: `var g errgroup.Group
g.Go(func() error { for { time.Sleep(time.Second) } })
g.Wait()`}, &transcript{})
	if r.Failure == nil || r.Failure.Name != "interrupted" || time.Since(start) > time.Second {
		t.Errorf("interrupted errgroup: %v after %v", r.Failure, time.Since(start))
	}
	if got := nb.run(`1 + 1`); got != "=> 2" {
		t.Errorf("after all that: %s", got)
	}
}

// A program that asks where it is hears of its cells and functions, as it
// hears of files under go run, and never of the interpreter.
func contract6_WhereAmI(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"Caller", `func where() string {
	_, file, line, ok := runtime.Caller(1)
	return fmt.Sprint(file, ":", line, " ", ok)
}
fmt.Println(where())
func() { fmt.Println(where()) }()
_, _, _, ok := runtime.Caller(100)
fmt.Println(ok)`,
			"cell 1:5 true\ncell 1:6 true\nfalse\n"},
		{"Caller as a value", `f := runtime.Caller
_, file, line, _ := f(0)
fmt.Println(file, line)`,
			"cell 1 2\n"},
		{"FuncForPC", `type T struct{}
func (T) Value() string { return name() }
func (*T) Pointer() string { return name() }
func Generic[X any](X) string { return name() }
func name() string {
	pc, _, _, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name()
}
fmt.Println(name(), T{}.Value(), new(T).Pointer(), Generic(1), func() string { return name() }())`,
			"main.main main.T.Value main.(*T).Pointer main.Generic[...] main.func1\n"},
		{"FuncForPC of a value", `func add(a, b int) int { return a + b }
nameOf := func(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }
fmt.Println(nameOf(add), nameOf(strings.ToUpper), nameOf(fmt.Println))
file, line := runtime.FuncForPC(reflect.ValueOf(add).Pointer()).FileLine(0)
fmt.Println(file, line)`,
			"main.add strings.ToUpper fmt.Println\ncell 1 1\n"},
		{"CallersFrames", `func trace() {
	pcs := make([]uintptr, 8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") { // what stands below main
			fmt.Println(f.Function, f.File, f.Line, f.Func.Name() == f.Function)
		}
		if !more { break }
	}
}
func outer() { trace() }
outer()
var pcs [4]uintptr
fmt.Println(runtime.Callers(0, pcs[:]) - runtime.Callers(1, pcs[:]))`,
			"main.trace cell 1 3 true\nmain.outer cell 1 12 true\nmain.main cell 1 13 true\n1\n"},
		{"Stack", `func deep() string {
	buf := make([]byte, 1000)
	return string(buf[:runtime.Stack(buf, false)])
}
_, frames, _ := strings.Cut(deep(), "\n")
fmt.Print(frames, string(debug.Stack()) != "")`,
			"main.deep(...)\n\tcell 1 line 3\nmain(...)\n\tcell 1 line 5\ntrue"},
		{"log", `log.SetFlags(log.Lshortfile)
log.SetOutput(os.Stdout)
func helper() { log.Output(2, "for my caller") }
log.Println("one")
log.Printf("%d", 2)
helper()
l := log.New(os.Stdout, "prefix ", log.Llongfile|log.Lmsgprefix)
l.Print("three")
p := l.Println
p("four")
defer func() { fmt.Println(recover()); log.SetFlags(log.LstdFlags); log.SetOutput(os.Stderr) }()
log.Panic("five")`,
			"cell 1:4: one\ncell 1:5: 2\ncell 1:6: for my caller\ncell 1:8: prefix three\ncell 1:10: prefix four\ncell 1:12: five\nfive\n"},
		{"slog", `noTime := func(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey { return slog.Attr{} }
	return a
}
l := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, ReplaceAttr: noTime}))
l.Info("hello", "n", 1)
l.With("a", 2).WithGroup("g").Warn("more", "b", 3)
l.Debug("not enabled")
func wrap(l *slog.Logger, msg string) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:])
	r := slog.NewRecord(time.Time{}, slog.LevelError, msg, pcs[0])
	fmt.Println(r.Source().Line)
	l.Handler().Handle(context.Background(), r)
}
wrap(l, "for my caller")
slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, ReplaceAttr: noTime})).LogAttrs(nil, slog.LevelInfo, "json", slog.Int("n", 4))`,
			`level=INFO source="cell 1:6" msg=hello n=1
level=WARN source="cell 1:7" msg=more a=2 g.b=3
16
level=ERROR source="cell 1:16" msg="for my caller"
{"level":"INFO","source":{"function":"main.main","file":"cell 1","line":17},"msg":"json","n":4}
`},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// A cell that is run again declares its types as they were. Values of the
// earlier run, wherever they are, are values of these types.
func contract3_TypeDeclaredAgainAsItWas(t *T) {
	const types = `type Shape interface{ Area() float64 }
type Sq struct{ s float64 }
func (q Sq) Area() float64 { return scale * q.s * q.s }
func (q *Sq) grow() { q.s++ }
type Node struct { Sq; next *Node }
type Failed struct{ code int }
func (f *Failed) Error() string { return fmt.Sprint("failed with ", f.code) }
type key struct{}
type Op func(Sq) Sq`
	const values = `var shape Shape = Sq{2}
shapes := []any{Sq{1}, &Sq{3}, &Node{Sq{4}, nil}, map[string]Sq{"a": {5}}, Op(func(q Sq) Sq { q.grow(); return q })}
var err error = fmt.Errorf("wrapped: %w", &Failed{7})
ctx := context.WithValue(context.Background(), key{}, "value")
ch := make(chan any, 1)
ch <- Sq{6}
use := func(x Shape) float64 { return x.Area() }`
	const look = `q, ok := shape.(Sq)
fmt.Println(q, ok, shape == Sq{2}, shape.Area(), use(Sq{1}))
for _, s := range shapes {
	switch s := s.(type) {
	case Sq:
		fmt.Println("Sq", s.s, s.Area())
	case *Sq:
		s.grow()
		fmt.Println("*Sq", s.s, s.Area())
	case *Node:
		fmt.Println("*Node", s.Area(), s.next == nil)
	case map[string]Sq:
		fmt.Println("map", s["a"].Area())
	case Op:
		fmt.Println("Op", s(Sq{1}).s)
	default:
		fmt.Printf("another: %T\n", s)
	}
}
var f *Failed
fmt.Println(errors.As(err, &f), err, ctx.Value(key{}))
x, ok := (<-ch).(Shape)
fmt.Println(x, ok)
ch <- Sq{6}
fmt.Println(sort.SliceIsSorted(shapes, func(i, j int) bool { return false }))`
	nb := t.open()
	nb.run("scale := 1.0")
	nb.run(types)
	nb.run(values)
	want := nb.run(look)
	if strings.Contains(want, "another") || strings.Contains(want, "false [") {
		t.Fatalf("before anything is declared again:\n%s", want)
	}
	grown := func(by, area string) string { // the one value that is changed by looking
		return strings.Replace(want, "*Sq 4 16", by+" "+area, 1)
	}
	nb.run(types)
	if got := nb.run(look); got != grown("*Sq 5", "25") {
		t.Errorf("after the types were declared again:\n%s\nwant\n%s", got, grown("*Sq 5", "25"))
	}
	// What the methods use is declared again: so are the methods, and the type.
	nb.run("scale := 10.0")
	got := nb.run("shape.(Sq).Area()")
	if got != "=> 40" {
		t.Errorf("after what a method uses was declared again: %s", got)
	}
	if got := nb.run(`fmt.Println(shape.Area(), use(Sq{1}))
fmt.Sprint(shapes[0])`); got != "40 10\n=> \"{1}\"" {
		t.Errorf("through an interface: %s", got)
	}
	// A type that is really another one is not the same.
	nb.run(strings.Replace(types, "s float64 }", "s float64; name string }", 1))
	if got := nb.run(`_, ok := shape.(Sq)
_, ok2 := shapes[2].(*Node)
_, isKey := ctx.Value(key{}).(string)
fmt.Println(ok, ok2, isKey, shape.Area())`); got != "false false true 40\n" {
		t.Errorf("after a type was changed: %s", got)
	}
}

// A method that is changed makes its type new; values keep the method that they
// were made with.
func contract3_MethodChanged(t *T) {
	nb := t.open()
	nb.run(`type Namer interface{ Name() string }
type T struct{}
func (T) Name() string { return "old" }
var old Namer = T{}`)
	nb.run(`func (T) Name() string { return "new" }`)
	if got := nb.run(`fmt.Println(old.Name(), T{}.Name())
_, ok := old.(T)
ok`); got != "old new\n=> false" {
		t.Errorf("got %s", got)
	}
}

func contract2_Redeclare(t *T) {
	nb := t.open()
	nb.run(`x := 1
func get() int { return x }`)
	if got := nb.run(`get()`); got != "=> 1" {
		t.Errorf("get() = %s", got)
	}
	nb.run(`x := 7`)
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("after x := 7, get() = %s", got)
	}
	nb.run(`x := "seven"`)
	if got := nb.run(`x`); got != `=> "seven"` {
		t.Errorf("x = %s", got)
	}
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("get no longer compiles, so the old one stays: got %s", got)
	}
}

func contract3_Redefinition(t *T) {
	nb := t.open()
	nb.run(`type Counter struct{ n int }
c := Counter{n: 3}
p := &c`)
	nb.run(`func (c *Counter) Inc() { c.n++ }`)
	nb.run(`func (c Counter) Value() int { return c.n }
c.Inc()
p.Inc()`)
	if got := nb.run(`c.Value() + p.Value()`); got != "=> 10" {
		t.Errorf("methods of later cells: %s", got)
	}
	nb.run(`func double(c Counter) int { return 2 * c.Value() }`)
	nb.run(`func (c Counter) Value() int { return 100 * c.n }`)
	if got := nb.run(`double(c)`); got != "=> 1000" {
		t.Errorf("double after Value changed: %s", got)
	}
	nb.run(`type Counter struct{ name string; n int }
func (c Counter) Value() int { return len(c.name) }`)
	if got := nb.run(`double(Counter{name: "abc"})`); got != "=> 6" {
		t.Errorf("double after Counter changed: %s", got)
	}
	if got := nb.run(`c.Value()`); got != "=> 500" {
		t.Errorf("an old value keeps its type: %s", got)
	}
}

func contract3_EarlierMeaning(t *T) {
	nb := t.open()
	nb.run(`n := 1`)
	nb.run(`n := n + 1`)
	if got := nb.run(`n`); got != "=> 2" {
		t.Errorf("n = %s", got)
	}
	_, r := nb.exec(`fmt.Println(later)
later := 1`)
	if r.Failure == nil || !strings.Contains(r.Failure.Value, "undefined: later") {
		t.Errorf("use before declaration: %v", r.Failure)
	}
}

func contract8_Input(t *T) {
	nb := t.open()
	if got := nb.run(`var a, b int
n, err := fmt.Scan(&a, &b)
a + b`, "3 4"); got != "=> 7" {
		t.Errorf("Scan: %s", got)
	}
	nb = t.open()
	if got := nb.run(`line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
line`, "hello there"); got != `=> "hello there\n"` {
		t.Errorf("ReadString: %s", got)
	}
	_, r := nb.exec(`os.Exit(3)`)
	if r.Failure == nil || r.Failure.Value != "exit status 3" {
		t.Errorf("os.Exit: %v", r.Failure)
	}
}

func genericsFromSource(t *T) {
	nb := t.open()
	for src, want := range map[string]string{
		`s := []int{3, 1, 2}; slices.Sort(s); s`:                                         "=> [1 2 3]",
		`slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2}))`:                       "",
		`f := sync.OnceValue(func() int { return 42 }); f() + f()`:                       "=> 84",
		`var p atomic.Pointer[int]; n := 5; p.Store(&n); *p.Load()`:                      "=> 5",
		`type T struct{ a int }; var p atomic.Pointer[T]; p.Store(&T{7}); p.Load().a`:    "=> 7",
		`for i, v := range slices.Backward([]string{"a", "b"}) { fmt.Print(i, v, " ") }`: "1b 0a ",
		`func gen(n int) iter.Seq[int] { return func(yield func(int) bool) { for i := range n { if !yield(i) { return } } } }; sum := 0; for v := range gen(10) { if v == 5 { break }; sum += v }; sum`: "=> 10",
	} {
		got := nb.run(src)
		if want != "" && got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

// What a function that stays in use as it was refers to stays, too.
func contract3_OldValueOfARedeclaredVariable(t *T) {
	nb := t.open()
	nb.run(`data := []int{1, 2, 3}
func sum() (s int) { for _, x := range data { s += x }; return s }
func Each[T any](f func(int) T) (out []T) { for _, x := range data { out = append(out, f(x)) }; return out }
later := make(chan bool)
go func() { <-later; fmt.Println(data, len(Each(func(x int) string { return "" }))) }()`)
	first := nb.run(`data := "text"`)
	runtime.GC()
	runtime.GC()
	if got := nb.run(`sum()`); first != "" || got != "=> 6" {
		t.Errorf("sum() = %s", got)
	}
	tr, _ := nb.exec(`later <- true`)
	nb.s.Flush()
	_ = tr
	if got := nb.run(`len(Each(func(x int) int { return x }))`); got != "=> 3" {
		t.Errorf("a generic function: %s", got)
	}
}

func contract1_WholeProgram(t *T) {
	nb := t.open()
	const program = "package main\n\nimport \"fmt\"\n\nfunc init() { fmt.Println(\"init\") }\n\nfunc main() { fmt.Println(\"main\") }\n"
	for range 2 {
		if got := nb.run(program); got != "init\nmain\n" {
			t.Errorf("printed %q", got)
		}
	}
	// Who calls main gets one call, not two.
	if got := nb.run("func main() { fmt.Println(\"main\") }\nfmt.Println(\"first\")\nmain()"); got != "first\nmain\n" {
		t.Errorf("a cell that calls its main printed %q", got)
	}
	if got := nb.run("func main() { fmt.Println(\"main\") }\nfunc() { main() }()"); got != "main\nmain\n" {
		t.Errorf("a cell in which another function calls main printed %q", got)
	}
}

func contract4_Values(t *T) {
	nb := t.open()
	for src, want := range map[string]string{
		`1 + 2`:                              "=> 3",
		`x := 1`:                             "",
		`"a\tb"`:                             `=> "a\tb"`,
		`fmt.Println("x")`:                   "x\n",
		`[]int{1, 2}`:                        "=> [1 2]",
		"z := func() int { return 5 }\nz();": "",
		`errors.New("broken")`:               "=> broken",
		"a, b := 1, \"x\"\na, b":             `=> 1, "x"`,
		`strconv.Itoa(7), len("four"), nil == error(nil)`: `=> "7", 4, true`,
		`json.Marshal([]int{1})`:                          "=> [1], <nil>",
		"var mu sync.Mutex\nmu.Lock()\n&mu":               "=> *sync.Mutex, locked",
		"type P struct{ X, y int }\nP{1, 2}":              "=> P{X:1 y:2}",
		"type S struct{ n int }\nfunc (s S) String() string { return fmt.Sprint(\"S\", s.n) }\nS{3}": "=> S3",
	} {
		if got := nb.run(src); got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}

func contract5_CompileErrors(t *T) {
	nb := t.open()
	_, r := nb.exec("x := 1\nx + \"a\"")
	if r.Failure == nil || r.Failure.Name != session.CompileError || !strings.Contains(r.Failure.Value, "cell 1:2:") {
		t.Errorf("got %v", r.Failure)
	}
	if _, r := nb.exec("x"); r.Failure == nil {
		t.Error("a cell that did not compile has declared a variable")
	}
	nb.run("import \"os\"\nfunc unused() { y := 1 }")
}

func contract7_FailureKeepsWhatWasDone(t *T) {
	nb := t.open()
	if _, r := nb.exec("x := 1\nx = 2\npanic(1)\nx = 3"); r.Failure == nil {
		t.Fatal("no failure")
	}
	if got := nb.run("x"); got != "=> 2" {
		t.Errorf("x is %s", got)
	}
}

// Types that cells declare are themselves: in interfaces, switches, maps and
// what fmt prints.
func contract6_NamedTypes(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"fmt", "type C float64\ntype P struct{ X, y int; c C }\nfmt.Printf(\"%T %v %+v %#v %T\\n\", P{1, 2, 3}, P{1, 2, 3}, P{1, 2, 3}, P{1, 2, 3}, []C{1})",
			"main.P {1 2 3} {X:1 y:2 c:3} main.P{X:1, y:2, c:3} []main.C\n"},
		{"methods in fmt", "type C float64\nfunc (c C) String() string { return fmt.Sprintf(\"%.1f°\", float64(c)) }\ntype P struct{ T C }\nfmt.Println(C(1), []C{2}, P{3}, map[string]C{\"a\": 4})",
			"1.0° [2.0°] {3.0°} map[a:4.0°]\n"},
		{"switch", "type A int\ntype B int\nfor _, v := range []any{A(1), B(1), 1, []A{1}, &struct{ A }{2}} {\n\tswitch v := v.(type) {\n\tcase A: fmt.Print(\"A\", v)\n\tcase B: fmt.Print(\"B\", v)\n\tcase int: fmt.Print(\"int\", v)\n\tcase []A: fmt.Print(\"[]A\", v)\n\tdefault: fmt.Printf(\"%T\", v)\n\t}\n}",
			"A1B1int1[]A[1]*struct { main.A }"},
		{"map keys", "type K struct{ a int }\nm := map[any]string{K{1}: \"k\", 1: \"one\"}\nfmt.Println(m[K{1}], m[1], m[struct{ a int }{1}] == \"\")", "k one true\n"},
		{"errors", "type E struct{ code int }\nfunc (e *E) Error() string { return fmt.Sprint(\"code \", e.code) }\nerr := fmt.Errorf(\"wrapped: %w\", &E{3})\nvar e *E\nfmt.Println(err, errors.As(err, &e), e.code, errors.Unwrap(err) == error(e))", "wrapped: code 3 true 3 true\n"},
		{"recursive", "type Node struct{ v int; next *Node; kids []*Node; up map[string]*Node }\nl := &Node{v: 1, next: &Node{v: 2}}\nl.kids = append(l.kids, l.next)\nl.next.up = map[string]*Node{\"l\": l}\nfor n := l; n != nil; n = n.next { fmt.Print(n.v, \" \") }\nfmt.Println(l.kids[0].up[\"l\"].v)", "1 2 1\n"},
		{"state function", "type state func(n int) state\nvar a, b state\na = func(n int) state { fmt.Print(\"a\", n); return b }\nb = func(n int) state { fmt.Print(\"b\", n); return nil }\nn := 0\nfor s := a; s != nil; n++ { s = s(n) }", "a0b1"},
		{"embedding", "type Base struct{ n int }\nfunc (b *Base) Inc() { b.n++ }\nfunc (b Base) Get() int { return b.n }\ntype D struct{ Base; name string }\ntype G interface{ Get() int; Inc() }\nd := D{name: \"d\"}\nvar g G = &d\ng.Inc()\ng.Inc()\nfmt.Println(g.Get(), d.Get(), d.name)", "2 2 d\n"},
		{"interfaces of the library", "type R struct{ n int }\nfunc (r *R) Read(p []byte) (int, error) { if r.n == 0 { return 0, io.EOF }; r.n--; return copy(p, \"ab\"), nil }\nb, err := io.ReadAll(&R{2})\nfmt.Println(string(b), err)\ntype L []int\nfunc (l L) Len() int { return len(l) }\nfunc (l L) Less(i, j int) bool { return l[i] > l[j] }\nfunc (l L) Swap(i, j int) { l[i], l[j] = l[j], l[i] }\nl := L{1, 3, 2}\nsort.Sort(l)\nfmt.Println(l)", "abab <nil>\n[3 2 1]\n"},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
