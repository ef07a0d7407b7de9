package standard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/standard"
	"github.com/gosched/gosched/kernel/session"
)

// A front is a front end that answers questions for input.
type front struct {
	mu      sync.Mutex
	out     map[string]string // by stream
	answers []string
	err     error
	asked   chan struct{} // if not nil: it gives no answer, but says that it was asked
}

func (f *front) Emit(ev session.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s, ok := ev.(session.Stream); ok {
		f.out[s.Name] += s.Text
	}
}

func (f *front) Input(ctx context.Context, _ string, _ bool) (string, error) {
	if f.asked != nil {
		f.asked <- struct{}{}
		<-ctx.Done()
		return "", ctx.Err()
	}
	if len(f.answers) == 0 {
		return "", f.err
	}
	text := f.answers[0]
	f.answers = f.answers[1:]
	return text, nil
}

// cell runs a function as a cell that may ask for input.
func cell(t *testing.T, f *front, fn func(g *sched.G)) sched.Outcome {
	t.Helper()
	f.out = map[string]string{}
	s := sched.New(sched.Config{Failure: func(_ *sched.G, v any) *session.Failure {
		t.Errorf("the cell panics with %v", v)
		return &session.Failure{Name: session.Panic}
	}})
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e := s.Begin(session.Cell{ID: "1", Number: 1, AllowStdin: true}, f)
	if f.asked != nil {
		go func() { // two questions are open: one is asked, one waits for its turn
			<-f.asked
			time.Sleep(10 * time.Millisecond)
			e.Interrupt()
		}()
	}
	return e.Run(ctx, fn)
}

// What is written to the standard streams' files goes to the cell, and what is written
// to others goes there.
func TestOutput(t *testing.T) {
	s := standard.New(nil)
	var through strings.Builder
	s.Through = func(w io.Writer) io.Writer { return io.MultiWriter(w, &through) }
	other, err := os.Create(filepath.Join(t.TempDir(), "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	errors, err := os.Create(filepath.Join(t.TempDir(), "errors"))
	if err != nil {
		t.Fatal(err)
	}
	defer errors.Close()
	s.Err = errors // go test -json has both lead to the same file
	f := &front{}
	cell(t, f, func(*sched.G) {
		_, _ = s.Of(s.Out).Write([]byte("one\n"))
		_, _ = s.Of(s.Out).WriteString("two\n")
		_, _ = io.Copy(s.Stream(s.Err), strings.NewReader("three\n"))
		fmt.Fprintln(s.Of(other), "four")
	})
	if f.out[session.Stdout] != "one\ntwo\n" || f.out[session.Stderr] != "three\n" || through.String() != "one\ntwo\nthree\n" {
		t.Errorf("printed %q, of which %q went through", f.out, &through)
	}
	if b, _ := os.ReadFile(other.Name()); string(b) != "four\n" {
		t.Errorf("the file has %q", b)
	}
	if s.Stream(other) != nil || s.Stream(nil) != nil {
		t.Error("another file is a standard stream")
	}
	if _, err := s.Of(other).Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(s.Of(other)); string(b) != "four\n" || err != nil {
		t.Errorf("read %q, %v from the file", b, err)
	}
}

// A line is asked for when it is needed, and what of it is left is there for the next.
func TestInput(t *testing.T) {
	s := standard.New(nil)
	f := &front{answers: []string{"1 two", "3", ""}, err: io.EOF}
	cell(t, f, func(*sched.G) {
		var n, m int
		var word string
		if _, err := fmt.Fscan(s.Stdin, &n, &word); err != nil || n != 1 || word != "two" {
			t.Errorf("scanned %d %q, %v", n, word, err)
		}
		if len(f.answers) != 2 {
			t.Errorf("another line was asked for before it was needed")
		}
		if _, err := fmt.Fscan(s.Of(s.In), &m); err != nil || m != 3 {
			t.Errorf("scanned %d, %v", m, err)
		}
		var rest strings.Builder
		if _, err := s.Of(s.In).WriteTo(&rest); err != nil || rest.String() != "\n" {
			t.Errorf("the rest is %q, %v", &rest, err)
		}
		if n, err := s.Stdin.Read(nil); n != 0 || err != nil {
			t.Errorf("reading nothing: %d, %v", n, err)
		}
	})
	broken := &front{err: errors.New("the front end is gone")}
	cell(t, broken, func(*sched.G) {
		if _, err := s.Stdin.Read(make([]byte, 1)); err == nil || err.Error() != "the front end is gone" {
			t.Errorf("a front end that is gone: %v", err)
		}
	})
	if _, err := s.Stdin.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("outside of a session: %v", err)
	}
}

// A stop ends both the wait for an answer and that for somebody else's turn.
func TestInputStops(t *testing.T) {
	var places atomic.Int32
	s := standard.New(func() sched.Stack { places.Add(1); return sched.Place{Func: "main.f"} })
	f := &front{asked: make(chan struct{}, 1)}
	waiting := make(chan struct{})
	out := cell(t, f, func(g *sched.G) {
		sched.Go(g, sched.Place{}, "other", func(*sched.G) {
			_, _ = s.Stdin.Read(make([]byte, 1))
			t.Error("somebody read after the stop")
		})
		sched.Go(g, sched.Place{}, "another", func(*sched.G) {
			close(waiting)
			_, _ = s.Stdin.Read(make([]byte, 1))
			t.Error("somebody read after the stop")
		})
		<-waiting
		_, _ = s.Stdin.Read(make([]byte, 1))
		t.Error("the cell read after the stop")
	})
	if out.Kind != sched.Interrupted {
		t.Errorf("the cell ended as %v", out.Kind)
	}
	if places.Load() == 0 {
		t.Error("nobody was asked where it waits for its turn")
	}
}
