package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/gosched/gosched/internal/toolchain"
	"github.com/gosched/gosched/kernel/stdlib"
)

// The file is what would be written now, with the oldest release.
func TestCurrent(t *testing.T) {
	if oldest := toolchain.Releases()[0]; stdlib.GoVersion != oldest {
		t.Skipf("it is written with %s", oldest)
	}
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../proxy/zz_proxies.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("kernel/stdlib/proxy is not current: go generate ./kernel/stdlib/proxy")
	}
}
