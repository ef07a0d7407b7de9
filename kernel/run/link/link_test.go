package link_test

import (
	"errors"
	"go/ast"
	"go/types"
	"maps"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/standin"
)

// compiled makes a machine for source.
func compiled(t testing.TB, src string) (*snippet.Snippet, *run.Machine) {
	t.Helper()
	s := snippet.Build(t, src)
	m, err := run.New(s.Config(""))
	return s.On(m, err), m
}

// table makes a table without a machine.
func table(t *testing.T, src string) (*snippet.Snippet, *link.Table) {
	t.Helper()
	s := snippet.Build(t, src)
	cfg := s.Config("")
	l, err := link.New(cfg, standin.New(frame.NewWorld(cfg.Facts, cfg.Place)))
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

// Functions are interpreted, compiled, or stood in for, in calls and as values.
func TestFunctions(t *testing.T) {
	s, l := table(t, `
import ("slices"; "strings"; "sync"; "sync/atomic")
type T struct{}
func (T) M() int { return 1 }
func own() {}
func gen[E any](e E) E { return e }
type local struct{ n int }
func all() []any {
	return []any{strings.ToUpper, (*sync.Mutex).Lock, gen[int], slices.Contains[[]int], slices.Reverse[[]local], (*atomic.Pointer[local]).Load, T.M, new(sync.Mutex).Unlock}
}
`)
	find := func(name string) *ssa.Function {
		var found *ssa.Function
		visit := func(fn *ssa.Function) {
			var room [8]*ssa.Value
			for _, b := range fn.Blocks {
				for _, in := range b.Instrs {
					for _, op := range in.Operands(room[:0]) {
						if f, ok := (*op).(*ssa.Function); ok && strings.HasPrefix(f.String(), name) {
							found = f
						}
					}
				}
			}
		}
		visit(s.Pkg.Func("all"))
		if found == nil {
			t.Fatalf("there is no %s", name)
		}
		return found
	}
	if fn := s.Pkg.Func("own"); l.BodyOf(fn) != fn || l.Function(fn).Name() != "main.own" {
		t.Error("a function of the program is not its own body")
	}
	if fn := find("main.gen["); l.BodyOf(fn) != fn {
		t.Error("an instance of the program's is not its own body")
	}
	upper := find("strings.ToUpper")
	if l.BodyOf(upper) != nil || l.Intrinsic(upper) != nil {
		t.Error("strings.ToUpper is not compiled")
	}
	if v, err := l.NativeFunc(upper); err != nil || v.Call([]reflect.Value{reflect.ValueOf("x")})[0].String() != "X" {
		t.Errorf("strings.ToUpper: %v", err)
	}
	if body := l.BodyOf(find("slices.Reverse[")); body == nil || body.Blocks == nil {
		t.Error("an instance for a type of the program's has no body")
	}
	word := l.FunctionValue(upper, reflect.TypeFor[func(string) string]())
	if f := *(*func(string) string)(unsafe.Pointer(&word)); f("y") != "Y" || frame.ClosureOf(word) != nil {
		t.Error("strings.ToUpper as a value is not itself")
	}
	if fn := find("slices.Contains["); l.BodyOf(fn) != nil {
		t.Error("an instance that is compiled in is interpreted")
	} else if v, err := l.NativeFunc(fn); err != nil || !v.Call([]reflect.Value{reflect.ValueOf([]int{1}), reflect.ValueOf(1)})[0].Bool() {
		t.Errorf("slices.Contains: %v", err)
	}
	if fn := find("(*sync/atomic.Pointer["); l.BodyOf(fn) == nil {
		t.Error("a method of an instance for a type of the program's has no body")
	}
	lock := find("(*sync.Mutex).Lock")
	if call, err := l.Native(lock); err != nil || l.Intrinsic(lock) == nil || call == nil {
		t.Errorf("nothing stands in for (*sync.Mutex).Lock: %v", err)
	}
	v, err := l.Callable(s.Pkg.Func("own"))
	if err != nil || v.Kind() != reflect.Func || frame.ClosureOf(v.UnsafePointer()) != nil && v.IsNil() {
		t.Errorf("own as a value: %v %v", v, err)
	}
	if _, err := l.Native(s.Pkg.Func("own")); err == nil {
		t.Error("a function of the program is compiled")
	}
}

// A body that is made late is not made for a call of its function, but for the first one
// that is carried out.
func TestLateBodies(t *testing.T) {
	s := snippet.Build(t, `
import "os"
func outer() { if len(os.Args) == 0 { rare() }; often() }
func rare() {}
func often() {}
`)
	cfg := s.Config("")
	made := map[string]int{}
	bodies := map[*ssa.Function]*ssa.Function{}
	for _, name := range []string{"rare", "often"} {
		fn := s.Pkg.Func(name)
		body := *fn
		bodies[fn], fn.Blocks = &body, nil
	}
	cfg.Late = func(fn *ssa.Function) bool { return bodies[fn] != nil }
	cfg.Body = func(fn *ssa.Function) *ssa.Function {
		made[fn.Name()]++
		return bodies[fn]
	}
	m, err := run.New(cfg)
	s.On(m, err)
	for range 2 {
		if r := s.Run("outer"); r.Failed() != "" {
			t.Error(r.Failed())
		}
	}
	if made["rare"] != 0 || made["often"] != 1 {
		t.Errorf("bodies are made %v times", made)
	}
}

// What only a function needs whose body is made late is kept by that function alone.
func TestLateBodiesAndGarbage(t *testing.T) {
	s := snippet.Build(t, `
import ("fmt"; "runtime"; "time")
var begun, freed = make(chan bool), make(chan bool, 1)
func late(p *[64]byte) { p[0] = 1; begun <- true; begun <- true }
func hold() { p := new([64]byte); runtime.AddCleanup(p, func(int) { freed <- true }, 0); late(p) }
func outer() {
	go hold()
	<-begun
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			fmt.Println("freed")
			<-begun
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}`)
	cfg := s.Config("")
	fn := s.Pkg.Func("late")
	body := *fn
	fn.Blocks, fn.Syntax().(*ast.FuncDecl).Body = nil, nil
	cfg.Late = func(f *ssa.Function) bool { return f == fn }
	cfg.Body = func(f *ssa.Function) *ssa.Function {
		if f == fn {
			return &body
		}
		return s.Program.Body(f)
	}
	m, err := run.New(cfg)
	if r := s.On(m, err).Run("outer"); r.Stdout != "freed\n" {
		t.Errorf("it prints %q %s", r.Stdout, r.Failed())
	}
}

// caught is what f panics with, of what cannot be run.
func caught(f func()) (err error) {
	defer unsupported.Catch(&err)
	f()
	return nil
}

// What cannot be is refused with the reason.
func TestRefused(t *testing.T) {
	s, l := table(t, `
var big [3_000_000_000]byte
var ok int
`)
	u := caught(func() { l.Global(s.Pkg.Var("big")) })
	if u == nil || !strings.Contains(u.Error(), "variable big is too large: [3000000000]uint8 has 3000000000 bytes") {
		t.Errorf("got %v", u)
	}
	if p := l.Global(s.Pkg.Var("ok")); p != l.Global(s.Pkg.Var("ok")) {
		t.Error("a variable moves")
	}
	var n int
	l.Bind(s.Pkg.Var("ok"), unsafe.Pointer(&n))
	if l.Global(s.Pkg.Var("ok")) != unsafe.Pointer(&n) {
		t.Error("a variable is not where it was bound")
	}
}

// A variable is filled when somebody first asks for it, once, and at once after that.
func TestFilledWhenAskedFor(t *testing.T) {
	s, l := table(t, "var v, other int\nvar broken int")
	n := 0
	next := func(v reflect.Value) error {
		n++
		v.SetInt(int64(n))
		return nil
	}
	g := s.Pkg.Var("v")
	if err := l.Fill(g, next); err != nil || n != 0 {
		t.Errorf("it is filled %d times before anybody asks, %v", n, err)
	}
	l.Global(s.Pkg.Var("other"))
	for range 2 {
		if got := *(*int)(l.Global(g)); got != 1 || n != 1 {
			t.Errorf("it is %d, filled %d times", got, n)
		}
	}
	if err := l.Fill(g, next); err != nil || *(*int)(l.Global(g)) != 2 {
		t.Errorf("filled again it is %d, %v", *(*int)(l.Global(g)), err)
	}
	fails := errors.New("there is no such file")
	broken := s.Pkg.Var("broken")
	if err := l.Fill(broken, func(reflect.Value) error { return fails }); err != nil {
		t.Error(err)
	}
	for range 2 { // it does not count as filled
		if u := caught(func() { l.Global(broken) }); u == nil || !strings.Contains(u.Error(), "there is no such file") {
			t.Errorf("what cannot be filled says %v", u)
		}
	}
}

// What compiled code waits in is called in a way that can be stopped; what has no body
// is said to have none.
func TestNative(t *testing.T) {
	s, l := table(t, `
import ("bytes"; "crypto/tls"; "net"; "time")
func bodiless()
func all(c *net.TCPConn, s *tls.Conn, b *bytes.Buffer, l *net.TCPListener) {
	bodiless()
	c.Read(nil); c.SetReadDeadline(time.Time{}); c.LocalAddr(); s.Handshake(); l.Accept(); b.Read(nil)
}
`)
	stops := map[string]bool{}
	for _, b := range s.Pkg.Func("all").Blocks {
		for _, in := range b.Instrs {
			call, ok := in.(*ssa.Call)
			if !ok {
				continue
			}
			fn := call.Call.StaticCallee()
			if fn.Name() == "bodiless" {
				if _, err := l.NativeFunc(fn); err == nil || err.Error() != "main.bodiless cannot be run here: it has no body" {
					t.Errorf("it is run: %v", err)
				}
				continue
			}
			stops[fn.RelString(nil)] = l.Intrinsic(fn) != nil
			if call, err := l.Native(fn); err != nil || call == nil {
				t.Errorf("%s: %v", fn, err)
			}
		}
	}
	want := map[string]bool{
		"(*net.conn).Read": true, "(*net.conn).SetReadDeadline": true, "(*net.conn).LocalAddr": false,
		"(*crypto/tls.Conn).Handshake": true, "(*net.TCPListener).Accept": true, "(*bytes.Buffer).Read": false,
	}
	if !maps.Equal(stops, want) {
		t.Errorf("those can be stopped: %v", stops)
	}
}

// Values of a function that is declared again call what it is now.
func TestRedirect(t *testing.T) {
	s, m := compiled(t, `
func was() { println("was") }
func now() { println("now") }
func last() { println("last") }
func alone() { println("alone") }
var v func()
func f() { v = was; v() }
func g() { v(); was(); alone() }
`)
	if r := s.Run("f"); r.Printed != "was\n" {
		t.Fatalf("printed %q, %s", r.Printed, r.Failed())
	}
	m.Redirect(s.Pkg.Func("alone"), s.Pkg.Func("now")) // of which there are no values
	for _, to := range []string{"now", "last"} {
		from := map[string]string{"now": "was", "last": "now"}[to]
		m.Redirect(s.Pkg.Func(from), s.Pkg.Func(to))
		if r := s.Call("g"); r.Printed != to+"\nwas\nalone\n" {
			t.Errorf("redirected to %s it printed %q, %s", to, r.Printed, r.Failed())
		}
	}
}

// What is forgotten is garbage, once nothing of the program leads to it.
func TestForgets(t *testing.T) {
	s, m := compiled(t, `
type T struct{ n int }
func (t T) String() string { return "T" }
var kept, gone *[1000]int
var any1 interface{ String() string }
func f() { kept, gone = new([1000]int), new([1000]int); any1 = T{1}; println(any1.String()) }
func again() { println(kept != nil) }
`)
	if r := s.Run("f"); r.Printed != "T\n" {
		t.Fatalf("printed %q, %s", r.Printed, r.Failed())
	}
	at := func(name string) *[1000]int {
		v, err := m.Variable(s.Pkg.Var(name))
		if err != nil {
			t.Fatal(err)
		}
		return v.Interface().(*[1000]int)
	}
	gone, kept := weak.Make(at("gone")), weak.Make(at("kept"))
	m.Forget(s.Pkg.Func("f"))
	m.Release(s.Pkg.Var("gone"))
	for deadline := time.Now().Add(time.Minute); gone.Value() != nil; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("what a variable held is kept, which was released")
		}
	}
	if kept.Value() == nil {
		t.Error("what another variable holds is gone")
	}
	m.LetGo(mention.Packages{s.Pkg.Pkg: true})
	for deadline := time.Now().Add(time.Minute); kept.Value() != nil; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("what a variable held is kept, whose package was let go")
		}
	}
	runtime.KeepAlive(s)
}

