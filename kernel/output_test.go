package kernel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

func TestContract10_OutputAfterTheCellGoesToItsCell(t *testing.T) {
	s, _, c := setup(t)
	var sink session.Sink
	s.each(func(x session.Sink) {
		if sink == nil {
			sink = x
		}
	})
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print one"))
	await(t, p)
	execute(t, c, "print two")
	sink.Emit(session.Stream{Name: "stdout", Text: "late\n"})
	sink.Emit(&session.Failure{Name: "panic", Value: "oh"})
	r, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return len(r.Of("error")) > 0 })
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Text("stdout"); got != "one\nlate\n" {
		t.Errorf("got %q", got)
	}
}

func TestContract10_FloodIsWholeInOrderAndCoalesced(t *testing.T) {
	_, _, c := setup(t)
	const n = 100_000
	start := time.Now()
	r := execute(t, c, fmt.Sprintf("flood %d", n))
	t.Logf("%d lines in %d messages, %v", n, len(r.Of("stream")), time.Since(start))
	if got := len(r.Of("stream")); got >= 2000 {
		t.Errorf("%d stream messages, want fewer than 2000", got)
	}
	checkLines(t, r.Text("stdout"), n)
}

func checkLines(t *testing.T, text string, n int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != n {
		t.Fatalf("%d lines, want %d", len(lines), n)
	}
	for i, l := range lines {
		if l != fmt.Sprint("line ", i) {
			t.Fatalf("line %d is %q", i, l)
		}
	}
}

func TestContract10_GoroutinesKeepTheirOrder(t *testing.T) {
	s, _, c := setup(t)
	s.each(func(sink session.Sink) {
		var wg sync.WaitGroup
		for g := range 40 {
			wg.Go(func() {
				for i := range 200 {
					sink.Emit(session.Stream{Name: "stdout", Text: fmt.Sprintf("%d %d\n", g, i)})
				}
			})
		}
		wg.Wait()
	})
	next := make(map[int]int)
	for l := range strings.Lines(execute(t, c, "").Text("stdout")) {
		var g, i int
		if _, err := fmt.Sscanf(l, "%d %d\n", &g, &i); err != nil {
			t.Fatalf("torn line %q", l)
		}
		if i != next[g] {
			t.Fatalf("goroutine %d: line %d, want %d", g, i, next[g])
		}
		next[g]++
	}
	for g := range 40 {
		if next[g] != 200 {
			t.Errorf("goroutine %d: %d lines", g, next[g])
		}
	}
}

func TestContract10_CharactersAreNotCut(t *testing.T) {
	s, _, c := setup(t)
	text := strings.Repeat("日🙂é", 50)
	s.each(func(sink session.Sink) {
		for i := range len(text) {
			sink.Emit(session.Stream{Name: "stdout", Text: text[i : i+1]})
			if i%7 == 0 {
				time.Sleep(2 * time.Millisecond)
			}
		}
	})
	if got := execute(t, c, "").Text("stdout"); got != text {
		t.Errorf("got %q", got)
	}
	s2, _, c2 := setup(t)
	long := strings.Repeat("日", maxText)
	s2.each(func(sink session.Sink) {
		sink.Emit(session.Stream{Name: "stderr", Text: "x"})
		sink.Emit(session.Stream{Name: "stderr", Text: long})
	})
	r := execute(t, c2, "")
	if got := r.Text("stderr"); got != "x"+long {
		t.Errorf("a long text came back changed: %d bytes, want %d", len(got), len(long)+1)
	}
	if len(r.Of("stream")) < 3 {
		t.Error("a long text came in one message")
	}
}

func TestContract10_LineLatency(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	s, _, c := setup(t)
	const n = 200
	var mu sync.Mutex
	var sent, late []time.Duration
	begin := time.Now()
	c.OnIOPub(func(m *wire.Message) {
		if m.Header.MsgType == "stream" {
			now := time.Since(begin)
			mu.Lock()
			for range strings.Count(fmt.Sprint(wiretest.Content(m)["text"]), "\n") {
				late = append(late, now-sent[len(late)])
			}
			mu.Unlock()
		}
	})
	s.each(func(sink session.Sink) {
		for i := range n {
			mu.Lock()
			sent = append(sent, time.Since(begin))
			mu.Unlock()
			sink.Emit(session.Stream{Name: "stdout", Text: fmt.Sprintf("%d\n", i)})
			time.Sleep(time.Duration(i%4) * time.Millisecond)
		}
	})
	execute(t, c, "")
	slices.Sort(late)
	if len(late) != n {
		t.Fatalf("%d lines, want %d", len(late), n)
	}
	median, p99 := late[n/2], late[n*99/100]
	t.Logf("median %v, p99 %v", median, p99)
	// Generous, for machines that are busy with other tests: what counts is
	// that no line waits for its cell to end or for a timer of human length.
	if median > 20*time.Millisecond || p99 > 100*time.Millisecond {
		t.Errorf("median %v, p99 %v", median, p99)
	}
}

// A front end that stops reading neither stops the cell nor others.
func TestContract17_StuckFrontEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("sends much")
	}
	s, k, c := setup(t)
	stuck, err := wire.Dial(ctxFor(t), k.Connection(), wire.IOPub, "stuck")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stuck.Close) // and never receives: its buffers fill up
	line := strings.Repeat("x", 1023) + "\n"
	const lines = 48 << 10 // 48 MB: more than a publisher waits for, and the buffers on the way hold
	s.each(func(sink session.Sink) {
		for range lines {
			sink.Emit(session.Stream{Name: "stdout", Text: line})
		}
	})
	var got int
	c.OnIOPub(func(m *wire.Message) {
		if m.Header.MsgType == "stream" {
			got += strings.Count(string(m.Content), `\n`)
		}
	})
	begin := time.Now()
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell(""))
	p.Forget() // not to keep it all
	// The watcher sees everything before the reply to the next request.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if r, err := c.Request(ctx, wire.Shell, "kernel_info_request", object{}); err != nil || r.Status() != "ok" {
		t.Errorf("the kernel is not well: %v", err)
	}
	t.Logf("%d lines in %v", got, time.Since(begin))
	if got != lines {
		t.Errorf("the other client got %d lines, want %d", got, lines)
	}
}
