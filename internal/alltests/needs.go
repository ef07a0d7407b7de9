package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gosched/gosched/install"
)

// A need is something of the system that tests use.
type need struct {
	pkg  string // the Debian package that has it
	what string // what it is for: "… is for "
	here func(context.Context, install.Host) bool
}

// onPath says whether one of the commands is installed.
func onPath(commands ...string) func(context.Context, install.Host) bool {
	return func(_ context.Context, h install.Host) bool {
		for _, command := range commands {
			if h.LookPath(command) != "" {
				return true
			}
		}
		return false
	}
}

// headless is Chromium without windows of its own: with it JupyterLab's pages in the tests
// take a quarter less of a processor, and JupyterLite's a twentieth.
const headless = "chromium-headless-shell"

// chromiums are the names under which Chromium is installed, the best first.
var chromiums = []string{headless, "chromium", "chromium-browser", "google-chrome"}

// hasChromium says whether there is a Chromium: the best one, where it can be had.
func hasChromium(ctx context.Context, h install.Host) bool {
	return onPath(headless)(ctx, h) || !h.MayInstall() && onPath(chromiums...)(ctx, h)
}

// needs are all needs, the Python of the tests first.
var needs = []need{
	{"python3", "the Python tests", onPath("python3")},
	{"python3-venv", "the Python environment of the tests", canVenv},
	{"gcc", "the race detector", onPath("gcc", "cc", "clang")},
	{"libc6-dev", "the race detector", hasHeaders},
	{"git", "the check of all files' format", onPath("git")},
	{headless, "the tests of JupyterLab", hasChromium},
	{"fonts-dejavu-core", "screenshots of JupyterLab", hasFonts},
	{"npm", "the panel in JupyterLab, and the proxy of the JupyterHub that is tested", onPath("npm")},
	{"buildah", "building the image", onPath("buildah")},
	{"debootstrap", "the base of the image that is built", onPath("debootstrap")},
	{"qemu-user-static", "machine code for arm64", onPath("qemu-aarch64-static", "qemu-aarch64")},
}

// canVenv says whether there is a Python that makes environments, which Debian
// packages separately. Where there is no Python at all, the other need says so.
func canVenv(ctx context.Context, h install.Host) bool {
	_, err := h.FindPython(ctx)
	return err == nil
}

// hasHeaders says whether C programs can be compiled. Debian's gcc does not
// bring the C library's headers.
func hasHeaders(_ context.Context, h install.Host) bool {
	if h.OS != "linux" {
		return true
	}
	_, err := os.Stat("/usr/include/stdlib.h")
	return err == nil
}

// hasFonts says whether text can be drawn.
func hasFonts(_ context.Context, h install.Host) bool {
	if h.OS != "linux" {
		return true
	}
	for _, dir := range []string{"/usr/share/fonts", "/usr/local/share/fonts"} {
		if found, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*.[to]tf")); len(found) > 0 {
			return true
		}
	}
	return false
}

// meetNeeds installs what the tests need and is not here, where that may be
// done: on Debian, as root. It tells a line for each, and returns what is
// still missing.
func meetNeeds(ctx context.Context, h install.Host, out io.Writer) []need {
	missing := missingNeeds(ctx, h)
	if len(missing) == 0 {
		return nil
	}
	if h.MayInstall() {
		for _, n := range missing {
			fmt.Fprintf(out, "installing the Debian package %s, for %s\n", n.pkg, n.what)
		}
		if err := h.InstallPackages(ctx, packages(missing)); err != nil {
			fmt.Fprintln(out, err)
		}
		missing = missingNeeds(ctx, h)
	}
	for _, n := range missing {
		fmt.Fprintf(out, "%s is not here, which is for %s; to have it: %s\n", n.pkg, n.what, h.DebianCommand(n.pkg))
	}
	return missing
}

func missingNeeds(ctx context.Context, h install.Host) (missing []need) {
	for _, n := range needs {
		if !n.here(ctx, h) {
			missing = append(missing, n)
		}
	}
	return missing
}

func packages(needs []need) (names []string) {
	for _, n := range needs {
		names = append(names, n.pkg)
	}
	return names
}
