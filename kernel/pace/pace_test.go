package pace

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// percent is what the runtime has now.
func percent() int {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}

func TestPace(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(70))
	runtime.GC() // what other tests have left
	var p Pace
	p.Relax()
	if got := percent(); got <= 70 || got > 100*room/smallest {
		t.Errorf("while relaxed it is %d", got)
	}
	p.Relax()
	p.End()
	if got := percent(); got != 70 {
		t.Errorf("after that it is %d", got)
	}
	p.End()

	p.Relax()
	if was := p.SetPercent(50); was != 70 {
		t.Errorf("a program finds %d", was)
	}
	p.End()
	if got := percent(); got != 50 {
		t.Errorf("what a program has set has become %d", got)
	}

	debug.SetGCPercent(-1)
	p.Relax()
	if got := percent(); got != -1 {
		t.Errorf("where none is collected, %d is set", got)
	}
	p.End()
	if got := percent(); got != -1 {
		t.Errorf("where none is collected, %d is set in the end", got)
	}
}

// The first collection is the end of it, whatever else goes on.
func TestFirstCollection(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(70))
	var p Pace
	p.Relax()
	runtime.GC()
	for range 100 {
		if percent() == 70 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("after a collection it is %d", percent())
}

// Where garbage comes fast while little is there, it is collected once 24 MB have been
// made, and a program knows nothing of that, and may have it otherwise.
func TestSpare(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(70))
	collect := func(what string, after time.Duration, ok func(int) bool) {
		t.Helper()
		for range 50 {
			time.Sleep(after)
			runtime.GC()
			for range 10 {
				if ok(percent()) {
					return
				}
				time.Sleep(time.Millisecond)
			}
		}
		t.Fatalf("%s it is %d", what, percent())
	}
	spared := func(got int) bool { return got > 70 && got <= 100*least/smallest }
	own := func(got int) bool { return got == 70 }
	var p Pace
	p.Spare()
	collect("where it comes fast", 0, spared)
	collect("where it does not", quick, own)
	much := make([]byte, 100<<20)
	collect("with much there", 0, own)
	runtime.KeepAlive(much)
	collect("with little there again", 0, spared)
	before := percent()
	p.Relax()
	if got := percent(); got <= before {
		t.Errorf("while relaxed it is %d", got)
	}
	p.End()
	collect("after that", 0, spared)

	if was := p.SetPercent(80); was != 70 {
		t.Errorf("a program finds %d", was)
	}
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	if got := percent(); got != 80 {
		t.Errorf("what a program has set has become %d", got)
	}
	if was := p.SetPercent(70); was != 80 {
		t.Errorf("a program finds %d of its own", was)
	}
}

// What somebody sets without asking stays.
func TestSpareEnds(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(70))
	var p Pace
	p.Spare()
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	debug.SetGCPercent(90)
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(quick)
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
	if got := percent(); got != 90 {
		t.Errorf("it is %d", got)
	}
}
