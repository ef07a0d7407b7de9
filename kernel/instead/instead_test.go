package instead

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/standard"
	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/session"
)

type silent struct{}

func (silent) Emit(session.Event)                                  {}
func (silent) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// caller is a call of g in line 7 of cell 3, from line 8.
type caller struct{ g *sched.G }

func (c caller) Goroutine() *sched.G                  { return c.g }
func (c caller) At() sched.Stack                      { return nil }
func (c caller) SiteOr(other *sched.Site) *sched.Site { return other }
func (c caller) Source(skip int) (string, int, bool)  { return "dir/cell 3", 7 + skip, skip < 2 }
func (c caller) Stack(all bool) string                { return fmt.Sprint("of all: ", all) }

// files writes what a program does not write to the standard streams; Appendf is told from
// fmt's.
var files = &Files[Caller]{
	Streams: standard.New(nil),
	Read:    func(_ Caller, f *os.File, b []byte) (int, error) { return f.Read(b) },
	Write:   func(_ Caller, f *os.File, b []byte) (int, error) { return f.Write(b) },
	Appendf: func(b []byte, format string, a ...any) []byte { return fmt.Appendf(b, "formatted "+format, a...) },
}

// functions are those of the package.
var functions = Functions(files)

// call calls one, and returns its results but for the last, and that as an error.
func call(c Caller, name string, args ...any) ([]reflect.Value, error) {
	f := reflect.ValueOf(functions[name])
	in := []reflect.Value{reflect.ValueOf(c)}
	for i, a := range args {
		v := reflect.New(f.Type().In(i + 1)).Elem()
		if a != nil {
			v.Set(reflect.ValueOf(a))
		}
		in = append(in, v)
	}
	out := f.Call(in)
	if len(out) == 0 {
		return nil, nil
	}
	err, _ := out[len(out)-1].Interface().(error)
	return out[:len(out)-1], err
}

// cell runs f as a cell. With ready it is stopped when that is closed.
func cell(t *testing.T, ready <-chan struct{}, f func(c Caller)) sched.Outcome {
	t.Helper()
	s := sched.New(sched.Config{Failure: func(_ *sched.G, v any) *session.Failure { return &session.Failure{Value: fmt.Sprint(v)} }})
	defer s.Close()
	e := s.Begin(session.Cell{ID: "1", Number: 1}, silent{})
	if ready != nil {
		go func() {
			<-ready
			e.Interrupt()
		}()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := e.Run(ctx, func(g *sched.G) { f(caller{g}) })
	if ctx.Err() != nil {
		t.Error("it did not end by itself")
	}
	return out
}

// Each function has the parameters and results of what it stands in for.
func TestSignatures(t *testing.T) {
	natives := map[string]any{
		"os.Exit": os.Exit, "net.Dial": net.Dial, "net.DialTimeout": net.DialTimeout,
		"(*net.Dialer).Dial": (*net.Dialer).Dial, "(*net.Dialer).DialContext": (*net.Dialer).DialContext,
		"net/http.Get": http.Get, "net/http.Head": http.Head, "net/http.Post": http.Post, "net/http.PostForm": http.PostForm,
		"net/http.ListenAndServe": http.ListenAndServe, "net/http.ListenAndServeTLS": http.ListenAndServeTLS,
		"net/http.Serve": http.Serve, "net/http.ServeTLS": http.ServeTLS,
		"context.WithTimeout": context.WithTimeout, "context.WithTimeoutCause": context.WithTimeoutCause,
		"context.WithDeadline": context.WithDeadline, "context.WithDeadlineCause": context.WithDeadlineCause,
		"fmt.Print": fmt.Print, "fmt.Println": fmt.Println, "fmt.Printf": fmt.Printf, "fmt.Scan": fmt.Scan, "fmt.Scanln": fmt.Scanln, "fmt.Scanf": fmt.Scanf,
		"runtime.Goexit": runtime.Goexit, "runtime.NumGoroutine": runtime.NumGoroutine, "runtime.Stack": runtime.Stack,
		"runtime/debug.Stack": debug.Stack, "runtime/debug.PrintStack": debug.PrintStack,
		"time.Sleep": time.Sleep, "os/signal.Notify": signal.Notify,
		"log.Output": log.Output, "(*log.Logger).Output": (*log.Logger).Output, "log.Println": log.Println, "log.Fatalf": log.Fatalf,
	}
	for _, v := range []any{&http.Client{}, &http.Server{}, &exec.Cmd{}, &os.Process{}, &log.Logger{},
		&sync.Mutex{}, &sync.RWMutex{}, &sync.WaitGroup{}, &sync.Cond{}, &sync.Once{}, &time.Timer{},
		&os.File{}, &io.PipeReader{}, &io.PipeWriter{}} {
		typ := reflect.TypeOf(v)
		for m := range typ.Methods() {
			name := fmt.Sprintf("(*%s.%s).%s", typ.Elem().PkgPath(), typ.Elem().Name(), m.Name)
			natives[name] = m.Func.Interface()
		}
	}
	for name, f := range functions {
		got := reflect.TypeOf(f)
		native := natives[name]
		if native == nil {
			if !strings.HasPrefix(name, "log.") {
				t.Errorf("%s stands in for nothing that is known", name)
			}
			continue
		}
		want := reflect.TypeOf(native)
		same := got.NumIn() == want.NumIn()+1 && got.NumOut() == want.NumOut() && got.In(0) == reflect.TypeFor[Caller]()
		for i := 0; same && i < want.NumIn(); i++ {
			same = got.In(i+1) == want.In(i)
		}
		for i := 0; same && i < want.NumOut(); i++ {
			same = got.Out(i) == want.Out(i)
		}
		if !same {
			t.Errorf("%s is %v, and stands in for %v", name, got, want)
		}
	}
}

// Requests are made as ever.
func TestRequests(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("Content-Type"), body)
	}))
	defer server.Close()
	form := url.Values{"a": {"1"}}
	for _, c := range []struct {
		name string
		args []any
		want string
	}{
		{"net/http.Get", nil, "GET  "},
		{"net/http.Head", nil, ""},
		{"net/http.Post", []any{"text/plain", strings.NewReader("x")}, "POST text/plain x"},
		{"net/http.PostForm", []any{form}, "POST application/x-www-form-urlencoded a=1"},
	} {
		for _, client := range []*http.Client{nil, server.Client()} {
			cell(t, nil, func(x Caller) {
				name, args := c.name, append([]any{server.URL}, c.args...)
				if client != nil {
					name, args = "(*net/http.Client)."+strings.TrimPrefix(name, "net/http."), append([]any{client}, args...)
				}
				if r, ok := args[len(args)-1].(*strings.Reader); ok {
					r.Reset("x")
				}
				out, err := call(x, name, args...)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				body := out[0].Interface().(*http.Response).Body
				text, err := io.ReadAll(body)
				if string(text) != c.want || err != nil || body.Close() != nil {
					t.Errorf("%s: %q, %v", name, text, err)
				}
			})
		}
	}
	cell(t, nil, func(x Caller) {
		if _, err := call(x, "net/http.Get", ":"); err == nil {
			t.Error("there is no such address")
		}
		if _, err := call(x, "net/http.Get", "http://127.0.0.1:1"); err == nil {
			t.Error("nobody listens there")
		}
	})
}

