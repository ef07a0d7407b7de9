package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// site describes what an operation works on, for reports.
func (c *printer) site(v ssa.Value) *sched.Site {
	return &sched.Site{Name: c.operands.Of(v), Type: operand.Type(v)}
}

// wait waits for one of the communications in cases, or unwinds the goroutine if
// it is to stop. w says what for.
func (f *Frame) wait(w *sched.Wait, cases []reflect.SelectCase) (chosen int, v reflect.Value, ok bool) {
	g := f.t.g
	w.At = f
	stop := g.Block(w)
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)})
	chosen, v, ok = reflect.Select(cases) // where a send panics, PanicBegins unblocks g
	g.Unblock()
	if chosen == len(cases)-1 {
		f.t.unwind()
	}
	return chosen, v, ok
}

// waitFor is a wait for one communication, of that kind or, with a nil channel, the other.
func (f *Frame) waitFor(c reflect.SelectCase, kind, ofNil wait.Kind, site *sched.Site) (v reflect.Value, ok bool) {
	if c.Chan.IsNil() {
		kind = ofNil
	}
	_, v, ok = f.wait(&sched.Wait{Kind: kind, Object: c.Chan.UnsafePointer(), Site: site}, []reflect.SelectCase{c})
	return v, ok
}

func (f *Frame) send(ch, v reflect.Value, site *sched.Site) {
	if !ch.TrySend(v) {
		f.waitFor(reflect.SelectCase{Dir: reflect.SelectSend, Chan: ch, Send: v}, wait.Send, wait.SendNil, site)
	}
}

func (f *Frame) recv(ch reflect.Value, site *sched.Site) (v reflect.Value, ok bool) {
	if v, ok = ch.TryRecv(); v.IsValid() {
		return v, ok
	}
	return f.waitFor(reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch}, wait.Receive, wait.ReceiveNil, site)
}

func (c *printer) selectStmt(i *ssa.Select) {
	var comms []sched.Case
	var args []ssa.Value // the channels, each before what is sent on it
	for _, s := range i.States {
		comms = append(comms, sched.Case{Send: s.Dir == types.SendOnly, Site: c.site(s.Chan)})
		args = append(args, opened{s.Chan})
		if s.Dir == types.SendOnly {
			args = append(args, s.Send)
		}
	}
	c.native(i, fmt.Sprintf("select %p", i), func(f *Frame, in values) values {
		cases := make([]reflect.SelectCase, 0, len(comms)+1)
		for _, comm := range comms {
			sc := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: in[0]}
			if in = in[1:]; comm.Send {
				sc.Dir, sc.Send, in = reflect.SelectSend, in[0], in[1:]
			}
			cases = append(cases, sc)
		}
		chosen, v, ok := reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
		switch waits := chosen == len(cases); {
		case waits && i.Blocking:
			w := &sched.Wait{Kind: wait.Select, Cases: slices.Clone(comms)}
			if len(cases) == 0 {
				w.Kind = wait.SelectEmpty
			}
			for n, c := range cases {
				w.Cases[n].Object = c.Chan.UnsafePointer()
			}
			chosen, v, ok = f.wait(w, cases)
		case waits:
			chosen = -1
		}
		res := values{reflect.ValueOf(chosen), reflect.ValueOf(ok)}
		for n, comm := range comms {
			if n == chosen && !comm.Send {
				res = append(res, v)
			} else if !comm.Send {
				res = append(res, reflect.Value{})
			}
		}
		return res
	}, args...)
}
