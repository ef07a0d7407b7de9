package sched

import (
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

func (s *Scheduler) newG(e *Execution, parent uint32, from *Origin, kind gKind) *G {
	g := &G{exec: e, number: s.numbers.Add(1), parent: parent, origin: from, kind: kind}
	g.labels.init(e.labels)
	g.out.Init(g.number)
	g.started = s.clock.stamp()
	if w := e.watch; w != nil && w.now.Load() != nil {
		g.watch = w
		g.flag.Store(flagWatched)
	}
	return g
}

// Go starts fn as a new goroutine of parent's execution, as a go statement at
// the given place does. Name is the function's name as people know it.
func Go(parent *G, at Place, name string, fn func(g *G)) {
	startGo(parent, &Origin{at, name}, nil, bodyFunc(fn))
}

// A Body is what a goroutine runs.
type Body interface{ Run(g *G) }

type bodyFunc func(g *G)

func (f bodyFunc) Run(g *G) { f(g) }

// Go is [Go] for a go statement that starts many.
func (o *Origin) Go(parent *G, body Body) { startGo(parent, o, nil, body) }

func startGo(parent *G, from *Origin, wg *sync.WaitGroup, body Body) {
	e := parent.exec
	g := e.s.newG(e, parent.number, from, kindGo)
	if parent.watch != nil {
		parent.starts(g)
	}
	e.add(g)
	go g.run(wg, body)
	if parent.watch == nil {
		parent.private().brood.letRun(&e.s.crowd)
	}
}

// A brood is the goroutines that one goroutine starts in a row. Where they take less
// time than to start them does, the one who starts would be far ahead of them: thousands
// would be alive at a time, none of them in a processor's cache. Then to start 100,000
// takes 2.4 times the processor time. So they get a turn now and then, which is
// rarer the fewer of them have come to their end by it.
type brood struct {
	started uint32 // since the last turn
	turn    uint32 // one is due when so many are started; 0 stands for shortTurn
}

const (
	shortTurn = 64
	longTurn  = 8192
)

// letRun is called when one more was started, by who has started it.
func (b *brood) letRun(c *crowd) {
	due := max(b.turn, shortTurn)
	if b.started++; b.started < due {
		return
	}
	before := c.live.Load()
	runtime.Gosched()
	if ended := before - c.live.Load(); ended >= int32(b.started/2) {
		b.turn = shortTurn
	} else {
		b.turn = min(2*due, longTurn)
	}
	b.started = 0
}

// enter makes g the caller's identity.
func (g *G) enter(p *private) {
	g.mu.Lock()
	g.own = uintptr(unsafe.Pointer(p))
	g.mu.Unlock()
	g.self.Store(goruntime.Self())
	goruntime.SetProfLabel(unsafe.Pointer(g))
}

// leave ends g: nobody finds it any more.
func (g *G) leave() {
	if g.out.Begun() {
		g.exec.out.Release(&g.out)
	}
	g.self.Store(0)
	g.mu.Lock()
	g.own = 0
	g.dead = true
	g.mu.Unlock()
	g.exec.remove(g)
}

// fewAsk is of how many goroutines that start one looks whether it is time to ask the
// crowd: to look takes as long as a hundredth of a short goroutine's life.
const fewAsk = 16

// run is the whole life of a goroutine that the scheduler started itself. It
// takes little stack: what does not fit into a goroutine's first 2 kB costs as
// much again.
//
//go:noinline
func (g *G) run(wg *sync.WaitGroup, body Body) {
	p := g.exec.s.takePrivate()
	p.wg = wg // which is in the program's memory, and nothing else may lead there
	defer g.ended(p)
	g.enter(p)
	if g.number%fewAsk == 0 {
		g.exec.s.crowd.turn()
	}
	if g.watch != nil {
		g.begins()
	}
	if g.ShouldStop() {
		g.Unwind()
	}
	body.Run(g)
	g.returned = true
}

// ended is deferred by run, and keeps p alive until then.
func (g *G) ended(p *private) {
	g.leaving = true
	var v any
	if !g.returned {
		v = recover()
	}
	switch {
	case v != nil:
		g.failed(v)
	case p.wg != nil:
		g.WaitGroupDone(p.wg)
	case g.kind == kindMain && !g.returned:
		g.outlive()
	}
	if g.watch != nil {
		g.ends(v)
	}
	g.leave()
	g.exec.s.givePrivate(p)
	if g.kind == kindMain {
		g.exec.mainEnded(g.returned, v)
	}
}

// outlive is what a main goroutine does that calls runtime.Goexit: as in a
// program, the others decide what becomes of the cell. It returns when none is
// left and no timer could start one, or when g is to stop.
func (g *G) outlive() {
	const look = 10 * time.Millisecond // for timers
	e := g.exec
	timers := false // were pending at the last look, and may just have fired
	for !g.ShouldStop() {
		e.mu.Lock()
		alone := make(chan struct{})
		if e.live > 1 {
			e.alone = alone
		} else {
			close(alone)
		}
		e.mu.Unlock()
		stop := g.Block(&Wait{Kind: wait.Goexit})
		select {
		case <-alone:
		case <-stop:
		}
		g.Unblock()
		before := timers
		if timers = e.s.wakers.Pending(e.s.known.timers); !timers && !before {
			return
		}
		select {
		case <-time.After(look):
		case <-g.Stopped():
		}
	}
}

// mainEnded tells Run that the main goroutine is over.
func (e *Execution) mainEnded(returned bool, panicked any) {
	e.mu.Lock()
	if !e.settled {
		e.outcome.Goexit = !returned && panicked == nil
	}
	e.mu.Unlock()
	close(e.ended)
}

// failed reports a panic of g: it fails the cell, if that is still running,
// or else is an event of its own.
func (g *G) failed(value any) {
	var f *session.Failure
	if h := g.exec.s.config.Failure; h != nil {
		f = h(g, value)
	}
	if g.watch != nil {
		g.tellsPanic(value)
	}
	e := g.exec
	if g.silent.Load() {
		return // abandoned: nobody waits for it any more
	}
	if e.settle(Outcome{Kind: Panicked, G: g, Value: value, Failure: f}, false, false) {
		return
	}
	e.mu.Lock()
	failed := e.running && e.outcome.Kind != Returned
	e.mu.Unlock()
	if failed {
		return // the cell has failed already: one message is enough
	}
	if f != nil {
		e.out.Release(&g.out)
		e.Emit(f)
	}
}

// Adopt runs fn as a new goroutine of g's execution, on the calling native
// goroutine, which a library started and which will go on when fn is done: an
// HTTP handler, or a function that was given to errgroup. Panics go through to
// the library, which may have an answer to them; so does an unwinding stop.
//
//go:noinline
func (g *G) Adopt(at Place, name string, fn func(g *G)) {
	a := g.exec.s.newG(g.exec, g.number, &Origin{at, name}, kindNative)
	g.exec.add(a)
	before := goruntime.ProfLabel()
	p := g.exec.s.takePrivate()
	a.enter(p)
	defer func() {
		if a.watch != nil {
			a.ends(nil)
		}
		a.leave()
		goruntime.SetProfLabel(before)
		g.exec.s.givePrivate(p)
	}()
	if a.watch != nil {
		a.begins()
	}
	if a.ShouldStop() {
		a.Unwind()
	}
	fn(a)
	a.returned = true
}

// Contain is Adopt for native goroutines on which nothing would answer a
// panic: a panic is reported as that of the new goroutine, and what the
// library still has on the stack is unwound as by runtime.Goexit.
func (g *G) Contain(at Place, name string, fn func(g *G)) {
	g.Adopt(at, name, func(a *G) {
		returned := false
		defer func() {
			if returned {
				return
			}
			if v := recover(); v != nil {
				a.failed(v)
				runtime.Goexit()
			}
		}()
		fn(a)
		returned = true
	})
}

// CallBack runs fn for native code that calls the program on a goroutine which is none of
// the program's: as a new goroutine of the execution of g, or of main's where g is nil,
// since nobody is known to be behind it. Answered says that a panic has an answer further
// up; see [G.Adopt] and [G.Contain].
func CallBack(g, main *G, answered bool, at Place, name string, fn func(g *G)) {
	if g == nil {
		g = main
	}
	switch {
	case g == nil:
		panic("gosched: a callback came after its session had ended")
	case answered:
		g.Adopt(at, name, fn)
	default:
		g.Contain(at, name, fn)
	}
}

// Callback returns a function for time.AfterFunc, context.AfterFunc and the
// like, which call it on a new goroutine: there it runs fn as a goroutine of
// g's execution. See [G.Contain].
func (g *G) Callback(at Place, name string, fn func(g *G)) func() {
	return func() { g.Contain(at, name, fn) }
}
