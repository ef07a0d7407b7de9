package sched

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/cpu"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/park"
	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/sched/stream"
	"github.com/gosched/gosched/kernel/sched/world"
	"github.com/gosched/gosched/kernel/session"
)

// Config is what the scheduler asks of the engine. All fields may be nil.
type Config struct {
	// Facts says what of the runtime is as expected; nil is goruntime.Check().
	// Its Scheduler must be nil.
	Facts *goruntime.Facts

	// Failure explains a panic of g. It runs on g's goroutine, in a deferred
	// call, while the frames that panicked still exist.
	Failure func(g *G, value any) *session.Failure
	// HandsLocksOver reports whether the session has code that may release a lock
	// for the goroutine that has taken it: then goroutines that wait for each
	// other's locks may yet go on. nil says that this is so while timers are to
	// call functions.
	HandsLocksOver func() bool
	// Here says where g is in the program, and what the call works on that it makes
	// there: the engine is asked on g, if that is observed. Engines that cannot
	// tell what goroutines do have none.
	Here func(g *G) (Stack, *Site)
	// Own are the import paths of packages whose code polls, or comes to a poll
	// soon. Goroutines that are there are not abandoned as long as they only wait
	// for a processor.
	Own []string
}

// A Scheduler knows the goroutines of one session.
type Scheduler struct {
	config Config
	known  known
	clock  clock
	lots   park.Lots
	onces  onces
	wakers world.Wakers
	//lint:ignore U1000 it is used in JavaScript
	turns turns

	sends     stopping.Sends
	deadlines stopping.Deadlines
	objects   objects

	privates sync.Pool              // of *private, see takePrivate
	ending   atomic.Pointer[string] // see Fatal
	subshell atomic.Int32           // open subshells besides the main one

	mu    sync.Mutex
	execs map[*Execution]struct{} // running, or with live goroutines

	watch   watch
	circles circles

	unsent stream.Pending

	// These are written for each goroutine that starts or ends, and what is above is
	// read for each: in one cache line with them it would be fetched from another
	// processor each time. To start 100,000 takes 0.95 of the time by this, and by the
	// same in Execution.
	_       cpu.CacheLinePad
	numbers atomic.Uint32
	_       cpu.CacheLinePad
	crowd   crowd
	_       cpu.CacheLinePad
}

// New returns the scheduler of a new session.
func New(config Config) *Scheduler {
	s := &Scheduler{config: config, known: knownOf(config.Facts), execs: make(map[*Execution]struct{})}
	s.clock.s = s
	s.lots.Init(func() { s.circles.look(s) })
	s.objects.looks = s.known.chanQueues
	return s
}

// SetOpenSubshells tells how many subshells are open besides the main one. A
// cell that waits is not deadlocked while one of them is idle, since a cell
// that is run there could wake it.
func (s *Scheduler) SetOpenSubshells(n int) { s.subshell.Store(int32(n)) }

// executions returns the executions that are running or have live goroutines.
func (s *Scheduler) executions() []*Execution {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*Execution, 0, len(s.execs))
	for e := range s.execs {
		all = append(all, e)
	}
	return all
}

// each calls f for every live goroutine of the session until f returns false.
// f runs with the execution's lock held and must not call into it.
func (s *Scheduler) each(f func(g *G) bool) {
	for _, e := range s.executions() {
		if !e.each(f) {
			return
		}
	}
}

// lookup returns the live goroutine with that number, or nil.
func (s *Scheduler) lookup(number int) (found *G) {
	s.each(func(g *G) bool {
		if g.Number() == number {
			found = g
		}
		return found == nil
	})
	return found
}

// Flush delivers what the goroutines of the session have printed so far, also
// those of cells that have ended.
func (s *Scheduler) Flush() { s.unsent.Flush() }

// Settle waits until the goroutines of the session have nothing to do but wait,
// at most for so long. One that was woken counts as waiting until it has seen
// it, so Settle looks several times.
func (s *Scheduler) Settle(most time.Duration) {
	const looks, between = 5, time.Millisecond
	for end, quiet := time.Now().Add(most), 0; quiet < looks && time.Now().Before(end); quiet++ {
		if slices.ContainsFunc(s.executions(), (*Execution).busy) {
			quiet = -1
		}
		time.Sleep(between)
	}
}

// Fatal has the process end with a fatal error: whichever goroutine of the
// session next passes a call or a loop's end learns of it from
// [Scheduler.Ending], and is to report it with its own place and exit. Fatal
// does not wait for that; goroutines that are blocked take no notice.
func (s *Scheduler) Fatal(text string) {
	s.ending.Store(&text)
	s.each(func(g *G) bool {
		if !g.isBlocked() {
			g.flag.Store(flagStop)
		}
		return true
	})
}

// Ending is the fatal error that the process is to end with, or "".
func (s *Scheduler) Ending() string {
	if text := s.ending.Load(); text != nil {
		return *text
	}
	return ""
}

// Close stops every goroutine of the session except the main goroutines of
// running cells, and waits until they have ended, for as long as their deferred
// calls may take at most: one may be in compiled code that does not return.
func (s *Scheduler) Close() {
	s.KillAll()
	const look = time.Millisecond
	for looks := (grace + patience) / look; looks > 0 && s.anyLeft(); looks-- {
		time.Sleep(look) // looks are counted, not time: on a busy machine that may pass without a turn for anybody
	}
	s.sends.Close(patience)
}

// anyLeft reports whether a goroutine lives that Close has stopped.
func (s *Scheduler) anyLeft() (left bool) {
	s.each(func(g *G) bool {
		left = g.kind != kindMain && !g.silent.Load()
		return !left
	})
	return left
}

// Kill stops the goroutine with that number; its deferred calls run. The main
// goroutine of a running cell may be killed too: that is an interrupt of its
// cell. It reports whether there was such a goroutine.
func (s *Scheduler) Kill(number int) bool {
	g := s.lookup(number)
	if g == nil {
		return false
	}
	if g.kind == kindMain {
		g.exec.Interrupt()
		return true
	}
	g.requestStop(false)
	s.sends.Await(patience)
	return true
}

// KillCell stops the goroutines of every execution of the cell with that
// number, and returns how many there were.
func (s *Scheduler) KillCell(cell int) int {
	return s.killWhere(func(g *G) bool { return g.exec.cell.Number == cell })
}

// KillAll stops every goroutine of the session except the main goroutines of
// running cells, and returns how many there were.
func (s *Scheduler) KillAll() int {
	return s.killWhere(func(*G) bool { return true })
}

func (s *Scheduler) killWhere(match func(*G) bool) int {
	var doomed []*G
	s.each(func(g *G) bool {
		if g.kind != kindMain && match(g) {
			doomed = append(doomed, g)
		}
		return true
	})
	stopAll(doomed, false)
	s.sends.Await(patience)
	return len(doomed)
}
