package engine

import (
	"context"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/testrun"
)

var benchCommand = command{
	name: "bench",
	usage: []usage{
		{"%bench", "run the benchmarks that this cell declares, or else those of the last cell that has any"},
		{"%bench REGEXP [-count N] [-benchtime D]", "run the benchmarks with such names, of all cells"},
		{"%bench NAME NAME…", "compare the benchmarks with these names"},
	},
	help: "Benchmarks are functions such as BenchmarkSum(b *testing.B) with a loop for b.Loop() { … }. Each is run in several rounds (-count, by default 6) of a tenth " +
		"of a second (-benchtime). The table has the median of the rounds and how far the values reach around it with 95 % confidence; of two benchmarks it says whether they differ.",
	examples: []string{"%bench", "%bench Sum -count 10", "%bench Concat Build"},
	last:     true,
	line: func(ctx context.Context, in *invocation) error {
		o, err := testOptions(in)
		if err != nil {
			return err
		}
		return in.bench(ctx, o)
	},
	complete: completeTests("Benchmark"),
}

// bench runs the benchmarks whose names are as o.Run has it.
func (in *invocation) bench(ctx context.Context, o testrun.Options) error {
	if o.Count == 0 {
		o.Count = 6
	}
	if o.BenchTime == "" {
		o.BenchTime = "100ms"
	}
	names := in.engine.testFunctions(in.run, o.Run, "Benchmark")
	if len(names) == 0 {
		return noneDeclared(o.Run, "benchmark", "func BenchmarkSum(b *testing.B) { for b.Loop() { … } }")
	}
	if o.Bench, o.Run = o.Run, ""; o.Bench == "" {
		o.Bench = "."
	}
	var mu sync.Mutex
	var results strings.Builder
	print := o.Print
	o.Print = func(line string) {
		switch {
		case strings.HasPrefix(line, "Benchmark"):
			mu.Lock()
			defer mu.Unlock()
			results.WriteString(line)
		case !strings.HasPrefix(line, "goos: ") && !strings.HasPrefix(line, "goarch: ") && !strings.HasPrefix(line, "pkg: ") && !strings.HasPrefix(line, "cpu: "):
			print(line)
		}
	}
	r, failure := in.engine.runSuite(ctx, in.run, names, o, nil)
	if failure != nil {
		return failure
	}
	if !r.OK {
		return testsFailed(r)
	}
	list, err := testrun.Benchmarks(results.String())
	if err != nil {
		return err
	}
	var table strings.Builder
	if err := testrun.WriteTable(&table, list); err != nil {
		return err
	}
	in.run.exec.Emit(session.Stream{Name: session.Stdout, Text: table.String()})
	return nil
}
