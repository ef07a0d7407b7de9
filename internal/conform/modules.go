package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// getLine begins the line of a program that names the modules that it needs, as
// %get takes them.
const getLine = "//gosched:get "

// loading is how many times as long as others programs may take that use modules: to
// check the types of a large one takes seconds, and a busy machine many times that.
const loading = 10

// loadModules reads programs that use modules. Each says in a line which.
func loadModules(dir string) ([]program, error) {
	programs, err := loadFolder(dir, "modules")
	for i := range programs {
		p := &programs[i]
		for line := range strings.Lines(p.source) {
			if rest, ok := strings.CutPrefix(line, getLine); ok {
				p.modules = strings.Fields(rest)
			}
		}
		if len(p.modules) == 0 && err == nil {
			err = fmt.Errorf("%s has no line that begins with %q", p.name, getLine)
		}
	}
	return programs, err
}

// require makes a folder a module that requires others. The go command resolves
// what they need.
func require(ctx context.Context, dir string, modules, env []string) error {
	mod := "module program\n\ngo 1.26\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"get"}, modules...)...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go get %s: %w: %s", strings.Join(modules, " "), err, out)
	}
	return nil
}
