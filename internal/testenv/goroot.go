package testenv

import (
	"go/build"
	"os/exec"
	"strings"
)

// FindGo tells package go/build where Go is, of which a test that is built with
// -trimpath knows nothing: importers of go/importer ask it for the standard library.
func FindGo() {
	if build.Default.GOROOT != "" {
		return
	}
	if out, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
		build.Default.GOROOT = strings.TrimSpace(string(out))
	}
}
