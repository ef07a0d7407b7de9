package sched

import (
	"context"
	"maps"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

var sends = ElemSite(reflect.TypeFor[int](), &Site{Name: "ch", Type: "chan int"})

// sender starts a goroutine that sends v and notes in the returned variable
// that it has.
func sender(g *G, ch chan int, v int) *atomic.Bool {
	sent := new(atomic.Bool)
	Go(g, at(1), "sender", func(g *G) {
		Send(g, ch, v, at(2), sends)
		sent.Store(true)
	})
	return sent
}

// waiting waits until so many goroutines of the session are blocked.
func (n *notebook) waiting(count int) {
	n.t.Helper()
	eventually(n.t, "goroutines wait", func() bool {
		blocked := 0
		n.each(func(g *G) bool {
			if g.isBlocked() {
				blocked++
			}
			return true
		})
		return blocked >= count
	})
}

// drain receives so many values from ch, and what else comes then.
func drain(ch chan int, values int) map[int]int {
	got := map[int]int{}
	for wait := patient; ; values-- {
		if values <= 0 {
			wait = 50 * time.Millisecond
		}
		select {
		case v := <-ch:
			got[v]++
		case <-time.After(wait):
			return got
		}
	}
}

// Senders are stopped while others wait to send the same and other values:
// what the others send arrives once, and nothing else.
func TestContract13_StoppedSendersSendNothing(t *testing.T) {
	n := newNotebook(t)
	ch := make(chan int)
	const senders = 200
	n.cell(func(g *G) {
		for i := range senders {
			sender(g, ch, i%10)
		}
	})
	n.waiting(senders)
	want := map[int]int{}
	for i, in := range n.List() {
		if i%3 == 0 {
			if !n.Kill(in.Number) {
				t.Errorf("no goroutine %d", in.Number)
			}
		}
	}
	const rest = senders - (senders+2)/3
	eventually(t, "the killed end", func() bool { return n.Count() == rest })
	for i := range senders {
		if i%3 != 0 {
			want[i%10]++
		}
	}
	if got := drain(ch, rest); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if n.Count() != 0 {
		t.Errorf("%d goroutines still wait", n.Count())
	}
}

// The same while values are received all the time: whoever returned from its
// send was heard, and nobody else.
func TestContract13_StoppedAmongReceivers(t *testing.T) {
	n := newNotebook(t)
	ch := make(chan int)
	var sent, received [5]atomic.Int64
	stop := make(chan struct{})
	var receivers sync.WaitGroup
	for range 2 {
		receivers.Go(func() {
			for {
				select {
				case v := <-ch:
					received[v].Add(1)
				case <-stop:
					return
				}
			}
		})
	}
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for range rounds {
		n.cell(func(g *G) {
			for i := range 20 {
				Go(g, at(1), "sender", func(g *G) {
					for {
						Send(g, ch, i%len(sent), at(2), sends)
						sent[i%len(sent)].Add(1)
						if g.ShouldStop() {
							g.Unwind()
						}
					}
				})
			}
		})
		time.Sleep(200 * time.Microsecond)
		n.KillAll()
		eventually(t, "all end", func() bool { return n.Count() == 0 })
	}
	eventually(t, "the recall ends", func() bool { return !n.sends.Active() })
	close(stop)
	receivers.Wait()
	for v := range sent {
		if s, r := sent[v].Load(), received[v].Load(); s != r || s == 0 {
			t.Errorf("value %d: sent %d times, received %d times", v, s, r)
		}
	}
}

// Compiled code that sends on the same channel knows nothing of all this.
func TestContract13_CompiledSendersAreNotStopped(t *testing.T) {
	n := newNotebook(t)
	ch, closed := make(chan int), make(chan int)
	for i := range 5 {
		go func() { ch <- i }()
		go func() {
			defer func() { _ = recover() }()
			closed <- i
		}()
	}
	time.Sleep(10 * time.Millisecond)
	n.cell(func(g *G) {
		for range 5 {
			sender(g, ch, 2)
			sender(g, closed, 2)
		}
	})
	n.waiting(10)
	n.KillAll()
	eventually(t, "all end", func() bool { return n.Count() == 0 })
	if !testenv.Raced { // closing a channel while somebody sends is a race in itself
		close(closed)
	} else {
		drain(closed, 0)
	}
	if got, want := drain(ch, 5), (map[int]int{0: 1, 1: 1, 2: 1, 3: 1, 4: 1}); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	eventually(t, "the recall ends", func() bool { return !n.sends.Active() })
}

// Sends in select statements are never recalled, but may be in the way.
func TestContract13_SelectsAreNotStopped(t *testing.T) {
	n := newNotebook(t)
	ch := make(chan int)
	never := make(chan bool)
	const each = 20
	n.cell(func(g *G) {
		for i := range each {
			Go(g, at(1), "pair", func(g *G) {
				if chosen, _, _ := SelectSendRecv(g, ch, i, never, true, at(2), &[2]*Site{}); chosen != 0 {
					t.Error(chosen)
				}
			})
			Go(g, at(1), "select", func(g *G) {
				chosen, _ := Select(g, []Comm{receiveFrom(never), sendOn(ch, i)}, true, at(3))
				if chosen != 1 {
					t.Error(chosen)
				}
			})
			Go(g, at(1), "value", func(g *G) { Communicate(g, sendOn(ch, i), at(4)) })
		}
	})
	n.waiting(3 * each)
	for range 3 {
		n.cell(func(g *G) {
			for i := range each {
				sender(g, ch, i)
			}
		})
		n.waiting(4 * each)
		n.KillCell(n.cells)
		eventually(t, "the killed end", func() bool { return n.Count() == 3*each })
		if !quiet(&n.sends) {
			t.Error("values are left that nobody asks for")
		}
	}
	want := map[int]int{}
	for i := range each {
		want[i] = 3
	}
	if got := drain(ch, 3*each); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// quiet reports whether the recall ends before it would send values again
// for compiled code.
func quiet(r *stopping.Sends) bool {
	const strangers = 20 * time.Millisecond // see there
	for deadline := time.Now().Add(strangers / 2); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if !r.Active() {
			return true
		}
	}
	return false
}

func TestContract13_ManySendersAreStopped(t *testing.T) {
	senders := 10_000
	if testenv.Raced {
		senders = 1000
	}
	ch := make(chan int)
	start := func(g *G) (last *atomic.Bool) {
		for range senders {
			last = sender(g, ch, 1)
		}
		return last
	}
	t.Run("all", func(t *testing.T) {
		n := newNotebook(t)
		n.most = time.Second // 500 ms for 5,000
		n.interruptedWhen(func(g *G, ready func()) {
			start(g)
			ready()
			Send(g, ch, 1, at(3), sends)
		})
		eventually(t, "all end", func() bool { return n.Count() == 0 })
	})
	t.Run("the last", func(t *testing.T) {
		n := newNotebook(t)
		n.cell(func(g *G) { start(g) })
		n.waiting(senders)
		list := n.List()
		n.Kill(list[len(list)-1].Number)
		eventually(t, "it ends", func() bool { return n.Count() == senders-1 })
		if got := drain(ch, senders-1); got[1] != senders-1 {
			t.Errorf("%d sent", got[1])
		}
	})
}

// A stop finds a goroutine at any point of its way into a send and out of it,
// and in the deferred calls that follow.
func TestContract13_StoppedAtAnyPointOfASend(t *testing.T) {
	n := newNotebook(t)
	before := runtime.NumGoroutine()
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	for i := range rounds {
		ch, over := make(chan int), make(chan struct{})
		e, _ := n.begin()
		time.AfterFunc(time.Duration(i%50)*2*time.Microsecond, e.Interrupt)
		began, cleaned := false, false
		out := e.Run(context.Background(), func(g *G) {
			began = true
			deferred(g, func() {
				heard := make(chan int)
				go func() { <-heard }()
				Send(g, heard, 1, at(2), sends)
				cleaned = true
			}, func() {
				for range i % 3 {
					go func() {
						select {
						case <-ch:
						case <-over:
						}
					}()
				}
				for range i%3 + 1 {
					Send(g, ch, i, at(3), sends)
				}
			})
		})
		if out.Kind != Interrupted || len(out.Abandoned) > 0 || cleaned != began {
			t.Fatalf("round %d: %v, abandoned %+v, began %v, cleaned %v", i, out.Kind, out.Abandoned, began, cleaned)
		}
		close(over)
	}
	eventually(t, "the recall ends", func() bool { return !n.sends.Active() })
	settleGoroutines(t, before)
}

// The time of deferred calls ends also for one that waits to send.
func TestContract13_DeferredSendIsCutOff(t *testing.T) {
	n := newNotebook(t)
	n.interrupted(10*time.Millisecond, func(g *G) {
		deferred(g, func() { Send(g, make(chan int), 1, at(2), sends) }, func() { spin(g) })
	})
	eventually(t, "all end", func() bool { return n.Count() == 0 })
}

func TestContract11_SendOnChannelClosedMeanwhile(t *testing.T) {
	if testenv.Raced {
		t.Skip("closing a channel while somebody sends is a race in itself")
	}
	n := newNotebook(t)
	ch := make(chan int)
	e, r := n.begin()
	time.AfterFunc(10*time.Millisecond, func() { close(ch) })
	out := e.Run(context.Background(), func(g *G) {
		defer func() {
			v := recover()
			g.PanicBegins()
			panic(v)
		}()
		Send(g, ch, 1, at(2), sends)
	})
	if out.Kind != Panicked || !strings.Contains(out.Failure.Value, "send on closed channel") || len(r.failures()) > 0 {
		t.Errorf("%+v", out)
	}
}

// What is sent again for compiled code ends with the session.
func TestCloseEndsWhatIsSentAgain(t *testing.T) {
	n := newNotebook(t)
	before := runtime.NumGoroutine()
	ch := make(chan int)
	native := make(chan struct{})
	go func() {
		defer close(native)
		ch <- 7
	}()
	time.Sleep(5 * time.Millisecond) // it is the first in the queue
	n.cell(func(g *G) { sender(g, ch, 1) })
	n.waiting(1)
	n.KillAll()
	<-native // its value was received
	n.Close()
	select {
	case v := <-ch:
		t.Errorf("%d is still sent", v)
	default:
	}
	settleGoroutines(t, before)
}

func TestCloseWaitsForDeferredCalls(t *testing.T) {
	n := newNotebook(t)
	var ran atomic.Int32
	const goroutines = 20
	n.cell(func(g *G) {
		for range goroutines {
			Go(g, at(1), "f", func(g *G) {
				defer func() {
					if g.EnterDeferred() {
						defer g.LeaveDeferred()
						g.Sleep(5*time.Millisecond, nil)
						ran.Add(1)
					}
				}()
				g.Sleep(time.Hour, nil)
			})
		}
	})
	n.waiting(goroutines)
	n.Close()
	if ran.Load() != goroutines || n.Count() != 0 {
		t.Errorf("%d deferred calls ran, and %d goroutines are left", ran.Load(), n.Count())
	}
}
