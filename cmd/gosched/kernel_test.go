package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/wire"
)

// freeConnection is a connection to ports that were free a moment ago.
func freeConnection(t *testing.T) wire.Connection {
	t.Helper()
	var ports [5]int
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return wire.Connection{
		Transport: "tcp", IP: "127.0.0.1", SignatureScheme: wire.SignatureScheme, Key: uuid.NewString(),
		ShellPort: ports[0], ControlPort: ports[1], StdinPort: ports[2], IOPubPort: ports[3], HBPort: ports[4],
	}
}

// The command that Jupyter starts answers, survives Ctrl-C in its terminal,
// and ends when it is told to.
func TestKernelCommand(t *testing.T) {
	connection := freeConnection(t)
	content, err := json.Marshal(connection)
	if err != nil {
		t.Fatal(err)
	}
	tp := newTestProcess(t)
	path := tp.file("connection.json", string(content))
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "kernel", path)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stderr = tp.err
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer cmd.Process.Kill()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var client *wire.Client
	for client == nil {
		client, err = wire.Dial(ctx, connection, wire.Shell, "test")
		select {
		case <-ctx.Done():
			t.Fatalf("no kernel: %v; stderr: %s", err, tp.err)
		case err := <-ended:
			t.Fatalf("the kernel ended: %v; stderr: %s", err, tp.err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	defer client.Close()
	ask := func(msgType, content string) map[string]any {
		t.Helper()
		request := &wire.Message{Header: wire.Header{MsgID: uuid.NewString(), MsgType: msgType, Session: "test", Username: "test"}, Content: json.RawMessage(content)}
		if err := client.Send(request); err != nil {
			t.Fatal(err)
		}
		reply, err := client.Recv(ctx)
		if err != nil {
			t.Fatalf("%s: %v; stderr: %s", msgType, err, tp.err)
		}
		var fields map[string]any
		if err := json.Unmarshal(reply.Content, &fields); err != nil {
			t.Fatal(err)
		}
		return fields
	}
	if info := ask("kernel_info_request", "{}"); info["implementation"] != "gosched" || info["implementation_version"] != version().text() {
		t.Errorf("kernel_info: %v", info)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if reply := ask("execute_request", `{"code": "print hello"}`); reply["status"] != "ok" {
		t.Errorf("execute: %v", reply)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("after SIGTERM: %v; stderr: %s", err, tp.err)
		}
	case <-ctx.Done():
		t.Error("the kernel goes on after SIGTERM")
	}
}
