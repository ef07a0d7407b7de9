package race

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A Report is a data race.
type Report struct {
	Address  uintptr
	Now      Side // the access that found it
	Previous Side
}

// A Side is one of the two accesses of a race.
type Side struct {
	Write  bool
	Atomic bool
	Name   string        // of what is accessed, may be empty
	Type   string        // of it, may be empty
	Places []sched.Place // innermost first
	// Goroutine did it; nil if that is forgotten.
	Goroutine *Origin
	Finished  bool
}

// Options say what a Detector is for.
type Options struct {
	// Report is called with each race, once for a pair of places. It may be called
	// on several goroutines at a time.
	Report func(*Report)
	// Company says that there are goroutines which are not observed. What they order
	// is not told, so all that takes part in synchronisation counts as known to all
	// that does so later: less is found.
	Company bool
	// MostPages is how many pages of 4 kB of memory are remembered; 0 means a
	// number that fits most programs.
	MostPages int
}

// defaultPages is for accesses to 32 MB, which take about 170 MB to remember.
const defaultPages = 8 << 10

// A Detector finds the races of goroutines that know of each other.
type Detector struct {
	options   Options
	mostPages int32
	table     atomic.Pointer[table]
	slots     slots
	cycles    cycles
	// mains is what the main goroutines of cells have done that have ended: cells
	// run one after the other.
	mains Sync
	// outside is what may be known to code that is not observed.
	outside Sync
	// pool is for what goroutines hand each other in a sync.Pool, and maps for
	// sync.Map, each by address: two that share one are ordered where they need not
	// be.
	pool, maps [128]Sync

	mu     sync.Mutex
	known  map[pair]bool
	timers map[uintptr]*Sync
}

// A pair of places, in one order, and what is accessed there.
type pair struct{ a, b line }

type line struct {
	place sched.Place
	name  string
}

// New returns a detector that has seen nothing. [Detector.Close] lets go of it.
func New(o Options) *Detector {
	d := &Detector{options: o, mostPages: int32(o.MostPages), known: map[pair]bool{}, timers: map[uintptr]*Sync{}}
	if d.mostPages == 0 {
		d.mostPages = defaultPages
	}
	d.table.Store(new(table))
	d.cycles.watch()
	return d
}

// Close ends what the detector does beside being told, and lets go of what it
// remembers of memory: objects of the session may lead to the detector for a while.
func (d *Detector) Close() {
	d.cycles.ended.Store(true)
	d.table.Store(nil)
	d.LetGo()
}

// LetGo has the detector keep nothing of the program in memory, where it may
// miss some races for it.
func (d *Detector) LetGo() { d.cycles.letGo() }

// race reports the accesses found, which the one now races with. Same says that
// they are known to be of the same object.
func (d *Detector) race(g *Goroutine, p unsafe.Pointer, now *access, at sched.Stack, found []access, same bool) {
	for i := range found {
		old := &found[i]
		if !same && !d.sameObject(old, now) {
			continue
		}
		r := &Report{Address: uintptr(p), Now: d.side(now), Previous: d.side(old)}
		r.Now.Goroutine, r.Now.Finished = g.origin, false
		if at != nil {
			r.Now.Name = now.at.NameOf(at, p)
			if r.Previous.Name == now.at.Name {
				r.Previous.Name = r.Now.Name // it is the same element
			}
			if ps := at.Places(mostPlaces); len(ps) > 0 {
				r.Now.Places = ps
			}
		}
		if d.isNew(r) {
			d.options.Report(r)
		}
	}
}

func (d *Detector) isNew(r *Report) bool {
	a, b := r.Now.key(), r.Previous.key()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[pair{a, b}] || d.known[pair{b, a}] {
		return false
	}
	d.known[pair{a, b}] = true
	return true
}

func (d *Detector) side(a *access) Side {
	s := Side{Write: a.write, Atomic: a.epoch.atomic(), Name: a.at.Name, Type: a.at.Type}
	switch {
	case a.at.places != nil:
		s.Places = a.at.places
	case a.at.Place != nil:
		s.Places = []sched.Place{a.at.Place()}
	}
	if o := d.slots.user(a.epoch); o != nil {
		s.Goroutine, s.Finished = o, o.ended.Load()
	}
	return s
}

func (s *Side) key() line {
	k := line{name: s.Name}
	if len(s.Places) > 0 {
		k.place = s.Places[0]
	}
	return k
}

// Name is what is accessed, or nothing where that is not known.
func (r *Report) Name() string {
	if r.Now.Name != "" {
		return r.Now.Name
	}
	return r.Previous.Name
}

// Lines is the report in the words of Go's race detector. Source, if not nil,
// returns the line of the source at a place, or nothing.
func (r *Report) Lines(source func(sched.Place) string) []string {
	lines := []string{"WARNING: DATA RACE"}
	lines = append(lines, r.side(&r.Now, false, source)...)
	lines = append(lines, "")
	lines = append(lines, r.side(&r.Previous, true, source)...)
	told := map[*Origin]bool{}
	for _, s := range []*Side{&r.Now, &r.Previous} {
		o := s.Goroutine
		if o == nil || o.Parent == 0 || told[o] {
			continue
		}
		told[o] = true
		state := "running"
		if s.Finished {
			state = "finished"
		}
		lines = append(lines, "", fmt.Sprintf("Goroutine %d (%s) created at:", o.Number, state))
		lines = append(lines, places([]sched.Place{o.Start}, source)...)
	}
	return lines
}

func (r *Report) side(s *Side, previous bool, source func(sched.Place) string) []string {
	what := "read"
	switch {
	case s.Write && s.Atomic:
		what = "atomic write"
	case s.Atomic:
		what = "atomic read"
	case s.Write:
		what = "write"
	}
	if previous {
		what = "Previous " + what
	} else {
		what = strings.ToUpper(what[:1]) + what[1:]
	}
	of := ""
	if s.Name != "" {
		of = " (" + s.Name + ")"
	}
	head := fmt.Sprintf("%s at 0x%012x%s by %s:", what, r.Address, of, s.Goroutine)
	return append([]string{head}, places(s.Places, source)...)
}

// String names the goroutine as Go's race detector does.
func (o *Origin) String() string {
	switch {
	case o == nil:
		return "a goroutine that has ended"
	case o.Main:
		return "main goroutine"
	}
	return fmt.Sprintf("goroutine %d", o.Number)
}

func places(ps []sched.Place, source func(sched.Place) string) []string {
	var lines []string
	for i, p := range ps {
		name := p.Func
		if name == "" {
			name = "main"
		}
		at := "      " + p.Where()
		if source != nil && i == 0 {
			if text := source(p); text != "" {
				at += ": " + text
			}
		}
		lines = append(lines, "  "+name+"()", at)
	}
	return lines
}
