package control

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
)

// Config says how an execution is controlled.
type Config struct {
	Strategy Strategy
	// Accesses says that loads and stores of shared memory are steps, too.
	Accesses bool
	// MaxSteps is after how many steps the execution is ended, and MaxRest after how
	// many it is once its main function has returned; 0 is never.
	MaxSteps, MaxRest int
	// Cut says that goroutines which are stopped in the end skip their deferred
	// calls.
	Cut bool
	// Patience is how long goroutines of other executions are waited for that could
	// help when nobody can go on; 0 is for ever.
	Patience time.Duration
}

// A Control is the [sched.Controller] and the [sched.Clock] of one execution.
type Control struct {
	config  Config
	watcher Watcher // config.Strategy, if it is one
	exec    *sched.Execution
	start   time.Time // virtual, at the beginning

	mu      sync.Mutex
	threads []*thread    // those that live, by number
	ending  map[int]bool // those that have said that they end, and may not have ended yet
	number  int
	current *thread // the one that runs, or nil
	last    int
	end     End
	misuse  Misuse
	left    []report.Info
	program bool

	steps, changes int
	rest           int // steps since main has returned

	objects map[uintptr]int              // numbers, see Candidate
	writers map[uintptr]int              // goroutines that wait for an RWMutex to write
	conds   map[unsafe.Pointer][]*thread // those that wait for a condition, in order
	races   []Race
	raced   map[[2]*sched.Site]bool

	now    time.Duration // since start
	told   atomic.Int64  // the same, for those who ask
	timers []*timer      // in the order in which they were started

	outside map[string]bool
	driver  driver

	keptMu sync.Mutex
	kept   map[any]any
	atEnd  []func()
	closes []*whenClosed

	candidates []Candidate // room for those of a step
	ready      []*thread
}

// New returns a Control.
func New(config Config) *Control {
	c := &Control{
		config:  config,
		start:   Epoch,
		last:    -1,
		objects: map[uintptr]int{},
		writers: map[uintptr]int{},
		conds:   map[unsafe.Pointer][]*thread{},
		raced:   map[[2]*sched.Site]bool{},
		outside: map[string]bool{},
		ending:  map[int]bool{},
	}
	c.watcher, _ = config.Strategy.(Watcher)
	return c
}

// Strategy makes the choices.
func (c *Control) Strategy() Strategy { return c.config.Strategy }

// Begin takes control of an execution, which has not been run yet. Finish is to be
// called when it has.
func (c *Control) Begin(e *sched.Execution) {
	c.exec = e
	c.driver.begin(c)
}

// Finish ends what Begin began.
func (c *Control) Finish() {
	c.mu.Lock()
	c.endLocked(Over)
	c.mu.Unlock()
	c.driver.finish()
	c.keptMu.Lock()
	ends := c.atEnd
	c.atEnd, c.kept = nil, nil
	c.keptMu.Unlock()
	for _, f := range ends {
		f()
	}
}

// endLocked has all goroutines be held for good, or until they are stopped.
func (c *Control) endLocked(why End) {
	if c.end == Running {
		c.end = why
	}
}
