package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Charts measure text in one font, and browsers draw it in their own. Package plot
// has twelve in it, which would be a sixth of what a browser loads for the kernel.
// So that is built with another module in place of theirs, in which all are the one.

const (
	fontModule = "codeberg.org/go-fonts/liberation"
	fontUsed   = "liberationsansregular"
)

// lightModule writes such a module into a folder, and returns the go.mod file to
// build with.
func (b *builder) lightModule(ctx context.Context, dir string) (modfile string, err error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", fontModule)
	cmd.Dir = b.root
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("looking for the fonts: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(text, &module); err != nil {
		return "", fmt.Errorf("looking for the fonts: %w", err)
	}
	packages, err := filepath.Glob(filepath.Join(module.Dir, "liberation*"))
	if err != nil {
		return "", err
	}
	light := filepath.Join(dir, "fonts")
	found := false
	for _, pkg := range packages {
		name := filepath.Base(pkg)
		to := filepath.Join(light, name)
		if name == fontUsed {
			found = true
			err = os.CopyFS(to, os.DirFS(pkg))
		} else {
			source := fmt.Sprintf("package %s\n\nimport %q\n\nvar TTF = %s.TTF\n", name, fontModule+"/"+fontUsed, fontUsed)
			err = errors.Join(os.MkdirAll(to, 0o755), os.WriteFile(filepath.Join(to, "data.go"), []byte(source), 0o644))
		}
		if err != nil {
			return "", fmt.Errorf("writing fonts: %w", err)
		}
	}
	if !found {
		return "", fmt.Errorf("there is no %s in %s", fontUsed, module.Dir)
	}
	if err := os.WriteFile(filepath.Join(light, "go.mod"), []byte("module "+fontModule+"\n"), 0o644); err != nil {
		return "", err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(b.path(name), filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	modfile = filepath.Join(dir, "go.mod")
	edit := exec.CommandContext(ctx, "go", "mod", "edit", "-replace", fontModule+"="+light, modfile)
	edit.Dir = b.root
	if text, err := edit.CombinedOutput(); err != nil {
		return "", fmt.Errorf("replacing the fonts: %w\n%s", err, strings.TrimSpace(string(text)))
	}
	return modfile, nil
}
