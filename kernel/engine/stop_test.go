package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/session"
)

// A cue is a sink that calls a function when the cell first prints something.
type cue struct {
	transcript
	once sync.Once
	do   func()
}

func (c *cue) Emit(ev session.Event) {
	c.transcript.Emit(ev)
	if s, ok := ev.(session.Stream); ok && s.Name == "stdout" {
		c.once.Do(c.do)
	}
}

// interrupt runs a cell, which is to go on for ever, and interrupts it some time
// after it has begun. It returns what it printed, and how long it took to stop.
func (nb *notebook) interrupt(t testing.TB, src string, after time.Duration) (*transcript, time.Duration) {
	t.Helper()
	return nb.interruptBy(t, src, func(interrupt func(time.Time)) {
		time.AfterFunc(after, func() { interrupt(time.Now()) })
	})
}

// interruptBy is interrupt where schedule has a function called, with the time,
// when the cell has begun.
func (nb *notebook) interruptBy(t testing.TB, src string, schedule func(interrupt func(time.Time))) (*transcript, time.Duration) {
	t.Helper()
	nb.n++
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	at := make(chan time.Time, 1)
	tr := &cue{do: func() {
		schedule(func(now time.Time) {
			at <- now
			cancel()
		})
	}}
	src = "fmt.Println(\"begins\")\n" + src
	r := nb.e.Execute(ctx, session.Cell{Number: nb.n, Source: src}, tr)
	over := time.Now()
	if r.Failure == nil || r.Failure.Name != "interrupted" {
		t.Fatalf("%s\nended with %v after printing %q", src, r.Failure, tr.stdout())
	}
	if text := strings.Join(r.Failure.Traceback, "\n"); strings.Contains(text, "left behind") {
		t.Errorf("%s\n%s", src, text)
	}
	return &tr.transcript, over.Sub(<-at)
}

// A finger interrupts cells from another process, as front ends do: how long that
// takes is counted from when it has done so.
type finger struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

const fingerVariable = "GOSCHED_TEST_FINGER"

func TestMain(m *testing.M) {
	if os.Getenv(fingerVariable) == "" {
		os.Exit(m.Run())
	}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); { // how long to wait
		d, err := time.ParseDuration(in.Text())
		if err != nil {
			panic(err)
		}
		time.Sleep(d)
		fmt.Println(time.Now().UnixNano())
	}
}

func newFinger(t testing.TB) *finger {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), fingerVariable+"=1")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait()
	})
	return &finger{in, bufio.NewScanner(out)}
}

// press has a cell interrupted after some time.
func (f *finger) press(after time.Duration) func(func(time.Time)) {
	return func(interrupt func(time.Time)) {
		fmt.Fprintln(f.in, after)
		go func() { // ends with the process at the latest
			if f.out.Scan() {
				ns, _ := strconv.ParseInt(f.out.Text(), 10, 64)
				interrupt(time.Unix(0, ns))
			}
		}()
	}
}

// A cell that waits in any of these ways is stopped, runs its deferred call and
// leaves what it waited for as it was.
func stopsAll(t *testing.T, setup string, cells []string) {
	for _, src := range cells {
		nb := open(t)
		nb.run(setup)
		tr, took := nb.interrupt(t, "defer fmt.Println(\"deferred\")\n"+src, 10*time.Millisecond)
		if !strings.Contains(tr.stdout(), "deferred") {
			t.Errorf("%s\nits deferred call did not run", src)
		}
		if took > 5*time.Second {
			t.Errorf("%s\ntook %v", src, took)
		}
		if left := nb.e.sched.List(); len(left) != 0 {
			t.Errorf("%s\nleft %v", src, left)
		}
	}
}

func TestContract13_ReflectChannels(t *testing.T) {
	stopsAll(t, `ch := make(chan int)
var none chan string
type box struct{ v any }
full := make(chan box, 1)
full <- box{1}`, []string{
		"reflect.ValueOf(ch).Recv()",
		"reflect.ValueOf(ch).Send(reflect.ValueOf(1))",
		"reflect.ValueOf(none).Recv()",
		"reflect.ValueOf(full).Send(reflect.ValueOf(box{2}))",
		"v := reflect.ValueOf(ch); f := v.Recv; f()",
		"for x := range reflect.ValueOf(ch).Seq() { _ = x }",
		"reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ch)}, {Dir: reflect.SelectSend, Chan: reflect.ValueOf(full), Send: reflect.ValueOf(box{})}, {Dir: reflect.SelectRecv}})",
		"reflect.Select(nil)",
		"var wg sync.WaitGroup; wg.Go(func() { reflect.ValueOf(ch).Recv() }); wg.Wait()",
	})
}

