package worker

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// served runs the child's side in this process, and returns the supervisor's end of the
// channel, and what the child's side ends with.
func served(t *testing.T) (*conn, <-chan error) {
	t.Helper()
	in, toServer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromServer, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	own, err := newConn(in, out)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newConn(fromServer, toServer)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newFakeSession(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &server{
		conn: own, begun: func(uint64) {}, session: e, memory: newMemoryWatch(0),
		calls: make(map[uint64]context.CancelFunc), flows: make(map[uint64]*flow), inputs: make(map[uint64]chan inputReply),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.serve(t.Context()) }()
	t.Cleanup(func() {
		other.close()
		s.wg.Wait()
		own.close()
	})
	return other, ended
}

// told is the next message that is no other than what is waited for, as text.
func told(t *testing.T, c *conn) string {
	t.Helper()
	for {
		k, id, payload, err := c.receive()
		if err != nil {
			t.Fatal(err)
		}
		d := &decoder{b: append([]byte(nil), payload...)}
		switch k {
		case kindRelease:
			continue
		case kindEvent:
			return fmt.Sprintf("%d event %+v", id, d.event())
		case kindResult:
			r := d.result()
			if r.Failure != nil {
				return fmt.Sprintf("%d failure %s", id, r.Failure)
			}
			return fmt.Sprintf("%d result %s", id, shown(r))
		case kindCompletion:
			return fmt.Sprintf("%d completion %+v", id, d.completion())
		case kindInspection:
			return fmt.Sprintf("%d inspection %+v", id, d.inspection())
		case kindCompleteness:
			return fmt.Sprintf("%d completeness %+v", id, d.completeness())
		case kindComms:
			return fmt.Sprintf("%d comms %+v", id, d.comms())
		case kindError:
			return fmt.Sprintf("%d error %s", id, d.string())
		case kindPong:
			return fmt.Sprintf("%d pong", id)
		case kindFlushed:
			return fmt.Sprintf("%d flushed", id)
		case kindInput:
			return fmt.Sprintf("%d input %d %q %v", id, d.uvarint(), d.string(), d.bool())
		case kindInputCancel:
			return fmt.Sprintf("%d input cancelled", id)
		}
		return fmt.Sprintf("%d kind %d", id, k)
	}
}

func cellOf(source string) func([]byte) []byte {
	return func(b []byte) []byte { return appendCell(b, session.Cell{Source: source}) }
}

func asked(texts ...string) func([]byte) []byte {
	return func(b []byte) []byte {
		for _, text := range texts {
			b = appendString(b, text)
		}
		return b
	}
}

func at(text string, numbers ...int) func([]byte) []byte {
	return func(b []byte) []byte {
		b = appendString(b, text)
		for _, n := range numbers {
			b = appendInt(b, n)
		}
		return b
	}
}

// Each request has its answer, and one that the session fails at costs nothing else.
func TestServerAnswers(t *testing.T) {
	c, ended := served(t)
	comm := func(b []byte) []byte {
		return appendComm(b, session.Comm{Kind: session.CommOpen, ID: "w", Target: "none"})
	}
	for i, tt := range []struct {
		k    kind
		ask  func([]byte) []byte
		want []string
	}{
		{kindExecute, cellOf("set x=7"), []string{"result "}},
		{kindExecute, cellOf("get x"), []string{"result 7"}},
		{kindExecute, cellOf("echo hi"), []string{`event {Name:stdout Text:hi}`, "result "}},
		{kindExecute, cellOf("panic"), []string{"failure internal error"}},
		{kindExecute, cellOf("hold back"), []string{"result "}},
		{kindPing, nil, []string{"pong"}},
		{kindComplete, at("fmt.Pr", 6), []string{"completion {Start:4 End:6"}},
		{kindComplete, at("fail", 0), []string{"error no such name"}},
		{kindComplete, at("panic", 0), []string{"error internal error"}},
		{kindInspect, at("x", 1, 2), []string{"inspection {Found:true"}},
		{kindIsComplete, asked("if {"), []string{"completeness {Status:incomplete"}},
		{kindComm, comm, []string{"comms [{Kind:comm_open ID:w Target:none"}},
	} {
		id := uint64(i + 1)
		if err := c.send(true, tt.k, id, tt.ask); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if got := told(t, c); !strings.HasPrefix(got, fmt.Sprintf("%d %s", id, want)) {
				t.Errorf("message %d: %s, want %s", tt.k, got, want)
			}
		}
	}
	c.close()
	select {
	case err := <-ended:
		if err != io.EOF {
			t.Errorf("ended with %v, want the end of the channel", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the end of the channel does not end the child's side")
	}
}

// A cell that waits is cancelled by its number, and one that asks gets the answer to its
// own question.
func TestServerWaits(t *testing.T) {
	c, _ := served(t)
	send := func(k kind, id uint64, payload func([]byte) []byte) {
		t.Helper()
		if err := c.send(true, k, id, payload); err != nil {
			t.Fatal(err)
		}
	}
	next := func(want string) {
		t.Helper()
		if got := told(t, c); !strings.HasPrefix(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	send(kindExecute, 1, cellOf("wait"))
	next("1 event {Name:stdout Text:waiting")
	send(kindCancel, 99, nil) // of a call that has ended
	send(kindCancel, 1, nil)
	next("1 failure interrupted")

	send(kindExecute, 2, cellOf("input name? "))
	next(`2 input 1 "name? " true`)
	send(kindInputReply, 99, func(b []byte) []byte { return appendInputReply(b, inputReply{text: "of nobody"}) })
	send(kindInputReply, 1, func(b []byte) []byte { return appendInputReply(b, inputReply{text: "Ada"}) })
	next(`2 result "Ada" <nil>`)
	send(kindExecute, 3, cellOf("input again"))
	next(`3 input 2 "again" true`)
	send(kindCancel, 3, nil)
	next("2 input cancelled")
	next(`3 result "" context canceled`)

	send(kindSubshells, 0, func(b []byte) []byte { return appendInt(b, 2) })
	send(kindExecute, 4, cellOf("hold last"))
	next("4 result ")
	send(kindFlush, 5, nil)
	next("4 event {Name:stdout Text:last")
	next("5 flushed")
}

// A cell whose output nobody takes waits, and goes on when it is taken; output of more
// than there may be is told of in its place.
func TestServerHoldsOutputBack(t *testing.T) {
	c, _ := served(t)
	const lines = 4 * window / 64
	if err := c.send(true, kindExecute, 1, cellOf(fmt.Sprintf("lines %d", lines))); err != nil {
		t.Fatal(err)
	}
	got := 0
	for got < lines {
		k, id, payload, err := c.receive()
		if err != nil {
			t.Fatal(err)
		}
		if k == kindResult {
			t.Fatalf("the cell has ended after %d lines of %d", got, lines)
		}
		if k != kindEvent {
			continue
		}
		got++
		n := frameHeader + len(binary.AppendUvarint(nil, id)) + len(payload)
		if err := c.send(true, kindAck, id, func(b []byte) []byte { return binary.AppendUvarint(b, uint64(n)) }); err != nil {
			t.Fatal(err)
		}
	}
	if text := told(t, c); text != "1 result " {
		t.Errorf("in the end: %s", text)
	}
}

// What is not understood ends the child's side, and says which message it was.
func TestServerRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		k       kind
		payload func([]byte) []byte
		want    string
	}{
		"unknown":   {kind(250), nil, "message 250 from the supervisor: unknown kind"},
		"too short": {kindComplete, asked("fmt.Pr"), fmt.Sprintf("message %d from the supervisor", kindComplete)},
		"too long":  {kindPing, asked("more"), fmt.Sprintf("message %d from the supervisor", kindPing)},
		"no cell":   {kindExecute, nil, fmt.Sprintf("message %d from the supervisor", kindExecute)},
		"no source": {kindIsComplete, nil, fmt.Sprintf("message %d from the supervisor", kindIsComplete)},
		"no detail": {kindInspect, at("x", 1), fmt.Sprintf("message %d from the supervisor", kindInspect)},
		"no number": {kindSubshells, nil, fmt.Sprintf("message %d from the supervisor", kindSubshells)},
		"no comm":   {kindComm, nil, fmt.Sprintf("message %d from the supervisor", kindComm)},
		"no reply":  {kindInputReply, nil, fmt.Sprintf("message %d from the supervisor", kindInputReply)},
	} {
		t.Run(name, func(t *testing.T) {
			c, ended := served(t)
			if err := c.send(true, tt.k, 1, tt.payload); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("ended with %v, want %s", err, tt.want)
				}
			case <-time.After(20 * time.Second):
				t.Error("it goes on")
			}
		})
	}
}

// The supervisor lets go of a cell's output when nobody in the child can add to it.
func TestServerReleases(t *testing.T) {
	c, _ := served(t)
	if err := c.send(true, kindExecute, 1, cellOf("nothing")); err != nil {
		t.Fatal(err)
	}
	released := make(chan uint64, 1)
	go func() {
		for {
			k, id, _, err := c.receive()
			if err != nil {
				return
			}
			if k == kindRelease {
				released <- id
			}
		}
	}()
	for end := time.Now().Add(20 * time.Second); ; {
		runtime.GC()
		select {
		case id := <-released:
			if id != 1 {
				t.Errorf("released %d", id)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("a cell that has ended keeps its sink")
		}
	}
}
