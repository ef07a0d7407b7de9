package kernel

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

func TestContract17_MalformedContent(t *testing.T) {
	_, _, c := setup(t)
	for _, tt := range []struct {
		ch            wire.Channel
		typ, content  string
		want, contain string
	}{
		{wire.Shell, "execute_request", `{"code":5}`, "malformed request", `"code" is a JSON number, but must be a string`},
		{wire.Shell, "execute_request", `{}`, "malformed request", `"code" is missing`},
		{wire.Shell, "execute_request", `{"code":"x","silent":"no"}`, "malformed request", `"silent" is a JSON string, but must be a bool`},
		{wire.Shell, "execute_request", `{"code":"x","user_expressions":["a"]}`, "malformed request", `"user_expressions"`},
		{wire.Shell, "complete_request", `{"code":[],"cursor_pos":0}`, "malformed request", `"code"`},
		{wire.Shell, "complete_request", `{"code":"x","cursor_pos":"0"}`, "malformed request", `"cursor_pos" is a JSON string, but must be a whole number`},
		{wire.Shell, "inspect_request", `{"cursor_pos":0}`, "malformed request", `"code" is missing`},
		{wire.Shell, "is_complete_request", `{"code":{}}`, "malformed request", `"code"`},
		{wire.Shell, "history_request", `{"hist_access_type":7}`, "malformed request", `"hist_access_type"`},
		{wire.Shell, "history_request", `{"hist_access_type":"tail","n":1e99}`, "malformed request", `"n"`},
		{wire.Shell, "comm_info_request", `{"target_name":7}`, "malformed request", `"target_name"`},
		{wire.Shell, "shutdown_request", `{"restart":7}`, "malformed request", `"restart"`},
		{wire.Control, "shutdown_request", `{"restart":"no"}`, "malformed request", `"restart"`},
		{wire.Control, "interrupt_request", `{"subshell_id":7}`, "malformed request", `"subshell_id"`},
		{wire.Control, "delete_subshell_request", `{}`, "malformed request", `"subshell_id" is missing`},
		{wire.Control, "debug_request", `{"seq":"x"}`, "malformed request", `"seq"`},
		{wire.Shell, "fly_request", `{}`, "unknown request", `"fly_request"`},
		{wire.Control, "execute_request", `{"code":""}`, "unknown request", "control"},
		{wire.Shell, "interrupt_request", `{}`, "unknown request", "shell"},
	} {
		t.Run(tt.typ+tt.content, func(t *testing.T) {
			r := do(t, c, tt.ch, tt.typ, json.RawMessage(tt.content))
			got := r.Content()
			if r.Status() != "error" || got["ename"] != tt.want || !strings.Contains(got["evalue"].(string), tt.contain) {
				t.Errorf("got %v\nwant %s, %s", got, tt.want, tt.contain)
			}
			if _, isList := got["traceback"].([]any); !isList {
				t.Error("no traceback list")
			}
		})
	}
	for _, typ := range []string{"comm_open", "comm_msg", "comm_close", "nonsense", "execute_reply"} {
		p := send(t, c, wire.Shell, "", typ, object{"comm_id": 7})
		if _, err := p.Until(ctxFor(t), func(r *wiretest.Result) bool { return r.Idle }); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
	if r := execute(t, c, "print alive"); r.Text("stdout") != "alive\n" {
		t.Error("the kernel is not well")
	}
}

func TestContract17_InvalidUTF8IsStillJSON(t *testing.T) {
	s, _, c := setup(t)
	const bad = "a\xffb\xed\xa0\x80"
	s.each(func(sink session.Sink) {
		sink.Emit(session.Stream{Name: "stdout", Text: bad})
		sink.Emit(session.Display{Bundle: session.Bundle{Data: object{"text/plain": bad, "application/json": json.RawMessage(`{"x":"` + bad + `"}`)}}})
		sink.Emit(session.Display{Bundle: session.Bundle{Data: object{"text/plain": "kept", "application/json": math.NaN()}}})
		sink.Emit(session.Display{Bundle: session.Bundle{Data: object{"application/json": func() {}}}})
		sink.Emit(&session.Failure{Name: bad, Value: bad, Traceback: []string{bad}})
	})
	r := execute(t, c, "value "+bad+"\nfail "+bad)
	for _, m := range append(r.Messages, r.Reply) {
		for _, part := range []json.RawMessage{m.RawHeader, m.Parent, m.Metadata, m.Content} {
			if !json.Valid(part) || !utf8.Valid(part) {
				t.Errorf("%s: %q", m.Header.MsgType, part)
			}
		}
	}
	if got := r.Text("stdout"); !strings.HasPrefix(got, "a\uFFFDb") {
		t.Errorf("stream %q", got)
	}
	shown := r.Of("display_data")
	if len(shown) != 3 {
		t.Fatalf("%d displays, want 3", len(shown))
	}
	checkJSON(t, shown[1].Content, `{"data":{"text/plain":"kept"},"metadata":{},"transient":{}}`)
	if got := string(shown[2].Content); !strings.Contains(got, "cannot show application/json") {
		t.Errorf("got %s", got)
	}

	// A request that is not UTF-8 itself.
	m := &wire.Message{Header: c.Header("execute_request"), Content: json.RawMessage("{\"code\":\"print \xff\xfe\"}")}
	if err := c.Socket(wire.Shell).Send(m); err != nil {
		t.Fatal(err)
	}
	if r := execute(t, c, "print alive"); r.Status() != "ok" {
		t.Error("the kernel is not well")
	}
}

func TestContract17_QueueIsBounded(t *testing.T) {
	_, _, c := setup(t)
	p := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print on\nblock"))
	printed(t, p, "on")
	var last *wiretest.Pending
	for range maxQueue + 1 {
		last = send(t, c, wire.Shell, "", "kernel_info_request", object{})
	}
	if r := await(t, last); r.Content()["ename"] != "queue full" {
		t.Errorf("got %v", r.Content())
	}
	do(t, c, wire.Control, "interrupt_request", object{})
	await(t, p)
}
