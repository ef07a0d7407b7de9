package kernel

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

func untilIdle(t *testing.T, p *wiretest.Pending) *wiretest.Result {
	t.Helper()
	got, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return r.Idle })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What comes for a comm reaches the session while a cell runs, from whichever
// shell it comes, and what the cell sends goes out in order with its output.
func TestContract16_CommsWhileACellRuns(t *testing.T) {
	s, k, c := setup(t)
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("comm open e2\nprint there\nrecv\ncomm close e2"))
	printed(t, p, "there\n")
	open := untilIdle(t, send(t, c, wire.Shell, "", "comm_open", object{"comm_id": "e1", "target_name": "echo", "data": object{}}))
	if types := strings.Join(open.Types(), " "); types != "busy idle" {
		t.Errorf("opening gives %s", types)
	}
	info := do(t, c, wire.Shell, "comm_info_request", object{"target_name": "echo"})
	checkJSON(t, info.Reply.Content, `{"comms":{"e1":{"target_name":"echo"}},"status":"ok"}`)
	info = do(t, c, wire.Control, "comm_info_request", object{})
	checkJSON(t, info.Reply.Content, `{"comms":{"e1":{"target_name":"echo"},"e2":{"target_name":"scripted"}},"status":"ok"}`)
	echo := untilIdle(t, send(t, c, wire.Shell, "", "comm_msg", object{"comm_id": "e1", "data": object{"a": 1}}))
	if types := strings.Join(echo.Types(), " "); types != "busy comm_msg idle" {
		t.Fatalf("a message gives %s", types)
	}
	checkJSON(t, echo.Of("comm_msg")[0].Content, `{"comm_id":"e1","data":{"a":1}}`)
	s.token <- struct{}{}
	r := await(t, p)
	// After each of the others' idle, its busy comes again.
	types := strings.Join(r.Types(), " ")
	if strings.ReplaceAll(types, " busy", "") != "busy execute_input comm_open stream comm_close idle" || !strings.Contains(types, "stream busy") {
		t.Errorf("the cell gives %s", types)
	}
	if got := string(r.Of("comm_open")[0].Metadata); got != `{"version":"2.1.0"}` {
		t.Errorf("metadata %s", got)
	}
	if list := k.comms.of(""); len(list) != 1 {
		t.Errorf("open are %v", list)
	}
	// The session dies: who talks to it is told.
	r = execute(t, c, "die")
	if types := strings.Join(r.Types(), " "); types != "busy execute_input comm_close error idle" {
		t.Errorf("a lost session gives %s", types)
	}
}

// A subshell that a front end has made for comms wakes no cell.
func TestSubshellsForComms(t *testing.T) {
	s := &counting{scripted: newScripted()}
	k := start(t, s)
	c := dial(t, k)
	created := do(t, c, wire.Control, "create_subshell_request", object{})
	id, _ := created.Content()["subshell_id"].(string)
	expect := func(when string, want int32) {
		t.Helper()
		if got := s.open.Load(); got != want {
			t.Errorf("%s there are %d", when, got)
		}
	}
	expect("after the first", 1)
	untilIdle(t, send(t, c, wire.Shell, id, "comm_msg", object{"comm_id": "e1", "data": object{}}))
	expect("after a message of a comm", 0)
	await(t, send(t, c, wire.Shell, id, "execute_request", wiretest.Cell("print x")))
	expect("after a cell", 1)
	untilIdle(t, send(t, c, wire.Shell, id, "comm_msg", object{"comm_id": "e1", "data": object{}}))
	expect("after another message", 1)
	do(t, c, wire.Control, "create_subshell_request", object{})
	expect("after a second one of a client that has comms", 1)
}

type counting struct {
	*scripted
	open atomic.Int32
}

func (s *counting) SetSubshells(n int) { s.open.Store(int32(n)) }

func (s *counting) Comm(context.Context, session.Comm) ([]session.Comm, error) { return nil, nil }
