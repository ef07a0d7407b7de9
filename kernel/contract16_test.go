package kernel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

type object = map[string]any

func TestContract16_KernelInfo(t *testing.T) {
	_, _, c := setup(t)
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		r := do(t, c, ch, "kernel_info_request", object{})
		got := r.Content()
		info := got["language_info"].(object)
		for _, f := range []struct{ got, want any }{
			{got["status"], "ok"}, {got["protocol_version"], "5.5"}, {got["implementation"], "gosched"},
			{got["implementation_version"], "1.2.3"}, {info["name"], "go"}, {info["version"], "1"},
			{info["mimetype"], "text/x-go"}, {info["file_extension"], ".go"}, {r.Reply.Header.Version, "5.5"},
		} {
			if f.got != f.want {
				t.Errorf("%s: got %v, want %v", ch, f.got, f.want)
			}
		}
		if fmt.Sprint(got["supported_features"]) != "[kernel subshells]" {
			t.Errorf("supported_features: %v", got["supported_features"])
		}
		if got := r.Types(); !slices.Equal(got, []string{"busy", "idle"}) {
			t.Errorf("%s: iopub %v", ch, got)
		}
	}
}

func TestContract16_Execute(t *testing.T) {
	_, _, c := setup(t)
	for i, tt := range []struct {
		code, types, stdout, stderr string
	}{
		{"print a\nprint b\nvalue 3", "busy execute_input stream execute_result idle", "a\nb\n", ""},
		{"print a\nerr b\nprint c", "busy execute_input stream stream stream idle", "a\nc\n", "b\n"},
		{"show x\nprint a\nupdate y\nclear", "busy execute_input display_data stream update_display_data clear_output idle", "a\n", ""},
		{"print a\nfail oh", "busy execute_input stream error idle", "a\n", ""},
		{"", "busy execute_input idle", "", ""},
	} {
		r := execute(t, c, tt.code)
		if got := strings.Join(r.Types(), " "); got != tt.types {
			t.Errorf("%q: iopub %s\nwant %s", tt.code, got, tt.types)
		}
		if r.Text("stdout") != tt.stdout || r.Text("stderr") != tt.stderr {
			t.Errorf("%q: printed %q and %q", tt.code, r.Text("stdout"), r.Text("stderr"))
		}
		if got := r.Content()["execution_count"]; got != float64(i+1) {
			t.Errorf("%q: execution_count %v, want %d", tt.code, got, i+1)
		}
		if in := wiretest.Content(r.Of("execute_input")[0]); in["code"] != tt.code || in["execution_count"] != float64(i+1) {
			t.Errorf("execute_input: %v", in)
		}
	}
}

func TestContract16_ExecuteContents(t *testing.T) {
	_, _, c := setup(t)
	r := execute(t, c, "value 42")
	checkJSON(t, r.Of("execute_result")[0].Content, `{"data":{"text/plain":"42"},"execution_count":1,"metadata":{}}`)
	checkJSON(t, r.Reply.Content, `{"execution_count":1,"payload":[],"status":"ok","user_expressions":{}}`)
	r = execute(t, c, "fail oh")
	checkJSON(t, r.Of("error")[0].Content, `{"ename":"panic","evalue":"oh","traceback":["panic: oh"]}`)
	checkJSON(t, r.Reply.Content, `{"ename":"panic","evalue":"oh","execution_count":2,"status":"error","traceback":["panic: oh"]}`)
	r = execute(t, c, "show x\nupdate y\nclear")
	checkJSON(t, r.Of("display_data")[0].Content, `{"data":{"text/plain":"x"},"metadata":{},"transient":{"display_id":"d1"}}`)
	checkJSON(t, r.Of("update_display_data")[0].Content, `{"data":{"text/plain":"y"},"metadata":{},"transient":{"display_id":"d1"}}`)
	checkJSON(t, r.Of("clear_output")[0].Content, `{"wait":true}`)
}

func checkJSON(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(got, &v); err != nil {
		t.Errorf("%s: %v", got, err)
	}
	sorted, _ := json.Marshal(v)
	if string(sorted) != want {
		t.Errorf("got  %s\nwant %s", sorted, want)
	}
}

