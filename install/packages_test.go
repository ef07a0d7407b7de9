package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallPackages(t *testing.T) {
	const works = `printf '%s %s\n' "$DEBIAN_FRONTEND" "$*" >>"${0%/*}/asked"`
	h := testHost(t, map[string]string{"apt-get": works})
	if err := h.InstallPackages(t.Context(), []string{"gcc", "libc6-dev"}); err != nil {
		t.Fatal(err)
	}
	asked, err := os.ReadFile(filepath.Join(filepath.Dir(h.LookPath("apt-get")), "asked"))
	want := "noninteractive -q -y --no-install-recommends update\nnoninteractive -q -y --no-install-recommends install gcc libc6-dev\n"
	if err != nil || string(asked) != want {
		t.Errorf("apt-get was asked\n%s%v, want\n%s", asked, err, want)
	}

	long := `for i in 1 2 3 4 5 6 7 8 9; do echo "line $i"; done; echo "Could not resolve"; exit 100`
	err = testHost(t, map[string]string{"apt-get": long}).InstallPackages(t.Context(), []string{"gcc"})
	if err == nil || !strings.Contains(err.Error(), "apt-get update did not work") || !strings.Contains(err.Error(), "Could not resolve") || strings.Contains(err.Error(), "line 4\n") {
		t.Errorf("without a network: %v", err)
	}
	err = testHost(t, map[string]string{"apt-get": `case "$*" in *" install "*) echo "Unable to locate package"; exit 100;; esac`}).InstallPackages(t.Context(), []string{"gcc"})
	if err == nil || !strings.Contains(err.Error(), "install gcc did not work") || !strings.Contains(err.Error(), "Unable to locate") {
		t.Errorf("of a package that there is not: %v", err)
	}
}

func TestMayInstall(t *testing.T) {
	for _, tt := range []struct {
		os      string
		root    bool
		command string
		want    bool
	}{
		{"linux", true, "apt-get", true},
		{"linux", false, "apt-get", false},
		{"linux", true, "dnf", false},
		{"darwin", true, "apt-get", false},
	} {
		h := testHost(t, map[string]string{tt.command: ""})
		h.OS, h.Root = tt.os, tt.root
		if got := h.MayInstall(); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// What people are told to do is what their system has.
func TestPackageCommands(t *testing.T) {
	for _, tt := range []struct {
		os       string
		commands []string
		want     string // for a package whose names differ
		debian   string // where only Debian's is known
	}{
		{"linux", []string{"apt-get", "sudo"}, "sudo apt-get install d", "sudo apt-get install d"},
		{"linux", []string{"apt-get"}, "apt-get install d", "apt-get install d"},
		{"linux", []string{"dnf", "sudo"}, "sudo dnf install f", "install the package that Debian calls d with your system's package manager"},
		{"linux", []string{"apk"}, "apk add al", "install the package that Debian calls d with your system's package manager"},
		{"linux", []string{"pacman"}, "pacman -S ar", "install the package that Debian calls d with your system's package manager"},
		{"linux", nil, "install the package d with your system's package manager", "install the package that Debian calls d with your system's package manager"},
		{"darwin", []string{"apt-get"}, "brew install b", "install the package that Debian calls d with your system's package manager"},
	} {
		commands := map[string]string{}
		for _, c := range tt.commands {
			commands[c] = ""
		}
		h := testHost(t, commands)
		h.OS = tt.os
		if got := h.packageCommand("d", "f", "al", "ar", "b"); got != tt.want {
			t.Errorf("%s with %v: %q, want %q", tt.os, tt.commands, got, tt.want)
		}
		if got := h.DebianCommand("d"); got != tt.debian {
			t.Errorf("%s with %v: %q, want %q", tt.os, tt.commands, got, tt.debian)
		}
	}
}
