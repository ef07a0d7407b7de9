package sched

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/wait"
)

func TestMutexExcludes(t *testing.T) {
	n := newNotebook(t)
	var mu sync.Mutex
	var rw sync.RWMutex
	var wg sync.WaitGroup
	a, b, reads := 0, 0, new(atomic.Int64)
	out, _ := n.cell(func(g *G) {
		for range 8 {
			g.WaitGroupGo(&wg, Place{}, "f", func(g *G) {
				for i := range 5000 {
					g.Lock(&mu, nil, nil)
					a++
					g.Unlock(&mu)
					if i%10 == 0 {
						g.RWLock(&rw, nil, nil)
						b++
						g.RWUnlock(&rw)
					}
					g.RLock(&rw, nil, nil)
					reads.Add(int64(b & 1))
					g.RUnlock(&rw)
				}
			})
		}
		g.WaitGroupWait(&wg, nil, nil)
	})
	if out.Kind != Returned || a != 40000 || b != 4000 {
		t.Errorf("%v a=%d b=%d", out.Kind, a, b)
	}
}

// A goroutine that takes the lock again as soon as it has let go of it must
// not keep others out for ever.
func TestMutexIsFair(t *testing.T) {
	n := newNotebook(t)
	var mu sync.Mutex
	out, _ := n.cell(func(g *G) {
		var got atomic.Bool
		Go(g, Place{}, "other", func(g *G) {
			g.Lock(&mu, nil, nil)
			got.Store(true)
			g.Unlock(&mu)
		})
		for !got.Load() {
			g.Lock(&mu, nil, nil)
			time.Sleep(time.Millisecond)
			g.Unlock(&mu)
		}
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

// A writer gets in although readers keep coming.
func TestWriterIsNotStarved(t *testing.T) {
	n := newNotebook(t)
	var rw sync.RWMutex
	out, _ := n.cell(func(g *G) {
		var done atomic.Bool
		for range 3 {
			Go(g, Place{}, "reader", func(g *G) {
				for !done.Load() {
					g.RLock(&rw, nil, nil)
					time.Sleep(2 * time.Millisecond)
					g.RUnlock(&rw)
				}
			})
		}
		g.Sleep(5*time.Millisecond, nil)
		g.RWLock(&rw, nil, nil)
		done.Store(true)
		g.RWUnlock(&rw)
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestLockerOfEveryKind(t *testing.T) {
	n := newNotebook(t)
	var rw sync.RWMutex
	for _, l := range []sync.Locker{new(sync.Mutex), &rw, rw.RLocker()} {
		n.interruptedWhen(func(g *G, ready func()) {
			var write sync.Locker = l
			if l == rw.RLocker() {
				write = &rw
			}
			g.LockLocker(write, nil, nil)
			deferred(g, func() { g.UnlockLocker(write) }, func() {
				ready()
				g.LockLocker(l, nil, nil)
			})
		})
		l.Lock()
		//lint:ignore SA2001 that nobody holds it is what is tested
		l.Unlock()
	}
}

func TestWaitGroupDoneByNativeCode(t *testing.T) {
	n := newNotebook(t)
	var wg sync.WaitGroup
	wg.Add(1)
	time.AfterFunc(20*time.Millisecond, wg.Done)
	if out, _ := n.cell(func(g *G) { g.WaitGroupWait(&wg, nil, nil) }); out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestCond(t *testing.T) {
	n := newNotebook(t)
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	items, taken := 0, 0
	var wg sync.WaitGroup
	out, _ := n.cell(func(g *G) {
		for range 4 {
			g.WaitGroupGo(&wg, Place{}, "take", func(g *G) {
				for range 100 {
					g.Lock(&mu, nil, nil)
					for items == 0 {
						g.CondWait(c, nil, nil)
					}
					items--
					taken++
					g.Unlock(&mu)
				}
			})
		}
		for range 400 {
			g.Lock(&mu, nil, nil)
			items++
			g.Unlock(&mu)
			g.CondSignal(c)
		}
		g.WaitGroupWait(&wg, nil, nil)
	})
	if out.Kind != Returned || taken != 400 {
		t.Error(out.Kind, taken)
	}
}

// A signal that meets a goroutine which is being stopped goes to another.
func TestContract13_StoppedWaiterPassesTheSignalOn(t *testing.T) {
	for range 50 {
		n := newNotebook(t)
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		woken := make(chan int, 2)
		wait := func(g *G) {
			g.Lock(&mu, nil, nil)
			deferred(g, func() { g.Unlock(&mu) }, func() {
				g.CondWait(c, nil, nil)
				woken <- g.Number()
			})
		}
		n.cell(func(g *G) {
			Go(g, Place{}, "doomed", wait)
			g.Sleep(time.Millisecond, nil)
			Go(g, Place{}, "heir", wait)
			g.Sleep(time.Millisecond, nil)
			n.Kill(2)
			g.Lock(&mu, nil, nil)
			g.CondSignal(c)
			g.Unlock(&mu)
		})
		select {
		case <-woken:
		case <-time.After(2 * time.Second):
			t.Fatal("the signal was lost")
		}
		n.KillAll()
		eventually(t, "all gone", func() bool { return n.Count() == 0 })
		if !mu.TryLock() {
			t.Fatal("the mutex is still locked")
		}
	}
}

func TestOnce(t *testing.T) {
	n := newNotebook(t)
	var once sync.Once
	runs := 0
	var wg sync.WaitGroup
	n.cell(func(g *G) {
		for range 10 {
			g.WaitGroupGo(&wg, Place{}, "f", func(g *G) {
				g.OnceDo(&once, func() { g.Sleep(5*time.Millisecond, nil); runs++ }, nil, nil)
				if runs != 1 {
					t.Error("returned before it was done")
				}
			})
		}
		g.WaitGroupWait(&wg, nil, nil)
	})
	if runs != 1 {
		t.Error(runs)
	}
	// The second caller can be seen and stopped.
	var slow sync.Once
	release := make(chan int)
	n.cell(func(g *G) {
		Go(g, Place{}, "first", func(g *G) { g.OnceDo(&slow, func() { Recv(g, release, nil, nil) }, nil, nil) })
		g.Sleep(time.Millisecond, nil)
	})
	n.interrupted(20*time.Millisecond, func(g *G) {
		Go(g, Place{}, "look", func(g *G) {
			g.Sleep(10*time.Millisecond, nil)
			main := g.Execution().Main()
			if in, _ := main.info(); in.Kind != wait.Once {
				t.Error(in.State)
			}
		})
		g.OnceDo(&slow, func() { t.Error("ran twice") }, nil, nil)
	})
	close(release)
	eventually(t, "the first ends", func() bool { return n.Count() == 0 })
	if len(n.onces.running) != 0 {
		t.Error("left behind")
	}
}
