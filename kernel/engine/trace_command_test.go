package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

func TestTraceLive(t *testing.T) {
	nb := open(t)
	tr, r := nb.exec(`%%trace live
%%slow 30ms
ch := make(chan int)
go func() { for i := range 40 { ch <- i }; close(ch) }()
for range ch {}`)
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	var ids []string
	updates := 0
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			ids = append(ids, d.ID)
			if d.Update {
				updates++
			}
		}
	}
	if len(ids) < 3 || updates != len(ids)-1 || ids[0] == "" || ids[0] != ids[len(ids)-1] {
		t.Errorf("pictures %v, %d of them updates", ids, updates)
	}
}

func TestTraceSave(t *testing.T) {
	nb := open(t)
	file := filepath.Join(t.TempDir(), "trace.json")
	if _, r := nb.exec("%trace save " + file); r.Failure == nil || !strings.Contains(r.Failure.Value, "%%trace") {
		t.Errorf("with nothing to save: %v", r.Failure)
	}
	nb.run("%%trace\nch := make(chan int, 1)\nch <- 1\n<-ch")
	if out := nb.run("%trace save " + file); !strings.Contains(out, file) {
		t.Errorf("it says %q", out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Errorf("the file is no JSON: %v", err)
	}
	if _, r := nb.exec("%trace save " + filepath.Join(file, "no")); r.Failure == nil {
		t.Error("a file is written where none can be")
	}
	for _, bad := range []string{"%trace", "%trace save", "%trace maybe", "%%trace loud\n1"} {
		if _, r := nb.exec(bad); r.Failure == nil || r.Failure.Name != session.CommandError {
			t.Errorf("%q: %v", bad, r.Failure)
		}
	}
}

// A cell that does not compile is told of, and nothing is drawn.
func TestTraceOfNothing(t *testing.T) {
	nb := open(t)
	tr, r := nb.exec("%%trace\nx := undefined")
	if r.Failure == nil || r.Failure.Name != session.CompileError {
		t.Fatalf("the cell ended with %v", r.Failure)
	}
	for _, ev := range tr.events {
		if _, ok := ev.(session.Display); ok {
			t.Error("something is drawn")
		}
	}
}

// The portable engine cannot tell, and says which one can.
func TestTraceElsewhere(t *testing.T) {
	e, err := Open(Options{Kind: Yaegi})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	nb := &notebook{t: t, e: e}
	for _, cell := range []string{"%%trace\n1", "%trace on", "%%slow 1ms\n1"} {
		_, r := nb.exec(cell)
		if r.Failure == nil || r.Failure.Name != session.CommandError || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "direct") {
			t.Errorf("%q: %v", cell, r.Failure)
		}
	}
}

func TestTraceKeep(t *testing.T) {
	nb := open(t)
	file := filepath.Join(t.TempDir(), "all.json")
	nb.run("%trace on -keep")
	if _, r := nb.exec("%trace save -all " + file); r.Failure == nil {
		t.Error("nothing is saved")
	}
	if out := nb.run("ch := make(chan int, 1)\nch <- 1"); out != "" {
		t.Errorf("what is kept is shown: %q", out)
	}
	nb.run("<-ch;")
	nb.run("%trace save -all " + file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var trace struct {
		TraceEvents []struct {
			Name string
			PID  int
			Args struct{ Name string }
		}
	}
	if err := json.Unmarshal(text, &trace); err != nil {
		t.Fatal(err)
	}
	cells := map[string]int{}
	for _, e := range trace.TraceEvents {
		if e.Name == "process_name" {
			cells[e.Args.Name] = e.PID
		}
	}
	if len(cells) != 2 {
		t.Errorf("the cells in the file are %v, want two", cells)
	}
}
