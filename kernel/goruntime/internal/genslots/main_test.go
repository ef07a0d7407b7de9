package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asCommand makes the test binary behave as genslots itself.
const asCommand = "GOSCHED_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func genslots(args ...string) (said string, err error) {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// What is checked in is what `go generate` would write.
func TestUpToDate(t *testing.T) {
	dir := filepath.Join("..", "..")
	asks, err := os.ReadFile(filepath.Join(dir, "slots_wasm.go"))
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	for line := range strings.Lines(string(asks)) {
		if rest, ok := strings.CutPrefix(line, "//go:generate go run ./internal/genslots "); ok {
			args = strings.Fields(rest)
		}
	}
	if len(args) != 3 {
		t.Fatalf("go generate is asked for %q", args)
	}
	want, err := os.ReadFile(filepath.Join(dir, args[2]))
	if err != nil {
		t.Fatal(err)
	}
	args[2] = filepath.Join(t.TempDir(), "slots.s")
	if said, err := genslots(args...); err != nil || said != "" {
		t.Fatalf("%v: %s", err, said)
	}
	if made, err := os.ReadFile(args[2]); err != nil || !bytes.Equal(made, want) {
		t.Errorf("run go generate ./kernel/goruntime: %d bytes are made, %d are there; %v", len(made), len(want), err)
	}
}

func TestUsage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slots.s")
	for _, args := range [][]string{{}, {file}, {"-count", "0", file}, {"-count", "8"}, {"-count", "8", file, file}, {"-count", "many", file}} {
		if said, err := genslots(args...); err == nil || !strings.Contains(said, "genslots: ") {
			t.Errorf("%q: %v: %s", args, err, said)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it has written a file")
	}
}
