package sched

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A crowd is more goroutines that compute than there are processors. The runtime
// lets each of them have a processor for 10 ms at a time, in turn, and whoever
// becomes ready to run queues behind them: with 200 of them the goroutine that is
// to interrupt a cell waits for a second, and so does each that it has to wake.
// So they are all asked to let others run, again and again: the queue then moves
// on by its whole length within what that takes, and who was in it has run.
//
// Who asks must not wait in that queue, nor for a lock that is held by one who
// does. A timer asks at first; later on those do it that have just got a processor,
// after they were asked or at their start. They go along rows of seats, of which
// whoever comes takes one.
type crowd struct {
	live atomic.Int32 // goroutines of the session
	on   atomic.Bool  // there may be a crowd: the timer is running
	last atomic.Int64 // nanotime of the last time of asking
	end  atomic.Pointer[row]

	mu    sync.Mutex // of timer, and of turning it on and off
	timer *time.Timer

	begin   *row       // nil before the first crowd
	tidying sync.Mutex // of unlinking rows; nobody waits for it
}

const (
	crowdPause = 10 * time.Millisecond // between two times of asking
	quietPause = 80 * time.Millisecond // the same by the timer if nobody seems to compute
	manyAsked  = 2_000                 // pauses are longer, in proportion, with more
)

// A row has seats for goroutines in the order in which they came. Who comes takes
// the next seat of the last row, and who has ended leaves it, so that those who go
// along the rows look at nobody but those who are there: to look at each that has
// ended since the last time took 100,000 short ones a twentieth of their time.
type row struct {
	next  atomic.Pointer[row]
	taken atomic.Int32 // more than there are when all are
	seats [62]seat     // 512 bytes with the rest
}

// A seat is nil before it is taken, and leads to vacated afterwards.
type seat struct{ atomic.Pointer[G] }

var vacated = new(G)

// take gives g a seat, or reports that there is none.
func (r *row) take(g *G) bool {
	i := int(r.taken.Add(1)) - 1
	if i >= len(r.seats) {
		return false
	}
	g.seat = &r.seats[i]
	g.seat.Store(g)
	return true
}

// each calls f for everybody in the row, and reports whether it is of no more use.
func (r *row) each(f func(g *G)) (over bool) {
	n := min(int(r.taken.Load()), len(r.seats))
	over = n == len(r.seats)
	for i := range r.seats[:n] {
		switch g := r.seats[i].Load(); g {
		case vacated:
		case nil: // is about to be taken
			over = false
		default:
			over = false
			f(g)
		}
	}
	return over
}

// joined is called with a goroutine that is about to start.
func (c *crowd) joined(g *G) {
	live := int(c.live.Add(1))
	if c.on.Load() {
		c.add(g)
		return
	}
	if live <= 2 || live <= runtime.GOMAXPROCS(0) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on.Load() {
		return
	}
	if c.begin == nil {
		c.begin = new(row)
		c.end.Store(c.begin)
	}
	c.on.Store(true)
	s := g.exec.s
	go func() { // not here, where locks may be held
		s.each(func(g *G) bool {
			c.add(g)
			return true
		})
	}()
	if c.timer == nil {
		c.timer = time.AfterFunc(crowdPause, func() { c.tick() })
	} else {
		c.timer.Reset(crowdPause)
	}
}

// add gives g a seat. Its execution's lock is held, or it has not started.
func (c *crowd) add(g *G) {
	if !g.crowded.CompareAndSwap(false, true) {
		return
	}
	g.askToYield()
	for {
		r := c.end.Load()
		if r.take(g) {
			return
		}
		r.next.CompareAndSwap(nil, new(row))
		c.end.CompareAndSwap(r, r.next.Load())
	}
}

// left is called when g has ended, with its execution's lock held.
func (c *crowd) left(g *G) {
	c.live.Add(-1)
	if g.seat != nil {
		g.seat.Store(vacated)
	}
}

// tick asks by the timer.
func (c *crowd) tick() {
	busy := c.ask(nanotime())
	c.mu.Lock()
	defer c.mu.Unlock()
	procs := runtime.GOMAXPROCS(0)
	if int(c.live.Load()) <= procs {
		c.on.Store(false)
		return
	}
	pause := crowdPause
	if busy <= procs {
		pause = quietPause
	}
	c.timer.Reset(pause)
}

// turn is called by a goroutine that has just got a processor. It asks if it is
// time.
func (c *crowd) turn() {
	if !c.on.Load() {
		return
	}
	now, last := nanotime(), c.last.Load()
	if now-last >= int64(crowdPause) && c.last.CompareAndSwap(last, now) {
		c.ask(now)
	}
}

// ask asks everybody to let others run, also those who wait, since one that has
// been woken does not know that yet. It returns how many do not wait.
func (c *crowd) ask(now int64) (busy int) {
	n := 0
	one := func(g *G) {
		n++
		g.askToYield()
		if !g.isBlocked() {
			busy++
		}
	}
	tidy := c.tidying.TryLock()
	before := c.begin
	for r := c.begin; r != nil; {
		next := r.next.Load()
		if over := r.each(one); over && tidy && next != nil && r != before {
			before.next.Store(next)
		} else {
			before = r
		}
		r = next
	}
	if tidy {
		c.tidying.Unlock()
	}
	c.last.Store(now + int64(crowdPause)*int64(n/manyAsked))
	return busy
}
