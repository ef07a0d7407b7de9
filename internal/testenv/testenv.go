// Package testenv says what a test needs beyond Go itself. Where the need is
// not met the test is skipped with the reason, so that `go test ./...` passes
// with nothing but Go installed. The full test command sets GOSCHED_TEST_ALL=1,
// so that tests run that take long or use the network; with GOSCHED_TEST_STRICT=1
// a test fails instead of skipping.
package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The environment variables by which the full test command speaks to tests.
const (
	// AllVar is "1" when tests that take long or use the network run, too.
	AllVar = "GOSCHED_TEST_ALL"
	// StrictVar is "1" when nothing may be skipped.
	StrictVar = "GOSCHED_TEST_STRICT"
	// PythonVar is the Python that has the packages of tests/requirements.txt.
	PythonVar = "GOSCHED_TEST_PYTHON"
	// CacheVar is the directory for what tests keep from run to run; by default
	// it is the user's cache directory.
	CacheVar = "GOSCHED_TEST_CACHE"
)

// All reports whether this is the full test command.
func All() bool { return os.Getenv(AllVar) == "1" }

// Strict reports whether nothing may be skipped.
func Strict() bool { return os.Getenv(StrictVar) == "1" }

// Skip skips the test with a reason, or fails it when nothing may be skipped.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	reason := fmt.Sprintf(format, args...)
	if Strict() {
		t.Fatalf("%s=1 and this test cannot run: %s", StrictVar, reason)
	} else {
		t.Skipf("%s", reason)
	}
}

// Need asks for the named commands on PATH.
func Need(t testing.TB, commands ...string) {
	t.Helper()
	for _, name := range commands {
		if _, err := exec.LookPath(name); err != nil {
			Skip(t, "%s is not installed", name)
		}
	}
}

// Full asks for the full test command: the test uses the network or takes
// long. The reason completes the sentence "this test …".
func Full(t testing.TB, reason string) {
	t.Helper()
	if !All() {
		t.Skipf("this test %s; it runs when %s=1", reason, AllVar)
	}
}

// Python returns a Python interpreter that can import the named modules: the
// one that the full test command has set up, else python3 on PATH.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	python := os.Getenv(PythonVar)
	if python == "" {
		python = "python3"
	}
	Need(t, python)
	if len(modules) > 0 {
		out, err := exec.Command(python, "-c", "import "+strings.Join(modules, ", ")).CombinedOutput()
		if err != nil {
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			Skip(t, "%s cannot import %s (%s)", python, strings.Join(modules, ", "), lines[len(lines)-1])
		}
	}
	return python
}
