package engine

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ipynb "github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/session"
)

// racyLessons are cells of the course that race on purpose, by a part of their text.
// Those of which the second is true race only if time goes well.
var racyLessons = map[string]map[string]bool{
	"02-waitgroup.ipynb":         {"\tlate.Add(1)": true},
	"08-fan-out-fan-in.ipynb":    {"range mergeBadly(": true},
	"09-races-and-mutexes.ipynb": {"old := balance": false, "var careless Careless": false, "var again Careless": true, "old := total": true, "range 2_000_000 {\n\t\t\tstock": false},
	"12-errors.ipynb":            {"err = check(n)": true},
	"18-memory-model.ipynb":      {"var l Latch": true},
}

// TestContract21_Course runs the course with %race on: what is reported are the
// cells that teach what a race is.
func TestContract21_Course(t *testing.T) {
	if testing.Short() || testenv.Raced {
		t.Skip("runs the whole course")
	}
	files, err := filepath.Glob("../../notebooks/*.ipynb")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d notebooks: %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		switch name {
		case "13-web-scraper.ipynb", "15-scheduler.ipynb":
			continue // the network, and a hundred thousand goroutines
		}
		t.Run(name, func(t *testing.T) {
			nb, err := ipynb.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runLesson(t, nb, racyLessons[name])
		})
	}
}

// runLesson runs the cells of a notebook, those that end in a deadlock and the like
// included.
func runLesson(t *testing.T, nb *ipynb.Notebook, racy map[string]bool) {
	lesson := open(t)
	lesson.run("%race on")
	for _, c := range nb.Cells {
		if c.Type != ipynb.Code {
			continue
		}
		lesson.n++
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		tr := &transcript{}
		lesson.e.Execute(ctx, session.Cell{ID: "x", Number: lesson.n, Source: c.Source}, tr)
		cancel()
		expected, maybe := false, false
		for part, luck := range racy {
			if strings.Contains(c.Source, part) {
				expected, maybe = true, luck
			}
		}
		tr.mu.Lock()
		text := tr.errs.String()
		tr.mu.Unlock()
		if reported := strings.Contains(text, "DATA RACE"); reported != expected && !(maybe && !reported) {
			t.Errorf("reported: %t, in\n%s\n%s", reported, c.Source, text)
		}
	}
}
