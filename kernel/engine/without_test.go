package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/goruntime"
)

// without opens a session on a runtime of which less is known.
func without(t *testing.T, names ...string) *notebook {
	t.Helper()
	facts, err := goruntime.Check().Without(names...)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewOn(facts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return &notebook{t: t, e: e}
}

// optional is the facts that the engine can do without.
func optional() (names []string) {
	for _, name := range goruntime.Names() {
		if facts, err := goruntime.Check().Without(name); err == nil && facts.Direct() == nil {
			names = append(names, name)
		}
	}
	return names
}

// What a fact is for goes on without it in another way, or is lost as said; cells
// run.
func TestContract19_WithoutFacts(t *testing.T) {
	const common = `
import ("errors"; "fmt"; "math"; "strings"; "sync")
type point struct{ X, Y int }
func (p point) String() string { return fmt.Sprint(p.X, "/", p.Y) }
var mu sync.Mutex
m := map[string]int{}
wg := sync.WaitGroup{}
for i := range 8 {
	wg.Go(func() { mu.Lock(); defer mu.Unlock(); m[strings.Repeat("x", i)] += i })
}
wg.Wait()
var once sync.Once
for range 3 { once.Do(func() { fmt.Println("once") }) }
fmt.Println(len(m), m["xxx"], math.Sqrt(16), strings.ToUpper("up"), errors.Unwrap(errors.New("e")), point{1, 2})
`
	const want = "once\n8 3 4 UP <nil> 1/2\n"
	sets := map[string][]string{"all": optional()}
	for _, name := range optional() {
		sets[name] = []string{name}
	}
	for name, set := range sets {
		t.Run(name, func(t *testing.T) {
			nb := without(t, set...)
			if got := nb.run(common); got != want {
				t.Errorf("it prints %q", got)
			}
		})
	}
}

func TestContract19_WithoutAssertionError(t *testing.T) {
	const src = `
import ("errors"; "fmt"; "io"; "runtime")
type T int
type named interface{ Name() string }
try := func(f func()) {
	defer func() {
		err := recover().(error)
		var own *runtime.TypeAssertionError
		var any runtime.Error
		fmt.Println(err, errors.As(err, &any), errors.As(err, &own))
	}()
	f()
}
var none any
var failed error
try(func() { _ = any(1).(string) })
try(func() { _ = none.(string) })
try(func() { _ = failed.(interface{ error; Timeout() bool }) })
try(func() { _ = any(T(1)).(named) })
try(func() { _ = none.(io.Reader) })
try(func() { _ = error(io.EOF).(named) })
func() { type T int; try(func() { _ = any(T(1)).(string) }) }()
`
	own := open(t).run(src)
	less := without(t, "assertion-error").run(src)
	if !strings.Contains(own, "true true\n") || strings.ReplaceAll(own, "true true\n", "true false\n") != less {
		t.Errorf("with the runtime's own error:\n%swithout:\n%s", own, less)
	}
}

func TestContract19_WithoutSymbols(t *testing.T) {
	const src = `
import ("fmt"; "log"; "os"; "runtime")
func where() {
	pcs := make([]uintptr, 4)
	n := runtime.Callers(1, pcs)
	f, _ := runtime.CallersFrames(pcs[:n]).Next()
	fmt.Printf("%q %q\n", f.Function, runtime.FuncForPC(pcs[0]).Name())
}
where()
_, file, line, ok := runtime.Caller(0)
fmt.Println(file, line, ok)
log.New(os.Stdout, "", log.Lshortfile).Println("logged")
`
	const rest = "cell 1 10 true\ncell 1:12: logged\n"
	if got := open(t).run(src); got != "\"main.where\" \"main.where\"\n"+rest {
		t.Errorf("as it is: %s", got)
	}
	if got := without(t, "func-info", "frames").run(src); got != "\"\" \"\"\n"+rest {
		t.Errorf("without: %s", got)
	}
}

// Without what it needs, the engine refuses in a sentence that says why.
func TestContract19_Refusal(t *testing.T) {
	can := map[string]bool{}
	for _, name := range optional() {
		can[name] = true
	}
	for _, name := range goruntime.Names() {
		if can[name] {
			continue
		}
		facts, err := goruntime.Check().Without(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewOn(facts); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Concurrent use of a map is left to the runtime where maps cannot be marked:
// here nothing is found, since nothing is used by two at a time.
func TestContract19_WithoutMapMark(t *testing.T) {
	nb := without(t, "map-mark")
	got := nb.run(`
m := map[any]int{1: 1, "a": 2}
sum := 0
for k, v := range m { delete(m, k); sum += v }
func() { defer func() { m["recovered"] = len(recover().(error).Error()) }(); m[[]int{}] = 1 }()
sum*100 + len(m)`)
	if got != "=> 301" {
		t.Error(got)
	}
}
