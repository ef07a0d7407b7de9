package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Reports name the element that a goroutine waits for, however it is reached.
func TestContract12_Element(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"forks := make([]sync.Mutex, 5)\nfor i := range forks { forks[i].Lock() }\nk := 2\nforks[k].Lock()", "on forks[2] (sync.Mutex)"},
		{"func f(n int) { forks := make([]sync.Mutex, 5); forks[n].Lock(); forks[n].Lock() }\nf(3)", "on forks[3] (sync.Mutex)"},
		{"func f(forks []sync.RWMutex) { for i := 0; i < 2; i++ { l := &forks[i*2]; i++; l.Lock(); l.RLock() } }\nf(make([]sync.RWMutex, 9)[4:])", "on forks[0] (sync.RWMutex)"},
		{"var forks [4]sync.Mutex\nfunc lock(i int) { forks[i].Lock() }\nlock(3)\nlock(3)", "on forks[3] (sync.Mutex)"},
		{"type seat struct { n int; mu sync.Mutex }\ntype table struct { id int; seats []seat }\nfunc (t *table) sit(i int) { t.seats[i].mu.Lock() }\nt := &table{seats: make([]seat, 4)}\nt.sit(2)\nt.sit(2)", "on t.seats[2].mu (sync.Mutex)"},
		{"type seat struct { mu sync.Mutex }\nfunc f(seats []*seat) { for _, s := range seats { s.mu.Lock() } }\ns := &seat{}\nf([]*seat{{}, s, {}, s})", "on seats[3].mu (sync.Mutex)"},
		{"var grid [3][4]struct { a int; mu sync.Mutex }\nfunc f(i, j int) { grid[i][j].mu.Lock() }\nf(1, 3)\nf(1, 3)", "on grid[1][3].mu (sync.Mutex)"},
		{"func f(tables [][]sync.Mutex, i, j int8) { tables[i][j].Lock() }\nts := [][]sync.Mutex{make([]sync.Mutex, 2), make([]sync.Mutex, 2)}\nf(ts, 1, 0)\nf(ts, 1, 0)", "on tables[1][0] (sync.Mutex)"},
		{"locks := []sync.Locker{new(sync.Mutex)}\nchans := make([]chan int, 3)\nfor i := range chans { chans[i] = make(chan int) }\ni := 1\n<-chans[i]", "on chans[1] (chan int, 0/0)"},
		{"func f() { chans := [...]chan int{make(chan int), make(chan int)}; for _, ch := range chans[1:] { ch <- 1 } }\nf()", "(chan int, 0/0)"},
		{"func f(chans []chan int) { for i, ch := range chans { if i > 0 { ch <- 1 } } }\nf([]chan int{nil, make(chan int)})", "on chans[1] (chan int, 0/0)"},
		{"func f(chans []chan int, i int) { ch := chans[i]; i++; chans[0] = nil; <-ch; _ = i }\nf([]chan int{make(chan int), nil}, 0)", "on chans[…] (chan int, 0/0)"},
		{"chans := []chan int{nil, nil}\ni := 1\n<-chans[i]", "[chan receive (nil chan)] on chans[1]"},
		{"byName := map[string]chan bool{\"ann\": make(chan bool)}\nname := \"ann\"\n<-byName[name]", `on byName["ann"] (chan bool, 0/0)`},
		{"func f(m map[int]*sync.WaitGroup, k int) { m[k].Wait() }\nwg := &sync.WaitGroup{}\nwg.Add(1)\nf(map[int]*sync.WaitGroup{-7: wg}, -7)", "on m[-7] (sync.WaitGroup)"},
		{"type key struct { a, b int }\nm := map[key]chan int{{1, 2}: make(chan int)}\nk := key{1, 2}\n<-m[k]", "on m[…] (chan int, 0/0)"},
		{"a, b := []chan int{make(chan int)}, []chan string{nil, make(chan string)}\ni, j := 0, 1\nselect {\ncase a[i] <- 1:\ncase <-b[j]:\n}", "on send a[0] (chan int, 0/0), receive b[1] (chan string, 0/0)"},
		{"func f(cs []chan int, i int) { select { case <-cs[i]: case <-cs[i+1]: case cs[0] <- 1: } }\nf([]chan int{make(chan int), make(chan int), make(chan int)}, 1)", "receive cs[1] (chan int, 0/0), receive cs[2] (chan int, 0/0), send cs[0] (chan int, 0/0)"},
		{"conds := []*sync.Cond{sync.NewCond(&sync.Mutex{}), sync.NewCond(&sync.Mutex{})}\nfor i, c := range conds { if i == 1 { c.L.Lock(); conds[i].Wait() } }", "on conds[1] (sync.Cond)"},
		{"onces := make([]sync.Once, 2)\ni := 1\nonces[i].Do(func() { onces[i].Do(func() {}) })", "on onces[1] (sync.Once)"},
		{"p := &struct{ mu sync.Mutex }{}\np.mu.Lock()\np.mu.Lock()", "on p.mu (sync.Mutex)"},
		{"func f() { p := &struct{ mu sync.Mutex }{}; p.mu.Lock(); p.mu.Lock() }\nf()", "on p.mu (sync.Mutex)"},
	} {
		nb := open(t)
		_, r := nb.exec(c.src)
		if r.Failure == nil || r.Failure.Name != "deadlock" {
			t.Errorf("%s\nends with %v", c.src, r.Failure)
		} else if text := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(text, c.want) {
			t.Errorf("%s\nis reported without %q:\n%s", c.src, c.want, text)
		}
	}
}

// A circle of locks is told with the names of the elements.
func TestContract12_ElementsInACircle(t *testing.T) {
	nb := open(t)
	_, r := nb.exec(`go func() { for { time.Sleep(time.Millisecond) } }()
forks := make([]sync.Mutex, 3)
var ready, eaten sync.WaitGroup
ready.Add(len(forks))
philosopher := func(i int) {
	forks[i].Lock()
	ready.Done()
	ready.Wait()
	forks[(i+1)%len(forks)].Lock()
}
for i := range forks[1:] { go philosopher(i+1) }
philosopher(0)`)
	if r.Failure == nil {
		t.Fatal("no deadlock")
	}
	text := strings.Join(r.Failure.Traceback, "\n")
	for i := range 3 {
		if want := fmt.Sprintf("[sync.Mutex.Lock] on forks[%d] (sync.Mutex), held by goroutine", i); strings.Count(text, want) != 1 {
			t.Errorf("without one %q:\n%s", want, text)
		}
	}
}

// So do the lists of goroutines.
func TestContract15_Element(t *testing.T) {
	nb := open(t)
	nb.run(`jobs := make([]chan int, 4)
for i := range jobs {
	jobs[i] = make(chan int)
	go func() { jobs[i] <- i }()
}`)
	nb.e.sched.Settle(time.Second)
	var names []string
	for _, in := range nb.e.sched.List() {
		names = append(names, in.Waits())
	}
	if got, want := strings.Join(names, "; "), "jobs[0] (chan int, 0/0); jobs[1] (chan int, 0/0); jobs[2] (chan int, 0/0); jobs[3] (chan int, 0/0)"; got != want {
		t.Errorf("got %s", got)
	}
}
