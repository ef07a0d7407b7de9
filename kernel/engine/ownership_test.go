package engine

import (
	"strings"
	"testing"
	"time"
)

// What compiled code calls back, on whatever goroutine, belongs to the cell that
// gave it the function: there it prints, and there it is listed.
func TestContract9_CallbacksBelongToTheirCell(t *testing.T) {
	for name, start := range map[string]string{
		"go":                "go callback()",
		"time.AfterFunc":    "time.AfterFunc(time.Millisecond, callback)",
		"context.AfterFunc": "ctx, cancel := context.WithCancel(context.Background())\ncontext.AfterFunc(ctx, callback)\ntime.AfterFunc(time.Millisecond, cancel)",
		"WaitGroup.Go":      "var wg sync.WaitGroup\nwg.Go(callback)",
		"errgroup":          "import \"golang.org/x/sync/errgroup\"\nvar g errgroup.Group\ng.Go(func() error { callback(); return nil })",
		"HTTP handler": `srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { callback() }))
go http.Get(srv.URL)`,
		"sort.Slice in a goroutine": "go sort.Slice([]int{2, 1}, func(i, j int) bool { callback(); return i < j })",
		"sync.Once":                 "var once sync.Once\ngo once.Do(callback)",
		"a timer that is reset":     "t := time.AfterFunc(time.Hour, callback)\nt.Reset(time.Millisecond)",
		"a library's goroutine":     "r, w := io.Pipe()\ngo io.Copy(writerFunc(func([]byte) { callback() }), r)\nw.Write([]byte{1})",
		"started by another":        "go func() { go func() { go callback() }() }()",
	} {
		t.Run(name, func(t *testing.T) {
			nb := open(t)
			nb.run(`release := make(chan bool)
called := make(chan bool, 10)
type writerFunc func([]byte)
func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }
func callback() {
	fmt.Println("called back")
	called <- true
	<-release
	fmt.Println("released")
	called <- true
}`)
			second, r := nb.exec(start)
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			third, r := nb.exec("<-called\nfmt.Println(\"a later cell\")")
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			nb.e.sched.Settle(time.Second) // it says that it was called, and then waits
			found := false
			for _, in := range nb.e.sched.List() {
				if in.Cell == 2 && len(in.At) > 0 && in.At[0].Func == "main.callback" && in.At[0].Line == 8 {
					found = true
				}
			}
			if !found {
				t.Errorf("no goroutine of cell 2 waits in the callback: %+v", nb.e.sched.List())
			}
			nb.run("close(release)\n<-called")
			for deadline := time.Now().Add(5 * time.Second); !strings.Contains(second.stdout(), "released") && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
				nb.e.Flush()
			}
			if got := second.stdout(); !strings.HasPrefix(got, "called back\n") || !strings.Contains(got, "released\n") {
				t.Errorf("the cell that started it printed %q", got)
			}
			if got := third.stdout(); got != "a later cell\n" {
				t.Errorf("the cell that ran meanwhile printed %q", got)
			}
		})
	}
}