// What waits for the world outside ends when its goroutine is stopped.
func TestStops(t *testing.T) {
	asked := make(chan struct{}, 1)
	silentServer := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer silentServer.Close()
	listener := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	soon := func(ready chan struct{}) { time.AfterFunc(10*time.Millisecond, func() { close(ready) }) }
	for name, run := range map[string]func(c Caller, ready chan struct{}){
		"a request": func(c Caller, ready chan struct{}) {
			go func() { <-asked; close(ready) }()
			call(c, "net/http.Get", silentServer.URL)
		},
		"a server": func(c Caller, ready chan struct{}) {
			soon(ready)
			call(c, "net/http.Serve", listener(), nil)
		},
		"a server that listens": func(c Caller, ready chan struct{}) {
			soon(ready)
			call(c, "net/http.ListenAndServe", "127.0.0.1:0", nil)
		},
		"a server of one's own": func(c Caller, ready chan struct{}) {
			soon(ready)
			call(c, "(*net/http.Server).Serve", &http.Server{}, listener())
		},
		"a server of one's own that listens": func(c Caller, ready chan struct{}) {
			soon(ready)
			call(c, "(*net/http.Server).ListenAndServe", &http.Server{Addr: "127.0.0.1:0"})
		},
		"a command": func(c Caller, ready chan struct{}) {
			soon(ready)
			call(c, "(*os/exec.Cmd).Run", exec.Command("sleep", "3600"))
		},
		"a process": func(c Caller, ready chan struct{}) {
			cmd := exec.Command("sleep", "3600")
			if err := cmd.Start(); err != nil {
				t.Error(err)
			}
			soon(ready)
			call(c, "(*os.Process).Wait", cmd.Process)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ready, deferred := make(chan struct{}), false
			out := cell(t, ready, func(c Caller) {
				defer func() { deferred = true }()
				run(c, ready)
				t.Error("it goes on")
			})
			if out.Kind != sched.Interrupted || !deferred || len(out.Abandoned) > 0 {
				t.Errorf("outcome %v; deferred calls: %v; %d abandoned", out.Kind, deferred, len(out.Abandoned))
			}
		})
	}
}

