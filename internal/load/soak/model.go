package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// How many there are of each kind of name, which bounds what a session holds.
const (
	variables = 8
	functions = 6
	echoes    = 4
	keptMost  = 30
)

// A model is what a session holds.
type model struct {
	vars  [variables]*int
	funcs [functions]*function
	// typ is which text the type T has, 0 for none.
	typ     int
	kept    []keptValue // slice kept
	generic bool        // type stack, with variable st of it
	stack   []int
	echo    [echoes]*int // what the goroutine behind a pair of channels adds
	// price is what the notebook's own package says, which outlives the worker.
	price int
}

// A function is func fK(x int) int { return x*times + f(K+1)(x) }, the last term
// if it calls on.
type function struct {
	times int
	calls bool
}

// A keptValue is a value of T as of some text of it.
type keptValue struct{ typ, n int }

// call is what fK(x) is. It reports false where a function is not declared.
func (m *model) call(k, x int) (int, bool) {
	f := m.funcs[k]
	if f == nil {
		return 0, false
	}
	y := x * f.times
	if f.calls {
		more, ok := m.call(k+1, x)
		if !ok {
			return 0, false
		}
		y += more
	}
	return y, true
}

// want is what a cell is expected to do.
type want struct {
	stdout   string
	contains string // in what is printed, for commands that say more
	result   string // text/plain, "" for none
	fails    string // what the error's name or text contains, "" if the cell succeeds
}

// A step is a cell, or something that is done to the session while it runs.
type step struct {
	kind      string
	source    string
	want      want
	interrupt bool   // it does not end by itself
	kill      bool   // the worker is killed while it runs
	shop      string // the new text of the notebook's own package, "" if it stays
}

// A kind of step, with how often it is taken.
type kind struct {
	name   string
	weight int
	make   func(m *model, r *rand.Rand) (step, bool) // false: not now
}

var kinds = []kind{
	{"expression", 4, expression},
	{"set", 6, set},
	{"read", 8, read},
	{"function", 6, declareFunction},
	{"call", 8, callFunction},
	{"type", 3, declareType},
	{"same type", 3, sameType},
	{"keep", 5, keep},
	{"kept", 5, readKept},
	{"generic", 3, generic},
	{"echo", 2, startEcho},
	{"ask", 5, ask},
	{"output", 3, output},
	{"panic", 3, fail},
	{"compile error", 3, compileError},
	{"deadlock", 1, deadlock},
	{"interrupt", 6, interrupt},
	{"trace", 2, trace},
	{"race", 1, race},
	{"explore", 1, explore},
	{"virtual", 1, virtual},
	{"own package", 2, ownPackage},
	{"module", 2, module},
}

