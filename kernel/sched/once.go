package sched

import (
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// onces knows which sync.Once calls are running, so that those who come second
// can wait for them in a way that can be stopped.
type onces struct {
	mu      sync.Mutex
	running map[uintptr]struct{}
}

// OnceDo is o.Do(f) for g. f runs on g.
func (g *G) OnceDo(o *sync.Once, f func(), at Stack, site *Site) {
	if g.watch != nil {
		g.doesOnce(o, f, at, site)
		return
	}
	g.once(o, f, at, site)
}

func (g *G) once(o *sync.Once, f func(), at Stack, site *Site) {
	s := g.exec.s
	if s.known.onces && goruntime.IsDone(o) {
		return
	}
	key := keyOf(unsafe.Pointer(o))
	for !s.onces.begin(key) {
		g.awaitOnce(key, o, at, site)
	}
	defer func() {
		s.onces.end(key)
		g.wakeFirst(unsafe.Pointer(o), -1)
	}()
	o.Do(f)
}

func (g *G) awaitOnce(key uintptr, o *sync.Once, at Stack, site *Site) {
	s := g.exec.s
	w := g.parkingPlace(wait.Once)
	s.lots.Enter(key, w)
	if !s.onces.isRunning(key) {
		s.lots.Exit(key, w, true)
		return
	}
	stop := g.Block(&Wait{Kind: wait.Once, Object: unsafe.Pointer(o), Site: site, At: at})
	select {
	case <-w.Ready():
		s.lots.Exit(key, w, true)
		g.Unblock()
	case <-stop:
		s.lots.Exit(key, w, true)
		g.Unblock()
		g.Unwind()
	}
}

func (o *onces) begin(key uintptr) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.running[key]; ok {
		return false
	}
	if o.running == nil {
		o.running = make(map[uintptr]struct{})
	}
	o.running[key] = struct{}{}
	return true
}

func (o *onces) end(key uintptr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.running, key)
}

func (o *onces) isRunning(key uintptr) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, ok := o.running[key]
	return ok
}
