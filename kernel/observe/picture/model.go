package picture

import (
	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A model is a record that has been looked through: every index in it is valid
// or -1, times never go back, and what belongs together is linked.
type model struct {
	r       *observe.Record
	events  []observe.Event
	origin  int64 // when the first goroutine was seen; other times are since then
	end     int64
	birth   []int32  // for each goroutine, its Go event or -1
	first   []int32  // for each goroutine, its first own event or -1
	partner []int32  // for each Send or the like, the first event whose Peer it is, or -1
	blockOf []int32  // for each event that was waited for, its Block, or -1
	wakeOf  []int32  // for each event that was waited for, its Unblock, or -1
	wakes   []int32  // for each event that woke a goroutine, the Block that it ended, or -1
	outcome []int32  // for each Unblock, the event that was waited for, or -1
	chosen  []int32  // for each Choose, the event of its case, or -1
	told    []bool   // for each Unblock, whether what follows tells who woke it
	spans   [][]span // for each goroutine, in order of time
	outside bool     // something came from outside
}

// A state is what a goroutine is doing.
type state uint8

const (
	running state = iota
	ready
	waiting
	asleep
	away // waiting for the world: the network, input, native code
	numStates
)

var stateNames = [numStates]string{"running", "ready", "waiting", "asleep", "waiting for the outside"}

// A span is a stretch of a goroutine's life in one state. Its ends are events,
// or -1 for the goroutine's birth or the end of the record.
type span struct {
	state    state
	from, to int32
	start    int64
	stop     int64
	block    int32 // the Block that began it, or -1
}

func newModel(r *observe.Record) *model {
	n := len(r.Events)
	m := &model{r: r, events: make([]observe.Event, n), origin: origin(r)}
	m.end = max(r.End-m.origin, 0)
	copy(m.events, r.Events)
	links := make([]int32, 6*n)
	m.partner, m.blockOf, m.wakeOf = links[:n:n], links[n:2*n:2*n], links[2*n:3*n:3*n]
	m.wakes, m.chosen, m.outcome = links[3*n:4*n:4*n], links[4*n:5*n:5*n], links[5*n:]
	for i := range links {
		links[i] = -1
	}
	m.told = make([]bool, n)
	var now int64
	for i := range m.events {
		e := &m.events[i]
		now = max(now, e.Time-m.origin)
		e.Time = now
		if e.Goroutine < 0 || int(e.Goroutine) >= len(r.Goroutines) {
			e.Goroutine = observe.Outside
			m.outside = true
		}
		things := len(r.Objects)
		if e.Kind == observe.Go {
			things = len(r.Goroutines)
		}
		if e.Object < 0 || int(e.Object) >= things {
			e.Object = -1
		}
		if e.Peer < 0 || int(e.Peer) >= n || int(e.Peer) == i {
			e.Peer = -1
		}
		if e.Kind == observe.Receive && e.Peer < 0 {
			m.outside = true
		}
	}
	m.end = max(m.end, now)
	m.link()
	return m
}

// origin is when something is first known of a goroutine. Before that a cell is
// compiled, or computes alone, which a picture need not show.
func origin(r *observe.Record) int64 {
	if len(r.Goroutines) == 0 {
		return 0
	}
	at := r.Goroutines[0].Born
	for i := range r.Goroutines {
		at = min(at, r.Goroutines[i].Born)
	}
	if len(r.Events) > 0 {
		at = min(at, r.Events[0].Time)
	}
	return max(at, 0)
}

// link finds births, partners and states.
func (m *model) link() {
	count := len(m.r.Goroutines)
	ints := make([]int32, 5*count)
	for i := range ints {
		ints[i] = -1
	}
	m.birth, m.first = ints[:count:count], ints[count:2*count:2*count]
	block, wake := ints[2*count:3*count:3*count], ints[3*count:4*count:4*count]
	choice := ints[4*count:]
	for i := range m.events {
		e := &m.events[i]
		if e.Kind == observe.Go && e.Object >= 0 && m.birth[e.Object] < 0 && e.Object != e.Goroutine {
			m.birth[e.Object] = int32(i)
		}
		if p := e.Peer; p >= 0 && e.Kind != observe.Unblock && m.partner[p] < 0 {
			m.partner[p] = int32(i)
		}
		g := e.Goroutine
		if g < 0 {
			continue
		}
		if m.first[g] < 0 {
			m.first[g] = int32(i)
		}
		switch e.Kind {
		case observe.Block:
			block[g], wake[g] = int32(i), -1
		case observe.Unblock:
			wake[g] = int32(i)
			if p := e.Peer; p >= 0 && p < int32(i) && block[g] < p {
				m.wakes[p] = block[g]
			}
		case observe.Choose: // is followed by what was waited for
			choice[g] = int32(i)
		default:
			if c := choice[g]; c >= 0 {
				m.chosen[c], choice[g] = int32(i), -1
			}
			if b := block[g]; b >= 0 && e.Kind == observe.Sleep && m.events[b].Value == "" {
				m.events[b].Value = e.Value
			}
			m.blockOf[i], m.wakeOf[i] = block[g], wake[g]
			if w := wake[g]; w >= 0 {
				m.outcome[w] = int32(i)
				m.told[w] = e.Peer >= 0 || e.Kind == observe.Send
			}
			block[g], wake[g] = -1, -1
		}
	}
	m.spans = make([][]span, count)
	for i := range m.spans {
		m.begin(i)
	}
	for i := range m.events {
		m.step(int32(i))
	}
	for i := range m.spans {
		m.finish(i)
	}
}

// begin opens the first span of a goroutine.
func (m *model) begin(g int) {
	b := m.birth[g]
	at := max(m.r.Goroutines[g].Born-m.origin, 0)
	if b >= 0 {
		at = m.events[b].Time
	} else if f := m.first[g]; f >= 0 {
		at = min(at, m.events[f].Time)
	}
	s := running
	if f := m.first[g]; f >= 0 && m.events[f].Kind == observe.Begin {
		s = ready
	}
	m.spans[g] = append(m.spans[g], span{state: s, from: b, to: -1, start: min(at, m.end), stop: -1, block: -1})
}

// step carries on the spans of the goroutine that did event i.
func (m *model) step(i int32) {
	e := &m.events[i]
	g := e.Goroutine
	if g < 0 {
		return
	}
	spans := m.spans[g]
	last := &spans[len(spans)-1]
	if last.stop >= 0 {
		return // it has ended
	}
	switch e.Kind {
	case observe.Block:
		m.turn(g, i, i, stateOf(e.Wait), i)
	case observe.Unblock:
		if p := e.Peer; last.block >= 0 && p > last.from && p < i {
			m.turn(g, p, p, ready, last.block)
		}
		m.turn(g, i, i, running, -1)
	case observe.Yield:
		m.turn(g, i, i, ready, -1)
	case observe.End:
		last.to, last.stop = i, e.Time
	default:
		if last.state == ready {
			m.turn(g, i, i, running, -1)
		}
	}
}

// turn ends the current span of g at an event and begins the next there.
func (m *model) turn(g, to, from int32, s state, block int32) {
	spans := m.spans[g]
	last := &spans[len(spans)-1]
	at := max(m.events[to].Time, last.start)
	if last.state == s && last.block == block {
		return
	}
	last.to, last.stop = to, at
	m.spans[g] = append(spans, span{state: s, from: from, to: -1, start: at, stop: -1, block: block})
}

// finish closes the last span of a goroutine.
func (m *model) finish(g int) {
	spans := m.spans[g]
	last := &spans[len(spans)-1]
	if last.stop >= 0 {
		return
	}
	last.stop = m.end
	if info := &m.r.Goroutines[g]; !lives(info) && info.Ended > m.origin {
		last.stop = min(info.Ended-m.origin, m.end)
	}
	last.stop = max(last.stop, last.start)
}

// stateOf says in which state a wait of a kind is.
func stateOf(k wait.Kind) state {
	switch k {
	case wait.Sleep:
		return asleep
	case wait.Input, wait.IO, wait.Native, wait.PipeRead, wait.PipeWrite:
		return away
	case wait.None:
		return ready
	}
	return waiting
}

// object returns what event e is about, or nil.
func (m *model) object(e *observe.Event) *observe.Object {
	if e.Object < 0 || e.Kind == observe.Go {
		return nil
	}
	return &m.r.Objects[e.Object]
}

// lives reports whether a goroutine goes on when the record ends.
func lives(g *observe.Goroutine) bool { return g.Fate == observe.Alive || hopeless(g.Fate) }

// hopeless reports whether a goroutine is alive and nothing can wake it.
func hopeless(f observe.Fate) bool { return f == observe.Leaked || f == observe.Deadlocked }

// fates is how many fates there are.
const fates = observe.Deadlocked + 1

// order lists the goroutines in order of birth under their parents, with the
// depth of each.
func (m *model) order() (list []int, depth []int) {
	index := make(map[int]int, len(m.r.Goroutines))
	for i := range m.r.Goroutines {
		if _, dup := index[m.r.Goroutines[i].Number]; !dup {
			index[m.r.Goroutines[i].Number] = i
		}
	}
	children := make([][]int, len(m.r.Goroutines))
	var roots []int
	for i := range m.r.Goroutines {
		p, ok := index[m.r.Goroutines[i].Parent]
		if ok && p < i { // a parent comes first, so there are no circles
			children[p] = append(children[p], i)
		} else {
			roots = append(roots, i)
		}
	}
	depth = make([]int, len(m.r.Goroutines))
	list = make([]int, 0, len(m.r.Goroutines))
	stack := make([]int, 0, len(roots))
	for i := len(roots) - 1; i >= 0; i-- {
		stack = append(stack, roots[i])
	}
	for len(stack) > 0 {
		g := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		list = append(list, g)
		for i := len(children[g]) - 1; i >= 0; i-- {
			c := children[g][i]
			depth[c] = depth[g] + 1
			stack = append(stack, c)
		}
	}
	return list, depth
}
