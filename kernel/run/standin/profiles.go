package standin

import (
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

// What a program asks about all goroutines is answered with the session's: the
// engine has goroutines of its own, which a program run by itself would not
// find.

// profilesTable lists the stand-ins for functions that count or list goroutines, or
// see what is set for the engine's sake.
func profilesTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"runtime/debug.SetGCPercent": fn1x1(func(t *frame.Thread, percent int) int { return t.World.Pace.SetPercent(percent) }),
		"runtime/metrics.Read": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			samples := arg[[]metrics.Sample](args[0])
			metrics.Read(samples)
			withoutOurs(t, samples)
		},
		"(*runtime/pprof.Profile).Count": func(t *frame.Thread, args, res []unsafe.Pointer) {
			p := arg[*pprof.Profile](args[0])
			if isGoroutines(p) {
				set(res, 0, t.G.Scheduler().Count())
				return
			}
			set(res, 0, p.Count())
		},
		"(*runtime/pprof.Profile).WriteTo": func(t *frame.Thread, args, res []unsafe.Pointer) {
			p, w, debug := arg[*pprof.Profile](args[0]), arg[io.Writer](args[1]), arg[int](args[2])
			var err error
			switch {
			case p != nil && p.Name() == "goroutineleak":
				err = sched.WriteLeakProfile(p, w, debug)
			case !isGoroutines(p) || debug <= 0:
				err = p.WriteTo(w, debug)
			case debug == 1:
				_, err = io.WriteString(w, goroutineProfile(t))
			default:
				_, err = io.WriteString(w, t.Stack(true))
			}
			set(res, 0, err)
		},
	}
}

func isGoroutines(p *pprof.Profile) bool { return p != nil && p.Name() == "goroutine" }

// withoutOurs takes the engine's goroutines, which wait, out of counts.
func withoutOurs(t *frame.Thread, samples []metrics.Sample) {
	for i := range samples {
		s := &samples[i]
		switch s.Name {
		case "/sched/goroutines:goroutines", "/sched/goroutines/waiting:goroutines":
			ours := uint64(max(0, runtime.NumGoroutine()-t.G.Scheduler().Count()))
			if n := s.Value.Uint64(); n >= ours {
				*countOf(&s.Value) = n - ours
			}
		}
	}
}

// countOf is the number inside a metric's value of kind uint64, which only the
// runtime can make.
func countOf(v *metrics.Value) *uint64 {
	type value struct {
		kind    metrics.ValueKind
		scalar  uint64
		pointer unsafe.Pointer
	}
	var scratch uint64
	if unsafe.Sizeof(value{}) != unsafe.Sizeof(*v) || (*value)(unsafe.Pointer(v)).scalar != v.Uint64() {
		return &scratch // laid out in another way: the count stays as it is
	}
	return &(*value)(unsafe.Pointer(v)).scalar
}

// goroutineProfile is the goroutine profile as text: how many goroutines are at
// each place.
func goroutineProfile(t *frame.Thread) string {
	counts := map[string]int{}
	var order []string
	add := func(stack string) {
		if counts[stack] == 0 {
			order = append(order, stack)
		}
		counts[stack]++
	}
	total := 0
	for _, in := range t.G.Scheduler().List() {
		var b strings.Builder
		places := in.At
		if in.Number == t.G.Number() {
			places = t.Cur.Places(frame.MaxStack)
		} else if len(places) == 0 {
			places = append(places, in.Start)
		}
		for _, p := range places {
			fmt.Fprintf(&b, "#\t%s\t%s\n", p.Func, p.Where())
		}
		add(b.String())
		total++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine profile: total %d\n", total)
	for _, stack := range order {
		fmt.Fprintf(&b, "%d @\n%s\n", counts[stack], stack)
	}
	return b.String()
}
