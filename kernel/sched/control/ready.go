package control

import (
	"runtime"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// reset forgets what t was about to do.
func (t *thread) reset(kind sched.OpKind) {
	t.kind, t.object, t.what = kind, nil, sched.ObjectOther
	t.comms, t.isTry, t.until, t.site, t.addr, t.size, t.at = t.comms[:0], false, 0, nil, nil, 0, nil
	t.queued, t.done, t.chosen, t.meets = false, false, -1, nil
	t.wait = sched.Wait{}
}

// plan notes what t is about to do.
func (t *thread) plan(op *sched.Op) {
	t.reset(op.Kind)
	if op.Object != nil {
		t.object, t.what = op.Object.Pointer(), op.Object.Kind
	}
	t.isTry, t.site, t.addr, t.size, t.at = op.Try, op.Site, op.Address, op.Size, op.At
	t.wait = sched.Wait{Object: t.object, Site: op.Site, At: op.At}
	switch op.Kind {
	case sched.OpSend:
		t.comms = append(t.comms, sched.Comm{Send: true, Chan: t.object, Site: op.Site})
		t.wait.Kind = wait.Send
		if t.object == nil {
			t.wait.Kind = wait.SendNil
		}
	case sched.OpReceive:
		t.comms = append(t.comms, sched.Comm{Chan: t.object, Site: op.Site})
		t.wait.Kind = wait.Receive
		if t.object == nil {
			t.wait.Kind = wait.ReceiveNil
		}
	case sched.OpSelect:
		t.comms = append(t.comms, op.Cases...)
		t.wait.Kind, t.wait.Object = wait.Select, nil
		if len(t.comms) == 0 {
			t.wait.Kind = wait.SelectEmpty
		}
		for _, c := range t.comms {
			t.wait.Cases = append(t.wait.Cases, sched.Case{Send: c.Send, Object: c.Chan, Site: c.Site})
		}
	case sched.OpLock:
		t.wait.Kind = wait.Mutex
		if t.what == sched.ObjectRWMutex {
			t.wait.Kind = wait.RWLock
		}
	case sched.OpRLock:
		t.wait.Kind = wait.RLock
	case sched.OpWait:
		t.wait.Kind = wait.WaitGroup
	case sched.OpCondWait:
		t.wait.Kind = wait.Cond
	case sched.OpOnce:
		t.wait.Kind = wait.Once
	default:
		t.wait = sched.Wait{Kind: wait.Sleep, At: op.At}
	}
}

// look finds out who could go on. c.mu is held.
func (c *Control) look() {
	c.lookAtClosed()
	c.ready, c.candidates = c.ready[:0], c.candidates[:0]
	for _, t := range c.threads {
		if t.state != held {
			continue
		}
		if !t.done && !c.couldGo(t) {
			c.blocked(t)
			continue
		}
		c.ready = append(c.ready, t)
		x := Candidate{Thread: t.id, Kind: t.kind}
		if c.watcher != nil {
			x.Objects, x.Reads, x.All = c.uses(t)
		}
		c.candidates = append(c.candidates, x)
	}
}

// couldGo reports whether t could go on now.
func (c *Control) couldGo(t *thread) bool {
	switch t.kind {
	case opRest:
		return false // see idle
	case sched.OpSend, sched.OpReceive, sched.OpSelect:
		if t.isTry {
			return true
		}
		for i := range t.comms {
			if c.commReady(t, i) {
				return true
			}
		}
		return false
	case sched.OpLock, sched.OpRLock:
		return t.isTry || c.lockReady(t)
	case sched.OpWait:
		return t.object == nil || goruntime.WaitCount((*sync.WaitGroup)(t.object)) == 0
	case sched.OpSleep:
		return t.until <= c.now
	}
	return true
}

// commReady reports whether a communication of t would not have to wait, or meets
// somebody who is held before the other half of it.
func (c *Control) commReady(t *thread, i int) bool {
	x := &t.comms[i]
	if x.Chan == nil {
		return false
	}
	switch {
	case goruntime.ChanClosed(x.Chan):
		return true
	case x.Send && goruntime.ChanLen(x.Chan) < goruntime.ChanCap(x.Chan):
		return true
	case !x.Send && goruntime.ChanLen(x.Chan) > 0:
		return true
	case x.Send && goruntime.ChanReceivers(x.Chan), !x.Send && goruntime.ChanSenders(x.Chan):
		return true
	}
	return goruntime.ChanCap(x.Chan) == 0 && c.eachPartner(t, i, func(*thread, int) bool { return false })
}

// eachPartner calls f for each half of a communication that t's meets until f
// returns false, and reports whether there is one.
func (c *Control) eachPartner(t *thread, i int, f func(p *thread, j int) bool) (any bool) {
	x := &t.comms[i]
	for _, p := range c.threads {
		if p == t || p.state != held || p.done || p.isTry {
			continue
		}
		for j := range p.comms {
			if y := &p.comms[j]; y.Chan == x.Chan && y.Send != x.Send {
				any = true
				if !f(p, j) {
					return true
				}
			}
		}
	}
	return any
}

// lockReady reports whether t can have its lock. Nobody else can take it
// meanwhile, so that it can be tried out.
func (c *Control) lockReady(t *thread) bool {
	switch {
	case t.object == nil:
		return true
	case t.what == sched.ObjectMutex:
		m := (*sync.Mutex)(t.object)
		if !m.TryLock() {
			return false
		}
		m.Unlock()
	case t.kind == sched.OpLock:
		m := (*sync.RWMutex)(t.object)
		if !m.TryLock() {
			return !t.queued // it may begin to wait, which readers can tell
		}
		m.Unlock()
	case t.what == sched.ObjectRWMutex:
		m := (*sync.RWMutex)(t.object)
		if c.writers[uintptr(t.object)] > 0 || !m.TryRLock() {
			return false
		}
		m.RUnlock()
	}
	return true
}

// queues has t begin to wait for an RWMutex to write, if it has to: those who come
// later to read then wait behind it. c.mu is held.
func (c *Control) queues(t *thread) bool {
	if t.kind != sched.OpLock || t.what != sched.ObjectRWMutex || t.isTry || t.queued {
		return false
	}
	if m := (*sync.RWMutex)(t.object); m.TryLock() {
		m.Unlock()
		return false
	}
	t.queued = true
	c.writers[uintptr(t.object)]++
	return true
}

// prepare settles how t's operation is going to go, now that it goes on.
func (c *Control) prepare(t *thread) {
	switch {
	case len(t.comms) > 0:
		c.prepareComm(t)
	case t.kind == sched.OpCondWait && t.object != nil:
		t.cond = t.object
		c.conds[t.cond] = append(c.conds[t.cond], t)
	case t.queued:
		t.queued = false
		if key := uintptr(t.object); c.writers[key] > 1 {
			c.writers[key]--
		} else {
			delete(c.writers, key)
		}
	}
}

// prepareComm chooses t's case, and with whom it meets.
func (c *Control) prepareComm(t *thread) {
	var cases []int
	for i := range t.comms {
		if c.commReady(t, i) {
			cases = append(cases, i)
		}
	}
	if len(cases) == 0 {
		return // it does not wait
	}
	i := cases[pick(len(cases), c.config.Strategy.Case)]
	t.chosen = i
	x := &t.comms[i]
	if goruntime.ChanCap(x.Chan) > 0 || goruntime.ChanClosed(x.Chan) ||
		x.Send && goruntime.ChanReceivers(x.Chan) || !x.Send && goruntime.ChanSenders(x.Chan) {
		return
	}
	type end struct {
		p *thread
		j int
	}
	var ends []end
	c.eachPartner(t, i, func(p *thread, j int) bool {
		ends = append(ends, end{p, j})
		return true
	})
	if len(ends) == 0 {
		return
	}
	e := ends[pick(len(ends), c.config.Strategy.Pick)]
	p := e.p
	t.meets, p.chosen = p, e.j
	p.state = pairs
	p.gate <- struct{}{}
}

// pick chooses one of n, which is no choice if there is one only.
func pick(n int, choose func(n int) int) int {
	if n < 2 {
		return 0
	}
	return choose(n)
}

// awaitPartner waits until p has begun to wait at the channel at which t is going to
// meet it. For a t that only tries, it has to be in the channel's queue: it tells before
// that it waits.
func (c *Control) awaitPartner(t, p *thread) {
	const most = time.Second // it may have been stopped
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case <-p.ready:
	case <-late.C:
		return
	}
	if !t.isTry {
		return
	}
	x := &t.comms[t.chosen]
	there := goruntime.ChanSenders
	if x.Send {
		there = goruntime.ChanReceivers
	}
	for end := time.Now().Add(most); !there(x.Chan) && time.Now().Before(end); {
		runtime.Gosched()
	}
}

