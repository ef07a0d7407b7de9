package kernel

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// batch is a cell as nbclient sends it.
func batch(code string) object {
	c := object(maps.Clone(wiretest.Cell(code)))
	c["allow_stdin"] = false
	return c
}

// lateSetup starts a kernel and returns the sinks of its cells, by their source.
func lateSetup(t *testing.T) (c *wiretest.Client, sinks func() []session.Sink) {
	t.Helper()
	s, _, c := setup(t)
	var all []session.Sink
	s.each(func(x session.Sink) { all = append(all, x) })
	return c, func() []session.Sink { return all }
}

func outputs(r *wiretest.Result) (got []string) {
	for _, m := range r.Messages {
		if t := m.Header.MsgType; t != "status" && t != "execute_input" {
			got = append(got, t+" "+string(m.Content))
		}
	}
	return got
}

func check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// What a goroutine prints when its cell has ended stands under its cell also
// where the front end only hears of the cell that it runs.
func TestContract10_LateOutputOfExecutedNotebooks(t *testing.T) {
	c, sinks := lateSetup(t)
	one := do(t, c, wire.Shell, "execute_request", batch("print early\nleave 2"))
	shown := one.Of("display_data")
	if len(shown) != 1 || !strings.Contains(string(shown[0].Content), `"text/plain":""`) {
		t.Fatalf("got %v", outputs(one))
	}
	var content displayContent
	if err := json.Unmarshal(shown[0].Content, &content); err != nil {
		t.Fatal(err)
	}
	id := content.Transient["display_id"]
	if id == "" {
		t.Fatalf("no display id in %s", shown[0].Content)
	}
	sinks()[0].Emit(session.Stream{Name: "stdout", Text: "between\n"})
	two := do(t, c, wire.Shell, "execute_request", batch("print two"))
	update := func(text string) string {
		return fmt.Sprintf(`update_display_data {"data":{"text/plain":%q},"metadata":{},"transient":{"display_id":%q}}`, text, id)
	}
	check(t, "second cell", outputs(two), `stream {"name":"stdout","text":"two\n"}`, update("between\n"))
	sinks()[0].Emit(session.Stream{Name: "stderr", Text: "more\n"})
	sinks()[0].Emit(&session.Failure{Name: "panic", Value: "oh", Traceback: []string{"panic: oh", "here"}})
	check(t, "third cell", outputs(do(t, c, wire.Shell, "execute_request", batch(""))), update("between\nmore\npanic: oh\nhere\n"))
	check(t, "fourth cell", outputs(do(t, c, wire.Shell, "execute_request", batch(""))))
	sinks()[0].Emit(session.Clear{})
	check(t, "cleared", outputs(do(t, c, wire.Shell, "execute_request", batch(""))), update(""))

	// Nothing of it under its own request, which such a front end drops.
	if got := one.Of("stream"); len(got) != 1 {
		t.Errorf("the first cell's own messages are %v", outputs(one))
	}
}

// The end of a cell waits for what others have to say only as long as there are any.
func TestContract10_NobodyIsWaitedFor(t *testing.T) {
	_, k, c := setup(t)
	listened := func() int {
		k.late.mu.Lock()
		defer k.late.mu.Unlock()
		return len(k.late.alive)
	}
	do(t, c, wire.Shell, "execute_request", batch("print one\nleave 1"))
	if n := listened(); n != 1 {
		t.Errorf("with a goroutine alive, %d cells are listened to", n)
	}
	do(t, c, wire.Shell, "execute_request", batch("print two"))
	if n := listened(); n != 0 {
		t.Errorf("with none alive, %d cells are listened to", n)
	}
}