// Channel operations by reflection do what they do natively.
func TestContract6_ReflectChannels(t *testing.T) {
	nb := open(t)
	nb.run(`func try(f func()) { defer func() { fmt.Println(recover()) }(); f() }`)
	got := nb.run(`a, b := make(chan any), make(chan fmt.Stringer, 1)
go func() { a <- nil; a <- 7; close(a) }()
va := reflect.ValueOf(a)
for range 3 {
	v, ok := va.Recv()
	fmt.Println(v.Kind(), v.IsNil(), v.CanSet(), ok)
}
var recv <-chan any = a
try(func() { reflect.ValueOf(recv).Send(reflect.ValueOf(1)) })
try(func() { reflect.ValueOf(3).Recv() })
try(func() { reflect.ValueOf(b).Send(reflect.ValueOf(1)) })
try(func() { va.Send(reflect.ValueOf(1)) })
reflect.ValueOf(b).Send(reflect.ValueOf(2 * time.Second))
fmt.Println(<-b)
go func() { time.Sleep(5 * time.Millisecond); b <- 3 * time.Second }()
i, v, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(b)}})
fmt.Println(i, v, v.Type(), ok)
try(func() { reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(b), Send: v}}) })`)
	const want = `interface true false true
interface false false true
interface true false false
reflect: send on recv-only channel
reflect: call of reflect.Value.Recv on int Value
reflect.Value.Send: value of type int is not assignable to type fmt.Stringer
send on closed channel
2s
1 3s fmt.Stringer true
reflect.Select: RecvDir case has Send value
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestContract13_Pipes(t *testing.T) {
	stopsAll(t, `pr, pw := io.Pipe()
fr, fw, _ := os.Pipe()`, []string{
		"pr.Read(make([]byte, 1))",
		"pw.Write([]byte(\"x\"))",
		"fmt.Fprintln(pw, \"x\")",
		"go pw.Write([]byte(\"x\"))\npw.Write([]byte(\"y\"))",
		"io.ReadAll(pr)",
		"bufio.NewScanner(pr).Scan()",
		"io.Copy(pw, bytes.NewReader(make([]byte, 10)))",
		"var r any = pr\nio.ReadAll(r.(io.Reader))",
		"json.NewDecoder(pr).Decode(new(int))",
		"fr.Read(make([]byte, 1))",
		"bufio.NewReader(fr).ReadString('\\n')",
		"io.ReadAll(fr)",
		"var r any = fr\nio.ReadAll(r.(io.Reader))",
		"for { fw.Write(make([]byte, 4096)) }",
		"for { fmt.Fprintln(fw, \"some text\") }",
		"fr.WriteTo(io.Discard)",
	})
}

// An interrupted reader or writer leaves a pipe in working order.
func TestContract13_PipesWorkAfterwards(t *testing.T) {
	nb := open(t)
	nb.run(`pr, pw := io.Pipe()
fr, fw, _ := os.Pipe()`)
	nb.interrupt(t, "bufio.NewScanner(pr).Scan()", 10*time.Millisecond)
	nb.interrupt(t, "pw.Write([]byte(\"lost\"))", 10*time.Millisecond)
	nb.interrupt(t, "io.ReadAll(fr)", 10*time.Millisecond)
	got := nb.run(`go func() { fmt.Fprintln(pw, "by pipe"); pw.Close() }()
io.Copy(os.Stdout, pr)
fmt.Fprintln(fw, "by file")
line, err := bufio.NewReader(fr).ReadString('\n')
fmt.Print(line, err, "\n")
var r io.Reader = pr
var w io.Writer = fw
fmt.Printf("%T %T\n", r, w)
_, isPipe := r.(*io.PipeReader)
_, isFile := w.(*os.File)
_, isAny := any(w).(*os.File)
fmt.Println(isPipe, isFile, isAny, r == io.Reader(pr), any(w) == any(fw), w.(interface{ Name() string }).Name())`)
	const want = `by pipe
by file
<nil>
*io.PipeReader *os.File
true true true true true |1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestContract12_ReflectionAndPipes(t *testing.T) {
	for src, want := range map[string]string{
		"ch := make(chan int)\nreflect.ValueOf(ch).Recv()":                   "[chan receive] on ch (chan int, 0/0)",
		"ch := make(chan int)\nreflect.ValueOf(ch).Send(reflect.ValueOf(1))": "[chan send] on ch (chan int, 0/0)",
		"reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv}})":    "[select",
		"_, pw := io.Pipe()\npw.Write([]byte(\"x\"))":                        "[io.Pipe write] on pw (io.PipeWriter)",
		"pr, _ := io.Pipe()\nbufio.NewScanner(pr).Scan()":                    "[io.Pipe read] on unnamed (io.PipeReader)",
	} {
		nb := open(t)
		_, r := nb.exec(src)
		if r.Failure == nil || r.Failure.Name != "deadlock" {
			t.Errorf("%s\nends with %v", src, r.Failure)
		} else if text := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(text, want) {
			t.Errorf("%s\nis reported without %q:\n%s", src, want, text)
		}
	}
}

// Recursion that has no loop is stopped where it calls.
func TestContract13_Recursion(t *testing.T) {
	stopsAll(t, `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func fibs[T int | float64](n T) T { if n < 2 { return n }; return fibs(n-1) + fibs(n-2) }
type tree struct{ left, right *tree }
func (t *tree) count() int { if t == nil { return 1 }; return t.left.count() + t.right.count() }
type counter interface{ down(n int) int }
type step struct{}
func (s step) down(n int) int { var c counter = s; if n == 0 { return 1 }; return c.down(n-1) + c.down(n-1) }
func even(n int) bool { if n == 0 { return true }; return odd(n-1) && odd(n-1) }
func odd(n int) bool { if n == 0 { return false }; return even(n-1) || even(n-1) }
func deferring(n int) int { defer func() {}(); if n < 2 { return n }; return deferring(n-1) + deferring(n-2) }
func deep(n int) *tree { if n == 0 { return nil }; t := deep(n-1); return &tree{t, t} }
func seq(n int) iter.Seq[int] { return func(yield func(int) bool) { if n == 0 { yield(0); return }; seq(n-1)(yield); seq(n-1)(yield) } }`, []string{
		"fib(50)",
		"fibs(50)",
		"fibs(50.0)",
		"deep(60).count()",
		"step{}.down(60)",
		"var f func(int) int\nf = func(n int) int { if n < 2 { return n }; return f(n-1) + f(n-2) }\nf(50)",
		"even(61)",
		"deferring(50)",
		"f := fib; f(50)",
		"c := (*tree).count; c(deep(60))",
		"for range seq(60) {}",
		"done := make(chan int)\ngo func() { done <- fib(50) }()\n<-done",
	})
}

// What takes long, such as a large slice, is the cell's own code all the same.
func TestContract13_LargeValues(t *testing.T) {
	stopsAll(t, "type block [1 << 20]int", []string{
		"for { s := make([]int, 20_000_000); _ = s[0] }",
		"for { s := make([]*block, 20_000_000); s = append(s, nil); _ = s[0] }",
		"b := make([]byte, 100_000_000); for { _ = string(b) }",
		"for { var b, c block; b[7]++; c = b; _ = any(c) }",
	})
}

// Deferred calls have little time when a cell is stopped; one that is running
// then goes on for that long.
func TestContract13_DeferredCalls(t *testing.T) {
	nb := open(t)
	nb.run(`func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
var mu sync.Mutex`)
	for _, src := range []string{
		"defer fib(50)",
		"func() { defer func() { recover(); fib(50) }(); panic(1) }()",
		"defer func() { for { time.Sleep(time.Millisecond) } }()",
	} {
		nb.interrupt(t, src, 5*time.Millisecond)
	}
	for range 100 {
		nb.interrupt(t, `for {
	func() {
		mu.Lock()
		defer func() { fib(5); mu.Unlock() }()
		fib(5)
	}()
}`, 0)
		if got := nb.run("mu.TryLock()"); got != "=> true" {
			t.Fatal("a deferred call was begun and did not go on")
		}
		nb.run("mu.Unlock()")
	}
}

// What compiled code calls is stopped too, whatever the compiled code is.
func TestContract13_Callbacks(t *testing.T) {
	if testenv.Raced {
		t.Skip("iter.Pull's two goroutines unwind at once, which the race detector reports; and callbacks take it long")
	}
	stopsAll(t, `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func less(i, j int) bool { return fib(50) > 0 }
type slow struct{}
func (slow) String() string { return fmt.Sprint(fib(50)) }
func (slow) MarshalJSON() ([]byte, error) { fib(50); return nil, nil }
func (slow) Read([]byte) (int, error) { return fib(50), nil }
func (slow) ServeHTTP(w http.ResponseWriter, r *http.Request) { fib(50) }
func (slow) Less(i, j int) bool { return less(i, j) }
func (slow) Len() int { return 3 }
func (slow) Swap(i, j int) {}`, []string{
		"sort.Slice([]int{1, 2, 3}, less)",
		"sort.Slice(make([]int, 3_000_000), func(i, j int) bool { return (i*7919)%10007 < (j*7919)%10007 })",
		"sort.Sort(slow{})",
		"sort.Search(100, func(i int) bool { return less(i, i) })",
		"slices.SortFunc([]int{1, 2, 3}, func(a, b int) int { return fib(50) })",
		"strings.Map(func(r rune) rune { fib(50); return r }, \"abc\")",
		"strings.FieldsFunc(strings.Repeat(\"abcd\", 3_000_000), func(r rune) bool { return r == ' ' })",
		"filepath.WalkDir(\".\", func(string, fs.DirEntry, error) error { fib(50); return nil })",
		"regexp.MustCompile(\"a\").ReplaceAllStringFunc(\"aaa\", func(s string) string { fib(50); return s })",
		"template.Must(template.New(\"\").Funcs(template.FuncMap{\"f\": func() int { return fib(50) }}).Parse(\"{{f}}\")).Execute(io.Discard, nil)",
		"fmt.Sprint(slow{})",
		"json.Marshal(slow{})",
		"io.ReadAll(slow{})",
		"new(sync.Once).Do(func() { fib(50) })",
		"sync.OnceValue(func() int { return fib(50) })()",
		"m := new(sync.Map); m.Store(1, 1); m.Range(func(k, v any) bool { fib(50); return true })",
		"(&sync.Pool{New: func() any { return fib(50) }}).Get()",
		"reflect.ValueOf(fib).Call([]reflect.Value{reflect.ValueOf(50)})",
		"time.AfterFunc(0, func() { fib(50) }); select {}",
		"s := httptest.NewServer(slow{})\nhttp.Get(s.URL)",
		"for range maps.Keys(map[int]int{1: 1}) { fib(50) }",
		"next, stop := iter.Pull(func(yield func(int) bool) { fib(50) })\ndefer stop()\nnext()",
	})
}

// Many goroutines that compute are in nobody's way: the cell is stopped, and all
// of them are.
func TestContract13_Crowds(t *testing.T) {
	nb, f := open(t), newFinger(t)
	nb.run(`func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
kept := 42
never := make(chan int)`)
	for _, c := range []struct{ n, body string }{
		{"200", "for {}"},
		{"200", "fib(60)"},
		{"200", "for { select { case <-never: default: } }"},
		{"200", "for { select { case <-never: case <-time.After(time.Microsecond): } }"},
		{"200", "ch := make(chan int); go func() { for { ch <- 1 } }(); for { <-ch }"},
		{"5000", "for {}"},
		{"5000", "defer func() { _ = kept }(); time.Sleep(time.Hour)"},
	} {
		src := "for range " + c.n + " { go func() { " + c.body + " }() }\nselect {}"
		_, took := nb.interruptBy(t, src, f.press(300*time.Millisecond))
		t.Logf("%s times %s: %v", c.n, c.body, took)
		if got := nb.run("kept"); got != "=> 42" {
			t.Errorf("%s\nafterwards: %s", src, got)
		}
		if left := nb.e.sched.Count(); left > 1 {
			t.Errorf("%s\nleft %d goroutines", src, left)
		}
	}
}
