package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The image is built from what the Dockerfile copies, of what .dockerignore lets
// through: both have every folder that the program is made of.
func TestImageHasWhatItIsBuiltFrom(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is not installed: it lists what the program is made of")
	}
	const module = "github.com/gosched/gosched/"
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := func(file string) []string {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(text), "\n")
	}
	copied, let := lines("Dockerfile"), lines(".dockerignore")
	for pkg := range strings.Lines(string(list)) {
		dir, ours := strings.CutPrefix(strings.TrimSpace(pkg), module)
		if !ours {
			continue
		}
		parts := strings.Split(dir, "/")
		has := func(lines []string, line func(dir string) string) bool {
			for n := range parts {
				if slices.Contains(lines, line(strings.Join(parts[:n+1], "/"))) {
					return true
				}
			}
			return false
		}
		if !has(copied, func(d string) string { return "COPY " + d + "/ " + d + "/" }) {
			t.Errorf("%s is not copied by the Dockerfile", dir)
		}
		if !has(let, func(d string) string { return "!" + d }) {
			t.Errorf("%s is left out by .dockerignore", dir)
		}
	}
}
