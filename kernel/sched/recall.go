package sched

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

// A recaller ends waits in plain sends. A plain ch <- v costs far less than one
// in a select that also watches the goroutine's stop channel, but nothing wakes
// it except a receiver. So the recaller receives: whoever has sent an equal value
// on that channel asks for it when it wakes, gets it, and either ends, if it is
// to stop, or sends once more. Which of two senders of equal values gets its own
// back makes no difference to anybody.
//
// Only sends on unbuffered channels are plain: a receiver gets those from the
// goroutine that waits, others from the channel's buffer.
type recaller struct {
	active atomic.Bool // whoever wakes from a plain send is to ask, see recalled

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
	g    *G
	seq  uint32 // of the wait
	ch   unsafe.Pointer
	elem reflect.Type // of ch
}

// A takenValue was received by a recaller, and nobody has asked for it yet.
type takenValue struct {
	ch, v unsafe.Pointer
	elem  reflect.Type
}

// strangers is how long a value may be taken before it is sent again, because
// it was sent by compiled code, which does not ask.
const strangers = 20 * time.Millisecond

// recall has g, which is to stop, woken if it waits in a plain send. g.mu is
// held.
func (r *recaller) recall(g *G) {
	if !g.inspect() {
		return // it looks at its flag before it waits
	}
	w := &g.private().wait
	t := recall{g: g, seq: g.seq, ch: w.Object}
	if w.Kind == KindSend && w.Site != nil {
		t.elem = w.Site.elem
	}
	g.inspectionEnds()
	if t.elem == nil || chanCap(t.ch) > 0 {
		return
	}
	if g.exec.s.known.bubbles && goruntime.InBubble(t.ch) {
		return // to receive from outside of a bubble would end the process
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets = append(r.targets, t)
	if !r.active.Swap(true) {
		r.ended = make(chan struct{})
		go r.run()
	}
}

// await waits until every goroutine that was to be recalled has been, so that
// nobody receives from one that was stopped before.
func (r *recaller) await() {
	if !r.active.Load() {
		return
	}
	r.mu.Lock()
	ended := r.ended
	r.mu.Unlock()
	select {
	case <-ended:
	case <-time.After(patience):
	}
}

// run takes values until every target has gone on and no value is left.
func (r *recaller) run() {
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
func (r *recaller) round() (took, more bool) {
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

// waits reports whether the wait has not ended yet.
func (t *recall) waits() bool {
	t.g.mu.Lock()
	defer t.g.mu.Unlock()
	if !t.g.inspect() {
		return false
	}
	defer t.g.inspectionEnds()
	return t.g.seq == t.seq
}

// take receives a value from t's channel, if a sender waits there.
func (r *recaller) take(t recall) bool {
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

// recalled reports whether *v, which was sent on ch, has been taken back.
func recalled[T any](r *recaller, ch unsafe.Pointer, v *T) bool {
	return r.giveBack(ch, unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)))
}

// has is recalled for a communication.
func (r *recaller) has(c *Comm) bool {
	return r.active.Load() && r.giveBack(c.Chan, unsafe.Slice((*byte)(c.Val), c.Size))
}

func (r *recaller) giveBack(ch unsafe.Pointer, v []byte) bool {
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
func (r *recaller) sendAgain(x takenValue) {
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

// close receives what is still being sent again, and waits for its senders.
func (r *recaller) close() {
	for end := time.Now().Add(patience); time.Now().Before(end) && r.receiveAll(); {
		time.Sleep(time.Millisecond)
	}
}

// receiveAll reports whether something was being sent.
func (r *recaller) receiveAll() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for at := range r.resending {
		x := *(**takenValue)(unsafe.Pointer(&at)) // its sender needs r.mu to end
		goruntime.ChanRecv(x.ch, true, reflect.New(x.elem).UnsafePointer())
	}
	return len(r.resending) > 0
}
