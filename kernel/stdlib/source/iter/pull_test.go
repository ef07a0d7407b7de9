package iter

import (
	"fmt"
	stditer "iter"
	"runtime"
	"slices"
	"testing"
	"time"
)

type puller struct {
	next func() (int, bool)
	stop func()
}

// behaviours are sequences of calls; what they record must be the same for
// the standard library's Pull and for this one.
var behaviours = map[string]func(pull func(Seq[int]) puller, record func(...any)){
	"to the end": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(values(1, 2))
		for range 4 {
			record(p.next())
		}
		p.stop()
		record(p.next())
	},
	"stop early": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) {
			defer record("deferred")
			for i := range 5 {
				if !yield(i) {
					record("told to stop")
					return
				}
			}
		})
		record(p.next())
		p.stop()
		record("stopped")
		p.stop()
		record(p.next())
	},
	"stop before the first": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(func(int) bool) { record("never") })
		p.stop()
		record(p.next())
	},
	"panic": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) { yield(1); panic("in the sequence") })
		record(p.next())
		record(caught(func() { p.next() }))
		record(p.next())
	},
	"panic when stopped": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) { defer panic("when stopped"); yield(1) })
		record(p.next())
		record(caught(p.stop))
		record(p.next())
	},
	"yield after stop": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) { record(yield(1), yield(2), yield(3)) })
		record(p.next())
		p.stop()
	},
	"goexit": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) { yield(1); runtime.Goexit() })
		record(p.next())
		done := make(chan bool)
		go func() {
			defer close(done)
			defer record("goexit passed on")
			p.next()
			record("not reached")
		}()
		<-done
		record(p.next())
	},
	"next inside the sequence": func(pull func(Seq[int]) puller, record func(...any)) {
		var p puller
		p = pull(func(yield func(int) bool) {
			record(caught(func() { p.next() }))
			yield(1)
		})
		record(p.next())
		p.stop()
	},
	"yield outside its turn": func(pull func(Seq[int]) puller, record func(...any)) {
		var keep func(int) bool
		p := pull(func(yield func(int) bool) { keep = yield; yield(1) })
		record(p.next())
		record(caught(func() { keep(2) }))
		p.stop()
	},
	"nested": func(pull func(Seq[int]) puller, record func(...any)) {
		p := pull(func(yield func(int) bool) {
			q := pull(values(1, 2, 3))
			defer q.stop()
			for v, ok := q.next(); ok && yield(v*10); v, ok = q.next() {
			}
		})
		defer p.stop()
		for v, ok := p.next(); ok; v, ok = p.next() {
			record(v)
		}
	},
}

func values(list ...int) Seq[int] { return Seq[int](slices.Values(list)) }

func caught(f func()) (text string) {
	defer func() { text = fmt.Sprint("panic: ", recover()) }()
	f()
	return
}

func TestPull(t *testing.T) {
	for name, f := range behaviours {
		t.Run(name, func(t *testing.T) {
			run := func(pull func(Seq[int]) puller) (log []string) {
				f(pull, func(args ...any) { log = append(log, fmt.Sprintln(args...)) })
				return log
			}
			want := run(func(seq Seq[int]) puller {
				next, stop := stditer.Pull(stditer.Seq[int](seq))
				return puller{next, stop}
			})
			got := run(func(seq Seq[int]) puller {
				next, stop := Pull(seq)
				return puller{next, stop}
			})
			if !slices.Equal(got, want) {
				t.Errorf("Pull: got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestPull2(t *testing.T) {
	next, stop := Pull2(Seq2[int, string](slices.All([]string{"a", "b"})))
	defer stop()
	for i, want := range []string{"a", "b"} {
		if k, v, ok := next(); k != i || v != want || !ok {
			t.Errorf("next gives %v, %q, %v", k, v, ok)
		}
	}
	if k, v, ok := next(); k != 0 || v != "" || ok {
		t.Errorf("after the end: %v, %q, %v", k, v, ok)
	}
}

// A sequence that is stopped or used up leaves no goroutine behind.
func TestPullLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 100 {
		next, stop := Pull(values(1, 2, 3))
		next()
		stop()
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func BenchmarkPull(b *testing.B) {
	next, stop := Pull(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	})
	defer stop()
	for b.Loop() {
		next()
	}
}