// A variable that is released lives on where code leads to it that runs later.
func TestReleased(t *testing.T) {
	s, m := compiled(t, `
var n = 41
var get func() int
func f() { get = func() int { return n }; println(get()) }
func g() { println(n) }
`)
	if r := s.Run("f"); r.Printed != "41\n" {
		t.Fatalf("printed %q", r.Printed)
	}
	v, err := m.Variable(s.Pkg.Var("n"))
	if err != nil {
		t.Fatal(err)
	}
	v.SetInt(42)
	m.Release(s.Pkg.Var("n"))
	m.Release(s.Pkg.Var("n"))
	runtime.GC()
	if r := s.Call("g"); r.Printed != "42\n" {
		t.Errorf("printed %q", r.Printed)
	}
	runtime.KeepAlive(v)
}

// A type that is declared again as it was has the methods of now.
func TestSame(t *testing.T) {
	s, m := compiled(t, `
type shape interface{ name() string }
type old struct{ n int }
func (old) name() string { return "before" }
type again struct{ n int }
func (again) name() string { return "after" }
var v shape
var w any
func f() { v = old{1}; println(v.name()) }
func g() { println(v.name()) }
`)
	was := s.Pkg.Type("old").Type().(*types.Named)
	now := s.Pkg.Type("again").Type().(*types.Named)
	if m.Same(now, was) {
		t.Error("types are the same of which there are no values")
	}
	s.Run("f")
	if !m.Same(was, now) {
		t.Fatal("they cannot be the same")
	}
	s2 := s.Call("g")
	if s2.Printed != "after\n" {
		t.Errorf("printed %q, failed %q", s2.Printed, s2.Failed())
	}
}

