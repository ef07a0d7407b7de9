package stopping

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
// one that the program has set is known, and put back.

// Direction says what a deadline is for.
type Direction uint8

// The directions, which may be combined.
const (
	Reading Direction = 1 << iota
	Writing
)

// A Deadliner is a connection, listener or file.
type Deadliner interface{ SetDeadline(time.Time) error }

// Deadlines knows the deadlines that programs have set, and who is being
// stopped in a wait for one.
type Deadlines struct {
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
func (*Deadlines) key(d Deadliner) (weak.Pointer[byte], bool) {
	v := reflect.ValueOf(d)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return weak.Pointer[byte]{}, false
	}
	return weak.Make((*byte)(v.UnsafePointer())), true
}

// of returns the record of d. ds.mu is held.
func (ds *Deadlines) of(d Deadliner) *deadline {
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
func (ds *Deadlines) tidy(d Deadliner, x *deadline) {
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

// Set is d.SetDeadline(at), or that for one direction.
func (ds *Deadlines) Set(d Deadliner, dir Direction, at time.Time) error {
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
func (ds *Deadlines) stop(d Deadliner, dir Direction) {
	ds.stops.Add(1)
	ds.count(d, dir, 1)
}

func (ds *Deadlines) resume(d Deadliner, dir Direction) {
	ds.stops.Add(1)
	ds.count(d, dir, -1)
}

func (ds *Deadlines) count(d Deadliner, dir Direction, n int) {
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

// Spurious reports whether err, of a call for d that began when [Deadlines.Stops] was so much,
// may have come because another goroutine was being stopped. It waits until that
// has been.
func (ds *Deadlines) Spurious(d Deadliner, err error, stops int64) bool {
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

// Stops counts the stops that have begun or ended.
func (ds *Deadlines) Stops() int64 { return ds.stops.Load() }

// During makes a call of compiled code that waits for d in direction dir, and ends it
// when the function is called that onStop is given, until cancel is.
func (ds *Deadlines) During(d Deadliner, dir Direction, onStop func(func()) (cancel func()), call func() (some bool, err error)) (some bool, err error) {
	var over, stopped bool // under ds.mu
	cancel := onStop(func() {
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
	return call()
}