// next chooses a step. One in kills is the death of the worker.
func (m *model) next(r *rand.Rand, kills int) step {
	if r.IntN(kills) == 0 {
		return kill(m, r)
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	for {
		n := r.IntN(total)
		for _, k := range kinds {
			if n -= k.weight; n < 0 {
				if s, ok := k.make(m, r); ok {
					s.kind = k.name
					return s
				}
				break
			}
		}
	}
}

func ints(format string, args ...any) want { return want{result: fmt.Sprintf(format, args...)} }

func expression(_ *model, r *rand.Rand) (step, bool) {
	a, b := r.IntN(1000), r.IntN(1000)
	return step{source: fmt.Sprintf("%d + %d", a, b), want: ints("%d", a+b)}, true
}

func set(m *model, r *rand.Rand) (step, bool) {
	k, n := r.IntN(variables), r.IntN(1000)
	old := m.vars[k]
	m.vars[k] = &n
	switch {
	case old == nil || r.IntN(3) == 0:
		return step{source: fmt.Sprintf("v%d := %d", k, n)}, true
	case r.IntN(2) == 0:
		n += *old
		return step{source: fmt.Sprintf("v%d := v%[1]d + %d\nv%[1]d", k, n-*old), want: ints("%d", n)}, true
	}
	return step{source: fmt.Sprintf("v%d = %d", k, n)}, true
}

func read(m *model, r *rand.Rand) (step, bool) {
	k := r.IntN(variables)
	s := step{source: fmt.Sprintf("v%d", k)}
	if m.vars[k] == nil {
		s.want.fails = "undefined: " + s.source
	} else {
		s.want = ints("%d", *m.vars[k])
	}
	return s, true
}

func declareFunction(m *model, r *rand.Rand) (step, bool) {
	k := r.IntN(functions)
	f := &function{times: r.IntN(100), calls: k+1 < functions && m.funcs[k+1] != nil && r.IntN(3) > 0}
	m.funcs[k] = f
	body := fmt.Sprintf("x*%d", f.times)
	if f.calls {
		body += fmt.Sprintf(" + f%d(x)", k+1)
	}
	return step{source: fmt.Sprintf("func f%d(x int) int { return %s }", k, body)}, true
}

func callFunction(m *model, r *rand.Rand) (step, bool) {
	k, x := r.IntN(functions), r.IntN(100)
	y, ok := m.call(k, x)
	return step{source: fmt.Sprintf("f%d(%d)", k, x), want: ints("%d", y)}, ok
}

// declaration is the text of T.
func declaration(typ int) string {
	return fmt.Sprintf(`type T struct{ n int; more%d int8 }
func (t T) String() string { return fmt.Sprint("T%[1]d:", t.n) }
func (t *T) add(n int) { t.n += n }`, typ)
}

func declareType(m *model, _ *rand.Rand) (step, bool) {
	m.typ = m.typ + 1
	s := step{source: declaration(m.typ)}
	if m.typ == 1 {
		s.source += "\nvar kept []fmt.Stringer"
	}
	return s, true
}

func sameType(m *model, _ *rand.Rand) (step, bool) {
	return step{source: declaration(m.typ)}, m.typ > 0
}

func keep(m *model, r *rand.Rand) (step, bool) {
	n := r.IntN(1000)
	if len(m.kept) >= keptMost {
		m.kept = m.kept[1:]
	}
	s := step{source: fmt.Sprintf("t := T{n: %d}\nt.add(1)\nif len(kept) >= %d { kept = slices.Delete(kept, 0, 1) }\nkept = append(kept, t)\nlen(kept)", n, keptMost)}
	if m.typ > 0 {
		m.kept = append(m.kept, keptValue{m.typ, n + 1})
		s.want = ints("%d", len(m.kept))
	}
	return s, m.typ > 0
}

func readKept(m *model, r *rand.Rand) (step, bool) {
	if len(m.kept) == 0 {
		return step{}, false
	}
	i := r.IntN(len(m.kept))
	v := m.kept[i]
	return step{
		source: fmt.Sprintf("v, is := kept[%d].(T)\n_ = v\nfmt.Println(kept[%[1]d], is)", i),
		want:   want{stdout: fmt.Sprintf("T%d:%d %t\n", v.typ, v.n, v.typ == m.typ)},
	}, true
}

const stackDeclaration = `type stack[E any] struct{ list []E }
func (s *stack[E]) push(e E) { s.list = append(s.list, e) }
func (s *stack[E]) pop() (e E) { e = s.list[len(s.list)-1]; s.list = s.list[:len(s.list)-1]; return e }
func mapped[A, B any](list []A, f func(A) B) (out []B) { for _, a := range list { out = append(out, f(a)) }; return out }`

func generic(m *model, r *rand.Rand) (step, bool) {
	if !m.generic {
		m.generic, m.stack = true, nil
		return step{source: stackDeclaration + "\nvar st stack[int]"}, true
	}
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteString(stackDeclaration + "\n") // st goes on
	}
	if len(m.stack) > 0 && (r.IntN(2) == 0 || len(m.stack) > 20) {
		last := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		b.WriteString("st.pop()")
		return step{source: b.String(), want: ints("%d", last)}, true
	}
	n := r.IntN(100)
	m.stack = append(m.stack, n)
	doubled := make([]string, len(m.stack))
	for i, e := range m.stack {
		doubled[i] = fmt.Sprint(2 * e)
	}
	fmt.Fprintf(&b, "st.push(%d)\nfmt.Println(mapped(st.list, func(e int) string { return fmt.Sprint(2 * e) }))", n)
	return step{source: b.String(), want: want{stdout: fmt.Sprintln(doubled)}}, true
}

func startEcho(m *model, r *rand.Rand) (step, bool) {
	k, add := r.IntN(echoes), r.IntN(100)
	var end string
	if m.echo[k] != nil {
		end = fmt.Sprintf("close(ask%d)\n", k)
	}
	m.echo[k] = &add
	return step{source: fmt.Sprintf(`%sask%d, answer%[2]d := make(chan int), make(chan int)
go func(ask <-chan int, answer chan<- int) {
	for n := range ask { answer <- n + %d }
}(ask%[2]d, answer%[2]d)`, end, k, add)}, true
}

func ask(m *model, r *rand.Rand) (step, bool) {
	k, n := r.IntN(echoes), r.IntN(1000)
	if m.echo[k] == nil {
		return step{}, false
	}
	return step{source: fmt.Sprintf("ask%d <- %d\n<-answer%[1]d", k, n), want: ints("%d", n+*m.echo[k])}, true
}

func output(_ *model, r *rand.Rand) (step, bool) {
	n := r.IntN(500)
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, "line", i)
	}
	return step{source: fmt.Sprintf("for i := range %d { fmt.Println(\"line\", i) }", n), want: want{stdout: b.String()}}, true
}