// Compiled code calls functions of the program, and of libraries by way of it.
func TestCalledBack(t *testing.T) {
	s, _ := compiled(t, `
import ("fmt"; "io"; "sort"; "strings"; "errors"; "reflect"; "sync"; "bytes"; "time"; "context"; "net")
type list []string
func (l list) Len() int { return len(l) }
func (l list) Less(i, j int) bool { return l[i] < l[j] }
func (l list) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
type mine struct { io.Reader; *bytes.Buffer }
func (m mine) Read(b []byte) (int, error) { return m.Buffer.Read(b) }
type outer struct { strings.Builder; sync.Mutex }
type e struct{ error }
func (x e) Unwrap() error { return x.error }
func f() {
	l := list{"b", "a"}
	sort.Sort(sort.Reverse(l))
	fmt.Println(l)
	b, err := io.ReadAll(mine{Buffer: bytes.NewBufferString("read")})
	fmt.Println(string(b), err)
	o := new(outer)
	var w io.Writer = o
	fmt.Fprint(w, "promoted")
	var lock sync.Locker = o
	lock.Lock(); lock.Unlock()
	fmt.Println(o.String())
	base := errors.New("base")
	fmt.Println(errors.Is(e{base}, base), reflect.ValueOf(l).MethodByName("Len").Call(nil)[0])
	lockFn := (*sync.Mutex).Lock
	var mu sync.Mutex
	lockFn(&mu)
	fmt.Println(mu.TryLock())
	var once sync.Once
	do := once.Do
	do(func() { fmt.Println("once") })
	sleeps := []func(time.Duration){time.Sleep}
	sleeps[0](1)
	reflect.ValueOf(time.Sleep).Call([]reflect.Value{reflect.ValueOf(time.Duration(1))})
	fmt.Println(reflect.ValueOf((*sync.Mutex).TryLock).Call([]reflect.Value{reflect.ValueOf(&mu)})[0])
	var ctx context.Context
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fmt.Println(ctx.Err(), ctx.Done() != nil, ctx.Value(1))
	var conn net.Conn
	conn, _ = net.Pipe()
	fmt.Println(conn.SetDeadline(time.Unix(1, 0)))
	_, err = conn.Read(make([]byte, 1))
	fmt.Println(err)
	var q io.Reader = &strings.Reader{}
	_, err = q.Read(make([]byte, 1))
	var str fmt.Stringer = time.Second
	fmt.Println(err, str.String(), err.Error())
	up := strings.ToUpper
	fmt.Println(strings.Map(func(r rune) rune { return rune(up(string(r))[0]) }, "x"))
}`)
	const want = "[b a]\nread <nil>\npromoted\ntrue 2\nfalse\nonce\nfalse\ncontext canceled true <nil>\n<nil>\nread pipe: i/o timeout\nEOF 1s EOF\nX\n"
	if r := s.Run("f"); r.Printed != want {
		t.Errorf("printed %q, want %q; %s", r.Printed, want, r.Failed())
	}
}
