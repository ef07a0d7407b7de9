//go:build !js

package wasm_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// mostStack is what browsers give a worker for JavaScript's own stack, in kB.
const mostStack = "984"

// The tests of machine code, those of how it is entered and left, and those of cells'
// functions pass in WebAssembly, too: here, in Node.js.
func TestInNode(t *testing.T) {
	testenv.Need(t, "go", "node")
	goroot, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	start := filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec_node.js")
	for _, tt := range []struct {
		dir, run, skip string
		full           string // why it is left out, most often
	}{
		{"..", "Calls|Limit|Pointers|Polls|Guards|MultiplyAdd|RandomCode", "", ""},
		{"..", "", "Calls|Limit|Pointers|Polls|Guards|MultiplyAdd|RandomCode|Backends", "takes minutes"},
		{"../../goruntime", "MachineCode|BarrierFlag", "", ""},
		{"../../run", "MachineCode", "Pointers|Collections|Garbage|Faults", "takes a minute where nothing has been built yet"},
	} {
		t.Run(filepath.Join(tt.dir, tt.run), func(t *testing.T) {
			if tt.full != "" {
				testenv.Full(t, tt.full)
			}
			test := filepath.Join(t.TempDir(), "test.wasm")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", test, ".")
			build.Dir = tt.dir
			build.Env = append(os.Environ(), "GOARCH=wasm", "GOOS=js", "CGO_ENABLED=0", "GOEXPERIMENT=")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			cmd := exec.CommandContext(t.Context(), "node", "--stack-size="+mostStack, start, test, "-test.short", "-test.run", tt.run, "-test.skip", tt.skip)
			cmd.Dir = tt.dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
