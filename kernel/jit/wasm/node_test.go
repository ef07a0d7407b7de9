//go:build !js

package wasm_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/jit/jittest"
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
	node := func(program string, args ...string) *exec.Cmd {
		return exec.CommandContext(t.Context(), "node", append([]string{"--stack-size=" + mostStack, start, program}, args...)...)
	}
	jittest.Elsewhere(t, []string{"GOARCH=wasm", "GOOS=js", "CGO_ENABLED=0", "GOEXPERIMENT="}, node, []jittest.Tests{
		{Dir: "..", Run: "Calls|Limit|Pointers|Polls|Guards|MultiplyAdd|RandomCode"},
		{Dir: "..", Skip: "Calls|Limit|Pointers|Polls|Guards|MultiplyAdd|RandomCode|Backends", Full: "takes minutes"},
		{Dir: "../../goruntime", Run: "MachineCode|BarrierFlag"},
		{Dir: "../../run/compile", Run: "MachineCode", Skip: "Pointers|Collections|Garbage|Faults", Full: "takes a minute where nothing has been built yet"},
	})
}
