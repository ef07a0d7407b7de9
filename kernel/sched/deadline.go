package sched

import (
	"errors"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

// A read or write that compiled code waits in comes back when its deadline
// passes. A goroutine that is stopped there sets a deadline that has passed; the
// scheduler knows the one that the program has set, and puts it back.

// Direction says what a deadline is for.
type Direction uint8

// The directions, which may be combined.
const (
	Reading Direction = 1 << iota
	Writing
)

// A Deadliner is a connection, listener or file.
type Deadliner interface{ SetDeadline(time.Time) error }

// deadlines knows the deadlines that programs have set, and who is being
// stopped in a wait for one.
type deadlines struct {
	stops atomic.Int64 // counts when a stop begins and when it ends

	mu sync.Mutex
	m  map[weak.Pointer[byte]]*deadline
}

type deadline struct {
	read, write time.Time // set by the program; zero if none
	stopping    [2]int    // goroutines being stopped in a read and in a write
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// key identifies d, which must be a pointer for its deadline to be remembered.
func (*deadlines) key(d Deadliner) (weak.Pointer[byte], bool) {
	v := reflect.ValueOf(d)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return weak.Pointer[byte]{}, false
	}
	return weak.Make((*byte)(v.UnsafePointer())), true
}

// of returns the record of d. ds.mu is held.
func (ds *deadlines) of(d Deadliner) *deadline {
	key, ok := ds.key(d)
	if !ok {
		return new(deadline)
	}
	x := ds.m[key]
	if x == nil {
		if ds.m == nil {
			ds.m = make(map[weak.Pointer[byte]]*deadline)
		}
		for k := range ds.m { // there are few
			if k.Value() == nil {
				delete(ds.m, k)
			}
		}
		x = new(deadline)
		ds.m[key] = x
	}
	return x
}

// tidy drops d's record if it says nothing. ds.mu is held.
func (ds *deadlines) tidy(d Deadliner, x *deadline) {
	if *x == (deadline{}) {
		if key, ok := ds.key(d); ok {
			delete(ds.m, key)
		}
	}
}

// apply sets d's deadlines to what they are to be.
func (x *deadline) apply(d Deadliner, dir Direction) error {
	read, write := x.read, x.write
	if x.stopping[0] > 0 {
		read = past
	}
	if x.stopping[1] > 0 {
		write = past
	}
	r, canRead := d.(interface{ SetReadDeadline(time.Time) error })
	w, canWrite := d.(interface{ SetWriteDeadline(time.Time) error })
	if !canRead || !canWrite {
		return d.SetDeadline(read)
	}
	if read.Equal(write) && dir == Reading|Writing {
		return d.SetDeadline(read)
	}
	var err error
	if dir&Reading != 0 {
		err = r.SetReadDeadline(read)
	}
	if dir&Writing != 0 {
		err = errors.Join(err, w.SetWriteDeadline(write))
	}
	return err
}

// SetDeadline is d.SetDeadline(at), or that for one direction.
func (s *Scheduler) SetDeadline(d Deadliner, dir Direction, at time.Time) error {
	ds := &s.deadlines
	ds.mu.Lock()
	defer ds.mu.Unlock()
	x := ds.of(d)
	before := *x
	if dir&Reading != 0 {
		x.read = at
	}
	if dir&Writing != 0 {
		x.write = at
	}
	err := x.apply(d, dir)
	if err != nil {
		x.read, x.write = before.read, before.write
	}
	ds.tidy(d, x)
	return err
}

// stop has d's waits in direction dir end, until resume.
func (ds *deadlines) stop(d Deadliner, dir Direction) {
	ds.stops.Add(1)
	ds.count(d, dir, 1)
}

func (ds *deadlines) resume(d Deadliner, dir Direction) {
	ds.stops.Add(1)
	ds.count(d, dir, -1)
}

func (ds *deadlines) count(d Deadliner, dir Direction, n int) {
	x := ds.of(d)
	if dir&Reading != 0 {
		x.stopping[0] += n
	}
	if dir&Writing != 0 {
		x.stopping[1] += n
	}
	_ = x.apply(d, dir)
	ds.tidy(d, x)
}

// spurious reports whether err, of a call for d that began when stops was so much,
// may have come because another goroutine was being stopped. It waits until that
// has been.
func (ds *deadlines) spurious(d Deadliner, err error, stops int64) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	key, ok := ds.key(d)
	for {
		ds.mu.Lock()
		x := ds.m[key]
		stopping := ok && x != nil && x.stopping != [2]int{}
		ds.mu.Unlock()
		if !stopping {
			return ds.stops.Load() != stops
		}
		stops = -1
		time.Sleep(100 * time.Microsecond)
	}
}

// Transfer makes a call of compiled code that waits for d in direction dir. It
// ends when g is stopped, and then so does g. If w is not nil it says what g
// waits for; the call must then lead to no code of the program. call returns
// its error and whether something was transferred all the same. It is called
// again if it ended because of others that were stopped.
func (g *G) Transfer(d Deadliner, dir Direction, w *Wait, call func() (some bool, err error)) {
	ds := &g.exec.s.deadlines
	for {
		stops := ds.stops.Load()
		some, err := g.transfer(d, dir, w, call)
		if g.ShouldStop() {
			g.Unwind()
		}
		if some || !ds.spurious(d, err, stops) {
			return
		}
	}
}

func (g *G) transfer(d Deadliner, dir Direction, w *Wait, call func() (bool, error)) (some bool, err error) {
	ds := &g.exec.s.deadlines
	var over, stopped bool // under ds.mu
	cancel := g.OnStop(func() {
		ds.mu.Lock()
		defer ds.mu.Unlock()
		if !over {
			stopped = true
			ds.stop(d, dir)
		}
	})
	defer func() {
		cancel()
		ds.mu.Lock()
		defer ds.mu.Unlock()
		over = true
		if stopped {
			ds.resume(d, dir)
		}
	}()
	if w == nil {
		return call()
	}
	g.Block(w)
	some, err = call() // where it panics, PanicBegins unblocks g
	g.Unblock()
	return some, err
}

// TransferAside is [G.Transfer] for a goroutine of compiled code, which nothing
// stops.
func (s *Scheduler) TransferAside(d Deadliner, call func() (some bool, err error)) {
	for {
		stops := s.deadlines.stops.Load()
		if some, err := call(); some || !s.deadlines.spurious(d, err, stops) {
			return
		}
	}
}
