package sched

import (
	"slices"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// communicate is [Communicate] for an observed goroutine.
func (g *G) communicate(o *Observation, c *Comm, at Stack) (ok bool) {
	x := g.object(c.Chan, ObjectChannel)
	if o.asked() {
		kind := OpReceive
		if c.Send {
			kind = OpSend
		}
		o.before(g, &Op{Kind: kind, Object: x, Site: c.Site, At: at, Value: c.Val})
	}
	if x == nil {
		return Communicate(g, *c, at) // for ever
	}
	p := &g.observed().party
	*p = party{g: g, o: o, x: x, comm: *c, at: at}
	var gaveWay time.Duration
	for i := 0; ; i++ {
		polite := p.polite
		done, again, ok := p.attempt()
		if gaveWay > 0 {
			g.yields.tried(gaveWay, done)
			gaveWay = 0
		}
		switch {
		case done:
			return ok
		case !again:
			return p.wait()
		case p.polite && !polite:
			gaveWay = yield()
			continue
		}
		g.yieldTo(i)
	}
}

// yieldTo lets a partner come to where it waits.
func (g *G) yieldTo(i int) {
	if g.ShouldStop() {
		g.Unwind()
	}
	pause(i)
}

// attempt carries the communication out if that does not wait. Otherwise it reports
// whether to try again, as a partner is about to come, or has registered the party.
func (p *party) attempt() (done, again, ok bool) {
	x := p.x
	x.mu.Lock()
	defer x.mu.Unlock() // a send may panic
	if x.Cap > 0 {
		x.exchange.align(x, chanLen(p.comm.Chan))
	}
	q := x.queueFor(&p.comm)
	if done, ok = p.comm.try(); done {
		x.completed(p, ok, q)
		return true, false, ok
	}
	if x.Cap == 0 && x.exchange.waiting[direction(!p.comm.Send)].Load() > 0 {
		return false, true, false
	}
	if p.givesWay() {
		return false, true, false
	}
	p.g.registers(p)
	p.register()
	p.blocks()
	return false, false, false
}

// givesWay reports whether p, which would wait, lets others run first, which it does
// once, see yielding.
func (p *party) givesWay() bool {
	if p.polite || p.comm.Send || p.x.Cap > 0 || p.o.holds() || !p.g.yields.due() {
		return false
	}
	p.polite = true
	return true
}

// registers notes that g is about to register p, which may be several.
func (g *G) registers(p *party) {
	g.observed().at = p
	g.turn.Add(1)
}

// register is called with p.x locked.
func (p *party) register() {
	e, d := &p.x.exchange, direction(p.comm.Send)
	n := e.waiting[d].Add(1)
	if !e.looks {
		return
	}
	if len(e.who[d]) > 16+2*int(n) {
		e.who[d] = slices.DeleteFunc(e.who[d], func(r registered) bool { return !r.holds() })
	}
	e.who[d] = append(e.who[d], registered{p.g, p.g.turn.Load()})
}

func (p *party) withdraw() { p.x.exchange.waiting[direction(p.comm.Send)].Add(-1) }

// blocks tells that p is about to wait.
func (p *party) blocks() {
	p.waits = wait.Receive
	if p.comm.Send {
		p.waits = wait.Send
	}
	if r := p.o.alone; r != nil {
		r.Blocks(p.g, p.x, p.waits, p.comm.Site, p.at, nanotime())
		return
	}
	op := p.op(p.g, OpBlock)
	op.Wait = &p.g.observed().wait
	*op.Wait = Wait{Kind: p.waits, Object: p.comm.Chan, Site: p.comm.Site, At: p.at}
	p.o.did(p.g, p.g, op)
	p.g.observed().wait = Wait{}
}

// wait is the communication of a party that has registered.
func (p *party) wait() (ok bool) {
	g, came := p.g, false
	quiet := &g.observed().quiet
	*quiet = true
	defer func() {
		*quiet = false
		if !came { // stopped, or the channel was closed
			p.g.turn.Add(1)
			p.withdraw()
			p.gone()
		}
	}()
	kind := wait.Receive
	if p.comm.Send {
		kind = wait.Send
	}
	switch {
	case p.comm.Send && p.x.Cap == 0 && p.comm.Site != nil && p.comm.Site.elem != nil:
		p.comm.sendPlain(g, p.at)
	case p.comm.Park != nil:
		ok = p.comm.park(g, kind, p.at)
	default:
		ok = p.comm.wait(g, kind, p.at)
	}
	came = true
	p.x.arrive(p, ok)
	g.resumes(p.o)
	return ok
}

// gone tells that a wait has ended with nothing.
func (p *party) gone() {
	if p.g.isBlocked() {
		return // a panic is on its way, and told with what it does
	}
	p.unblocks(p.g, nanotime())
}

// resumes asks the Controller whether g, which has waited, may go on.
func (g *G) resumes(o *Observation) {
	if o.Controller != nil {
		o.Controller.Resume(g)
	}
}

// Transact is [Communicate] for goroutines that may be observed: the engine calls it
// in the form of the code that is for those.
func Transact(g *G, c Comm, at Stack) (ok bool) {
	if o := g.Observation(); o != nil {
		return g.communicate(o, &c, at)
	}
	return Communicate(g, c, at)
}

// Close closes a channel for g, by calling do.
func (g *G) Close(channel unsafe.Pointer, site *Site, do func()) {
	o := g.Observation()
	x := g.object(channel, ObjectChannel)
	if o == nil || x == nil {
		do()
		return
	}
	at, _ := g.here()
	op := Op{Kind: OpClose, Object: x, Site: site, At: at}
	o.before(g, &op)
	x.mu.Lock()
	defer x.mu.Unlock()
	do() // where it panics, nothing is told
	o.did(g, g, &op)
}
