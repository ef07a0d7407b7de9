package race

import (
	"runtime"
	"sync/atomic"
)

// Each word of memory has its shadow: the last write, the last read, and, where
// that is not enough, a list. Shadows come in pages, and pages are found by
// address in a table. A page does not point into the program's memory, so that
// nothing is kept alive by being remembered; see reuse.go for what that takes.

const (
	wordBits  = 3 // 8 bytes
	pageBits  = 12
	pageWords = 1 << (pageBits - wordBits)
)

// A word is the shadow of 8 bytes.
type word struct {
	lock        atomic.Uint32 // 1 while it is looked at
	wroteCycle  uint16        // the collector's, see reuse.go
	readCycle   uint16
	wrote, read atomic.Uint64 // epochs
	wroteAt     *spot
	readAt      *spot
	more        []access // what is remembered beside
}

// An access is one that a word's shadow has no other room for.
type access struct {
	epoch epoch
	at    *spot
	cycle uint16
	write bool
}

// moreKept is how many accesses to a word are remembered beside two.
const moreKept = 16

type page struct {
	number uintptr
	next   *page
	words  *[pageWords]word
}

func (w *word) acquire() {
	for i := 0; !w.lock.CompareAndSwap(0, 1); i++ {
		if i > 20 {
			runtime.Gosched()
		}
	}
}

func (w *word) release() { w.lock.Store(0) }

// A table finds pages. It only ever grows; where it is full, the detector takes
// a new one and has forgotten all accesses.
type table struct {
	buckets [tableLen]atomic.Pointer[page]
	pages   atomic.Int32
}

const tableLen = 1 << 12

func (t *table) bucket(number uintptr) *atomic.Pointer[page] {
	return &t.buckets[(number*0x9E3779B97F4A7C15)>>(64-12)]
}

func (t *table) find(number uintptr) *page {
	for p := t.bucket(number).Load(); p != nil; p = p.next {
		if p.number == number {
			return p
		}
	}
	return nil
}

func (t *table) make(number uintptr) *page {
	b := t.bucket(number)
	p := &page{number: number, words: new([pageWords]word)}
	for {
		head := b.Load()
		if q := t.find(number); q != nil {
			return q
		}
		p.next = head
		if b.CompareAndSwap(head, p) {
			t.pages.Add(1)
			return p
		}
	}
}

// Each goroutine remembers where it has found pages.
const cachedPages = 4

type cachedPage struct {
	table *table
	page  *page
}

// page returns the page of an address, or nil if there is none and none is to
// be made, or the detector is closed.
func (g *Goroutine) page(number uintptr, needed bool) *page {
	t := g.d.table.Load()
	if t == nil {
		return nil
	}
	c := &g.pages[number%cachedPages]
	if c.page != nil && c.page.number == number && c.table == t {
		return c.page
	}
	p := t.find(number)
	if p == nil {
		if !needed {
			return nil
		}
		if t.pages.Load() >= g.d.mostPages {
			g.d.table.CompareAndSwap(t, new(table))
			if t = g.d.table.Load(); t == nil {
				return nil
			}
		}
		p = t.make(number)
	}
	*c = cachedPage{t, p}
	return p
}
