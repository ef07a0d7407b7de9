package standin_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
)

// compiled makes a machine for source.
func compiled(t testing.TB, src string) *snippet.Snippet {
	t.Helper()
	s := snippet.Build(t, src)
	return s.On(run.New(s.Config("")))
}

// varies is what differs from run to run, and from release to release of Go; goroot
// is where Go's own files are, unless the test was built with -trimpath; coverage is
// what tests within a test say of that, if it is measured.
var (
	varies = regexp.MustCompile(`([(]|panic\.go:)\d[.\ds]*`)
	goroot = regexp.MustCompile(`\S+/src/(runtime/panic\.go)`)

	coverage = regexp.MustCompile(`(?m)^coverage: .*\n`)
)

// What programs see of functions that are stood in for: where this is not about
// stacks and logs, whose files are cells here, it is what Go's own print.
func TestStandIns(t *testing.T) {
	snippet.Golden(t, "standins.txtar", func(t *testing.T, src string) string {
		s := compiled(t, src)
		s.Input = []string{"first line", "2 3"}
		r := s.Run("f")
		end := ""
		if r.Failed() != "" {
			end = "panic: " + r.Failed() + "\n"
		} else if r.Outcome.Kind != sched.Returned {
			end = fmt.Sprintln(r.Outcome.Kind, r.Outcome.Code)
		}
		printed := coverage.ReplaceAllString(r.Printed, "")
		return goroot.ReplaceAllString(varies.ReplaceAllString(printed+end, "$1…"), "$1")
	})
}

// The same with a clock that jumps when everybody waits: hours pass at once.
func TestVirtual(t *testing.T) {
	before := time.Now()
	snippet.Golden(t, "virtual.txtar", func(t *testing.T, src string) string {
		r := compiled(t, src).RunControlled("f", new(control.Fair), nil)
		if r.Failed() != "" {
			t.Errorf("failed: %s", r.Failed())
		}
		return r.Printed
	})
	if took := time.Since(before); took > 30*time.Minute {
		t.Errorf("it took %v", took)
	}
}

// What waits is known by what it waits for, and can be stopped: deferred calls run,
// and nothing is left behind.
func TestStops(t *testing.T) {
	for _, tt := range []struct{ name, src, state string }{
		{"Mutex.Lock", `import "sync"
func f() { defer println("deferred"); var mu sync.Mutex; got := make(chan bool); go func() { mu.Lock(); got <- true; select {} }(); <-got; mu.Lock() }`, "sync.Mutex.Lock"},
		{"RWMutex.RLock", `import "sync"
func f() { defer println("deferred"); var mu sync.RWMutex; got := make(chan bool); go func() { mu.Lock(); got <- true; select {} }(); <-got; mu.RLock() }`, "sync.RWMutex.RLock"},
		{"WaitGroup.Wait", `import "sync"
func f() { defer println("deferred"); var wg sync.WaitGroup; wg.Add(1); wg.Wait() }`, "sync.WaitGroup.Wait"},
		{"Cond.Wait", `import "sync"
func f() { defer println("deferred"); c := sync.NewCond(new(sync.Mutex)); c.L.Lock(); c.Wait() }`, "sync.Cond.Wait"},
		{"Sleep", `import "time"
func f() { defer println("deferred"); time.Sleep(time.Hour) }`, "sleep"},
		{"pipe of os", `import ("bufio"; "os")
func f() { defer println("deferred"); r, _, _ := os.Pipe(); bufio.NewReader(r).ReadByte() }`, "IO wait"},
		{"pipe of io", `import ("bufio"; "io")
func f() { defer println("deferred"); r, _ := io.Pipe(); bufio.NewReader(r).ReadByte() }`, "io.Pipe read"},
		{"pipe of io, write", `import ("fmt"; "io")
func f() { defer println("deferred"); _, w := io.Pipe(); fmt.Fprint(w, "x") }`, "io.Pipe write"},
		{"Accept", `import "net"
func f() { defer println("deferred"); l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }; defer l.Close(); l.Accept() }`, "IO wait"},
		{"connection", `import ("net"; "io")
func f() {
	defer println("deferred")
	l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String()); if err != nil { panic(err) }
	defer c.Close()
	io.ReadAll(c)
}`, "IO wait"},
		{"packet", `import "net"
func f() {
	defer println("deferred")
	l, err := net.ListenPacket("udp", "127.0.0.1:0"); if err != nil { panic(err) }
	defer l.Close()
	l.ReadFrom(make([]byte, 1))
}`, "IO wait"},
		{"TLS handshake", `import ("crypto/tls"; "net")
func f() {
	defer println("deferred")
	l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String()); if err != nil { panic(err) }
	defer c.Close()
	tls.Client(c, &tls.Config{InsecureSkipVerify: true}).Handshake()
}`, "IO wait"},
		{"Process.Wait", `import "os"
func f() {
	defer println("deferred")
	p, err := os.StartProcess("/bin/sleep", []string{"sleep", "3600"}, new(os.ProcAttr)); if err != nil { panic(err) }
	p.Wait()
}`, "IO wait"},
		{"Scan of a pipe", `import ("fmt"; "os")
func f() {
	defer println("deferred")
	was := os.Stdin
	defer func() { os.Stdin = was }()
	os.Stdin, _, _ = os.Pipe()
	var s string
	fmt.Scan(&s)
}`, "IO wait"},
		{"Scan", `import "fmt"
func f() { defer println("deferred"); var s string; fmt.Scan(&s) }`, "input"},
		{"Cmd.Run", `import "os/exec"
func f() { defer println("deferred"); exec.Command("sleep", "3600").Run() }`, "IO wait"},
		{"Cmd.Output", `import "os/exec"
func f() { defer println("deferred"); exec.Command("sleep", "3600").Output() }`, "IO wait"},
		{"reflect receive", `import "reflect"
func f() { defer println("deferred"); reflect.ValueOf(make(chan int)).Recv() }`, "chan receive"},
		{"reflect send", `import "reflect"
func f() { defer println("deferred"); reflect.ValueOf(make(chan int)).Send(reflect.ValueOf(1)) }`, "chan send"},
		{"reflect select", `import "reflect"
func f() {
	defer println("deferred")
	c := reflect.ValueOf(make(chan int))
	reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}, {Dir: reflect.SelectSend, Chan: c, Send: reflect.ValueOf(1)}})
}`, "select"},
		{"Once.Do", `import "sync"
func f() {
	defer println("deferred")
	var once sync.Once
	begun := make(chan bool)
	go once.Do(func() { close(begun); select {} })
	<-begun
	once.Do(func() {})
}`, "sync.Once.Do"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := compiled(t, tt.src)
			s.Input = []string{}
			r := s.RunStopped("f", tt.state)
			if r.Outcome.Kind != sched.Interrupted || r.Failed() != "" || !strings.HasSuffix(r.Printed, "deferred\n") {
				t.Errorf("ended with %s %s and printed %q", r.Outcome.Kind, r.Failed(), r.Printed)
			}
			if len(r.Outcome.Abandoned) > 0 {
				t.Errorf("abandoned: %v", r.Outcome.Abandoned)
			}
		})
	}
}

