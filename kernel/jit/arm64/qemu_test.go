package arm64_test

import (
	"os/exec"
	"runtime"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/jit/jittest"
)

// emulators are the names of the program that runs programs for arm64.
var emulators = []string{"qemu-aarch64-static", "qemu-aarch64"}

// The tests of machine code, those of how it is entered and left, and those of cells'
// functions pass on arm64, too: here, in an emulator.
func TestOnARM64(t *testing.T) {
	if runtime.GOARCH == "arm64" {
		return // they are run as they are
	}
	emulator := ""
	for _, name := range emulators {
		if path, err := exec.LookPath(name); err == nil {
			emulator = path
			break
		}
	}
	if emulator == "" {
		testenv.Skip(t, "%s is not installed: sudo apt-get install qemu-user-static", emulators[0])
	}
	emulated := func(program string, args ...string) *exec.Cmd {
		return exec.CommandContext(t.Context(), emulator, append([]string{program}, args...)...)
	}
	jittest.Elsewhere(t, []string{"GOARCH=arm64", "GOOS=linux", "CGO_ENABLED=0"}, emulated, []jittest.Tests{
		{Dir: "..", Skip: "Memory|Integers|Shifts|Floats"},
		{Dir: "..", Run: "Memory|Integers|Shifts|Floats", Full: "takes half a minute"},
		{Dir: "../../goruntime", Run: "MachineCode|BarrierFlag"},
		{Dir: "../../run/compile", Run: "MachineCode", Skip: "Pointers|Collections|Garbage", Full: "takes a minute where nothing has been built yet"},
	})
}
