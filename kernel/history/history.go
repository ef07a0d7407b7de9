package history

import (
	"context"
	"errors"
	"sync"
	"time"
)

// An Entry is one cell that was run.
type Entry struct {
	Session int // numbered from 1
	Number  int // execution count
	Input   string
	Output  *string // the text of what it showed; nil for none
}

// Options say where the history is kept.
type Options struct {
	// Path is the file of the database; empty to keep nothing beyond the session.
	Path string
	// Failed is told, once, why the database is not used any more. It may be nil.
	Failed func(error)
}

// A History belongs to one session. It is safe for concurrent use. Nothing of it
// waits for a slow disk but questions, and these for [longestQuestion] at most.
type History struct {
	options Options

	mu      sync.Mutex
	memory  memory
	jobs    []job
	done    chan struct{} // closed when these jobs are; nil while there are none
	running bool          // a goroutine does the jobs
	later   *time.Timer   // begins with jobs that may wait; nil before there were any
	failed  bool
	closed  bool
	slow    bool // the database is, since it cannot write ahead
	idle    *sync.Cond

	db *database // used by the goroutine that does the jobs
}

// A job is something to do with the database.
type job func(*database) error

// Bounds of what goes into the database for one cell, in bytes.
const (
	longestInput  = 1 << 20
	longestOutput = 64 << 10
)

// outputPause is how long what a cell showed waits to be written along with the next
// cell. Written at once it is in that cell's way, when one follows on the other.
const outputPause = 100 * time.Millisecond

// longestQuestion is how long a question waits for the database.
const longestQuestion = 2 * time.Second

// New returns an empty history. The database is opened when it is first needed.
func New(o Options) *History {
	h := &History{options: o}
	h.idle = sync.NewCond(&h.mu)
	return h
}

// Add remembers a cell. The channel is closed when nothing but a crash of the machine
// can lose it any more, or nothing more can be done for it. On a network's file system
// it is closed at once: there, to write takes too long to wait for.
func (h *History) Add(number int, input string) (written <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.memory.add(number, input)
	if len(input) > longestInput {
		return nowhere
	}
	done := h.do(func(db *database) error { return db.add(number, input) })
	if h.slow {
		return nowhere
	}
	return done
}

// nowhere is closed: what is not written needs no waiting for.
var nowhere = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// SetOutput remembers what a cell showed.
func (h *History) SetOutput(number int, output string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.memory.setOutput(number, output)
	if len(output) <= longestOutput {
		h.doLater(func(db *database) error { return db.setOutput(number, output) })
	}
}

// do has a job done, after those before it, and returns a channel that is closed then.
// It is called with h.mu held.
func (h *History) do(j job) <-chan struct{} {
	done := h.add(j)
	h.begin()
	return done
}

// doLater has a job done with the next one, or after outputPause. It is called with
// h.mu held.
func (h *History) doLater(j job) {
	if h.add(j) == nowhere {
		return
	}
	if h.later == nil {
		h.later = time.AfterFunc(outputPause, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.begin()
		})
		return
	}
	h.later.Reset(outputPause)
}

// add puts a job behind the others; the channel is closed when it is done. It is called
// with h.mu held.
func (h *History) add(j job) <-chan struct{} {
	if h.options.Path == "" || h.failed || h.closed {
		return nowhere
	}
	if h.done == nil {
		h.done = make(chan struct{})
	}
	h.jobs = append(h.jobs, j)
	return h.done
}

// begin has somebody do what there is to do. It is called with h.mu held.
func (h *History) begin() {
	if !h.running && len(h.jobs) > 0 {
		h.running = true
		go h.work()
	}
}

