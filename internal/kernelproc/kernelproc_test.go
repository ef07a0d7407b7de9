package kernelproc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/wire"
)

// program is the gosched under test.
func program(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("what the system says of processes is read from Linux's /proc")
	}
	if path := os.Getenv("GOSCHED_TEST_BIN"); path != "" {
		return path
	}
	if testing.Short() {
		t.Skip("-short, and $GOSCHED_TEST_BIN is not set: building gosched takes long")
	}
	testenv.Need(t, "go")
	path, err := Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func start1(t *testing.T, options Options) (context.Context, *Kernel) {
	t.Helper()
	options.Program = program(t)
	if options.Env == nil {
		options.Env = append(os.Environ(), "GOSCHED_HISTORY=off")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	k, err := Start(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Stop(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	return ctx, k
}

// cell runs a cell and returns what it prints.
func cell(t *testing.T, ctx context.Context, k *Kernel, source string) string {
	t.Helper()
	r, err := k.Client.Execute(ctx, source)
	if err != nil {
		t.Fatalf("%s: %v; the kernel said: %s", source, err, k.Stderr())
	}
	if r.Status() != "ok" {
		t.Fatalf("%s: %v", source, r.Content())
	}
	return r.Text("stdout")
}

// What was run is there in the next kernel, and for %history.
func TestHistoryOutlivesTheKernel(t *testing.T) {
	env := append(os.Environ(), "GOSCHED_HISTORY="+filepath.Join(t.TempDir(), "history.sqlite"))
	ctx, k := start1(t, Options{Env: env})
	cell(t, ctx, k, "answer := 42")
	cell(t, ctx, k, "answer")
	if err := k.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, k = start1(t, Options{Env: env})
	r, err := k.Client.Request(ctx, wire.Shell, "history_request", map[string]any{"hist_access_type": "tail", "n": 5, "output": true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(r.Content()["history"]), "[[1 1 [answer := 42 <nil>]] [1 2 [answer 42]]]"; got != want {
		t.Errorf("history %s, want %s", got, want)
	}
	if out := cell(t, ctx, k, "%history -g answer"); out != "1/1  answer := 42\n1/2  answer\n" {
		t.Errorf("%%history prints %q", out)
	}
}

func TestStartMeasureStop(t *testing.T) {
	ctx, k := start1(t, Options{})
	if out := cell(t, ctx, k, "fmt.Println(6 * 7)"); out != "42\n" {
		t.Errorf("printed %q", out)
	}
	before, err := Measure(k.PID)
	if err != nil {
		t.Fatal(err)
	}
	if before.Processes != 2 {
		t.Errorf("%d processes, want a supervisor and a worker", before.Processes)
	}
	// 32 MB that were written to belong to the session, and the time it took
	// to busy-wait does too.
	cell(t, ctx, k, `
		block := make([]byte, 32<<20)
		for i := range block { block[i] = 1 }
		for start := time.Now(); time.Since(start) < 300*time.Millisecond; {}`)
	after, err := Measure(k.PID)
	if err != nil {
		t.Fatal(err)
	}
	if grown := after.PSS - before.PSS; grown < 30<<20 {
		t.Errorf("32 MB more are seen as %d bytes", grown)
	}
	if used := after.CPU - before.CPU; used < 50*time.Millisecond { // other processes have their share
		t.Errorf("300 ms of work are seen as %v", used)
	}
	dir := filepath.Dir(k.ConnectionFile)
	if err := k.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the connection file is left behind: %v", err)
	}
	if usage, err := Measure(k.PID); err != nil || usage.Processes != 0 {
		t.Errorf("after the end: %+v, %v", usage, err)
	}
}

func TestStartSaysWhatTheKernelSays(t *testing.T) {
	_, err := Start(t.Context(), Options{Program: program(t), Env: []string{"GOSCHED_MEMORY_LIMIT=much"}})
	if err == nil || !strings.Contains(err.Error(), "much") {
		t.Errorf("got %v", err)
	}
}

// A kernel that is not there any more has nothing to be asked for, and one that does not
// answer is killed.
func TestStopWhoDoesNotListen(t *testing.T) {
	ctx, k := start1(t, Options{})
	if err := syscall.Kill(k.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-k.Ended():
	case <-ctx.Done():
		t.Fatal("a kernel that was killed has not ended")
	}
	if err := k.Stop(ctx); err != nil {
		t.Errorf("stopping a kernel that has ended: %v", err)
	}
	if said := k.Stderr(); said != "" {
		t.Errorf("it said %q", said)
	}

	ctx, k = start1(t, Options{})
	if err := syscall.Kill(k.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if err := k.Stop(soon); err == nil || !strings.Contains(err.Error(), "does not shut down") {
		t.Errorf("stopping a kernel that does not answer: %v", err)
	}
	select {
	case <-k.Ended():
	default:
		t.Error("it is still there")
	}
}

func TestStartNeedsAProgram(t *testing.T) {
	if _, err := Start(t.Context(), Options{Program: filepath.Join(t.TempDir(), "missing")}); err == nil || !strings.Contains(err.Error(), "start a kernel") {
		t.Errorf("a program that is not there: %v", err)
	}
	if _, err := Start(t.Context(), Options{Program: "true", IP: "192.0.2.1"}); err == nil || !strings.Contains(err.Error(), "find a free port") {
		t.Errorf("an address of another machine: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Options{Program: "yes"}); err == nil || !strings.Contains(err.Error(), "connect to the kernel") {
		t.Errorf("a program that does not listen: %v", err)
	}
}

func TestBuildNeedsGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if program, err := Build(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "build gosched") {
		t.Errorf("built %s without a go command: %v", program, err)
	}
}
