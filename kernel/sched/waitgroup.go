package sched

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// waitCount reads the counter of a sync.WaitGroup: the upper half of its first
// word, as sync/waitgroup.go has it since Go 1.20. A test watches over that.
func waitCount(wg *sync.WaitGroup) int32 {
	return int32(atomic.LoadUint64((*uint64)(unsafe.Pointer(wg))) >> 32)
}

// WaitGroupAdd is wg.Add.
func (g *G) WaitGroupAdd(wg *sync.WaitGroup, delta int) {
	wg.Add(delta)
	if delta < 0 {
		if ls := &g.exec.s.lots; ls.parked.Load() != 0 && waitCount(wg) == 0 {
			ls.wakeFirst(keyOf(unsafe.Pointer(wg)), -1)
		}
	}
}

// WaitGroupDone is wg.Done.
func (g *G) WaitGroupDone(wg *sync.WaitGroup) { g.WaitGroupAdd(wg, -1) }

// WaitGroupGo is wg.Go: it runs fn as a new goroutine like [Go]. As in package
// sync, one that panics does not release those who wait.
func (g *G) WaitGroupGo(wg *sync.WaitGroup, at Place, name string, fn func(g *G)) {
	g.WaitGroupAdd(wg, 1)
	startGo(g, at, name, wg, fn)
}

// WaitGroupWait is wg.Wait for g. Stopping g unwinds it and leaves nothing
// behind in wg.
func (g *G) WaitGroupWait(wg *sync.WaitGroup, at Stack, site *Site) {
	if waitCount(wg) == 0 {
		return
	}
	ls := &g.exec.s.lots
	key := keyOf(unsafe.Pointer(wg))
	w := g.parkingPlace(KindWaitGroup)
	ls.enter(key, w)
	if waitCount(wg) == 0 {
		ls.exit(key, w, true)
		return
	}
	stop := g.Block(&Wait{Kind: KindWaitGroup, Object: unsafe.Pointer(wg), Site: site, At: at})
	for {
		select {
		case how := <-w.ready:
			if how == wakePoll && waitCount(wg) != 0 {
				continue
			}
			ls.exit(key, w, true)
			g.Unblock()
			return
		case <-stop:
			ls.exit(key, w, true)
			g.Unblock()
			g.Unwind()
		}
	}
}
