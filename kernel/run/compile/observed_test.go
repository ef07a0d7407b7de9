package compile_test

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
)

// What is told changes nothing.
func TestObservedFamilies(t *testing.T) {
	for _, tt := range snippet.Families {
		t.Run(tt.Name, func(t *testing.T) {
			s := compiled(t, tt.Src)
			r := s.RunObserved("f", &sched.Observation{Detector: new(snippet.Tape)})
			if r.Printed != tt.Want || !strings.Contains(r.Failed(), tt.Panics) || (r.Failed() == "") != (tt.Panics == "") {
				t.Errorf("observed: printed %q, want %q; ended with %q, want %q", r.Printed, tt.Want, r.Failed(), tt.Panics)
			}
			s = compiled(t, tt.Src)
			r = s.RunControlled("f", new(control.Fair), nil)
			if r.Printed != tt.Want || !strings.Contains(r.Failed(), tt.Panics) || (r.Failed() == "") != (tt.Panics == "") {
				t.Errorf("controlled: printed %q, want %q; ended with %q, want %q", r.Printed, tt.Want, r.Failed(), tt.Panics)
			}
		})
	}
}

func TestObservedPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("runs many programs, which takes long under the race detector")
	}
	for _, p := range snippet.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			if got := compiled(t, p.Src).RunObserved("main", &sched.Observation{Detector: new(snippet.Tape)}).Golden(); !p.Is(got) {
				t.Errorf("printed\n%s\nwant\n%s", got, p.Want)
			}
		})
	}
}

// Nor does machine code, where there is any.
func TestMachineCodePrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("runs many programs, which takes long under the race detector")
	}
	if !goruntime.MachineKnown {
		t.Skip("there is no machine code here")
	}
	for _, p := range snippet.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			if got := compiledWith(t, p.Src, "always").Run("main").Golden(); !p.Is(got) {
				t.Errorf("printed\n%s\nwant\n%s", got, p.Want)
			}
		})
	}
	for _, tt := range snippet.Families {
		t.Run(tt.Name, func(t *testing.T) {
			r := compiledWith(t, tt.Src, "always").Run("f")
			if r.Printed != tt.Want || !strings.Contains(r.Failed(), tt.Panics) {
				t.Errorf("printed %q, want %q; ended with %q, want %q", r.Printed, tt.Want, r.Failed(), tt.Panics)
			}
		})
	}
}
