package race

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A bench is a detector with what it has reported.
type bench struct {
	*Detector
	mu      sync.Mutex
	reports []*Report
	n       int
}

func newBench(t testing.TB) *bench { return newBenchOf(t, 0) }

// newBenchOf is newBench with so many pages remembered. In a test no garbage is
// collected but where the test says so: between two accesses, above all while nobody
// has been told yet, it may make that no race which is one.
func newBenchOf(t testing.TB, mostPages int) *bench {
	b := &bench{}
	b.Detector = New(Options{MostPages: mostPages, Report: func(r *Report) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reports = append(b.reports, r)
	}})
	t.Cleanup(b.Close)
	if _, ok := t.(*testing.T); ok {
		percent := debug.SetGCPercent(-1)
		t.Cleanup(func() { debug.SetGCPercent(percent) })
		b.collect()
	}
	return b
}

// collect has garbage collected, and the detector know of it.
func (b *bench) collect() {
	runtime.GC()
	for b.cycles.known.Load() != collections() {
		time.Sleep(time.Millisecond)
	}
}

func (b *bench) start() *Goroutine {
	b.n++
	return b.Start(&Origin{Number: b.n, Main: b.n == 1})
}

func (b *bench) child(g *Goroutine) *Goroutine {
	b.n++
	return g.Go(&Origin{Number: b.n, Parent: g.origin.Number, Start: sched.Place{Func: "main", Cell: 1, Line: b.n}})
}

func placeAt(line int) *sched.Site {
	return &sched.Site{Name: "x", Place: func() sched.Place { return sched.Place{Func: "main.f", Cell: 1, Line: line} }}
}

// A step of a test is one thing that a goroutine does.
type step func(b *bench, g []*Goroutine, mem *[64]byte)

func part(i int, off, size uintptr, kind Kind, line int) step {
	at := placeAt(line)
	return func(_ *bench, g []*Goroutine, mem *[64]byte) {
		g[i].Access(unsafe.Pointer(&mem[off]), size, kind, at, nil)
	}
}

func read(i int) step  { return part(i, 0, 8, Read, 10+i) }
func write(i int) step { return part(i, 0, 8, Write, 20+i) }

