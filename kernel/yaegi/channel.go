package yaegi

import (
	"fmt"
	"go/types"
	"reflect"

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

func (f *Frame) send(ch, v reflect.Value, site *sched.Site) {
	if ch.IsNil() {
		f.wait(&sched.Wait{Kind: wait.SendNil, Site: site}, nil)
	}
	if ch.TrySend(v) {
		return
	}
	f.wait(&sched.Wait{Kind: wait.Send, Object: ch.UnsafePointer(), Site: site},
		[]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: ch, Send: v}})
}

func (f *Frame) recv(ch reflect.Value, site *sched.Site) (v reflect.Value, ok bool) {
	if ch.IsNil() {
		f.wait(&sched.Wait{Kind: wait.ReceiveNil, Site: site}, nil)
	}
	if v, ok = ch.TryRecv(); v.IsValid() {
		return v, ok
	}
	_, v, ok = f.wait(&sched.Wait{Kind: wait.Receive, Object: ch.UnsafePointer(), Site: site},
		[]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}})
	return v, ok
}

// A communication is a case of a select statement.
type communication struct {
	send bool
	site *sched.Site
}

func (c *printer) selectStmt(i *ssa.Select) {
	var comms []communication
	var args []any
	for _, s := range i.States {
		comms = append(comms, communication{s.Dir == types.SendOnly, c.site(s.Chan)})
		args = append(args, opened{s.Chan})
		if s.Dir == types.SendOnly {
			args = append(args, s.Send)
		}
	}
	blocking := i.Blocking
	c.native(i, unique("select", i), func(f *Frame, in []reflect.Value) []reflect.Value {
		chosen, v, ok := f.choose(comms, in, blocking)
		res := []reflect.Value{reflect.ValueOf(chosen), reflect.ValueOf(ok)}
		for n, comm := range comms {
			switch {
			case comm.send:
			case n == chosen:
				res = append(res, v)
			default:
				res = append(res, reflect.Value{})
			}
		}
		return res
	}, args...)
}

// choose is a select statement. in has the channels, each before what is sent on
// it.
func (f *Frame) choose(comms []communication, in []reflect.Value, blocking bool) (chosen int, v reflect.Value, ok bool) {
	cases := make([]reflect.SelectCase, 0, len(comms)+2)
	w := &sched.Wait{Kind: wait.Select}
	for _, comm := range comms {
		ch := in[0]
		in = in[1:]
		sc := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch}
		if comm.send {
			sc.Dir, sc.Send = reflect.SelectSend, in[0]
			in = in[1:]
		}
		wc := sched.Case{Send: comm.send, Site: comm.site}
		if ch.IsNil() { // never ready
			sc.Chan, sc.Send = reflect.Value{}, reflect.Value{}
		} else {
			wc.Object = ch.UnsafePointer()
		}
		cases = append(cases, sc)
		w.Cases = append(w.Cases, wc)
	}
	chosen, v, ok = reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
	if chosen < len(cases) {
		return chosen, v, ok
	}
	if !blocking {
		return -1, v, false
	}
	if len(comms) == 0 {
		w.Kind = wait.SelectEmpty
	}
	return f.wait(w, cases)
}

// siteKey tells sites apart that need helpers of their own.
func siteKey(s *sched.Site) string {
	return fmt.Sprint(s.Name, s.Type, reflect.ValueOf(s.Element).Pointer())
}
