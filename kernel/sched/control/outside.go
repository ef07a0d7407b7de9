package control

import (
	"runtime"
	"sync"
	"time"
)

// A driver does for a Control what no goroutine of the program can do itself: it
// ends the execution, and looks after those that are in compiled code.
type driver struct {
	c      *Control
	wanted chan want
	quit   chan struct{}
	over   chan struct{}

	// When nobody could go on, though others may help, and after which step.
	stuck   time.Time
	stuckAt int
}

type want uint8

const (
	look    want = iota // nobody runs, but somebody is away
	unstick             // nobody can go on
	abort               // end the execution
)

const (
	// lookEvery is how often those are looked after that are not under control.
	lookEvery = time.Millisecond
	// suspicious is how many looks a goroutine may run on without a step before it
	// is asked whether it waits in compiled code.
	suspicious = 3
	// slow is how much longer the looks are apart that cost more.
	slow = 10
)

func (d *driver) begin(c *Control) {
	d.c = c
	d.wanted = make(chan want, 4)
	d.quit, d.over = make(chan struct{}), make(chan struct{})
	go d.run()
}

// finish ends the driver.
func (d *driver) finish() {
	close(d.quit)
	<-d.over
}

// want asks the driver for something. c.mu is held.
func (d *driver) want(w want) {
	select {
	case d.wanted <- w:
	default: // it has enough to do, and will look
	}
}

func (d *driver) run() {
	defer close(d.over)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	steps, same, next := -1, 0, suspicious
	for {
		select {
		case <-d.quit:
			return
		case w := <-d.wanted:
			switch w {
			case unstick:
				d.unstick()
			case abort:
				d.c.exec.Abort(d.c.config.Cut)
			}
			continue
		case <-tick.C:
		}
		c := d.c
		c.mu.Lock()
		now, idle := c.steps, c.current == nil
		if idle && c.end == Running && len(c.threads) > 0 {
			c.choose() // something may have come from outside
		}
		c.mu.Unlock()
		if now != steps || idle {
			steps, same, next = now, 0, suspicious
			continue
		}
		if same++; same >= next {
			next = same + min(slow*next, 200)
			d.lookAfter(now)
		}
	}
}

// lookAfter finds out whether the goroutine that runs waits in compiled code: then
// others go on.
func (d *driver) lookAfter(steps int) {
	c := d.c
	before := c.exec.Natives()
	if len(before) == 0 {
		return
	}
	// One that has been woken looks the same until a processor has come to it.
	goRound()
	natives := c.exec.Natives()
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.current
	if t == nil || c.steps != steps || c.end != Running {
		return
	}
	reason, waits := natives[t.g]
	if !waits || before[t.g] != reason {
		return
	}
	for _, x := range c.threads {
		if x.state == pairs {
			return // it waits for its partner, whom a busy machine keeps waiting
		}
	}
	t.state = away
	c.outside["compiled code that waits ("+reason+")"] = true
	c.current = nil
	c.choose()
}

// goRound lets whoever is ready have a processor.
func goRound() {
	const rounds = 20
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for range rounds {
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
	time.Sleep(lookEvery)
}

// unstick ends the execution if nobody can ever go on.
func (d *driver) unstick() {
	c := d.c
	c.settle(0)
	c.mu.Lock()
	if c.current != nil || c.end != Running || c.someAway() { // much may have come since it was wanted
		c.mu.Unlock()
		return
	}
	c.look()
	if len(c.ready) > 0 || c.advance() {
		c.choose()
		c.mu.Unlock()
		return
	}
	if patience := c.config.Patience; !c.exec.Alone() {
		if d.stuck.IsZero() || d.stuckAt != c.steps {
			d.stuck, d.stuckAt = time.Now(), c.steps
		}
		if patience == 0 || time.Since(d.stuck) < patience {
			c.mu.Unlock()
			return // a goroutine of another cell may help
		}
	}
	c.endLocked(Deadlocked)
	c.mu.Unlock()
	c.exec.Deadlocked(c.config.Cut)
}
