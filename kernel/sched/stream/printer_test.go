package stream

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// recorder is a sink that remembers.
type recorder struct {
	mu     sync.Mutex
	events []string
}

func (r *recorder) Emit(ev session.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, fmt.Sprint(ev))
}

func (r *recorder) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// all are the events so far.
func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.events, " ")
}

func writers(n int) []*Writer {
	all := make([]*Writer, n)
	for i := range all {
		all[i] = new(Writer)
		all[i].Init(uint32(i + 1))
	}
	return all
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// What is printed is delivered in order, lines whole.
func TestPrinter(t *testing.T) {
	w := writers(2)
	for name, test := range map[string]struct {
		print func(p *Printer)
		want  string
	}{
		"a line": {func(p *Printer) { p.Write(w[0], "stdout", []byte("a\n")) }, "{stdout a\n}"},
		"one that is put together": {func(p *Printer) {
			p.Write(w[0], "stdout", []byte("a"))
			p.Write(w[1], "stdout", []byte("b\n"))
			p.Write(w[0], "stdout", []byte("c\n"))
			p.Flush()
		}, "{stdout b\nac\n}"},
		"one that is let go": {func(p *Printer) {
			p.Write(w[0], "stdout", []byte("a"))
			if !w[0].Begun() {
				t.Error("it has begun a line")
			}
			p.Release(w[0])
			if w[0].Begun() {
				t.Error("it has let go of its line")
			}
			p.Write(w[1], "stdout", []byte("b\n"))
			p.Deliver()
		}, "{stdout ab\n}"},
		"one that others have begun": {func(p *Printer) {
			p.Write(w[0], "stdout", []byte("a"))
			p.Write(w[1], "stderr", []byte("b\n"))
			p.Deliver()
		}, "{stderr b\n}"},
		"its own order across streams": {func(p *Printer) {
			p.Write(w[0], "stdout", []byte("a"))
			p.Write(w[0], "stderr", []byte("b"))
			p.Flush()
		}, "{stdout a} {stderr b}"},
		"an event between": {func(p *Printer) {
			p.Write(nil, "stdout", []byte("a"))
			p.Emit(session.Stream{Name: "event"})
			p.Write(nil, "stdout", []byte("b"))
			p.Flush()
		}, "{stdout a} {event } {stdout b}"},
		"nothing": {func(p *Printer) { p.Write(w[0], "stdout", nil); p.Flush() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder
			var p Printer
			var unsent Pending
			p.Init(&r, &unsent)
			p.armed = true // so that no tick comes between
			test.print(&p)
			p.Deliver()
			if got := r.all(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			for _, w := range w {
				p.Release(w)
			}
		})
	}
}

// A line that nobody finishes is delivered after a while, but not the beginning
// of a character.
func TestUnfinishedLine(t *testing.T) {
	var r recorder
	var p Printer
	var unsent Pending
	p.Init(&r, &unsent)
	w := writers(1)[0]
	p.Write(w, "stdout", []byte("half \xe2\x82"))
	eventually(t, "it is delivered", func() bool { return r.all() == "{stdout half }" })
	p.Write(w, "stdout", []byte("\xac"))
	eventually(t, "the rest is", func() bool { return r.all() == "{stdout half } {stdout €}" })
	p.Write(w, "stdout", []byte("more"))
	unsent.Flush()
	if got := r.all(); got != "{stdout half } {stdout €} {stdout more}" {
		t.Error(got)
	}
}

// Who prints more than is delivered delivers it, so that it stays bounded.
func TestContract10_FloodIsBounded(t *testing.T) {
	var r recorder
	var p Printer
	var unsent Pending
	p.Init(&r, &unsent)
	w := writers(1)[0]
	line := []byte(strings.Repeat("x", 99) + "\n")
	const lines = 20000
	for range lines {
		p.Write(w, "stdout", line)
		p.mu.Lock()
		pending := p.size
		p.mu.Unlock()
		if pending > maxPending+len(line) {
			t.Fatalf("%d bytes pending", pending)
		}
	}
	p.Flush()
	if got := strings.Count(r.all(), "x\n"); got != lines {
		t.Errorf("%d lines", got)
	}
	if events := len(r.events); events > lines*len(line)/maxPending*10 {
		t.Errorf("%d events", events)
	}
}

// A printer without a sink drops what is printed.
func TestNoSink(t *testing.T) {
	var p Printer
	var unsent Pending
	p.Init(nil, &unsent)
	p.Write(nil, "stdout", []byte("a\n"))
	p.Emit(session.Stream{})
	p.Flush()
}
