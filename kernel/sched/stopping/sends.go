package stopping

import (
	"bytes"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// Sends ends waits in plain sends. A plain ch <- v costs far less than one
// in a select that also watches the goroutine's stop channel, but nothing wakes
// it except a receiver. So Sends receives: whoever has sent an equal value
// on that channel asks for it when it wakes, gets it, and either ends, if it is
// to stop, or sends once more. Which of two senders of equal values gets its own
// back makes no difference to anybody.
//
// Only sends on unbuffered channels are plain: a receiver gets those from the
// goroutine that waits, others from the channel's buffer.
type Sends struct {
	active atomic.Bool // whoever wakes from a plain send is to ask, see Recalled

	mu      sync.Mutex
	targets []recall
	taken   []takenValue
	changed time.Time     // of taken
	ended   chan struct{} // closed when active becomes false
	// resending has the addresses of what is being sent again. The goroutines that
	// send keep it alive; the collector must not find its channels here.
	resending map[uintptr]struct{}
}

// A recall is the wait in a plain send that is to end.
type recall struct {
	ch    unsafe.Pointer
	elem  reflect.Type // of ch
	waits func() bool  // whether it has not ended yet
}

// A takenValue was received by Sends, and nobody has asked for it yet.
type takenValue struct {
	ch, v unsafe.Pointer
	elem  reflect.Type
}

// strangers is how long a value may be taken before it is sent again, because
// it was sent by compiled code, which does not ask.
const strangers = 20 * time.Millisecond

// Recall ends a wait in a send on the unbuffered channel ch, whose elements are of type
// elem, unless that has ended: waits reports whether not. Neither what it refers to nor
// anything else here may lead the garbage collector to ch for longer.
func (r *Sends) Recall(ch unsafe.Pointer, elem reflect.Type, waits func() bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets = append(r.targets, recall{ch, elem, waits})
	if !r.active.Swap(true) {
		r.ended = make(chan struct{})
		go r.run()
	}
}

// Active reports whether whoever wakes from a plain send is to ask [Recalled].
func (r *Sends) Active() bool { return r.active.Load() }

// Await waits, at most for so long, until every goroutine that was to be recalled has been, so that
// nobody receives from one that was stopped before.
func (r *Sends) Await(most time.Duration) {
	if !r.active.Load() {
		return
	}
	r.mu.Lock()
	ended := r.ended
	r.mu.Unlock()
	select {
	case <-ended:
	case <-time.After(most):
	}
}

// run takes values until every target has gone on and no value is left.
func (r *Sends) run() {
	goruntime.SetProfLabel(nil) // it works for nobody's cell
	const shortest, longest = 20 * time.Microsecond, time.Millisecond
	pause := shortest
	for {
		took, more := r.round()
		switch {
		case !more:
			return
		case took:
			pause = shortest
		default:
			time.Sleep(pause)
			pause = min(2*pause, longest)
		}
	}
}

// round takes a value for each target. It reports whether there was one, and
// whether there is more to do.
func (r *Sends) round() (took, more bool) {
	r.mu.Lock()
	targets := r.targets
	r.targets = nil
	r.mu.Unlock()
	var left []recall
	for _, t := range targets {
		if !t.waits() {
			continue
		}
		left = append(left, t)
		if r.take(t) {
			took = true
			runtime.Gosched() // let the sender have it back
		}
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets = append(r.targets, left...)
	if len(r.targets) > 0 {
		return took, true
	}
	if len(r.taken) > 0 && time.Since(r.changed) > strangers {
		for _, x := range r.taken {
			r.sendAgain(x)
		}
		r.taken = nil
	}
	if len(r.taken) > 0 {
		return took, true
	}
	r.active.Store(false)
	close(r.ended)
	return took, false
}

// take receives a value from t's channel, if a sender waits there.
func (r *Sends) take(t recall) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := reflect.New(t.elem).UnsafePointer()
	if _, received := goruntime.ChanRecv(t.ch, true, v); !received {
		return false // t's goroutine is about to wait, or the channel was closed
	}
	r.taken = append(r.taken, takenValue{t.ch, v, t.elem})
	r.changed = time.Now()
	return true
}

// Recalled reports whether *v, which was sent on ch, has been taken back.
func Recalled[T any](r *Sends, ch unsafe.Pointer, v *T) bool {
	return r.giveBack(ch, unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)))
}

// Has is [Recalled] for a value of so many bytes, where [Sends.Active] need not have been
// asked.
func (r *Sends) Has(ch, v unsafe.Pointer, size uintptr) bool {
	return r.active.Load() && r.giveBack(ch, unsafe.Slice((*byte)(v), size))
}

func (r *Sends) giveBack(ch unsafe.Pointer, v []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, x := range r.taken {
		if x.ch == ch && bytes.Equal(v, unsafe.Slice((*byte)(x.v), len(v))) {
			last := len(r.taken) - 1
			r.taken[i], r.taken[last] = r.taken[last], takenValue{}
			r.taken = r.taken[:last]
			r.changed = time.Now()
			return true
		}
	}
	return false
}

// sendAgain stands in for the compiled code that sent x, until somebody receives
// it or the session is closed. r.mu is held.
func (r *Sends) sendAgain(x takenValue) {
	sent := &x
	if r.resending == nil {
		r.resending = make(map[uintptr]struct{})
	}
	r.resending[uintptr(unsafe.Pointer(sent))] = struct{}{}
	go func() {
		goruntime.SetProfLabel(nil)
		defer func() {
			_ = recover() // the channel has been closed
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.resending, uintptr(unsafe.Pointer(sent)))
		}()
		goruntime.ChanSend(sent.ch, sent.v, false)
	}()
}

// Close receives what is still being sent again, and waits for its senders, at most for
// so long.
func (r *Sends) Close(most time.Duration) {
	for end := time.Now().Add(most); time.Now().Before(end) && r.receiveAll(); {
		time.Sleep(time.Millisecond)
	}
}

// receiveAll reports whether something was being sent.
func (r *Sends) receiveAll() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.resending {
		x := *(**takenValue)(unsafe.Pointer(&at)) // its sender needs r.mu to end
		goruntime.ChanRecv(x.ch, true, reflect.New(x.elem).UnsafePointer())
	}
	return len(r.resending) > 0
}