func TestHappensBefore(t *testing.T) {
	var s, u Sync
	release := func(i int) step { return func(_ *bench, g []*Goroutine, _ *[64]byte) { g[i].Release(&s) } }
	merge := func(i int) step { return func(_ *bench, g []*Goroutine, _ *[64]byte) { g[i].Merge(&s) } }
	acquire := func(i int) step { return func(_ *bench, g []*Goroutine, _ *[64]byte) { g[i].Acquire(&s) } }
	atomic := func(i int, reads, writes bool) step {
		at := placeAt(30 + i)
		return func(_ *bench, g []*Goroutine, mem *[64]byte) {
			g[i].Atomic(&u, unsafe.Pointer(&mem[0]), 8, reads, writes, at, nil)
		}
	}
	end := func(i int) step { return func(_ *bench, g []*Goroutine, _ *[64]byte) { g[i].End() } }
	born := func(i int) step {
		return func(_ *bench, g []*Goroutine, mem *[64]byte) { g[i].Born(unsafe.Pointer(mem), 8) }
	}
	// Goroutine 0 starts 1 to 3 at the beginning, and 4 where it says so.
	again := func(_ *bench, _ []*Goroutine, _ *[64]byte) {}
	for name, c := range map[string]struct {
		steps []step
		races int
	}{
		"one goroutine":                         {[]step{write(0), read(0), write(0)}, 0},
		"two writes":                            {[]step{write(1), write(2)}, 1},
		"write, read":                           {[]step{write(1), read(2)}, 1},
		"read, write":                           {[]step{read(1), write(2)}, 1},
		"two reads":                             {[]step{read(1), read(2)}, 0},
		"three":                                 {[]step{read(1), read(2), read(3), write(0)}, 3},
		"released":                              {[]step{write(1), release(1), acquire(2), write(2)}, 0},
		"released before":                       {[]step{release(1), write(1), acquire(2), write(2)}, 1},
		"release forgets":                       {[]step{write(1), release(1), release(3), acquire(2), write(2)}, 1},
		"merge does not":                        {[]step{write(1), merge(1), merge(3), acquire(2), write(2)}, 0},
		"through a third":                       {[]step{write(1), release(1), acquire(3), release(3), acquire(2), read(2)}, 0},
		"other bytes":                           {[]step{part(1, 0, 4, Write, 1), part(2, 4, 4, Write, 2)}, 0},
		"part of it":                            {[]step{part(1, 0, 16, Write, 1), part(2, 12, 1, Read, 2)}, 1},
		"across words":                          {[]step{part(1, 6, 4, Write, 1), part(2, 9, 1, Read, 2)}, 1},
		"bytes apart and then all":              {[]step{part(1, 0, 1, Write, 1), part(2, 1, 1, Write, 2), part(3, 0, 8, Read, 3)}, 2},
		"reads of many, one ordered":            {[]step{read(1), merge(1), read(2), acquire(0), write(0)}, 1},
		"atomics":                               {[]step{atomic(1, false, true), atomic(2, true, false), atomic(3, true, true)}, 0},
		"atomic and plain":                      {[]step{atomic(1, false, true), read(2)}, 1},
		"plain and atomic":                      {[]step{write(1), atomic(2, true, false)}, 1},
		"plain read, atomic read":               {[]step{read(1), atomic(2, true, false)}, 0},
		"atomic read, plain read, atomic write": {[]step{atomic(1, true, false), read(1), atomic(2, false, true)}, 1},
		"atomic orders what is before":          {[]step{part(1, 8, 8, Write, 1), atomic(1, false, true), atomic(2, true, false), part(2, 8, 8, Read, 2)}, 0},
		"new memory":                            {[]step{write(1), born(2), write(2)}, 0},
		"ended is not waited for":               {[]step{write(1), end(1), again, write(2)}, 1},
		"told once":                             {[]step{write(1), write(2), write(1), write(2), write(1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, u = Sync{}, Sync{}
			b := newBench(t)
			g := []*Goroutine{b.start()}
			for range 3 {
				g = append(g, b.child(g[0]))
			}
			mem := new([64]byte)
			for _, st := range c.steps {
				st(b, g, mem)
			}
			if len(b.reports) != c.races {
				t.Errorf("%d races, want %d: %+v", len(b.reports), c.races, b.reports)
			}
		})
	}
}

// A slot that is used again must not hide the last one in it from those who did
// not wait for its end.
func TestSlotsUsedAgain(t *testing.T) {
	b := newBench(t)
	main := b.start()
	mem := new([64]byte)
	var done Sync
	for i := range 1000 {
		g := b.child(main)
		g.Access(unsafe.Pointer(mem), 8, Write, placeAt(1), nil)
		g.Merge(&done)
		g.End()
		main.Acquire(&done)
		if i > 0 && g.slot != 1 {
			t.Fatalf("goroutine %d has slot %d", i, g.slot)
		}
	}
	if len(b.reports) > 0 {
		t.Fatalf("%v", b.reports[0].Lines(nil))
	}
	for range 2 {
		g := b.child(main)
		g.Access(unsafe.Pointer(mem), 8, Write, placeAt(2), nil)
		g.End()
	}
	if len(b.reports) != 1 {
		t.Fatalf("%d reports", len(b.reports))
	}
}

func TestManyGoroutines(t *testing.T) {
	b := newBench(t)
	main := b.start()
	mem := new([64]byte)
	var mu, done Sync
	var all []*Goroutine
	for range 5000 {
		all = append(all, b.child(main))
	}
	at := placeAt(1)
	for _, g := range all {
		g.Acquire(&mu)
		g.Access(unsafe.Pointer(mem), 8, Read, at, nil)
		g.Access(unsafe.Pointer(mem), 8, Write, at, nil)
		g.Release(&mu)
		g.Merge(&done)
		g.End()
	}
	main.Acquire(&done)
	main.Access(unsafe.Pointer(mem), 8, Read, at, nil)
	if len(b.reports) > 0 {
		t.Fatalf("%v", b.reports[0].Lines(nil))
	}
	g := b.child(main)
	g.Access(unsafe.Pointer(mem), 8, Write, placeAt(2), nil)
	main.Access(unsafe.Pointer(mem), 8, Write, placeAt(3), nil)
	if len(b.reports) != 1 {
		t.Fatalf("%d reports", len(b.reports))
	}
}

// The detector is used by goroutines that run at the same time.
func TestAtTheSameTime(t *testing.T) {
	b := newBench(t)
	main := b.start()
	mem := make([]uint64, 1<<12)
	var mu sync.Mutex
	var held, done Sync
	var wg sync.WaitGroup
	for range 8 {
		g := b.child(main)
		wg.Go(func() {
			for i := range 20000 {
				mu.Lock()
				g.Acquire(&held)
				g.Access(unsafe.Pointer(&mem[i%len(mem)]), 8, Write, placeAt(1), nil)
				g.Release(&held)
				mu.Unlock()
				g.Access(unsafe.Pointer(unsafe.SliceData(mem[8:])), 0, Write, placeAt(1), nil)
			}
			g.Merge(&done)
			g.End()
		})
	}
	wg.Wait()
	main.Acquire(&done)
	for i := range mem {
		main.Access(unsafe.Pointer(&mem[i]), 8, Read, placeAt(4), nil)
	}
	if len(b.reports) > 0 {
		t.Fatalf("%v", b.reports[0].Lines(nil))
	}
}

// Where the detector forgets, it finds less, and nothing that is not there.
func TestForgets(t *testing.T) {
	b := newBenchOf(t, 4)
	main := b.start()
	g := b.child(main)
	mem := make([]byte, 1<<20)
	at, other := placeAt(1), placeAt(2)
	at.Variable, other.Variable = true, true // known to be the same whatever is held of them
	for i := range mem {
		g.Access(unsafe.Pointer(&mem[i]), 1, Write, at, nil)
	}
	if n := b.table.Load().pages.Load(); n > 4 {
		t.Errorf("%d pages are remembered", n)
	}
	main.Access(unsafe.Pointer(&mem[0]), 1, Write, other, nil)
	if len(b.reports) != 0 {
		t.Errorf("what was forgotten was reported")
	}
	g.Access(unsafe.Pointer(&mem[0]), 1, Write, at, nil)
	if len(b.reports) != 1 {
		t.Errorf("%d reports", len(b.reports))
	}
}

// Memory changes hands by way of the collector: what is told of an object that is not
// known to be the same still is no race.
func TestCollector(t *testing.T) {
	for _, tt := range []struct {
		name        string
		variable    bool // the source has a name for it
		more        int  // accesses beside
		letGo       bool
		collections int
		told        bool
	}{
		{name: "none", told: true},
		{name: "one", collections: 1, told: true},
		{name: "two", collections: 2},
		{name: "three, of a variable", variable: true, collections: 3, told: true},
		{name: "one, and all is let go", letGo: true, collections: 1},
		{name: "one, and more is accessed than is held", more: 10 * mostHeld, collections: 1},
		{name: "one, of a variable, and more is accessed than is held", variable: true, more: 10 * mostHeld, collections: 1, told: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			main := b.start()
			g := b.child(main)
			mem := make([]uint64, 1+tt.more)
			at, other := placeAt(1), placeAt(2)
			at.Variable, other.Variable = tt.variable, tt.variable
			for i := range mem {
				g.Access(unsafe.Pointer(&mem[i]), 8, Write, at, nil)
			}
			if tt.letGo {
				b.LetGo()
			}
			for range tt.collections {
				b.collect()
			}
			main.Access(unsafe.Pointer(&mem[0]), 8, Write, other, nil)
			if told := len(b.reports) > 0; told != tt.told {
				t.Errorf("told: %v, want %v", told, tt.told)
			}
		})
	}
}

