package engine

import (
	"strings"
	"testing"
)

const circleBegin = `type account struct { mu sync.Mutex; n int }
func (a *account) Lock() { a.mu.Lock() }
func (a *account) Unlock() { a.mu.Unlock() }
var a, b account
go func() { for { time.Sleep(time.Millisecond) } }()
`

// circleEnd has goroutines wait for each other's locks, with what is first done in
// the main goroutine's stead.
const circleEnd = `
var ready sync.WaitGroup
ready.Add(2)
both := func(first, second *account) {
	first.mu.Lock()
	defer first.mu.Unlock()
	ready.Done()
	ready.Wait()
	second.mu.Lock()
	defer func() { second.mu.Unlock() }()
	second.n++
}
go both(&b, &a)
both(&a, &b)`

// A circle of locks is told as soon as nobody can break it, and never before.
func TestContract12_CircleIsCertain(t *testing.T) {
	for _, src := range []string{
		"",
		"time.AfterFunc(time.Hour, func() { fmt.Println(a.n) })",
		"time.AfterFunc(time.Hour, func() { a.mu.Lock(); defer a.mu.Unlock(); fmt.Println(a.n) })",
		"func add(to *account) { to.Lock(); to.n++; to.Unlock() }\ntime.AfterFunc(time.Hour, func() { add(&b) })",
		"func add(l sync.Locker) { l.Lock(); defer l.Unlock() }\ngo add(&b.mu)",
		"a.mu.Lock()\na.mu.Unlock()",
		"ctx, cancel := context.WithTimeout(context.Background(), time.Hour)\ndefer cancel()\n_ = ctx",
	} {
		nb := open(t)
		nb.run(circleBegin)
		_, r := nb.exec(src + circleEnd)
		if r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "wait for each other's locks") {
			t.Errorf("%s\nends with %v", src, r.Failure)
		}
	}
}

func TestContract12_CircleThatIsBroken(t *testing.T) {
	for _, src := range []string{
		"time.AfterFunc(500*time.Millisecond, func() { a.mu.Unlock() })",
		"time.AfterFunc(500*time.Millisecond, a.mu.Unlock)",
		"time.AfterFunc(500*time.Millisecond, a.Unlock)",
		"go func() { time.Sleep(500*time.Millisecond); b.mu.Unlock() }()",
		"func free(x *account) { x.mu.Unlock() }\ngo func() { time.Sleep(500*time.Millisecond); free(&b) }()",
		"func free(l sync.Locker) { time.Sleep(500*time.Millisecond); l.Unlock() }\ngo free(&b.mu)",
		"ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)\ndefer cancel()\ncontext.AfterFunc(ctx, func() { func() { b.mu.Unlock() }() })",
	} {
		nb := open(t)
		nb.run(circleBegin)
		end := strings.Replace(circleEnd, "\tdefer first.mu.Unlock()\n", "\tdefer func() { first.mu.TryLock(); first.mu.Unlock() }()\n", 1)
		if _, r := nb.exec(src + end); r.Failure != nil {
			t.Errorf("%s\nends with %v", src, strings.Join(r.Failure.Traceback, "\n"))
		}
	}
}

// What a cell has left behind may break a circle of a later cell.
func TestContract12_CircleThatAnEarlierCellBreaks(t *testing.T) {
	nb := open(t)
	nb.run(circleBegin + "time.AfterFunc(time.Second, func() { a.mu.Unlock() })")
	end := strings.Replace(circleEnd, "\tdefer first.mu.Unlock()\n", "\tdefer func() { first.mu.TryLock(); first.mu.Unlock() }()\n", 1)
	if _, r := nb.exec(end); r.Failure != nil {
		t.Errorf("ends with %v", strings.Join(r.Failure.Traceback, "\n"))
	}
}
