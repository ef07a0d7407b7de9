package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// panel lints and tests the side panel for JupyterLab, builds it from its sources,
// and compares that with what gosched carries along.
func panel(ctx context.Context, t *tree) (result tally, err error) {
	if reason := t.lacks("npm", "python3", "python3-venv"); reason != "" {
		result.skip("panel", reason)
		return result, nil
	}
	npm := func(args ...string) error {
		cmd := t.command(ctx, "npm", args...)
		cmd.Dir = t.path("labextension")
		return cmd.Run()
	}
	if err := npm("ci", "--no-audit", "--no-fund", "--ignore-scripts"); err != nil {
		return result, fmt.Errorf("get what the panel is built with: %w", err)
	}
	for _, name := range []string{"lint", "test"} {
		if err := npm("run", name); err != nil {
			fmt.Fprintf(t.out, "npm run %s, in labextension: %v\n", name, err)
			result.fail("panel " + name)
			continue
		}
		result.pass()
	}
	built := t.path("install", "labextension")
	before, err := contents(built)
	if err != nil {
		return result, err
	}
	if err := t.command(ctx, t.path("labextension", "build"), t.env.Bin("python")).Run(); err != nil {
		return result, fmt.Errorf("build the panel: %w", err)
	}
	after, err := contents(built)
	if err != nil {
		return result, err
	}
	if !maps.Equal(anywhere(before), anywhere(after)) {
		fmt.Fprintf(t.out, "install/labextension was %v, and built from its sources it is %v\n",
			slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
		result.fail("panel build")
		return result, nil
	}
	result.pass()
	return result, nil
}

// anywhere is what the files are wherever they are built. Webpack numbers modules by
// the path of the folder and names scripts by hashes of what has such numbers, and the
// entry, which is webpack's own code, is made short in another way for other numbers.
func anywhere(files map[string]string) map[string]string {
	same := map[string]string{}
	for path, content := range files {
		content = hash.ReplaceAllString(content, "HASH")
		switch {
		case strings.Contains(path, "/remoteEntry."):
			path, content = "entry", ""
		case hash.MatchString(path):
			content = number.ReplaceAllString(content, "N")
			path = "script " + content
		}
		same[path] = content
	}
	return same
}

var (
	hash   = regexp.MustCompile(`\b[0-9a-f]{20}\b`)
	number = regexp.MustCompile(`\b[0-9]{2,4}\b`)
)

// contents are the files of a folder.
func contents(dir string) (map[string]string, error) {
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		return nil, errors.Join(errors.New("read the panel that is shipped"), err)
	}
	return files, nil
}
