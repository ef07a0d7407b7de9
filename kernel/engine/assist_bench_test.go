//go:build unix

package engine

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// BenchmarkAssist is what completion and inspection take in a session of 200 cells while
// a cell runs: the median and the 99th of a hundred in milliseconds, and the time of the
// processor, its mean and the 99th of a hundred, which say the same on a machine that
// others use.
func BenchmarkAssist(b *testing.B) {
	nb := open(b)
	for i := range 199 {
		nb.run(fmt.Sprintf("type T%[1]d struct{ Name string; Size int }\nfunc (t T%[1]d) Twice() int { return 2 * t.Size }\nv%[1]d := T%[1]d{\"a\", %[1]d}\nfunc f%[1]d(n int) int { return v%[1]d.Twice() + n }\nf%[1]d(1)", i))
	}
	ended := make(chan bool)
	ctx, stop := context.WithCancel(b.Context())
	go func() {
		defer close(ended)
		nb.e.Execute(ctx, session.Cell{ID: "x", Number: 200, Source: "for {\n\ttime.Sleep(time.Millisecond)\n}"}, &transcript{})
	}()
	time.Sleep(200 * time.Millisecond)
	for _, ask := range []struct {
		name, source string
		inspect      bool
	}{
		{"members", "v150.", false}, {"names", "f1", false}, {"packages", "x := strings.", false}, {"within a call", "fmt.Println(f7(v3.", false},
		{"inspect a function", "f42(1)", true}, {"inspect a package", "strings.Fields", true},
	} {
		b.Run(ask.name, func(b *testing.B) {
			var took, worked []time.Duration
			before := processor(b)
			for b.Loop() {
				start, worker := time.Now(), processor(b)
				if ask.inspect {
					if r, err := nb.e.Inspect(b.Context(), ask.source, 3, 0); err != nil || !r.Found {
						b.Fatal(r, err)
					}
				} else if c, err := nb.e.Complete(b.Context(), ask.source, len(ask.source)); err != nil || len(c.Matches) == 0 {
					b.Fatal(c, err)
				}
				took, worked = append(took, time.Since(start)), append(worked, processor(b)-worker)
			}
			b.ReportMetric(float64((processor(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			slices.Sort(took)
			slices.Sort(worked)
			b.ReportMetric(float64(worked[len(worked)*99/100].Microseconds())/1000, "p99-cpu-ms")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
	stop()
	<-ended
}

// processor is the time of the processor that this process has taken.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPanelProcessor is the time of the processor that one question of a panel
// takes in a session with a hundred goroutines that wait and two hundred variables. The
// panel asks once a second, so that 10 ms are one part in a hundred.
func BenchmarkPanelProcessor(b *testing.B) {
	nb := open(b)
	for i := range 100 {
		nb.run(fmt.Sprintf("v%[1]d, m%[1]d := %[1]d, map[string]int{\"a\": 1}", i))
	}
	nb.run("for range 100 {\n\tgo func() { <-make(chan int) }()\n}")
	if list, err := nb.e.Comm(b.Context(), session.Comm{Kind: session.CommOpen, ID: "panel", Target: panelTarget, Data: []byte(`{"version":1}`)}); err != nil || len(list) > 0 {
		b.Fatal(list, err)
	}
	before := processor(b)
	for b.Loop() {
		if answers, err := nb.e.Comm(b.Context(), session.Comm{Kind: session.CommMessage, ID: "panel", Data: []byte(`{"method":"state"}`)}); err != nil || len(answers) != 1 {
			b.Fatal(answers, err)
		}
	}
	b.ReportMetric(float64((processor(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}
