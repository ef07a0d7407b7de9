package kernel

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// scripted is a session whose cells are words of a script:
//
//	print TEXT    print TEXT and a newline
//	err TEXT      the same on stderr
//	value TEXT    the cell's value
//	fail TEXT     fail
//	block         wait for interrupt
//	recv, send    wait for, and pass, a token between cells
//	leave N       say that N goroutines live on
//	ask PROMPT    ask for input and print the answer
type scripted struct {
	token chan struct{}

	mu     sync.Mutex
	cells  []session.Cell
	after  []func(session.Sink) // run for each cell, before its script
	closed bool
}

func newScripted() *scripted { return &scripted{token: make(chan struct{})} }

func (s *scripted) Execute(ctx context.Context, c session.Cell, sink session.Sink) (res session.Result) {
	s.mu.Lock()
	s.cells = append(s.cells, c)
	hooks := s.after
	s.mu.Unlock()
	for _, h := range hooks {
		h(sink)
	}
	interrupted := session.Result{Failure: &session.Failure{Name: "interrupted", Value: "cell interrupted", Traceback: []string{"here"}}}
	for line := range strings.SplitSeq(c.Source, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "print":
			sink.Emit(session.Stream{Name: "stdout", Text: rest + "\n"})
		case "err":
			sink.Emit(session.Stream{Name: "stderr", Text: rest + "\n"})
		case "value":
			res.Value = &session.Bundle{Data: map[string]any{"text/plain": rest}}
		case "show":
			sink.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{"text/plain": rest}}, ID: "d1"})
		case "update":
			sink.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{"text/plain": rest}}, ID: "d1", Update: true})
		case "leave":
			res.Goroutines, _ = strconv.Atoi(rest)
		case "clear":
			sink.Emit(session.Clear{Wait: true})
		case "comm":
			verb, id, _ := strings.Cut(rest, " ")
			sink.Emit(session.Comm{Kind: session.CommKind("comm_" + verb), ID: id, Target: "scripted", Metadata: []byte(`{"version":"2.1.0"}`)})
		case "die":
			return session.Result{Failure: &session.Failure{Name: session.FatalError, Value: "gone", Traceback: []string{"gone"}, Restarted: true}}
		case "fail":
			return session.Result{Failure: &session.Failure{Name: "panic", Value: rest, Traceback: []string{"panic: " + rest}}}
		case "block":
			<-ctx.Done()
			return interrupted
		case "recv":
			select {
			case <-s.token:
			case <-ctx.Done():
				return interrupted
			}
		case "send":
			select {
			case s.token <- struct{}{}:
			case <-ctx.Done():
				return interrupted
			}
		case "ask", "password":
			text, err := sink.Input(ctx, rest, word == "password")
			switch {
			case errors.Is(err, io.EOF):
				text = "EOF"
			case err != nil:
				return interrupted
			}
			sink.Emit(session.Stream{Name: "stdout", Text: text + "\n"})
		case "flood":
			n, _ := strconv.Atoi(rest)
			for i := range n {
				sink.Emit(session.Stream{Name: "stdout", Text: "line " + strconv.Itoa(i) + "\n"})
			}
		}
	}
	if len(c.UserExpressions) > 0 {
		res.UserExpressions = make(map[string]session.Expression)
		for name, x := range c.UserExpressions {
			if x == "bad" {
				res.UserExpressions[name] = session.Expression{Failure: &session.Failure{Name: "compile error", Value: "bad"}}
				continue
			}
			res.UserExpressions[name] = session.Expression{Value: &session.Bundle{Data: map[string]any{"text/plain": x}}}
		}
	}
	return res
}

func (s *scripted) Complete(_ context.Context, source string, cursor int) (session.Completion, error) {
	if source == "explode" {
		return session.Completion{}, errors.New("no session")
	}
	start := strings.LastIndexAny(source[:cursor], " .") + 1
	return session.Completion{Start: start, End: cursor, Matches: []session.Match{{Text: source[start:cursor] + "ln", Kind: "function", Signature: "func()"}}}, nil
}

func (s *scripted) Inspect(_ context.Context, source string, cursor, detail int) (session.Inspection, error) {
	return session.Inspection{Found: cursor > 0, Bundle: session.Bundle{Data: map[string]any{"text/plain": source[:cursor] + "|" + strconv.Itoa(detail)}}}, nil
}

// Comm knows the target "echo" only, which sends back what it is told.
func (s *scripted) Comm(_ context.Context, m session.Comm) ([]session.Comm, error) {
	switch {
	case m.Kind == session.CommOpen && m.Target != "echo":
		return []session.Comm{{Kind: session.CommClose, ID: m.ID}}, nil
	case m.Kind == session.CommMessage && m.ID == "e1":
		return []session.Comm{m}, nil
	}
	return nil, nil
}

func (s *scripted) SetSubshells(int) {}

func (s *scripted) IsComplete(_ context.Context, source string) (session.Completeness, error) {
	if strings.HasSuffix(source, "{") {
		return session.Completeness{Status: "incomplete", Indent: "\t"}, nil
	}
	return session.Completeness{Status: "complete"}, nil
}

func (s *scripted) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return nil
}

// each adds what every cell does first.
func (s *scripted) each(f func(session.Sink)) {
	s.mu.Lock()
	s.after = append(s.after, f)
	s.mu.Unlock()
}

// ran returns the cells that were run.
func (s *scripted) ran() []session.Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]session.Cell(nil), s.cells...)
}

// connection is one with free ports.
func connection() wire.Connection {
	return wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: "secret", SignatureScheme: wire.SignatureScheme}
}

// start serves s until the test ends, and fails the test if Serve does.
func start(t testing.TB, s session.Session) *Kernel {
	t.Helper()
	return startWith(t, Options{Session: s, Version: "1.2.3", GoVersion: "1.26.1", Logger: slog.New(slog.DiscardHandler)})
}

// startWith listens on the loopback address.
func startWith(t testing.TB, o Options) *Kernel {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	o.Connection = connection()
	k, err := New(ctx, o)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- k.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Serve does not end")
		}
	})
	return k
}

func dial(t testing.TB, k *Kernel) *wiretest.Client {
	t.Helper()
	c, err := wiretest.Dial(ctxFor(t), k.Connection())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// setup starts a kernel with a scripted session and one client.
func setup(t testing.TB) (*scripted, *Kernel, *wiretest.Client) {
	t.Helper()
	s := newScripted()
	k := start(t, s)
	return s, k, dial(t, k)
}

func ctxFor(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func execute(t testing.TB, c *wiretest.Client, code string) *wiretest.Result {
	t.Helper()
	return do(t, c, wire.Shell, "execute_request", wiretest.Cell(code))
}

func do(t testing.TB, c *wiretest.Client, ch wire.Channel, msgType string, content any) *wiretest.Result {
	t.Helper()
	r, err := c.Request(ctxFor(t), ch, msgType, content)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func send(t testing.TB, c *wiretest.Client, ch wire.Channel, subshell, msgType string, content any) *wiretest.Pending {
	t.Helper()
	p, err := c.SendTo(ch, subshell, msgType, content)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func await(t testing.TB, p *wiretest.Pending) *wiretest.Result {
	t.Helper()
	r, err := p.Wait(ctxFor(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// printed waits until the request has printed text.
func printed(t testing.TB, p *wiretest.Pending, text string) {
	t.Helper()
	_, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return strings.Contains(r.Text("stdout"), text) })
	if err != nil {
		t.Fatal(err)
	}
}
