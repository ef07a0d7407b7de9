// Package bench measures the programs of testdata/ in the engine, in this
// process, so that a profile shows where time goes:
//
//	go test ./bench -run - -bench Program/goroutines -cpuprofile cpu.prof
//
// The metric cpu-ms/op is processor time, which other load disturbs least.
// The comparison with native Go, plain yaegi and ipykernel is bench.py.
package bench
