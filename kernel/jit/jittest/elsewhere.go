package jittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// Tests are some of the tests of a package that have to do with machine code.
type Tests struct {
	Dir, Run, Skip string
	Full           string // why they are left out, most often
}

// Elsewhere runs tests on another processor: compiled as the environment says, by the
// command that run makes of the program.
func Elsewhere(t *testing.T, environ []string, run func(program string, args ...string) *exec.Cmd, all []Tests) {
	for _, tt := range all {
		t.Run(filepath.Join(tt.Dir, tt.Run), func(t *testing.T) {
			if tt.Full != "" {
				testenv.Full(t, tt.Full)
			}
			program := filepath.Join(t.TempDir(), "test")
			// With -trimpath, what it has in common with the published kernel is compiled once.
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-trimpath", "-o", program, ".")
			build.Dir = tt.Dir
			build.Env = append(os.Environ(), environ...)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			cmd := run(program, "-test.short", "-test.run", tt.Run, "-test.skip", tt.Skip)
			cmd.Dir = tt.Dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
