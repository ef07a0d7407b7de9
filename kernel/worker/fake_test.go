package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// The test binary is its own worker: with the argument "worker" it serves a
// fakeSession.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		err := Serve(context.Background(), newFakeSession)
		if err != nil && !errors.Is(err, io.EOF) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A fakeSession runs cells whose first word names what to do and whose other
// words are arguments. The crashes are real.
type fakeSession struct {
	mu   sync.Mutex
	vars map[string]string
	held []func() // printing, until Flush
	wake chan struct{}
}

func newFakeSession(context.Context) (session.Engine, error) {
	switch how := os.Getenv("FAKE_START"); how {
	case "":
	case "error":
		return nil, errors.New("no room for a session")
	case "exit":
		fmt.Fprintln(os.Stderr, "cannot load libfoo")
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	default: // a file that must exist
		if _, err := os.Stat(how); err != nil {
			return nil, err
		}
	}
	return &fakeSession{vars: make(map[string]string), wake: make(chan struct{})}, nil
}

func (s *fakeSession) Close() error { return nil }

func (s *fakeSession) Fatal(string) {}

func (s *fakeSession) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, print := range s.held {
		print()
	}
}

func (s *fakeSession) Execute(ctx context.Context, cell session.Cell, sink session.Sink) session.Result {
	verb, arg, _ := strings.Cut(cell.Source, " ")
	out := func(format string, args ...any) {
		sink.Emit(session.Stream{Name: "stdout", Text: fmt.Sprintf(format, args...)})
	}
	num, _ := strconv.Atoi(arg)
	switch verb {
	case "nothing":
	case "echo":
		out("%s", arg)
	case "hold":
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = append(s.held, func() {
			out("%s\n", arg)
			fmt.Printf("raw %s\n", arg)
		})
	case "cell":
		return value(fmt.Sprintf("%+v", cell))
	case "set":
		k, v, _ := strings.Cut(arg, "=")
		s.mu.Lock()
		s.vars[k] = v
		s.mu.Unlock()
	case "get":
		s.mu.Lock()
		defer s.mu.Unlock()
		return value(s.vars[arg])
	case "lines":
		for i := range num {
			out("line %d\n", i)
		}
	case "display":
		sink.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
			"text/plain": strings.Repeat("x", num), "application/json": map[string]any{"n": num},
		}}, ID: "id", Update: true})
		sink.Emit(session.Clear{Wait: true})
	case "rawout":
		if _, err := fmt.Print(arg); err != nil {
			return value(err.Error())
		}
	case "rawerr":
		fmt.Fprint(os.Stderr, arg)
	case "order": // descriptor 1 and the sink in turn
		for i := range num {
			fmt.Printf("raw %d\n", i)
			out("sink %d\n", i)
		}
	case "wait":
		out("waiting\n")
		<-ctx.Done()
		return session.Result{Failure: &session.Failure{Name: "interrupted", Value: "interrupted"}}
	case "deaf": // does not heed its interrupt
		out("deaf\n")
		select {}
	case "sleep":
		out("sleeping\n")
		<-s.wake
	case "wake":
		s.wake <- struct{}{}
	case "input":
		line, err := sink.Input(ctx, arg, true)
		return value(fmt.Sprintf("%q %v", line, err))
	case "background":
		go func() {
			for i := 0; ; i++ {
				out("tick %d\n", i)
				time.Sleep(10 * time.Millisecond)
			}
		}()
	case "later": // dies when its cell has ended
		time.AfterFunc(100*time.Millisecond, func() { crash(arg, 0) })
	case "fds":
		entries, _ := os.ReadDir("/proc/self/fd")
		for _, e := range entries {
			if link, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
				out("%s %s\n", e.Name(), link)
			}
		}
	case "childfds":
		b, err := exec.Command("ls", "-l", "/proc/self/fd").CombinedOutput()
		out("%s %v", b, err)
	case "environ":
		out("%s", strings.Join(os.Environ(), "\n"))
	case "spawn":
		cmd := exec.Command("sleep", "1000")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			out("%v", err)
		}
		return value(strconv.Itoa(cmd.Process.Pid))
	case "daemons": // one that leaves the group, one that has no parent any more, and both
		var out strings.Builder
		cmd := exec.Command("sh", "-c", "sleep 1000 & echo $!; setsid sleep 1001 & echo $!; (setsid sleep 1002 & echo $!)")
		cmd.Stdout = &out
		cmd.WaitDelay = 100 * time.Millisecond // they keep the pipe open
		_ = cmd.Run()
		return value(out.String())
	case "closeinput": // takes the channel away from the reader
		_ = syscall.Close(childIn)
	case "stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		select {} // the signal may take a moment
	case "busy": // never waits, with more goroutines than anybody needs
		var busy sync.WaitGroup
		end := time.Now().Add(4 * time.Second)
		for range num {
			busy.Go(func() {
				for time.Now().Before(end) {
				}
			})
		}
		busy.Wait()
	case "threads":
		out("about to threads\n")
		var started sync.WaitGroup
		release := make(chan struct{})
		for range num {
			started.Add(1)
			go func() {
				runtime.LockOSThread()
				started.Done()
				<-release
			}()
		}
		started.Wait()
		close(release)
	case "stdin":
		b, err := io.ReadAll(os.Stdin)
		out("%d %v", len(b), err)
	case "panic":
		panic("engine fault")
	case "collect":
		runtime.GC()
	default:
		out("about to %s\n", verb)
		crash(verb, num)
	}
	return session.Result{}
}

