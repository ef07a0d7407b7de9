package sched

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A choice is a select of an observed goroutine.
type choice struct {
	party
	wait    bool
	objects []*Object // without doubles, in the order in which they are locked
}

// choose is [Select] for an observed goroutine.
func (g *G) choose(o *Observation, comms []Comm, wait bool, at Stack) (chosen int, ok bool) {
	c := choice{party: party{g: g, o: o, at: at, sel: true, cases: comms, try: !wait}, wait: wait}
	op := Op{Kind: OpSelect, Cases: comms, Chosen: -1, At: at, Try: !wait}
	o.before(g, &op)
	if o.Controller != nil && op.Chosen >= 0 {
		// The others are not looked at.
		only := make([]Comm, len(comms))
		only[op.Chosen] = comms[op.Chosen]
		for i := range only {
			only[i].Send, only[i].Site = comms[i].Send, comms[i].Site
		}
		c.cases = only
	}
	for i := range c.cases {
		if x := g.object(c.cases[i].Chan, ObjectChannel); x != nil && !slices.Contains(c.objects, x) {
			c.objects = append(c.objects, x)
		}
	}
	slices.SortFunc(c.objects, func(a, b *Object) int { return cmp.Compare(a.Number, b.Number) })
	for i := 0; ; i++ {
		done, again, ok := c.attempt()
		switch {
		case done:
			return c.chosen, ok
		case !again:
			return c.await()
		}
		g.yieldTo(i)
	}
}

// attempt is like that of a party. chosen is -1 if it is the default.
func (c *choice) attempt() (done, again, ok bool) {
	locked := c.objects
	for _, x := range locked {
		x.mu.Lock()
	}
	defer func() {
		for _, x := range locked {
			x.mu.Unlock()
		}
	}()
	queues := make([]queue, len(c.cases))
	for i := range c.cases {
		if m := &c.cases[i]; m.Chan != nil {
			x := c.object(m)
			if x.Cap > 0 {
				x.exchange.align(x, chanLen(m.Chan))
			} else if x.exchange.waiting[direction(!m.Send)].Load() > 0 {
				again = c.wait
			}
			queues[i] = x.queueFor(m)
		}
	}
	chosen, ok := selectNow(c.cases)
	if chosen >= 0 {
		c.pick(chosen)
		for _, x := range locked {
			if x != c.x {
				x.mu.Unlock()
			}
		}
		locked = []*Object{c.x}
		c.x.completed(&c.party, ok, queues[chosen])
		return true, false, ok
	}
	if !c.wait {
		c.chosen = -1
		c.o.did(c.g, c.g, &Op{Kind: OpSelect, Cases: c.party.cases, Chosen: -1, At: c.at, Try: true})
		return true, false, false
	}
	if again {
		return false, true, false
	}
	c.g.registers(&c.party)
	c.each((*party).register)
	w := Wait{Kind: wait.Select, At: c.at, Cases: casesOf(c.cases)}
	if len(c.cases) == 0 {
		w.Kind = wait.SelectEmpty
	}
	c.waits = w.Kind
	c.o.did(c.g, c.g, &Op{Kind: OpBlock, At: c.at, Wait: &w})
	return false, false, false
}

// pick makes case i the party's.
func (c *choice) pick(i int) {
	c.chosen, c.comm = i, c.cases[i]
	c.x = c.object(&c.comm)
}

func (c *choice) object(m *Comm) *Object {
	for _, x := range c.objects {
		if unsafe.Pointer(x.self.Value()) == m.Chan {
			return x
		}
	}
	return nil
}

// each calls f for each case with a channel, as a party.
func (c *choice) each(f func(*party)) {
	for i := range c.cases {
		if m := &c.cases[i]; m.Chan != nil {
			f(&party{g: c.g, x: c.object(m), comm: *m})
		}
	}
}

// await is the select of a choice that has registered.
func (c *choice) await() (chosen int, ok bool) {
	g, came := c.g, false
	quiet := &g.observed().quiet
	*quiet = true
	defer func() {
		*quiet = false
		if !came {
			g.turn.Add(1)
			c.each((*party).withdraw)
			c.gone()
		}
	}()
	chosen, ok = Select(g, c.cases, true, c.at)
	came = true
	for i := range c.cases {
		if m := &c.cases[i]; i != chosen && m.Chan != nil {
			(&party{x: c.object(m), comm: *m}).withdraw()
		}
	}
	c.arrive(chosen, ok)
	g.resumes(c.o)
	return chosen, ok
}

// arrive is like that of an Object, for the case that was chosen.
func (c *choice) arrive(chosen int, ok bool) {
	// Others may be about to read c.party, which must not be changed before.
	x := c.object(&c.cases[chosen])
	p := c.party
	p.chosen, p.comm, p.x = chosen, c.cases[chosen], x
	x.arrive(&p, ok)
}

func casesOf(comms []Comm) []Case {
	cases := make([]Case, len(comms))
	for i := range comms {
		cases[i] = Case{Send: comms[i].Send, Object: comms[i].Chan, Site: comms[i].Site}
	}
	return cases
}

// selectNow carries out one of the communications that need not wait; chosen is -1
// if there is none.
func selectNow(comms []Comm) (chosen int, ok bool) {
	cases := make([]goruntime.SelectCase, len(comms)+1)
	for i := range comms {
		cases[i] = comms[i].asCase()
	}
	cases[len(comms)].Dir = goruntime.SelectDefault
	if chosen, ok = goruntime.Select(cases); chosen == len(comms) {
		return -1, false
	}
	return chosen, ok
}

// Choose is [Select], like Transact.
func Choose(g *G, comms []Comm, wait bool, at Stack) (chosen int, ok bool) {
	if o := g.Observation(); o != nil {
		return g.choose(o, comms, wait, at)
	}
	return Select(g, comms, wait, at)
}
