package stacks

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// labelled runs f on a goroutine that All finds by the label set that is returned.
func labelled(f func()) *goruntime.LabelSet {
	l := &goruntime.LabelSet{List: &goruntime.Label{Key: "stacks", Value: "test"}, Len: 1, Cap: 1}
	go func() {
		goruntime.SetProfLabel(unsafe.Pointer(l))
		f()
	}()
	return l
}

// stackOf is the stack of the goroutine with that label set, or nil.
func stackOf(l *goruntime.LabelSet) []uintptr {
	all, labels := All()
	for i := range all {
		if labels[i] == unsafe.Pointer(l) {
			return all[i].Stack
		}
	}
	return nil
}

func TestWhyNativeGoroutinesWait(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	var rw sync.RWMutex
	rw.RLock() // a writer waits, and then a reader behind it
	defer rw.RUnlock()
	var wg sync.WaitGroup
	wg.Add(1)
	defer wg.Done()
	cond := sync.NewCond(new(sync.Mutex))
	defer cond.Broadcast()
	ch, full, never := make(chan int), make(chan int), make(chan int)
	defer close(ch)
	defer func() { <-full }()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		name    string
		passive bool
		reason  string
		f       func()
	}{
		{"mutex", true, "sync.Mutex.Lock", func() { mu.Lock(); defer mu.Unlock() }},
		{"writer", true, "sync.RWMutex.Lock", func() { rw.Lock(); defer rw.Unlock() }},
		{"reader", true, "sync.RWMutex.RLock", func() { rw.RLock(); defer rw.RUnlock() }},
		{"wait group", true, "sync.WaitGroup.Wait", wg.Wait},
		{"condition", true, "sync.Cond.Wait", func() { cond.L.Lock(); cond.Wait() }},
		{"receive", false, "chan receive", func() { <-ch }}, // a timer may send there
		{"send", false, "chan send", func() { full <- 1 }},
		{"select", false, "select", func() {
			select {
			case <-ch:
			case <-never:
			}
		}},
		{"accept", false, "IO wait", func() { _, _ = l.Accept() }},
		{"sleep", false, "sleep", func() { time.Sleep(5 * time.Second) }},
	} {
		label := labelled(c.f)
		var passive bool
		var reason string
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if passive, reason = NewReader().State(stackOf(label)); reason == c.reason {
				break
			}
		}
		if passive != c.passive || reason != c.reason {
			t.Errorf("%s: passive %v, %q; want %v, %q", c.name, passive, reason, c.passive, c.reason)
		}
	}
}

// What runs, and what waits in a library for another goroutine.
func TestOtherStates(t *testing.T) {
	var stop atomic.Bool
	running := labelled(func() {
		for !stop.Load() {
		}
	})
	defer stop.Store(true)
	for stackOf(running) == nil {
		time.Sleep(time.Millisecond)
	}
	if passive, reason := NewReader().State(stackOf(running)); passive || reason != "" {
		t.Errorf("one that runs: %v %q", passive, reason)
	}
	empty := labelled(func() { select {} })
	parent, cancel := context.WithCancel(plain{context.Background(), make(chan struct{})})
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	_ = parent
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		found := make(map[string]bool)
		all, labels := All()
		r := NewReader()
		for i := range all {
			passive, reason := r.State(all[i].Stack)
			switch {
			case labels[i] == unsafe.Pointer(empty):
				found["empty"] = passive && reason == "select (no cases)"
			case passive && reason == "signals":
				found["signals"] = true
			case passive && reason == "select":
				found["context"] = true
			}
		}
		if len(found) == 3 && found["empty"] {
			return
		}
	}
	t.Error("not all are seen to wait for others")
}

// plain is a context of nobody's that package context knows: it starts a goroutine
// for each of its children.
type plain struct {
	context.Context
	done chan struct{}
}

func (p plain) Done() <-chan struct{} { return p.done }

// rootOfTest is what the stacks in TestWhoseStack begin with.
//
//go:noinline
func rootOfTest(f func()) { f() }

func TestWhoseStack(t *testing.T) {
	wait := make(chan struct{})
	defer close(wait)
	own := labelled(func() { rootOfTest(func() { <-wait }) })
	child := labelled(func() { <-wait })
	deep := labelled(func() { descend(2*maxRecorded, wait) })
	r := NewReader("stacks.rootOfTest")
	for _, l := range []*goruntime.LabelSet{own, child, deep} {
		for {
			if _, reason := r.State(stackOf(l)); reason != "" {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	if !r.Own(stackOf(own)) || r.Own(stackOf(child)) || !r.Own(stackOf(deep)) {
		t.Error("a goroutine is taken for a child, or a child for one")
	}
	const here = "github.com/gosched/gosched/kernel/sched/stacks"
	if !r.Within(stackOf(own), []string{"other", here}) || !r.Within(stackOf(own), []string{path.Dir(here)}) ||
		r.Within(stackOf(own), []string{here + "/more", "git", path.Dir(here) + "/stack"}) {
		t.Error("in which package it is")
	}
	if compare := reflect.ValueOf(reflect.DeepEqual).Pointer() + 1; !r.Within(append([]uintptr{compare}, stackOf(own)...), []string{here}) {
		t.Error("reflection is taken for code that does not poll")
	}
	if !r.Within(nil, nil) {
		t.Error("the runtime's own code is somebody else's")
	}
}

//go:noinline
func descend(n int, wait chan struct{}) int {
	if n == 0 {
		<-wait
		return 0
	}
	return descend(n-1, wait) + 1
}

func TestLeaked(t *testing.T) {
	deep := "1 @" + strings.Repeat(" 0x1", maxRecorded)
	text := strings.Join([]string{
		"goroutineleak profile: total 5",
		"1 @ 0x43cd4e 0x40a56b",
		`# labels: {"gosched":"` + Label(17) + `"}`,
		"#\t0x40a56a\truntime.chanrecv+0x3aa\t/chan.go:667",
		"#\t0x40a56b\texample/sched.(*G).run+0x10\t/start.go:1",
		"",
		"1 @ 0x43cd4e",
		`# labels: {"gosched":"` + Label(18) + `"}`,
		"#\t0x40a56a\tnet/http.something+0x3aa\t/x.go:1", // a child of 18
		"",
		"1 @ 0x43cd4e",
		"#\t0x40a56b\texample/sched.(*G).run+0x10\t/start.go:1", // nobody's
		"",
		deep,
		`# labels: {"gosched":"` + Label(19) + `"}`,
		"#\t0x40a56a\tsomething+0x3aa\t/x.go:1",
		"",
	}, "\n")
	got := Leaked(bytes.NewBufferString(text), "sched.(*G).run")
	if want := map[int]bool{17: true, 19: true}; !reflect.DeepEqual(got, want) {
		t.Errorf("leaked are %v, want %v", got, want)
	}
}

func TestAll(t *testing.T) {
	wait := make(chan struct{})
	defer close(wait)
	const many = 300
	for range many {
		labelled(func() { <-wait })
	}
	for runtime.NumGoroutine() < many {
		time.Sleep(time.Millisecond)
	}
	all, labels := All()
	if len(all) < many || len(labels) != len(all) {
		t.Error(fmt.Sprint(len(all), " stacks, ", len(labels), " labels"))
	}
}
