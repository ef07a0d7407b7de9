package kernel

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/gosched/gosched/kernel/wire"
)

// TestMain makes this test binary a kernel when Jupyter starts it as one.
func TestMain(m *testing.M) {
	if os.Getenv("GOSCHED_SCRIPTED_KERNEL") == "" {
		os.Exit(m.Run())
	}
	c, err := wire.ReadConnectionFile(os.Args[1])
	if err == nil {
		err = Run(context.Background(), Options{Connection: c, Session: newScripted()})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestContract16_RealJupyter runs Jupyter's own tests of kernels. It needs a
// Python with jupyter_client and jupyter_kernel_test, named by
// GOSCHED_TEST_PYTHON.
func TestContract16_RealJupyter(t *testing.T) {
	python := os.Getenv("GOSCHED_TEST_PYTHON")
	if python == "" {
		t.Skip("GOSCHED_TEST_PYTHON does not name a Python that has jupyter_kernel_test")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), python, "testdata/kernel_test.py", self)
	cmd.Env = append(os.Environ(), "JUPYTER_DATA_DIR="+dir, "JUPYTER_RUNTIME_DIR="+dir+"/runtime", "JUPYTER_CONFIG_DIR="+dir+"/config")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
