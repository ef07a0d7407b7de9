package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/observe/race/racetest"
	"github.com/gosched/gosched/kernel/session"
)

// racyCell is a program as a cell that may run again and again, and the number of lines
// before its body.
func racyCell(head string, p racetest.Program) (string, int) {
	return head + "func() {\n" + p.Body + "\n}()", strings.Count(head, "\n") + 1
}

// TestContract21_Races runs programs that race, and others, many times over: each
// run finds the race, and none finds one that is not there.
func TestContract21_Races(t *testing.T) {
	skipRacing(t)
	runs := 50
	if testing.Short() || testenv.Raced {
		runs = 5
	}
	for _, p := range racetest.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			nb := open(t)
			src, before := racyCell("%%race\n", p)
			for range runs {
				_, r := nb.exec(src)
				for try := 0; r.Failure == nil && p.NeedsTime() && try < 20; try++ {
					_, r = nb.exec(src) // the other goroutine was not given a processor in time
				}
				if r.Failure == nil {
					if p.What != "" {
						t.Fatalf("run %d found nothing", nb.n)
					}
					continue
				}
				text := strings.Join(r.Failure.Traceback, "\n")
				if r.Failure.Name != session.DataRace || p.What == "" {
					t.Fatalf("run %d: %s", nb.n, text)
				}
				if want := fmt.Sprintf("cell %d line %d", nb.n, before+p.Line); !strings.Contains(text, want) || p.What != "?" && !strings.Contains(text, "("+p.What+")") {
					t.Fatalf("want %s and (%s) in\n%s", want, p.What, text)
				}
			}
		})
	}
}

// TestContract21_SeveralAtATime has sessions look for races at the same time, which
// makes the collector busy.
func TestContract21_SeveralAtATime(t *testing.T) {
	skipRacing(t)
	if testing.Short() {
		t.Skip("the same as TestContract21_Races, in a crowd")
	}
	for _, p := range racetest.Programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			if p.NeedsTime() {
				return
			}
			nb := open(t)
			src, _ := racyCell("%%race\n", p)
			for range 5 {
				if _, r := nb.exec(src); (r.Failure != nil) != (p.What != "") {
					t.Errorf("failure %v", r.Failure)
				}
			}
		})
	}
}

// TestContract21_RaceOn warns, in the cell whose goroutine has found the race, also
// of races of goroutines of different cells.
func TestContract21_RaceOn(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	nb.run("%race on")
	nb.run("n := 0\nstop := make(chan bool)\ndone := make(chan bool)\ngo func() { <-stop; close(done) }()")
	tr, r := nb.exec("ready := make(chan bool)\ngo func() { n = 1; ready <- true }()\n<-ready\nfmt.Println(n)")
	if r.Failure != nil || strings.Contains(tr.errs.String(), "RACE") {
		t.Errorf("%v %s", r.Failure, tr.errs.String())
	}
	tr, r = nb.exec("go func() { n = 2; close(stop) }()\nn = 3\n<-done")
	if r.Failure != nil || strings.Count(tr.errs.String(), "WARNING: DATA RACE") != 1 {
		t.Errorf("%v %s", r.Failure, tr.errs.String())
	}
	if out := nb.run("%race off"); !strings.Contains(out, "no longer") {
		t.Error(out)
	}
	tr, r = nb.exec("ok := make(chan bool)\ngo func() { n = 2; close(ok) }()\nn = 3\n<-ok")
	if r.Failure != nil || tr.errs.String() != "" {
		t.Errorf("%v %s", r.Failure, tr.errs.String())
	}
}

// TestContract21_Company has a goroutine of an earlier cell, of which nothing is told,
// stand between two that are looked at.
func TestContract21_Company(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	nb.run("in, out := make(chan int, 1), make(chan int)\nlock := make(chan bool)\nvar mu sync.Mutex\n" +
		"go func() { for v := range in { out <- v } }()\ngo func() { for range lock { mu.Lock(); mu.Unlock(); lock <- true } }()")
	for range 20 {
		nb.run("%%race\nfunc() {\n\tn := 0\n\tgo func() { n = 1; in <- 1 }()\n\t<-out\n\tn++\n}()")
		nb.run("%%race\nfunc() {\n\tn := 0\n\tgo func() { n = 1; lock <- true }()\n\ttime.Sleep(time.Millisecond)\n\t<-lock\n\tmu.Lock()\n\tn++\n\tmu.Unlock()\n}()")
	}
	_, r := nb.exec("%%race\nfunc() {\n\tn := 0\n\tvar wg sync.WaitGroup\n\tfor range 2 {\n\t\twg.Go(func() { n++ })\n\t}\n\twg.Wait()\n}()")
	if r.Failure == nil || r.Failure.Name != session.DataRace {
		t.Errorf("%v", r.Failure)
	}
}

