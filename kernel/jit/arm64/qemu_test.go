package arm64_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
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
	for _, tt := range []struct {
		dir, run, skip string
		full           string // why it is left out, most often
	}{
		{"..", "", "Memory|Integers|Shifts|Floats", ""},
		{"..", "Memory|Integers|Shifts|Floats", "", "takes half a minute"},
		{"../../goruntime", "MachineCode|BarrierFlag", "", ""},
		{"../../run", "MachineCode", "Pointers|Collections|Garbage", "takes a minute where nothing has been built yet"},
	} {
		t.Run(filepath.Join(tt.dir, tt.run), func(t *testing.T) {
			if tt.full != "" {
				testenv.Full(t, tt.full)
			}
			test := filepath.Join(t.TempDir(), "test")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", test, ".")
			build.Dir = tt.dir
			build.Env = append(os.Environ(), "GOARCH=arm64", "GOOS=linux", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			cmd := exec.CommandContext(t.Context(), emulator, test, "-test.short", "-test.run", tt.run, "-test.skip", tt.skip)
			cmd.Dir = tt.dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
