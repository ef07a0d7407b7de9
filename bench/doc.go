// Package bench measures the programs of testdata/ in the engine, in this
// process, so that a profile shows where time goes:
//
//	go test ./bench -run - -bench Program/goroutines -cpuprofile cpu.prof
//
// The metric cpu-ms/op is processor time, which other load disturbs least.
// BenchmarkModule measures what the first session of a module takes, and the second
// one, each in a process of its own: for an import, and with a call. It downloads the
// modules.
//
//	go test ./bench -run - -bench Module -benchtime 15x
//
// With GOSCHED_BENCH_PROFILE=/tmp/p each second session writes a profile, to a file
// whose name begins like that; go tool pprof adds them up.
//
// The comparison with native Go, plain yaegi and ipykernel is bench.py.
package bench
