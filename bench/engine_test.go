//go:build unix

package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

// discard is a front end that takes everything and answers nothing.
type discard struct{}

func (discard) Emit(session.Event) {}

func (discard) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// run returns a function that runs cells in a new session.
func run(tb testing.TB) func(source string) {
	e, err := engine.New()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close() })
	number := 0
	return func(source string) {
		tb.Helper()
		number++
		r := e.Execute(context.Background(), session.Cell{Number: number, Source: source}, discard{})
		if r.Failure != nil {
			tb.Fatal(strings.Join(r.Failure.Traceback, "\n"))
		}
	}
}

// processorTime is the time in ns that all threads of this process have run.
func processorTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func programs(tb testing.TB) map[string]string {
	files, err := filepath.Glob("testdata/*.go")
	if err != nil || len(files) == 0 {
		tb.Fatal("no programs: ", err)
	}
	sources := map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		sources[strings.TrimSuffix(filepath.Base(file), ".go")] = string(source)
	}
	return sources
}

func BenchmarkProgram(b *testing.B) {
	for name, source := range programs(b) {
		b.Run(name, func(b *testing.B) {
			cell := run(b)
			cell(source)
			start := processorTime()
			for b.Loop() {
				cell("main()")
			}
			b.ReportMetric(float64(processorTime()-start)/1e6/float64(b.N), "cpu-ms/op")
		})
	}
}

func BenchmarkList100kGoroutines(b *testing.B) {
	cell := run(b)
	cell(`stop := make(chan bool)
var started sync.WaitGroup
started.Add(100_000)
for range 100_000 {
	go func() { started.Done(); <-stop }()
}
started.Wait()`)
	start := processorTime()
	for b.Loop() {
		cell("%goroutines")
	}
	b.ReportMetric(float64(processorTime()-start)/1e6/float64(b.N), "cpu-ms/op")
	cell("close(stop)")
}

// The cost of a cell must not grow with those before it, whether it is another
// one or the same again.
func BenchmarkNthCell(b *testing.B) {
	for name, source := range map[string]func(i int) string{
		"new": func(i int) string {
			return fmt.Sprintf("v%d := %d\nfunc f%d() int { return v%d + 1 }\nfmt.Println(f%d())\nv%d", i, i, i, max(0, i-1), i, i)
		},
		"again": func(int) string {
			return `type T struct{ n int }
func (t T) String() string { return fmt.Sprint(t.n) }
func sum(ts []T) (n int) { for _, t := range ts { n += t.n }; return n }
ts := []T{{1}, {2}}
sum(ts)`
		},
	} {
		for _, nth := range []int{10, 1000} {
			b.Run(name+"/"+strconv.Itoa(nth), func(b *testing.B) {
				cell := run(b)
				for i := range nth {
					cell(source(i))
				}
				next, start := nth, processorTime()
				for b.Loop() {
					cell(source(next))
					next++
				}
				b.ReportMetric(float64(processorTime()-start)/1e6/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// Every program checks its own result.
func TestPrograms(t *testing.T) {
	for name, source := range programs(t) {
		t.Run(name, func(t *testing.T) { run(t)(source) })
	}
}