// work does what there is to do, and ends.
func (h *History) work() {
	for {
		h.mu.Lock()
		jobs, done := h.jobs, h.done
		h.jobs, h.done = nil, nil
		if len(jobs) == 0 {
			h.running = false
			h.idle.Broadcast()
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		if err := h.doAll(jobs); err != nil {
			h.fail(err)
		}
		close(done)
	}
}

func (h *History) doAll(jobs []job) error {
	if h.db == nil {
		db, err := open(h.options.Path)
		if err != nil {
			return err
		}
		h.db = db
		h.mu.Lock()
		h.slow = !db.ahead
		h.mu.Unlock()
	}
	return h.db.together(jobs)
}

// drop forgets what is to be done. It is called with h.mu held.
func (h *History) drop() {
	if h.done != nil {
		close(h.done)
	}
	h.jobs, h.done = nil, nil
}

// fail gives the database up.
func (h *History) fail(err error) {
	if h.db != nil {
		h.db.close()
		h.db = nil
	}
	h.mu.Lock()
	h.failed = true
	h.drop()
	h.mu.Unlock()
	if h.options.Failed != nil {
		h.options.Failed(err)
	}
}

// ask asks the database, and says whether it has answered.
func (h *History) ask(ctx context.Context, question func(*database) ([]Entry, error)) ([]Entry, bool) {
	type answer struct {
		entries []Entry
		err     error
	}
	answers := make(chan answer, 1)
	h.mu.Lock()
	if h.options.Path == "" || h.failed || h.closed {
		h.mu.Unlock()
		return nil, false
	}
	h.do(func(db *database) error {
		entries, err := question(db)
		answers <- answer{entries, err}
		return err
	})
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, longestQuestion)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case a := <-answers:
			return a.entries, a.err == nil
		case <-ctx.Done():
			return nil, false
		case <-tick.C:
			h.mu.Lock()
			failed := h.failed
			h.mu.Unlock()
			if failed {
				return nil, false
			}
		}
	}
}

// Tail returns the last n cells of all sessions, oldest first; all for a negative
// n.
func (h *History) Tail(ctx context.Context, n int) []Entry {
	if found, ok := h.ask(ctx, func(db *database) ([]Entry, error) { return db.tail(n) }); ok {
		return found
	}
	return h.remembered(func(m *memory) []Entry {
		if n < 0 {
			n = len(m.entries)
		}
		return tail(m.entries, n)
	})
}

// Range returns the cells of a session numbered from start up to, not including,
// stop, or without stop up to the last one. Session 0 is this one, a negative one
// is counted back from it.
func (h *History) Range(ctx context.Context, session, start int, stop *int) []Entry {
	if found, ok := h.ask(ctx, func(db *database) ([]Entry, error) { return db.between(session, start, stop) }); ok {
		return found
	}
	if session != 0 && session != onlySession {
		return nil
	}
	return h.remembered(func(m *memory) []Entry { return m.between(start, stop) })
}

// Search returns the last n cells whose input matches a pattern as a whole, all
// for a negative n. The pattern has *, ? and [...] as SQLite's GLOB; with unique,
// only the last of equal cells is returned.
func (h *History) Search(ctx context.Context, pattern string, unique bool, n int) []Entry {
	if found, ok := h.ask(ctx, func(db *database) ([]Entry, error) { return db.search(pattern, unique, n) }); ok {
		return found
	}
	return h.remembered(func(m *memory) []Entry {
		found := m.search(pattern, unique)
		if n >= 0 {
			found = tail(found, n)
		}
		return found
	})
}

// onlySession is the number of the session where there is no database.
const onlySession = 1

// remembered asks the memory.
func (h *History) remembered(question func(*memory) []Entry) []Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := append([]Entry(nil), question(&h.memory)...)
	for i := range found {
		found[i].Session = onlySession
	}
	return found
}

// Close waits until what was added is in the database, and closes it. If ctx is
// done before, it returns an error, and the rest is lost.
func (h *History) Close(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop()
		h.idle.Broadcast()
	})
	defer stop()
	h.mu.Lock()
	h.closed = true
	h.begin()
	for h.running && ctx.Err() == nil {
		h.idle.Wait()
	}
	running := h.running
	h.mu.Unlock()
	if running {
		return errors.New("the history's database is busy; the last cells are not in it")
	}
	if h.db != nil {
		h.db.close()
		h.db = nil
	}
	return nil
}
