package testenv

import (
	"fmt"
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