// TestContract21_Report is what a learner reads.
func TestContract21_Report(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	_, r := nb.exec(`%%race
func inc(p *int) {
	*p++
}
counter := 0
done := make(chan bool)
go func() {
	inc(&counter)
	done <- true
}()
<-time.After(time.Millisecond)
inc(&counter)
<-done`)
	if r.Failure == nil {
		t.Fatal("nothing was found")
	}
	text := strings.NewReplacer(session.Alarm, "", session.Plain, "").Replace(strings.Join(r.Failure.Traceback, "\n"))
	for _, want := range []string{
		"WARNING: DATA RACE\nRead at 0x", "by main goroutine:\n  main.inc()\n      cell 1 line 3: *p++\n  main()\n      cell 1 line 12\n",
		"Previous write at 0x", "by goroutine 2:\n  main.inc()\n      cell 1 line 3: *p++\n  main.func1()\n      cell 1 line 8\n",
		") created at:\n  main()\n      cell 1 line 7: go func() {\n", "Found 1 data race(s)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// A cell that fails anyway says why it fails, and of the race beside.
func TestContract21_FailsAnyway(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	tr, r := nb.exec("%%race\nn := 0\ndone := make(chan bool)\ngo func() { n++; close(done) }()\nn++\n<-done\npanic(1)")
	if r.Failure == nil || r.Failure.Name != session.Panic || !strings.Contains(tr.errs.String(), "DATA RACE") {
		t.Errorf("%v %s", r.Failure, tr.errs.String())
	}
}

// TestContract21_WithTrace has a cell be drawn and looked at.
func TestContract21_WithTrace(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	for _, head := range []string{"%%race\n%%trace\n", "%%trace\n%%race\n"} {
		tr, r := nb.exec(head + "k := 0\ndone := make(chan bool)\ngo func() { k++; close(done) }()\nk++\n<-done")
		drawn := 0
		for _, ev := range tr.events {
			if _, ok := ev.(session.Display); ok {
				drawn++
			}
		}
		if r.Failure == nil || r.Failure.Name != session.DataRace || drawn != 1 {
			t.Errorf("%q: %v, drawn %d times", head, r.Failure, drawn)
		}
	}
}

func TestContract21_Yaegi(t *testing.T) {
	e, err := Open(Options{Kind: Yaegi})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, src := range []string{"%%race\nx := 1", "%race on"} {
		r := e.Execute(context.Background(), session.Cell{Number: 1, Source: src}, &transcript{})
		if r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "--engine direct") {
			t.Errorf("%q: %v", src, r.Failure)
		}
	}
}

// skipRacing skips a test whose programs race on purpose where Go's own detector
// looks on.
func skipRacing(t *testing.T) {
	t.Helper()
	if testenv.Raced {
		t.Skip("its programs race on purpose, which Go's race detector reports")
	}
}

// skipUnlocked skips a test in which values are shown that are in use.
func skipUnlocked(t *testing.T) {
	t.Helper()
	if testenv.Raced {
		t.Skip("what is shown of a lock in use is read without it, which Go's race detector reports")
	}
}

// skipNested skips a test that runs tests: what package testing is told of races
// counts for all tests that run.
func skipNested(t *testing.T) {
	t.Helper()
	if testenv.Raced {
		t.Skip("it runs tests inside of a test, which all fail of a race in any")
	}
}

func TestRaceCheck(t *testing.T) {
	skipRacing(t)
	nb := open(t)
	if _, r := nb.exec("%race check"); r.Failure == nil || !strings.Contains(r.Failure.Value, "%race on") {
		t.Errorf("without %%race on: %v", r.Failure)
	}
	nb.run("%race on")
	nb.run("var wg sync.WaitGroup\nn := 0")
	nb.run("%race check")
	nb.exec("for range 2 {\n\twg.Go(func() { n++ })\n}\nwg.Wait()")
	if _, r := nb.exec("%race check"); r.Failure == nil || !strings.Contains(r.Failure.Value, "there was a data race") {
		t.Errorf("after a race: %v", r.Failure)
	}
	nb.run("%race off")
	nb.run("%race on")
	nb.run("%race check")
}