func TestContract16_SilentAndStoreHistory(t *testing.T) {
	s, _, c := setup(t)
	cell := wiretest.Cell("print a\nvalue 1\nshow x")
	cell["silent"] = true
	r := do(t, c, wire.Shell, "execute_request", cell)
	if got := r.Types(); !slices.Equal(got, []string{"busy", "idle"}) {
		t.Errorf("silent: iopub %v", got)
	}
	if n := r.Content()["execution_count"]; n != 0.0 {
		t.Errorf("silent: execution_count %v", n)
	}
	if got := s.ran()[0]; !got.Silent || got.Number != 0 {
		t.Errorf("silent: cell %+v", got)
	}
	cell = wiretest.Cell("value 1")
	cell["store_history"] = false
	for range 2 {
		r = do(t, c, wire.Shell, "execute_request", cell)
		if n := r.Content()["execution_count"]; n != 1.0 {
			t.Errorf("store_history false: execution_count %v, want 1", n)
		}
	}
	if n := execute(t, c, "value 2").Content()["execution_count"]; n != 1.0 {
		t.Errorf("execution_count %v, want 1", n)
	}
	r = do(t, c, wire.Shell, "history_request", object{"hist_access_type": "tail", "n": 10, "output": false, "raw": true})
	checkJSON(t, r.Reply.Content, `{"history":[[1,1,"value 2"]],"status":"ok"}`)
	ids := make(map[string]bool)
	for _, cell := range s.ran() {
		ids[cell.ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("cell ids are not unique: %v", ids)
	}
}

func TestContract16_UserExpressions(t *testing.T) {
	_, _, c := setup(t)
	cell := wiretest.Cell("")
	cell["user_expressions"] = object{"a": "1+1", "b": "bad"}
	r := do(t, c, wire.Shell, "execute_request", cell)
	checkJSON(t, r.Reply.Content, `{"execution_count":1,"payload":[],"status":"ok","user_expressions":{`+
		`"a":{"data":{"text/plain":"1+1"},"metadata":{},"status":"ok"},`+
		`"b":{"ename":"compile error","evalue":"bad","status":"error","traceback":[]}}}`)
}

func TestContract16_StopOnError(t *testing.T) {
	s, _, c := setup(t)
	var sent []*wiretest.Pending
	for _, code := range []string{"fail oh", "print a", "print b"} {
		sent = append(sent, send(t, c, wire.Shell, "", "execute_request", wiretest.Cell(code)))
	}
	info := send(t, c, wire.Shell, "", "kernel_info_request", object{})
	var got []string
	for _, p := range sent {
		got = append(got, await(t, p).Status())
	}
	if fmt.Sprint(got) != "[error aborted aborted]" {
		t.Errorf("statuses %v", got)
	}
	if st := await(t, info).Status(); st != "ok" {
		t.Errorf("kernel_info behind a failed cell: %s", st)
	}
	if n := len(s.ran()); n != 1 {
		t.Errorf("%d cells were run, want 1", n)
	}
	if r := execute(t, c, "print c"); r.Status() != "ok" || r.Text("stdout") != "c\n" {
		t.Errorf("next cell: %s %q", r.Status(), r.Text("stdout"))
	}

	cell := wiretest.Cell("fail oh")
	cell["stop_on_error"] = false
	p1 := send(t, c, wire.Shell, "", "execute_request", cell)
	p2 := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print d"))
	if a, b := await(t, p1).Status(), await(t, p2).Status(); a != "error" || b != "ok" {
		t.Errorf("stop_on_error false: %s, %s", a, b)
	}
}

func TestContract16_CompletePositionsAreCodePoints(t *testing.T) {
	_, _, c := setup(t)
	for _, tt := range []struct {
		name string
		req  object
		want string
	}{
		{"ascii", object{"code": "fmt.Print", "cursor_pos": 9}, `4 9 Println`},
		{"middle", object{"code": "fmt.Print(x)", "cursor_pos": 9}, `4 9 Println`},
		{"wide", object{"code": "é日🙂 fmt.Pr🙂", "cursor_pos": 11}, `8 11 Pr🙂ln`},
		{"no cursor", object{"code": "é p"}, `2 3 pln`},
		{"null cursor", object{"code": "é p", "cursor_pos": nil}, `2 3 pln`},
		{"beyond", object{"code": "é p", "cursor_pos": 99}, `2 3 pln`},
		{"before", object{"code": "é p", "cursor_pos": -4}, `0 0 ln`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := do(t, c, wire.Shell, "complete_request", tt.req).Content()
			if s := fmt.Sprintf("%v %v %v", got["cursor_start"], got["cursor_end"], got["matches"].([]any)[0]); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
			typ := got["metadata"].(object)["_jupyter_types_experimental"].([]any)[0].(object)
			if typ["type"] != "function" || typ["signature"] != "func()" || typ["start"] != got["cursor_start"] {
				t.Errorf("types: %v", typ)
			}
		})
	}
	r := do(t, c, wire.Shell, "complete_request", object{"code": "explode"})
	if r.Status() != "error" || r.Content()["evalue"] != "no session" {
		t.Errorf("failing session: %v", r.Content())
	}
}

