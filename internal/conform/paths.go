package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// goroot is the root of the Go toolchain in use, empty if there is none.
var goroot = sync.OnceValue(func() string { return goEnv("GOROOT") })

// goVersion is the toolchain's version with what else decides about output.
var goVersion = sync.OnceValue(func() string {
	return strings.Join([]string{goEnv("GOVERSION"), goEnv("GOOS"), goEnv("GOARCH")}, " ")
})

// moduleRoot is where go.mod is.
var moduleRoot = sync.OnceValue(func() string { return filepath.Dir(goEnv("GOMOD")) })

func goEnv(name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// guidePath is where the guide is kept: beside the module, not in it.
func guidePath() string { return filepath.Join(moduleRoot(), "..", "shared", "guide.md") }

func ownPath() string { return filepath.Join(moduleRoot(), "internal", "conform", "testdata", "own") }

func knownPath() string { return filepath.Join(moduleRoot(), "internal", "conform", "known.txt") }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