// failures end a cell after it has set a variable.
var failures = []struct{ source, fails string }{
	{`panic("on purpose")`, "on purpose"},
	{"var table map[string]int\ntable[\"a\"] = 1", "assignment to entry in nil map"},
	{"func() { var list []int; _ = list[len(list)] }()", "index out of range [0] with length 0"},
	{"wg := new(sync.WaitGroup)\nwg.Add(1)\ngo func() { defer wg.Done(); panic(\"in a goroutine\") }()\nwg.Wait()\ntime.Sleep(time.Second)", "in a goroutine"},
}

func fail(m *model, r *rand.Rand) (step, bool) {
	k, n := r.IntN(variables), r.IntN(1000)
	if m.vars[k] == nil {
		return step{}, false
	}
	m.vars[k] = &n
	f := failures[r.IntN(len(failures))]
	return step{source: fmt.Sprintf("v%d = %d\n%s", k, n, f.source), want: want{fails: f.fails}}, true
}

func compileError(_ *model, r *rand.Rand) (step, bool) {
	s := []struct{ source, fails string }{
		{"v0 := 1\nvar s string = 2", "cannot use 2"},
		{"for {", "expected '}'"},
		{"nobody.Knows()", "undefined: nobody"},
	}
	e := s[r.IntN(len(s))]
	return step{source: e.source, want: want{fails: e.fails}}, true
}

func deadlock(_ *model, _ *rand.Rand) (step, bool) {
	return step{source: "<-make(chan int)", want: want{fails: "all goroutines are asleep"}}, true
}

// shared is a cell in which goroutines count under a lock, which prints how far.
func shared(r *rand.Rand) (source string, w want) {
	n := 1 + r.IntN(5)
	return fmt.Sprintf(`var wg sync.WaitGroup
var mu sync.Mutex
count, done := 0, make(chan int, %d)
for i := range %[1]d { wg.Go(func() { mu.Lock(); defer mu.Unlock(); count += i; done <- i }) }
wg.Wait()
fmt.Println(count, len(done))`, n), want{stdout: fmt.Sprintln(n*(n-1)/2, n)}
}

// trace is a cell with a picture, which is in the way of nothing.
func trace(_ *model, r *rand.Rand) (step, bool) {
	source, w := shared(r)
	return step{source: "%%trace\n" + source, want: w}, true
}

func race(_ *model, r *rand.Rand) (step, bool) {
	source, w := shared(r)
	return step{source: "%%race\n" + source, want: w}, true
}

func explore(_ *model, r *rand.Rand) (step, bool) {
	return step{
		source: fmt.Sprintf("%%%%explore %d\nch := make(chan int, 2)\ngo func() { ch <- 1 }()\ngo func() { ch <- 2 }()\nfmt.Println(<-ch + <-ch)", 2+r.IntN(5)),
	}, true // what it says is a display
}

func virtual(_ *model, r *rand.Rand) (step, bool) {
	hours := 1 + r.IntN(100)
	return step{
		source: fmt.Sprintf("%%%%virtual\nstart := time.Now()\ntime.Sleep(%d * time.Hour)\nfmt.Println(time.Since(start).Round(time.Hour))", hours),
		want:   want{contains: fmt.Sprintf("%dh0m0s", hours)},
	}, true
}

// endless are cells that do not end by themselves.
var endless = []string{
	"for {}",
	"select { case <-make(chan int): case <-time.After(time.Hour): }",
	"time.Sleep(time.Hour)",
	"for range 5 { go func() { for { time.Sleep(time.Millisecond) } }() }\n<-time.After(time.Hour)",
	"var mu sync.Mutex\nmu.Lock()\ngo func() { time.Sleep(time.Hour) }()\nmu.Lock()",
	"ln, err := net.Listen(\"tcp\", \"127.0.0.1:0\")\nif err != nil { panic(err) }\ndefer ln.Close()\nln.Accept()",
	"func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }\nfor { deep(1000) }",
	"for i := 0; ; i++ { if i%100000 == 0 { fmt.Println(i) } }",
}

func interrupt(_ *model, r *rand.Rand) (step, bool) {
	return step{source: endless[r.IntN(len(endless))], interrupt: true, want: want{fails: "interrupt"}}, true
}

// killed says that a cell has begun: one that has not, when its worker dies, is run
// by the next.
const killed = "fmt.Println(\"begun\")\n"

func kill(m *model, r *rand.Rand) step {
	source := slices.Concat(endless[:3], []string{"for { _ = make([]byte, 1000) }"})
	*m = model{price: m.price}
	return step{kind: "kill", source: killed + source[r.IntN(len(source))], kill: true, want: want{fails: "restarted"}}
}
