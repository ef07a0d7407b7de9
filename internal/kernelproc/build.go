package kernelproc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gosched/gosched/internal/toolchain"
)

// Build builds gosched from the tree around the working directory, as the
// image has it, and returns the program's path.
func Build(ctx context.Context, dir string) (string, error) {
	program := filepath.Join(dir, "gosched")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "github.com/gosched/gosched/cmd/gosched")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOEXPERIMENT="+toolchain.LeakExperiment(ctx, ""))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build gosched: %w\n%s", err, out)
	}
	return program, nil
}
