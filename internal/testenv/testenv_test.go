package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a testing.TB that keeps how a test was ended.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

func TestNeed(t *testing.T) {
	const missing = "gosched-no-such-command"
	for _, strict := range []string{"", "1"} {
		t.Run("strict="+strict, func(t *testing.T) {
			t.Setenv(StrictVar, strict)
			var r recorder
			Need(&r, missing)
			got, other := r.skipped, r.failed
			if strict == "1" {
				got, other = other, got
			}
			if !strings.Contains(got, missing) || other != "" {
				t.Errorf("skipped %q, failed %q", r.skipped, r.failed)
			}
		})
	}
}

func TestNeedMet(t *testing.T) {
	var r recorder
	Need(&r, "go")
	if r.skipped != "" || r.failed != "" {
		t.Errorf("skipped %q, failed %q though go is there", r.skipped, r.failed)
	}
}

func TestFull(t *testing.T) {
	t.Setenv(AllVar, "1")
	var r recorder
	Full(&r, "takes long")
	if r.skipped != "" || r.failed != "" {
		t.Errorf("skipped %q, failed %q in the full run", r.skipped, r.failed)
	}
	t.Setenv(AllVar, "")
	Full(&r, "takes long")
	if !strings.Contains(r.skipped, "takes long") {
		t.Errorf("skipped %q, want the reason", r.skipped)
	}
}

func TestFailures(t *testing.T) {
	got := Failures(t, func(t testing.TB) {
		t.Helper()
		if t.Failed() {
			t.Error("failed before it began")
		}
		t.Error("first", 1)
		t.Errorf("second %d", 2)
		if t.Failed() {
			t.Fatalf("third %d", 3)
		}
		t.Error("after the end")
	})
	if want := "first1|second 2|third 3"; strings.Join(got, "|") != want {
		t.Errorf("reported is %q, want %q", got, want)
	}
	if got := Failures(t, func(t testing.TB) { t.Fatal("at once") }); strings.Join(got, "|") != "at once" {
		t.Errorf("reported is %q", got)
	}
	if got := Failures(t, func(testing.TB) {}); len(got) != 0 {
		t.Errorf("reported is %q", got)
	}
}

func TestPython(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := script("whole", `[ "$*" = "-c import json, zmq" ]`)
	bare := script("bare", `echo Traceback; echo "No module named zmq"; exit 1`)
	for _, tt := range []struct {
		python  string
		modules []string
		skipped string
	}{
		{whole, []string{"json", "zmq"}, ""},
		{bare, nil, ""},
		{bare, []string{"json", "zmq"}, "cannot import json, zmq (No module named zmq)"},
		{filepath.Join(dir, "none"), nil, "is not installed"},
	} {
		t.Setenv(PythonVar, tt.python)
		t.Setenv(StrictVar, "")
		var r recorder
		if got := Python(&r, tt.modules...); got != tt.python {
			t.Errorf("Python is %s, want %s", got, tt.python)
		}
		if (r.skipped == "") != (tt.skipped == "") || !strings.Contains(r.skipped, tt.skipped) || r.failed != "" {
			t.Errorf("%s with %q: skipped %q, failed %q, want %q", tt.python, tt.modules, r.skipped, r.failed, tt.skipped)
		}
	}
}
