package engine

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/session"
)

// A goroutine that is being stopped while it waits for a lock never gets it, though
// the one that has it gives it up at the same moment, by being stopped.
func TestContract13_LocksOfTheStopped(t *testing.T) {
	times := 400
	if testenv.All() && !testenv.Raced {
		times = 10_000
	}
	nb := open(t)
	nb.run(`var mu sync.Mutex
var rw sync.RWMutex
type account struct { sync.Mutex; money int }
var acc account
var locker sync.Locker = &mu
cond := sync.NewCond(&mu)
never := make(chan int)
held := make(chan bool)
func hold(l sync.Locker) { l.Lock(); defer l.Unlock(); held <- true; <-never }
awake := time.AfterFunc(time.Hour, func() {}) // no deadlock, also where the interrupt is late`)
	cells := []string{
		"mu.Lock()\ndefer mu.Unlock()\nfor range 3 { go func() { mu.Lock() }() }\n<-never",
		"rw.Lock()\ndefer rw.Unlock()\nfor range 2 { go func() { rw.RLock() }(); go func() { rw.Lock() }() }\n<-never",
		"rw.RLock()\ndefer rw.RUnlock()\nfor range 3 { go func() { rw.Lock() }() }\n<-never",
		"acc.Lock()\ndefer acc.Unlock()\nfor range 3 { go acc.Lock() }\n<-never",
		"go hold(locker)\n<-held\nfor range 3 { go locker.Lock() }\n<-never",
		"go hold(rw.RLocker())\n<-held\nfor range 3 { go func() { time.Sleep(time.Microsecond); rw.Lock() }() }\n<-never",
		// Those that wait are stopped first, or last.
		"func() {\n\tmu.Lock()\n\tdefer mu.Unlock()\n\tfor range 3 { go func() { time.Sleep(time.Millisecond); mu.Lock(); <-never }() }\n\t<-never\n}()",
		// They take turns while they are stopped.
		"for range 4 { go func() { for { func() { mu.Lock(); defer mu.Unlock(); acc.money++ }() } }() }\n<-never",
		"for range 4 { go func() { for { func() { rw.RLock(); defer rw.RUnlock(); _ = acc.money }() } }() }\nfor { func() { rw.Lock(); defer rw.Unlock(); acc.money++ }() }",
		"for range 3 { go func() { mu.Lock(); defer mu.Unlock(); cond.Wait() }() }\ngo func() { for { func() { mu.Lock(); defer mu.Unlock(); cond.Broadcast() }() } }()\n<-never",
	}
	const check = `if !mu.TryLock() { panic("mu is locked") }
mu.Unlock()
if !rw.TryLock() { panic("rw is locked") }
rw.Unlock()
if !acc.TryLock() { panic("acc is locked") }
acc.Unlock()`
	random := rand.New(rand.NewPCG(1, 2))
	late := 0
	for i := range times {
		src := cells[i%len(cells)]
		nb.n++
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(3000))*time.Microsecond)
		r := nb.e.Execute(ctx, session.Cell{Number: nb.n, Source: src}, &transcript{})
		cancel()
		if r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Fatalf("%s: %v", src, r.Failure)
		}
		if strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "left behind") {
			late++ // it is stopped when it next does something, perhaps not yet
			nb.e.sched.Settle(5 * time.Second)
		}
		if _, r := nb.exec(check); r.Failure != nil {
			t.Fatalf("interrupt %d, of\n%s\n%v", i+1, src, r.Failure)
		}
	}
	t.Logf("%d interrupts, %d of them late", times, late)
}
