package observe

import (
	"time"

	"github.com/gosched/gosched/kernel/sched"
)

// When a timer fires is not told: it shows in what a goroutine gets from it. That is
// when the record has it fire.

// notes keeps what is told of a timer or context, which is object i.
func (r *Recorder) notes(i int32, op *sched.Op, now int64) {
	switch op.Kind {
	case sched.OpTimer:
		r.objects[i].timer, r.objects[i].lasts = true, op.N
		r.r.Objects[i].Outside = true
	case sched.OpContext:
		x := &r.objects[i]
		if op.Parent != nil {
			x.parent = r.recorded(op.Parent.Recorded)
		}
		if op.N > 0 {
			// It was made a little earlier than it is told.
			x.due, x.lasts = now+op.N-min(op.N/2, int64(early)), op.N
		}
	}
}

// early is how much before its deadline a context may be taken to be over because of it.
const early = 10 * time.Millisecond

// fires adds that a timer has fired, if that is what op comes from, which goroutine g
// has done.
func (r *Recorder) fires(g int32, op *sched.Op, now int64) {
	switch op.Kind {
	case sched.OpSelect:
		if op.Chosen < 0 || op.Cases[op.Chosen].Send {
			return
		}
	case sched.OpReceive:
		if op.Message != nil {
			return
		}
	default:
		return
	}
	if op.Object == nil || r.lanes[g].fired >= 0 {
		return
	}
	i := r.recorded(op.Object.Recorded)
	if i < 0 {
		return
	}
	if r.objects[i].timer {
		r.lanes[g].fired = r.fire(i, now)
		return
	}
	// The deadline of a context, or of one that it comes from.
	for ; i >= 0; i = r.objects[i].parent {
		x := &r.objects[i]
		if x.closed >= 0 {
			return
		}
		if x.due > 0 && x.due <= now {
			x.closed = r.fire(i, now)
			return
		}
	}
}

func (r *Recorder) fire(object int32, now int64) int32 {
	e := entry{time: now, goroutine: Outside, kind: Fire, object: object, peer: -1, place: noPlace}
	r.log.saying(&e, time.Duration(r.objects[object].lasts).String())
	return r.add(&e)
}

// fromTimer reports whether it is told already that a timer has started goroutine g.
func (r *Recorder) fromTimer(g int32) bool {
	last := r.lanes[g].last
	return last >= 0 && r.log.at(last).kind == Fire
}