func TestContract16_InspectAndIsComplete(t *testing.T) {
	_, _, c := setup(t)
	r := do(t, c, wire.Shell, "inspect_request", object{"code": "日fmt", "cursor_pos": 2, "detail_level": 1})
	checkJSON(t, r.Reply.Content, `{"data":{"text/plain":"日f|1"},"found":true,"metadata":{},"status":"ok"}`)
	r = do(t, c, wire.Shell, "inspect_request", object{"code": "", "cursor_pos": 0})
	if r.Content()["found"] != false {
		t.Errorf("inspect nothing: %v", r.Content())
	}
	r = do(t, c, wire.Shell, "is_complete_request", object{"code": "if x {"})
	checkJSON(t, r.Reply.Content, `{"indent":"    ","status":"incomplete"}`)
	r = do(t, c, wire.Shell, "is_complete_request", object{"code": "x"})
	checkJSON(t, r.Reply.Content, `{"status":"complete"}`)
}

func TestContract16_History(t *testing.T) {
	_, _, c := setup(t)
	for _, code := range []string{"value 1", "print a", "value 1", "print [b]\nprint c"} {
		execute(t, c, code)
	}
	for _, tt := range []struct{ name, req, want string }{
		{"tail", `{"hist_access_type":"tail","n":2}`, `[[1,3,"value 1"],[1,4,"print [b]\nprint c"]]`},
		{"tail output", `{"hist_access_type":"tail","n":3,"output":true}`, `[[1,2,["print a",null]],[1,3,["value 1","1"]],[1,4,["print [b]\nprint c",null]]]`},
		{"tail more than there are", `{"hist_access_type":"tail","n":99}`, `[[1,1,"value 1"],[1,2,"print a"],[1,3,"value 1"],[1,4,"print [b]\nprint c"]]`},
		{"tail negative", `{"hist_access_type":"tail","n":-1}`, `[]`},
		{"range", `{"hist_access_type":"range","session":1,"start":2,"stop":4}`, `[[1,2,"print a"],[1,3,"value 1"]]`},
		{"range current session", `{"hist_access_type":"range","session":0,"start":4}`, `[[1,4,"print [b]\nprint c"]]`},
		{"range other session", `{"hist_access_type":"range","session":-1,"start":0}`, `[]`},
		{"search", `{"hist_access_type":"search","pattern":"value*"}`, `[[1,1,"value 1"],[1,3,"value 1"]]`},
		{"search unique", `{"hist_access_type":"search","pattern":"value*","unique":true}`, `[[1,3,"value 1"]]`},
		{"search n", `{"hist_access_type":"search","pattern":"*","n":1}`, `[[1,4,"print [b]\nprint c"]]`},
		{"search whole", `{"hist_access_type":"search","pattern":"value"}`, `[]`},
		{"search class over lines", `{"hist_access_type":"search","pattern":"p?int [[]b]*[a-c]"}`, `[[1,4,"print [b]\nprint c"]]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := do(t, c, wire.Shell, "history_request", json.RawMessage(tt.req))
			checkJSON(t, r.Reply.Content, `{"history":`+tt.want+`,"status":"ok"}`)
		})
	}
	if r := do(t, c, wire.Shell, "history_request", object{"hist_access_type": "all"}); r.Status() != "error" {
		t.Errorf("unknown access: %v", r.Content())
	}
}

func TestContract16_Comms(t *testing.T) {
	_, _, c := setup(t)
	r := do(t, c, wire.Shell, "comm_info_request", object{})
	checkJSON(t, r.Reply.Content, `{"comms":{},"status":"ok"}`)
	p := send(t, c, wire.Shell, "", "comm_open", object{"comm_id": "x1", "target_name": "jupyter.widget", "data": object{}})
	got, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return r.Idle })
	if err != nil {
		t.Fatal(err)
	}
	if types := strings.Join(got.Types(), " "); types != "busy comm_close idle" {
		t.Errorf("iopub %s", types)
	}
	checkJSON(t, got.Of("comm_close")[0].Content, `{"comm_id":"x1","data":{}}`)
	for _, typ := range []string{"comm_msg", "comm_close"} {
		p := send(t, c, wire.Shell, "", typ, object{"comm_id": "x1", "data": object{}})
		if _, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return r.Idle }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContract16_Input(t *testing.T) {
	_, k, c := setup(t)
	other := dial(t, k)
	other.OnStdin(func(string, bool) string {
		t.Error("a client that did not send the cell was asked")
		return "wrong"
	})
	var prompts []string
	c.OnStdin(func(prompt string, password bool) string {
		prompts = append(prompts, fmt.Sprint(prompt, password))
		return "héllo"
	})
	r := execute(t, c, "ask name? \npassword pw? ")
	if got := r.Text("stdout"); got != "héllo\nhéllo\n" {
		t.Errorf("printed %q", got)
	}
	if !slices.Equal(prompts, []string{"name? false", "pw? true"}) {
		t.Errorf("asked %q", prompts)
	}
	cell := wiretest.Cell("ask x")
	cell["allow_stdin"] = false
	if got := do(t, c, wire.Shell, "execute_request", cell).Text("stdout"); got != "EOF\n" {
		t.Errorf("allow_stdin false: %q", got)
	}
	c.OnStdin(nil)
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print asking\nask x"))
	printed(t, p, "asking")
	do(t, c, wire.Control, "interrupt_request", object{})
	if st := await(t, p).Status(); st != "error" {
		t.Errorf("interrupted input: %s", st)
	}
}

func TestContract16_InputAfterTheCellIsEOF(t *testing.T) {
	s, _, c := setup(t)
	got := make(chan error, 1)
	s.each(func(sink session.Sink) {
		go func() {
			_, err := sink.Input(t.Context(), "late?", false)
			got <- err
		}()
	})
	execute(t, c, "print x") // asks, and ends without an answer
	if err := <-got; err == nil || err.Error() != "EOF" {
		t.Errorf("got %v, want EOF", err)
	}
}

func TestContract16_Interrupt(t *testing.T) {
	_, _, c := setup(t)
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print started\nblock"))
	printed(t, p, "started")
	r := do(t, c, wire.Control, "interrupt_request", object{})
	checkJSON(t, r.Reply.Content, `{"status":"ok"}`)
	if got := await(t, p); got.Content()["ename"] != "interrupted" {
		t.Errorf("got %v", got.Content())
	}
	do(t, c, wire.Control, "interrupt_request", object{}) // of nothing
	if r := execute(t, c, "print on"); r.Text("stdout") != "on\n" {
		t.Error("no next cell after interrupt")
	}
}

func TestContract16_Subshells(t *testing.T) {
	s, _, c := setup(t)
	create := func() string {
		return do(t, c, wire.Control, "create_subshell_request", object{}).Content()["subshell_id"].(string)
	}
	a, b := create(), create()
	list := do(t, c, wire.Control, "list_subshell_request", object{})
	checkJSON(t, list.Reply.Content, fmt.Sprintf(`{"status":"ok","subshell_id":[%q,%q]}`, a, b))

	// One cell waits for what a cell of a subshell sends.
	main := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print waiting\nrecv"))
	printed(t, main, "waiting")
	if r := await(t, send(t, c, wire.Shell, a, "execute_request", wiretest.Cell("send"))); r.Status() != "ok" {
		t.Fatalf("subshell: %v", r.Content())
	}
	if r := await(t, main); r.Status() != "ok" {
		t.Fatalf("main: %v", r.Content())
	}
	if got := s.ran()[1].Subshell; got != a {
		t.Errorf("cell ran in subshell %q, want %q", got, a)
	}

	// Interrupt stops the right one.
	main = send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print m\nblock"))
	sub := send(t, c, wire.Shell, a, "execute_request", wiretest.Cell("print s\nblock"))
	sub2 := send(t, c, wire.Shell, b, "execute_request", wiretest.Cell("print s2\nblock"))
	printed(t, main, "m")
	printed(t, sub, "s")
	printed(t, sub2, "s2")
	await(t, send(t, c, wire.Control, a, "interrupt_request", object{}))
	if st := await(t, sub).Status(); st != "error" {
		t.Errorf("subshell: %s", st)
	}
	await(t, send(t, c, wire.Control, "", "interrupt_request", object{}))
	if st := await(t, main).Status(); st != "error" {
		t.Errorf("main: %s", st)
	}
	if r, _ := sub2.Until(ctxFor(t), func(*wiretest.Result) bool { return true }); r.Reply != nil {
		t.Error("interrupt of the main shell stopped a subshell")
	}

	// Deleting stops what runs and answers what waits.
	behind := send(t, c, wire.Shell, b, "execute_request", wiretest.Cell("print never"))
	info := send(t, c, wire.Shell, b, "kernel_info_request", object{})
	await(t, send(t, c, wire.Shell, "", "kernel_info_request", object{})) // behind has arrived
	do(t, c, wire.Control, "delete_subshell_request", object{"subshell_id": b})
	if x, y, z := await(t, sub2).Status(), await(t, behind).Status(), await(t, info).Status(); x != "error" || y != "aborted" || z != "ok" {
		t.Errorf("deleted subshell: %s, %s, %s", x, y, z)
	}
	list = do(t, c, wire.Control, "list_subshell_request", object{})
	checkJSON(t, list.Reply.Content, fmt.Sprintf(`{"status":"ok","subshell_id":[%q]}`, a))
	for _, r := range []*wiretest.Result{
		await(t, send(t, c, wire.Shell, b, "execute_request", wiretest.Cell("print x"))),
		do(t, c, wire.Control, "delete_subshell_request", object{"subshell_id": b}),
		await(t, send(t, c, wire.Control, b, "interrupt_request", object{})),
	} {
		if r.Status() != "error" || r.Content()["ename"] != "unknown subshell" {
			t.Errorf("deleted subshell: %v", r.Content())
		}
	}
}

func TestContract16_InterruptReachesSubshellsWhenMainIsIdle(t *testing.T) {
	_, _, c := setup(t)
	id := do(t, c, wire.Control, "create_subshell_request", object{}).Content()["subshell_id"].(string)
	p := send(t, c, wire.Shell, id, "execute_request", wiretest.Cell("print s\nblock"))
	printed(t, p, "s")
	do(t, c, wire.Control, "interrupt_request", object{})
	if st := await(t, p).Status(); st != "error" {
		t.Errorf("got %s", st)
	}
}

func TestContract16_Shutdown(t *testing.T) {
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprint(ch, restart), func(t *testing.T) {
				s := newScripted()
				k, err := New(t.Context(), Options{Connection: connection(), Session: s})
				if err != nil {
					t.Fatal(err)
				}
				served := make(chan error, 1)
				go func() { served <- k.Serve(t.Context()) }()
				c := dial(t, k)
				p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print on\nblock"))
				printed(t, p, "on")
				r := do(t, c, ch, "shutdown_request", object{"restart": restart})
				want := fmt.Sprintf(`{"restart":%v,"status":"ok"}`, restart)
				checkJSON(t, r.Reply.Content, want)
				checkJSON(t, r.Of("shutdown_reply")[0].Content, want)
				if st := await(t, p).Status(); st != "error" {
					t.Errorf("the running cell ended with %s", st)
				}
				if err := <-served; err != nil {
					t.Error(err)
				}
				if !s.closed {
					t.Error("session not closed")
				}
			})
		}
	}
}

func TestContract16_Debug(t *testing.T) {
	_, _, c := setup(t)
	r := do(t, c, wire.Control, "debug_request", object{"type": "request", "seq": 7, "command": "debugInfo"})
	got := r.Content()
	if got["success"] != false || got["request_seq"] != 7.0 || got["type"] != "response" || got["command"] != "debugInfo" {
		t.Errorf("got %v", got)
	}
}

func TestContract16_WelcomeAndStarting(t *testing.T) {
	k := start(t, newScripted())
	var first []string
	for i := range 2 {
		s, err := wire.Dial(ctxFor(t), k.Connection(), wire.IOPub, "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		m, err := s.Recv(ctxFor(t))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.MsgType != "iopub_welcome" {
			t.Errorf("first message %s", m.Header.MsgType)
		}
		checkJSON(t, m.Content, `{"subscription":""}`)
		checkJSON(t, m.Parent, `{}`)
		if i == 0 {
			m, err := s.Recv(ctxFor(t))
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, m.Header.MsgType)
			checkJSON(t, m.Content, `{"execution_state":"starting"}`)
		}
	}
	if fmt.Sprint(first) != "[status]" {
		t.Errorf("got %v", first)
	}
	c := dial(t, k) // after the first subscriber there is no starting
	var states []string
	c.OnIOPub(func(m *wire.Message) { states = append(states, fmt.Sprint(wiretest.Content(m)["execution_state"])) })
	do(t, c, wire.Shell, "kernel_info_request", object{})
	if fmt.Sprint(states) != "[busy idle]" {
		t.Errorf("states %v", states)
	}
}

func TestContract16_HeartbeatWhileBusy(t *testing.T) {
	_, _, c := setup(t)
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print on\nblock"))
	printed(t, p, "on")
	for range 3 {
		if got, err := c.Heartbeat(ctxFor(t), "ping"); err != nil || got != "ping" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	do(t, c, wire.Control, "interrupt_request", object{})
	await(t, p)
}
