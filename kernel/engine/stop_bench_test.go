package engine

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkInterrupt says how long it takes from an interrupt by another process
// until the cell is over and idle: the median and the 99th percentile.
func BenchmarkInterrupt(b *testing.B) {
	const setup = `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
never := make(chan int)
pr, pw := io.Pipe()
fr, fw, _ := os.Pipe()
ln, _ := net.Listen("tcp", "127.0.0.1:0")
many := func(n int, f func()) { for range n { go f() }; select {} }
awake := time.AfterFunc(time.Hour, func() {})`
	for _, c := range []struct{ name, src string }{
		{"loop", "for {}"},
		{"recursion", "fib(90)"},
		{"channel", "<-never"},
		{"callback", "sort.Slice(make([]int, 10), func(i, j int) bool { return fib(90) > 0 })"},
		{"reflect", "reflect.ValueOf(never).Recv()"},
		{"io.Pipe", "bufio.NewScanner(pr).Scan()"},
		{"os.Pipe", "io.ReadAll(fr)"},
		{"exec", "exec.Command(\"sleep\", \"100\").Output()"},
		{"accept", "ln.Accept()"},
		{"200-loops", "many(200, func() { for {} })"},
		{"200-calls", "many(200, func() { fib(90) })"},
		{"200-selects", "many(200, func() { for { select { case <-never: default: } } })"},
		{"5000-loops", "many(5000, func() { for {} })"},
	} {
		b.Run(c.name, func(b *testing.B) {
			nb, f := open(b), newFinger(b)
			nb.run(setup)
			var took []time.Duration
			for b.Loop() {
				_, d := nb.interruptBy(b, c.src, f.press(30*time.Millisecond))
				took = append(took, d)
			}
			slices.Sort(took)
			ms := func(part float64) float64 {
				return float64(took[int(part*float64(len(took)-1))]) / float64(time.Millisecond)
			}
			b.ReportMetric(ms(0.5), "p50-ms")
			b.ReportMetric(ms(0.99), "p99-ms")
			b.ReportMetric(0, "ns/op") // which counts the time before the interrupt
		})
	}
}
