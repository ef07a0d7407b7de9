package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// browserStack is what browsers give a worker for JavaScript's own stack, in kB:
// calls in WebAssembly are on it, too.
const browserStack = "984"

// buildHost builds this program for WebAssembly into a folder and returns the
// command that runs it in Node.js: the engine as browsers run it.
func buildHost(ctx context.Context, dir string) ([]string, error) {
	program := filepath.Join(dir, "conform.wasm")
	// With -trimpath, what it has in common with the published kernel is compiled once.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./internal/conform")
	cmd.Dir = moduleRoot()
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOEXPERIMENT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building for WebAssembly: %w\n%s", err, out)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("finding Node.js: %w", err)
	}
	return []string{node, "--stack-size=" + browserStack, filepath.Join(goroot(), "lib", "wasm", "wasm_exec_node.js"), program}, nil
}

// wasmPath is the list of programs that fail there.
func wasmPath() string { return filepath.Join(moduleRoot(), "internal", "conform", "known-wasm.txt") }