// uses says what a thread is about to use, for strategies that want to know.
func (c *Control) uses(t *thread) (objects []int, reads, all bool) {
	switch t.kind {
	case sched.OpCancel, sched.OpOther:
		return nil, false, true
	case sched.OpLoad, sched.OpStore, sched.OpAtomicLoad, sched.OpAtomicStore, sched.OpAtomicUpdate:
		const most = 64 // words
		for off := uintptr(0); off < t.size && off < most*8; off += 8 {
			objects = append(objects, c.numberOf((uintptr(t.addr)+off)&^7))
		}
		return objects, t.kind == sched.OpLoad || t.kind == sched.OpAtomicLoad, false
	}
	if t.object != nil && len(t.comms) == 0 {
		objects = append(objects, c.numberOf(uintptr(t.object)))
	}
	for i := range t.comms {
		x := &t.comms[i]
		if x.Chan == nil {
			continue
		}
		objects = append(objects, c.numberOf(uintptr(x.Chan)))
		if goruntime.ChanCap(x.Chan) == 0 {
			if t.isTry { // it matters whether another has come to where it waits
				return nil, false, true
			}
			c.eachPartner(t, i, func(p *thread, _ int) bool {
				for j := range p.comms {
					if y := p.comms[j].Chan; y != nil {
						objects = append(objects, c.numberOf(uintptr(y)))
					}
				}
				return true
			})
		}
	}
	return objects, false, false
}

func (c *Control) numberOf(key uintptr) int {
	n, ok := c.objects[key]
	if !ok {
		n = len(c.objects) + 1
		c.objects[key] = n
	}
	return n
}
