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
func fibs[T int | float64](n T) T { if n < 2 { return n }; return fibs(n-1) + fibs(n-2) }
type counter interface{ down(n int) int }
type step struct{}
func (s *step) count(n int) int { if n == 0 { return 1 }; return s.count(n-1) + s.count(n-1) }
func (s step) down(n int) int { var c counter = s; if n == 0 { return 1 }; return c.down(n-1) + c.down(n-1) }
func even(n int) bool { if n == 0 { return true }; return odd(n-1) && odd(n-1) }
func odd(n int) bool { if n == 0 { return false }; return even(n-1) || even(n-1) }
func (step) ServeHTTP(w http.ResponseWriter, r *http.Request) { fib(90) }
var fibf func(n int) int
fibf = func(n int) int { if n < 2 { return n }; return fibf(n-1) + fibf(n-2) }
never := make(chan int)
pr, pw := io.Pipe()
fr, fw, _ := os.Pipe()
ln, _ := net.Listen("tcp", "127.0.0.1:0")
_ = pw; _ = fw
many := func(n int, f func()) { for range n { go f() }; select {} }
awake := time.AfterFunc(time.Hour, func() {})`
	for _, c := range []struct{ name, src string }{
		{"loop", "for {}"},
		{"recursion", "fib(90)"},
		{"recursion/generic", "fibs(90.0)"},
		{"recursion/method", "new(step).count(90)"},
		{"recursion/interface", "step{}.down(90)"},
		{"recursion/mutual", "even(91)"},
		{"recursion/closure", "fibf(90)"},
		{"channel", "<-never"},
		{"callback/sort", "sort.Slice(make([]int, 10), func(i, j int) bool { return fib(90) > 0 })"},
		{"callback/sort-short", "s := make([]int, 10_000_000); sort.Slice(s, func(i, j int) bool { return (i*7919)%10007 < (j*7919)%10007 })"},
		{"callback/walk", "filepath.WalkDir(\".\", func(string, fs.DirEntry, error) error { fib(90); return nil })"},
		{"callback/map", "strings.Map(func(r rune) rune { fib(90); return r }, \"abc\")"},
		{"callback/handler", "s := httptest.NewServer(step{})\nhttp.Get(s.URL)"},
		{"callback/template", "template.Must(template.New(\"\").Funcs(template.FuncMap{\"f\": func() int { return fib(90) }}).Parse(\"{{f}}\")).Execute(io.Discard, nil)"},
		{"callback/regexp", "regexp.MustCompile(\"a\").ReplaceAllStringFunc(\"aaa\", func(s string) string { fib(90); return s })"},
		{"reflect/receive", "reflect.ValueOf(never).Recv()"},
		{"reflect/send", "reflect.ValueOf(never).Send(reflect.ValueOf(1))"},
		{"reflect/select", "reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(never)}})"},
		{"io.Pipe/read", "bufio.NewScanner(pr).Scan()"},
		{"io.Pipe/write", "pw.Write([]byte{1})"},
		{"os.Pipe/read", "io.ReadAll(fr)"},
		{"os.Pipe/write", "for { fw.Write(make([]byte, 1<<20)) }"},
		{"exec/Run", "exec.Command(\"sleep\", \"100\").Run()"},
		{"exec/Output", "exec.Command(\"sleep\", \"100\").Output()"},
		{"exec/Start-Wait", "c := exec.Command(\"sleep\", \"100\"); c.Start(); c.Wait()"},
		{"exec/StdoutPipe", "c := exec.Command(\"sleep\", \"100\"); p, _ := c.StdoutPipe(); c.Start(); io.ReadAll(p)"},
		{"exec/StdinPipe", "c := exec.Command(\"sleep\", \"100\"); p, _ := c.StdinPipe(); c.Start(); for { p.Write(make([]byte, 1<<20)) }"},
		{"exec/shell", "exec.Command(\"sh\", \"-c\", \"sleep 100; true\").CombinedOutput()"},
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