func value(text string) session.Result {
	return session.Result{Value: &session.Bundle{Data: map[string]any{"text/plain": text}}}
}

var kept [][]byte

func crash(how string, num int) {
	switch how {
	case "map":
		// Go looks for a second writer; a few tries meet one.
		m := make(map[int]int)
		for range 4 {
			go func() {
				for i := 0; ; i++ {
					m[i&7] = i
				}
			}()
		}
		select {}
	case "stack":
		fmt.Println(recurse(0))
	case "unlock":
		var mu sync.Mutex
		mu.Unlock()
	case "exit":
		os.Exit(num)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "gopanic":
		go func() { panic("boom") }()
		select {}
	case "memory":
		for {
			b := make([]byte, 1<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			kept = append(kept, b)
		}
	case "list": // small blocks with pointers, the collector's hardest
		type node struct {
			next *node
			_    [3]int
		}
		var head *node
		for {
			head = &node{next: head}
		}
	case "goroutines":
		for {
			go func() { select {} }()
		}
	case "double":
		b := []byte{1}
		for {
			b = append(b, b...)
		}
	case "huge":
		kept = append(kept, make([]byte, 1<<40))
	case "many": // a fatal error among many goroutines
		for range num {
			go func() { select {} }()
		}
		time.Sleep(50 * time.Millisecond)
		var mu sync.Mutex
		mu.Unlock()
	case "damage": // write rubbish to the channel
		_, _ = syscall.Write(childOut, bytes.Repeat([]byte{0xff}, 100))
		select {}
	case "closechannel":
		_ = syscall.Close(childOut)
		select {}
	default:
		panic("unknown " + how)
	}
}

//go:noinline
func recurse(n int) int {
	var pad [128]byte
	pad[n&127] = byte(n)
	if n < 0 {
		return 0
	}
	return recurse(n+1) + int(pad[3])
}

// A recorder is a sink that keeps what it gets.
type recorder struct {
	mu     sync.Mutex
	events []session.Event
	got    chan struct{} // gets a token for each event, if there is room
	block  chan struct{} // Emit waits for it, if set
	input  func(ctx context.Context, prompt string, password bool) (string, error)
}

func newRecorder() *recorder { return &recorder{got: make(chan struct{}, 1)} }

func (r *recorder) Emit(ev session.Event) {
	if r.block != nil {
		<-r.block
	}
	r.mu.Lock()
	r.events = append(r.events, ev)
	r.mu.Unlock()
	select {
	case r.got <- struct{}{}:
	default:
	}
}

func (r *recorder) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if r.input == nil {
		return "", io.EOF
	}
	return r.input(ctx, prompt, password)
}

func (r *recorder) text(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, ev := range r.events {
		if s, ok := ev.(session.Stream); ok && s.Name == name {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// failures are the failures among the events.
func (r *recorder) failures() (out []*session.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.events {
		if f, ok := ev.(*session.Failure); ok {
			out = append(out, f)
		}
	}
	return out
}

// await waits until the recorder has stdout text that contains want.
func (r *recorder) await(t *testing.T, want string) {
	t.Helper()
	eventually(t, "output "+want, func() bool { return strings.Contains(r.text("stdout"), want) })
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s", what)
		}
	}
}

func start(t testing.TB, change ...func(*Options)) *Worker {
	t.Helper()
	opts := Options{Command: []string{os.Args[0], "worker"}, MemoryLimit: 1 << 30}
	if testing.Verbose() {
		opts.Logger = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	}
	for _, f := range change {
		f(&opts)
	}
	w, err := Start(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	fmt.Fprintf(w.t.Output(), "%s", b)
	return len(b), nil
}

func run(t testing.TB, w session.Session, source string) (session.Result, *recorder) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	rec := newRecorder()
	return w.Execute(ctx, session.Cell{Source: source, Number: 1}, rec), rec
}

// shown is a result's plain text.
func shown(r session.Result) string {
	if r.Value == nil {
		return ""
	}
	s, _ := r.Value.Data["text/plain"].(string)
	return s
}

// selfCommand starts this test binary to run one test as another supervisor.
func selfCommand(t *testing.T, test string) (*exec.Cmd, io.Reader) {
	t.Setenv("FAKE_SUPERVISOR", "1")
	return selfCommandArgs(t, "-test.run=^"+test+"$")
}

// selfCommandArgs starts this test binary and returns its output.
func selfCommandArgs(t *testing.T, args ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	// A session of its own, as Jupyter gives every kernel: whoever inherits the
	// children of one that is killed is outside it, so that their group is an
	// orphan wherever the tests run.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, out
}