// Without a display of the owner's, text is marked with its number.
func TestContract10_LateOutputWithoutAPlace(t *testing.T) {
	c, sinks := lateSetup(t)
	do(t, c, wire.Shell, "execute_request", batch("print one"))
	sinks()[0].Emit(session.Stream{Name: "stdout", Text: "late\n"})
	sinks()[0].Emit(session.Display{Bundle: session.Bundle{Data: object{"text/plain": "a picture"}}})
	// It goes to the cell of the same front end, and to no other.
	check(t, "another front end", outputs(do(t, c, wire.Shell, "execute_request", wiretest.Cell(""))))
	two := do(t, c, wire.Shell, "execute_request", batch(""))
	mark := `[from cell 1, which has ended]\n`
	check(t, "second cell", outputs(two),
		`stream {"name":"stdout","text":"`+mark+`late\n"}`,
		`stream {"name":"stdout","text":"`+mark+`"}`,
		`display_data {"data":{"text/plain":"a picture"},"metadata":{},"transient":{}}`)
}

// A display behind several messages of a stream would be found at another
// place once these are joined.
func TestContract10_NoDisplayBehindJoinedStreams(t *testing.T) {
	c, _ := lateSetup(t)
	for _, source := range []string{"print a\nerr b\nprint c\nleave 1", "err a\nprint b\nleave 1"} {
		if got := do(t, c, wire.Shell, "execute_request", batch(source)).Of("display_data"); len(got) != 0 {
			t.Errorf("%q is given %s", source, got[0].Content)
		}
	}
}

// A front end that names its cell is told of late output as it happens.
func TestContract10_LateOutputOfNamedCells(t *testing.T) {
	c, sinks := lateSetup(t)
	p, err := c.SendWith(wire.Shell, "execute_request", object{"cellId": "abc"}, batch("print one\nleave 1"))
	if err != nil {
		t.Fatal(err)
	}
	if r := await(t, p); len(r.Of("display_data")) != 0 {
		t.Errorf("got %v", outputs(r))
	}
	sinks()[0].Emit(session.Stream{Name: "stdout", Text: "late\n"})
	if _, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return r.Text("stdout") == "one\nlate\n" }); err != nil {
		t.Error(err)
	}
}

func TestContract10_LateOutputIsBounded(t *testing.T) {
	c, sinks := lateSetup(t)
	do(t, c, wire.Shell, "execute_request", batch("leave 1"))
	for range 3 * maxLateText >> 18 {
		sinks()[0].Emit(session.Stream{Name: "stdout", Text: strings.Repeat("x", 1<<18)})
	}
	for range 2 * maxLateShown {
		sinks()[0].Emit(session.Display{Bundle: session.Bundle{Data: object{"text/plain": "x"}}})
	}
	r := do(t, c, wire.Shell, "execute_request", batch(""))
	update := r.Of("update_display_data")
	if len(update) != 1 || len(update[0].Content) > 2*maxLateText || !strings.Contains(string(update[0].Content), "left out") {
		t.Errorf("%d updates", len(update))
	}
	if n := len(r.Of("display_data")); n != maxLateShown {
		t.Errorf("%d displays", n)
	}
}

// What a cell prints is bounded, with a note of what is missing, and whatever
// failed is still told.
func TestContract10_OutputLimit(t *testing.T) {
	s := newScripted()
	c := dial(t, startWith(t, Options{Session: s, OutputLimit: 3 << 20}))
	first := true
	s.each(func(sink session.Sink) {
		if !first {
			return
		}
		first = false
		for range 8 {
			sink.Emit(session.Stream{Name: "stdout", Text: strings.Repeat("x", 1<<20)})
		}
		sink.Emit(session.Display{Bundle: session.Bundle{Data: object{"text/plain": "x"}}})
		sink.Emit(&session.Failure{Name: "panic", Value: "oh", Traceback: []string{"oh"}})
	})
	r := execute(t, c, "")
	if n := len(r.Text("stdout")); n != 3<<20 {
		t.Errorf("%d bytes came", n)
	}
	if got := r.Text("stderr"); !strings.Contains(got, "longer than 3 MiB") || !strings.Contains(got, "5243393 bytes of output were left out") || strings.Count(got, "gosched:") != 2 {
		t.Errorf("got %q", got)
	}
	if len(r.Of("display_data")) != 0 || len(r.Of("error")) != 1 {
		t.Errorf("%d displays, %d errors", len(r.Of("display_data")), len(r.Of("error")))
	}
	if got := execute(t, c, "print next").Text("stdout"); got != "next\n" {
		t.Errorf("the next cell printed %q", got)
	}
}
