package frame_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
)

// compiled makes a machine for source.
func compiled(t testing.TB, src string) (*snippet.Snippet, *run.Machine) {
	t.Helper()
	s := snippet.Build(t, src)
	m, err := run.New(s.Config(""))
	return s.On(m, err), m
}

// What calls leave behind: panics with their traces, recovered or not, results after
// a recovery, and where programs find themselves.
func TestCalls(t *testing.T) {
	snippet.Golden(t, "calls.txtar", func(t *testing.T, src string) string {
		s, _ := compiled(t, src)
		var b strings.Builder
		r := s.Run("f")
		b.WriteString(r.Printed)
		if r.Outcome.G != nil {
			for _, p := range r.Outcome.G.EndedWith() {
				fmt.Fprintf(&b, "panic %v", p.Value)
				if p.Recovered {
					b.WriteString(" recovered")
				}
				if p.Repanicked {
					b.WriteString(" again")
				}
				for _, at := range p.Trace {
					if at.Func == "panic" {
						at.Line = 0 // the runtime's
					}
					fmt.Fprintf(&b, " < %s:%d", at.Func, at.Line)
				}
				b.WriteByte('\n')
			}
			if again := r.Outcome.G.EndedWith(); again != nil {
				t.Errorf("the panics are told again: %v", again)
			}
		}
		fmt.Fprintln(&b, r.Outcome.Kind)
		// What is told of calls changes nothing.
		again, _ := compiled(t, src)
		if o := again.RunObserved("f", &sched.Observation{Detector: new(snippet.Tape)}); o.Printed != r.Printed || o.Outcome.Kind != r.Outcome.Kind || o.Failed() != r.Failed() {
			t.Errorf("observed, it prints %q and ends with %v %s", o.Printed, o.Outcome.Kind, o.Failed())
		}
		return b.String()
	})
}

// The whole programs, too, since what a call may be is endless.
func TestPrograms(t *testing.T) {
	for _, p := range snippet.Programs(t) {
		if !strings.Contains(p.Src, "recover()") && !strings.Contains(p.Src, "panic(") {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			s, _ := compiled(t, p.Src)
			if got := s.Run("main").Golden(); !p.Is(got) {
				t.Errorf("printed\n%s\nwant\n%s", got, p.Want)
			}
		})
	}
}

// Machine code leaves frames in the midst of blocks, and closures go on with them.
func TestMachineCodeLeaves(t *testing.T) {
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	s := snippet.Build(t, `
func down(n int, s []int) int { if n == 0 { return s[n] }; return 1 + down(n-1, s) }
func f() {
	sum := 0
	for i := range 2000 { sum += down(i%50, []int{i}) }
	println(sum)
	defer func() { println(recover().(error).Error()) }()
	down(40, nil)
}`)
	r := s.On(run.New(s.Config("always"))).Run("f")
	if want := "2048000\nruntime error: index out of range [0] with length 0\n"; r.Printed != want {
		t.Errorf("printed %q, want %q; %s", r.Printed, want, r.Failed())
	}
}

// fatalVar is set in the process in which a snippet is to come to its end.
const fatalVar = "GOSCHED_TEST_FATAL"

// What ends the process is reported with the user's calls.
func TestFatal(t *testing.T) {
	if testing.Short() {
		t.Skip("processes run out of stack and of memory, of which the race detector takes its own part")
	}
	for name, tt := range map[string]struct{ src, want string }{
		"recursion": {`
func down(n int) int { return down(n+1) + 1 }
func f() { down(0) }`, "runtime: goroutine stack exceeds 33554432-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.down(...)\n\tcell 1 line 2\n"},
		"deep": {`
func down(n int) int { defer func() {}(); return down(n+1) + 1 }
func f() { down(0) }`, "fatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.down"},
		"memory": {`
func f() { var list [][]byte; for { list = append(list, make([]byte, 64<<20)) } }`, "byte block (%d in use)\nfatal error: out of memory\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell 1 line 2\n"},
		"growth": {`
func f() { s := make([]byte, 32<<20); for { s = append(s, s...) } }`, "fatal error: out of memory\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell 1 line 2\n"},
		"unlock": {`import "sync"
func f() { var mu sync.Mutex; mu.Unlock() }`, "fatal error: sync: unlock of unlocked mutex\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell 1 line 2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(fatalVar) == name {
				endless(t, tt.src)
				return
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestFatal$/^"+name+"$")
			cmd.Env = append(os.Environ(), fatalVar+"="+name, "GOMEMLIMIT=512MiB")
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 2 {
				t.Errorf("ended with %v", err)
			}
			for part := range strings.SplitSeq(tt.want, "%d") {
				if !strings.Contains(string(out), part) {
					t.Errorf("no %q in\n%.2000s", part, out)
				}
			}
		})
	}
}

// A stack that a library has logged shows the user's calls in place of ours. Other
// text is passed on as it is.
func TestStackCleaner(t *testing.T) {
	s, m := compiled(t, `
import ("net"; "net/http"; "log"; "io")
var Log io.Writer
type boom struct{}
func (boom) ServeHTTP(http.ResponseWriter, *http.Request) { inner() }
func inner() { panic("in a handler") }
func f() {
	s := &http.Server{Handler: boom{}, ErrorLog: log.New(Log, "", 0)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil { panic(err) }
	go s.Serve(l)
	if _, err := http.Get("http://" + l.Addr().String()); err == nil { println("no error") }
	s.Close()
}
`)
	var b bytes.Buffer
	v, err := m.Variable(s.Pkg.Members["Log"].(*ssa.Global))
	if err != nil {
		t.Fatal(err)
	}
	v.Set(reflect.ValueOf(m.Log(&b)))
	if r := s.Run("f"); r.Printed != "" || r.Failed() != "" {
		t.Errorf("printed %q, failed %q", r.Printed, r.Failed())
	}
	text := b.String()
	for _, want := range []string{"in a handler", "main.inner(...)\n\tcell 1 line 6", "main.boom.ServeHTTP(...)\n\tcell 1 line 5", "net/http."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "kernel/run") {
		t.Errorf("the interpreter is in\n%s", text)
	}
}
