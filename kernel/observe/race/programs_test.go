package race_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/observe/race"
	"github.com/gosched/gosched/kernel/observe/race/racetest"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
)

// looked has the function main of a program run while a detector is told, and returns
// what that reports.
func looked(t *testing.T, src string, o race.Options, how func(*snippet.Snippet, *race.Detector) snippet.Result) (reports []string) {
	t.Helper()
	s := snippet.Build(t, src)
	s.On(run.New(s.Config("")))
	var mu sync.Mutex
	o.Report = func(r *race.Report) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, strings.Join(r.Lines(nil), "\n"))
	}
	d := race.New(o)
	defer d.Close()
	if r := how(s, d); r.Failed() != "" {
		t.Errorf("failed: %s", r.Failed())
	}
	mu.Lock()
	defer mu.Unlock()
	return reports
}

func observed(s *snippet.Snippet, d *race.Detector) snippet.Result {
	return s.RunObserved("main", &sched.Observation{Detector: d})
}

func skipRaced(t *testing.T) {
	t.Helper()
	if testenv.Raced {
		t.Skip("its programs race on purpose, which Go's race detector reports")
	}
}

// The races of programs are found, and no others: of locks, channels, timers and
// whatever else orders what goroutines do.
func TestPrograms(t *testing.T) {
	skipRaced(t)
	for _, p := range racetest.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			head := "package main\n" + racetest.Imports(p.Body) + "func main() {\n"
			src := head + p.Body + "\n}\n"
			reports := looked(t, src, race.Options{}, observed)
			for try := 0; len(reports) == 0 && p.NeedsTime() && try < 20; try++ {
				reports = looked(t, src, race.Options{}, observed) // the other goroutine was not given a processor in time
			}
			text := strings.Join(reports, "\n\n")
			if p.What == "" {
				if text != "" {
					t.Errorf("nothing races, and it says\n%s", text)
				}
				return
			}
			if want := fmt.Sprintf("line %d\n", strings.Count(head, "\n")+p.Line); !strings.Contains(text+"\n", want) || p.What != "?" && !strings.Contains(text, "("+p.What+")") {
				t.Errorf("want %sand (%s) in\n%s", want, p.What, text)
			}
		})
	}
}

// In company, what goroutines that are not observed may have ordered is no race; what
// cannot be theirs is.
func TestCompany(t *testing.T) {
	skipRaced(t)
	for _, tt := range []struct {
		name      string
		first     string // what the goroutine does when it has written n
		then      string // what main does before it writes n
		inCompany bool   // whether there is a race: alone there always is
	}{
		{"nothing between them", ``, ``, true},
		{"a channel each", `a <- 1`, `<-b`, false},
		{"a closed channel and another", `close(c)`, `<-b`, false},
		{"only taken", `<-b`, `<-b`, true},
		{"only sent", `a <- 1`, `a <- 1`, true},
		{"a select", `select { case a <- 1: default: }`, `select { case <-b: default: }`, false},
		{"a select that only takes", `select { case <-b: default: }`, `<-b`, true},
		{"a lock each", `m1.Lock(); m1.Unlock()`, `m2.Lock(); m2.Unlock()`, false},
		{"a read lock each", `rw1.RLock(); rw1.RUnlock()`, `rw2.RLock(); rw2.RUnlock()`, false},
		{"a lock that is not got", `m1.TryLock()`, `m2.Lock(); m2.Unlock()`, true},
		{"an atomic each", `x1.Store(1)`, `x2.Load()`, false},
		{"atomics that are only read", `x1.Load()`, `x2.Load()`, true},
		{"updated atomics", `x1.Add(1)`, `x2.Add(1)`, false},
		{"a wait group each", `wg1.Done()`, `wg2.Wait()`, false},
		{"a once each", `o1.Do(func() {})`, `o2.Do(func() {})`, false},
		{"a condition and a lock", `cond.Broadcast()`, `m2.Lock(); m2.Unlock()`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := `import ("sync"; "sync/atomic"; "time")
var n int
var a, b, c = make(chan int, 3), make(chan int, 3), make(chan int)
var m1, m2 sync.Mutex
var rw1, rw2 sync.RWMutex
var x1, x2 atomic.Int64
var wg1, wg2 sync.WaitGroup
var o1, o2 sync.Once
var cond = sync.NewCond(new(sync.Mutex))
func main() {
	b <- 1; b <- 2; wg1.Add(1); o2.Do(func() {})
	go func() { n = 1; ` + tt.first + `; time.Sleep(time.Hour) }()
	time.Sleep(time.Second) // on a clock of its own
	` + tt.then + `
	n = 2
}`
			for company, want := range map[bool]bool{false: true, true: tt.inCompany} {
				reports := looked(t, src, race.Options{Company: company}, func(s *snippet.Snippet, d *race.Detector) snippet.Result {
					return s.RunControlled("main", new(control.Fair), d)
				})
				if len(reports) > 0 != want {
					t.Errorf("in company %v: race %v, want %v\n%s", company, len(reports) > 0, want, strings.Join(reports, "\n"))
				}
			}
		})
	}
}
