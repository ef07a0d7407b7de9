package goruntime

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// On the releases and architectures that the package is for, every fact holds.
func TestEveryFactHolds(t *testing.T) {
	for _, f := range Check().Failures() {
		t.Error(f)
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for i := range table {
		e := &table[i]
		if e.check == nil || e.holds == "" || e.without == "" || e.name == "" || seen[e.name] || strings.ContainsAny(e.name, " ,") {
			t.Errorf("fact %d: %q", i, e.name)
		}
		seen[e.name] = true
	}
}

func TestWithout(t *testing.T) {
	all := Check()
	less, err := all.Without("map-mark", "timers")
	if err != nil {
		t.Fatal(err)
	}
	if less.Holds(MapMark) || less.Holds(Timers) || !less.Holds(Memory) || !all.Holds(MapMark) {
		t.Error("Holds")
	}
	if got := less.Failures(); len(got) != 2 || got[0].Fact != MapMark || !strings.Contains(got[0].Error(), "map-mark") ||
		!strings.Contains(got[0].Error(), MapMark.Without()) {
		t.Errorf("Failures: %v", got)
	}
	if less.Direct() != nil || less.Scheduler() != nil {
		t.Error("the engine can do without these")
	}
	if _, err := all.Without("map-mark", "nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") || !strings.Contains(err.Error(), "timers") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestRefusal(t *testing.T) {
	less, err := (*Facts)(nil).Without("memory", "map-mark", "functions")
	if err != nil {
		t.Fatal(err)
	}
	var refusal *Refusal
	if err = less.Direct(); !errors.As(err, &refusal) || len(refusal.Missing) != 2 {
		t.Fatalf("Direct: %v", err)
	}
	for _, part := range []string{runtime.Version(), runtime.GOARCH, "memory", "functions", Releases} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
	if strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "map-mark") {
		t.Errorf("%q", err)
	}
	if less.Scheduler() != nil {
		t.Error("the scheduler can do without these")
	}
	less, err = less.Without("labels")
	if err != nil {
		t.Fatal(err)
	}
	if less.Scheduler() == nil {
		t.Error("the scheduler cannot do without labels")
	}
}

// A check that looks at memory that is not there is an error like others.
func TestTry(t *testing.T) {
	var nowhere *int
	if err := try(func() error { _ = *nowhere; return nil }); err == nil {
		t.Error("nil")
	}
	if err := try(func() error { panic("other") }); err == nil || !strings.Contains(err.Error(), "other") {
		t.Error(err)
	}
}

// Types and slots are for one engine only: the scheduler goes on without them.
func TestOtherEngines(t *testing.T) {
	less, err := Check().Without("types", "slots")
	if err != nil {
		t.Fatal(err)
	}
	if less.Direct() == nil || less.Scheduler() != nil {
		t.Errorf("%v, %v", less.Direct(), less.Scheduler())
	}
}

func BenchmarkChecks(b *testing.B) {
	for i := range table {
		b.Run(table[i].name, func(b *testing.B) {
			for b.Loop() {
				if err := table[i].check(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Architectures without assembly read a goroutine's number.
func TestSelfByText(t *testing.T) {
	if err := tellsApart(selfByText); err != nil {
		t.Error(err)
	}
}
