package observe

import (
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

var _ sched.PassingObserver = (*Recorder)(nil)

// Blocks implements [sched.PassingObserver].
func (r *Recorder) Blocks(g *sched.G, x *sched.Object, kind wait.Kind, site *sched.Site, at sched.Stack, time int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	now, i := r.when(time), r.goroutine(g)
	switch {
	case r.lanes[i].stuck:
		return
	case r.full():
		r.r.Dropped++
		return
	}
	e := entry{time: now, goroutine: i, kind: Block, wait: kind, object: r.objectAt(x, site, at), peer: -1, place: r.placeAt(site, at)}
	if r.waitsOn(i, kind, e.object) {
		return
	}
	r.goesOn(i, now)
	r.add(&e)
	if r.config.Changed != nil {
		r.config.Changed()
	}
}

// Passed implements [sched.PassingObserver]: it does for both ends of a message what
// Did would, in one go.
func (r *Recorder) Passed(p *sched.Passing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	known := int32(len(r.lanes))
	now := r.when(p.Time)
	from, to := r.goroutine(p.Sender), r.goroutine(p.To)
	if r.lanes[from].stuck || r.lanes[to].stuck {
		return
	}
	const events = 3
	if int(r.log.n)+events > r.config.Max {
		r.r.Dropped += events
		return
	}
	r.goesOn(from, now)
	r.goesOn(to, now)
	object := r.objectAt(p.Object, p.SendSite, p.SendAt)
	if r.r.Objects[object].Name == "" {
		r.objectAt(p.Object, p.Got, p.GotAt)
	}
	send := entry{time: now, goroutine: from, kind: Send, object: object, peer: -1, place: r.placeAt(p.SendSite, p.SendAt)}
	receive := entry{time: now, goroutine: to, kind: Receive, object: object, peer: -1, place: r.placeAt(p.Got, p.GotAt)}
	if p.Value != nil && p.SendSite != nil {
		r.log.say(&send, func(b []byte) []byte { return appendText(b, p.SendSite.Elem(), p.Value) })
		receive.text, receive.length = send.text, send.length
	}
	if p.SenderWaits {
		unblock := r.unblocks(&send, known, wait.Send)
		receive.peer = r.add(&send)
		i := r.add(&receive)
		r.log.at(unblock).peer = i
		p.Message.Recorded = r.slot(i)
	} else {
		receive.peer = r.add(&send)
		r.unblocks(&receive, known, wait.Receive)
		p.Message.Recorded = r.slot(r.add(&receive))
	}
	if r.config.Changed != nil {
		r.config.Changed()
	}
}

// unblocks adds that the goroutine of e, which has waited for a kind, goes on with
// that. Goroutines from known on are new to the record.
func (r *Recorder) unblocks(e *entry, known int32, kind wait.Kind) int32 {
	u := *e
	u.length, u.peer = 0, -1
	if e.goroutine >= known { // it has waited since before the record began
		u.kind, u.wait = Block, kind
		r.add(&u)
		u.wait = wait.None
	}
	u.kind = Unblock
	return r.add(&u)
}