// Where nobody stops them, servers and connections end as ever.
func TestServersAndConnections(t *testing.T) {
	cell(t, nil, func(c Caller) {
		server := &http.Server{}
		if _, err := call(c, "(*net/http.Server).Shutdown", server, context.Background()); err != nil {
			t.Error(err)
		}
		for name, args := range map[string][]any{
			"(*net/http.Server).ListenAndServe":    {server},
			"(*net/http.Server).ListenAndServeTLS": {server, "no", "no"},
		} {
			if _, err := call(c, name, args...); !errors.Is(err, http.ErrServerClosed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for name, args := range map[string][]any{
			"net/http.ServeTLS":           {l, nil, "no", "no"},
			"(*net/http.Server).ServeTLS": {&http.Server{}, l, "no", "no"},
			"net/http.ListenAndServeTLS":  {"127.0.0.1:0", "no", "no", nil},
		} {
			if _, err := call(c, name, args...); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s without a certificate: %v", name, err)
			}
		}
		l, err = net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		to := l.Addr().String()
		for name, args := range map[string][]any{
			"net.Dial":                  {"tcp", to},
			"net.DialTimeout":           {"tcp", to, time.Minute},
			"(*net.Dialer).Dial":        {&net.Dialer{}, "tcp", to},
			"(*net.Dialer).DialContext": {&net.Dialer{}, context.Background(), "tcp", to},
		} {
			out, err := call(c, name, args...)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if conn := out[0].Interface().(net.Conn); conn.RemoteAddr().String() != to || conn.Close() != nil {
				t.Errorf("%s: to %v", name, conn.RemoteAddr())
			}
		}
	})
}

func TestCommands(t *testing.T) {
	sh := func(script string) *exec.Cmd { return exec.Command("sh", "-c", script) }
	cell(t, nil, func(c Caller) {
		out, err := call(c, "(*os/exec.Cmd).Output", sh("echo out; echo err >&2; exit 3"))
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 3 || string(exit.Stderr) != "err\n" || string(out[0].Bytes()) != "out\n" {
			t.Errorf("its output is %q, %v", out[0], err)
		}
		out, err = call(c, "(*os/exec.Cmd).CombinedOutput", sh("echo out; echo err >&2"))
		if string(out[0].Bytes()) != "out\nerr\n" || err != nil {
			t.Errorf("all its output is %q, %v", out[0], err)
		}
		taken := sh("")
		taken.Stdout = io.Discard
		for _, name := range []string{"Output", "CombinedOutput"} {
			if _, err := call(c, "(*os/exec.Cmd)."+name, taken); err == nil || !strings.Contains(err.Error(), "Stdout already set") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := call(c, "(*os/exec.Cmd).Run", exec.Command("/no/such/program")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a program that there is not: %v", err)
		}
		cmd := sh("exit 4")
		if _, err := call(c, "(*os/exec.Cmd).Start", cmd); err != nil {
			t.Error(err)
		}
		if _, err := call(c, "(*os/exec.Cmd).Wait", cmd); !errors.As(err, &exit) || exit.ExitCode() != 4 {
			t.Errorf("waited: %v", err)
		}
		if _, err := call(c, "(*os/exec.Cmd).Wait", cmd); err == nil {
			t.Error("it was waited for twice")
		}
		cmd = sh("exit 5")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if out, err := call(c, "(*os.Process).Wait", cmd.Process); err != nil || out[0].Interface().(*os.ProcessState).ExitCode() != 5 {
			t.Errorf("waited for its process: %v, %v", out[0], err)
		}
		if _, err := call(c, "(*os.Process).Wait", (*os.Process)(nil)); err == nil {
			t.Error("there is no such process")
		}
	})
	long := new(ends)
	for range 3 {
		fmt.Fprint(long, strings.Repeat("a", endLength))
	}
	if text := string(long.bytes()); !strings.Contains(text, "omitting 32768 bytes") || len(text) > 2*endLength+100 {
		t.Errorf("of what is long %d bytes are kept", len(text))
	}
}

// What ends the process ends the cell, as the process would end.
func TestExit(t *testing.T) {
	for code, want := range map[int]int{0: 0, 3: 3, 256: 0, -1: 255} {
		out := cell(t, nil, func(c Caller) { call(c, "os.Exit", code) })
		if out.Kind != sched.Exited || out.Code != want {
			t.Errorf("of status %d comes %v %d", code, out.Kind, out.Code)
		}
	}
}

// Loggers say where the caller is, in their form.
func TestLog(t *testing.T) {
	var b bytes.Buffer
	before, flags := log.Writer(), log.Flags()
	log.SetOutput(&b)
	defer func() { log.SetOutput(before); log.SetFlags(flags) }()
	for _, c := range []struct {
		flags int
		name  string
		args  []any
		want  string
	}{
		{0, "Print", []any{[]any{"a", 1}}, "a1"},
		{0, "Println", []any{[]any{"a", 1}}, "a 1"},
		{0, "Printf", []any{"%d", []any{1}}, "formatted 1"},
		{log.Lshortfile, "Println", []any{[]any{"a"}}, "cell 3:7: a"},
		{log.Llongfile, "Println", []any{[]any{"a"}}, "dir/cell 3:7: a"},
		{log.Lshortfile | log.Lmsgprefix, "Println", []any{[]any{"a"}}, "cell 3:7: > a"},
		{log.Lshortfile, "Output", []any{2, "a"}, "cell 3:8: a"},
		{log.Lshortfile, "Output", []any{5, "a"}, "???:0: a"},
		{log.Lshortfile, "Fatalln", []any{[]any{"a"}}, "cell 3:7: a"},
		{log.Lshortfile, "Panicf", []any{"%d", []any{1}}, "cell 3:7: formatted 1"},
	} {
		for _, own := range []bool{false, true} {
			b.Reset()
			prefix := ""
			if c.flags&log.Lmsgprefix != 0 {
				prefix = "> "
			}
			log.SetFlags(c.flags)
			log.SetPrefix(prefix)
			name, args := "log."+c.name, c.args
			if own {
				name, args = "(*log.Logger)."+c.name, append([]any{log.New(&b, prefix, c.flags)}, args...)
			}
			out := cell(t, nil, func(x Caller) { call(x, name, args...) })
			if got := strings.TrimSuffix(b.String(), "\n"); got != c.want {
				t.Errorf("%s with flags %d writes %q, want %q", name, c.flags, got, c.want)
			}
			want := map[byte]sched.OutcomeKind{'F': sched.Exited, 'P': sched.Returned, 'O': sched.Returned}[c.name[0]]
			if strings.HasPrefix(c.name, "Panic") {
				want = sched.Panicked
			}
			if out.Kind != want {
				t.Errorf("after %s: %v", name, out.Kind)
			}
		}
	}
	log.SetOutput(io.Discard)
	cell(t, nil, func(x Caller) {
		call(x, "log.Print", []any{stringer(func() { t.Error("what nobody reads is formatted") })})
	})
}

type stringer func()

func (s stringer) String() string { s(); return "" }

func TestDirections(t *testing.T) {
	for name, want := range map[string]stopping.Direction{
		"Read": stopping.Reading, "ReadFrom": stopping.Reading, "AcceptTCP": stopping.Reading, "Write": stopping.Writing,
		"WriteTo": stopping.Writing, "Handshake": stopping.Reading | stopping.Writing, "Close": 0,
	} {
		if got := WaitsFor(name); got != want {
			t.Errorf("%s waits for %d", name, got)
		}
	}
	for name, want := range map[string]stopping.Direction{
		"SetDeadline": stopping.Reading | stopping.Writing, "SetReadDeadline": stopping.Reading,
		"SetWriteDeadline": stopping.Writing, "Deadline": 0,
	} {
		if got := DeadlineSet(name); got != want {
			t.Errorf("%s sets %d", name, got)
		}
	}
}

func TestPrint(t *testing.T) {
	p, list := new(int), make([]int, 2, 3)
	var none any
	var values []reflect.Value
	for _, v := range []any{true, -3, uint8(4), 1.5, float32(0.1), 2i, "text", list, p, (*int)(nil)} {
		values = append(values, reflect.ValueOf(v))
	}
	values = append(values, reflect.ValueOf(&none).Elem())
	want := fmt.Sprintf("true -3 4 1.5 0.1 (0+2i) text [2/3]%p %p 0x0 (0x0,0x0)\n", list, p)
	if got := Print(values, true); got != want {
		t.Errorf("println prints %q, want %q", got, want)
	}
	if got := Print(values[:4], false); got != "true-341.5" {
		t.Errorf("print prints %q", got)
	}
}

// Goroutines are the session's, and stacks those that the engine knows.
func TestStacks(t *testing.T) {
	var counted int64
	var own, all string
	cell(t, nil, func(c Caller) {
		counted = reflect.ValueOf(functions["runtime.NumGoroutine"]).Call([]reflect.Value{reflect.ValueOf(c)})[0].Int()
		own = string(functions["runtime/debug.Stack"].(func(Caller) []byte)(c))
		buf := make([]byte, 5)
		_, _ = call(c, "runtime.Stack", buf, true)
		all = string(buf)
		_, _ = call(c, "runtime.Goexit")
		t.Error("the goroutine goes on")
	})
	if counted != 1 || own != "of all: false" || all != "of al" {
		t.Errorf("%d goroutines, %q, %q", counted, own, all)
	}
}