// Compiled code that waits for the network is called back when it is stopped, which
// nobody can see from outside: it says when it is about to wait.
func TestCalledBack(t *testing.T) {
	const waits = "STANDIN_TEST_WAITS"
	for _, tt := range []struct{ name, src string }{
		{"Serve", `import ("net"; "net/http"; "os")
func f() {
	defer println("deferred")
	l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }
	defer func() { _, err := l.Accept(); println(err != nil) }()
	os.Setenv("STANDIN_TEST_WAITS", "1")
	http.Serve(l, nil)
}`},
		{"ListenAndServe", `import ("net/http"; "os")
func f() {
	defer println("deferred")
	os.Setenv("STANDIN_TEST_WAITS", "1")
	http.ListenAndServe("127.0.0.1:0", nil)
}`},
		{"Server.ListenAndServe", `import ("net/http"; "os")
func f() {
	defer println("deferred")
	os.Setenv("STANDIN_TEST_WAITS", "1")
	(&http.Server{Addr: "127.0.0.1:0"}).ListenAndServe()
}`},
		{"Shutdown", `import ("context"; "net/http"; "net/http/httptest"; "os")
func f() {
	defer println("deferred")
	end := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		os.Setenv("STANDIN_TEST_WAITS", "1")
		<-end
	}))
	defer close(end)
	go http.Get(s.URL)
	for os.Getenv("STANDIN_TEST_WAITS") == "" {}
	s.Config.Shutdown(context.Background())
	println("not reached")
}`},
		{"Get", `import ("net"; "net/http"; "os")
func f() {
	defer println("deferred")
	l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }
	defer l.Close()
	os.Setenv("STANDIN_TEST_WAITS", "1")
	http.Get("http://" + l.Addr().String())
}`},
		{"body of a response", `import ("io"; "net/http"; "net/http/httptest"; "os")
func f() {
	defer println("deferred")
	end := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-end }))
	defer s.Close()
	defer close(end)
	r, err := http.Get(s.URL)
	if err != nil { panic(err) }
	os.Setenv("STANDIN_TEST_WAITS", "1")
	io.ReadAll(r.Body)
	r.Body.Close()
}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(waits, "")
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			go func() {
				for os.Getenv(waits) == "" && ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(10 * time.Millisecond)
				stop()
			}()
			r := compiled(t, tt.src).RunContext(ctx, "f")
			if r.Outcome.Kind != sched.Interrupted || r.Failed() != "" || !strings.HasSuffix(r.Printed, "deferred\n") || strings.Contains(r.Printed, "not reached") {
				t.Errorf("ended with %s %s and printed %q", r.Outcome.Kind, r.Failed(), r.Printed)
			}
			if len(r.Outcome.Abandoned) > 0 {
				t.Errorf("abandoned: %v", r.Outcome.Abandoned)
			}
		})
	}
}
