package engine

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	check "github.com/gosched/gosched/kernel/checks"
	"github.com/gosched/gosched/kernel/facade/facadetest"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

func TestCheckPackage(t *testing.T) {
	facadetest.Run(t, check.Package(), check.Bind(check.Environment{}), func(fset *token.FileSet) types.Importer { return stdlib.NewImporter(fset) })
}

// TestCheckLearners checks what learners write.
func TestCheckLearners(t *testing.T) {
	const sum = `import "gosched/check"
check.Run("parallel sum", func(t *check.T) {
	n := t.Size()
	in := make([]int, n)
	want := 0
	for i := range in {
		in[i] = i + 1
		want += i + 1
	}
	t.Hint("every goroutine needs a variable of its own.")
	t.Equal(sum(in), want, "the sum is right")
})`
	const merge = `import "gosched/check"
check.Run("merge", func(t *check.T) {
	a, b := make(chan int), make(chan int)
	for i, ch := range []chan int{a, b} {
		go func() {
			defer close(ch)
			for j := range t.Size() {
				ch <- 10*i + j
			}
		}()
	}
	n := 0
	for range merge(a, b) {
		n++
	}
	t.Equal(n, 2*t.Size(), "all values come out")
})`
	tests := []struct {
		name, learner, check string
		want                 []string // of the failure; none: it is right
	}{
		{"right", `func sum(in []int) (total int) {
	parts := make(chan int)
	for _, v := range in {
		go func() { parts <- v }()
	}
	for range in {
		total += <-parts
	}
	return total
}`, sum, nil},
		{"race", `func sum(in []int) (total int) {
	var wg sync.WaitGroup
	for _, v := range in {
		wg.Go(func() { total += v })
	}
	wg.Wait()
	return total
}`, sum, []string{"✗ parallel sum: ", "with size 2", "race: ", "of total in cell 1 line 4", "check.Only(2, \"", "hint: every goroutine needs"}},
		{"leak", `func merge(chans ...chan int) chan int {
	out := make(chan int)
	for _, ch := range chans {
		go func() {
			for v := range ch {
				out <- v
			}
		}()
	}
	return out
}`, merge, []string{"✗ merge: it ends", "goroutines that are left:", "main, waits: chan receive", "hint: everybody waits"}},
		{"closed too early", `func merge(chans ...chan int) chan int {
	out := make(chan int)
	for _, ch := range chans {
		go func() {
			for v := range ch {
				out <- v
			}
			close(out)
		}()
	}
	return out
}`, merge, []string{"✗ merge: ", "cell 1 line "}},
		{"too slow", `func fetch(n int) {
	for range n {
		time.Sleep(time.Second)
	}
}`, `import "gosched/check"
check.Run("fetch", func(t *check.T) {
	t.Within(time.Second, "pages are fetched at the same time", func() { fetch(t.Size()) })
})`, []string{"✗ fetch: pages are fetched at the same time (with size 2)", "it took 2s, want 1s at most"}},
		{"left waiting", `func first() int {
	ch := make(chan int)
	for i := range 2 {
		go func() { ch <- i }()
	}
	return <-ch
}`, `import "gosched/check"
check.Run("first", func(t *check.T) { first() })`,
			[]string{"✗ first: no goroutine is left waiting when the function has returned", "first.func1, started in cell 1 line 4, waits: chan send on ch (chan int, 0/0), cell 1 line 4"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			nb.run(test.learner)
			tr, r := nb.exec(test.check)
			if nb.e.sched.Count() != 0 {
				t.Errorf("%d goroutines live on", nb.e.sched.Count())
			}
			if test.want == nil {
				right := "✓ parallel sum: right with 5 sizes under "
				if !testenv.Raced { // with which the time for a check is up before that
					right += "200 schedules"
				}
				if r.Failure != nil || !strings.Contains(tr.stdout(), right) {
					t.Errorf("%v %s", r.Failure, tr.stdout())
				}
				return
			}
			if r.Failure == nil || r.Failure.Name != session.CheckFailed {
				t.Fatalf("%v, printed %s", r.Failure, tr.stdout())
			}
			text := strings.Join(r.Failure.Traceback, "\n")
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("said\n%s\nwhich lacks %q", text, want)
				}
			}
		})
	}
}

// TestCheckOptions has one run made again, and goroutines allowed.
func TestCheckOptions(t *testing.T) {
	nb := open(t)
	out := nb.run(`import "gosched/check"
check.Run("sizes", func(t *check.T) { t.Want(t.Size() == 7, "it is seven") }, check.Sizes(7), check.Schedules(3))
check.Run("left", func(t *check.T) { go func() { select {} }() }, check.AllowLeft())
check.Run("one", func(t *check.T) { fmt.Println("size", t.Size(), t.Elapsed()); time.Sleep(time.Hour); fmt.Println(t.Elapsed()) }, check.Only(3, "w5"))
ok, report := check.Try("bad", func(t *check.T) { t.Want(false, "never") })
fmt.Println(ok, report[0])`)
	want := "✓ sizes: right under 3 schedules, with no race and nothing left over\n" +
		"✓ left: right under 40 schedules, with no race and nothing left over\n" +
		"size 3 0s\n1h0m0s\n✓ one: this run is right\nfalse ✗ bad: never\n"
	if out != want {
		t.Errorf("printed\n%s\nwant\n%s", out, want)
	}
}

// A check that ends when a condition has just been broadcast: who has been told, and
// has not come to it yet, unwinds with the lock.
func TestChecksEndBehindABroadcast(t *testing.T) {
	nb := open(t)
	for range 20 {
		got := nb.run(`import "gosched/check"
func play(t *check.T) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		defer mu.Unlock()
		c.Wait()
	}()
	time.Sleep(time.Second)
	c.Broadcast()
	t.Want(false, "it ends here")
}
fmt.Println(check.Try("play", play))`)
		if !strings.Contains(got, "it ends here") {
			t.Fatalf("it says %q", got)
		}
	}
}
