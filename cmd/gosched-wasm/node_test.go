//go:build !js

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// mostStack is what browsers give a worker for JavaScript's own stack, in kB:
// calls in WebAssembly are on it, too.
const mostStack = "984"

// node returns the arguments of a command that runs a program for js/wasm.
func node(t *testing.T, program string) []string {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"node", "--stack-size=" + mostStack, filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec_node.js"), program}
}

func build(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOEXPERIMENT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestContractInNode holds the engine to the contract of a session where browsers
// run it, in Node.js. What cannot be done there is listed with the test that runs.
func TestContractInNode(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the engine for WebAssembly")
	}
	testenv.Need(t, "go", "node")
	program := filepath.Join(t.TempDir(), "engine.test.wasm")
	build(t, "test", "-trimpath", "-c", "-o", program, "github.com/gosched/gosched/kernel/session/sessiontest")
	args := append(node(t, program), "-test.run", "^TestContract$", "-test.v", "-test.timeout", "10m")
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = filepath.Join("..", "..", "kernel", "session", "sessiontest")
	out, err := cmd.CombinedOutput()
	passed := len(regexp.MustCompile(`(?m)^ +--- PASS: TestContract/`).FindAll(out, -1))
	if err != nil || passed == 0 {
		t.Fatalf("%v\n%s", err, failures(string(out)))
	}
	t.Logf("%d tests of the contract pass", passed)
}

// failures leaves out of a verbose test's output what passed.
func failures(out string) string {
	var kept []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "=== ") && !strings.Contains(line, "--- PASS") {
			kept = append(kept, line)
		}
	}
	const most = 200
	return strings.Join(kept[max(0, len(kept)-most):], "")
}
