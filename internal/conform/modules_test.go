package main

import (
	"context"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/engine"
)

// TestConformance_Modules runs a few of the programs that use modules; the full
// test command runs them all.
func TestConformance_Modules(t *testing.T) {
	testenv.Need(t, "go")
	programs, err := loadModules(modulesPath())
	if err != nil {
		t.Fatal(err)
	}
	if len(programs) < 30 {
		t.Errorf("there are %d programs, want 30", len(programs))
	}
	if !testenv.All() {
		sample := []string{"modules/cmp.go", "modules/errors.go", "modules/lru.go", "modules/multierr.go", "modules/conc.go"}
		programs = slices.DeleteFunc(programs, func(p program) bool { return !slices.Contains(sample, p.name) })
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "mod", "download", programs[0].modules[0])
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		testenv.Skip(t, "no module can be had: %v %s", err, out)
	}
	conformance(t, engine.Direct, programs)
}
