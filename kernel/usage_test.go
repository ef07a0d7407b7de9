package kernel

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/wire"
)

// What jupyter-resource-usage asks for, with what this process has started.
func TestContract16_Usage(t *testing.T) {
	_, _, c := setup(t)
	first := do(t, c, wire.Control, "usage_request", object{}).Content()
	if first["hostname"] == "" || first["pid"] != float64(os.Getpid()) || first["cpu_count"] != float64(runtime.NumCPU()) {
		t.Errorf("got %v", first)
	}
	memory, ok := first["kernel_memory"].(float64)
	if !ok {
		t.Skipf("the system does not tell: %v", first)
	}
	if memory < 1<<20 || memory > 1<<36 {
		t.Errorf("%v bytes of memory", memory)
	}
	ram := first["host_virtual_memory"].(object)
	if total, percent := ram["total"].(float64), ram["percent"].(float64); total < memory || percent <= 0 || percent > 100 {
		t.Errorf("the machine has %v", ram)
	}
	busy := exec.CommandContext(t.Context(), "sh", "-c", "while :; do :; done")
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = busy.Process.Kill()
		_ = busy.Wait()
	}()
	for range 100 {
		time.Sleep(100 * time.Millisecond)
		second := do(t, c, wire.Control, "usage_request", object{}).Content()
		if percent := second["kernel_cpu"].(float64); percent > 5 {
			return
		}
	}
	t.Error("a busy subprocess uses no processor")
}
