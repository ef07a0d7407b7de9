package sessiontest

import (
	"context"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// TestModules runs programs that use the modules beside the standard library.
func modules(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"errgroup", `import "golang.org/x/sync/errgroup"

type Failed struct{ id int }
func (f Failed) Error() string { return fmt.Sprint("task ", f.id, " failed") }

g, ctx := errgroup.WithContext(context.Background())
var stopped atomic.Int32
for i := range 5 {
	g.Go(func() error {
		if i == 3 {
			return Failed{i}
		}
		<-ctx.Done()
		stopped.Add(1)
		return ctx.Err()
	})
}
err := g.Wait()
var f Failed
fmt.Println(err, errors.As(err, &f), f.id, stopped.Load(), context.Cause(ctx) == err)`,
			"task 3 failed true 3 4 true\n"},
		{"errgroup limit", `import "golang.org/x/sync/errgroup"

var g errgroup.Group
g.SetLimit(3)
var running, most, sum atomic.Int64
for i := range 20 {
	g.Go(func() error {
		n := running.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() { }
		time.Sleep(time.Millisecond)
		sum.Add(int64(i))
		running.Add(-1)
		return nil
	})
}
fmt.Println(g.Wait(), most.Load() <= 3, sum.Load())

g.SetLimit(1)
block := make(chan bool)
fmt.Println(g.TryGo(func() error { <-block; return nil }), g.TryGo(func() error { return nil }))
close(block)
fmt.Println(g.Wait())`,
			"<nil> true 190\ntrue false\n<nil>\n"},
		{"errgroup pipeline", `import "golang.org/x/sync/errgroup"

func pipeline(ctx context.Context, n int) (int, error) {
	g, ctx := errgroup.WithContext(ctx)
	numbers, squares := make(chan int), make(chan int)
	g.Go(func() error {
		defer close(numbers)
		for i := range n {
			select {
			case numbers <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		defer close(squares)
		for x := range numbers {
			squares <- x * x
		}
		return nil
	})
	sum := 0
	g.Go(func() error {
		for s := range squares {
			sum += s
		}
		return nil
	})
	err := g.Wait()
	return sum, err
}
fmt.Println(pipeline(context.Background(), 100))`,
			"328350 <nil>\n"},
		{"semaphore", `import "golang.org/x/sync/semaphore"

ctx := context.Background()
sem := semaphore.NewWeighted(4)
var inside, most atomic.Int64
var wg sync.WaitGroup
for range 12 {
	wg.Go(func() {
		if err := sem.Acquire(ctx, 2); err != nil { panic(err) }
		defer sem.Release(2)
		n := inside.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() { }
		time.Sleep(time.Millisecond)
		inside.Add(-1)
	})
}
wg.Wait()
fmt.Println(most.Load() <= 2, sem.TryAcquire(4), sem.TryAcquire(1))
short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
fmt.Println(sem.Acquire(short, 1))
cancel()
sem.Release(4)`,
			"true true false\ncontext deadline exceeded\n"},
		{"singleflight", `import "golang.org/x/sync/singleflight"

var group singleflight.Group
var calls atomic.Int32
release := make(chan bool)
var wg sync.WaitGroup
results := make([]string, 5)
for i := range results {
	wg.Go(func() {
		v, err, shared := group.Do("key", func() (any, error) {
			calls.Add(1)
			<-release
			return "value", nil
		})
		results[i] = fmt.Sprint(v, err, shared)
	})
}
time.Sleep(20 * time.Millisecond)
close(release)
wg.Wait()
fmt.Println(calls.Load(), results[0], slices.Compact(results))
r := <-group.DoChan("other", func() (any, error) { return nil, io.EOF })
fmt.Println(r.Val, r.Err, r.Shared)`,
			"1 value<nil> true [value<nil> true]\n<nil> EOF false\n"},
		{"rate", `import "golang.org/x/time/rate"

limiter := rate.NewLimiter(rate.Every(10*time.Millisecond), 2)
start := time.Now()
for range 5 {
	if err := limiter.Wait(context.Background()); err != nil { panic(err) }
}
d := time.Since(start)
fmt.Println(d >= 29*time.Millisecond, limiter.Limit(), limiter.Burst())
slow := rate.NewLimiter(1, 1)
fmt.Println(slow.Allow(), slow.Allow(), slow.Reserve().Delay() > 0)
ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
defer cancel()
fmt.Println(slow.Wait(ctx))
fmt.Println(rate.NewLimiter(rate.Inf, 0).Allow())`,
			"true 100 2\ntrue false true\nrate: Wait(n=1) would exceed context deadline\ntrue\n"},
		{"without import", `var g errgroup.Group
g.Go(func() error { fmt.Println("hello"); return nil })
fmt.Println(g.Wait(), rate.Limit(2), semaphore.NewWeighted(1).TryAcquire(1))`,
			"hello\n<nil> 2 true\n"},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestModulesAcrossCells checks that what a module's goroutines do belongs to
// the cell that asked for it: output, panics, deadlock and interrupt.
func modulesAcrossCells(t *T) {
	nb := t.open()
	nb.run(`import "golang.org/x/sync/errgroup"
var g errgroup.Group
jobs := make(chan int)`)
	first, r := nb.exec(`g.Go(func() error {
	for j := range jobs { fmt.Println("job", j) }
	return nil
})`)
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if got := nb.run(`for i := range 3 { jobs <- i }
close(jobs)
fmt.Println(g.Wait())`); got != "<nil>\n" {
		t.Errorf("the cell that waits: %q", got)
	}
	const want = "job 0\njob 1\njob 2\n"
	for deadline := time.Now().Add(time.Second); first.stdout() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the cell that started the goroutine: %q", first.stdout())
		}
	}
	_, r = nb.exec(`var g errgroup.Group
g.Go(func() error {
	var m map[string]int
	m["a"] = 1
	return nil
})
g.Wait()`)
	if r.Failure == nil || r.Failure.Name != "panic" || !strings.Contains(r.Failure.Value, "assignment to entry in nil map") {
		t.Errorf("panic in an errgroup: %v", r.Failure)
	}
	const trace = `main.func1(...)
	cell 4 line 4
errgroup.(*Group).Go.func1(...)
	golang.org/x/sync/errgroup/errgroup.go:`
	if got := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(got, trace) {
		t.Errorf("traceback of a panic in an errgroup:\n%s", got)
	}
	_, r = nb.exec(`var g errgroup.Group
never := make(chan int)
g.Go(func() error { <-never; return nil })
g.Wait()`)
	if r.Failure == nil || r.Failure.Name != "deadlock" {
		t.Errorf("deadlock in an errgroup: %v", r.Failure)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	r = nb.s.Execute(ctx, session.Cell{ID: "i", Number: 9, Source: `var g errgroup.Group
g.Go(func() error { for { time.Sleep(time.Second) } })
g.Wait()`}, &transcript{})
	if r.Failure == nil || r.Failure.Name != "interrupted" || time.Since(start) > time.Second {
		t.Errorf("interrupted errgroup: %v after %v", r.Failure, time.Since(start))
	}
	if got := nb.run(`1 + 1`); got != "=> 2" {
		t.Errorf("after all that: %s", got)
	}
}

func genericsFromSource(t *T) {
	nb := t.open()
	for src, want := range map[string]string{
		`s := []int{3, 1, 2}; slices.Sort(s); s`:                                         "=> [1 2 3]",
		`slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2}))`:                       "",
		`f := sync.OnceValue(func() int { return 42 }); f() + f()`:                       "=> 84",
		`var p atomic.Pointer[int]; n := 5; p.Store(&n); *p.Load()`:                      "=> 5",
		`type T struct{ a int }; var p atomic.Pointer[T]; p.Store(&T{7}); p.Load().a`:    "=> 7",
		`for i, v := range slices.Backward([]string{"a", "b"}) { fmt.Print(i, v, " ") }`: "1b 0a ",
		`func gen(n int) iter.Seq[int] { return func(yield func(int) bool) { for i := range n { if !yield(i) { return } } } }; sum := 0; for v := range gen(10) { if v == 5 { break }; sum += v }; sum`: "=> 10",
	} {
		got := nb.run(src)
		if want != "" && got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}
