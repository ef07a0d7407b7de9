package sched

import (
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/park"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// WaitGroupAdd is wg.Add.
func (g *G) WaitGroupAdd(wg *sync.WaitGroup, delta int) {
	if g.watch != nil {
		g.changes(OpAdd, ObjectWaitGroup, unsafe.Pointer(wg), int64(delta), func() { g.add(wg, delta) })
		return
	}
	g.add(wg, delta)
}

func (g *G) add(wg *sync.WaitGroup, delta int) {
	wg.Add(delta)
	if delta < 0 && g.exec.s.known.waitGroups {
		if g.exec.s.lots.Any() && goruntime.WaitCount(wg) == 0 {
			g.wakeFirst(unsafe.Pointer(wg), -1)
		}
	}
}

// WaitGroupDone is wg.Done.
func (g *G) WaitGroupDone(wg *sync.WaitGroup) { g.WaitGroupAdd(wg, -1) }

// WaitGroupGo is wg.Go: it runs fn as a new goroutine like [Go]. As in package
// sync, one that panics does not release those who wait.
func (g *G) WaitGroupGo(wg *sync.WaitGroup, at Place, name string, fn func(g *G)) {
	g.WaitGroupAdd(wg, 1)
	startGo(g, &Origin{at, name}, wg, bodyFunc(fn))
}

// WaitGroupWait is wg.Wait for g. Stopping g unwinds it and leaves nothing
// behind in wg.
func (g *G) WaitGroupWait(wg *sync.WaitGroup, at Stack, site *Site) {
	if g.watch != nil {
		g.awaits(OpWait, ObjectWaitGroup, unsafe.Pointer(wg), at, site, func() { g.awaitGroup(wg, at, site) })
		return
	}
	g.awaitGroup(wg, at, site)
}

func (g *G) awaitGroup(wg *sync.WaitGroup, at Stack, site *Site) {
	if !g.exec.s.known.waitGroups {
		g.waitAside(wg, at, site)
		return
	}
	if goruntime.WaitCount(wg) == 0 {
		return
	}
	ls := &g.exec.s.lots
	key := keyOf(unsafe.Pointer(wg))
	w := g.parkingPlace(wait.WaitGroup)
	ls.Enter(key, w)
	if goruntime.WaitCount(wg) == 0 {
		ls.Exit(key, w, true)
		return
	}
	stop := g.Block(&Wait{Kind: wait.WaitGroup, Object: unsafe.Pointer(wg), Site: site, At: at})
	for {
		select {
		case how := <-w.Ready():
			if how == park.Poll && goruntime.WaitCount(wg) != 0 {
				continue
			}
			ls.Exit(key, w, true)
			g.Unblock()
			return
		case <-stop:
			ls.Exit(key, w, true)
			g.Unblock()
			g.Unwind()
		}
	}
}

// waitAside is WaitGroupWait where the counter cannot be read: another goroutine
// waits, for as long as it takes.
func (g *G) waitAside(wg *sync.WaitGroup, at Stack, site *Site) {
	released := make(chan struct{})
	go func() {
		wg.Wait()
		close(released)
	}()
	stop := g.Block(&Wait{Kind: wait.WaitGroup, Object: unsafe.Pointer(wg), Site: site, At: at})
	select {
	case <-released:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
}