func TestReport(t *testing.T) {
	b := newBench(t)
	main := b.start()
	g := b.child(main)
	mem := new([64]byte)
	g.Access(unsafe.Pointer(mem), 8, Write, placeAt(5), nil)
	g.End()
	main.Access(unsafe.Pointer(mem), 8, Read, placeAt(7), nil)
	want := fmt.Sprintf(`WARNING: DATA RACE
Read at %[1]s (x) by main goroutine:
  main.f()
      cell 1 line 7

Previous write at %[1]s (x) by goroutine 2:
  main.f()
      cell 1 line 5

Goroutine 2 (finished) created at:
  main()
      cell 1 line 2`, fmt.Sprintf("0x%012x", uintptr(unsafe.Pointer(mem))))
	if got := strings.Join(b.reports[0].Lines(nil), "\n"); got != want {
		t.Errorf("%s\n\nwant\n%s", got, want)
	}
}

func BenchmarkAccess(b *testing.B) {
	mem := make([]uint64, 1<<12)
	at := placeAt(1)
	b.Run("same", func(b *testing.B) {
		d := newBench(b)
		g := d.start()
		for b.Loop() {
			g.Access(unsafe.Pointer(&mem[0]), 8, Write, at, nil)
		}
	})
	b.Run("epochs", func(b *testing.B) {
		d := newBench(b)
		g := d.start()
		var s Sync
		for b.Loop() {
			g.Release(&s)
			g.Access(unsafe.Pointer(&mem[0]), 8, Write, at, nil)
		}
	})
	b.Run("fresh", func(b *testing.B) {
		d := newBench(b)
		g := d.start()
		i := 0
		for b.Loop() {
			if i = (i + 1) % len(mem); i == 0 {
				g.tick()
			}
			g.Access(unsafe.Pointer(&mem[i]), 8, Write, at, nil)
		}
	})
	b.Run("two", func(b *testing.B) {
		d := newBench(b)
		g := d.start()
		h := d.child(g)
		var s Sync
		for b.Loop() {
			g.Acquire(&s)
			g.Access(unsafe.Pointer(&mem[0]), 8, Write, at, nil)
			g.Release(&s)
			h.Acquire(&s)
			h.Access(unsafe.Pointer(&mem[0]), 8, Write, at, nil)
			h.Release(&s)
		}
	})
}
