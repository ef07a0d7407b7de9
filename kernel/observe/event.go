package observe

import (
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// communicates reports whether a wait is for a communication, which is told when it is
// over.
func communicates(k wait.Kind) bool {
	return k == wait.Send || k == wait.Receive || k == wait.Select
}

// stillWaits reports whether the goroutine was only let go on to wait for the same
// again, as one is whose turn it is under a schedule. Otherwise it adds that it has
// gone on.
func (r *Recorder) stillWaits(g int32, op *sched.Op, now int64) bool {
	if r.lanes[g].woken.kind != Unblock {
		return false
	}
	if op.Kind == sched.OpBlock && r.waitsOn(g, op.Wait.Kind, r.object(op)) {
		return true
	}
	r.goesOn(g, now)
	return false
}

// waitsOn is stillWaits for a wait of a kind for an object, which begins.
func (r *Recorder) waitsOn(g int32, kind wait.Kind, object int32) bool {
	w := &r.lanes[g].woken
	if w.kind != Unblock || w.wait != kind || w.object != object {
		return false
	}
	*w = entry{}
	return true
}

// goesOn adds that goroutine g goes on, if it has been woken.
func (r *Recorder) goesOn(g int32, now int64) {
	w := &r.lanes[g].woken
	if w.kind != Unblock {
		return
	}
	e := *w
	*w = entry{}
	e.time, e.wait = now, wait.None
	r.add(&e)
}

// repeats reports whether the goroutine does once more what it has just done, and
// still nothing has come of it: it polls.
func (r *Recorder) repeats(e *entry) bool {
	if e.kind != Load && e.kind != Choose {
		return false
	}
	last := r.lanes[e.goroutine].last
	if last < 0 {
		return false
	}
	l := r.log.at(last)
	return l.kind == e.kind && l.object == e.object && l.place == e.place &&
		(e.kind == Load || r.log.textOf(e) == byDefault && r.log.textOf(l) == byDefault)
}

// works completes the event of an operation on an object. It reports false for what
// is not recorded.
func (r *Recorder) works(e *entry, op *sched.Op) bool {
	var x object
	if e.object >= 0 {
		x = r.objects[e.object]
	}
	last := r.lanes[e.goroutine].unblock
	waited := last >= 0 && r.log.at(last).object == e.object
	// handed is what let a goroutine go on that has waited for the object.
	handed := func(by int32) {
		if waited {
			e.peer = by
		}
	}
	switch op.Kind {
	case sched.OpBlock:
		e.kind, e.wait = Block, op.Wait.Kind
	case sched.OpUnblock:
		e.kind = Unblock
	case sched.OpSend:
		e.kind = Send
		r.value(e, op)
	case sched.OpReceive:
		r.receive(e, op, x)
	case sched.OpClose:
		e.kind = Close
	case sched.OpLock, sched.OpRLock:
		if op.Try && !op.OK {
			return false
		}
		e.kind = Lock
		if op.Kind == sched.OpRLock {
			e.kind = RLock
		}
		handed(x.unlock)
	case sched.OpUnlock:
		e.kind = Unlock
	case sched.OpRUnlock:
		e.kind = RUnlock
	case sched.OpAdd:
		if e.kind = Add; op.N == -1 {
			e.kind = Done
		} else {
			r.log.saying(e, signed(op.N))
		}
	case sched.OpWait:
		e.kind = WaitDone
		handed(x.done)
	case sched.OpCondWait:
		e.kind = CondWait
		e.peer = x.signal
	case sched.OpSignal:
		if e.kind = Signal; op.N < 0 {
			r.log.saying(e, "all")
		}
	case sched.OpOnce:
		e.kind = OnceDo
		handed(x.done)
	case sched.OpCancel:
		e.kind = Cancel
	case sched.OpLoad, sched.OpAtomicLoad:
		e.kind = Load
	case sched.OpStore, sched.OpAtomicStore, sched.OpAtomicUpdate:
		e.kind = Store
	default:
		return false
	}
	return true
}

func (r *Recorder) receive(e *entry, op *sched.Op, x object) {
	e.kind = Receive
	m := op.Message
	fired := &r.lanes[e.goroutine].fired
	defer func() { *fired = -1 }()
	switch {
	case m == nil && !op.OK:
		e.kind, e.peer = ReceiveClosed, r.closedBy(x)
	case m == nil:
		e.peer = *fired
		r.value(e, op)
	default:
		if e.peer = r.recorded(m.Recorded); e.peer >= 0 {
			s := r.log.at(e.peer)
			e.text, e.length = s.text, s.length
		} else {
			r.value(e, op)
		}
	}
}

// closedBy is the event that has closed a channel, which may be that of a context
// that ended because the one did from which it comes.
func (r *Recorder) closedBy(x object) int32 {
	for x.closed < 0 && x.parent >= 0 {
		x = r.objects[x.parent]
	}
	return x.closed
}

func (r *Recorder) value(e *entry, op *sched.Op) {
	if op.Value == nil || op.Site == nil {
		return
	}
	r.log.say(e, func(b []byte) []byte { return appendText(b, op.Site.Elem(), op.Value) })
}

// after notes event i, of a kind and on an object, for those that come later.
func (r *Recorder) after(i int32, kind EventKind, object int32, op *sched.Op) {
	if i < 0 {
		return
	}
	switch kind {
	case Send:
		if m := op.Message; m != nil {
			m.Recorded = r.slot(i)
			// A sender that waited for room in the buffer went on because of a receive.
			if w := r.lanes[r.log.at(i).goroutine].waited; w >= 0 && m.Room != nil && m.Room != m {
				r.log.at(w).peer = r.recorded(m.Room.Recorded)
			}
		}
	case Receive:
		if m := op.Message; m != nil {
			if m.Room == m && m.Sender != nil {
				if s := r.recorded(m.Sender.Slots().Recorded); s >= 0 && r.lanes[s].waited >= 0 {
					r.log.at(r.lanes[s].waited).peer = i
				}
			}
			m.Recorded = r.slot(i)
		}
	case Close, Cancel:
		r.objects[object].closed = i
	case Unlock, RUnlock:
		r.objects[object].unlock = i
	case Done, Add:
		r.objects[object].done = i
	case OnceDo:
		if op.OK {
			r.objects[object].done = i
		}
	case Signal:
		r.objects[object].signal = i
	}
}

const byDefault = "default"

// caseText is the case that a select has chosen.
func caseText(op *sched.Op) string {
	if op.Chosen < 0 {
		return byDefault
	}
	c := &op.Cases[op.Chosen]
	name := c.Site.NameOf(op.At, c.Chan)
	if name == "" && c.Site != nil {
		name = c.Site.Type
	}
	if c.Send {
		return name + " <-"
	}
	return "<-" + name
}
