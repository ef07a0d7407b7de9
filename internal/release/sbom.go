package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// bill writes the software bill of materials of a program beside it, in the form
// of CycloneDX: what the program says itself that it was built from. It has no
// serial number and no time.
func bill(ctx context.Context, root, program, version string) (path string, err error) {
	path = program + ".cdx.json"
	cmd := exec.CommandContext(ctx, "go", "tool", "-modfile="+filepath.Join("internal", "alltests", "tools", "go.mod"),
		"cyclonedx-gomod", "bin", "-json", "-std", "-noserial", "-notimestamp", "-version", version, "-output", path, program)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the bill of materials: %w\n%s", err, out)
	}
	return path, nil
}
