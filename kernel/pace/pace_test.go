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
	var p Pace
	p.Relax()
	if got := percent(); got <= 70 || got > mostPercent {
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
