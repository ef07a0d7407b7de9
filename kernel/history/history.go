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
// waits for a slow disk but questions, and these for [longestQuestion] at most: what is
// added to a journal, the system takes into its memory.
type History struct {
	options Options

	mu      sync.Mutex
	memory  memory
	jobs    []job
	done    chan struct{} // closed when these jobs are; nil while there are none
	running bool          // a goroutine does the jobs
	wanted  bool          // somebody waits for them, or they have waited
	later   *time.Timer   // begins with jobs that may wait; nil before there were any
	set     bool          // it is
	journal *journal      // has cells until the database has them; nil where it is not used
	unsaved bool          // some of these are in jobs only
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

// pause is how long what may wait is gathered before it is written to the database: to
// be written by itself takes a cell longer than to run, and is in the way of the next.
const pause = 100 * time.Millisecond

// longestQuestion is how long a question waits for the database.
const longestQuestion = 2 * time.Second

// New returns an empty history. The database is opened when it is first needed.
func New(o Options) *History {
	h := &History{options: o}
	h.idle = sync.NewCond(&h.mu)
	return h
}

// Add remembers a cell. The channel is closed when nothing but a crash of the machine
// can lose it any more, or nothing more can be done for it: at once where the session
// has a journal, which is from its second cell on. On a network's file system, too, it is
// closed at once: there, to write takes too long to wait for.
func (h *History) Add(number int, input string) (written <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.memory.add(number, input)
	if len(input) > longestInput {
		return nowhere
	}
	job := func(db *database) error { return db.add(number, input) }
	if h.journal != nil && !h.closed && h.journal.add(journalCell{number, input}) {
		h.unsaved = true
		h.doLater(job)
		return nowhere
	}
	done := h.do(job)
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

// doLater has a job done with the next one, or after a pause. A timer that is set stays
// as it is: to set one wakes a thread. It is called with h.mu held.
func (h *History) doLater(j job) {
	if h.add(j) == nowhere || h.set {
		return
	}
	h.set = true
	if h.later != nil {
		h.later.Reset(pause)
		return
	}
	h.later = time.AfterFunc(pause, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.set = false
		h.begin()
	})
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

// begin has somebody do what there is to do now. It is called with h.mu held.
func (h *History) begin() {
	h.wanted = true
	if !h.running && len(h.jobs) > 0 {
		h.running = true
		go h.work()
	}
}

// work does what there is to do, and ends. What comes meanwhile and may wait does so.
func (h *History) work() {
	for {
		h.mu.Lock()
		jobs, done := h.jobs, h.done
		if len(jobs) == 0 || !h.wanted {
			h.running, h.wanted = false, false
			h.idle.Broadcast()
			h.mu.Unlock()
			return
		}
		h.jobs, h.done, h.wanted, h.unsaved = nil, nil, false, false
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
	if err := h.db.together(jobs); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.journal = h.db.journal
	switch {
	case h.journal == nil:
	case !h.unsaved:
		h.journal.empty()
	case h.journal.long():
		h.wanted = true // cells follow closely; the fewer there are, the likelier is it that none comes
	}
	return nil
}

// drop forgets what is to be done. It is called with h.mu held.
func (h *History) drop() {
	if h.done != nil {
		close(h.done)
	}
	h.jobs, h.done = nil, nil
}

// fail gives the database up. Cells that are in the journal are left to the next session.
func (h *History) fail(err error) {
	if h.db != nil {
		h.db.close()
		h.db = nil
	}
	h.mu.Lock()
	h.failed = true
	h.drop()
	if h.journal != nil {
		h.journal.close()
		h.journal = nil
	}
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
		if err := db.gather(); err != nil {
			return err
		}
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
// done before, it returns an error, and the rest is lost that is not in a journal.
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
	if h.journal != nil && !running {
		if h.unsaved {
			h.journal.close()
		} else {
			h.journal.remove()
		}
		h.journal = nil
	}
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
