package wiretest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/wire"
)

// A fakeKernel echoes: it answers as the code of a cell says.
type fakeKernel struct {
	t      *testing.T
	server *wire.Server
}

// connected is a client of a kernel that first publishes messages of a type.
func connected(t *testing.T, welcome string) (*fakeKernel, *Client, error) {
	t.Helper()
	k := &fakeKernel{t: t}
	c := wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: "key", SignatureScheme: "hmac-sha256"}
	s, err := wire.Listen(t.Context(), c, wire.Options{Welcome: func(string) []*wire.Message {
		return []*wire.Message{k.message(welcome, nil, map[string]string{})}
	}})
	if err != nil {
		t.Fatal(err)
	}
	k.server = s
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cl, err := Dial(ctx, s.Connection())
	over := make(chan bool)
	quit, stop := context.WithCancel(t.Context())
	go func() {
		defer close(over)
		for {
			select {
			case m := <-s.Messages(wire.Shell):
				k.answer(wire.Shell, m)
			case m := <-s.Messages(wire.Control):
				k.answer(wire.Control, m)
			case m := <-s.Messages(wire.Stdin):
				k.publish("stream", m, map[string]string{"name": "stdout", "text": "heard " + Content(m)["value"].(string)})
			case <-quit.Done():
				return
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-over
		if cl != nil {
			cl.Close()
		}
		s.Close(context.Background())
	})
	return k, cl, err
}

func (k *fakeKernel) message(msgType string, parent *wire.Message, content any) *wire.Message {
	data, err := json.Marshal(content)
	if err != nil {
		k.t.Error(err)
	}
	m := &wire.Message{Header: wire.Header{MsgID: uuid.NewString(), MsgType: msgType, Version: wire.ProtocolVersion, Date: wire.Date(time.Now())}, Content: data}
	if parent != nil {
		m.Parent = parent.RawHeader
	}
	return m
}

func (k *fakeKernel) publish(msgType string, parent *wire.Message, content any) {
	m := k.message(msgType, parent, content)
	m.Identities = [][]byte{[]byte(msgType)}
	if err := k.server.Publish(m); err != nil {
		k.t.Error(err)
	}
}

// answer replies to a request, and says on iopub what it was like.
func (k *fakeKernel) answer(ch wire.Channel, m *wire.Message) {
	code, _ := Content(m)["code"].(string)
	if code == "silence" {
		return
	}
	k.publish("status", m, map[string]string{"execution_state": "busy"})
	status := "ok"
	switch {
	case code == "fail":
		status = "error"
	case strings.HasPrefix(code, "ask "):
		q := k.message("input_request", m, map[string]any{"prompt": code[4:], "password": true})
		q.Identities = m.Identities
		if err := k.server.Send(wire.Stdin, q); err != nil {
			k.t.Error(err)
		}
	default:
		k.publish("stream", m, map[string]string{"name": "stdout", "text": code})
		k.publish("stream", m, map[string]string{"name": "stderr", "text": m.Header.SubshellID + string(m.Metadata)})
	}
	reply := k.message(strings.Replace(m.Header.MsgType, "request", "reply", 1), m, map[string]string{"status": status})
	if err := k.server.Reply(ch, m, reply); err != nil {
		k.t.Error(err)
	}
	k.publish("status", m, map[string]string{"execution_state": "idle"})
}

func TestClient(t *testing.T) {
	_, c, err := connected(t, "iopub_welcome")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	seen := make(chan string, 100)
	c.OnIOPub(func(m *wire.Message) { seen <- m.Header.MsgType })

	r, err := c.Execute(ctx, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Types(), " "); got != "busy stream stream idle" {
		t.Errorf("the messages are %s", got)
	}
	if r.Status() != "ok" || r.Text("stdout") != "hello" || len(r.Of("stream")) != 2 || len(r.Of("error")) != 0 {
		t.Errorf("status %s, printed %q, %d streams", r.Status(), r.Text("stdout"), len(r.Of("stream")))
	}
	if first := <-seen; first != "status" {
		t.Errorf("what sees iopub has seen %s first", first)
	}
	if r, err := c.Request(ctx, wire.Control, "execute_request", Cell("fail")); err != nil || r.Status() != "error" {
		t.Errorf("on control: %s, %v", r.Status(), err)
	}
	if got, err := c.Heartbeat(ctx, "beat"); err != nil || got != "beat" {
		t.Errorf("the heart: %q, %v", got, err)
	}

	p, err := c.SendTo(wire.Shell, "sub", "execute_request", Cell("x"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.Wait(ctx); err != nil || !strings.HasPrefix(r.Text("stderr"), "sub") {
		t.Errorf("to a subshell: %q, %v", r.Text("stderr"), err)
	}
	if p, err = c.SendWith(wire.Shell, "execute_request", map[string]string{"cellId": "seven"}, Cell("x")); err != nil {
		t.Fatal(err)
	}
	if r, err := p.Wait(ctx); err != nil || !strings.Contains(r.Text("stderr"), "seven") {
		t.Errorf("with metadata: %q, %v", r.Text("stderr"), err)
	}
	for _, send := range []func() (*Pending, error){
		func() (*Pending, error) { return c.Send(wire.Shell, "x", make(chan int)) },
		func() (*Pending, error) { return c.SendWith(wire.Shell, "x", make(chan int), nil) },
	} {
		if _, err := send(); err == nil {
			t.Error("what is no JSON is sent")
		}
	}
}

func TestQuestions(t *testing.T) {
	_, c, err := connected(t, "iopub_welcome")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c.OnStdin(func(prompt string, password bool) string {
		if !password {
			return "not a password"
		}
		return "answer to " + prompt
	})
	seen := make(chan string, 100)
	c.OnIOPub(func(m *wire.Message) {
		if m.Header.MsgType == "stream" {
			seen <- Content(m)["text"].(string)
		}
	})
	if _, err := c.Execute(ctx, "ask name?"); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "heard answer to name?" {
		t.Errorf("the kernel has %q", got)
	}
}

// What does not come is waited for until the context ends, and is told.
func TestNoAnswer(t *testing.T) {
	_, c, err := connected(t, "iopub_welcome")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Send(wire.Shell, "execute_request", Cell("silence"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	r, err := p.Wait(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "reply: false, idle: false") || r.Status() != "" || r.Content() != nil {
		t.Errorf("status %q, %v", r.Status(), err)
	}
	p.Forget()
	if n := len(c.waiting); n != 0 {
		t.Errorf("%d requests are waited for", n)
	}
	if _, err := c.Heartbeat(ctx, "beat"); err == nil {
		t.Error("a heartbeat after the end")
	}
}

// A kernel that does not welcome, or is not there, is no kernel to test.
func TestDialFails(t *testing.T) {
	if _, _, err := connected(t, "status"); err == nil || !strings.Contains(err.Error(), "first iopub message is status") {
		t.Errorf("without a welcome: %v", err)
	}
	k, _, err := connected(t, "iopub_welcome")
	if err != nil {
		t.Fatal(err)
	}
	gone := k.server.Connection()
	k.server.Close(t.Context())
	if _, err := Dial(t.Context(), gone); err == nil {
		t.Error("a kernel that is gone is connected to")
	}
}
