package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/engine"
)

// goroot is the root of the Go toolchain in use, empty if there is none.
var goroot = sync.OnceValue(func() string { return goEnv("GOROOT") })

// testRoot is the root of a toolchain that has Go's own tests: the one in use, or
// the one that is installed, because those that the go command fetches come
// without. Programs that another release's tests have are programs all the same.
var testRoot = sync.OnceValue(func() string {
	if !exists(filepath.Join(goroot(), "test")) {
		cmd := exec.Command("go", "env", "GOROOT")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOROOT=")
		// Not below a module that wants another release than the installed one.
		cmd.Dir = os.TempDir()
		if out, err := cmd.Output(); err == nil {
			return strings.TrimSpace(string(out))
		}
	}
	return goroot()
})

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

func modulesPath() string {
	return filepath.Join(moduleRoot(), "internal", "conform", "testdata", "modules")
}

func knownPath(kind engine.Kind) string {
	name := "known.txt"
	if kind != engine.Direct {
		name = "known-" + string(kind) + ".txt"
	}
	return filepath.Join(moduleRoot(), "internal", "conform", name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
