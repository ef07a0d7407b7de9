package standin

import (
	"iter"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

// Channel operations by way of package reflect wait as those of statements do:
// where the scheduler sees it, and so that they can be stopped. What would panic
// is left to package reflect, which has the words for it.

// reflectTable lists the stand-ins for channel operations of package reflect.
func reflectTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"(reflect.Value).Recv": fn1x2(reflectRecv),
		"(reflect.Value).Send": fn2x0(reflectSend),
		"(reflect.Value).Seq":  fn1x1(reflectSeq),
		"reflect.Select":       fn1x3(reflectSelect),
	}
}

// canDo reports whether v is a channel on which a communication in direction d
// does not panic for what v is.
func canDo(v reflect.Value, d reflect.ChanDir) bool {
	return v.Kind() == reflect.Chan && v.CanInterface() && v.Type().ChanDir()&d != 0
}

func reflectRecv(t *frame.Thread, v reflect.Value) (reflect.Value, bool) {
	if !canDo(v, reflect.RecvDir) {
		return v.Recv()
	}
	p := reflect.New(v.Type().Elem())
	ok := sched.Communicate(t.G, sched.Comm{Chan: v.UnsafePointer(), Val: p.UnsafePointer(), Site: chanSite(t, v)}, t.At())
	return received(p), ok
}

// received is the value at p as package reflect returns it: it cannot be set.
func received(p reflect.Value) reflect.Value { return p.Elem().Convert(p.Type().Elem()) }

func reflectSend(t *frame.Thread, v, x reflect.Value) {
	if !canDo(v, reflect.SendDir) {
		v.Send(x)
		return
	}
	if v.TrySend(x) { // which panics where Send would
		return
	}
	p := reflect.New(v.Type().Elem())
	p.Elem().Set(x)
	sched.Communicate(t.G, sched.Comm{
		Send: true, Chan: v.UnsafePointer(), Val: p.UnsafePointer(), Size: p.Type().Elem().Size(), Site: chanSite(t, v),
	}, t.At())
}

// reflectSeq is v.Seq(), which receives where v is a channel.
func reflectSeq(t *frame.Thread, v reflect.Value) iter.Seq[reflect.Value] {
	if !canDo(v, reflect.RecvDir) {
		return v.Seq()
	}
	m := t.World
	return func(yield func(reflect.Value) bool) {
		for {
			var x reflect.Value
			var ok bool
			m.Run(nil, func(t *frame.Thread) { x, ok = reflectRecv(t, v) })
			if !ok || !yield(x) {
				return
			}
		}
	}
}

// maxSelect is how many cases package reflect allows.
const maxSelect = 1 << 16

func reflectSelect(t *frame.Thread, cases []reflect.SelectCase) (int, reflect.Value, bool) {
	for i := range cases {
		if cases[i].Dir == reflect.SelectDefault {
			return reflect.Select(cases)
		}
	}
	if len(cases) >= maxSelect {
		return reflect.Select(cases)
	}
	// With a default this does not wait, and panics for what is wrong with cases.
	with := append(cases[:len(cases):len(cases)], reflect.SelectCase{Dir: reflect.SelectDefault})
	if chosen, v, ok := reflect.Select(with); chosen < len(cases) {
		return chosen, v, ok
	}
	comms := make([]sched.Comm, len(cases))
	values := make([]reflect.Value, len(cases))
	for i, c := range cases {
		comms[i].Send = c.Dir == reflect.SelectSend
		if !c.Chan.IsValid() {
			continue
		}
		p := reflect.New(c.Chan.Type().Elem())
		if comms[i].Send {
			p.Elem().Set(c.Send)
		}
		values[i] = p
		comms[i].Chan, comms[i].Val, comms[i].Size = c.Chan.UnsafePointer(), p.UnsafePointer(), p.Type().Elem().Size()
		comms[i].Site = siteOf("", c.Chan.Type().String())
	}
	chosen, ok := sched.Select(t.G, comms, true, t.At())
	if comms[chosen].Send {
		return chosen, reflect.Value{}, false
	}
	return chosen, received(values[chosen]), ok
}

// chanSite is the site of the running operation on v, with the channel's type.
func chanSite(t *frame.Thread, v reflect.Value) *sched.Site {
	name := ""
	if t.Site != nil {
		name = t.Site.Name
	}
	return siteOf(name, v.Type().String())
}

// Reflected is what a reflect.Value was made of in the same expression, or v.
func Reflected(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return v
	}
	fn := call.Call.StaticCallee()
	if fn == nil || fn.String() != "reflect.ValueOf" {
		return v
	}
	if x, ok := call.Call.Args[0].(*ssa.MakeInterface); ok {
		return x.X
	}
	return v
}
