package toolchain

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestRelease(t *testing.T) {
	for version, want := range map[string]string{
		"go1.26.8": "go1.26", "go1.27rc1": "go1.27", "go1.26.1 X:simd": "go1.26", "go1.26.1-X:simd": "go1.26", "go1.27": "go1.27",
		"devel go1.28-abc": "", "go2": "", "go1.": "", "": "",
	} {
		if got := Release(version); got != want {
			t.Errorf("Release(%q) = %q, want %q", version, got, want)
		}
	}
}

func TestReleases(t *testing.T) {
	releases := Releases()
	if slices.Contains(releases, "") || len(slices.Compact(slices.Clone(releases))) != len(releases) {
		t.Errorf("releases are %q", releases)
	}
}

// The go command can build with what LeakExperiment returns, with the
// experiment or without.
func TestLeakExperiment(t *testing.T) {
	t.Setenv("GOEXPERIMENT", "")
	got := LeakExperiment(t.Context(), "")
	if got != "" && got != "goroutineleakprofile" {
		t.Errorf("got %q", got)
	}
	t.Setenv("GOEXPERIMENT", got)
	if out, err := exec.Command("go", "env", "GOVERSION").CombinedOutput(); err != nil {
		t.Errorf("GOEXPERIMENT=%s: %v: %s", got, err, out)
	}
	t.Setenv("GOEXPERIMENT", "nodwarf5")
	if with := LeakExperiment(t.Context(), ""); !strings.HasPrefix(with, "nodwarf5") || (with == "nodwarf5") != (got == "") {
		t.Errorf("with an experiment of one's own: %q", with)
	}
}
