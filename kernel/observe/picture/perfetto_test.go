package picture

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// The trace has a named lane for each goroutine, slices that follow each other,
// and for each flow its two ends inside of slices.
func TestPerfetto(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			r := record()
			if err := Perfetto(&b, r); err != nil {
				t.Fatal(err)
			}
			var trace struct{ TraceEvents []traceEvent }
			if err := json.Unmarshal(b.Bytes(), &trace); err != nil {
				t.Fatal(err)
			}
			names, last := map[int]string{}, map[int]float64{}
			begun, ended := map[int]float64{}, map[int]bool{}
			for _, e := range trace.TraceEvents {
				switch e.Phase {
				case "M":
					if e.Name == "thread_name" {
						names[e.TID] = e.Args.Name
					}
				case "X":
					if e.Time < last[e.TID]-1e-6 {
						t.Errorf("a slice of %s begins at %g, in the one before", names[e.TID], e.Time)
					}
					last[e.TID] = e.Time + *e.Dur
				case "s":
					begun[e.ID] = e.Time
				case "f":
					ended[e.ID] = true
					if at, ok := begun[e.ID]; !ok || at > e.Time {
						t.Errorf("flow %d ends at %g and begins at %g", e.ID, e.Time, at)
					}
				case "i":
				default:
					t.Errorf("phase %q", e.Phase)
				}
			}
			if len(begun) != len(ended) {
				t.Errorf("%d flows begin, %d end", len(begun), len(ended))
			}
			if len(names) < len(r.Goroutines) {
				t.Errorf("%d lanes for %d goroutines", len(names), len(r.Goroutines))
			}
			if name == "pingpong" && len(begun) != 3 { // a go statement and two messages
				t.Errorf("%d flows", len(begun))
			}
		})
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestPerfettoTellsOfErrors(t *testing.T) {
	if err := Perfetto(brokenWriter{}, crowd(100, 2000)); err == nil {
		t.Error("no error")
	}
}

// Records in one file are processes, in the order of time, and their arrows do not
// mix.
func TestPerfettoOfSeveral(t *testing.T) {
	first, second := samples["pingpong"](), samples["pingpong"]()
	second.Start = first.Start.Add(time.Second)
	var b bytes.Buffer
	if err := Perfetto(&b, first, second); err != nil {
		t.Fatal(err)
	}
	var trace struct{ TraceEvents []traceEvent }
	if err := json.Unmarshal(b.Bytes(), &trace); err != nil {
		t.Fatal(err)
	}
	process := map[int]int{} // of a flow
	for _, e := range trace.TraceEvents {
		switch {
		case e.PID != 1 && e.PID != 2:
			t.Errorf("process %d", e.PID)
		case e.PID == 2 && e.Phase != "M" && e.Time < 1e6:
			t.Errorf("%q of the second is at %g", e.Name, e.Time)
		}
		if e.ID > 0 {
			if p, ok := process[e.ID]; ok && p != e.PID {
				t.Errorf("flow %d is of both", e.ID)
			}
			process[e.ID] = e.PID
		}
	}
	if len(process) != 6 {
		t.Errorf("%d flows", len(process))
	}
}
