package race

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"unsafe"
)

// What is remembered of memory must not be held against whoever gets that
// memory next. What the program itself allocates is told to Born. But compiled
// code allocates, too, and hands the memory on, and nobody tells.
//
// Memory changes hands only by way of the garbage collector: an access in the
// same cycle of the collector is an access of the same object. So each access is
// remembered with the cycle, and what was accessed is held for one cycle more. A
// race with an access that is longer ago is told only where the object is known to
// be the same: a variable that the source names has its memory from an allocation
// that was told. In doubt there is no report.

// Born is told when the program has allocated memory: nothing that is remembered
// of it is true of the new object.
func (g *Goroutine) Born(p unsafe.Pointer, size uintptr) {
	for addr, end := uintptr(p), uintptr(p)+size; addr < end; {
		next := min((addr>>pageBits+1)<<pageBits, end)
		if pg := g.page(addr>>pageBits, false); pg != nil {
			pg.forget(addr, next)
		}
		addr = next
	}
}

// forget forgets what is remembered of some bytes of a page.
func (p *page) forget(from, to uintptr) {
	for addr := from &^ (1<<wordBits - 1); addr < to; addr += 1 << wordBits {
		i := uint16(addr >> wordBits & (pageWords - 1))
		w := &p.words[i]
		if w.wrote.Load() == 0 && w.read.Load() == 0 && w.lock.Load() == 0 {
			continue
		}
		var bytes uint64
		for k := range uintptr(1 << wordBits) {
			if addr+k >= from && addr+k < to {
				bytes |= 1 << k
			}
		}
		less := func(e uint64) uint64 {
			if e &^= bytes; uint8(e) == 0 {
				return 0
			}
			return e
		}
		w.acquire()
		w.wrote.Store(less(w.wrote.Load()))
		w.read.Store(less(w.read.Load()))
		list := w.more[:0]
		for _, a := range w.more {
			if a.epoch = epoch(less(uint64(a.epoch))); a.epoch != 0 {
				list = append(list, a)
			}
		}
		if n := len(list) - 1; n >= 0 && w.wrote.Load() == 0 && w.read.Load() == 0 {
			w.put(&list[n]) // a word with neither has no more
			list = list[:n]
		}
		w.more = list
		w.release()
	}
}

// cycles watches the collector, and holds what was accessed lately.
type cycles struct {
	known atomic.Uint32 // at most the number of cycles that there have been
	// loose is the last cycle of which not everything is held.
	loose atomic.Uint32
	ended atomic.Bool
	held  [8]holding
}

// A holding holds memory that was accessed in one cycle and in the one before.
type holding struct {
	mu          sync.Mutex
	now, before []unsafe.Pointer
	_           [56]byte
}

// mostHeld is how many accesses a holding has room for in one cycle.
const mostHeld = 1 << 14

// A tracer is freed in every cycle.
type tracer struct{ _ [32]byte }

// watch keeps known up to date, until ended.
func (c *cycles) watch() {
	c.known.Store(collections())
	var again func(*tracer)
	again = func(*tracer) {
		if c.ended.Load() {
			c.letGo()
			return
		}
		c.turn(collections())
		runtime.SetFinalizer(new(tracer), again)
	}
	runtime.SetFinalizer(new(tracer), again)
}

// turn begins a cycle.
func (c *cycles) turn(cycle uint32) {
	for i := range c.held {
		h := &c.held[i]
		h.mu.Lock()
		h.now, h.before = h.before[:0], h.now
		clear(h.now[:cap(h.now)])
		h.mu.Unlock()
	}
	c.known.Store(cycle)
}

// letGo lets the collector have everything.
func (c *cycles) letGo() {
	for i := range c.held {
		h := &c.held[i]
		h.mu.Lock()
		h.now, h.before = nil, nil
		h.mu.Unlock()
	}
	c.loose.Store(c.known.Load())
}

// hold keeps the object at p in memory, for this cycle and the next.
func (c *cycles) hold(p unsafe.Pointer) {
	h := &c.held[uintptr(p)>>pageBits%uintptr(len(c.held))]
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.now); n > 0 && h.now[n-1] == p {
		return
	}
	if len(h.now) == mostHeld {
		clear(h.now)
		h.now = h.now[:0]
		c.loose.Store(c.known.Load())
	}
	h.now = append(h.now, p)
}

// cycle is the cycle of what happens now, or an earlier one.
func (d *Detector) cycle() uint16 { return uint16(d.cycles.known.Load()) }

// collections is how many cycles have ended.
func collections() uint32 {
	s := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return uint32(s[0].Value.Uint64())
}

// sameObject reports whether two accesses of the same address, the second of
// which happens now, are known to be of the same object.
func (d *Detector) sameObject(old, now *access) bool {
	if now.at.Variable {
		return true
	}
	switch uint16(collections()) - old.cycle {
	case 0:
		return true
	case 1:
		return uint16(d.cycles.loose.Load()) != old.cycle
	}
	return false
}
