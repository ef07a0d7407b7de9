package registry

import (
	"net"
	"net/rpc"
	"strings"
	"testing"
)

// Counter and Doubler are services as two runs of a cell declare them.
type (
	Counter struct{}
	Doubler struct{}
)

func (Counter) Next(n int, next *int) error { *next = n + 1; return nil }
func (Doubler) Next(n int, next *int) error { *next = 2 * n; return nil }

func TestRPC(t *testing.T) {
	var r Registry
	server := rpc.NewServer()
	here, there := net.Pipe()
	go server.ServeConn(there)
	client := rpc.NewClient(here)
	defer client.Close()
	next := func(service string) (n int) {
		if err := client.Call(service+".Next", 5, &n); err != nil {
			t.Error(err)
		}
		return n
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	first := run("a", 1)
	must(r.RPCRegister(first, server, "", Counter{}))
	if got := next("Counter"); got != 6 {
		t.Errorf("under its own name: %d", got)
	}
	if err := r.RPCRegister(first, server, "", Counter{}); err == nil || !strings.Contains(err.Error(), "service already defined") {
		t.Errorf("twice in one run: %v", err)
	}
	must(r.RPCRegister(run("a", 2), server, "Counter", &Doubler{}))
	if got := next("Counter"); got != 10 {
		t.Errorf("run again: %d", got)
	}
	if got := panicOf(func() { _ = r.RPCRegister(run("b", 3), server, "Counter", Counter{}) }); !strings.Contains(got, "by cell 2 already") {
		t.Errorf("another cell: %q", got)
	}
	must(r.RPCRegister(run("b", 4), rpc.NewServer(), "Counter", Counter{})) // another server
	if err := r.RPCRegister(run("b", 5), server, "", struct{}{}); err == nil {
		t.Errorf("what has no name: %v", err)
	}
}
